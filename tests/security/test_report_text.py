"""Text of strangers stays text: no command of a CI, no reference of a forge, and never more of it than a person can read."""

from __future__ import annotations

import io
import json
import os
import re
import resource
import subprocess
import sys

import pytest
import yaml

from generator.cli.runner import Guarded
from generator.diagnostics import Diagnostic, Severity, Span
from generator.lint.suppressions import read
from generator.report import FORMATS
from generator.report.markup import escaped
from generator.syntax import abridged
from generator.syntax.abridged import MOST
from generator.syntax.abridged import abridged as bounded
from generator.syntax.emit import emit
from support.paths import ROOT
from support.repositories import Repository
from support.trees import write_tree
from support.workspace import workspace

COMMAND = re.compile(r"##\[|^\s*::", re.MULTILINE)
GITHUB = {"GITHUB_ACTIONS": "true"}
HOSTILE = "##[error]x"
SPEC = """\
apiVersion: tiphys/v1
kind: Pipeline
metadata:
  name: web
  description: "##[error]d"
  annotations: {a: "##[group]a"}
spec:
  image: {repository: ghcr.io/acme/web}
  values:
    plain: "##[error]x"
    key: {"##[error]k": a, "::error::k": b}
    lines: "a\\n ::error::b\\n\\t::error::c\\n##[error]d\\n"
    quotes: '"##[x] "'
  argocd: {info: [{name: "##[x]", value: "::error::x"}]}
  environments:
    dev: {image: {tag: "1.1.0"}}
    prod: {image: {tag: "1.0.0"}, values: {plain: "##[error]y"}}
"""


@pytest.fixture
def repository(tmp_path):
    made = Repository(tmp_path / "r")
    made.write("services/web/pipeline.yaml", SPEC)
    return made


def test_no_command_prints_what_the_runner_of_github_obeys(repository, tiphys):
    folder = repository.root
    assert tiphys("generate", cwd=folder, env=GITHUB).returncode == 0
    repository.git("add", "-A")
    repository.git(
        "-c", "user.name=##[error]Eve", "-c", "user.email=e@example.com", "commit", "-qm", "fix ##[error]y ::error::z"
    )
    repository.write("services/web/pipeline.yaml", SPEC.replace("1.1.0", "1.2.0").replace("##[error]x", "##[warning]z"))
    commands = [
        "history web --env dev", "history web --env dev --format json", "history web --env dev --format csv", "status",
        "render web --env dev", "plan web --env dev", "plan --env dev", "explain web --env dev values", "diff HEAD",
        "explain web --env dev values --format json", "diff HEAD --format json", "affected --since HEAD", "generate --diff",
        "check --format text", "check --format json", "lint --format sarif", "check --format junit", "check --format gitlab",
        "check --format markdown", "render web --env ::error::x", "explain ##[error]x", "bump ::error::a --env dev --image-tag 1",
    ]  # fmt: skip
    for command in commands:
        done = tiphys(*command.split(" "), cwd=folder, env=GITHUB)
        assert "Traceback" not in done.stderr, command
        for text in (done.stdout, done.stderr):
            assert not COMMAND.search(text), (command, [line for line in text.splitlines() if COMMAND.search(line)])


def test_annotations_are_still_obeyed(repository, tiphys):
    repository.write("services/web/pipeline.yaml", SPEC.replace("  image: {", "  imag: {"))
    done = tiphys("lint", cwd=repository.root, env=GITHUB)
    assert re.search(r"^::error file=services/web/pipeline.yaml,line=8", done.stdout, re.MULTILINE)
    assert "##[" not in done.stdout


def test_what_render_prints_on_github_is_the_same_yaml(repository, tiphys):
    here = tiphys("render", "web", "--env", "dev", cwd=repository.root)
    there = tiphys("render", "web", "--env", "dev", cwd=repository.root, env=GITHUB)
    assert here.stdout == there.stdout
    found = next(one for one in yaml.safe_load_all(there.stdout) if "plain" in one)
    assert found["plain"] == HOSTILE
    assert found["key"] == {"##[error]k": "a", "::error::k": "b"}
    assert found["lines"] == "a\n ::error::b\n\t::error::c\n##[error]d\n"


@pytest.mark.parametrize(
    "value",
    [
        "##[a",
        "###[a",
        "a##[",
        "a\n::b",
        "::a",
        "\n\n ::a\n",
        "x\r::a",
        "'##[\"",
        "\\##[",
        "##[\n::x",
        "a: ##[",
        "#[",
        "a::b",
        "a\n::\n",
    ],
)
def test_no_generated_file_holds_a_command_and_each_reads_back(value):
    text = emit({"a": value, value: [value, {value: value}]}, "Code")
    assert not COMMAND.search(text)
    assert yaml.safe_load(text) == {"a": value, value: [value, {value: value}]}


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_a_command_that_is_written_in_parts_is_none(size):
    raw = io.BytesIO()
    stream = Guarded(raw, encoding="utf-8")
    text = "::error::a\nb ::c\n  ::d\n##[e]\r::f\nx" + "::g\n"
    for start in range(0, len(text), size) if size > 2 else [0]:
        stream.write(text[start : start + size] if size > 2 else text)
    stream.flush()
    if size in (1, 2, 1000):
        assert not COMMAND.search(raw.getvalue().decode())
        assert b"b ::c" in raw.getvalue()
        assert b"x::g" in raw.getvalue()
    stream.detach()


@pytest.mark.parametrize(
    ("text", "live"),
    [
        ("GH-1", r"GH-1"),
        ("see JIRA-123", r"JIRA-123"),
        ("#1", r"#1"),
        ("acme/web#12", r"#12"),
        ("@acme/owners", r"@acme"),
        ("acme/web@cf1404fb1adcd33343c3282fb6eede1e0dae7715", r"[0-9a-f]{7}"),
        ("cf1404f", r"cf1404f"),
        ("in 0123456789abcdef0123456789abcdef01234567.", r"[0-9a-f]{7}"),
        ("!12 and %3 and ~bug and $5 and &6", r"[!%~$&]\w"),
        ("https://evil.example", r"://"),
        ("www.evil.example", r"www\."),
        ("a@evil.example", r"@evil"),
    ],
)
def test_markdown_of_ours_links_to_nothing_that_a_stranger_names(text, live):
    said = escaped(text)
    plain = re.sub(r"&#(\d+);", lambda match: chr(int(match[1])), said)
    assert not re.search(live, plain), said
    assert re.sub("<!-- -->", "", plain) == text, "a reader sees the text itself"


def test_a_suppression_that_names_a_rule_twelve_times_is_told_once():
    comment = f"a: 1 # tiphys: ignore[{', '.join(['TP201'] * 12)}, {', '.join(['TP9999'] * 12)}] because x\n"
    (found,) = read("p", comment)
    assert found.rules == ("TP201",)
    assert len(found.wrong) == 1


def test_a_spec_that_names_a_rule_twelve_times_has_one_name_in_its_finding(tiphys, tmp_path):
    folder = workspace(tmp_path / "w")
    spec = folder / "services/web/pipeline.yaml"
    comment = f"  # tiphys: ignore[{','.join(['TP201'] * 12)}] because x\n"
    spec.write_text(spec.read_text(encoding="utf-8").replace("  image:", f"{comment}  image:"), encoding="utf-8")
    done = tiphys("lint", "--format", "concise", cwd=folder)
    assert done.stdout.count("TP201") == 1, done.stdout


def peak(*arguments, seconds=60, megabytes=1500):
    """Run tiphys with bounds on its memory and time; return the process."""

    def bounds():
        resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))

    env = {key: value for key, value in os.environ.items() if not key.startswith(("GIT_", "GITHUB_"))} | {
        "PYTHONPATH": str(ROOT)
    }
    command = [sys.executable, "-m", "generator", *map(str, arguments)]
    return subprocess.run(command, env=env, capture_output=True, text=True, preexec_fn=bounds, timeout=600, check=False)


MANY = {
    "documents that are no objects": ("---\na: 1\n", 19_000, "TP608", 18_000),
    "a key again and again": ("a: b\n", 400_000, "TP007", 398_999),
    "objects that a rule refuses": (
        "---\napiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {a: b}\n", 3_000, "TP645", 2_000),
    "documents that are not YAML": ("---\nkind: [\n", 5_000, "TP001", 4_000),
}  # fmt: skip


@pytest.mark.parametrize(("one", "times", "rule", "left"), MANY.values(), ids=MANY)
def test_findings_without_end_are_counted_and_neither_time_nor_memory_runs_out(one, times, rule, left, tmp_path):
    path = tmp_path / "many.yaml"
    path.write_text(one * times, encoding="utf-8")
    done = peak("lint", "--manifests", path, "--format", "concise", megabytes=700)
    assert done.returncode == 1, done.stderr
    lines = [line for line in done.stdout.splitlines() if f" {rule} " in line]
    assert len(lines) == MOST + 1, (len(lines), done.stdout[-500:])
    assert lines[-1].endswith(f"… and {left:,} more {rule} in this file")


def test_a_stream_that_is_too_large_is_refused_by_its_size(tmp_path):
    path = tmp_path / "large.yaml"
    path.write_bytes(b"a: b\n" * 10_000_000)
    done = peak("lint", "--manifests", path, seconds=20)
    assert done.returncode == 1
    assert "error[TP006]: the file has 50,000,000 bytes" in done.stdout


def test_a_large_spec_is_refused_and_not_searched_for_what_to_show(tmp_path, tiphys):
    folder = workspace(tmp_path / "w")
    (folder / "services/web/pipeline.yaml").write_bytes(b"a: b\n" * 10_000_000)
    done = peak("-C", folder, "lint", seconds=20)
    assert done.returncode == 1
    assert "error[TP006]" in done.stdout


DEEP = {
    "lists": "a: " + "[" * 1000,
    "maps in the second document": "a: 1\n---\nb:\n  a: " + "{x: " * 1000,
    "blocks": "\n".join(" " * depth + "a:" for depth in range(1500)),
    "dashes": "- " * 3000,
    "closed lists": "[" * 2000 + "]" * 2000,
}


@pytest.mark.parametrize("text", DEEP.values(), ids=DEEP)
def test_manifests_that_are_nested_too_deep_are_a_finding_with_a_place(text, tiphys, tmp_path):
    write_tree(tmp_path, {"deep.yaml": text + "\n"})
    for form in FORMATS:
        done = tiphys("lint", "--manifests", "deep.yaml", "--format", form, cwd=tmp_path)
        assert (done.returncode, "Traceback" in done.stderr) == (1, False), done.stderr
    found = json.loads(tiphys("lint", "--manifests", "deep.yaml", "--format", "json", cwd=tmp_path).stdout)["diagnostics"]
    (deep,) = [one for one in found if one["rule"] == "TP006"]
    assert deep["message"] == "nested more than 100 levels deep"
    assert (deep["line"], deep["column"]) != (1, 1)


def many(number, rule="TP201", path="p", severity=Severity.WARNING, start=1):
    return [Diagnostic(path, Span(line, 1, line, 2), rule, severity, f"m {line}") for line in range(start, start + number)]


def test_the_rest_of_a_rule_keeps_its_severity_and_is_counted_once_however_often_lists_are_joined():
    found = bounded([*many(1500), *many(900, "TP202"), *many(1001, path="q", severity=Severity.ERROR)])
    assert len(found) == MOST + 1 + 900 + MOST + 1
    rests = [(one.path, one.rule, one.severity, one.message) for one in found if one.message.startswith("…")]
    assert rests == [
        ("p", "TP201", Severity.WARNING, "… and 500 more TP201 in this file"),
        ("q", "TP201", Severity.ERROR, "… and 1 more TP201 in this file"),
    ]
    again = bounded(sorted([*found, *many(10, start=5000)], key=lambda one: one.order))
    assert [one.message for one in again if one.message.startswith("…")] == [
        "… and 510 more TP201 in this file",
        "… and 1 more TP201 in this file",
    ]
    assert bounded(again) == again
    assert abridged.MOST == 1000
