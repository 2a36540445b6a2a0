"""Every string must reach the readers of Python with its type and its text."""

from __future__ import annotations

import json

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML
from yaml._yaml import CParser

from generator.syntax.emit import EmitError, Emitter, emit
from support.strings import everyday_strings, probe, swept_strings


def read_by_python(text: str) -> list[object]:
    """Return the document as YAML 1.1 (PyYAML) and YAML 1.2 (ruamel.yaml) read it."""
    return [yaml.load(text, Loader=yaml.CSafeLoader), YAML(typ="safe", pure=True).load(text)]


def test_strings_that_yaml_readers_disagree_on_read_the_same_in_python():
    data = probe(list(dict.fromkeys(everyday_strings() + swept_strings(2, 3))))
    text = emit(data)
    for read in read_by_python(text):
        assert read == data


SCALARS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    st.from_regex(r"[-+]?[0-9_.:eExob]{1,12}", fullmatch=True),
    st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,20}", fullmatch=True),
    st.text("ab #:-\n\\\"'", max_size=60),
    st.booleans(),
    st.integers(-(2**53) + 1, 2**53 - 1),
    st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9).map(float),
)
KEYS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
TREES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=20
)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.dictionaries(KEYS, TREES, max_size=5))
def test_any_data_reads_back_as_it_was_written(tree):
    text = emit(tree)
    for read in read_by_python(text):
        assert read == tree
        assert _types(read) == _types(tree)


def _types(node: object) -> object:
    if isinstance(node, dict):
        return {key: _types(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_types(item) for item in node]
    # A decimal that is whole is written as a whole number: 2.0 and 2 are one number for Helm.
    return float if isinstance(node, float | int) and not isinstance(node, bool) else type(node)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ({"a": {}}, "a: {}\n"),
        ({"a": []}, "a: []\n"),
        ({}, "{}\n"),
        ({"a": [{"b": 1, "c": [2, [3]]}]}, "a:\n  - b: 1\n    c:\n      - 2\n      - - 3\n"),
        ({"a": "x\ny\n"}, "a: |\n  x\n  y\n"),
        ({"a": ["x\n\n y"]}, "a:\n  - |-\n    x\n\n     y\n"),
        ({"on": "yes"}, '"on": "yes"\n'),
        ({"a": 0.1, "b": 1e-7, "c": 2.0, "d": -3}, "a: 0.1\nb: 0.0000001\nc: 2\nd: -3\n"),
        ({"a": "1.10", "b": "ghcr.io/acme/x:1", "c": "a b", "d": "5m"}, 'a: "1.10"\nb: ghcr.io/acme/x:1\nc: "a b"\nd: 5m\n'),
    ],
)
def test_written_in_the_style_that_reviewers_like(data, text):
    assert emit(data) == text


def test_header_comes_first():
    assert emit({"a": 1}, "Code generated") == "# Code generated\na: 1\n"


@pytest.mark.parametrize(
    "bad", [{"a": float("nan")}, {"a": float("inf")}, {1: "a"}, {"a": None}, {"a": object()}, {"a": "\ud800"}, {"k" * 2000: 1}]
)
def test_what_yaml_cannot_say_is_refused_rather_than_bent(bad):
    with pytest.raises(EmitError):
        emit(bad)


def test_shared_parts_are_written_once_and_alike():
    shared = {"a": ["b", {"c": "d"}]}
    emitter = Emitter()
    assert emitter.document({"x": shared, "y": {"z": shared}}) == emit(
        json.loads(json.dumps({"x": shared, "y": {"z": shared}}))
    )


def test_libyaml_is_there_so_that_tests_cover_the_fast_reader():
    assert CParser is not None


def test_a_null_is_refused_unless_another_program_made_it():
    data = {"a": None, "b": [None, {"c": None}], "d": "null"}
    with pytest.raises(EmitError):
        emit(data)
    text = Emitter(nulls=True).document(data)
    assert text == 'a: null\nb:\n  - null\n  - c: null\nd: "null"\n'
    assert read_by_python(text) == [data, data]
