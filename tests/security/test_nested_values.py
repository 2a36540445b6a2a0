"""Values of expressions that nest deeper than any expression end in a verdict or an error, never in a traceback."""

from __future__ import annotations

import pytest

from support.policies import bound, config_maps, judged

DEEP, COUNT = 35, 60
"""Brackets of one variable, which is a little less than the limit of an expression, and variables."""
LISTS = "[" * DEEP + "?" + "]" * DEEP
MAPS = "{'a': " * DEEP + "?" + "}" * DEEP
MIXED = "[{'a': [1, " * 9 + "?" + "]}]" * 9
DOUBLED = "[?, ?]"


def chain(name, first, nested):
    """Return variables, each of which holds the one before it, and the first of them a value."""
    later = [{"name": f"{name}{n}", "expression": nested.replace("?", f"variables.{name}{n - 1}")} for n in range(1, COUNT + 1)]
    return [{"name": f"{name}0", "expression": first}, *later]


def two(nested, other="1"):
    """Return two chains of variables whose ends are called `left` and `right`."""
    names = [{"name": name, "expression": f"variables.{name[0]}{COUNT}"} for name in ("left", "right")]
    return [*chain("l", "1", nested), *chain("r", other, nested), *names]


LEFT, RIGHT = "variables.left", "variables.right"
NESTED = {
    "a list with itself": (two(LISTS), f"{LEFT} == {LEFT}", True),
    "equal lists": (two(LISTS), f"{LEFT} == {RIGHT}", True),
    "lists that differ at the bottom": (two(LISTS, "2"), f"{LEFT} == {RIGHT}", False),
    "lists that are not the same": (two(LISTS, "2"), f"{LEFT} != {RIGHT}", True),
    "equal maps": (two(MAPS), f"{LEFT} == {RIGHT}", True),
    "maps that differ at the bottom": (two(MAPS, "2"), f"{LEFT} == {RIGHT}", False),
    "lists and maps in each other": (two(MIXED, "1.0"), f"{LEFT} == {RIGHT}", True),
    "a list in a list": (two(LISTS), f"{LEFT} in [{RIGHT}]", True),
    "a map in none of a list": (two(MAPS, "'1'"), f"{LEFT} in [1, {RIGHT}, 'a']", False),
    "a list in a macro": (
        two(LISTS),
        f"[{LEFT}].exists(v, v == {RIGHT}) && [{LEFT}].filter(v, v == {RIGHT}) == [{LEFT}]",
        True,
    ),
}


@pytest.mark.parametrize("name", NESTED)
def test_a_policy_whose_variables_nest_values_deeply_still_gets_its_verdict(name):
    variables, expression, passes = NESTED[name]
    found, seconds = judged(
        bound("p", variables=variables, validations=[{"expression": expression, "message": "no"}]), config_maps(3)
    )
    assert [one.message for one in found] == ([] if passes else ["p: no"] * 3)
    assert seconds < 3


@pytest.mark.parametrize("part", [f"{LEFT} == {RIGHT}", f"{LEFT} != {RIGHT}", f"{LEFT} in [{RIGHT}, {RIGHT}]"])
def test_values_that_share_their_parts_cost_what_they_would_without(part):
    found, seconds = judged(bound("p", variables=two(DOUBLED), validations=[{"expression": part}]), config_maps(3))
    assert {one.message for one in found} == {"p: the policy costs too much to evaluate for ConfigMap"}
    assert seconds < 3


@pytest.mark.parametrize("field", ["matchConditions", "messageExpression"])
def test_conditions_and_messages_compare_deep_values_as_well(field):
    expression = f"{LEFT} == {RIGHT}"
    parts = {field: [{"name": "a", "expression": f"{LISTS.replace('?', '1')} == {LISTS.replace('?', '1')}"}]}
    if field == "messageExpression":
        parts = {"validations": [{"expression": "false", field: f"{expression} ? 'equal' : 'different'"}]}
    found, _ = judged(bound("p", variables=two(LISTS), **parts), config_maps(1))
    assert [one.message for one in found] == (["p: equal"] if field == "messageExpression" else [])
