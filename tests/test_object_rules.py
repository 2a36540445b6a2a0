"""Rules over Kubernetes objects find what would break in the cluster, at the value, and leave the rest alone."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as some

from generator.diagnostics import dotted
from generator.examine import dispatch, examine
from generator.object_rules.every import OBJECT_RULES
from generator.objects import KubeObject, Objects, at

HERE = Path(__file__).parent / "objects"
CASES = [
    (path.stem, name, case) for path in sorted(HERE.glob("*.yaml")) for name, case in yaml.safe_load(path.read_text()).items()
]


def objects(items):
    return Objects(KubeObject(item) for item in items)


@pytest.mark.parametrize(("rule", "case"), [pytest.param(rule, case, id=f"{rule}: {name}") for rule, name, case in CASES])
def test_a_rule_finds_what_would_break_in_the_cluster(rule, case):
    (known,) = [one for one in OBJECT_RULES if one.name == rule]
    found = list(examine(objects(case["objects"]), dispatch([known])))
    said = [f"{one.object.title}: {dotted(one.finding.pointer)}: {one.finding.message}" for one in found]
    assert sorted(said) == sorted(case["found"])
    assert all(one.finding.hint for one in found)


def test_every_rule_has_a_case_that_fails_and_one_that_passes():
    for rule in OBJECT_RULES:
        outcomes = {bool(case["found"]) for name, _, case in CASES if name == rule.name}
        assert outcomes == {True, False}, rule.name
    assert {rule for rule, _, _ in CASES} == {rule.name for rule in OBJECT_RULES}


def places(node, path=()):
    yield path
    for key, value in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        yield from places(value, (*path, key))


ANY = some.recursive(
    some.none() | some.booleans() | some.integers(-3, 70000) | some.floats(allow_nan=False) | some.text(max_size=8),
    lambda inner: (
        some.lists(inner, max_size=3) | some.dictionaries(some.sampled_from(["name", "port", "spec", "x"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(max_examples=400, deadline=None)
@given(some.sampled_from(CASES), some.data())
def test_no_manifest_however_odd_stops_the_rules(case, data):
    items = deepcopy(case[2]["objects"])
    for _ in range(data.draw(some.integers(1, 3))):
        path = data.draw(some.sampled_from([path for path in places(items) if len(path) > 1]))
        parent = at(items, *path[:-1])
        if parent is not None:
            parent[path[-1]] = data.draw(ANY)
    for one in examine(objects([item for item in items if isinstance(item, dict)]), dispatch(OBJECT_RULES)):
        assert isinstance(one.finding.pointer, tuple)
        assert one.finding.message
        assert one.finding.hint
