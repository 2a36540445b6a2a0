"""Data remembered by its content."""

from __future__ import annotations

import pytest

from generator.syntax.contents import Contents, content_of
from generator.syntax.secrets.looks import Hidden

VALUES = [
    1,
    True,
    1.0,
    "1",
    None,
    [1],
    [True],
    {"a": 1},
    {"a": True},
    {"a": "1"},
    {"a": 1, "b": 2},
    {"b": 2, "a": 1},
    "",
    [],
    {},
]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_a_wrong_value_is_not_taken_for_a_right_one_that_is_equal_in_python(value):
    known = Contents()
    known.add(content_of("here", value))
    assert [one for one in VALUES if content_of("here", one) in known] == [value]
    assert all(type(one) is type(value) for one in VALUES if content_of("here", one) in known)
    assert content_of("there", value) not in known


def test_equal_data_is_known_again_whatever_it_shares():
    known, shared = Contents(), {"path": "/healthz"}
    known.add(content_of("here", [shared, shared]))
    assert content_of("here", [{"path": "/healthz"}, {"path": str(b"/healthz", "ascii")}]) in known


@pytest.mark.parametrize("value", [Hidden("hunter2", "(masked)"), {"a": object()}, "x" * 2_000])
def test_what_is_not_plain_or_short_is_looked_at_each_time(value):
    known = Contents()
    known.add(content_of("here", value))
    assert content_of("here", value) not in known


def test_services_that_share_nothing_do_not_fill_the_memory():
    known = Contents()
    for number in range(10_000):
        known.add(content_of("here", f"{number:0900}"))
    assert sum(len(content) for _, content in known._known) <= 2_000_000
