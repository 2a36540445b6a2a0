"""Rules over Kubernetes objects find what would break in the cluster, at the value, and leave the rest alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from generator.diagnostics import Severity, dotted
from generator.kubernetes import target
from generator.kubernetes.applicationsets.expansion import ApplicationSets, applications, with_sets
from generator.kubernetes.objects import KubeObject, Objects, at
from generator.kubernetes.repository import place
from generator.lint.engine import dispatch, examine, outside
from generator.lint.registry import object_rules
from generator.lint.rules.rule import Rule
from generator.syntax.budget import Budget
from generator.syntax.merge import lookup
from support import at_hand
from support.objects import SHARED, cases_of_rules, written

HERE = Path(__file__).with_name("object_rules")
CASES = cases_of_rules(HERE)


def objects(case):
    items = list(map(KubeObject, map(written, case["objects"])))
    of, sets = None, ApplicationSets(Budget())
    if "repository" in case:
        given = case["repository"]
        files = given["files"] if isinstance(given["files"], dict) else dict.fromkeys(given["files"], "")
        folders = {folder: [one for one in items if one.name in names] for folder, names in given.get("folders", {}).items()}
        of = at_hand.repository(files, folders, **{key: given[key] for key in ("remotes", "inferred") if key in given})
        sets = at_hand.sets(of, files)
    found = Objects(
        [*items, *applications(items, sets)],
        complete=case.get("complete", False),
        namespace=case.get("namespace", ""),
        target=target.of(case.get("target")),
    )
    with_sets(found, sets)
    if of is not None:
        place(found, of)
    return found


def rule_called(name):
    (known,) = [one for one in object_rules() if one.name == name]
    return known


@pytest.mark.parametrize(("rule", "case"), [pytest.param(rule, case, id=f"{rule}: {name}") for rule, name, case in CASES])
def test_a_rule_finds_what_would_break_in_the_cluster(rule, case):
    found = list(examine(objects(case), dispatch([rule_called(rule)])))
    said = [f"{one.object.title}: {dotted(one.finding.pointer)}: {one.finding.message}" for one in found]
    assert sorted(said) == sorted(case["found"])
    assert all(one.finding.hint for one in found)


@pytest.mark.parametrize(
    ("rule", "case"),
    [pytest.param(rule, case, id=f"{rule}: {name}") for rule, name, case in CASES if "outside" in case],
)
def test_what_cannot_be_judged_here_is_known_by_name(rule, case):
    found = outside(objects(case), dispatch([rule_called(rule)]))
    said = [f"{item.title}: {dotted(reference.pointer)}: {reference.kind} {reference.name}" for item, reference in found]
    assert said == case["outside"]


@pytest.mark.parametrize(
    ("kind", "field", "length", "severity"),
    [
        ("ConfigMap", "data", 1_048_577, Severity.ERROR),
        ("ConfigMap", "data", 1_048_576, Severity.WARNING),
        ("ConfigMap", "binaryData", 1_398_100, Severity.WARNING),
        ("ConfigMap", "binaryData", 1_398_104, Severity.ERROR),
        ("Secret", "data", 1_398_104, Severity.ERROR),
        ("Secret", "stringData", 1_048_577, Severity.ERROR),
        ("ConfigMap", "data", 262_000, None),
    ],
)
def test_what_the_api_server_refuses_for_its_size_is_an_error_and_what_apply_refuses_a_warning(kind, field, length, severity):
    item = KubeObject({"apiVersion": "v1", "kind": kind, "metadata": {"name": "a"}, field: {"a": "x" * length}})
    found = list(examine(Objects([item]), dispatch([rule_called("object-size-fits")])))
    assert [one.severity for one in found] == ([severity] if severity else [])


def test_every_rule_has_a_case_that_fails_and_one_that_passes():
    for rule in object_rules():
        outcomes = {bool(case["found"]) for name, _, case in CASES if name == rule.name}
        assert outcomes == {True, False}, rule.name
    assert {rule for rule, _, _ in CASES} == {rule.name for rule in object_rules()}
    referring = {rule.name for rule in object_rules() if rule.refers}
    assert referring == {rule for rule, _, case in CASES if case.get("outside")}


def test_a_rule_costs_nothing_where_there_is_nothing_for_it_to_look_at():
    class Unasked(Rule):
        @property
        def check(self):
            raise AssertionError("a rule is imported and asked for its own kinds, and by the keys that it needs, alone")

    rule = Unasked(*object_rules()[0])
    others = [rule._replace(looks_at=(("example.com", "Other"),)), rule._replace(needs={"nowhere"})]
    assert list(examine(Objects(map(KubeObject, SHARED.values())), dispatch(others))) == []


def places(node, path=()):
    yield path
    for key, value in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        yield from places(value, (*path, key))


KEYS = sorted({str(part) for item in SHARED.values() for path in places(item) for part in path if isinstance(part, str)})
ANY = some.recursive(
    some.none()
    | some.booleans()
    | some.integers(-3, 70000)
    | some.floats()
    | some.text(max_size=8)
    | some.sampled_from([*KEYS, "web:" + "9" * 5000, "9" * 5000, "a.b.svc.c", "*.b", "9%"]),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.sampled_from(KEYS), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=500, deadline=None)
@given(some.sampled_from(CASES), some.data())
def test_no_manifest_however_odd_stops_the_rules_or_sends_a_finding_nowhere(case, data):
    items = [written(item) for item in case[2]["objects"]]
    for _ in range(data.draw(some.integers(1, 3))):
        path = data.draw(some.sampled_from([path for path in places(items) if len(path) > 1]))
        parent = at(items, *path[:-1])
        if parent is not None:
            parent[path[-1]] = data.draw(ANY)
    mutated = Objects([KubeObject(item) for item in items], complete=data.draw(some.booleans()))
    for one in examine(mutated, dispatch(object_rules())):
        found, above = (lookup(one.object.data, pointer)[0] for pointer in (one.finding.pointer, one.finding.pointer[:-1]))
        assert found or above, one
        assert one.finding.message
        assert one.finding.hint
    for item, reference in outside(mutated, dispatch(object_rules())):
        assert lookup(item.data, reference.pointer)[0]
