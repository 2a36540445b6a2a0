"""Releases end to end: real Helm, a real registry, HTTP servers and Git remotes."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import time
from pathlib import Path

import pytest
import yaml

from generator.release.destination import Directory
from generator.system import helm as helms
from generator.system.charts import package as chart_package
from generator.system.charts import repository as chart_repository
from generator.system.charts.package import Package
from generator.system.charts.repository import Repository
from support import release_workspace as rw
from support.chart_repositories import CHART_LAYER, PROVENANCE_LAYER, READER, free_port, logged_in
from support.transcript import transcript
from support.trees import read_tree, write_tree
from support.workspace import workspace as rejected_workspace

pytestmark = pytest.mark.usefixtures("helm_home")


@pytest.fixture(autouse=True)
def _real_programs(helm, monkeypatch):
    monkeypatch.setenv("PATH", f"{Path(helm).parent}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture
def real(helm):
    return helms.find(helm)


@pytest.fixture(params=["oci", "http"])
def place(request):
    """Return a function that makes a repository, of either kind, for an environment."""
    return request.getfixturevalue(request.param)


def released(done) -> dict[str, str]:
    """Return the chart to digest, or words, of what a run printed."""
    return dict(re.findall(r"^(.+? \S+ \S+) in \S+(?: \((sha256:\w+)\))?", done.stdout, re.MULTILINE))


def pulled(real, at, name, version) -> Package:
    return chart_repository.package(real, Repository(at.address), name, version)


def edit(folder, path, old, new):
    text = (folder / path).read_text()
    assert old in text
    (folder / path).write_text(text.replace(old, new))


@pytest.mark.both_helms
def test_a_chart_is_released_once_left_alone_when_it_is_the_same_and_refused_when_it_is_not(place, tiphys, real, tmp_path):
    dev = place("dev")
    folder = rw.workspace(tmp_path / "w", dev)
    before = read_tree(folder)
    done = tiphys("release", "--env", "dev", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "2 charts released\n"), done.stdout
    digests = released(done)
    assert set(digests) == {"released: app 1.0.0", "released: shop 2.4.0"}
    first = pulled(real, dev, "app", "1.0.0")
    assert first.digest == digests["released: app 1.0.0"]

    done = tiphys("release", "--env", "dev", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "2 charts already there\n")
    assert sorted(released(done).values()) == sorted(digests.values())

    edit(folder, "charts/app/values.yaml", "replicaCount: 1", "replicaCount: 2")
    (folder / "charts/app/templates/new.yaml").write_text("{{/* new */}}\n")
    done = tiphys("release", "--env", "dev", cwd=folder)
    assert done.returncode == 1
    assert "refused: app 1.0.0 in " in done.stdout
    assert "2 files are different: `templates/new.yaml` and `values.yaml`" in done.stdout
    assert "raise the version in charts/app/Chart.yaml" in done.stdout
    assert pulled(real, dev, "app", "1.0.0") == first

    edit(folder, "charts/app/Chart.yaml", "1.0.0", "1.1.0")
    for name in ("web", "api"):
        edit(folder, f"services/{name}/pipeline.yaml", '"1.0.0"', '"1.1.0"')
    done = tiphys("release", "--env", "dev", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "1 chart released, 1 already there\n")
    assert pulled(real, dev, "app", "1.0.0") == first, "what was released before stays"
    assert chart_package.opened(pulled(real, dev, "app", "1.1.0").content)["templates/new.yaml"]
    assert set(read_tree(folder)) == {*before, "charts/app/templates/new.yaml"}, "a release leaves nothing in the workspace"


def test_helm_pull_gets_the_bytes_whose_digest_was_printed_and_the_registry_stores_them_as_the_chart(
    oci, tiphys, helm, tmp_path
):
    dev = oci("dev")
    folder = rw.workspace(tmp_path / "w", dev)
    digest = released(tiphys("release", "web", "--env", "dev", cwd=folder))["released: app 1.0.0"]
    subprocess.run([helm, "pull", f"{dev.address}/app", "--version", "1.0.0", "--plain-http"], cwd=tmp_path, check=True)
    assert f"sha256:{hashlib.sha256((tmp_path / 'app-1.0.0.tgz').read_bytes()).hexdigest()}" == digest
    assert dev.layers("app", "1.0.0") == {CHART_LAYER: digest}


def test_the_same_chart_gets_the_same_digest_wherever_it_is_and_whoever_packs_it(oci, tiphys, tmp_path):
    digests = set()
    for number, umask in enumerate((0o022, 0o077)):
        folder = rw.workspace(tmp_path / ("deep/" * number) / "w", oci(f"dev{number}"))
        for path in (folder / "charts").rglob("*"):
            path.chmod(0o755 if path.is_dir() else (0o600, 0o755)[number])
            os.utime(path, (number, number))
        before = os.umask(umask)
        done = tiphys("release", "--env", "dev", cwd=folder, env={"TZ": ("UTC", "Asia/Kathmandu")[number], "LC_ALL": "C"})
        os.umask(before)
        digests.add(tuple(sorted(released(done).items())))
        time.sleep(1.1 - number)  # the clock of tar counts seconds
    assert len(digests) == 1


def test_a_service_s_own_chart_is_the_whole_release(place, tiphys, real, tmp_path):
    dev = place("dev")
    folder = rw.workspace(tmp_path / "w", dev)
    assert tiphys("release", "shop", "--env", "dev", cwd=folder).returncode == 0
    files = chart_package.opened(pulled(real, dev, "shop", "2.4.0").content)
    metadata = yaml.safe_load(files["Chart.yaml"])
    assert (metadata["version"], metadata["appVersion"]) == ("2.4.0", "2.4.0-build.7")
    values = yaml.safe_load(files["values.yaml"])
    assert values["image"] == {"repository": "ghcr.io/acme/shop", "tag": "2.4.0-build.7"}
    assert b"# which one to run" in files["values.yaml"]
    assert values["replicaCount"] == 1, "only what the release is about is written"

    edit(folder, "services/shop/pipeline.yaml", "2.4.0-build.7", "2.4.0-build.8")
    done = tiphys("release", "shop", "--env", "dev", cwd=folder)
    assert done.returncode == 1
    assert "`Chart.yaml` and `values.yaml`" in done.stdout
    assert "raise chart.version of service shop" in done.stdout


def test_services_may_stay_with_an_older_version_if_it_was_released(place, tiphys, tmp_path):
    dev = place("dev")
    folder = rw.workspace(tmp_path / "w", dev)
    assert tiphys("release", "--env", "dev", cwd=folder).returncode == 0
    edit(folder, "charts/app/Chart.yaml", "1.0.0", "1.1.0")
    edit(folder, "services/web/pipeline.yaml", '"1.0.0"', '"1.1.0"')
    done = tiphys("release", "web", "--env", "dev", cwd=folder)
    assert (done.returncode, set(released(done))) == (0, {"released: app 1.1.0"}), done.stdout
    write_tree(folder, rw.environment("dev", rw.repository(dev), policy={"chartVersion": "range"}))
    edit(folder, "services/api/pipeline.yaml", '"1.0.0"', '"~1.0.0"')
    assert tiphys("release", "web", "--env", "dev", cwd=folder).returncode == 0, "a range that an older one is in"
    edit(folder, "services/api/pipeline.yaml", '"~1.0.0"', '"0.9.0"')
    done = tiphys("release", "web", "--env", "dev", "--format", "concise", cwd=folder)
    assert done.returncode == 1
    assert "services/api/pipeline.yaml" in done.stdout
    assert 'error TP651 the spec requests "0.9.0", but the chart `app` is 1.1.0 in charts/app' in done.stdout


def test_json_says_all_of_it_to_programs(oci, tiphys, tmp_path):
    dev = oci("dev")
    folder = rw.workspace(tmp_path / "w", dev)
    data = json.loads(tiphys("release", "web", "--env", "dev", "--format", "json", cwd=folder).stdout)
    (item,) = data["charts"]
    assert item.pop("digest") == dev.layers("app", "1.0.0")[CHART_LAYER]
    assert item == {
        "name": "app",
        "version": "1.0.0",
        "state": "released",
        "repository": dev.address,
        "services": ["api", "web"],
        "message": "",
        "hint": "",
    }
    assert (data["version"], data["diagnostics"], data["summary"]["charts"]) == (1, [], 1)
    edit(folder, "charts/app/values.yaml", "replicaCount: 1", "replicaCount: 2")
    done = tiphys("release", "web", "--env", "dev", "--format", "json", "--format", "text=out.txt", cwd=folder)
    (item,) = json.loads(done.stdout)["charts"]
    assert (done.returncode, item["state"], bool(item["hint"])) == (1, "refused", True)
    assert (folder / "out.txt").read_text().startswith("refused: app 1.0.0 in ")


def test_a_dry_run_changes_nothing_and_says_what_would_be(place, tiphys, tmp_path):
    dev, prod = place("dev"), place("prod")
    folder = rw.workspace(tmp_path / "w", dev, prod)
    done = tiphys("release", "--env", "dev", "--dry-run", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "2 charts would be released\n")
    assert set(released(done)) == {"would release: app 1.0.0", "would release: shop 2.4.0"}
    again = tiphys("release", "--env", "dev", cwd=folder)
    assert sorted(released(again).values()) == sorted(released(done).values())
    assert "2 charts released" in again.stderr
    done = tiphys("release", "--from", "dev", "--env", "prod", "--dry-run", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "2 charts would be released\n")
    done = tiphys("release", "--from", "dev", "--env", "prod", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "2 charts released\n")


def put(real, at, package):
    if isinstance(at, rw.HttpRepository):
        Directory(real, str(at.folder), "served").put([package])
    else:
        chart_repository.push(real, Repository(at.address), package)


@pytest.mark.both_helms
@pytest.mark.parametrize("source", ["oci", "http"])
@pytest.mark.parametrize("target", ["oci", "http"])
def test_promotion_copies_the_very_package_with_its_provenance_whatever_the_repositories(
    source, target, request, tiphys, real, tmp_path
):
    dev, prod = request.getfixturevalue(source)("dev"), request.getfixturevalue(target)("prod")
    folder = rw.workspace(tmp_path / "w", dev, prod)
    assert tiphys("release", "web", "--env", "dev", cwd=folder).returncode == 0
    signed = pulled(real, dev, "app", "1.0.0")._replace(name="shop", version="2.4.0", provenance=b"signed by somebody\n")
    files = {**chart_package.opened(signed.content), "Chart.yaml": b"apiVersion: v2\nname: shop\nversion: 2.4.0\n"}
    signed = signed._replace(content=chart_package.packed("shop", files) + b"\0" * 7)
    put(real, dev, signed)
    edit(folder, "charts/app/values.yaml", "replicaCount: 1", "replicaCount: 7")

    done = tiphys("release", "--from", "dev", "--env", "prod", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "2 charts released\n"), done.stdout
    assert pulled(real, prod, "app", "1.0.0") == pulled(real, dev, "app", "1.0.0"), "not the chart in the workspace"
    assert pulled(real, prod, "shop", "2.4.0") == signed, "the archive itself, not one with the same files"
    assert released(done)["released: shop 2.4.0"] == signed.digest
    if target == "oci":
        layers = prod.layers("shop", "2.4.0")
        assert layers[CHART_LAYER] == signed.digest
        assert layers[PROVENANCE_LAYER] == f"sha256:{hashlib.sha256(signed.provenance).hexdigest()}"
    if (source, target) == ("oci", "oci"):
        assert dev.layers("app", "1.0.0") == prod.layers("app", "1.0.0")

    done = tiphys("release", "--from", "dev", "--env", "prod", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "2 charts already there\n")


def test_promotion_is_refused_for_what_the_source_lacks_and_for_what_the_target_has_otherwise(place, tiphys, real, tmp_path):
    dev, prod = place("dev"), place("prod")
    folder = rw.workspace(tmp_path / "w", dev, prod)
    assert tiphys("release", "shop", "--env", "dev", cwd=folder).returncode == 0
    done = tiphys("release", "--from", "dev", "--env", "prod", cwd=folder)
    assert done.returncode == 1
    assert re.search(rf"^refused: app 1.0.0 in .*: {dev.address} has no chart `app`$", done.stdout, re.MULTILINE)
    assert "held back: shop 2.4.0 in " in done.stdout

    assert tiphys("release", "--env", "dev", cwd=folder).returncode == 0
    edit(folder, "charts/app/values.yaml", "replicaCount: 1", "replicaCount: 2")
    assert tiphys("release", "web", "--env", "prod", cwd=folder).returncode == 0
    theirs = pulled(real, prod, "app", "1.0.0")
    done = tiphys("release", "--from", "dev", "--env", "prod", cwd=folder)
    assert done.returncode == 1
    assert "refused: app 1.0.0 in " in done.stdout
    assert "1 file is different: `values.yaml`" in done.stdout
    assert "held back: shop 2.4.0 in " in done.stdout, "all of it, or nothing"
    assert pulled(real, prod, "app", "1.0.0") == theirs


def test_promotion_takes_what_the_source_runs_and_what_the_target_asks_for(oci, tiphys, tmp_path):
    dev, prod = oci("dev"), oci("prod")
    folder = rw.workspace(tmp_path / "w", dev, prod)
    assert tiphys("release", "--env", "dev", cwd=folder).returncode == 0
    edit(folder, "charts/app/Chart.yaml", "1.0.0", "1.1.0")
    write_tree(folder, rw.service("web", {"name": "app", "version": "1.0.0"}, dev={"chart": {"version": "1.1.0"}}, prod={}))
    assert tiphys("release", "web", "--env", "dev", cwd=folder).returncode == 0
    done = tiphys("release", "web", "--from", "dev", "--env", "prod", cwd=folder)
    assert set(released(done)) == {"released: app 1.1.0", "released: app 1.0.0"}, done.stdout + done.stderr
    done = tiphys("release", "web", "--from", "dev", "--env", "prod", cwd=folder)
    assert set(released(done)) == {"already there: app 1.1.0"}


def test_a_chart_that_is_used_from_its_folder_is_promoted_in_the_version_that_it_has_there(oci, tiphys, tmp_path):
    dev, prod = oci("dev"), oci("prod")
    folder = rw.workspace(tmp_path / "w", dev, prod)
    parts = {"dev": {"chart": {"path": "charts/app"}}, "prod": {"chart": {"version": "0.9.0"}}}
    for name in ("web", "api"):
        write_tree(folder, rw.service(name, {"name": "app"}, **parts))
    assert set(released(tiphys("release", "web", "--env", "dev", cwd=folder))) == {"released: app 1.0.0"}
    done = tiphys("release", "web", "--from", "dev", "--env", "prod", cwd=folder)
    assert done.returncode == 1
    assert "refused: app 0.9.0 in " in done.stdout, "prod asks for it, and neither has it"
    assert "held back: app 1.0.0 in " in done.stdout
    for name in ("web", "api"):
        edit(folder, f"services/{name}/pipeline.yaml", "0.9.0", "1.0.0")
    done = tiphys("release", "web", "--from", "dev", "--env", "prod", cwd=folder)
    assert set(released(done)) == {"released: app 1.0.0"}


def test_a_range_promotes_the_newest_that_it_lets_in(oci, tiphys, tmp_path):
    dev, prod = oci("dev"), oci("prod")
    folder = rw.workspace(tmp_path / "w", dev, prod)
    write_tree(folder, rw.environment("dev", rw.repository(dev), policy={"chartVersion": "range"}))
    for version in ("1.0.0", "1.2.0"):
        write_tree(folder, rw.chart("app", version))
        for name in ("web", "api"):
            parts = {"dev": {"chart": {"version": "^1.0.0"}}, "prod": {}}
            write_tree(folder, rw.service(name, {"name": "app", "version": "1.0.0"}, **parts))
        done = tiphys("release", "web", "--env", "dev", cwd=folder)
        assert set(released(done)) == {f"released: app {version}"}, done.stdout
    done = tiphys("release", "web", "--from", "dev", "--env", "prod", cwd=folder)
    assert "released: app 1.2.0" in released(done)


@pytest.mark.both_helms
def test_what_stops_helm_is_told_in_words_and_nothing_is_released(tiphys, locked_registry_host, real, tmp_path):
    down = f"oci://127.0.0.1:{free_port()}/charts"
    folder = rw.workspace(tmp_path / "w", down)
    for arguments in (["--env", "dev"], ["--from", "dev", "--env", "prod"]):
        done = tiphys("release", "web", *arguments, cwd=folder)
        assert (done.returncode, done.stdout) == (2, "")
        assert f"tiphys: {down} cannot be reached: " in done.stderr

    locked = f"oci://{locked_registry_host}/{tmp_path.name}"
    folder = rw.workspace(tmp_path / "locked", locked)
    done = tiphys("release", "web", "--env", "dev", cwd=folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"`{' '.join(logged_in(real, locked_registry_host))}`" in done.stderr
    done = tiphys("release", "web", "--env", "dev", cwd=folder)
    assert done.returncode == 0
    assert READER[1] not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("chart", "code", "words"),
    [
        ({}, 2, "dev has no chart repository"),
        ({"repository": "https://charts.example.com"}, 2, "chart.publish is not set"),
        (
            {"repository": "https://charts.example.com", "publish": {"directory": "nowhere"}},
            2,
            "folder nowhere does not exist",
        ),
        (
            {"repository": "https://charts.example.com", "publish": {"git": {"branch": "gh-pages"}}},
            2,
            "run it in a clone of the config repository",
        ),
    ],
)
def test_an_environment_that_does_not_say_where_is_told_how_to(chart, code, words, tiphys, tmp_path):
    folder = rw.workspace(tmp_path / "w", "oci://127.0.0.1:1/x")
    write_tree(folder, rw.environment("dev", chart))
    if not chart:
        write_tree(folder, {**rw.service("web", {"name": "app", "path": "charts/app"}), **rw.environment("prod", {})})
        for name in ("api", "shop"):
            (folder / f"services/{name}/pipeline.yaml").unlink()
    done = tiphys("release", "web", "--env", "dev", cwd=folder)
    assert (done.returncode, done.stdout) == (code, ""), done.stdout
    assert words in done.stderr


def test_charts_that_are_not_ours_are_left_out_and_nothing_to_release_is_a_refusal(oci, tiphys, tmp_path):
    folder = rw.workspace(tmp_path / "w", oci("dev"))
    write_tree(folder, rw.service("db", {"name": "postgres", "version": "15.0.0"}))
    done = tiphys("release", "--env", "dev", cwd=folder)
    assert done.returncode == 0
    assert done.stderr == "postgres is not in this workspace, skipped\n2 charts released\n"
    done = tiphys("release", "db", "--env", "dev", cwd=folder)
    assert (done.returncode, done.stdout) == (1, "")
    assert "`postgres` is not in this workspace, so there is nothing to release" in done.stderr


def test_only_services_of_the_environment_can_be_released_there(oci, tiphys, tmp_path):
    folder = rw.workspace(tmp_path / "w", oci("dev"))
    write_tree(folder, rw.service("web", {"name": "app", "version": "1.0.0"}, dev={}))
    for arguments in (["--env", "prod"], ["--from", "dev", "--env", "prod"]):
        done = tiphys("release", "web", *arguments, cwd=folder)
        assert (done.returncode, done.stdout) == (1, "")
        assert "`web` is not deployed to prod" in done.stderr


def test_a_fault_in_another_service_s_spec_does_not_hold_a_release_up(oci, tiphys, tmp_path):
    folder = rw.workspace(tmp_path / "w", oci("dev"))
    edit(folder, "services/shop/pipeline.yaml", '"image"', '"imgae"')
    assert tiphys("release", "--env", "dev", cwd=folder).returncode == 1
    assert tiphys("release", "web", "--env", "dev", cwd=folder).returncode == 0


def test_the_shipped_chart_can_be_released_as_it_is(oci, tiphys, tmp_path):
    dev = oci("dev")
    assert tiphys("init", tmp_path / "w").returncode == 0
    edit(tmp_path / "w", "environments/dev.yaml", "oci://registry.example.com/charts-dev", dev.address)
    done = tiphys("release", "--env", "dev", cwd=tmp_path / "w")
    assert (done.returncode, set(released(done))) == (0, {"released: service 1.1.0"}), done.stdout
    assert dev.layers("service", "1.1.0") == {CHART_LAYER: released(done)["released: service 1.1.0"]}


HERE = Path(__file__).with_name("release")
UNRELEASABLE = sorted(path.name for path in HERE.iterdir())


@pytest.mark.both_helms
@pytest.mark.parametrize("case", UNRELEASABLE)
def test_what_is_not_fit_to_be_released_is_found_before_anything_is_pushed(case, tiphys, tmp_path, golden):
    folder = rejected_workspace(tmp_path / "w", HERE / case)
    before = read_tree(folder)
    done = tiphys("release", "--env", "dev", cwd=folder)
    assert "Traceback" not in done.stderr
    assert done.returncode == 1, "the repository of these cases does not exist: asking it would be exit code 2"
    assert read_tree(folder) == before
    golden(transcript(done).replace(str(folder), "WORKSPACE"), HERE / case / "expected.txt")
