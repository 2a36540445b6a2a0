"""Nulls that remove defaults of a chart: what a spec says instead, and what is told of those that it cannot have."""

from __future__ import annotations

import pytest

from generator.adopt.grouping import Cell
from generator.adopt.model import Found
from generator.adopt.parts import FromHelm
from generator.adopt.releases import Releases
from generator.adopt.repositories import Repositories
from generator.kubernetes.helm_sources import HelmSource
from generator.verify.charts import Chart
from generator.verify.values_files import Layer
from support.trees import write_tree

GIT = "https://git.example.org/a.git"
VALUES = {"Chart.yaml": "name: web\nversion: 1.0.0\n", "values.yaml": "args: [-v]\nport: 80\nprobe: {path: /}\nunset: null\n"}


@pytest.fixture
def release(tmp_path):
    folder = write_tree(tmp_path / "web", VALUES)
    chart = Chart(str(folder), "web", "1.0.0", "web")

    def make(values, *, path="", gives=True, of=None):
        data = {"spec": {"source": {"repoURL": GIT, "path": path} if path else {"repoURL": "https://x", "chart": "web"}}}
        source = HelmSource(("spec", "source"), data["spec"]["source"], "web", "web")
        part = FromHelm(source, chart, (Layer("values of the Application", "", values),), (("", ""),), path)
        found = of or Releases(lambda _: gives, lambda _: None, Repositories(GIT, [str(tmp_path)], {}))
        made, notes = found.of(Cell("web", "dev", Found(data, "x.yaml", "x.yaml", "/x.yaml")), part, ())
        return made, [note.what for note in notes], found

    return make


def test_an_empty_value_takes_the_place_of_null_where_it_renders_the_same(release):
    made, notes, _ = release({"args": None, "port": None, "unset": None, "a": 1})
    assert (made.values, made.kept, notes) == ({"args": [], "port": 0, "a": 1}, (), [])


def test_false_takes_the_place_of_null_over_a_mapping_of_a_released_chart_where_it_renders_the_same(release):
    made, notes, _ = release({"probe": None, "port": None})
    assert (made.values, notes) == ({"probe": False, "port": 0}, [])


def test_a_null_without_a_default_is_carried_over_or_told_where_the_chart_prints_it(release):
    made, notes, _ = release({"unset": None, "new": {"x": None}}, gives=False)
    assert notes == ["an Application without a name: value `unset`", "an Application without a name: value `new.x`"]
    made, notes, _ = release({"unset": None, "a": 1}, path="web", gives=False)
    assert (made.values, notes, [layer.data for layer in made.kept]) == ({"a": 1}, [], [{"unset": None}])
    made, notes, _ = release({"unset": None, "new": {"x": None}})
    assert (made.values, notes) == ({"new": {}}, [])


def test_a_chart_of_the_repository_gets_a_file_with_the_nulls(release):
    made, notes, found = release({"probe": None, "a": 1}, path="web")
    assert ([layer.name for layer in made.kept], made.values, notes) == (["removed.yaml"], {"a": 1}, [])
    assert found.files["web/removed.yaml"].decode().endswith("\nprobe: null\n")
    again, _, _ = release({"probe": None, "a": 2}, path="web", of=found)
    other, _, _ = release({"probe": None, "args": None}, path="web", of=found)
    assert [layer.name for one in (again, other) for layer in one.kept] == ["removed.yaml", "removed-2.yaml"]


@pytest.mark.parametrize("values", [{"probe": None}, {"args": None, "probe": {"path": None}}])
def test_a_default_of_a_released_chart_that_nothing_removes_is_told(release, values):
    made, notes, found = release(values, gives=False)
    assert not found.files
    assert (
        notes == ["an Application without a name: value `probe`"]
        if values["probe"] is None
        else notes[-1].endswith("`probe.path`")
    )
    assert made.values == ({} if values["probe"] is None else {"probe": {}})
