"""A repository that has findings can begin today: known ones are kept back, new ones are told, gone ones are named."""

from __future__ import annotations

import json

import pytest

from support.trees import write_tree
from support.workspace import FALLS, SPEC, workspace


@pytest.fixture
def folder(tiphys, tmp_path):
    made = workspace(tmp_path / "w")
    write_tree(made, {SPEC: FALLS})
    done = tiphys("lint", "--baseline", "known.json", "--write-baseline", cwd=made)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "2 findings written to known.json\n")
    return made


def lint(tiphys, folder, *options, command="lint"):
    done = tiphys(command, *options, cwd=folder)
    assert "Traceback" not in done.stderr
    return done.returncode, [line for line in done.stdout.splitlines() if "TP" in line], done.stderr


BASELINE = ("--baseline", "known.json")


def test_the_file_says_what_it_keeps_back_and_is_the_same_each_time(tiphys, folder):
    text = (folder / "known.json").read_text()
    data = json.loads(text)
    assert data["version"] == 1
    assert [(item["rule"], item["path"], item["message"]) for item in data["findings"]] == [
        ("TP204", SPEC, "maxSurge and maxUnavailable are both zero"),
        ("TP201", SPEC, "weight 20 is less than 50, so traffic returns to the old version"),
    ]
    tiphys("lint", *BASELINE, "--write-baseline", cwd=folder)
    assert (folder / "known.json").read_text() == text


def test_known_findings_are_not_told_and_stay_known_when_lines_move(tiphys, folder):
    assert lint(tiphys, folder, *BASELINE) == (0, [], "1 service: no problems; 2 findings suppressed by the baseline\n")
    write_tree(folder, {SPEC: "# a new line\n\n" + FALLS.replace("setWeight: 20", "setWeight: 30")})
    assert lint(tiphys, folder, *BASELINE)[:2] == (0, [])
    assert lint(tiphys, folder)[0] == 1


def test_new_findings_are_told(tiphys, folder):
    write_tree(folder, {SPEC: FALLS.replace("- setWeight: 20\n", "- setWeight: 20\n          - setWeight: 10\n")})
    code, found, said = lint(tiphys, folder, *BASELINE, "--format", "concise")
    assert (code, found) == (
        0,
        [f"{SPEC}:15:24: warning TP201 weight 10 is less than 20, so traffic returns to the old version"],
    )
    assert said == "1 warning in 1 file; 2 findings suppressed by the baseline\n"


def test_gone_findings_are_named_with_what_tightens_the_baseline(tiphys, folder):
    write_tree(folder, {SPEC: FALLS.replace("maxSurge: 0", "maxSurge: 1")})
    said = lint(tiphys, folder, *BASELINE)[2]
    assert said == (
        "1 service: no problems; 1 finding suppressed by the baseline; fixed since the baseline was written: "
        f"`TP204 in {SPEC}`. To update it: tiphys lint --baseline known.json --write-baseline\n"
    )
    report = json.loads(tiphys("lint", *BASELINE, "--format", "json", cwd=folder).stdout)
    assert report["baseline"] == {
        "known": 1,
        "gone": [{"rule": "TP204", "path": SPEC, "message": "maxSurge and maxUnavailable are both zero"}],
    }
    assert "gone" not in lint(tiphys, folder, *BASELINE, "--select", "TP201")[2], "who did not look cannot say"
    assert "gone" not in lint(tiphys, folder, *BASELINE, "environments")[2]
    assert tiphys("lint", *BASELINE, "--write-baseline", cwd=folder).returncode == 0
    assert lint(tiphys, folder, *BASELINE)[2] == "1 service: no problems; 1 finding suppressed by the baseline\n"


def test_what_only_other_commands_look_for_is_not_gone(tiphys, folder):
    write_tree(folder, {SPEC: FALLS.replace("spec:\n", "spec: \n")})
    assert tiphys("lint", *BASELINE, "--write-baseline", cwd=folder).stderr == "3 findings written to known.json\n"
    workspace_file = folder / "tiphys.yaml"
    workspace_file.write_text(workspace_file.read_text() + "  lint: {baseline: known.json}\n")
    report = json.loads(tiphys("check", "--format", "json", cwd=folder).stdout)
    assert report["baseline"] == {"known": 2, "gone": []}, "check does not look at style"


def test_the_workspace_can_name_its_baseline_so_that_generate_and_check_go_by_it(tiphys, folder):
    assert lint(tiphys, folder, command="generate")[0] == 1
    workspace_file = folder / "tiphys.yaml"
    workspace_file.write_text(workspace_file.read_text() + "  lint: {baseline: known.json}\n")
    assert lint(tiphys, folder, command="generate")[0] == 0
    assert lint(tiphys, folder, command="check")[0] == 0
    assert lint(tiphys, folder)[0] == 0
    (folder / "known.json").unlink()
    code, _, said = lint(tiphys, folder)
    assert code == 2
    assert "baseline known.json does not exist" in said
    assert "tiphys lint --baseline known.json --write-baseline" in said
    assert lint(tiphys, folder, "--write-baseline")[0] == 0
    assert lint(tiphys, folder, command="check")[0] == 0


def test_what_leaves_nothing_right_to_generate_is_kept_back_by_no_baseline(tiphys, folder):
    before = (folder / "known.json").read_bytes()
    write_tree(folder, {SPEC: FALLS.replace('"1.0.0"', "1.0")})
    code, found, said = lint(tiphys, folder, *BASELINE, "--write-baseline", "--format", "concise")
    assert (code, [line.split()[2] for line in found]) == (1, ["TP012"])
    assert said == "1 error in 1 file; a baseline cannot suppress these; no baseline was written\n"
    assert (folder / "known.json").read_bytes() == before
    data = json.loads(before)
    found = json.loads(tiphys("lint", "--format", "gitlab", cwd=folder).stdout)
    data["findings"].append({"fingerprint": found[0]["fingerprint"], "rule": "TP012", "path": SPEC, "message": "x"})
    (folder / "known.json").write_text(json.dumps(data))
    assert lint(tiphys, folder, *BASELINE)[0] == 1, "nor by one that was written by hand"


_ODD_FIELD = '{"findings": [{"fingerprint": "0", "rule": ["TP714"], "path": "x", "message": "x"}]}'


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"findings": [1]}', '{"findings": [{"rule": "TP201"}]}', _ODD_FIELD, "a: 1", "\udc80"]
)
def test_a_file_that_is_no_baseline_is_said_to_be_none(text, tiphys, folder):
    (folder / "known.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    code, _, said = lint(tiphys, folder, *BASELINE)
    assert (code, said.splitlines()[0]) == (2, "tiphys: known.json is not a baseline")


def test_what_is_missing_is_said(tiphys, folder):
    assert lint(tiphys, folder, "--baseline", "other.json")[0] == 2
    assert "pass --baseline FILE" in lint(tiphys, folder, "--write-baseline")[2]
    assert lint(tiphys, folder, "--baseline", "no/such/folder.json", "--write-baseline")[0] == 2


@pytest.mark.parametrize("path", ["\u001b[2J", "\ud800", "a\nb"])
def test_a_baseline_of_a_pull_request_cannot_rewrite_what_the_terminal_shows(path, tiphys, folder):
    gone = {"fingerprint": "0", "rule": "TP201", "path": path, "message": ""}
    (folder / "known.json").write_text(json.dumps({"version": 1, "findings": [gone]}))
    said = lint(tiphys, folder, *BASELINE)[2]
    assert f"`TP201 in {path.encode('unicode_escape', 'surrogatepass').decode()}`" in said
