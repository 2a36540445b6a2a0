"""The shipped templates as Python. Written by tools/compile_templates.py; do not edit."""

from generator.syntax.template.lookups import at, cut, older, one, slug
from generator.syntax.template.omit import OMIT


def _kept(data):
    return {key: value for key, value in data.items() if key is not OMIT and value is not OMIT}


def _items(data):
    return [value for value in data if value is not OMIT]


def _turns(context, items, *names):
    for item in items:
        yield {**context, **dict(zip(names, item if len(names) > 1 else (item,), strict=True))}


def _analysistemplate(c):
    return {'apiVersion': 'argoproj.io/v1alpha1', 'kind': 'AnalysisTemplate', 'metadata': {'name': c['analysis']['name'], 'labels': {**c['analysis']['labels'], **{'app.kubernetes.io/name': c['service'], 'app.kubernetes.io/managed-by': 'tiphys'}}, 'annotations': {**{'argocd.argoproj.io/sync-wave': '-1'}, **c['analysis']['annotations']}}, 'spec': c['analysis']['spec']}


def _application(c):
    return _kept({'apiVersion': 'argoproj.io/v1alpha1', 'kind': 'Application', 'metadata': _kept({'name': c['application']['name'], 'namespace': c['application']['namespace'], 'labels': {**{'app.kubernetes.io/name': c['service'], 'app.kubernetes.io/managed-by': 'tiphys', 'tiphys/environment': c['environment']}, **c['application']['labels']}, 'annotations': c['application']['annotations'], 'finalizers': (c['application']['finalizers'] or OMIT)}), 'spec': _kept({'project': c['application']['project'], 'destination': c['application']['destination'], 'source': (c['application']['source'] or OMIT), 'sources': (c['application']['sources'] if (not c['application']['source']) else OMIT), 'syncPolicy': (c['application']['syncPolicy'] or OMIT), 'ignoreDifferences': (c['application']['ignoreDifferences'] or OMIT), 'info': (c['application']['info'] or OMIT), 'revisionHistoryLimit': (OMIT if (c['application']['revisionHistoryLimit'] is None) else c['application']['revisionHistoryLimit'])})})


def _horizontalpodautoscaler(c):
    return _kept({'apiVersion': 'autoscaling/v2', 'kind': 'HorizontalPodAutoscaler', 'metadata': {'name': c['fullname'], 'labels': {**c['reference']['selector'], **{'app.kubernetes.io/managed-by': 'tiphys'}}}, 'spec': _kept({'scaleTargetRef': {'apiVersion': 'argoproj.io/v1alpha1', 'kind': 'Rollout', 'name': c['fullname']}, 'minReplicas': c['autoscaling']['minReplicas'], 'maxReplicas': c['autoscaling']['maxReplicas'], 'metrics': (c['metrics'] or OMIT)})})


def _profiles_app_template_profile(c):
    return _kept({'apiVersion': 'tiphys/v1', 'kind': 'ChartProfile', 'metadata': {'name': 'app-template', 'description': 'The chart `app-template` of bjw-s, version 4 and 5.'}, 'spec': _kept({'mode': 'workloadRef', 'fullname': {'own': cut(((at(c['values'], 'global.fullnameOverride', '') or at(c['values'], 'fullnameOverride', '')) or (c['release'] if ((at(c['values'], 'global.nameOverride', '') or c['release']) in c['release']) else (str(c['release']) + '-' + str(at(c['values'], 'global.nameOverride', ''))))), 63)}, 'services': {'stable': ('{fullname}' if c['fullnameOverride'] else (at(c['values'], ('service.' + str(one(c['values'], 'service', 'main')) + '.forceRename'), '') or ('{fullname}' + str((('-' + str(one(c['values'], 'service', 'main'))) if (len(at(c['values'], 'service', {})) > 1) else ''))))), 'active': ('{fullname}' if c['fullnameOverride'] else (at(c['values'], ('service.' + str(one(c['values'], 'service', 'main')) + '.forceRename'), '') or ('{fullname}' + str((('-' + str(one(c['values'], 'service', 'main'))) if (len(at(c['values'], 'service', {})) > 1) else '')))))}, 'workload': _kept({'name': ('{fullname}' if c['fullnameOverride'] else (at(c['values'], ('controllers.' + str(one(c['values'], 'controllers', 'main')) + '.forceRename'), '') or ('{fullname}' + str((('-' + str(one(c['values'], 'controllers', 'main'))) if (len(at(c['values'], 'controllers', {})) > 1) else ''))))), 'revisionHistoryLimit': at(c['values'], ('controllers.' + str(one(c['values'], 'controllers', 'main')) + '.revisionHistoryLimit'), OMIT)}), 'resources': {'containers': ['controllers.*.containers.*.resources'], 'initContainers': ['controllers.*.initContainers.*.resources']}, 'selector': {'app.kubernetes.io/controller': one(c['values'], 'controllers', 'main'), 'app.kubernetes.io/name': (at(c['values'], 'global.nameOverride', '') or '{release}'), 'app.kubernetes.io/instance': ('{release}')}, 'ports': _items([*[_kept({'name': c['name'], 'port': at(c['port'], 'port', 0), 'targetPort': at(c['port'], 'targetPort', OMIT), 'protocol': ('UDP' if (at(c['port'], 'protocol', 'TCP') == 'UDP') else 'TCP'), 'appProtocol': at(c['port'], 'appProtocol', OMIT)}) for c in _turns(c, at(c['values'], ('service.' + str(one(c['values'], 'service', 'main')) + '.ports'), {}).items(), 'name', 'port') if at(c['port'], 'enabled', True)]]), 'refuses': [{'when': (((not (c['autoscaling'] is None)) and (not c['workload']['referenced'])) and older(at(c['chart'], 'version', ''), '5.0.0')), 'at': 'autoscaling', 'message': 'the chart has no autoscaler before version 5.0.0', 'hint': 'set a rollout strategy, for which Tiphys generates one, or use a newer chart'}, {'when': ((not (c['autoscaling'] is None)) and (not c['metrics'])), 'at': 'autoscaling', 'message': 'the autoscaler has no metric', 'hint': 'add targetCPUUtilizationPercentage or targetMemoryUtilizationPercentage'}, {'when': (at(c['values'], ('controllers.' + str(one(c['values'], 'controllers', 'main')) + '.horizontalPodAutoscaler'), {}) != {}), 'mode': 'workloadRef', 'at': 'values.controllers', 'message': "the chart's own autoscaler would scale the Deployment that the Rollout takes over", 'hint': 'set `autoscaling` in the spec, which generates one for the Rollout'}]})})


def _profiles_app_template_values(c):
    return _kept({'global': _kept({'fullnameOverride': (c['fullnameOverride'] or OMIT)}), 'controllers': _kept({one(c['values'], 'controllers', 'main'): _kept({'type': ('deployment' if c['workload']['referenced'] else OMIT), 'forceRename': (c['fullnameOverride'] or OMIT), 'replicas': (OMIT if (c['workload']['replicas'] is None) else c['workload']['replicas']), 'horizontalPodAutoscaler': ({'minReplicas': c['autoscaling']['minReplicas'], 'maxReplicas': c['autoscaling']['maxReplicas'], 'metrics': c['metrics']} if (c['autoscaling'] and (not c['workload']['referenced'])) else OMIT), 'containers': _kept({one(c['values'], ('controllers.' + str(one(c['values'], 'controllers', 'main')) + '.containers'), 'main'): _kept({'image': _kept({'repository': c['imageByTag']['repository'], 'tag': c['imageByTag'].get('tag', OMIT)})})})})}), 'service': ({one(c['values'], 'service', 'main'): {**{'controller': one(c['values'], 'controllers', 'main')}, **({'forceRename': c['fullnameOverride']} if c['fullnameOverride'] else {})}} if at(c['values'], 'service', {}) else OMIT)})


def _profiles_helm_create_profile(c):
    return {'apiVersion': 'tiphys/v1', 'kind': 'ChartProfile', 'metadata': {'name': 'helm-create', 'description': 'Charts with the layout of `helm create`, of Helm 3 and Helm 4.'}, 'spec': {'mode': 'workloadRef', 'image': 'appVersion', 'fullname': {'own': cut((at(c['values'], 'fullnameOverride', '') or (c['release'] if ((at(c['values'], 'nameOverride', '') or c['chart']['name']) in c['release']) else (str(c['release']) + '-' + str((at(c['values'], 'nameOverride', '') or c['chart']['name']))))), 63)}, 'selector': {'app.kubernetes.io/name': (at(c['values'], 'nameOverride', '') or c['chart']['name']), 'app.kubernetes.io/instance': ('{release}')}, 'ports': [{'name': 'http', 'port': at(c['values'], 'service.port', 80), 'targetPort': 'http'}], 'refuses': [{'when': (c['workload']['hasServices'] and (at(c['values'], 'service.port', 0) == 0)), 'mode': 'workloadRef', 'at': 'values.service.port', 'message': "the port of the chart's Service is unknown, and the generated Services need the same port", 'hint': "set `values.service.port`, even if it equals the chart's default"}, {'when': ((not (c['autoscaling'] is None)) and (not c['metrics'])), 'at': 'autoscaling', 'message': 'the chart only has the metrics CPU and memory', 'hint': 'add targetCPUUtilizationPercentage or targetMemoryUtilizationPercentage'}, {'when': (at(c['values'], 'autoscaling', {}) != {}), 'mode': 'workloadRef', 'at': 'values.autoscaling', 'message': "the chart's own autoscaler would scale the Deployment that the Rollout takes over", 'hint': 'set `autoscaling` in the spec, which generates one for the Rollout'}]}}


def _profiles_helm_create_values(c):
    return _kept({'fullnameOverride': (c['fullnameOverride'] or OMIT), 'image': (c['imageByTag'] or OMIT), 'replicaCount': (OMIT if (c['workload']['replicas'] is None) else c['workload']['replicas']), 'autoscaling': _kept({'enabled': ((not (c['autoscaling'] is None)) and (not c['workload']['referenced'])), 'minReplicas': (c['autoscaling']['minReplicas'] if (c['autoscaling'] and (not c['workload']['referenced'])) else OMIT), 'maxReplicas': (c['autoscaling']['maxReplicas'] if (c['autoscaling'] and (not c['workload']['referenced'])) else OMIT), 'targetCPUUtilizationPercentage': (c['autoscaling'].get('targetCPUUtilizationPercentage', 0) if (c['autoscaling'] and (not c['workload']['referenced'])) else OMIT), 'targetMemoryUtilizationPercentage': (c['autoscaling'].get('targetMemoryUtilizationPercentage', OMIT) if (c['autoscaling'] and (not c['workload']['referenced'])) else OMIT)})})


def _profiles_none_profile(c):
    return {'apiVersion': 'tiphys/v1', 'kind': 'ChartProfile', 'metadata': {'name': 'none', 'description': 'Any chart. Its values are passed on unchanged, so other fields of a spec cannot reach it.'}, 'spec': {'mode': 'workloadRef', 'image': 'optional', 'refuses': [{'when': (not (c['image'] is None)), 'at': 'image', 'message': ('without a profile, Tiphys does not know where the chart `' + str(c['chart']['name']) + '` reads its image'), 'hint': ('set the image under `values`, or write templates/profiles/' + str(c['chart']['name']) + '/')}, {'when': (not (c['replicas'] is None)), 'at': 'replicas', 'message': ('without a profile, Tiphys does not know where the chart `' + str(c['chart']['name']) + '` reads its replicas'), 'hint': ('set them under `values` and write `replicas: null`, or write templates/profiles/' + str(c['chart']['name']) + '/')}, {'when': (not (c['autoscaling'] is None)), 'at': 'autoscaling', 'message': ('without a profile, Tiphys does not know the autoscaler of the chart `' + str(c['chart']['name']) + '`'), 'hint': ('set it under `values` and write `autoscaling: null`, or write templates/profiles/' + str(c['chart']['name']) + '/')}, {'when': (('fullname' in c['chart']) and (not (c['chart']['fullname'] is None))), 'at': 'chart.fullname', 'message': ('without a profile, Tiphys does not know how to name the objects of the chart `' + str(c['chart']['name']) + '`'), 'hint': ('set the name under `values` and remove it here, or write templates/profiles/' + str(c['chart']['name']) + '/')}, {'when': (not (c['strategy'] is None)), 'at': 'rollout', 'message': ('without a profile, Tiphys does not know the workload of the chart `' + str(c['chart']['name']) + '`, so it cannot roll it out'), 'hint': ('write `rollout: null`, or write templates/profiles/' + str(c['chart']['name']) + '/')}]}}


def _profiles_none_values(c):
    return {}


def _profiles_onechart_profile(c):
    return {'apiVersion': 'tiphys/v1', 'kind': 'ChartProfile', 'metadata': {'name': 'onechart', 'description': "Gimlet's onechart."}, 'spec': {'mode': 'workloadRef', 'fullname': {'own': slug(c['release']), 'override': False}, 'selector': {'app.kubernetes.io/name': (at(c['values'], 'nameOverride', '') or c['chart']['name']), 'app.kubernetes.io/instance': ('{fullname}')}, 'ports': [*[{'name': at(c['port'], 'name', ''), 'port': (at(c['port'], 'svcPort', 0) or at(c['port'], 'containerPort', 0)), 'targetPort': at(c['port'], 'name', ''), 'protocol': at(c['port'], 'protocol', 'TCP')} for c in _turns(c, at(c['values'], 'ports', []), 'port')], *[{'name': 'http', 'port': c['port'], 'targetPort': 'http'} for c in _turns(c, [(at(c['values'], 'svcPort', 0) or at(c['values'], 'containerPort', 80))], 'port') if (not at(c['values'], 'ports', []))]], 'refuses': [{'when': ((not (c['autoscaling'] is None)) and (not c['workload']['referenced'])), 'at': 'autoscaling', 'message': 'the chart has no autoscaler', 'hint': 'set a rollout strategy, for which Tiphys generates one, or remove it with `autoscaling: null`'}, {'when': ((not (c['autoscaling'] is None)) and at(c['values'], 'podDisruptionBudgetEnabled', False)), 'at': 'values.podDisruptionBudgetEnabled', 'message': 'the chart renders its disruption budget only for a fixed number of replicas, not with an autoscaler', 'hint': 'remove it, and add a PodDisruptionBudget with `extraDeploy`'}]}}


def _profiles_onechart_values(c):
    return _kept({'image': _kept({'repository': c['imageByTag']['repository'], 'tag': c['imageByTag'].get('tag', OMIT)}), 'replicas': (OMIT if (c['workload']['replicas'] is None) else (16 if (c['workload']['referenced'] and (c['workload']['replicas'] > 16)) else c['workload']['replicas']))})


def _profiles_service_profile(c):
    return _kept({'apiVersion': 'tiphys/v1', 'kind': 'ChartProfile', 'metadata': {'name': 'service', 'description': 'The chart that ships with Tiphys, which renders the Rollout itself.'}, 'spec': _kept({'mode': 'values', 'fullname': {'own': (at(c['values'], 'fullnameOverride', '') or cut(c['release'].replace('.', '-'), 52))}, 'images': 'supported', 'services': {'stable': ('{fullname}'), 'canary': ('{fullname}-canary'), 'active': ('{fullname}'), 'preview': ('{fullname}-preview')}, 'workload': _kept({'kind': ('StatefulSet' if (at(c['values'], 'workload.kind', '') == 'StatefulSet') else 'Deployment'), 'minReadySeconds': at(c['values'], 'minReadySeconds', OMIT), 'progressDeadlineSeconds': at(c['values'], 'progressDeadlineSeconds', OMIT), 'progressDeadlineAbort': at(c['values'], 'progressDeadlineAbort', True), 'revisionHistoryLimit': at(c['values'], 'revisionHistoryLimit', 3)}), 'selector': {'app.kubernetes.io/name': (at(c['values'], 'nameOverride', '') or '{fullname}'), 'app.kubernetes.io/instance': ('{release}')}, 'ports': _items([*[_kept({'name': at(c['main'], 'portName', 'http'), 'port': at(c['main'], 'port', 80), 'targetPort': c['main'].get('targetPort', 'http'), 'appProtocol': (at(c['main'], 'appProtocol', '') or OMIT)}) for c in _turns(c, [at(c['values'], 'service', {})], 'main') if at(c['main'], 'enabled', True)], *[_kept({'name': at(c['more'], 'name', OMIT), 'port': at(c['more'], 'port', 0), 'targetPort': at(c['more'], 'targetPort', OMIT), 'protocol': at(c['more'], 'protocol', OMIT), 'appProtocol': at(c['more'], 'appProtocol', OMIT)}) for c in _turns(c, at(c['values'], 'service.extraPorts', []), 'more') if at(c['values'], 'service.enabled', True)]]), 'refuses': [{'when': ((not (c['strategy'] is None)) and (at(c['values'], 'workload.kind', '') == 'StatefulSet')), 'at': 'values.workload.kind', 'message': 'Argo Rollouts cannot release a StatefulSet, but the service has a rollout strategy', 'hint': 'set `rollout: null`, or remove `workload.kind`'}, {'when': (at(c['values'], 'autoscaling', {}) != {}), 'mode': 'workloadRef', 'at': 'values.autoscaling', 'message': "the chart's own autoscaler would scale the Deployment that the Rollout takes over", 'hint': 'set `autoscaling` in the spec, which generates one for the Rollout'}]})})


def _profiles_service_rollout(c):
    return _kept({'rollout': _kept({'strategy': c['strategy'], 'rollbackWindow': (c['rollbackWindow'] or OMIT)})})


def _profiles_service_values(c):
    return _kept({'fullnameOverride': (c['fullnameOverride'] or OMIT), 'workload': _kept({'kind': (OMIT if (at(c['values'], 'workload.kind', '') == 'StatefulSet') else c['workload']['kind'])}), 'image': _kept({'repository': c['image']['repository'], 'tag': c['image'].get('tag', OMIT), 'digest': c['image'].get('digest', OMIT)}), 'images': (c['images'] or OMIT), 'replicaCount': (OMIT if (c['workload']['replicas'] is None) else c['workload']['replicas']), 'autoscaling': ({**{'enabled': True}, **c['autoscaling']} if (c['autoscaling'] and (not c['workload']['referenced'])) else OMIT)})


def _profiles_stakater_application_profile(c):
    return _kept({'apiVersion': 'tiphys/v1', 'kind': 'ChartProfile', 'metadata': {'name': 'stakater-application', 'description': "Stakater's chart `application`, version 2 to 8."}, 'spec': _kept({'charts': ['application'], 'mode': 'workloadRef', 'fullname': {'own': cut((at(c['values'], 'applicationName', '') or (c['chart']['name'] if older(at(c['chart'], 'version', ''), '8.0.0') else c['release'])), 63)}, 'workload': _kept({'scaleDown': 'progressively', 'minReadySeconds': at(c['values'], 'deployment.minReadySeconds', OMIT), 'revisionHistoryLimit': at(c['values'], 'deployment.revisionHistoryLimit', OMIT)}), 'resources': {'containers': ['deployment.resources', 'deployment.additionalContainers.*.resources'], 'initContainers': ['deployment.initContainers.*.resources']}, 'selector': {'app.kubernetes.io/name': ('{fullname}')}, 'ports': _items([*[_kept({'name': at(c['port'], 'name', OMIT), 'port': at(c['port'], 'port', 0), 'targetPort': at(c['port'], 'targetPort', OMIT), 'protocol': at(c['port'], 'protocol', OMIT), 'appProtocol': at(c['port'], 'appProtocol', OMIT)}) for c in _turns(c, at(c['values'], 'service.ports', [{'name': 'http', 'port': 8080, 'protocol': 'TCP', 'targetPort': 8080}]), 'port') if (at(c['values'], 'service.enabled', True) and (not at(c['values'], 'deployment.openshiftOAuthProxy.enabled', False)))], *[{'name': 'proxy', 'port': 443, 'targetPort': (8081 if at(c['proxy'], 'disableTLSArg', False) else 8443), 'protocol': 'TCP'} for c in _turns(c, [at(c['values'], 'deployment.openshiftOAuthProxy', {})], 'proxy') if (at(c['values'], 'service.enabled', True) and at(c['proxy'], 'enabled', False))]]), 'refuses': [{'when': (c['replicas'] == 0), 'at': 'replicas', 'message': 'the chart ignores 0 replicas and runs one pod', 'hint': 'set at least 1, or remove the environment from the spec'}, {'when': (not at(c['values'], 'deployment.enabled', True)), 'mode': 'workloadRef', 'at': 'values.deployment.enabled', 'message': "the Rollout needs the chart's Deployment, which is disabled", 'hint': 'remove it, or remove the rollout with `rollout: null`'}, {'when': (at(c['values'], 'autoscaling', {}) != {}), 'mode': 'workloadRef', 'at': 'values.autoscaling', 'message': "the chart's own autoscaler would scale the Deployment that the Rollout takes over", 'hint': 'set `autoscaling` in the spec, which generates one for the Rollout'}]})})


def _profiles_stakater_application_values(c):
    return _kept({'applicationName': (c['fullnameOverride'] or OMIT), 'deployment': _kept({'image': _kept({'repository': c['image']['repository'], 'tag': c['image'].get('tag', ''), 'digest': c['image'].get('digest', OMIT)}), 'replicas': (c['workload']['replicas'] or OMIT)}), 'autoscaling': _kept({'enabled': ((not (c['autoscaling'] is None)) and (not c['workload']['referenced'])), 'minReplicas': (c['autoscaling']['minReplicas'] if (c['autoscaling'] and (not c['workload']['referenced'])) else OMIT), 'maxReplicas': (c['autoscaling']['maxReplicas'] if (c['autoscaling'] and (not c['workload']['referenced'])) else OMIT), 'metrics': (c['metrics'] if (c['metrics'] and (not c['workload']['referenced'])) else OMIT)})})


def _rollout(c):
    return _kept({'apiVersion': 'argoproj.io/v1alpha1', 'kind': 'Rollout', 'metadata': {'name': c['fullname'], 'labels': {**c['reference']['selector'], **{'app.kubernetes.io/managed-by': 'tiphys'}}}, 'spec': _kept({'replicas': (OMIT if (c['autoscaling'] or (c['replicas'] is None)) else c['replicas']), 'selector': {'matchLabels': c['reference']['selector']}, 'workloadRef': {'apiVersion': 'apps/v1', 'kind': 'Deployment', 'name': c['reference']['name'], 'scaleDown': c['reference']['scaleDown']}, 'minReadySeconds': c['reference'].get('minReadySeconds', OMIT), 'progressDeadlineSeconds': c['reference'].get('progressDeadlineSeconds', OMIT), 'progressDeadlineAbort': c['reference'].get('progressDeadlineAbort', OMIT), 'revisionHistoryLimit': c['reference'].get('revisionHistoryLimit', OMIT), 'rollbackWindow': (c['rollbackWindow'] or OMIT), 'strategy': c['strategy']})})


def _root(c):
    return {'apiVersion': 'argoproj.io/v1alpha1', 'kind': 'Application', 'metadata': {'name': c['root']['name'], 'namespace': c['root']['namespace'], 'labels': {'app.kubernetes.io/managed-by': 'tiphys', 'tiphys/environment': c['environment']}}, 'spec': {'project': c['root']['project'], 'destination': c['root']['destination'], 'source': {'repoURL': c['root']['repoURL'], 'targetRevision': c['root']['targetRevision'], 'path': c['root']['path'], 'directory': {'include': '*.yaml'}}, 'syncPolicy': c['root']['syncPolicy']}}


def _service(c):
    return {'apiVersion': 'v1', 'kind': 'Service', 'metadata': {'name': c['sibling']['name'], 'labels': {**c['sibling']['selector'], **{'app.kubernetes.io/managed-by': 'tiphys'}}}, 'spec': {'selector': c['sibling']['selector'], 'ports': c['sibling']['ports']}}


BY_DIGEST = {
    "1f390d6c91b1fa3d4b16695e90f536fb": _analysistemplate,  # templates/analysistemplate.yaml
    "64d948ba7bb0891081fe3b0c5f95edda": _application,  # templates/application.yaml
    "d781f54a75a167719a1d0d09f88a8a77": _horizontalpodautoscaler,  # templates/horizontalpodautoscaler.yaml
    "c948014d4983faa257322d830f80299d": _profiles_app_template_profile,  # templates/profiles/app-template/profile.yaml
    "4eb894abf53f0b5233287526e57c1a44": _profiles_app_template_values,  # templates/profiles/app-template/values.yaml
    "b6a527b47736bbefd51755d45947399e": _profiles_helm_create_profile,  # templates/profiles/helm-create/profile.yaml
    "a8977a2f7fdbf742d411b0bc9fc15840": _profiles_helm_create_values,  # templates/profiles/helm-create/values.yaml
    "dc3ece4ac40a13dc04a19fab112a3042": _profiles_none_profile,  # templates/profiles/none/profile.yaml
    "109529b03030a350ea010f6f664e6f5d": _profiles_none_values,  # templates/profiles/none/values.yaml
    "d16994cc61ecd507454b574e1c39f423": _profiles_onechart_profile,  # templates/profiles/onechart/profile.yaml
    "1cb79e4a73ca28f4caeee3dfc4fdca1c": _profiles_onechart_values,  # templates/profiles/onechart/values.yaml
    "1705b63abaa0f7802299e3af1a9bbeec": _profiles_service_profile,  # templates/profiles/service/profile.yaml
    "18392aec5604dbbdab62a8a33707e87c": _profiles_service_rollout,  # templates/profiles/service/rollout.yaml
    "f6a76e46eba80d881e75442d4d623295": _profiles_service_values,  # templates/profiles/service/values.yaml
    "e61ba9b8e743990e2115b5f80060dc57": _profiles_stakater_application_profile,  # templates/profiles/stakater-application/profile.yaml
    "40bfdf540b0658a37dc594f81f7ef6fa": _profiles_stakater_application_values,  # templates/profiles/stakater-application/values.yaml
    "88b9a3207375cb7c8920cfaafcb51c0f": _rollout,  # templates/rollout.yaml
    "199b7606d95873c584a877aa96a26629": _root,  # templates/root.yaml
    "33b8ace57e7770518e7b8c90f6db97a1": _service,  # templates/service.yaml
}
