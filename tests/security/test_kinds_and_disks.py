"""Fields of the wrong kind, and a disk without room: one message, exit 1 or 2, and nothing half written."""

from __future__ import annotations

import os
import resource
import subprocess
import sys

import pytest

from generator.kubernetes.kustomize_settings import settings
from generator.system.program import Done
from generator.system.store import Store
from generator.verify import rendering
from generator.verify.cache import Cache
from support.trees import write_tree

KINDS = {
    "x": "`kustomize` must be a mapping",
    "[a]": "`kustomize` must be a mapping",
    "{replicas: 5}": "`kustomize.replicas` must be a list",
    "{replicas: {name: x}}": "`kustomize.replicas` must be a list",
    "{replicas: [x]}": "`kustomize.replicas[0]` must have a name",
    "{replicas: [{count: 1}]}": "`kustomize.replicas[0]` must have a name",
    "{replicas: [{name: 5, count: 1}]}": "`kustomize.replicas[0]` must have a name",
    "{replicas: [{name: x}]}": "`kustomize.replicas[0].count` must be an integer from 0 to 2,147,483,647",
    "{replicas: [{name: x, count: true}]}": "`kustomize.replicas[0].count` must be an integer from 0 to 2,147,483,647",
    "{replicas: [{name: x, count: -1}]}": "`kustomize.replicas[0].count` must be an integer from 0 to 2,147,483,647",
    "{replicas: [{name: x, count: '99999999999'}]}": "`kustomize.replicas[0].count` must be an integer",
    "{images: 5}": "`kustomize.images` must be a list",
    "{images: [a=b:c, 5]}": "`kustomize.images[1]` must be a string",
    "{images: [[]]}": "`kustomize.images[0]` must be a string",
}
WORKSPACE = {
    "tiphys.yaml": "apiVersion: tiphys/v1\nkind: Workspace\nspec: {repoURL: https://git.example.com/deploy.git}\n",
    "environments/dev.yaml": "apiVersion: tiphys/v1\nkind: Environment\nmetadata: {name: dev}\n"
    "spec: {argocd: {project: shop, destination: {namespace: shop}}}\n",
    "services/web/pipeline.yaml": "apiVersion: tiphys/v1\nkind: Pipeline\nmetadata: {name: web}\n"
    "spec: {source: {kustomize: {path: k}}, environments: {dev: {}}}\n",
    "k/kustomization.yaml": "resources: [cm.yaml]\n",
    "k/cm.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n",
}


@pytest.mark.usefixtures("kustomize", "helm", "helm_home")
def test_settings_of_kustomize_of_the_wrong_kind_are_reported(tiphys, tmp_path):
    """All in one run, as each of them once was a traceback."""
    made = {
        f"apps/dev/a{number}.yaml": application(f"a{number}", f"{{path: k, kustomize: {given}}}")
        for number, given in enumerate(KINDS)
    }
    write_tree(tmp_path / "r", {**{name: WORKSPACE[name] for name in ("k/kustomization.yaml", "k/cm.yaml")}, **made})
    done = tiphys("import", "r", "--no-cache")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    for number in range(len(KINDS)):
        assert f"Application a{number}:" in done.stdout, (number, done.stdout)


@pytest.mark.parametrize("given", KINDS)
def test_a_setting_of_the_wrong_kind_is_named(given):
    import yaml

    with pytest.raises(ValueError, match=r"^`kustomize") as caught:
        settings(yaml.safe_load(given))
    assert str(caught.value).startswith(KINDS[given])


def test_a_count_may_be_a_string():
    found = settings({"replicas": [{"name": "x", "count": "3"}], "images": None})
    assert (found.images, found.replicas, found.options) == ((), ({"name": "x", "count": 3},), {})


def application(name: str, source: str) -> str:
    return (
        f"apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {{name: {name}}}\n"
        "spec: {project: x, destination: {server: 'https://kubernetes.default.svc', namespace: a}, "
        f"source: {source.replace('{path', '{repoURL: https://git.example.com/deploy.git, path')}}}\n"
    )


@pytest.mark.usefixtures("kustomize", "helm", "helm_home")
@pytest.mark.parametrize(
    "words",
    [("lint", "--manifests", "r/k"), ("-C", "r", "verify"), ("import", "r", "--into", "new"), ("-C", "r", "generate")],
    ids=" ".join,
)
def test_a_disk_without_room_is_one_message_and_leaves_nothing(words, tmp_path):
    big = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: big}\ndata:\n" + "".join(
        f"  k{n}: {'x' * 60}\n" for n in range(900)
    )
    files = {**WORKSPACE, "k/kustomization.yaml": "resources: [cm.yaml, big.yaml]\n", "k/big.yaml": big}
    files["old/apps/web.yaml"] = application("web", "{path: k}")
    manifests = "spec: {source: {kustomize: {path: k}}, manifests: [big.yaml], environments: {dev: {}}}\n"
    files["services/web/pipeline.yaml"] = files["services/web/pipeline.yaml"].rpartition("spec:")[0] + manifests
    files["services/web/big.yaml"] = big.replace("name: big", "name: more")
    write_tree(tmp_path / "r", files)
    (tmp_path / "tmp").mkdir()
    limited = "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000)); sys.argv[0] = 'tiphys'\n"
    script = f"{limited}from generator.cli.main import main\nmain()\n"
    done = subprocess.run(
        [sys.executable, "-c", script, *words],
        cwd=tmp_path,
        env={**os.environ, "TMPDIR": str(tmp_path / "tmp")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    assert done.returncode == 2, done.stdout + done.stderr
    assert "File too large" in done.stdout + done.stderr, done.stdout + done.stderr
    assert os.listdir(tmp_path / "tmp") == []
    assert not (tmp_path / "new").exists()
    assert not (tmp_path / "r/generated").exists()


def test_a_cache_without_room_keeps_no_half_of_an_answer(tmp_path, monkeypatch):
    def full(*_arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    Cache(Store(str(tmp_path))).put("key", Done(0, b"x", ""))
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    "name", ["a/b,passwd.yaml", 'x".yaml', "a b.yaml", "\n.yaml", "$ref/x,y", "ä.yaml", "x" * 300 + ".yaml"]
)
def test_a_values_file_is_one_file_to_helm(name):
    """Helm divides `--values` at commas, and would look for the second part in the root of the machine."""
    made = rendering.file_name(name)
    assert not set(made) & set(',"\n /$')
    assert len(made) <= 100


def test_manifests_for_many_destinations_take_time_in_proportion(tiphys, tmp_path):
    destinations = "".join(f"      d{n}: {{name: c{n}}}\n" for n in range(50))
    objects = "".join(
        f"---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c{n}}}\ndata: {{{', '.join(f'k{i}: a' for i in range(20))}}}\n"
        for n in range(499)
    )
    files = {
        "tiphys.yaml": WORKSPACE["tiphys.yaml"],
        "environments/dev.yaml": "apiVersion: tiphys/v1\nkind: Environment\nmetadata: {name: dev}\nspec:\n  argocd:\n    project: shop\n"
        f"    destination: {{namespace: shop}}\n    destinations:\n{destinations}"
        "  chart: {name: service, repository: 'https://charts.example.com', version: '1.0.0'}\n",
        "services/web/pipeline.yaml": "apiVersion: tiphys/v1\nkind: Pipeline\nmetadata: {name: web}\n"
        "spec: {image: {repository: ghcr.io/acme/web, tag: '1.0.0'}, manifests: [big.yaml], environments: {dev: {}}}\n",
        "services/web/big.yaml": objects,
    }
    root = write_tree(tmp_path / "r", files)
    began = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    done = tiphys("-C", root, "lint")
    assert done.returncode == 0, done.stdout[:2000]
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - began < 8
