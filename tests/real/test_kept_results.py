"""What Helm rendered and which charts were fetched is kept where only the user can change it, or whoever can makes checks pass."""

from __future__ import annotations

import os
import subprocess

import pytest

from generator.release.destination import Directory
from generator.system import helm as helms
from generator.system.charts import package as chart_package
from generator.system.charts.package import Package
from generator.system.program import Done
from generator.system.store import Store
from generator.verify import cache, kept_charts
from support.trees import write_tree
from support.workspace import workspace

CHART = {
    "Chart.yaml": b"apiVersion: v2\nname: shop\nversion: 1.2.3\n",
    "values.yaml": b"{}\n",
    "templates/map.yaml": b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: shop}\ndata: {a: b}\n",
}
SPEC = """\
apiVersion: tiphys/v1
kind: Pipeline
metadata: {name: shop}
spec:
  chart: {name: shop, version: "1.2.3", repository: ADDRESS}
  environments: {dev: {}}
"""


@pytest.fixture
def deploy(tmp_path, http, helm):
    """Return a workspace in a repository, with a service of a chart that a chart repository has."""
    served = http("dev")
    Directory(helms.find(helm), str(served.folder), "served").put(
        [Package("shop", "1.2.3", chart_package.packed("shop", CHART))]
    )
    folder = workspace(tmp_path / "deploy")
    write_tree(folder, {"services/shop/pipeline.yaml": SPEC.replace("ADDRESS", served.address)})
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    return folder


def test_what_a_pull_request_brings_as_a_cache_is_not_used_and_nothing_is_written_there(deploy, tiphys, tmp_path):
    mine = tmp_path / "mine"
    assert tiphys("verify", cwd=deploy, env={"TIPHYS_CACHE_DIR": str(mine)}).returncode == 0
    (template,) = mine.glob("chart-files/*/shop/1.2.3/shop/templates/map.yaml")
    template.write_text("{{ fail `planted` }}\n")
    assert "planted" in tiphys("verify", cwd=deploy, env={"TIPHYS_CACHE_DIR": str(mine)}).stdout, "a cache of the user is"
    brought = deploy / ".cache"
    mine.rename(brought)
    before = {path: path.read_bytes() for path in brought.rglob("*") if path.is_file()}
    done = tiphys("verify", "-v", cwd=deploy, env={"TIPHYS_CACHE_DIR": str(brought)})
    assert done.returncode == 0, done.stdout + done.stderr
    assert {path: path.read_bytes() for path in brought.rglob("*") if path.is_file()} == before


def test_a_folder_of_charts_that_others_can_write_to_is_not_used(deploy, tiphys, tmp_path):
    mine = tmp_path / "mine"
    assert tiphys("verify", cwd=deploy, env={"TIPHYS_CACHE_DIR": str(mine)}).returncode == 0
    (template,) = mine.glob("chart-files/*/shop/1.2.3/shop/templates/map.yaml")
    template.write_text("{{ fail `planted` }}\n")
    (mine / "chart-files").chmod(0o770)
    assert tiphys("verify", cwd=deploy, env={"TIPHYS_CACHE_DIR": str(mine)}).returncode == 0


@pytest.mark.parametrize("way", ["in the repository", "by a link out of it", "by a link into it", "below its Git directory"])
def test_no_way_to_a_cache_leads_through_a_repository(way, tmp_path, monkeypatch):
    repository, outside = tmp_path / "repository", tmp_path / "outside"
    (repository / ".git").mkdir(parents=True)
    (repository / "within").mkdir()
    outside.mkdir()
    (repository / "link").symlink_to(outside)
    (outside / "link").symlink_to(repository / "within")
    ways = {
        "in the repository": repository / "within",
        "by a link out of it": repository / "link",
        "by a link into it": outside / "link",
        "below its Git directory": repository / ".git" / "tiphys",
    }
    monkeypatch.setenv("TIPHYS_CACHE_DIR", str(ways[way]))
    assert not cache.kept().keeps
    assert kept_charts.folder_of("https://charts.example.com", "shop") == ""
    monkeypatch.setenv("TIPHYS_CACHE_DIR", str(outside))
    assert cache.kept().keeps
    assert kept_charts.folder_of("https://charts.example.com", "shop").startswith(str(outside))


def test_a_damaged_result_is_a_miss(tmp_path):
    made = cache.Cache(Store(str(tmp_path / "helm")))
    made.put("key", Done(0, b"kind: ConfigMap\n" * 50, "a note"))
    assert made.get("key") == Done(0, b"kind: ConfigMap\n" * 50, "a note")
    whole = (tmp_path / "helm/key").read_bytes()
    for at in range(len(whole)):
        (tmp_path / "helm/key").write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        assert made.get("key") is None
        (tmp_path / "helm/key").write_bytes(whole[:at])
        assert made.get("key") is None


def test_results_that_nobody_reads_for_a_month_go_and_those_in_use_stay(tmp_path):
    folder = tmp_path / "helm"
    made = cache.Cache(Store(str(folder)))
    for name in ("used", "left"):
        made.put(name, Done(0, b"x", ""))
        os.utime(folder / name, (1_700_000_000, 1_700_000_000))
    assert made.get("used") is not None
    made.sweep()
    assert sorted(path.name for path in folder.iterdir()) == ["swept", "used"]
    made.put("later", Done(0, b"x", ""))
    os.utime(folder / "later", (1_700_000_000, 1_700_000_000))
    made.sweep()
    assert (folder / "later").exists(), "one look a day is enough"
