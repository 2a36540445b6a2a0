"""Whoever runs mooring says which rules count; what leaves nothing right to generate always does."""

from __future__ import annotations

import json

import pytest
from conftest import read_tree, write_tree
from test_rejected import workspace

from generator.diagnostics import Severity
from generator.settings import Asked, Settings

SPEC = "services/web/pipeline.yaml"
FALLS = """\
apiVersion: mooring/v1
kind: Pipeline
metadata:
  name: web
spec:
  image: {repository: ghcr.io/acme/web, tag: "1.0.0"}
  rollout:
    strategy:
      canary:
        maxSurge: 0
        maxUnavailable: 0
        steps:
          - setWeight: 50
          - setWeight: 20
  environments:
    dev: {}
"""
LINT = "apiVersion: mooring/v1\nkind: Workspace\nspec:\n  repoURL: https://example.com/config.git\n  lint: "


@pytest.fixture
def lint(mooring, tmp_path):
    """Return a function that lints a spec with two findings by settings: (exit code, {(rule, severity)}, stderr)."""

    def run(settings="{}", *options, command="lint", spec=FALLS):
        folder = tmp_path / "w"
        if not folder.exists():
            workspace(folder)
        write_tree(folder, {SPEC: spec, "mooring.yaml": f"{LINT}{settings}\n"})
        done = mooring(command, "--format", "json", *options, cwd=folder)
        assert "Traceback" not in done.stderr
        found = json.loads(done.stdout)["diagnostics"] if done.stdout.startswith("{") else []
        return done.returncode, {(item["rule"], item["severity"]) for item in found}, done.stderr

    return run


BOTH = {("MR201", "error"), ("MR204", "error")}


@pytest.mark.parametrize(
    ("settings", "options", "code", "found"),
    [
        ("{}", [], 1, BOTH),
        ("{ignore: [MR201]}", [], 1, {("MR204", "error")}),
        ("{ignore: [canary-weights-rise, canary-can-move]}", [], 0, set()),
        ("{ignore: [MR2]}", [], 0, set()),
        ("{ignore: [MR20]}", [], 0, set()),
        ("{select: [MR201]}", [], 1, {("MR201", "error")}),
        ("{select: [MR201, MR204], ignore: [MR2]}", [], 1, BOTH),
        ("{select: [MR2], ignore: [MR204]}", [], 1, {("MR201", "error")}),
        ("{select: [MR4]}", [], 0, set()),
        ("{severity: {MR2: warning}}", [], 0, {("MR201", "warning"), ("MR204", "warning")}),
        ("{severity: {MR2: warning, MR201: note}}", [], 0, {("MR201", "note"), ("MR204", "warning")}),
        ('{severity: {MR201: "off", MR204: "off"}}', [], 0, set()),
        ("{severity: {MR2: warning}, failLevel: warning}", [], 1, {("MR201", "warning"), ("MR204", "warning")}),
        ("{severity: {MR2: note}, failLevel: warning}", [], 0, {("MR201", "note"), ("MR204", "note")}),
        ("{failLevel: never}", [], 0, BOTH),
        ("{failLevel: never}", ["--fail-level", "error"], 1, BOTH),
        ("{}", ["--fail-level", "never"], 0, BOTH),
        ("{severity: {MR2: warning}}", ["--fail-level", "warning"], 1, {("MR201", "warning"), ("MR204", "warning")}),
        ("{overrides: [{paths: [services/**], ignore: [MR201]}]}", [], 1, {("MR204", "error")}),
        ("{overrides: [{paths: [services/*/pipeline.yaml], ignore: [MR201]}]}", [], 1, {("MR204", "error")}),
        ("{overrides: [{paths: [services/api/**, other/**], ignore: [MR201]}]}", [], 1, BOTH),
        ("{severity: {MR2: warning}, overrides: [{paths: [services/**], severity: {MR2: error}}]}", [], 1, BOTH),
        ("{ignore: [MR204], overrides: [{paths: ['**'], ignore: [MR201]}]}", [], 0, set()),
        ("{}", ["--ignore", "MR201"], 1, {("MR204", "error")}),
        ("{}", ["--ignore", "MR201, MR204"], 0, set()),
        ("{}", ["--ignore", "MR201", "--ignore", "canary-can-move"], 0, set()),
        ("{}", ["--select", "MR204"], 1, {("MR204", "error")}),
        ("{ignore: [MR2]}", ["--select", "MR204"], 1, {("MR204", "error")}),
        ("{ignore: [MR201]}", ["--ignore", "MR204"], 0, set()),
    ],
)
def test_settings_say_what_counts_and_how_much(settings, options, code, found, lint):
    assert lint(settings, *options)[:2] == (code, found)


def test_what_is_ignored_does_not_block_and_is_generated_all_the_same(lint, tmp_path):
    assert lint(command="generate", spec=FALLS)[0] == 1
    assert not (tmp_path / "w" / "generated").exists()
    assert lint("{ignore: [MR201, MR204]}", command="generate")[0] == 0
    assert "setWeight: 20" in (tmp_path / "w/generated/dev/web/rollout.yaml").read_text()
    assert lint("{ignore: [MR201, MR204]}", command="check")[0] == 0


def test_warnings_that_fail_a_run_keep_it_from_writing_and_drift_is_told_beside_them(lint, tmp_path):
    warns = "{severity: {MR2: warning}}"
    assert lint(warns, "--fail-level", "warning", command="generate")[0] == 1
    assert not (tmp_path / "w" / "generated").exists()
    assert lint(warns, command="generate")[0] == 0
    assert lint(warns, command="check")[0] == 0
    code, found, said = lint(warns, "--fail-level", "warning", command="check")
    assert (code, found) == (1, {("MR201", "warning"), ("MR204", "warning")})
    assert said == "2 warnings in 1 file; no drift\n"
    before = read_tree(tmp_path / "w" / "generated")
    assert lint(warns, "--fail-level", "warning", command="generate", spec=FALLS.replace("1.0.0", "2.0.0"))[0] == 1
    assert read_tree(tmp_path / "w" / "generated") == before
    code, found, said = lint(warns, "--fail-level", "warning", command="check", spec=FALLS.replace("1.0.0", "2.0.0"))
    assert ("MR902", "error") in found
    assert lint("{failLevel: never}", command="generate")[0] == 1, "errors that are left keep everything from being written"


BROKEN = FALLS.replace('"1.0.0"', "1.0")


@pytest.mark.parametrize("options", [[], ["--fail-level", "never"], ["--select", "MR204"], ["--ignore", "MR2"]])
def test_what_cannot_be_read_is_told_whatever_is_selected_or_ignored(options, lint):
    code, found, _ = lint("{select: [MR4], ignore: [MR2]}", *options, spec=BROKEN)
    assert found == {("MR012", "error")}
    assert code == (0 if "never" in options else 1)


@pytest.mark.parametrize(
    ("settings", "report"),
    [
        (
            "{ignore: [canary-weight-rises]}",
            (
                "mooring.yaml:5:19: error[MR045]: there is no rule `canary-weight-rises`\n"
                "  5 |   lint: {ignore: [canary-weight-rises]}\n"
                "    |                   ^^^^^^^^^^^^^^^^^^^\n"
                "    = hint: did you mean `canary-weights-rise`?\n"
            ),
        ),
        (
            "{select: [MR999]}",
            (
                "mooring.yaml:5:19: error[MR045]: there is no rule `MR999`\n"
                "  5 |   lint: {select: [MR999]}\n"
                "    |                   ^^^^^\n"
                "    = hint: did you mean `MR904`?\n"
            ),
        ),
        (
            "{severity: {yaml-syntax: warning}}",
            (
                "mooring.yaml:5:21: error[MR045]: `yaml-syntax` cannot be switched off or changed: without it nothing right could be generated\n"
                "  5 |   lint: {severity: {yaml-syntax: warning}}\n"
                "    |                     ^^^^^^^^^^^\n"
                "    = hint: mend what it finds\n"
            ),
        ),
        (
            "{overrides: [{paths: ['**'], ignore: [MR201, MR0]}]}",
            (
                "mooring.yaml:5:54: error[MR045]: `MR0` takes in `MR001`, which cannot be switched off or changed: "
                "without it nothing right could be generated\n"
                "  5 |   lint: {overrides: [{paths: ['**'], ignore: [MR201, MR0]}]}\n"
                "    |                                                      ^^^\n"
                "    = hint: name those that can: MR002, MR043, MR070, MR071\n"
            ),
        ),
    ],
)
@pytest.mark.parametrize("command", ["lint", "generate", "check"])
def test_a_setting_that_means_nothing_is_an_error_at_its_place(command, settings, report, mooring, tmp_path):
    folder = workspace(tmp_path / "w")
    write_tree(folder, {"mooring.yaml": f"{LINT}{settings}\n"})
    done = mooring(command, cwd=folder)
    assert done.returncode == 2
    assert done.stdout == report


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--ignore", "MR012"], "--ignore: `MR012` cannot be switched off"),
        (["--ignore", "MR9"], "--ignore: `MR9` takes in `MR901`, which cannot be switched off"),
        (["--select", "canary-can-mvoe"], "did you mean `canary-can-move`?"),
        (["--fail-level", "sometimes"], "'sometimes' is not one of"),
    ],
)
def test_an_option_that_means_nothing_is_exit_2(options, said, lint):
    code, _, stderr = lint("{}", *options)
    assert code == 2
    assert said in stderr


def test_the_closer_of_two_settings_wins_and_a_tie_goes_to_ignoring():
    def counts(select, ignore, rule="MR201"):
        return Settings({"select": select, "ignore": ignore}).severity(rule, Severity.ERROR, SPEC) is not None

    assert counts(["MR2"], ["MR"]) is True
    assert counts(["MR2"], ["MR2"]) is False
    assert counts(["MR201"], ["MR20"]) is True
    assert counts(["canary-weights-rise"], ["MR201"]) is False
    assert counts([], ["MR4"]) is True
    assert counts(["MR4"], []) is False
    assert counts([], ["MR0", "MR3", "MR9"], "MR012") is True
    assert counts([], [], "MR999") is True, "a rule of a later version counts"
    asked = Settings({"ignore": ["MR201"], "select": ["MR4"]}, Asked(select=("MR2",)))
    assert asked.severity("MR201", Severity.ERROR, SPEC) is Severity.ERROR
    assert asked.severity("MR401", Severity.ERROR, SPEC) is None
