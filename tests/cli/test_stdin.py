"""What an editor holds and has not saved is linted in the place of the file, with all that is around it."""

from __future__ import annotations

import json

import pytest

from support.workspace import FALLS, SPEC, workspace


@pytest.fixture
def folder(tmp_path):
    return workspace(tmp_path / "w")


def lint(tiphys, cwd, text, filename, *options):
    done = tiphys("lint", "-", "--stdin-filename", filename, "--format", "json", *options, cwd=cwd, stdin=text)
    assert "Traceback" not in done.stderr
    return done.returncode, [(item["rule"], item["path"], item["line"]) for item in json.loads(done.stdout)["diagnostics"]]


def test_the_text_counts_and_the_file_does_not_and_only_it_is_told_about(tiphys, folder):
    assert lint(tiphys, folder, FALLS, SPEC) == (1, [("TP204", SPEC, 11), ("TP201", SPEC, 14)])
    spec = folder / SPEC
    good = spec.read_text()
    spec.write_text(FALLS)
    (folder / "environments/dev.yaml").write_text("a: 1\n")
    assert lint(tiphys, folder, good, SPEC) == (0, [])
    assert spec.read_text() == FALLS


def test_the_line_that_is_shown_is_that_of_the_text(tiphys, folder):
    done = tiphys("lint", "-", "--stdin-filename", SPEC, cwd=folder, stdin="# unsaved\n" + FALLS)
    assert " 15 |           - setWeight: 20\n" in done.stdout


def test_a_file_that_is_not_saved_yet_is_part_of_the_workspace(tiphys, folder):
    new = "services/api/pipeline.yaml"
    assert lint(tiphys, folder, FALLS.replace("name: web", "name: api"), new)[0] == 1
    assert lint(tiphys, folder, (folder / SPEC).read_text(), "services/zoo/pipeline.yaml") == (
        1,
        [("TP036", "services/zoo/pipeline.yaml", 4)],
    )
    staging = (folder / "environments/dev.yaml").read_text().replace("name: dev", "name: staging")
    assert lint(tiphys, folder, staging, "environments/staging.yaml") == (0, [])
    code, found = lint(tiphys, folder, staging.replace("chart:", "chrat:"), "environments/staging.yaml")
    assert (code, [rule for rule, _, _ in found]) == (1, ["TP021"])


def test_names_count_from_the_working_directory_or_are_absolute(tiphys, folder):
    assert lint(tiphys, folder / "services", FALLS, "web/pipeline.yaml")[0] == 1
    assert lint(tiphys, folder, FALLS, folder / SPEC)[0] == 1


def test_other_files_count_as_they_are_held(tiphys, folder):
    text = (folder / "tiphys.yaml").read_text()
    assert lint(tiphys, folder, text + "  lint: {ignore: [TP999]}\n", "tiphys.yaml") == (2, [("TP045", "tiphys.yaml", 5)])
    assert lint(tiphys, folder, FALLS + "  nonsense: 1\n", "README.md") == (0, []), "what nobody reads has no problems"


@pytest.mark.parametrize(
    "arguments",
    [["-"], ["-", SPEC], ["--stdin-filename", SPEC], ["-", "environments", "--stdin-filename", SPEC]],
)
def test_half_of_what_it_takes_is_a_usage_error(arguments, tiphys, folder):
    done = tiphys("lint", *arguments, cwd=folder, stdin="")
    assert done.returncode == 2
    assert "tiphys lint - --stdin-filename PATH" in done.stderr
    assert tiphys("lint", "-", "--stdin-filename", "/elsewhere/pipeline.yaml", cwd=folder, stdin="").returncode == 2
