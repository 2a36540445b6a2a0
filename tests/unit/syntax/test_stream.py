"""Manifests are read as Kubernetes reads them, document by document."""

from __future__ import annotations

import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as some

from generator.syntax.reader import go
from generator.syntax.reader.stream import read_stream


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


@pytest.mark.parametrize(
    ("kind", "hint"),
    [
        ("ApplicationSet", "write the value in quotes: '{{ … }}'"),
        ("Service", "render it first: helm template … | tiphys lint --manifests -"),
    ],
)
def test_a_placeholder_without_quotes_is_told_what_to_do_about_it(kind, hint):
    (part,) = read_stream("a.yaml", f"kind: {kind}\nspec:\n  host: {{{{ .host }}}}\n")
    assert [(one.rule, one.span.line, one.hint) for one in part.problems] == [("TP001", 3, hint)]
