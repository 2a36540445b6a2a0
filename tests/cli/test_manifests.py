"""What is wrong with plain manifests is said at the place in their files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.transcript import transcript

HERE = Path(__file__).with_name("manifests")
CASES = sorted(path.name for path in HERE.iterdir() if path.is_dir())


@pytest.mark.parametrize("case", CASES)
def test_manifests_are_linted_without_a_workspace(case, tiphys, golden):
    arguments = (HERE / case / "arguments").read_text().split() if (HERE / case / "arguments").exists() else []
    done = tiphys("lint", "--manifests", ".", *arguments, cwd=HERE / case)
    assert "Traceback" not in done.stderr
    golden(transcript(done), HERE / case / "expected.txt")


def test_a_set_from_stdin_is_named_as_the_editor_calls_it(tiphys):
    text = (HERE / "mixed" / "all.yaml").read_text()
    done = tiphys("lint", "--manifests", "-", "--stdin-filename", "all.yaml", "--format", "concise", stdin=text)
    assert done.returncode == 1
    assert "all.yaml:5:3: error TP605 unknown field `replicass` in `spec`" in done.stdout.splitlines()


def test_definitions_that_are_not_linted_themselves_are_checked_against(tiphys):
    command = ("lint", "--manifests", "apps", "--crds", "definitions", "--format", "concise")
    done = tiphys(*command, cwd=HERE / "crds")
    assert done.stdout.splitlines() == ["apps/queue.yaml:6:3: error TP604 unknown field `taget` in `spec`"]
    assert done.stderr.startswith("2 objects: 1 error in 1 file\nno schema found for widgets.example.org/v1 Widget: ")
    for wrong, said in (("apps", "no CustomResourceDefinition found in apps"), ("gone", "gone does not exist")):
        done = tiphys("lint", "--manifests", "apps", "--crds", wrong, cwd=HERE / "crds")
        assert (done.returncode, said in done.stderr) == (2, True)


FALLING = """\
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: {name: web}
spec:
  replicas: 10
  selector: {matchLabels: {app: web}}
  template: {metadata: {labels: {app: web}}, spec: {containers: [{name: app, image: "x:1"}]}}
  strategy:
    canary:
      steps:
        - setWeight: 20
        - pause: {}
        - setWeight: 10%s
---
apiVersion: v1
kind: ConfigMap
metadata: {name: a, labels: {team: "a b"}}
"""

WARNINGS = ["--ignore", "TP644", "--fail-level", "warning"]


@pytest.mark.parametrize(
    ("options", "comment", "code", "found"),
    [
        ([], "", 1, ["TP201", "TP715", "TP644"]),
        (["--select", "TP644"], "", 1, ["TP644"]),
        (["--ignore", "labels-valid", "--ignore", "TP2"], "", 0, ["TP715"]),
        (["--fail-level", "never"], "", 0, ["TP201", "TP715", "TP644"]),
        (["--fail-level", "warning", "--ignore", "TP2", "--ignore", "TP644"], "", 0, ["TP715"]),
        (["--ignore", "TP644"], " # tiphys: ignore[TP201, TP715] because the cache warms up", 0, []),
        (WARNINGS, " # tiphys: ignore[TP203, TP715] because it is unused", 1, ["TP002", "TP201"]),
        (WARNINGS, " # tiphys: ignore[TP201]", 1, ["TP002", "TP201", "TP715"]),
    ],
)
def test_of_manifests_those_rules_count_that_somebody_asks_for(options, comment, code, found, tiphys):
    done = tiphys("lint", "--manifests", "-", "--format", "json", *options, stdin=FALLING % comment)
    assert "Traceback" not in done.stderr
    assert sorted(item["rule"] for item in json.loads(done.stdout)["diagnostics"]) == sorted(found)
    assert done.returncode == code


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--manifests"], "--manifests needs a PATH"),
        (["--manifests", "nowhere"], "nowhere does not exist"),
        (["--manifests", "."], "no Kubernetes objects found in ."),
        (["--manifests", ".", "--kubernetes", "new"], "`new` is not a version of Kubernetes"),
        (["--manifests", ".", "--crds", "nowhere"], "no Kubernetes objects found in ."),
        (["--strict-references"], "require --manifests"),
        (["--crds", "."], "require --manifests"),
        (["--manifests", ".", "--baseline", "x.json"], "--manifests does not support a baseline"),
        (["--manifests", ".", "--ignore", "TP999"], "--ignore: unknown rule `TP999`"),
        (["--manifests", ".", "--ignore", "TP001"], "`TP001` cannot be disabled"),
    ],
)
def test_nothing_to_lint_is_no_success(arguments, said, tiphys):
    done = tiphys("lint", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


def test_an_error_of_one_object_hides_none_of_another_in_the_same_file(tiphys):
    """Pointers of two documents are alike: an error of a rule in one hid that of a schema in the next."""
    labelled = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: %s, labels: %s}\n"
    done = tiphys(
        "lint",
        "--manifests",
        "-",
        "--format",
        "concise",
        stdin="---\n".join([labelled % ("a", '{a: "b c"}'), labelled % ("b", "{a: 5}")]),
    )
    assert [line.split()[2] for line in done.stdout.splitlines()] == ["TP644", "TP604"]
