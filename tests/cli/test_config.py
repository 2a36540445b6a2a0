"""`config show`: a setting that is shown otherwise than it takes effect, or from elsewhere, sends people the wrong way."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from support.workspace import workspace

CASES = yaml.safe_load(Path(__file__).with_name("config.yaml").read_text(encoding="utf-8"))


@pytest.fixture
def folder(tmp_path):
    return workspace(tmp_path / "w")


@pytest.mark.parametrize("case", CASES, ids=[case["name"].replace(" ", "-") for case in CASES])
def test_a_setting_is_shown_with_where_it_comes_from(case, folder, tiphys):
    (folder / "tiphys.yaml").write_text(case.get("settings", "apiVersion: tiphys/v1\nkind: Workspace\n"))
    before, env = case.get("before", "").split(), {"GITHUB_ACTIONS": "", "FORCE_COLOR": "", **case.get("env", {})}
    done = tiphys(*before, "config", "show", *case.get("keys", "").split(), cwd=folder, env=env)
    assert done.returncode == case.get("code", 0), done.stderr
    rows = [" ".join(line.split()).replace(str(folder), "ROOT") for line in (done.stdout + done.stderr).splitlines()]
    assert [row for row in case["shows"] if row not in rows] == [], rows
    if "only" in case:
        assert len(done.stdout.splitlines()) == len(case["shows"]) + 1


def test_programs_read_the_same(folder, tiphys):
    (folder / "tiphys.yaml").write_text("apiVersion: tiphys/v1\nkind: Workspace\nspec:\n  lint:\n    ignore: [TP201]\n")
    found = json.loads(tiphys("config", "show", "lint", "--format", "json", cwd=folder).stdout)["settings"]
    rows = {one["key"]: one for one in found}
    origin = {"kind": "file", "name": "tiphys.yaml", "line": 5, "column": 5}
    assert rows["spec.lint.ignore"] == {"key": "spec.lint.ignore", "value": ["TP201"], "origin": origin}
    assert rows["spec.lint.failLevel"]["origin"] == {"kind": "default", "name": "", "line": None, "column": None}


def test_every_field_of_the_schema_is_a_setting(folder, tiphys):
    from support.paths import ROOT

    schema = json.loads((ROOT / "schemas/workspace.schema.json").read_text())["properties"]
    spec = schema["spec"]["properties"]
    wanted = {f"spec.{name}" for name in spec if name != "lint"} | {f"spec.lint.{name}" for name in spec["lint"]["properties"]}
    shown = {one["key"] for one in json.loads(tiphys("config", "show", "--format", "json", cwd=folder).stdout)["settings"]}
    assert wanted <= shown


def test_what_is_shown_is_what_takes_effect(folder, tiphys):
    """A default that the schema names, and one that the code has, must be the same."""
    from generator.workspace.load import Loader

    (folder / "tiphys.yaml").write_text("apiVersion: tiphys/v1\nkind: Workspace\n")
    rows = json.loads(tiphys("config", "show", "--format", "json", cwd=folder).stdout)["settings"]
    shown = {one["key"]: one["value"] for one in rows}
    used = Loader(str(folder)).workspace()
    assert shown["spec.specs"] == list(used.specs)
    assert (shown["spec.environments"], shown["spec.output"]) == (used.environments, used.output)
    assert shown["spec.targetRevision"] == used.target_revision
    assert shown["root"] == str(folder)


@pytest.mark.parametrize(
    "text", ["apiVersion: tiphys/v1\nkind: Workspace\nspec: {lint: {ignore: [TP999]}}\n", "apiVersion: tiphys/v1\nspec: [\n"]
)
def test_an_invalid_file_is_reported_at_its_line(text, folder, tiphys):
    (folder / "tiphys.yaml").write_text(text)
    done = tiphys("config", "show", cwd=folder)
    assert done.returncode == 2
    assert "tiphys.yaml:" in done.stdout
    assert "error[" in done.stdout
