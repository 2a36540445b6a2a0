"""What the tests of kills judge: without it, a kill in the wrong place is a test that cannot fail."""

from __future__ import annotations

import os
import sys

import pytest

from support.killing import kill_at_every_write
from support.trees import read_tree

WRITES = """
import os
for name in "abcd":
    with open(name, "w") as file:
        file.write(name)
    open(name, "a").close()
open("objects/tmp_obj_1", "w").close()
os.link("a", "objects/e")
os.rename("b", "objects/f")
os.unlink("c")
open("../../outside", "w").close()
"""


def judged(one_in):
    """Return the names and contents of each state that is judged, in their order."""
    found = {}

    def make(place):
        (place / "work/objects").mkdir(parents=True)
        return place / "work"

    def judge(folder):
        number = int(folder.parent.name.split("-")[0])
        found[number] = {path: text for path, text in read_tree(folder).items() if "tmp_obj_" not in path}

    calls, states = kill_at_every_write(
        make, lambda _folder: [sys.executable, "-S", "-c", WRITES], dict(os.environ), judge, one_in=one_in
    )
    assert (calls > states, states) == (True, len(found))
    return [found[number] for number in sorted(found)]


def test_a_kill_is_judged_before_and_after_each_change_of_a_file():
    states = judged(1)
    assert states[:4] == [{}, {"a": b""}, {"a": b"a"}, {"a": b"a", "b": b""}]
    assert {"a": b"a", "b": b"b", "c": b"c", "d": b"d", "objects/e": b"a"} in states
    assert {"a": b"a", "c": b"c", "d": b"d", "objects/e": b"a", "objects/f": b"b"} in states
    assert {"a": b"a", "d": b"d", "objects/e": b"a", "objects/f": b"b"} in states


@pytest.mark.parametrize("one_in", [2, 3, 7])
def test_of_several_states_after_a_kill_the_same_are_judged_each_time_and_the_last_as_well(one_in):
    every, some = judged(1), judged(one_in)
    assert some[-1] == every[-1]
    assert all(state in every for state in some)
    assert len(every) // one_in <= len(some) <= len(every) // one_in + 4
    assert some == judged(one_in)
