"""What a service and its parts are called: every name that a team has can be said, and a wrong one is named."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from support.paths import ROOT
from support.services import resolved, where
from support.transcript import transcript
from support.trees import read_tree, write_tree
from support.workspace import workspace

HERE = Path(__file__).parent
REJECTED = sorted(path.name for path in (HERE / "names" / "rejected").iterdir())


@pytest.mark.parametrize("case", REJECTED)
def test_a_wrong_name_is_told_with_its_place_and_the_way_out_and_nothing_is_written(case, tiphys, tmp_path, golden):
    folder = workspace(tmp_path / "w", HERE / "names" / "rejected" / case)
    before = read_tree(folder)
    done = tiphys("generate", cwd=folder)
    assert done.returncode in (1, 2)
    assert read_tree(folder) == before
    golden(transcript(done), HERE / "names" / "rejected" / case / "expected.txt")


def test_null_for_the_names_of_objects_is_a_value_that_every_layer_can_set_and_take_back():
    environment = "spec: {defaults: {chart: {name: service, fullname: null}}}"
    assert resolved("replicas: 1", environment).data["chart"] == {"name": "service", "fullname": None}
    assert resolved("chart: {fullname: x}", environment).data["chart"]["fullname"] == "x"
    overlay = "chart: {fullname: x}\nenvironments: {prod: {chart: {fullname: null}}}"
    assert resolved(overlay, environment).data["chart"]["fullname"] is None
    assert resolved("chart: {fullname: null, version: null}").data["chart"] == {"fullname": None}
    assert "fullname" not in resolved("chart: {name: service}").data["chart"]


def test_another_chart_keeps_the_names_that_the_environment_wants():
    environment = "spec: {defaults: {chart: {name: service, version: '1.0.0', fullname: null}}}"
    assert resolved("chart: {name: web}", environment).data["chart"] == {"name": "web", "fullname": None}


def test_the_layer_that_leaves_the_names_to_the_chart_is_known():
    service = resolved("chart: {fullname: x}\nenvironments:\n  prod: {chart: {fullname: null}}")
    assert where(service, "chart", "fullname") == ["pipeline.yaml:5", "pipeline.yaml:3"]


@pytest.mark.parametrize(
    ("below", "above", "merged"),
    [
        ("{server: a, namespace: one}", "{name: b}", {"namespace": "one", "name": "b"}),
        ("{name: a, namespace: one}", "{server: b, namespace: two}", {"namespace": "two", "server": "b"}),
        ("{name: a, namespace: one}", "{namespace: two}", {"name": "a", "namespace": "two"}),
        ("{name: a}", "{name: null, namespace: two}", {"namespace": "two"}),
    ],
)
def test_a_cluster_by_name_replaces_one_by_server_and_the_other_way_round(below, above, merged):
    service = resolved(f"argocd: {{destination: {above}}}", f"spec: {{defaults: {{argocd: {{destination: {below}}}}}}}")
    assert service.argocd["destination"] == merged


OURS = {"service": ROOT / "templates" / "chart"}
CREATED = "web"
"""The name of the chart that `helm create` makes."""


@pytest.fixture(scope="module")
def created(helm, tmp_path_factory):
    """Return the folder of a chart that `helm create` made."""
    folder = tmp_path_factory.mktemp("created")
    subprocess.run([helm, "create", CREATED], cwd=folder, check=True, capture_output=True)
    return folder / CREATED


SPEC = """apiVersion: tiphys/v1
kind: Pipeline
metadata: {name: web}
spec:
  image: {repository: ghcr.io/acme/web, tag: "1.0.0"}
  replicas: 2
  environments: {prod: {}}
"""


def spec(**fields):
    """Return the text of a spec with more fields."""
    data = yaml.safe_load(SPEC)
    data["spec"] |= fields
    return json.dumps(data, indent=1)


def read(folder, path):
    return yaml.safe_load((folder / "generated" / "prod" / path).read_text())


ROUTED = {
    "strategy": {"canary": {"steps": [{"setWeight": 20}, {"pause": {}}], "trafficRouting": {"nginx": {"stableIngress": "x"}}}}
}
GREEN = {"strategy": {"blueGreen": {"autoPromotionEnabled": False}}}
CREATES = {"service": {"port": 80}}
ONE = {"controllers": {"main": {"containers": {"main": {}}}}, "service": {"main": {"ports": {"http": {"port": 80}}}}}
TWO = {
    "controllers": {
        "main": ONE["controllers"]["main"],
        "side": {"containers": {"main": {"image": {"repository": "a", "tag": "b"}}}},
    },
    "service": {"main": ONE["service"]["main"], "side": {"controller": "side", "ports": {"http": {"port": 81}}}},
}
ITSELF = [
    ("helm-create", "web", CREATES, "web", "web"),
    ("helm-create", "shop-web-1", CREATES, "shop-web-1", "shop-web-1"),
    ("helm-create", "shop", CREATES, "shop-web", "shop-web"),
    ("helm-create", "shop", {**CREATES, "nameOverride": "api"}, "shop-api", "shop-api"),
    ("helm-create", "shop-api", {**CREATES, "nameOverride": "api"}, "shop-api", "shop-api"),
    ("helm-create", "shop", {**CREATES, "fullnameOverride": "old"}, "old", "old"),
    ("helm-create", "s" * 53, {**CREATES, "nameOverride": "abcdefgh-i"}, "s" * 53 + "-abcdefgh", "s" * 53 + "-abcdefgh"),
    ("service", "shop", {}, "shop", "shop"),
    ("service", "shop.web", {}, "shop-web", "shop-web"),
    ("service", "s" * 51 + "-a", {}, "s" * 51, "s" * 51),
    ("service", "shop", {"nameOverride": "api"}, "shop", "shop"),
    ("stakater-application", "shop", {}, "shop", "shop"),
    ("onechart", "shop.web--1", {}, "shop-web-1", "shop-web-1"),
    ("app-template", "shop", ONE, "shop", "shop"),
    ("app-template", "shop", {**ONE, "global": {"nameOverride": "api"}}, "shop-api", "shop-api"),
    ("app-template", "shop", TWO, "shop", "shop-main"),
]
CHARTS = {"stakater-application": "application", "helm-create": CREATED}


RELEASED = [(*case, GREEN) for case in ITSELF]
RELEASED += [(*ITSELF[2], ROUTED), (*ITSELF[2], None), (*ITSELF[-1], ROUTED), (*ITSELF[-1], None), (*ITSELF[7], None)]


@pytest.mark.parametrize(("profile", "release", "values", "fullname", "workload", "rollout"), RELEASED)
def test_what_a_chart_calls_its_objects_by_itself_is_what_everything_beside_it_refers_to(
    profile, release, values, fullname, workload, rollout, created, helm, tiphys, tmp_path
):
    folder = workspace(tmp_path / "w")
    name = CHARTS.get(profile, profile)
    shutil.copytree(OURS.get(name) or (created if name == CREATED else HERE / "profiles" / name), folder / "charts" / name)
    chart = {"name": name, "path": f"charts/{name}", "profile": profile, "fullname": None}
    mode = {"mode": "workloadRef"} if profile == "service" else {}
    fields = {"rollout": {**rollout, **mode}} if rollout else {}
    text = spec(chart=chart, argocd={"releaseName": release}, values=values, **fields)
    write_tree(folder, {"services/web/pipeline.yaml": text})
    done = tiphys("render", "web", "--env", "prod", "--helm", cwd=folder, env={"PATH": str(Path(helm).parent)})
    if rollout is GREEN and len(f"{fullname}-preview") > 63:
        assert (done.returncode, "error[TP403]: a Service of the strategy becomes" in done.stdout) == (1, True)
        return
    objects = [item for item in yaml.safe_load_all(done.stdout) if item]
    names = [f"{item['kind']} {item['metadata']['name']}" for item in objects]
    assert len(set(names)) == len(names)
    assert f"Deployment {workload}" in names
    for item in objects:
        if item["kind"] == "Rollout":
            assert (item["metadata"]["name"], item["spec"]["workloadRef"]["name"]) == (fullname, workload)
            strategy = item["spec"]["strategy"].get("canary") or item["spec"]["strategy"]["blueGreen"]
            assert {f"Service {strategy[field]}" for field in strategy if field.endswith("Service")} <= set(names)
    verified = tiphys("verify", "--offline", "--helm", helm, "--format", "concise", cwd=folder)
    found = [
        line for line in verified.stdout.splitlines() if "TP620" not in line and "TP673" not in line
    ]  # the Ingress is not the point
    assert found == []


def test_the_autoscaler_the_presets_and_what_argo_cd_leaves_alone_follow_the_names_of_the_chart(tiphys, tmp_path):
    folder = workspace(tmp_path / "w")
    chart = {"name": "web", "path": "charts/web", "profile": "helm-create", "fullname": None}
    fields = {
        "chart": chart,
        "values": CREATES,
        "argocd": {"releaseName": "{service}-{environment}-1", "syncPolicy": {"syncOptions": ["ServerSideApply=true"]}},
        "autoscaling": {"minReplicas": 2, "maxReplicas": 4, "targetCPUUtilizationPercentage": 70},
        "rollout": {"preset": "routed-canary"},
    }
    write_tree(folder, {"services/web/pipeline.yaml": spec(**fields), "charts/web/Chart.yaml": "name: web\n"})
    assert tiphys("generate", "-q", cwd=folder).returncode == 0
    scaler = read(folder, "web/manifests/horizontalpodautoscaler.yaml")
    assert (scaler["metadata"]["name"], scaler["spec"]["scaleTargetRef"]["name"]) == ("web-prod-1", "web-prod-1")
    canary = read(folder, "web/manifests/rollout.yaml")["spec"]["strategy"]["canary"]
    assert canary["trafficRouting"]["nginx"] == {"stableIngress": "web-prod-1"}
    assert canary["analysis"]["args"] == [{"name": "ingress", "value": "web-prod-1"}]
    ignored = read(folder, "applications/web.yaml")["spec"]["ignoreDifferences"]
    named = [f"{one['kind']} {one['name']}" for one in ignored]
    assert named == ["Rollout web-prod-1", "Deployment web-prod-1", "Service web-prod-1", "Service web-prod-1-canary"]
    done = tiphys("plan", "web", "--env", "prod", "--abort-at", "2", cwd=folder)
    assert "kubectl argo rollouts abort web-prod-1\n" in done.stdout, done.stderr


def test_a_name_that_is_forced_reaches_every_object_and_the_selector_keeps_the_release(helm, created, tiphys, tmp_path):
    folder = workspace(tmp_path / "w")
    shutil.copytree(created, folder / "charts" / "web")
    chart = {"name": "web", "path": "charts/web", "profile": "helm-create", "fullname": "{labels.team}-{service}"}
    text = spec(chart=chart, values=CREATES, argocd={"releaseName": "old"}, rollout=GREEN)
    write_tree(
        folder, {"services/web/pipeline.yaml": text.replace('"name": "web"', '"name": "web", "labels": {"team": "shop"}', 1)}
    )
    assert tiphys("generate", "-q", cwd=folder).returncode == 0
    assert read(folder, "web/values.yaml")["fullnameOverride"] == "shop-web"
    rollout = read(folder, "web/manifests/rollout.yaml")
    assert rollout["metadata"]["name"] == "shop-web"
    assert rollout["spec"]["selector"]["matchLabels"]["app.kubernetes.io/instance"] == "old"
    done = tiphys("verify", "--offline", "--helm", helm, cwd=folder)
    assert (done.returncode, done.stdout) == (0, "")


OWN_TEMPLATE = """
  sources:
    - repoURL: "{{ application.sources[0].repoURL }}"
      targetRevision: "{{ application.sources[0].targetRevision }}"
      path: "{{ application.sources[0].path }}"
      helm:
        releaseName: shop-{{ service }}
        valueFiles: ["{{ application.sources[0].helm.valueFiles[0] }}", $values/shared/more.yaml, more.yaml, none.yaml]
        ignoreMissingValueFiles: true
        valuesObject: {podAnnotations: {inline: "3", file: "3"}}
        parameters:
          - {name: podAnnotations.parameter, value: "a,b"}
          - {name: podAnnotations.inline, value: "4", forceString: true}
    - {repoURL: "{{ application.sources[0].repoURL }}", targetRevision: HEAD, ref: values}
"""


@pytest.fixture
def own_template(created, tmp_path):
    """Return a workspace whose own template of the Application changes the release and its values."""
    folder = workspace(tmp_path / "w")
    shutil.copytree(created, folder / "charts" / "web")
    shipped = (ROOT / "templates" / "application.yaml").read_text()
    chart = {"name": "web", "path": "charts/web", "profile": "helm-create", "fullname": None}
    files = {
        "templates/application.yaml": re.sub(r"\n  source: .*\n  sources: .*\n", lambda _: OWN_TEMPLATE, shipped),
        "services/web/pipeline.yaml": spec(chart=chart, values={"podAnnotations": {"file": "0"}}),
        "shared/more.yaml": "podAnnotations: {shared: '1', inline: '1'}\n",
        "charts/web/more.yaml": "podAnnotations: {shared: '2'}\n",
    }
    return write_tree(folder, files)


def test_what_is_rendered_is_the_generated_application_and_not_what_the_service_is_called(own_template, helm, tiphys):
    path = {"PATH": str(Path(helm).parent)}
    assert tiphys("generate", "-q", cwd=own_template).returncode == 0
    done = tiphys("render", "web", "--env", "prod", "--helm", cwd=own_template, env=path)
    (deployment,) = [item for item in yaml.safe_load_all(done.stdout) if item and item["kind"] == "Deployment"]
    assert deployment["metadata"]["name"] == "shop-web"
    assert deployment["spec"]["selector"]["matchLabels"]["app.kubernetes.io/instance"] == "shop-web"
    annotations = deployment["spec"]["template"]["metadata"]["annotations"]
    assert annotations == {"shared": "2", "inline": "4", "file": "3", "parameter": "a,b"}
    assert tiphys("verify", "--offline", "--helm", helm, cwd=own_template).returncode == 0


def test_a_template_that_moves_the_release_away_from_its_rollout_is_found_out(own_template, helm, tiphys):
    chart = {"name": "web", "path": "charts/web", "profile": "helm-create"}
    write_tree(own_template, {"services/web/pipeline.yaml": spec(chart=chart, values=CREATES, rollout=GREEN)})
    done = tiphys("verify", "--offline", "--helm", helm, "--format", "concise", cwd=own_template)
    assert done.returncode == 1
    assert "the selector of Rollout web does not match the pods of Deployment web" in done.stdout


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("ignoreMissingValueFiles: true", "ignoreMissingValueFiles: false", "values file `none.yaml` of the Application does not exist"),
        ("more.yaml, none", "../../../../etc/passwd, none", "is outside of its source"),
        ("$values/shared", "$other/shared", "no source has the ref `other`"),
        ('{podAnnotations: {inline: "3", file: "3"}}', "{}\n        values: '- 1'", "`values` is not a mapping, so Helm renders nothing"),
        ("more.yaml, none", "https://example.com/x.yaml, none", "is not in this workspace"),
        ("releaseName: shop-{{ service }}", "releaseName: Shop_{{ service }}", 'argocd.releaseName becomes "Shop_web"'),
        ('path: "{{ application.sources[0].path }}"', "path: elsewhere", "the Application has a chart in `elsewhere`"),
        ("HEAD, ref: values}", 'HEAD, ref: values}\n    - {repoURL: "https://example.com/config.git", path: extra}', "source `extra` of the Application is not a chart"),
    ],
)  # fmt: skip
def test_what_helm_would_not_find_in_the_application_is_told(before, after, said, own_template, helm, tiphys):
    path = own_template / "templates" / "application.yaml"
    assert before in path.read_text()
    path.write_text(path.read_text().replace(before, after))
    done = tiphys("verify", "--offline", "--helm", helm, "--format", "concise", cwd=own_template)
    assert said in done.stdout
    assert "Traceback" not in done.stderr


def test_generated_manifests_that_no_source_reads_are_told(own_template, helm, tiphys):
    path = own_template / "templates" / "application.yaml"
    path.write_text(path.read_text().replace('    - "{{ application.sources[1] }}"', WITHOUT_MANIFESTS))
    chart = {"name": "web", "path": "charts/web", "profile": "helm-create"}
    write_tree(own_template, {"services/web/pipeline.yaml": spec(chart=chart, values=CREATES, rollout=GREEN)})
    done = tiphys("verify", "--offline", "--helm", helm, "--format", "concise", cwd=own_template)
    assert "no source of the Application reads generated/prod/web/manifests" in done.stdout


WITHOUT_MANIFESTS = '    - {repoURL: "{{ application.sources[1].repoURL }}", targetRevision: HEAD, ref: values}'


def test_a_release_that_is_called_like_its_application_keeps_all_its_objects(helm, tiphys, tmp_path):
    """A chart without a name of its own in any value, as many teams have one: the release is in every name."""
    folder = workspace(tmp_path / "w")
    own = "templates/profiles/desk"
    files = {
        f"{own}/profile.yaml": "apiVersion: tiphys/v1\nkind: ChartProfile\nmetadata: {name: desk}\n"
        'spec: {mode: workloadRef, fullname: {own: "{release}-web"}, selector: {app: web, release: "{release}"}}\n',
        f"{own}/values.yaml": 'replicas: "{{ workload.replicas }}"\ntag: "{{ image.tag }}"\n',
        "charts/desk/Chart.yaml": "apiVersion: v2\nname: desk\nversion: 0.9.0\n",
        "charts/desk/templates/deployment.yaml": DESK,
        "services/web/pipeline.yaml": spec(
            chart={"name": "desk", "path": "charts/desk", "fullname": None},
            argocd={"releaseName": "office-{service}-{environment}", "applicationName": "office-{service}-{environment}"},
            rollout={"strategy": {"canary": {"steps": [{"setWeight": 50}, {"pause": {}}]}}},
        ),
    }
    write_tree(folder, files)
    assert tiphys("generate", "-q", cwd=folder).returncode == 0
    assert read(folder, "web/manifests/rollout.yaml")["spec"]["workloadRef"]["name"] == "office-web-prod-web"
    done = tiphys("verify", "--offline", "--helm", helm, "--format", "concise", cwd=folder)
    assert (done.returncode, done.stdout) == (0, "")
    assert tiphys("history", "web", "--env", "prod", cwd=folder).returncode in (0, 2), "it goes on by the name of the service"


DESK = """apiVersion: apps/v1
kind: Deployment
metadata: {name: "{{ .Release.Name }}-web"}
spec:
  replicas: {{ .Values.replicas }}
  selector: {matchLabels: {app: web, release: "{{ .Release.Name }}"}}
  template:
    metadata: {labels: {app: web, release: "{{ .Release.Name }}"}}
    spec:
      containers: [{name: web, image: "ghcr.io/acme/web:{{ .Values.tag }}"}]
"""


INSTANCES = """apiVersion: tiphys/v1
kind: Environment
metadata: {{name: {name}}}
spec:
  argocd: {{instance: {instance}, project: shop, applicationName: "{{service}}", destination: {{{cluster}namespace: shop}}}}
  chart: {{name: service, version: "1.0.0", repository: "oci://registry.example.com/x"}}
"""
ANALYSED = {
    "strategy": {"canary": {"analysis": {"templates": [{"templateName": "up"}]}, "steps": [{"setWeight": 20}]}},
    "analysisTemplates": [{"name": "up", "spec": {"metrics": [{"name": "up", "provider": {"prometheus": {"address": "http://p", "query": "up"}}, "successCondition": "true", "count": 1}]}}],
}  # fmt: skip


@pytest.mark.parametrize(
    ("instances", "cluster", "found"),
    [
        (("dev", "prod"), "", set()),
        (("dev", "dev"), "", {"TP501", "TP502"}),
        (("dev", "prod"), "name: west, ", set()),
        (("dev", "prod"), "name: in-cluster, ", set()),
        (("dev", "prod"), 'server: "https://one.example.com", ', {"TP502"}),
        (("dev", "dev"), 'server: "https://one.example.com", ', {"TP501", "TP502"}),
    ],
)
def test_each_argo_cd_has_its_own_names_and_its_own_cluster_and_a_real_clash_is_still_found(
    instances, cluster, found, tiphys, tmp_path
):
    folder = workspace(tmp_path / "w")
    for name, instance in zip(("dev", "prod"), instances, strict=True):
        text = INSTANCES.format(name=name, instance=instance, cluster=cluster)
        write_tree(folder, {f"environments/{name}.yaml": text})
    web = json.loads(spec(rollout=ANALYSED, environments={"dev": {}, "prod": {}}))
    api = json.loads(spec(rollout=ANALYSED, environments={"prod": {}}))
    web["spec"]["environments"] = {"dev": {}} if "TP501" not in found else web["spec"]["environments"]
    api["metadata"]["name"] = "api"
    write_tree(
        folder,
        {"services/web/pipeline.yaml": json.dumps(web, indent=1), "services/api/pipeline.yaml": json.dumps(api, indent=1)},
    )
    done = tiphys("lint", "--format", "json", cwd=folder)
    assert {item["rule"] for item in json.loads(done.stdout)["diagnostics"] if item["severity"] == "error"} == found


ROOT_OF_PROD = """apiVersion: tiphys/v1
kind: Environment
metadata: {name: prod}
spec:
  argocd: {project: shop, destination: {namespace: shop-prod}}
  root:
    name: root-of-{environment}
    path: generated/{environment}/apps
    retry: {limit: 1}
    syncPolicy:
      automated: {prune: true, allowEmpty: true}
      syncOptions: [PruneLast=true]
  chart: {name: service, version: "1.0.0", repository: "oci://registry.example.com/prod"}
"""


def test_a_root_that_runs_already_goes_on_with_its_name_its_folder_and_its_policy(tiphys, tmp_path):
    folder = workspace(tmp_path / "w")
    write_tree(folder, {"environments/prod.yaml": ROOT_OF_PROD})
    assert tiphys("generate", "-q", cwd=folder).returncode == 0
    root = read(folder, "root.yaml")
    assert root["metadata"]["name"] == "root-of-prod"
    assert root["spec"]["source"]["path"] == "generated/prod/apps"
    assert root["spec"]["syncPolicy"] == {
        "automated": {"prune": True, "selfHeal": True, "allowEmpty": True},
        "syncOptions": ["PruneLast=true"],
        "retry": {"limit": 1},
    }
    assert read(folder, "apps/web.yaml")["metadata"]["name"] == "web-prod"
    assert not (folder / "generated" / "prod" / "applications").exists()
    assert (folder / "generated" / "dev" / "applications" / "web.yaml").exists()
    assert tiphys("check", cwd=folder).returncode == 0
    assert tiphys("check", "web", "--env", "prod", cwd=folder).returncode == 0


def test_applications_in_a_folder_of_another_name_are_not_removed_without_a_word(tiphys, tmp_path):
    folder = workspace(tmp_path / "w")
    write_tree(folder, {"environments/prod.yaml": ROOT_OF_PROD})
    assert tiphys("generate", "-q", cwd=folder).returncode == 0
    write_tree(folder, {"environments/prod.yaml": ROOT_OF_PROD.replace("/apps", "/apps2")})
    before = read_tree(folder / "generated")
    done = tiphys("generate", cwd=folder)
    assert done.returncode == 1
    assert "generated/prod/apps/web.yaml" in done.stderr
    assert read_tree(folder / "generated") == before
    assert tiphys("generate", "--allow-delete", "-q", cwd=folder).returncode == 0
    assert tiphys("check", cwd=folder).returncode == 0
