"""A rule in a pull request of anyone keeps no run busy, and takes no memory of note."""

from __future__ import annotations

import resource
import time

import pytest

from generator.kubernetes.objects import KubeObject, Objects
from generator.lint import own_rules
from generator.lint.users import MOST_TOGETHER
from generator.syntax.budget import Budget
from generator.syntax.reader import parse
from support.policies import bound, config_maps, judged

RULE = """\
apiVersion: tiphys/v1
kind: Rule
metadata: {name: hostile}
spec:
  message: a
  match: {kinds: [{kind: ConfigMap}]}
  expression: %s
  cases: [{object: {apiVersion: v1, kind: ConfigMap, data: {}}, passes: true}]
"""
TEN = "[1,2,3,4,5,6,7,8,9,10]"


def nested(depth):
    return "1 == 1" if depth == 0 else f"{TEN}.all(a{depth}, {nested(depth - 1)})"


def grown(depth):
    return f"object.data.map(k, {TEN})" if depth == 0 else f"[{grown(depth - 1)}].map(x, x + x + x + x + x + x + x + x)"


HOSTILE = {
    "loops in loops": nested(30),
    "lists that grow": f"has(object.data.a) ? true : size({grown(30)}) > 0",
    "texts that grow": f"{TEN}.map(a, {TEN}.map(b, {TEN}.map(c, '{'x' * 3000}').join('')).join('')).join('') == 'a'",
    "a regular expression": f"{TEN}.all(a, '{'a' * 2000}'.matches('(a|aa|a?)*(a|aa|a?)*b{{900}}') == false)",
    "patterns that are made": f"{TEN}.all(a, {TEN}.all(b, !('x'.matches('(c{{999}}){{2}}' + string(a) + string(b)))))",
    "patterns that are too large": f"{TEN}.all(a, {TEN}.all(b, 'x'.matches('(c{{999}}){{3}}') || true))",
    "a pattern that meets a long text": f"{TEN}.map(a, {TEN}.map(b, '{'x' * 3000}').join('')).all(t, !(t.matches('zq0')))",
    "sums of a long list": f"{grown(4)}.map(a, {TEN}.map(b, {TEN}.sum())).size() == 0",
    "a part that begins everywhere": f"{TEN}.all(a, {TEN}.all(b, !('{'a' * 9000}'.contains('{'a' * 98}b'))))",
    "operators in brackets": "(" * 12 + "1" + ("+1" * 39 + ")") * 12 + " == 5",
    "a sum that overflows": "[" + "9" * 18 + ", 1.5].sum() > 1.0",
    "brackets": "(" * 2000 + "1" + ")" * 2000,
    "operators": "+".join(["1"] * 2000),
    "signs": "!" * 4000 + "true",
    "fields": "object" + ".a" * 1900,
    "a number": "9" * 4000 + " > 1",
    "maps": "{" + ", ".join(f"'{n}': {n}" for n in range(300)) + "} == {}",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_expression_takes_more_than_a_moment(name):
    source = parse("rules/hostile.yaml", (RULE % ("'" + HOSTILE[name].replace("'", "''") + "'")).encode())
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    found = own_rules.of([source], Budget(MOST_TOGETHER))
    for rule in found.rules:
        items = [KubeObject({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"a": "b"}})]
        assert all(one.message for item in items for one in rule.check(item, Objects(items)))
    assert time.process_time() - began < 3
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200 * 1024


def test_all_evaluations_of_a_run_have_one_budget():
    text = RULE % "has(object.data.x) || object.data.all(k, object.data.all(l, k != l || k == l))"
    (rule,) = own_rules.of([parse("rules/hostile.yaml", text.encode())], Budget(5_000_000)).rules
    data = {"apiVersion": "v1", "kind": "ConfigMap", "data": {str(n): "" for n in range(60)}}
    items = [KubeObject(data)] * 100
    said = [one.message for item in items for one in rule.check(item, Objects(items))]
    assert said == ["hostile: the rules of this workspace cost too much, so that this one was not evaluated for all objects"]


@pytest.mark.parametrize(
    "expression",
    [
        "{'a': 1}[object.data.password.lowerAscii()] == 1",
        "quantity('x' + object.data.password.upperAscii()) == quantity('1')",
        "int(object.data.password.split('').join('-')) == 1",
        "double(object.data.password + 'x') == 1.0",
        "'a'.matches('(' + object.data.password.lowerAscii())",
        "[object.data.large, 1.5].sum() > 1.0",
        "[0][int(object.data.number) * 1000 + 7] == 1",
        "{1: 2}[int(object.data.number) + 1] == 1",
    ],
)
def test_an_error_of_a_rule_quotes_no_value_which_may_be_made_from_a_secret(expression):
    expression = f"!has(object.data.password) || {expression}"
    text = RULE % ("'" + expression.replace("'", "''") + "'")
    (rule,) = own_rules.of([parse("rules/hostile.yaml", text.encode())], Budget(MOST_TOGETHER)).rules
    data = {"password": "Sup3rS3cret", "large": 10**400, "number": "83749201"}
    items = [KubeObject({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": data})]
    (said,) = [one.message for item in items for one in rule.check(item, Objects(items))]
    assert "s3cret" not in said.replace("-", "").lower()
    assert "8374920" not in said


def test_the_cases_of_all_rules_stop_at_the_budget_of_the_run():
    text = RULE % f"'{nested(6)} && size(object.data) == 0'"
    found = own_rules.of(
        [parse(f"rules/r{number}.yaml", text.replace("hostile", f"r{number}").encode()) for number in range(60)],
        Budget(5_000_000),
    )
    said = {problem.message for problem in found.problems}
    assert "the rules of this workspace cost too much, so that case 1 was not evaluated" in said


def test_a_rule_that_every_object_breaks_stops_before_it_fills_the_memory():
    text = (RULE % "'false'").replace("passes: true", "passes: false")
    (rule,) = own_rules.of([parse("rules/hostile.yaml", text.encode())], Budget(3_000_000)).rules
    items = [KubeObject({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {}})] * 5_000
    said = [one.message for item in items for one in rule.check(item, Objects(items))]
    assert 200 < len(said) < 400
    assert "cost too much" in said[-1]


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("part", ["validations", "matchConditions", "variables", "messageExpression"])
def test_no_expression_of_a_policy_takes_more_than_a_moment(name, part):
    hostile = {"name": "a", "expression": HOSTILE[name]}
    spec = {part: [hostile]}
    if part == "messageExpression":
        spec = {"validations": [{"expression": "false", part: HOSTILE[name]}]}
    found, seconds = judged(bound("p", **spec), config_maps(3))
    assert all(one.message for one in found)
    assert seconds < 3


def test_variables_that_build_on_each_other_neither_recurse_nor_grow():
    chain = [{"name": "v0", "expression": "'xxxxxxxx'"}]
    chain += [{"name": f"v{n}", "expression": f"variables.v{n - 1} + variables.v{n - 1}"} for n in range(1, 3000)]
    found, seconds = judged(bound("p", variables=chain), config_maps(3))
    assert all("costs too much" in one.message for one in found)
    assert found
    assert seconds < 3


def test_many_policies_over_many_objects_end_in_an_error_at_the_budget_of_the_run():
    every = [item for number in range(3000) for item in bound(f"p{number}")]
    found, seconds = judged(every, config_maps(400))
    assert any("cost too much together" in one.message for one in found)
    assert seconds < 20
