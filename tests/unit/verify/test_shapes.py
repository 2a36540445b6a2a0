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
