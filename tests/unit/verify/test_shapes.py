"""Values that arrive as something else: which are told, and which are what was written."""

from __future__ import annotations

import pytest

from generator.kubernetes.objects import KubeObject
from generator.verify import shapes


def told(text, values):
    item = KubeObject({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"a": text}})
    texts = shapes.suspects([item])
    return [*shapes.misprinted(texts), *shapes.changed(texts, values, values)]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1_000_000, "1e+06"),
        (1_234_567, "1.234567e+06"),
        (8388608, "up to 8.388608e+06 bytes"),
        (-25_000_000, "-2.5e+07"),
        (123456789012, "arn:1.23456789012e+11:x"),
        (10**100, "1e+100"),
        (1e-05, "1e-05"),
        (2.5e21, "2.5e+21"),
        (2**53 + 1, "9007199254740992"),
        ({"b": 2_000_000, "a": None}, "it is map[a:<nil> b:2e+06]"),
    ],
)
def test_a_value_that_go_prints_otherwise_is_told_where_it_is_written(value, text):
    assert [found.path for found in told(text, {"deep": {"one": value}})][:1] == [("deep", "one")]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (999_999, "1e+06"),
        (1_000_000, "1000000"),
        (1_000_000, "5e+06"),
        (1_000_000, "x1e+06"),
        (1_000_000, "1e+06.5"),
        ("1e+06", "1e+06"),
        (True, "1e+06"),
        (0.0001, "0.0001"),
        (2**53, "9007199254740992"),
        ({"a": 1}, "map[b:1]"),
        (float("inf"), "1e+06"),
    ],
)
def test_what_was_written_like_that_or_comes_from_elsewhere_is_not_told(value, text):
    assert told(text, {"one": value}) == []


def test_a_number_that_its_author_wrote_with_an_exponent_is_their_own():
    assert told("1e+06", {"number": 1_000_000, "text": "from 1e+06 on"}) == []


@pytest.mark.parametrize("text", ["%!d(float64=8080)", "a%!s(<nil>)", "%!d(MISSING)", "%!(EXTRA string=hunter2)"])
def test_what_printf_could_not_print_is_told_without_the_value(text):
    (found,) = told(text, {})
    assert "printf" in found.message
    assert "hunter2" not in found.message


@pytest.mark.parametrize("text", ["50%!", "100%! (sic)", "%!d"])
def test_a_text_with_the_same_signs_is_left_alone(text):
    assert told(text, {}) == []


def test_only_a_text_is_told_because_a_number_is_still_the_same():
    item = KubeObject({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "a"}, "spec": {"nodePort": 1e6}})
    assert shapes.suspects([item]) == []


def unquoted(value, arrived, *, known=False, at="version"):
    item = KubeObject({"apiVersion": "acme.example.com/v1", "kind": "Widget", "metadata": {"name": "a"}, "spec": {at: arrived}})
    return [found.message for found in shapes.unquoted([item], {"app": {"version": value}}, lambda _item, _at: known)]


@pytest.mark.parametrize(
    ("value", "arrived", "shown"),
    [
        ("1.10", 1.1, "1.1"),
        ("0123", 83, "83"),
        ("0x1F", 31, "31"),
        ("1e3", 1000.0, "1000"),
        ("on", True, "true"),
        ("2_000", 2000, "2000"),
    ],
)
def test_a_text_without_quotes_in_the_chart_is_told_when_it_arrives_as_something_else(value, arrived, shown):
    (message,) = unquoted(value, arrived)
    assert message == f'`app.version` is the text "{value}", but arrives as {shown} in Widget a, spec.version'


@pytest.mark.parametrize(
    ("value", "arrived", "more"),
    [
        ("1.10", "1.10", {}),
        ("8080", 8080, {}),
        ("true", True, {}),
        ("1.10", 1.1, {"at": "other"}),
        ("1.10", 1.1, {"known": True}),
        ("on", True, {"known": True}),
        ("0123", 83, {"known": None}),
        (1.1, 1.1, {}),
        ("main", "main", {}),
        ("on", 1, {}),
    ],
)
def test_a_text_that_arrives_whole_or_where_a_number_is_meant_is_not_told(value, arrived, more):
    assert unquoted(value, arrived, **more) == []


def test_leading_zeros_are_lost_wherever_a_number_is_meant():
    assert len(unquoted("0123", 83, known=True)) == 1
