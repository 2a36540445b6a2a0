"""Kustomizations and directories in the place of charts: built by the real kustomize as Argo CD builds them, and checked like charts."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess

import pytest
import yaml

from generator.kubernetes import kustomize_settings
from support.repositories import Repository
from support.trees import write_tree
from support.workspace import workspace

ENVIRONMENT = """\
apiVersion: tiphys/v1
kind: Environment
metadata: {{name: {name}}}
spec:
  argocd:
    project: shop
    destination: {{namespace: shop}}
    applicationName: "{{service}}-{{environment}}"
  chart: {{name: service, version: "1.0.0", repository: "oci://registry.example.com/x"}}
"""
SPEC = """\
apiVersion: tiphys/v1
kind: Pipeline
metadata: {{name: till}}
spec:
{spec}
  environments: {{dev: {{}}}}
"""
APP = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: till, labels: {app: till}}
spec:
  minReadySeconds: 7
  selector: {matchLabels: {app: till}}
  template:
    metadata: {labels: {app: till}}
    spec:
      containers: [{name: srv, image: registry.example.org/shop/till, ports: [{containerPort: 8080}]}]
---
apiVersion: v1
kind: Service
metadata: {name: till}
spec: {selector: {app: till}, ports: [{port: 80, targetPort: 8080}]}
"""
FILES = {
    "kustomize/base/kustomization.yaml": "resources: [shop.yaml]\n",
    "kustomize/base/shop.yaml": APP,
    "kustomize/live/kustomization.yaml": "resources: [../base]\nnamespace: shop\n",
}
IMAGE = 'image: {repository: registry.example.org/shop/till, tag: "8.1.0"}'
LIVE = "source: {kustomize: {path: kustomize/live}}"
CANARY = "replicas: 3\nrollout: {strategy: {canary: {steps: [{setWeight: 34}, {pause: {}}]}}}"
ROUTED = (
    "replicas: 3\nrollout: {strategy: {canary: {trafficRouting: {nginx: {stableIngress: till}}, "
    "steps: [{setWeight: 34}, {pause: {}}]}}}"
)


@pytest.fixture(autouse=True)
def _own_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def deploy(tmp_path):
    """Return a function that makes a workspace with one service, given the lines of its spec and the files around it."""

    def make(spec, files=None):
        folder = workspace(tmp_path / "w")
        shutil.rmtree(folder / "services/web")
        (folder / "environments/prod.yaml").unlink()
        lines = "\n".join(f"  {line}" for line in spec.strip().splitlines())
        own = {"environments/dev.yaml": ENVIRONMENT.format(name="dev"), "services/till/pipeline.yaml": SPEC.format(spec=lines)}
        return write_tree(folder, {**own, **(FILES if files is None else files)})

    return make


def built(tiphys, folder, *more):
    done = tiphys("render", "till", "--env", "dev", "--helm", *more, cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return {(item["kind"], item["metadata"]["name"]): item for item in yaml.safe_load_all(done.stdout) if item}


def findings(done):
    assert "Traceback" not in done.stderr, done.stderr
    return [(one["rule"], f"{one['path']}:{one['line']}", one["message"]) for one in json.loads(done.stdout)["diagnostics"]]


def verify(tiphys, folder, *more, env=None):
    return findings(tiphys("verify", "--offline", "--format", "json", *more, cwd=folder, env=env))


def application(folder):
    return yaml.safe_load((folder / "generated/dev/applications/till.yaml").read_text())["spec"]


def test_a_kustomization_gets_the_image_and_the_replicas_of_the_spec(kustomize, tiphys, deploy):
    folder = deploy(f"{LIVE}\n{IMAGE}\nreplicas: 4")
    deployment = built(tiphys, folder)["Deployment", "till"]
    assert deployment["spec"]["replicas"] == 4
    assert deployment["spec"]["template"]["spec"]["containers"][0]["image"] == "registry.example.org/shop/till:8.1.0"
    assert verify(tiphys, folder) == []
    assert tiphys("generate", cwd=folder).returncode == 0
    source = application(folder)["source"]
    assert source["kustomize"] == {
        "images": ["registry.example.org/shop/till:8.1.0"],
        "replicas": [{"name": "till", "count": 4}],
    }


EDITS = [
    "images: [{name: registry.example.org/shop/till, newTag: old}]\n",
    "images: [{name: z, newTag: a}, {name: registry.example.org/shop/till, newName: elsewhere, digest: sha256:0}]\n",
    "replicas: [{name: till, count: 9}]\n",
]


@pytest.mark.parametrize("more", ["", *EDITS])
@pytest.mark.parametrize("image", ["registry.example.org/shop/till:1.2", f"registry.example.org/shop/till@sha256:{'a' * 64}"])
def test_what_verify_builds_is_what_argo_cd_would_with_kustomize_edit(more, image, kustomize, tmp_path):
    text = FILES["kustomize/live/kustomization.yaml"] + more
    trees = [write_tree(tmp_path / name, {**FILES, "kustomize/live/kustomization.yaml": text}) for name in ("theirs", "ours")]
    theirs, ours = (tree / "kustomize/live" for tree in trees)
    subprocess.run([kustomize, "edit", "set", "image", image], cwd=theirs, check=True, capture_output=True)
    subprocess.run([kustomize, "edit", "set", "replicas", "till=3"], cwd=theirs, check=True, capture_output=True)
    given = kustomize_settings.settings({"images": [image], "replicas": [{"name": "till", "count": 3}]})
    data = kustomize_settings.edited(yaml.safe_load(text), given)
    (ours / "kustomization.yaml").write_text(yaml.safe_dump(data))
    outputs = [
        subprocess.run([kustomize, "build", "."], cwd=tree, check=True, capture_output=True).stdout for tree in (theirs, ours)
    ]
    assert outputs[0] == outputs[1]


MARKED = """\
namePrefix: a-
commonLabels: {tier: back}
labels: [{pairs: {team: shop}, includeSelectors: true}, {pairs: {unit: b}}, {pairs: {kind: c}, includeTemplates: true}]
commonAnnotations: {owner: nobody}
components: [../base/none]
"""
SETTINGS = [
    (
        {"namePrefix": "b-", "nameSuffix": "-c", "namespace": "other"},
        ["set nameprefix -- b-", "set namesuffix -- -c", "set namespace -- other"],
    ),
    ({"commonLabels": {"x": "1", "z": "2"}}, ["add label x:1 z:2"]),
    ({"commonLabels": {"tier": "front"}, "forceCommonLabels": True}, ["add label --force tier:front"]),
    ({"commonLabels": {"x": "1"}, "labelWithoutSelector": True}, ["add label --without-selector x:1"]),
    (
        {"commonLabels": {"x": "1"}, "labelWithoutSelector": True, "labelIncludeTemplates": True},
        ["add label --without-selector --include-templates x:1"],
    ),
    ({"commonAnnotations": {"note": "a:b"}}, ["add annotation note:a:b"]),
    ({"commonAnnotations": {"owner": "x"}, "forceCommonAnnotations": True}, ["add annotation --force owner:x"]),
    ({"components": ["../base/none", "../base/more"]}, ["add component ../base/none ../base/more"]),
]


@pytest.mark.parametrize("more", ["", MARKED])
@pytest.mark.parametrize(("given", "commands"), SETTINGS)
def test_an_application_with_settings_for_kustomize_is_built_as_argo_cd_builds_it(more, given, commands, kustomize, tmp_path):
    text = FILES["kustomize/live/kustomization.yaml"] + more
    component = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n"
    files = {
        **FILES,
        "kustomize/live/kustomization.yaml": text,
        "kustomize/base/none/kustomization.yaml": f"{component}nameSuffix: -n\n",
        "kustomize/base/more/kustomization.yaml": f"{component}nameSuffix: -m\n",
    }
    trees = [write_tree(tmp_path / name, files) for name in ("theirs", "ours")]
    theirs, ours = (tree / "kustomize/live" for tree in trees)
    for command in commands:
        subprocess.run([kustomize, "edit", *command.split()], cwd=theirs, check=True, capture_output=True)
    data = kustomize_settings.edited(yaml.safe_load(text), kustomize_settings.settings(given))
    (ours / "kustomization.yaml").write_text(yaml.safe_dump(data))
    outputs = [
        subprocess.run([kustomize, "build", "."], cwd=tree, check=True, capture_output=True).stdout for tree in (theirs, ours)
    ]
    assert outputs[0] == outputs[1]


@pytest.mark.parametrize(
    ("more", "given", "command", "said"),
    [
        ("commonLabels: {x: a}\n", {"commonLabels": {"x": "1"}}, "add label x:1", "sets `x` too"),
        (
            "labels: [{pairs: {x: a}}]\n",
            {"commonLabels": {"x": "1"}, "labelWithoutSelector": True},
            "add label --without-selector x:1",
            "sets `x` too",
        ),
        ("commonAnnotations: {x: a}\n", {"commonAnnotations": {"x": "1"}}, "add annotation x:1", "sets `x` too"),
        (
            "",
            {"commonLabels": {"x": "1"}, "labelIncludeTemplates": True},
            "add label --include-templates x:1",
            "needs `labelWithoutSelector`",
        ),
    ],
)
def test_settings_that_kustomize_edit_refuses_are_said_before_argo_cd_fails(more, given, command, said, kustomize, tmp_path):
    text = FILES["kustomize/live/kustomization.yaml"] + more
    folder = write_tree(tmp_path / "tree", {**FILES, "kustomize/live/kustomization.yaml": text}) / "kustomize/live"
    assert subprocess.run([kustomize, "edit", *command.split()], cwd=folder, check=False, capture_output=True).returncode
    with pytest.raises(kustomize_settings.SettingError, match=said):
        kustomize_settings.edited(yaml.safe_load(text), kustomize_settings.settings(given))


def test_an_image_that_the_kustomization_knows_by_another_name_is_replaced_by_that_name(kustomize, tiphys, deploy):
    files = {
        **FILES,
        "kustomize/base/shop.yaml": APP.replace("registry.example.org/shop/till", "app"),
        "kustomize/live/kustomization.yaml": (
            "resources: [../base]\nnamespace: shop\nimages: [{name: app, newName: registry.example.org/shop/till}]\n"
        ),
    }
    folder = deploy(f"{LIVE}\n{IMAGE}", files)
    image = built(tiphys, folder)["Deployment", "till"]["spec"]["template"]["spec"]["containers"][0]["image"]
    assert image == "registry.example.org/shop/till:8.1.0"


def test_an_image_that_no_container_runs_is_an_error(kustomize, tiphys, deploy):
    folder = deploy(f"{LIVE}\n{IMAGE}", {**FILES, "kustomize/base/shop.yaml": APP.replace("shop/till", "shop/other")})
    assert [rule for rule, *_ in verify(tiphys, folder)] == ["TP607"]


def test_a_rollout_takes_over_the_deployment_of_a_kustomization_by_its_names_and_labels(kustomize, tiphys, deploy):
    files = {
        **FILES,
        "kustomize/live/kustomization.yaml": (
            "resources: [../base]\nnamespace: shop\nnamePrefix: live-\nlabels: [{pairs: {tier: web}, includeSelectors: true}]\n"
        ),
        "services/till/ingress.yaml": (
            "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: till}\n"
            "spec: {rules: [{http: {paths: [{path: /, pathType: Prefix, "
            "backend: {service: {name: live-till, port: {number: 80}}}}]}}]}\n"
        ),
    }
    folder = deploy(f"{LIVE}\n{IMAGE}\n{ROUTED}\nmanifests: [ingress.yaml]", files)
    found = built(tiphys, folder)
    rollout = found["Rollout", "till"]["spec"]
    assert (rollout["workloadRef"]["name"], rollout["minReadySeconds"]) == ("live-till", 7)
    assert rollout["selector"]["matchLabels"] == found["Deployment", "live-till"]["spec"]["selector"]["matchLabels"]
    assert found["Service", "live-till-canary"]["spec"]["selector"] == found["Service", "live-till"]["spec"]["selector"]
    assert [one for one in verify(tiphys, folder) if one[0] != "TP673"] == []  # its router is retired
    assert tiphys("generate", cwd=folder).returncode == 0
    spec = application(folder)
    assert [source["path"] for source in spec["sources"]] == ["kustomize/live", "generated/dev/till/manifests"]
    assert {"group": "apps", "kind": "Deployment", "name": "live-till", "jsonPointers": ["/spec/replicas"]} in spec[
        "ignoreDifferences"
    ]


def test_a_directory_is_deployed_and_checked_without_any_program(tiphys, deploy):
    folder = deploy(f"source: {{directory: {{path: plain/till}}}}\n{CANARY}", {"plain/till/shop.yaml": APP})
    nothing = {"PATH": "/nonexistent"}
    done = tiphys("verify", "--offline", cwd=folder, env=nothing)
    assert done.returncode == 0, done.stdout + done.stderr
    (folder / "plain/till/shop.yaml").write_text(APP.replace("spec: {selector: {app: till}", "spec: {selector: {app: other}"))
    found = verify(tiphys, folder, env=nothing)
    assert [place for _, place, _ in found] == ["plain/till/shop.yaml:15"], found


@pytest.mark.parametrize("number", [".inf", "-.Inf", ".nan", "1e999"])
def test_a_number_that_json_does_not_have_is_named_with_its_file(number, git, tiphys, deploy, tmp_path):
    config = f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: x}}\ndata: {{a: {number}}}\n"
    folder = deploy("source: {directory: {path: plain}}", {"plain/shop.yaml": APP, "plain/x.yaml": config})
    repository = Repository(tmp_path / "r")
    shutil.copytree(folder, repository.root, dirs_exist_ok=True)
    (repository.root / "environments/prod.yaml").unlink()
    repository.commit("start")
    (repository.root / "plain/shop.yaml").write_text(APP.replace("minReadySeconds: 7", "minReadySeconds: 8"))
    for words in (("generate",), ("verify", "--offline"), ("render", "till", "--env", "dev", "--helm"), ("diff", "HEAD")):
        done = tiphys(*words, cwd=repository.root)
        assert done.returncode in (0, 1), done.stdout + done.stderr
        print(done.stdout, done.stderr)
        assert "plain/x.yaml" in done.stdout + done.stderr


def test_directories_in_a_directory_are_read_only_if_asked_for(tiphys, deploy):
    files = {"plain/shop.yaml": APP, "plain/more/config.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: more}\n"}
    folder = deploy("source: {directory: {path: plain}}", files)
    assert ("ConfigMap", "more") not in built(tiphys, folder)
    spec = folder / "services/till/pipeline.yaml"
    spec.write_text(spec.read_text().replace("path: plain", "path: plain, recurse: true"))
    assert ("ConfigMap", "more") in built(tiphys, folder)
    assert tiphys("generate", cwd=folder).returncode == 0
    assert application(folder)["source"]["directory"] == {"include": "{*.yaml,*.yml,*.json}", "recurse": True}


def test_what_is_wrong_in_a_base_is_reported_in_its_file(kustomize, tiphys, deploy):
    folder = deploy(f"{LIVE}\n{IMAGE}", {**FILES, "kustomize/base/shop.yaml": APP.replace("minReadySeconds", "minReadySecond")})
    assert [(rule, place) for rule, place, _ in verify(tiphys, folder)] == [("TP604", "kustomize/base/shop.yaml:5")]


def test_what_kustomize_refuses_is_reported_in_its_words_without_our_paths(kustomize, tiphys, deploy):
    patch = 'patches: [{target: {kind: Deployment}, patch: \'[{"op": "remove", "path": "/spec/nothing"}]\'}]\n'
    live = FILES["kustomize/live/kustomization.yaml"]
    folder = deploy(f"{LIVE}\n{IMAGE}", {**FILES, "kustomize/live/kustomization.yaml": live + patch})
    ((rule, place, message),) = verify(tiphys, folder)
    assert (rule, place) == ("TP601", "services/till/pipeline.yaml:5")
    assert "kustomize does not build kustomize/live: " in message
    assert "/tmp" not in message


def test_without_kustomize_the_error_says_what_to_install_and_for_which_services(tiphys, deploy, tmp_path):
    folder = deploy(f"{LIVE}\n{IMAGE}")
    done = tiphys("verify", "--offline", cwd=folder, env={"PATH": str(tmp_path)})
    assert done.returncode == 2
    assert "neither kustomize nor kubectl is on the PATH: it is needed for `till`" in done.stderr
    assert "install kustomize" in done.stderr


def test_kubectl_builds_where_there_is_no_kustomize(kustomize, tiphys, deploy, tmp_path):
    (tmp_path / "bin").mkdir()
    script = tmp_path / "bin/kubectl"
    script.write_text(
        f'#!/bin/sh\nif [ "$1" = version ]; then echo "Kustomize Version: v5.5.0"; else shift; exec {kustomize} build "$@"; fi\n'
    )
    script.chmod(0o755)
    folder = deploy(f"{LIVE}\n{IMAGE}")
    done = tiphys("verify", "--offline", cwd=folder, env={"PATH": str(tmp_path / "bin")})
    assert (done.returncode, "kustomize 5.5.0" in done.stderr) == (0, True), done.stdout + done.stderr


@pytest.mark.parametrize(
    "line",
    [
        "resources: [../base, 'https://example.com/x.yaml']",
        "resources: [../base, 'github.com/shop/base//deploy?ref=v1']",
        "resources: [../base, 'git@example.com:shop/base.git']",
        "components: ['git::https://example.com/c']",
        "resources: [../base]\npatches: [{path: 'http://127.0.0.1:1/p.yaml'}]",
        "resources: [../base]\nconfigMapGenerator: [{name: a, files: ['b=https://example.com/b']}]",
        "resources: [../base]\ntransformers: ['https://example.com/t.yaml']",
    ],
)
def test_nothing_is_fetched_for_a_kustomization(line, tiphys, deploy):
    folder = deploy(f"{LIVE}\n{IMAGE}", {**FILES, "kustomize/live/kustomization.yaml": line + "\n"})
    for command in ("generate", "verify"):
        found = findings(tiphys(command, "--format", "json", cwd=folder))
        assert [(rule, place.partition(":")[0]) for rule, place, _ in found] == [("TP600", "kustomize/live/kustomization.yaml")]
        assert "which Tiphys does not fetch" in found[0][2]


def test_kustomize_itself_reaches_no_network_and_no_file_outside_of_the_copy(kustomize, tmp_path):
    from generator.system import kustomize as system
    from generator.system.kustomize import Checked

    tool = system.find()
    remote = {"k/kustomization.yaml": b"resources: [hidden.yaml]\ntransformers: [t.yaml]\n", "k/hidden.yaml": APP.encode()}
    remote["k/t.yaml"] = (
        b"apiVersion: builtin\nkind: PatchTransformer\nmetadata: {name: x}\ntarget: {kind: Deployment}\npath: http://example.com/p\n"
    )
    assert not tool.build(Checked(remote, "k")).ok
    (tmp_path / "secret.yaml").write_text(APP)
    outside = {"k/kustomization.yaml": f"resources: [{os.path.relpath(tmp_path, '/')}/secret.yaml]\n".encode()}
    outside["k/kustomization.yaml"] = f"resources: [{'../' * 9}{str(tmp_path)[1:]}/secret.yaml]\n".encode()
    assert not tool.build(Checked(outside, "k")).ok


def test_a_link_in_a_kustomization_is_not_followed(kustomize, tiphys, deploy, tmp_path):
    base = "resources: [shop.yaml]\nconfigMapGenerator: [{name: a, files: [link.txt]}]\n"
    folder = deploy(f"{LIVE}\n{IMAGE}", {**FILES, "kustomize/base/kustomization.yaml": base})
    (tmp_path / "outside.txt").write_text("correct-horse")
    (folder / "kustomize/base/link.txt").symlink_to(tmp_path / "outside.txt")
    found = verify(tiphys, folder)
    assert [rule for rule, *_ in found] == ["TP600"], found
    assert "symbolic link" in found[0][2]
    assert "correct-horse" not in tiphys("render", "till", "--env", "dev", "--helm", cwd=folder).stdout


def test_a_kustomization_of_another_repository_is_built_from_a_clone(kustomize, tiphys, deploy, tmp_path):
    write_tree(tmp_path / "clone", FILES)
    url = "https://git.example.com/shop/manifests.git"
    spec = (
        f"source: {{kustomize: {{path: kustomize/live, repoURL: '{url}', revision: v1, workload: till}}}}\n{IMAGE}\nreplicas: 2"
    )
    folder = deploy(spec, {})
    assert [rule for rule, *_ in verify(tiphys, folder)] == ["TP600"]
    assert verify(tiphys, folder, "--repo", f"{url}={tmp_path / 'clone'}") == []
    assert tiphys("generate", cwd=folder).returncode == 0
    source = application(folder)["source"]
    assert (source["repoURL"], source["targetRevision"]) == (url, "v1")


def test_commands_that_move_and_compare_releases_see_a_kustomization(git, tiphys, deploy, tmp_path):
    folder = deploy(f"{LIVE}\n{IMAGE}\n{CANARY}")
    repository = Repository(tmp_path / "r")
    shutil.copytree(folder, repository.root, dirs_exist_ok=True)
    (repository.root / "environments/prod.yaml").unlink()
    assert tiphys("generate", cwd=repository.root).returncode == 0
    repository.commit("start")
    plan = tiphys("plan", "till", "--env", "dev", cwd=repository.root)
    assert (plan.returncode, "3 replicas" in plan.stdout) == (0, True), plan.stderr
    status = tiphys("status", "--format", "json", cwd=repository.root)
    assert status.returncode == 0
    assert "1.0.0" not in status.stdout, "the chart of the environment is not the one of this service"
    assert tiphys("report", "-o", tmp_path / "site", cwd=repository.root).returncode == 0

    bumped = tiphys("bump", "till", "--env", "dev", "--image-tag", "8.2.0", "--commit", cwd=repository.root)
    assert bumped.returncode == 0, bumped.stderr
    assert application(repository.root)["sources"][0]["kustomize"]["images"] == ["registry.example.org/shop/till:8.2.0"]
    diff = tiphys("diff", "HEAD~1", cwd=repository.root)
    assert "image 8.1.0 → 8.2.0" in diff.stdout
    assert "kustomize.images" not in diff.stdout
    back = tiphys("rollback", "till", "--env", "dev", cwd=repository.root)
    assert back.returncode == 0, back.stderr
    assert application(repository.root)["sources"][0]["kustomize"]["images"] == ["registry.example.org/shop/till:8.1.0"]


@pytest.mark.parametrize("path", ["kustomize/base/shop.yaml", "kustomize/base/note.properties"])
def test_a_change_of_a_base_is_seen_by_affected_and_by_the_hook(path, git, tiphys, deploy, tmp_path):
    folder = deploy(f"{LIVE}\n{IMAGE}", {**FILES, "kustomize/base/note.properties": "a=b\n"})
    repository = Repository(tmp_path / "r")
    shutil.copytree(folder, repository.root, dirs_exist_ok=True)
    (repository.root / "environments/prod.yaml").unlink()
    assert tiphys("generate", cwd=repository.root).returncode == 0
    repository.commit("start")
    assert json.loads(tiphys("affected", "--since", "HEAD", "--format", "json", cwd=repository.root).stdout)["affected"] == []
    file = repository.root / path
    file.write_text(file.read_text().replace("8080", "8081") + "\n")
    found = json.loads(tiphys("affected", "--since", "HEAD", "--format", "json", cwd=repository.root).stdout)["affected"]
    assert [one["because"] for one in found] == [[path]]
    hook = tiphys("generate", "--hook", cwd=repository.root)
    assert re.search(f"not staged: {path}", hook.stdout + hook.stderr), hook.stdout + hook.stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[a]\n", "a kustomization must be a mapping"),
        ("resources: [../base]\nimages: {name: x}\n", "`images` must be a list, not a mapping"),
        ("{}\n", "builds nothing: its kustomization lists no resource"),
        ("# nothing\n", "builds nothing"),
        ("namePrefix: a-\n", "builds nothing"),
        ("resources: null\n", "builds nothing"),
    ],
)
def test_a_kustomization_that_argo_cd_cannot_build_is_not_mended_before_it_is_verified(text, said, kustomize, tiphys, deploy):
    folder = deploy(f"{LIVE}\n{IMAGE}", {**FILES, "kustomize/live/kustomization.yaml": text})
    spec = folder / "services/till/pipeline.yaml"
    for written in (spec.read_text(), spec.read_text().replace(IMAGE, "")):
        spec.write_text(written)
        found = verify(tiphys, folder)
        assert any(said in message for _, _, message in found), found


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("configMapGenerator: [{name: a, files: [/etc/hostname]}]", "`/etc/hostname` is outside of the workspace"),
        ("configMapGenerator: [{name: a, envs: [../../../e]}]", "`../../../e` is outside of the workspace"),
        ("patches: [{path: ../../../x.yaml}]", "`../../../x.yaml` is outside of the workspace"),
        ("patches: [{path: lost.yaml}]", "kustomize/live/lost.yaml does not exist"),
        ("transformers: [lost.yaml]", "kustomize/live/lost.yaml does not exist"),
    ],
)
def test_a_file_that_a_kustomization_names_is_looked_for_before_anybody_builds(field, said, tiphys, deploy):
    text = f"resources: [../base]\n{field}\n"
    folder = deploy(LIVE, {**FILES, "kustomize/live/kustomization.yaml": text})
    done = tiphys("lint", "--format", "json", cwd=folder)
    assert ("TP600", "kustomize/live/kustomization.yaml:2", said) in findings(done), done.stdout


@pytest.mark.parametrize(
    ("setting", "pointed", "said"),
    [
        ("components: [../lost]", "../lost", "kustomize/lost does not exist"),
        ("components: [../../../x]", "../../../x", "`../x` is outside of the workspace"),
        ("components: [../../manifests]", "../../manifests", "manifests is not a kustomization: it has no kustomization.yaml"),
        ("patches: [{path: lost.yaml}]", "lost.yaml", "kustomize/live/lost.yaml does not exist"),
        (
            "patches: [{path: 'https://example.com/x'}]",
            "'https",
            "`https://example.com/x` is in another repository, which Tiphys does not fetch",
        ),
        ("commonLabels: {team: a}", "a}", "the kustomization sets `team` too, so `kustomize edit` refuses to add it"),
    ],
)
def test_a_setting_for_kustomize_that_cannot_be_built_is_an_error_in_the_spec(setting, pointed, said, tiphys, deploy):
    files = {
        **FILES,
        "kustomize/live/kustomization.yaml": "resources: [../base]\ncommonLabels: {team: b}\n",
        "manifests/x.yaml": APP,
    }
    folder = deploy(f"source: {{kustomize: {{path: kustomize/live, {setting}}}}}", files)
    done = tiphys("lint", "--format", "json", cwd=folder)
    found = [one for one in json.loads(done.stdout)["diagnostics"] if one["rule"] == "TP600"]
    line = (folder / "services/till/pipeline.yaml").read_text().splitlines()[4]
    place = ("services/till/pipeline.yaml", 5, line.index(pointed) + 1)
    assert [(one["path"], one["line"], one["column"], one["message"]) for one in found] == [(*place, said)]


def test_a_rollout_follows_the_names_and_labels_that_the_application_sets_for_kustomize(kustomize, tiphys, deploy):
    settings = "namePrefix: shop-, commonLabels: {team: a}"
    rollout = "rollout: {strategy: {canary: {steps: [{setWeight: 50}, {pause: {}}]}}}\nreplicas: 2"
    spec = f"source: {{kustomize: {{path: kustomize/live, {settings}}}}}\n{IMAGE}\n{rollout}"
    folder = deploy(spec, FILES)
    assert verify(tiphys, folder) == []
    assert tiphys("generate", cwd=folder).returncode == 0
    made = yaml.safe_load((folder / "generated/dev/till/manifests/rollout.yaml").read_text())
    assert made["spec"]["workloadRef"]["name"] == "shop-till"
    assert made["spec"]["selector"]["matchLabels"] == {"app": "till", "team": "a"}
    assert application(folder)["sources"][0]["kustomize"]["namePrefix"] == "shop-"
