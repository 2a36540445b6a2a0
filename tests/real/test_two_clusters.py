"""The example `two-clusters`: what it deploys is what its layout deployed before, and the whole road of a release works."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from support.paths import ROOT
from support.trees import read_tree

EXAMPLE = ROOT / "examples" / "two-clusters"
BEFORE = Path(__file__).parent / "two_clusters"
"""The Applications that a team wrote by hand for these charts before there were specs."""
SERVICES = ("service-a", "service-b")

pytestmark = pytest.mark.usefixtures("helm_home")


@pytest.fixture(autouse=True)
def _own_programs(helm, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", f"{Path(helm).parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "gitconfig").write_text("[user]\nname = T\nemail = t@example.com\n[init]\ndefaultBranch = master\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")


def document(path: Path) -> dict:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def objects(helm, chart: Path, release: str, files: list[Path]) -> dict[tuple[str, str], dict]:
    """Return what a chart renders to, by kind and name."""
    flags = [part for path in files for part in ("--values", str(path))]
    done = subprocess.run(
        [helm, "template", release, str(chart), "--namespace", "team-a", *flags], capture_output=True, text=True, check=True
    )
    found = [item for item in yaml.safe_load_all(done.stdout) if item]
    return {(item["kind"], item["metadata"]["name"]): item for item in found}


@pytest.mark.parametrize("environment", ["dev", "prod"])
@pytest.mark.parametrize("service", SERVICES)
def test_not_one_object_in_the_cluster_is_renamed_or_changed(environment, service, helm, tmp_path):
    inline = tmp_path / "inline.yaml"
    before = document(BEFORE / environment / f"{service}.yaml")["spec"]["source"]["helm"]
    inline.write_text(before["values"])
    chart = EXAMPLE / "charts" / service
    then = objects(helm, chart, service, [*(chart / name for name in before["valueFiles"]), inline])
    after = document(EXAMPLE / "generated" / environment / "apps" / f"{service}.yaml")["spec"]["sources"][0]["helm"]
    files = [
        EXAMPLE / name.removeprefix("$values/") if name.startswith("$values/") else chart / name for name in after["valueFiles"]
    ]
    assert objects(helm, chart, after["releaseName"], files) == then


@pytest.mark.parametrize("environment", ["dev", "prod"])
@pytest.mark.parametrize("service", SERVICES)
def test_an_application_differs_from_the_one_by_hand_only_as_listed_here(environment, service):
    before = document(BEFORE / environment / f"{service}.yaml")
    after = document(EXAMPLE / "generated" / environment / "apps" / f"{service}.yaml")
    metadata, spec = after["metadata"], after["spec"]
    assert {key: metadata.pop(key) for key in ("labels", "namespace")} == {
        "labels": {
            "app.kubernetes.io/name": service,
            "app.kubernetes.io/managed-by": "tiphys",
            "tiphys/environment": environment,
        },
        "namespace": "argocd",  # that of the root, in which it was before
    }
    folder = f"generated/{environment}/{service}"
    assert metadata.pop("annotations") == {"argocd.argoproj.io/manifest-generate-paths": f"/{folder}"}
    chart, config = spec.pop("sources")
    assert (config["repoURL"], config["ref"]) == ("https://git.example.org/platform/config.git", "values")
    # The inline values are a file of the second source; the release name is said instead of implied.
    assert chart["helm"].pop("releaseName") == before["metadata"]["name"]
    assert chart["helm"]["valueFiles"].pop() == f"$values/{folder}/values.yaml"
    inline = yaml.safe_load(before["spec"]["source"]["helm"].pop("values"))
    assert inline.items() <= document(EXAMPLE / folder / "values.yaml").items()
    spec["source"] = chart
    if environment == "prod":  # what a Rollout outside of the chart needs
        assert spec.pop("ignoreDifferences") == [
            {"group": "apps", "kind": "Deployment", "name": service, "jsonPointers": ["/spec/replicas"]}
        ]
        assert spec["syncPolicy"]["syncOptions"][-2:] == ["RespectIgnoreDifferences=true", "ApplyOutOfSyncOnly=true"]
        del spec["syncPolicy"]["syncOptions"][-2:]
    assert after == before


def test_a_root_differs_from_the_one_by_hand_only_as_listed_here():
    for environment in ("dev", "prod"):
        before = document(BEFORE / environment / "root.yaml")
        after = document(EXAMPLE / "generated" / environment / "root.yaml")
        assert after["metadata"].pop("labels")["tiphys/environment"] == environment
        assert after["spec"]["source"].pop("directory") == {"include": "*.yaml"}
        assert after["spec"]["source"].pop("path") == f"generated/{environment}/apps"
        del before["spec"]["source"]["path"]  # where the Applications by hand were
        assert before["metadata"].pop("finalizers") == [
            "resources-finalizer.argocd.argoproj.io"
        ]  # deleting it removed everything
        assert after == before


def test_no_rule_is_switched_off_and_nothing_is_found(tiphys, tmp_path):
    assert "lint" not in document(EXAMPLE / "tiphys.yaml")["spec"]
    assert not any(b"tiphys: ignore" in content for content in read_tree(EXAMPLE).values())
    for command in ("check", "lint", "verify"):
        done = tiphys("-C", EXAMPLE, command)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "no problems" in done.stderr or command == "check", done.stderr


def newest(helm, address: str, chart: str, folder: Path) -> tuple[str, str]:
    """Return the version and the digest of what Argo CD takes for the range `*`."""
    folder.mkdir(parents=True)
    subprocess.run(
        [helm, "pull", chart, "--repo", address, "--version", "*", "-d", str(folder)], check=True, capture_output=True
    )
    (package,) = folder.iterdir()
    from hashlib import sha256

    return package.stem.removeprefix(f"{chart}-"), sha256(package.read_bytes()).hexdigest()


def test_a_built_image_reaches_dev_by_range_and_prod_as_the_same_package_after_qa(helm, http, git, tiphys, tmp_path):
    served = {name: http(name) for name in ("dev", "prod")}
    work, remote = tmp_path / "config", tmp_path / "remote.git"
    subprocess.run([git, "init", "-q", "--bare", str(remote)], check=True)
    shutil.copytree(EXAMPLE, work)
    for name, at in served.items():
        path = work / "environments" / f"{name}.yaml"
        text = path.read_text().replace(f"https://charts.example.org/repository/{name}", at.address)
        path.write_text(text.replace(f"../charts-site/{name}", str(at.folder)))

    def commit(subject):
        subprocess.run([git, "add", "-A"], cwd=work, check=True)
        subprocess.run([git, "commit", "-q", "-m", subject], cwd=work, check=True)
        subprocess.run([git, "push", "-q", "origin", "HEAD:master"], cwd=work, check=True)

    subprocess.run([git, "init", "-q", str(work)], check=True)
    subprocess.run([git, "remote", "add", "origin", str(remote)], cwd=work, check=True)
    assert tiphys("generate", cwd=work).returncode == 0
    commit("Deploy both services")

    def release(*arguments):
        done = tiphys("release", *arguments, cwd=work)
        assert done.returncode == 0, done.stdout + done.stderr
        return done

    # CI has built an image; its tag goes into the chart of the service, which is tested and released to dev.
    release("--env", "dev")
    chart = work / "charts/service-a/Chart.yaml"
    chart.write_text(chart.read_text().replace("0.1.0", "0.2.0").replace('"2.0.0"', '"2.1.0"'))
    commit("service-a 2.1.0")
    release("--env", "dev")
    version, built = newest(helm, served["dev"].address, "service-a", tmp_path / "dev")
    assert version == "0.2.0", "dev's Argo CD takes it by itself"
    assert list(served["prod"].folder.iterdir()) == [], "and prod has nothing of it"

    # QA is done. The package that dev runs is the one that prod gets.
    release("--from", "dev", "--env", "prod")
    assert newest(helm, served["prod"].address, "service-a", tmp_path / "prod") == ("0.2.0", built)
    assert newest(helm, served["prod"].address, "service-b", tmp_path / "b")[0] == "0.1.0"
    plan = tiphys("plan", "service-a", "--env", "prod", cwd=work)
    assert plan.returncode == 0
    assert "canary" in plan.stdout
    plan = tiphys("plan", "service-b", "--env", "prod", cwd=work)
    assert "blue-green" in plan.stdout
    assert tiphys("check", cwd=work).returncode == 0, "nothing in Git had to change for it"
