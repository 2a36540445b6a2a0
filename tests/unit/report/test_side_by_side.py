"""Two values next to each other: each line is on its side, what is the same is aligned, and no value takes long."""

from __future__ import annotations

import time

from hypothesis import given, settings
from hypothesis import strategies as st

from generator.report.diffs.side_by_side import Row, rows
from generator.syntax.leaves import ABSENT

LINES = st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=12)


@settings(deadline=None)
@given(LINES, LINES)
def test_no_line_is_lost_or_on_the_wrong_side(old, new):
    found = list(rows("\n".join(old), "\n".join(new)))
    assert sum(row.left_out or row.before is not None for row in found) == len(old)
    assert sum(row.left_out or row.after is not None for row in found) == len(new)
    if not any(row.left_out for row in found):
        assert [row.before for row in found if row.before is not None] == old
        assert [row.after for row in found if row.after is not None] == new


@settings(deadline=None)
@given(LINES, LINES, LINES)
def test_what_is_added_between_lines_that_stay_is_all_that_differs(before, added, after):
    old = [f"x{n}{line}" for n, line in enumerate(before + after)]
    new = old[: len(before)] + [f"y{n}{line}" for n, line in enumerate(added)] + old[len(before) :]
    assert [row for row in rows("\n".join(old), "\n".join(new)) if row.differs] == [
        Row(None, line) for line in new[len(before) : len(before) + len(added)]
    ]


def test_a_value_that_is_new_has_lines_on_its_side_alone():
    assert list(rows(ABSENT, "a\nb")) == [Row(None, "a"), Row(None, "b")]


def test_lines_far_from_any_change_are_counted_only():
    old = [f"l{n}" for n in range(30)]
    found = list(rows("\n".join(old), "\n".join([*old[:15], "new", *old[16:]])))
    assert [row.left_out for row in found if row.left_out] == [12, 11]
    assert [row for row in found if row.differs] == [Row("l15", "new")]


def test_a_line_that_repeats_between_others_makes_no_page_hang():
    began = time.process_time()
    sides = ["\n".join(f"a\n{side}{n}" for n in range(20_000)) for side in "uv"]
    assert len(list(rows(*sides))) == 40_000
    assert time.process_time() - began < 2
