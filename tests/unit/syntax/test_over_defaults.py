"""Data over defaults, which is accepted quickly where the same was right before."""

from __future__ import annotations

import pytest

from generator.syntax.schema.over_defaults import OverDefaults

SCHEMA = {
    "type": "object",
    "properties": {
        "probe": {"type": "object", "properties": {"after": {"type": "integer"}}, "additionalProperties": False},
        "limits": {"type": "object", "properties": {"after": {"type": "string"}}, "additionalProperties": False},
    },
    "additionalProperties": False,
}


@pytest.mark.parametrize("other", [True, 1.0, "1", None, [1], {"of": 1}])
def test_a_value_of_the_wrong_type_is_refused_after_an_equal_one_was_right(other):
    schema = OverDefaults(SCHEMA, {"probe": {}, "limits": {}})
    assert schema.accepts({"probe": {"after": 1}})
    assert not schema.accepts({"probe": {"after": other}})


def test_what_is_right_at_one_key_is_not_taken_as_right_at_another():
    schema = OverDefaults(SCHEMA, {})
    assert schema.accepts({"probe": {"after": 1}})
    assert not schema.accepts({"limits": {"after": 1}})


def test_what_was_refused_is_refused_again():
    schema = OverDefaults(SCHEMA, {})
    assert [schema.accepts({"probe": {"later": 1}}) for _ in range(3)] == [False] * 3
