"""Plain manifests are read as Kubernetes reads them, and what is wrong is said at the place in their files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as some

from generator.syntax.reader import go
from generator.syntax.reader.stream import read_stream
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


@pytest.mark.parametrize(
    ("options", "comment", "code", "found"),
    [
        ([], "", 1, ["TP201", "TP715", "TP644"]),
        (["--select", "TP644"], "", 1, ["TP644"]),
        (["--ignore", "labels-valid", "--ignore", "TP2"], "", 0, ["TP715"]),
        (["--fail-level", "never"], "", 0, ["TP201", "TP715", "TP644"]),
        (["--fail-level", "warning", "--ignore", "TP2", "--ignore", "TP644"], "", 0, ["TP715"]),
        (["--ignore", "TP644"], " # tiphys: ignore[TP201, TP715] because the cache warms up", 0, []),
        (["--ignore", "TP644"], " # tiphys: ignore[TP203, TP715] because it is unused", 1, ["TP002", "TP201"]),
        (["--ignore", "TP644"], " # tiphys: ignore[TP201]", 1, ["TP002", "TP201", "TP715"]),
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
        (["--manifests", ".", "--kubernetes", "new"], "`new` is not a Kubernetes version"),
        (["--strict-references"], "require --manifests"),
        (["--manifests", ".", "--baseline", "x.json"], "--manifests does not support a baseline"),
        (["--manifests", ".", "--ignore", "TP999"], "--ignore: unknown rule `TP999`"),
        (["--manifests", ".", "--ignore", "TP001"], "`TP001` cannot be disabled"),
    ],
)
def test_nothing_to_lint_is_no_success(arguments, said, tiphys):
    done = tiphys("lint", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("on", True),
        ("N", False),
        ("~", None),
        ("012", 10),
        ("0x1F", 31),
        ("0o17", 15),
        ("0b11", 3),
        ("1_000", 1000),
        ("-7", -7),
        ("089", 89),
        ("1e3", 1000),
        ("1.5", 1.5),
        (".5e1", 5),
        ("1:30", "1:30"),
        ("2024-01-01", "2024-01-01"),
        ("0x", "0x"),
        ("-", "-"),
        ("+", "+"),
        ("9" * 5000, "9" * 5000),
        ("v1", "v1"),
    ],
)
def test_scalars_mean_what_they_mean_to_kubernetes(text, value):
    found = go.plain(text)
    assert (type(found), found) == (type(value), value)


TEXT = some.text(some.characters(categories=["L", "N", "P", "S"], include_characters=" "))
TREES = some.recursive(
    some.none() | some.booleans() | some.integers(-(10**15), 10**15) | TEXT,
    lambda inner: some.lists(inner, max_size=4) | some.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


@given(some.lists(some.dictionaries(TEXT, TREES, min_size=1), min_size=1, max_size=4))
def test_what_kubernetes_would_read_is_read_document_by_document(documents):
    text = "".join(f"---\n{json.dumps(document, ensure_ascii=False)}\n" for document in documents)
    parts = list(read_stream("x", text))
    assert [part.source.data for part in parts] == documents
    for number, part in enumerate(parts):
        assert part.problems == []
        assert part.source.places[()].value.line == 2 * number + 2
        for key in part.source.data:
            assert part.source.places[(key,)].key.line == 2 * number + 2


@given(some.text(alphabet="ab:-{}[]&*!|>'\"%#,\n \t0.~<", max_size=60))
def test_no_text_however_odd_stops_the_reader(text):
    for part in read_stream("x", text):
        assert part.problems or part.source.data is not None
        assert part.source.places is not None


def test_aliases_cannot_grow_without_bound():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    (part,) = read_stream("x", "\n".join(lines))
    assert [problem.rule for problem in part.problems] == ["TP006"]


def test_a_set_of_a_thousand_is_read_like_pyyaml_reads_it():
    text = yaml.safe_dump_all({"kind": "ConfigMap", "metadata": {"name": f"c{n}"}, "data": {"a": "b"}} for n in range(1000))
    assert [part.source.data for part in read_stream("x", text)] == list(yaml.safe_load_all(text))
