"""Whoever runs tiphys says which rules count; what leaves nothing right to generate always does."""

from __future__ import annotations

import json

import pytest

from support.trees import read_tree, write_tree
from support.workspace import FALLS, SPEC, workspace

LINT = "apiVersion: tiphys/v1\nkind: Workspace\nspec:\n  repoURL: https://example.com/config.git\n  lint: "


@pytest.fixture
def lint(tiphys, tmp_path):
    """Return a function that lints a spec with two findings by settings: (exit code, {(rule, severity)}, stderr)."""

    def run(settings="{}", *options, command="lint", spec=FALLS):
        folder = tmp_path / "w"
        if not folder.exists():
            workspace(folder)
        write_tree(folder, {SPEC: spec, "tiphys.yaml": f"{LINT}{settings}\n"})
        done = tiphys(command, "--format", "json", *options, cwd=folder)
        assert "Traceback" not in done.stderr
        found = json.loads(done.stdout)["diagnostics"] if done.stdout.startswith("{") else []
        return done.returncode, {(item["rule"], item["severity"]) for item in found}, done.stderr

    return run


BOTH = {("TP201", "warning"), ("TP204", "error")}


@pytest.mark.parametrize(
    ("settings", "options", "code", "found"),
    [
        ("{}", [], 1, BOTH),
        ("{ignore: [TP201]}", [], 1, {("TP204", "error")}),
        ("{ignore: [canary-weights-rise, canary-can-move]}", [], 0, set()),
        ("{ignore: [TP2]}", [], 0, set()),
        ("{ignore: [TP20]}", [], 0, set()),
        ("{select: [TP201]}", [], 0, {("TP201", "warning")}),
        ("{select: [TP201, TP204], ignore: [TP2]}", [], 1, BOTH),
        ("{select: [TP2], ignore: [TP204], severity: {TP201: error}}", [], 1, {("TP201", "error")}),
        ("{select: [TP4]}", [], 0, set()),
        ("{severity: {TP2: warning}}", [], 0, {("TP201", "warning"), ("TP204", "warning")}),
        ("{severity: {TP2: warning, TP201: note}}", [], 0, {("TP201", "note"), ("TP204", "warning")}),
        ('{severity: {TP201: "off", TP204: "off"}}', [], 0, set()),
        ("{severity: {TP2: warning}, failLevel: warning}", [], 1, {("TP201", "warning"), ("TP204", "warning")}),
        ("{severity: {TP2: note}, failLevel: warning}", [], 0, {("TP201", "note"), ("TP204", "note")}),
        ("{failLevel: never}", [], 0, BOTH),
        ("{failLevel: never}", ["--fail-level", "error"], 1, BOTH),
        ("{}", ["--fail-level", "never"], 0, BOTH),
        ("{severity: {TP2: warning}}", ["--fail-level", "warning"], 1, {("TP201", "warning"), ("TP204", "warning")}),
        ("{overrides: [{paths: [services/**], ignore: [TP201]}]}", [], 1, {("TP204", "error")}),
        ("{overrides: [{paths: [services/*/pipeline.yaml], ignore: [TP201]}]}", [], 1, {("TP204", "error")}),
        ("{overrides: [{paths: [services/api/**, other/**], ignore: [TP201]}]}", [], 1, BOTH),
        (
            "{severity: {TP2: warning}, overrides: [{paths: [services/**], severity: {TP2: error}}]}",
            [],
            1,
            {("TP201", "error"), ("TP204", "error")},
        ),
        ("{ignore: [TP204], overrides: [{paths: ['**'], ignore: [TP201]}]}", [], 0, set()),
        ("{}", ["--ignore", "TP201"], 1, {("TP204", "error")}),
        ("{}", ["--ignore", "TP201, TP204"], 0, set()),
        ("{}", ["--ignore", "TP201", "--ignore", "canary-can-move"], 0, set()),
        ("{}", ["--select", "TP204"], 1, {("TP204", "error")}),
        ("{ignore: [TP2]}", ["--select", "TP204"], 1, {("TP204", "error")}),
        ("{ignore: [TP201]}", ["--ignore", "TP204"], 0, set()),
    ],
)
def test_settings_say_what_counts_and_how_much(settings, options, code, found, lint):
    assert lint(settings, *options)[:2] == (code, found)


def test_what_is_ignored_does_not_block_and_is_generated_all_the_same(lint, tmp_path):
    assert lint(command="generate", spec=FALLS)[0] == 1
    assert not (tmp_path / "w" / "generated").exists()
    assert lint("{ignore: [TP201, TP204]}", command="generate")[0] == 0
    assert "setWeight: 20" in (tmp_path / "w/generated/dev/web/rollout.yaml").read_text()
    assert lint("{ignore: [TP201, TP204]}", command="check")[0] == 0


def test_warnings_that_fail_a_run_keep_it_from_writing_and_drift_is_told_beside_them(lint, tmp_path):
    warns = "{severity: {TP2: warning}}"
    assert lint(warns, "--fail-level", "warning", command="generate")[0] == 1
    assert not (tmp_path / "w" / "generated").exists()
    assert lint(warns, command="generate")[0] == 0
    assert lint(warns, command="check")[0] == 0
    code, found, said = lint(warns, "--fail-level", "warning", command="check")
    assert (code, found) == (1, {("TP201", "warning"), ("TP204", "warning")})
    assert said == "2 warnings in 1 file; no drift\n"
    before = read_tree(tmp_path / "w" / "generated")
    assert lint(warns, "--fail-level", "warning", command="generate", spec=FALLS.replace("1.0.0", "2.0.0"))[0] == 1
    assert read_tree(tmp_path / "w" / "generated") == before
    code, found, said = lint(warns, "--fail-level", "warning", command="check", spec=FALLS.replace("1.0.0", "2.0.0"))
    assert ("TP902", "error") in found
    assert lint("{failLevel: never}", command="generate")[0] == 1, "errors that are left keep everything from being written"


BROKEN = FALLS.replace('"1.0.0"', "1.0")


@pytest.mark.parametrize("options", [[], ["--fail-level", "never"], ["--select", "TP204"], ["--ignore", "TP2"]])
def test_what_cannot_be_read_is_told_whatever_is_selected_or_ignored(options, lint):
    code, found, _ = lint("{select: [TP4], ignore: [TP2]}", *options, spec=BROKEN)
    assert found == {("TP012", "error")}
    assert code == (0 if "never" in options else 1)


@pytest.mark.parametrize(
    ("settings", "report"),
    [
        (
            "{ignore: [canary-weight-rises]}",
            (
                "tiphys.yaml:5:19: error[TP045]: unknown rule `canary-weight-rises`\n"
                "  5 |   lint: {ignore: [canary-weight-rises]}\n"
                "    |                   ^^^^^^^^^^^^^^^^^^^\n"
                "    = hint: did you mean `canary-weights-rise`?\n"
            ),
        ),
        (
            "{select: [TP999]}",
            (
                "tiphys.yaml:5:19: error[TP045]: unknown rule `TP999`\n"
                "  5 |   lint: {select: [TP999]}\n"
                "    |                   ^^^^^\n"
                "    = hint: run `tiphys rules` for the list\n"
            ),
        ),
        (
            "{severity: {yaml-syntax: warning}}",
            (
                "tiphys.yaml:5:21: error[TP045]: `yaml-syntax` cannot be disabled: without it the generated files could be wrong\n"
                "  5 |   lint: {severity: {yaml-syntax: warning}}\n"
                "    |                     ^^^^^^^^^^^\n"
                "    = hint: fix what it reports\n"
            ),
        ),
        (
            "{overrides: [{paths: ['**'], ignore: [TP201, TP0]}]}",
            (
                "tiphys.yaml:5:54: error[TP045]: `TP0` includes `TP001`, which cannot be disabled: "
                "without it the generated files could be wrong\n"
                "  5 |   lint: {overrides: [{paths: ['**'], ignore: [TP201, TP0]}]}\n"
                "    |                                                      ^^^\n"
                "    = hint: name those that can: TP002, TP043, TP047, TP048, TP050\n"
            ),
        ),
    ],
)
@pytest.mark.parametrize("command", ["lint", "generate", "check"])
def test_a_setting_that_means_nothing_is_an_error_at_its_place(command, settings, report, tiphys, tmp_path):
    folder = workspace(tmp_path / "w")
    write_tree(folder, {"tiphys.yaml": f"{LINT}{settings}\n"})
    done = tiphys(command, cwd=folder)
    assert done.returncode == 2
    assert done.stdout == report


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--ignore", "TP012"], "--ignore: `TP012` cannot be disabled"),
        (["--ignore", "TP9"], "--ignore: `TP9` includes `TP901`, which cannot be disabled"),
        (["--select", "canary-can-mvoe"], "did you mean `canary-can-move`?"),
        (["--fail-level", "sometimes"], "'sometimes' is not one of"),
    ],
)
def test_an_option_that_means_nothing_is_exit_2(options, said, lint):
    code, _, stderr = lint("{}", *options)
    assert code == 2
    assert said in stderr
