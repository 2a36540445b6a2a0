"""`--list-files`: a file that is read and not listed, or listed and not read, misleads whoever asks why nothing happens."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from generator.pipeline.input_files import input_files
from generator.pipeline.request import Mode, Request
from generator.workspace.kinds import KINDS
from support.paths import ROOT
from support.workspace import workspace

CASES = yaml.safe_load(Path(__file__).with_name("list_files.yaml").read_text(encoding="utf-8"))


def listed(done):
    return {file["path"]: file for file in json.loads(done.stdout)["files"]}


@pytest.fixture
def folder(tmp_path):
    return workspace(tmp_path / "w")


@pytest.mark.parametrize("case", CASES, ids=[case["name"].replace(" ", "-") for case in CASES])
def test_what_is_read_is_listed_with_what_it_is(case, folder, tiphys):
    for path, text in case.get("write", {}).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    before = listed(tiphys("lint", "--list-files", "--format", "json", cwd=workspace(folder.parent / "plain")))
    done = tiphys(*case.get("run", "lint").split(), "--list-files", "--format", "json", cwd=folder)
    assert done.returncode == 0, done.stderr
    found = listed(done)
    assert {path: file["kind"] for path, file in found.items() if path not in before} == case.get("adds", {})
    assert sorted(before.keys() - found.keys()) == case.get("lacks", [])
    assert {file["kind"] for file in found.values()} <= set(KINDS)
    assert all(bool(file.get("why")) == (file["kind"] == "ignored") for file in found.values())


@pytest.mark.parametrize("example", ["quickstart", "online-boutique", "two-clusters"])
def test_every_file_that_changes_the_outcome_is_listed(example, tmp_path):
    """Take away each file below the inputs: where a run then says or makes something else, the file is listed."""
    import shutil

    from generator.pipeline.run import run

    root = shutil.copytree(ROOT / "examples" / example, tmp_path / "w", ignore=shutil.ignore_patterns("generated"))
    request = Request(str(root), Mode.LINT)
    every = {file.path for file in input_files(request).files}
    outcome = run(request)
    same = ({path: file.content for path, file in outcome.wanted.items()}, outcome.diagnostics)
    left = sorted(path for path in root.rglob("*") if path.is_file() and path.relative_to(root).as_posix() not in every)
    assert every
    for path in left:
        path.unlink()
    outcome = run(request)
    assert ({path: file.content for path, file in outcome.wanted.items()}, outcome.diagnostics) == same


def test_text_is_one_sorted_path_on_each_line_and_what_is_ignored_is_said_aside(folder, tiphys):
    (folder / "services/web/pipeline.yml").write_text((folder / "services/web/pipeline.yaml").read_text())
    done = tiphys("check", "--list-files", cwd=folder / "services")
    lines = done.stdout.splitlines()
    assert (done.returncode, lines) == (0, sorted(lines))
    assert {"tiphys.yaml", "services/web/pipeline.yaml", "environments/dev.yaml"} <= set(lines)
    assert "services/web/pipeline.yml" not in lines
    assert "ignored: services/web/pipeline.yml: " in done.stderr


def test_an_invalid_spec_is_listed_and_said_to_hide_others(folder, tiphys):
    (folder / "services/web/pipeline.yaml").write_text("apiVersion: tiphys/v1\nspec: [\n")
    done = tiphys("lint", "--list-files", cwd=folder)
    assert done.returncode == 0
    assert "services/web/pipeline.yaml" in done.stdout.splitlines()
    assert "what is referred to only in an invalid file may not be listed" in done.stderr


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("services/con/pipeline.yaml", "`con`: `con` is a device name on Windows"),
        ("services/a\tb/pipeline.yaml", "has a path with characters that are not printable"),
        ("services/linked/pipeline.yaml", "is a symbolic link"),
    ],
)
@pytest.mark.parametrize("words", ["check", "check new"])
def test_a_spec_whose_path_is_refused_is_not_passed_over_in_silence(words, path, why, folder, tiphys):
    spec = 'apiVersion: tiphys/v1\nkind: Pipeline\nmetadata: {name: new}\nspec: {image: {repository: a/b, tag: "1"}, environments: {dev: {}}}\n'
    (folder / path).parent.mkdir(parents=True)
    if "linked" in path:
        (folder / "elsewhere.yaml").write_text(spec)
        (folder / path).symlink_to(folder / "elsewhere.yaml")
    else:
        (folder / path).write_text(spec)
    done = tiphys(*words.split(), "--list-files", "--format", "json", cwd=folder)
    assert done.returncode == 0, done.stderr
    found = listed(done)[path]
    assert found["kind"] == "ignored"
    assert why in found["why"]
    assert path not in tiphys(*words.split(), "--list-files", cwd=folder).stdout.splitlines()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("lint --list-files --fix", "cannot be used with stdin"),
        ("lint --list-files --manifests x", "cannot be used with stdin"),
        ("lint --list-files -", "cannot be used with stdin"),
        ("lint --list-files --write-baseline --baseline x", "cannot be used with stdin"),
        ("check --list-files --format sarif", "prints text or json"),
        ("check --list-files wbe", "did you mean `web`"),
        ("check --list-files --env prd", "did you mean `prod`"),
        ("lint --list-files nowhere", "does not exist"),
    ],
)
def test_what_cannot_be_listed_is_refused(words, said, folder, tiphys):
    done = tiphys(*words.split(), cwd=folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


def test_an_invalid_workspace_file_is_reported_and_nothing_is_listed(folder, tiphys):
    (folder / "tiphys.yaml").write_text("apiVersion: tiphys/v1\nspec: [\n")
    done = tiphys("check", "--list-files", cwd=folder)
    assert done.returncode == 2
    assert "tiphys.yaml:3:1: error[TP001]" in done.stdout
