"""The shipped templates as Python. Written by tools/compile_templates.py; do not edit."""

from generator.omit import OMIT


def _kept(data):
    return {key: value for key, value in data.items() if value is not OMIT}


def _analysistemplate(c):
    return {'apiVersion': 'argoproj.io/v1alpha1', 'kind': 'AnalysisTemplate', 'metadata': {'name': c['analysis']['name'], 'labels': {**c['analysis']['labels'], **{'app.kubernetes.io/name': c['service'], 'app.kubernetes.io/managed-by': 'mooring'}}, 'annotations': {**{'argocd.argoproj.io/sync-wave': '-1'}, **c['analysis']['annotations']}}, 'spec': c['analysis']['spec']}


def _application(c):
    return _kept({'apiVersion': 'argoproj.io/v1alpha1', 'kind': 'Application', 'metadata': _kept({'name': c['application']['name'], 'namespace': c['application']['namespace'], 'labels': {**{'app.kubernetes.io/name': c['service'], 'app.kubernetes.io/managed-by': 'mooring', 'mooring/environment': c['environment']}, **c['application']['labels']}, 'annotations': c['application']['annotations'], 'finalizers': (c['application']['finalizers'] or OMIT)}), 'spec': _kept({'project': c['application']['project'], 'destination': c['application']['destination'], 'sources': c['application']['sources'], 'syncPolicy': (c['application']['syncPolicy'] or OMIT), 'ignoreDifferences': (c['application']['ignoreDifferences'] or OMIT), 'info': (c['application']['info'] or OMIT), 'revisionHistoryLimit': (OMIT if (c['application']['revisionHistoryLimit'] is None) else c['application']['revisionHistoryLimit'])})})


def _profiles_service_rollout(c):
    return _kept({'rollout': _kept({'strategy': c['strategy'], 'rollbackWindow': (c['rollbackWindow'] or OMIT)})})


def _profiles_service_values(c):
    return _kept({'fullnameOverride': c['service'], 'workload': {'kind': c['workload']['kind']}, 'image': _kept({'repository': c['image']['repository'], 'tag': c['image'].get('tag', OMIT), 'digest': c['image'].get('digest', OMIT)}), 'replicaCount': (OMIT if (c['autoscaling'] or (c['replicas'] is None)) else c['replicas']), 'autoscaling': ({**{'enabled': True}, **c['autoscaling']} if c['autoscaling'] else OMIT)})


def _rollout(c):
    return _kept({'apiVersion': 'argoproj.io/v1alpha1', 'kind': 'Rollout', 'metadata': {'name': c['service'], 'labels': {**c['reference']['selector'], **{'app.kubernetes.io/managed-by': 'mooring'}}}, 'spec': _kept({'replicas': (OMIT if (c['autoscaling'] or (c['replicas'] is None)) else c['replicas']), 'selector': {'matchLabels': c['reference']['selector']}, 'workloadRef': {'apiVersion': 'apps/v1', 'kind': 'Deployment', 'name': c['reference']['name'], 'scaleDown': c['reference']['scaleDown']}, 'rollbackWindow': (c['rollbackWindow'] or OMIT), 'strategy': c['strategy']})})


def _root(c):
    return {'apiVersion': 'argoproj.io/v1alpha1', 'kind': 'Application', 'metadata': {'name': (str(c['environment']) + '-root'), 'namespace': c['root']['namespace'], 'labels': {'app.kubernetes.io/managed-by': 'mooring', 'mooring/environment': c['environment']}}, 'spec': {'project': c['root']['project'], 'destination': c['root']['destination'], 'source': {'repoURL': c['root']['repoURL'], 'targetRevision': c['root']['targetRevision'], 'path': c['root']['path']}, 'syncPolicy': {'automated': {'prune': c['root']['prune'], 'selfHeal': True}}}}


def _service(c):
    return {'apiVersion': 'v1', 'kind': 'Service', 'metadata': {'name': c['sibling']['name'], 'labels': {**c['sibling']['selector'], **{'app.kubernetes.io/managed-by': 'mooring'}}}, 'spec': {'selector': c['sibling']['selector'], 'ports': c['sibling']['ports']}}


BY_DIGEST = {
    "a9c2378362cc75d1331f203a4b96e1fd": _analysistemplate,  # templates/analysistemplate.yaml
    "cd3fc4829efd45841cbb1ad04f5a442e": _application,  # templates/application.yaml
    "f104ec7b241e539a5443596bf1d871a3": _profiles_service_rollout,  # templates/profiles/service/rollout.yaml
    "7d7111a5579b79b88279a9bf9c8b98d9": _profiles_service_values,  # templates/profiles/service/values.yaml
    "bb9bb2fc7d786bace15caf8dcf603bd4": _rollout,  # templates/rollout.yaml
    "080c41a3c9442e316836e3af04c16b87": _root,  # templates/root.yaml
    "c4e72c1a94d134d9371ad20a5cb995fb": _service,  # templates/service.yaml
}
