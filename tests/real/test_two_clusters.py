"""The example `two-clusters`: what it deploys is what its layout deployed before, and the whole road of a release works."""

from __future__ import annotations

import os
import shutil
import subprocess
from hashlib import sha256
from pathlib import Path

import pytest
import yaml

from support.chart_repositories import CHART_LAYER, OciRepository
from support.images import image_digest, push_image
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
    after = document(EXAMPLE / "aws" / environment / "apps" / f"{service}.yaml")["spec"]["sources"][0]["helm"]
    files = [
        EXAMPLE / name.removeprefix("$values/") if name.startswith("$values/") else chart / name for name in after["valueFiles"]
    ]
    assert objects(helm, chart, service, files) == then


def assert_like_by_hand(folder: Path, environment: str, service: str) -> dict:
    """Compare an Application with the one by hand; return what it has besides, which is nothing of the list below.

    Labels, one annotation, and a second source: the configuration repository, with the inline values as a file.
    """
    before = document(BEFORE / environment / f"{service}.yaml")
    after = document(folder / "aws" / environment / "apps" / f"{service}.yaml")
    own = f"aws/{environment}/{service}"
    assert after["metadata"].pop("labels") == {
        "app.kubernetes.io/name": service,
        "app.kubernetes.io/managed-by": "tiphys",
        "tiphys/environment": environment,
    }
    assert after["metadata"].pop("annotations") == {"argocd.argoproj.io/manifest-generate-paths": f"/{own}"}
    chart, config = after["spec"].pop("sources")
    assert (config.pop("repoURL"), config.pop("targetRevision"), config.pop("ref")) == (
        "https://git.example.org/platform/config.git",
        "master",
        "values",
    )
    assert config in ({}, {"path": f"{own}/manifests", "directory": {"include": "*.yaml"}})
    assert chart["helm"]["valueFiles"].pop() == f"$values/{own}/values.yaml"
    inline = yaml.safe_load(before["spec"]["source"]["helm"].pop("values"))
    assert inline.items() <= document(folder / own / "values.yaml").items()
    after["spec"]["source"] = chart
    besides = {}
    if "ignoreDifferences" in after["spec"]:
        besides["ignoreDifferences"] = after["spec"].pop("ignoreDifferences")
    options = after["spec"]["syncPolicy"]["syncOptions"]
    usual = before["spec"]["syncPolicy"]["syncOptions"]
    if options[len(usual) :]:
        besides["syncOptions"] = options[len(usual) :]
        del options[len(usual) :]
    assert after == before
    return besides


@pytest.mark.parametrize("service", SERVICES)
def test_an_application_of_dev_is_the_one_by_hand_with_labels_an_annotation_and_a_second_source(service):
    assert assert_like_by_hand(EXAMPLE, "dev", service) == {}


@pytest.mark.parametrize("service", SERVICES)
def test_an_application_of_prod_adds_only_what_keeps_argocd_from_undoing_a_rollout(service):
    assert assert_like_by_hand(EXAMPLE, "prod", service) == {
        # Argo Rollouts scales the chart's Deployment down: Argo CD must not call that a difference,
        "ignoreDifferences": [{"group": "apps", "kind": "Deployment", "name": service, "jsonPointers": ["/spec/replicas"]}],
        # and the sync of a new version must not scale it up again.
        "syncOptions": ["RespectIgnoreDifferences=true"],
    }


def test_without_strategies_as_before_no_application_of_prod_adds_anything(tiphys, tmp_path):
    work = tmp_path / "config"
    shutil.copytree(EXAMPLE, work)
    for service in SERVICES:
        path = work / "services" / service / "pipeline.yaml"
        text = path.read_text()
        path.write_text(text[: text.index("      rollout:")])
    done = tiphys("generate", cwd=work)
    assert done.returncode == 0, done.stdout + done.stderr
    for environment in ("dev", "prod"):
        for service in SERVICES:
            assert assert_like_by_hand(work, environment, service) == {}


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_a_root_is_the_one_by_hand_with_labels(environment):
    after = document(EXAMPLE / "aws" / environment / "root.yaml")
    assert after["metadata"].pop("labels") == {"app.kubernetes.io/managed-by": "tiphys", "tiphys/environment": environment}
    assert after == document(BEFORE / environment / "root.yaml")


def test_no_rule_is_switched_off_and_nothing_is_found(tiphys, tmp_path):
    assert "lint" not in document(EXAMPLE / "tiphys.yaml")["spec"]
    assert not any(b"tiphys: ignore" in content for content in read_tree(EXAMPLE).values())
    for command in ("check", "lint", "verify"):
        done = tiphys("-C", EXAMPLE, command)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "no problems" in done.stderr or command == "check", done.stderr


@pytest.fixture(params=["oci", "http"])
def place(request):
    """Return a function that makes a chart repository of either kind, empty."""
    return request.getfixturevalue(request.param)


def newest(helm, at, chart: str, folder: Path) -> Path:
    """Return the package that Argo CD takes for the range `*`; raises if the repository has none."""
    folder.mkdir(parents=True)
    is_oci = at.address.startswith("oci://")
    where = [f"{at.address}/{chart}", "--plain-http"] if is_oci else [chart, "--repo", at.address]
    subprocess.run([helm, "pull", *where, "--version", "*", "-d", str(folder)], check=True, capture_output=True)
    (package,) = folder.iterdir()
    return package


def digest_of(path: Path) -> str:
    return f"sha256:{sha256(path.read_bytes()).hexdigest()}"


def lay_out(folder: Path, served, registry: str) -> None:
    """Copy the example, with chart repositories and an image registry that exist."""
    shutil.copytree(EXAMPLE, folder)
    for name, at in served.items():
        path = folder / "environments" / f"{name}.yaml"
        text = path.read_text().replace(f"https://charts.example.org/repository/{name}", at.address)
        is_oci = at.address.startswith("oci://")
        publish = f"    publish: {{directory: ../charts-site/{name}}}\n"
        assert publish in text
        path.write_text(text.replace(publish, "" if is_oci else f"    publish: {{directory: {at.folder}}}\n"))
    for service in SERVICES:
        values = folder / "charts" / service / "values.yaml"
        values.write_text(values.read_text().replace("registry.example.org", registry))


def test_a_built_image_reaches_dev_by_range_and_prod_as_the_same_package_after_qa(
    place, registry_host, helm, git, tiphys, tmp_path
):
    served = {name: place(name) for name in ("dev", "prod")}
    work, remote = tmp_path / "config", tmp_path / "remote.git"
    subprocess.run([git, "init", "-q", "--bare", str(remote)], check=True)
    lay_out(work, served, registry_host)

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
        return done.stdout

    # CI builds an image; its tag goes into the chart of the service, which is tested and released to dev.
    assert "released: service-b 0.1.0" in release("--env", "dev")
    built = push_image(registry_host, "team-a/service-a", "2.1.0", b"the program")
    chart = work / "charts/service-a/Chart.yaml"
    chart.write_text(chart.read_text().replace("0.1.0", "0.2.0").replace('"2.0.0"', '"2.1.0"'))
    commit("service-a 2.1.0")
    said = release("--env", "dev")
    tested = newest(helm, served["dev"], "service-a", tmp_path / "dev")
    assert tested.name == "service-a-0.2.0.tgz", "dev's Argo CD takes it by itself"
    assert digest_of(tested) in said
    with pytest.raises(subprocess.CalledProcessError):
        newest(helm, served["prod"], "service-a", tmp_path / "none")  # prod has nothing of it

    # QA is done. The package that dev runs, known by its digest, is the one that prod gets.
    assert digest_of(tested) in release("--from", "dev", "--env", "prod")
    approved = newest(helm, served["prod"], "service-a", tmp_path / "prod")
    assert (approved.name, digest_of(approved)) == (tested.name, digest_of(tested))
    assert newest(helm, served["prod"], "service-b", tmp_path / "b").name == "service-b-0.1.0.tgz"
    if isinstance(served["prod"], OciRepository):
        layers = [served[name].layers("service-a", "0.2.0") for name in ("dev", "prod")]
        assert layers == [{CHART_LAYER: digest_of(tested)}] * 2, "the registry itself says that it is the same"

    # prod's Argo CD renders it: the pods run the very image that CI built.
    application = document(work / "aws/prod/apps/service-a.yaml")["spec"]["sources"][0]
    assert application["targetRevision"] == "*"
    files = [name for name in application["helm"]["valueFiles"] if not name.startswith("$")]
    subprocess.run(["tar", "-xzf", str(approved), "-C", str(tmp_path)], check=True)
    inside = [tmp_path / "service-a" / name for name in files]
    found = objects(helm, tmp_path / "service-a", "service-a", [*inside, work / "aws/prod/service-a/values.yaml"])
    image = found["Deployment", "service-a"]["spec"]["template"]["spec"]["containers"][0]["image"]
    assert image == f"{registry_host}/team-a/service-a:2.1.0"
    assert image_digest(image) == built

    # And Argo Rollouts rolls it out.
    for service, strategy in (("service-a", "canary"), ("service-b", "blueGreen")):
        rollout = document(work / f"aws/prod/{service}/manifests/rollout.yaml")["spec"]
        assert rollout["workloadRef"]["name"] == service
        assert list(rollout["strategy"]) == [strategy]
        assert tiphys("plan", service, "--env", "prod", cwd=work).returncode == 0
    assert tiphys("check", cwd=work).returncode == 0, "nothing in Git had to change for it"
    status = subprocess.run([git, "status", "--porcelain"], cwd=work, check=True, capture_output=True)
    assert status.stdout == b""
