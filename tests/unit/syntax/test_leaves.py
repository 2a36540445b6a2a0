"""Which data counts as the same when two sides are compared."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from generator.syntax.leaves import differences, is_same
from generator.syntax.secrets.looks import Hidden

SCALARS = st.sampled_from([0, 1, 1.0, -0.0, 0.0, float("nan"), True, False, None, "", "1", "true", Hidden("1", "***"), "a"])
DATA = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)


@given(DATA, DATA)
def test_a_change_that_a_cluster_would_see_is_never_called_the_same(old, new):
    assert is_same(old, new) == (json.dumps(old, sort_keys=True) == json.dumps(new, sort_keys=True))


@given(DATA, DATA)
def test_what_is_the_same_has_no_differences_and_what_is_not_has_some(old, new):
    assert bool([*differences(old, new)]) != is_same(old, new)
