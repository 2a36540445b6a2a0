"""What the shipped chart runs besides the service, by real Helm: nothing takes the pods, names or traffic of another."""

from __future__ import annotations

import copy
import json
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from support.paths import DATA, ROOT
from support.shipped_chart import CHART, CI, check_together, of, template

COMPONENTS = CHART / "ci" / "components-values.yaml"
SCHEMA = json.loads((CHART / "values.schema.json").read_text(encoding="utf-8"))
API_DEFAULTS = yaml.safe_load(Path(__file__).with_name("chart_components.yaml").read_text(encoding="utf-8"))
IMAGE = {"repository": "ghcr.io/acme/shop", "tag": "1.2.3"}
POLICED = {"networkPolicy": {"enabled": True}, "serviceMonitor": {"enabled": True}, "replicaCount": 3}
RUNNING = ("Rollout", "Deployment", "StatefulSet", "Job", "CronJob")
GIVEN = {"imagePullSecrets", "nodeSelector", "tolerations", "priorityClassName", "hostAliases", "dnsPolicy", "dnsConfig"}
"""What a component has from the service where it says nothing itself: the defaults of the schema are the service's."""


@pytest.fixture
def rendered(helm, tmp_path):
    """Return a function that renders values of Python with the service's image."""

    def render(values, name="shop"):
        path = tmp_path / "values.yaml"
        path.write_text(json.dumps({"image": IMAGE, **values}), encoding="utf-8")
        return template(helm, name, path)

    return render


@pytest.fixture
def refused(helm, tmp_path):
    """Return a function that returns what Helm says about values that it refuses."""

    def run(values, name="shop"):
        path = tmp_path / "values.yaml"
        path.write_text(json.dumps({"image": IMAGE, **values}), encoding="utf-8")
        command = [helm, "template", name, str(CHART), "-f", str(path)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode != 0, done.stdout
        return done.stderr

    return run


def pod_of(item):
    """Return the pod template of a workload."""
    spec = item["spec"]["jobTemplate"]["spec"] if item["kind"] == "CronJob" else item["spec"]
    return spec["template"]


def named(objects, kind, name):
    (found,) = [item for item in of(objects, kind) if item["metadata"]["name"] == name]
    return found


def container(objects, kind, name):
    return pod_of(named(objects, kind, name))["spec"]["containers"][0]


def selectors(objects):
    """Yield (object, the labels that it selects pods by)."""
    for item in objects:
        spec = item.get("spec") or {}
        if item["kind"] == "Service":
            yield item, spec["selector"]
        elif item["kind"] == "NetworkPolicy":
            yield item, spec["podSelector"]["matchLabels"]
        elif item["kind"] in ("PodDisruptionBudget", "Rollout", "Deployment", "StatefulSet"):
            yield item, spec["selector"]["matchLabels"]


@pytest.mark.parametrize("values", CI, ids=lambda path: path.stem.removesuffix("-values"))
def test_whatever_selects_pods_selects_those_of_one_workload_alone(values, helm):
    objects = template(helm, "release", values)
    running = [item for item in objects if item["kind"] in RUNNING]
    assert len({pod_of(item)["metadata"]["labels"]["app.kubernetes.io/name"] for item in running}) == len(running)
    for item, labels in selectors(objects):
        owners = [owner for owner in running if labels.items() <= pod_of(owner)["metadata"]["labels"].items()]
        assert len(owners) == 1, f"{item['kind']} {item['metadata']['name']} selects {len(owners)} workloads"


@pytest.mark.parametrize("kind", ["Rollout", "Deployment", "StatefulSet"])
def test_the_selector_of_a_service_that_runs_already_stays_as_it_is(kind, rendered):
    values = {"fullnameOverride": "shop", "workload": {"kind": kind}, **POLICED}
    more = {
        "workers": {"queue": {}},
        "jobs": {"migrate": {}},
        "cronJobs": {"report": {"schedule": "@daily"}},
        "commonLabels": {"app.kubernetes.io/component": "web"},
    }
    wanted = {"app.kubernetes.io/name": "shop", "app.kubernetes.io/instance": "shop"}
    for given in (values, {**values, **more}):
        objects = rendered(given)
        main = named(objects, kind, "shop")
        assert main["spec"]["selector"] == {"matchLabels": wanted}
        assert pod_of(main)["metadata"]["labels"] == wanted
        assert named(objects, "Service", "shop")["spec"]["selector"] == wanted
    assert pod_of(named(objects, "Deployment", "shop-queue"))["metadata"]["labels"]["app.kubernetes.io/component"] == "queue"


def test_the_service_itself_is_the_same_whatever_runs_besides_it(rendered):
    values = {"config": {"A": "b"}, "env": {"X": "y"}, **POLICED}
    alone = rendered(values)
    more = {"workers": {"queue": {"env": {"X": "z"}}}, "jobs": {"migrate": {}}, "cronJobs": {"report": {"schedule": "@daily"}}}
    beside = rendered({**values, **more})
    assert [item for item in beside if item in alone] == alone


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"workers": {"a": {}}, "jobs": {"a": {}}}, "workers.a and jobs.a have the same name"),
        ({"jobs": {"a": {}}, "cronJobs": {"a": {"schedule": "@daily"}}}, "jobs.a and cronJobs.a have the same name"),
        ({"nameOverride": "shop-queue", "workers": {"queue": {}}}, "the service would select the pods of this as well"),
        ({"nameOverride": "shop-migrate", "jobs": {"migrate": {}}}, "the service would select the pods of this as well"),
        ({"workers": {"metrics": {"service": {"enabled": True}, "containerPorts": [{"name": "http", "containerPort": 1}]}},
          "serviceMonitor": {"enabled": True}}, 'two Services are called "shop-metrics"'),
        ({"workers": {"a": {"service": {"enabled": True}, "containerPorts": [{"name": "http", "containerPort": 1}]}},
          "extraServices": {"a": {}}}, 'two Services are called "shop-a"'),
        ({"workers": {"headless": {"service": {"enabled": True}, "containerPorts": [{"name": "http", "containerPort": 1}]}},
          "workload": {"kind": "StatefulSet"}}, 'two Services are called "shop-headless"'),
        ({"workers": {"a-metrics": {"service": {"enabled": True}, "containerPorts": [{"name": "http", "containerPort": 1}]},
                      "a": {"serviceMonitor": {"enabled": True}, "containerPorts": [{"name": "http", "containerPort": 1}]}}},
         'two Services are called "shop-a-metrics"'),
        ({"workers": {"canary": {"service": {"enabled": True}, "containerPorts": [{"name": "http", "containerPort": 1}]}},
          "rollout": {"strategy": {"canary": {"trafficRouting": {"smi": {}}}}}}, 'two Services are called "shop-canary"'),
        ({"workers": {"a": {"imageName": "tools"}}}, 'workers.a.imageName is "tools", which is not one of images (none)'),
        ({"workers": {"a": {"imageName": "tool"}}, "images": {"tools": IMAGE}}, "which is not one of images (tools)"),
        ({"workers": {"a": {"imageName": "tools", "image": IMAGE}}, "images": {"tools": IMAGE}}, "has image and imageName"),
        ({"workers": {"a": {"image": {"repository": "x"}}}}, "workers.a.image.tag and workers.a.image.digest are both empty"),
        ({"images": {"x": {"repository": "x"}}, "jobs": {"a": {"imageName": "x"}}}, "images.x.tag and images.x.digest"),
        ({"workers": {"a": {"image": {"tag": "1"}}}}, "repository is required"),
        ({"initContainers": [{"name": "a", "imageName": "b"}]}, 'initContainers: imageName of container "a" is "b"'),
        ({"jobs": {"j": {"extraContainers": [{"name": "a", "image": "x", "imageName": "b"}]}}}, "jobs.j.extraContainers"),
        ({"workers": {"a": {"service": {"enabled": True}}}}, 'service.targetPort is "http", but no container port'),
        ({"workers": {"a": {"progressDeadlineSeconds": 5, "minReadySeconds": 5}}}, "workers.a.progressDeadlineSeconds (5)"),
        ({"workers": {"a": {"autoscaling": {"enabled": True, "minReplicas": 5, "maxReplicas": 2}}}}, "workers.a.autoscaling"),
        ({"workers": {"a": {"replicas": 2}}}, "Additional property replicas"),
        ({"workers": {"a": {"service": {"ports": []}}}}, "Additional property ports"),
        ({"workers": {"a": {"securityContext": []}}}, "Invalid type"),
        ({"workers": {"A": {}}}, "Does not match pattern"),
        ({"jobs": {"a": {"hook": "presync"}}}, "hook must be one of"),
        ({"jobs": {"a": {"schedule": "@daily"}}}, "Additional property schedule"),
        ({"jobs": {"a": {"hookDeletePolicy": ["Never"]}}}, "must be one of"),
        ({"cronJobs": {"a": {}}}, "schedule is required"),
        ({"cronJobs": {"a": {"schedule": "@daily", "hook": "PreSync"}}}, "Additional property hook"),
        ({"workload": {"kind": "StatefulSet"}, "rollout": {"strategy": {"canary": {}}}}, "StatefulSet, which has no rollout"),
        ({"workload": {"kind": "StatefulSet", "volumeClaimTemplates": [{"spec": {}}]}}, "metadata is required"),
        ({"workload": {"kind": "DaemonSet"}}, "workload.kind must be one of"),
    ],
)  # fmt: skip
def test_a_mistake_stops_helm_and_says_where(values, said, refused):
    assert said in refused(values)


@pytest.mark.parametrize(
    ("part", "most", "body"), [("workers", 63, {}), ("jobs", 63, {}), ("cronJobs", 52, {"schedule": "@daily"})]
)
def test_a_name_that_kubernetes_would_cut_is_refused(part, most, body, rendered, refused):
    stem = "s" * 40
    fits = "x" * (most - len(stem) - 1)
    assert any(item["metadata"]["name"] == f"{stem}-{fits}" for item in rendered({part: {fits: body}}, stem))
    assert f"has {most + 1} characters, where Kubernetes allows {most}" in refused({part: {fits + "x": body}}, stem)


def test_every_container_without_an_image_runs_that_of_the_service(helm):
    objects = template(helm, "release", COMPONENTS)
    found = {
        f"{item['metadata']['name']}/{one['name']}": one["image"]
        for item in objects
        if item["kind"] in RUNNING
        for one in [*pod_of(item)["spec"]["containers"], *pod_of(item)["spec"].get("initContainers", [])]
    }
    tools = f"ghcr.io/acme/tools@sha256:{'0123456789abcdef' * 4}"
    other = {
        "shop/seed": tools,
        "shop/proxy": "ghcr.io/acme/proxy:2.0",
        "shop-mailer/app": "ghcr.io/acme/mailer:7",
        "shop-mailer/warm": "ghcr.io/acme/mailer:7",
        "shop-warm-up/app": tools,
        "shop-purge/app": tools,
    }
    assert found == dict.fromkeys(found, "ghcr.io/acme/shop:1.2.3") | other
    sidecar = pod_of(named(objects, "Rollout", "shop"))["spec"]["containers"][1]
    assert (sidecar["imagePullPolicy"], "imageName" in sidecar) == ("Always", False)


def test_a_component_has_the_variables_and_the_security_of_the_service(helm):
    objects = template(helm, "release", COMPONENTS)
    queue = container(objects, "Deployment", "shop-queue")
    values = {one["name"]: one.get("value") for one in queue["env"]}
    assert values == {"PASSWORD": None, "QUEUE": "all", "ZONE": "b"}
    assert [next(iter(one)) for one in queue["envFrom"]] == ["configMapRef", "secretRef"]
    assert queue["securityContext"]["readOnlyRootFilesystem"] is True
    admin = container(objects, "Deployment", "shop-admin")["securityContext"]
    assert (admin["readOnlyRootFilesystem"], admin["capabilities"]) == (False, {"drop": ["ALL"]})
    assert pod_of(named(objects, "Deployment", "shop-admin"))["spec"]["nodeSelector"] == {"pool": "admin"}
    mailer = container(objects, "Deployment", "shop-mailer")
    assert not {"env", "envFrom", "volumeMounts"} & set(mailer)


@pytest.mark.parametrize("job", [{}, {"hook": "SyncFail"}, {"hook": "PostDelete"}, {"hook": "Sync", "syncWave": -1}])
def test_a_job_that_runs_before_the_service_exists_waits_for_nothing_of_it(job, rendered):
    objects = rendered({"config": {"A": "b", "C": "d"}, "env": {"C": "own"}, "jobs": {"migrate": job}})
    spec = pod_of(named(objects, "Job", "shop-migrate"))["spec"]
    assert spec["serviceAccountName"] == "default"
    assert "envFrom" not in spec["containers"][0]
    assert spec["containers"][0]["env"] == [{"name": "A", "value": "b"}, {"name": "C", "value": "own"}]
    account = {"serviceAccount": {"create": True, "annotations": {"role": "db"}}}
    objects = rendered({"jobs": {"migrate": {**job, **account}}})
    made, ran = named(objects, "ServiceAccount", "shop-migrate"), named(objects, "Job", "shop-migrate")
    assert pod_of(ran)["spec"]["serviceAccountName"] == "shop-migrate"
    before, when = made["metadata"]["annotations"], ran["metadata"]["annotations"]
    assert before["argocd.argoproj.io/hook"] == when["argocd.argoproj.io/hook"]
    assert int(before["argocd.argoproj.io/sync-wave"]) < int(when.get("argocd.argoproj.io/sync-wave", 0))
    assert before["role"] == "db"


def test_a_job_that_runs_later_has_the_account_of_the_service(rendered):
    hooks = {"Sync": "BeforeHookCreation", "PostSync": "BeforeHookCreation", "PreDelete": "BeforeHookCreation,HookSucceeded"}
    objects = rendered({"config": {"A": "b"}, "jobs": {hook.lower(): {"hook": hook} for hook in hooks}})
    for hook in hooks:
        job = named(objects, "Job", f"shop-{hook.lower()}")
        assert job["metadata"]["annotations"]["argocd.argoproj.io/hook"] == hook
        assert job["metadata"]["annotations"]["argocd.argoproj.io/hook-delete-policy"] == hooks[hook]
        assert pod_of(job)["spec"]["serviceAccountName"] == "shop"
        assert "configMapRef" in pod_of(job)["spec"]["containers"][0]["envFrom"][0]


WAVE, HOOK = "argocd.argoproj.io/sync-wave", "argocd.argoproj.io/hook"


@pytest.mark.parametrize(
    ("job", "annotations", "target", "said"),
    [
        ({}, {}, {}, 'jobs.a (PreSync) needs the Secret "bank" before its ExternalSecret is applied'),
        ({"hook": "Sync", "syncWave": -1}, {WAVE: "-1"}, {}, "jobs.a (Sync) needs the Secret"),
        ({"hook": "PostDelete"}, {}, {}, "which is deleted with its ExternalSecret"),
        ({"shareEnv": False, "env": {"A": {"valueFrom": {"secretKeyRef": {"name": "bank", "key": "a"}}}}}, {}, {}, "needs the"),
        ({"shareEnv": False}, {}, {}, ""),
        ({}, {HOOK: "PreSync"}, {}, ""),
        ({}, {}, {"name": "other"}, ""),
        ({"hook": "Sync", "syncWave": -1}, {WAVE: "-2"}, {}, ""),
        ({"hook": "Sync"}, {}, {}, ""),
        ({"hook": "PostSync"}, {}, {}, ""),
        ({"hook": "PreDelete"}, {}, {}, ""),
        ({"hook": "PostDelete"}, {}, {"creationPolicy": "Orphan"}, ""),
    ],
)  # fmt: skip
def test_no_job_waits_for_a_secret_that_is_made_after_it(job, annotations, target, said, rendered, refused):
    secret = {"name": "bank", "secretStoreRef": {"name": "vault"}, "annotations": annotations, "target": target}
    values = {"secretRefs": ["bank"], "externalSecrets": [secret], "jobs": {"a": job}}
    if said:
        assert said in refused(values)
    else:
        assert of(rendered(values), "Job")


@pytest.mark.parametrize("hook", ["PreDelete", "PostDelete"])
def test_nothing_of_a_deletion_is_left_behind(hook, rendered):
    objects = rendered({"jobs": {"clean": {"hook": hook, "serviceAccount": {"create": True}}}})
    for kind in ("Job", "ServiceAccount"):
        annotations = named(objects, kind, "shop-clean")["metadata"]["annotations"]
        assert annotations["argocd.argoproj.io/hook"] == hook
        assert "HookSucceeded" in annotations["argocd.argoproj.io/hook-delete-policy"].split(",")


def test_an_account_that_exists_already_is_used_by_all(rendered):
    values = {"serviceAccount": {"create": False, "name": "given"}, "jobs": {"a": {}}, "workers": {"b": {}}}
    objects = rendered({**values, "cronJobs": {"c": {"schedule": "@daily"}}})
    assert {pod_of(item)["spec"]["serviceAccountName"] for item in objects if item["kind"] in RUNNING} == {"given"}
    assert not of(objects, "ServiceAccount")


def inner_defaults(node):
    """Return the defaults of one component as its schema has them."""
    found = {}
    for name, part in node["properties"].items():
        if "default" in part:
            found[name] = part["default"]
        elif part.get("properties"):
            found[name] = inner_defaults(part)
    return {name: value for name, value in found.items() if value != {}}


@pytest.mark.parametrize("part", ["workers", "jobs", "cronJobs"])
def test_the_defaults_in_the_schema_are_those_of_the_templates(part, rendered):
    node = SCHEMA["properties"][part]["additionalProperties"]
    least = {"schedule": "@daily"} if part == "cronJobs" else {}
    shared = {"env": {"A": "b"}, "nodeSelector": {"disk": "fast"}, "tmpDir": True, **POLICED}
    assert rendered({part: {"x": least}, **shared}) == rendered({part: {"x": {**inner_defaults(node), **least}}, **shared})


def test_a_stateful_set_has_the_service_that_it_is_named_by(helm):
    values = CHART / "ci" / "stateful-values.yaml"
    objects = template(helm, "release", values)
    workload = named(objects, "StatefulSet", "release")
    governing = named(objects, "Service", workload["spec"]["serviceName"])
    assert governing["spec"]["clusterIP"] == "None"
    assert governing["spec"]["selector"] == workload["spec"]["selector"]["matchLabels"]
    (claim,) = workload["spec"]["volumeClaimTemplates"]
    assert (claim["apiVersion"], claim["kind"], claim["spec"]["volumeMode"]) == ("v1", "PersistentVolumeClaim", "Filesystem")
    objects = template(helm, "release", CHART / "ci" / "stateful-headless-values.yaml")
    assert [item["metadata"]["name"] for item in of(objects, "Service")] == ["peers"]
    (scaler,) = of(objects, "HorizontalPodAutoscaler")
    assert scaler["spec"]["scaleTargetRef"] == {"apiVersion": "apps/v1", "kind": "StatefulSet", "name": "peers"}


def defaulted(item):
    """Return an object with what the API server would add to it."""
    item = copy.deepcopy(item)
    for path, default in API_DEFAULTS[item["kind"]].items():
        *way, last = path.replace("[]", ".[]").split(".")
        nodes = [item]
        for part in way:
            below = [node if part == "[]" else [node.get(part)] for node in nodes]
            nodes = [child for group in below for child in group if child is not None]
        for node in nodes:
            node.setdefault(last, default)
    return item


ROUTES = [
    {},
    {"rules": [{"matches": [{}]}]},
    {"rules": [{"matches": [{"path": {"value": "/a"}}, {"path": {"type": "Exact"}}, {"method": "GET"}]}]},
    {"rules": [{"matches": [{"headers": [{"name": "a", "value": "b"}], "queryParams": [{"name": "a", "value": "b"}]}]}]},
    {"rules": [{"filters": [{"type": "RequestRedirect", "requestRedirect": {"scheme": "https"}}]}]},
    {"rules": [{"filters": [{"type": "RequestMirror", "requestMirror": {"backendRef": {"name": "a", "port": 1}, "fraction": {"numerator": 1}}}]}]},
    {"rules": [{"filters": [{"type": "CORS", "cors": {"allowOrigins": ["*"]}}]}]},
    {"parentRefs": [{"name": "a", "group": "", "kind": "Service", "port": 80}, {"name": "b", "sectionName": "https"}]},
]  # fmt: skip


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize(
    "strategy", [{}, {"canary": {"trafficRouting": {"plugins": {"argoproj-labs/gatewayAPI": {"httpRoute": "shop"}}}}}]
)
def test_a_route_has_nothing_that_the_api_server_adds(route, strategy, rendered):
    values = {"httpRoute": {"enabled": True, "parentRefs": [{"name": "public"}], **route}, "rollout": {"strategy": strategy}}
    (found,) = of(rendered(values), "HTTPRoute")
    assert defaulted(found) == found


SECRETS = [
    {"data": [{"secretKey": "a", "remoteRef": {"key": "b"}}]},
    {"data": [{"secretKey": "a", "remoteRef": {"key": "b", "decodingStrategy": "Base64", "metadataPolicy": "Fetch"}}]},
    {"dataFrom": [{"extract": {"key": "a"}}, {"find": {"name": {"regexp": "a.*"}}}]},
    {"dataFrom": [{"sourceRef": {"generatorRef": {"kind": "Password", "name": "a"}}}]},
    {"dataFrom": [{"extract": {"key": "a"}, "rewrite": [{"merge": {}}, {"regexp": {"source": "a", "target": "b"}}]}]},
    {"target": {"template": {"data": {"a": "{{ .b }}"}}}},
    {"target": {"deletionPolicy": "Delete", "template": {"mergePolicy": "Merge", "templateFrom": [{"configMap": {"name": "a", "items": [{"key": "b"}]}}]}}},
]  # fmt: skip


@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_has_nothing_that_the_api_server_adds(secret, rendered):
    (found,) = of(
        rendered({"externalSecrets": [{"name": "a", "secretStoreRef": {"name": "bank"}, **secret}]}), "ExternalSecret"
    )
    assert defaulted(found) == found
    for path, value in (("target", secret.get("target")), ("data", secret.get("data"))):
        assert value is None or contains(found["spec"][path], value), "what the values say stays"


def contains(found, wanted):
    if isinstance(wanted, dict):
        return all(key in found and contains(found[key], value) for key, value in wanted.items())
    if isinstance(wanted, list):
        return len(found) == len(wanted) and all(map(contains, found, wanted))
    return found == wanted


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("1h", "1h0m0s"), ("15m", "15m0s"), ("90m", "1h30m0s"), ("30s", "30s"), ("0", "0s"), ("0s", "0s"), ("24h", "24h0m0s"),
        ("1h30m5s", "1h30m5s"), ("3600s", "1h0m0s"), ("1.5h", "1.5h"), ("100ms", "100ms"),
    ],
)  # fmt: skip
def test_an_interval_is_written_as_the_controller_rewrites_it(given, written, rendered):
    secret = {"name": "a", "secretStoreRef": {"name": "bank"}, "refreshInterval": given}
    (found,) = of(rendered({"externalSecrets": [secret]}), "ExternalSecret")
    assert found["spec"]["refreshInterval"] == written


def test_the_presets_for_routers_agree_with_the_objects_of_the_chart(rendered):
    for preset, values in {
        "gateway-canary": {"httpRoute": {"enabled": True, "parentRefs": [{"name": "public"}]}},
        "routed-canary": {"ingress": {"enabled": True, "hosts": [{"host": "shop.example.com"}]}},
    }.items():
        text = (ROOT / "templates" / "strategies" / f"{preset}.yaml").read_text(encoding="utf-8")
        named_so = text.replace("{service}", "shop").replace("{fullname}", "shop")
        strategy = yaml.safe_load(named_so)["spec"]["strategy"]
        strategy["canary"].pop("analysis")
        check_together(rendered({**values, "rollout": {"strategy": strategy}}))


def test_a_spec_with_everything_is_verified_without_a_false_alarm(tiphys, helm, tmp_path):
    case = DATA / "cases" / "service-with-everything"
    folder = tmp_path / "w"
    shutil.copytree(case, folder, ignore=shutil.ignore_patterns("expected"))
    done = tiphys("verify", "--offline", "--helm", helm, cwd=folder, env={"XDG_CACHE_HOME": str(tmp_path / "cache")})
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.startswith("2 applications, 37 objects")
