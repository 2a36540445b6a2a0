"""Whether policies are about objects is found out within a moment, however many rules, bindings, parameters and objects meet.

Each case is what fits into a file of less than 100 kB: every one of these lists is as long as an author likes, and each
meets each.
"""

from __future__ import annotations

import time

import pytest
import yaml

from generator.kubernetes.objects import KubeObject, Objects
from generator.lint.engine import dispatch, examine
from generator.lint.users import MOST_TOGETHER
from generator.pipeline.policies import Policies
from generator.syntax.budget import Budget
from support.policies import MAPS, binding, bound, config_maps, policy

MOST_SECONDS = 5
LARGEST = 100_000
PARAMS = {"paramKind": {"apiVersion": "v1", "kind": "ConfigMap"}}
OTHER = {"apiGroups": [""], "resources": ["x"]}
NAMED = {**MAPS["resourceRules"][0], "resourceNames": ["q"]}
IN_A = {"namespaceSelector": {"matchLabels": {"a": "b"}}}


def bindings(count, **spec):
    return [binding(f"b{number}", "p", **spec) for number in range(count)]


def an_object(kind="ConfigMap", name="a", **metadata):
    return KubeObject({"apiVersion": "v1", "kind": kind, "metadata": {"name": name, **metadata}})


def selecting(selector):
    return {"paramRef": {"selector": selector, "parameterNotFoundAction": "Deny"}}


CASES = {
    "rules": lambda: [policy("p", matchConstraints={"resourceRules": [OTHER] * 600}), *bindings(150), *config_maps(400)],
    "rules that name objects": lambda: [
        policy("p", matchConstraints={"resourceRules": [NAMED] * 450}), *bindings(100), *config_maps(400)
    ],
    "exclusions": lambda: [
        policy("p", matchConstraints={**MAPS, "excludeResourceRules": [NAMED] * 450}), *bindings(100), *config_maps(400)
    ],
    "rules of bindings": lambda: [
        policy("p"), *bindings(20, matchResources={"resourceRules": [{}] * 800}), *config_maps(500)
    ],
    "rules and kinds": lambda: [
        policy("p", matchConstraints={"resourceRules": [OTHER] * 800}),
        *bindings(3), *(an_object(f"K{number}") for number in range(600)),
    ],
    "parameters by a selector that takes none": lambda: [
        policy("p", **PARAMS), *bindings(200, **selecting({"matchLabels": {"a": "b"}})), *config_maps(700)
    ],
    "parameters by a selector that takes all": lambda: [
        policy("p", **PARAMS), *bindings(150, **selecting({})), *config_maps(700)
    ],
    "parameters in as many namespaces": lambda: [
        policy("p", **PARAMS),
        *bindings(100, **selecting({"matchExpressions": [{"key": "a", "operator": "DoesNotExist"}]})),
        *(an_object(name=f"a{number}", namespace=f"n{number}") for number in range(500)),
    ],
    "parameters by a name that many have": lambda: [
        policy("p", **PARAMS), *bindings(100, paramRef={"name": "a"}), *(an_object() for _ in range(700))
    ],
    "requirements of bindings": lambda: [
        policy("p"),
        *bindings(14, matchResources={"objectSelector": {"matchExpressions": [{"operator": "NotIn"}] * 200}}),
        *config_maps(500),
    ],
    "values of a requirement": lambda: [
        policy("p", matchConstraints={**MAPS, "objectSelector": {"matchExpressions": [
            {"key": "a", "operator": "NotIn", "values": [f"x{number}" for number in range(4000)]}
        ]}}),
        *bindings(80), *(an_object(name=f"a{number}", labels={"a": "b"}) for number in range(400)),
    ],
    "labels of a Namespace": lambda: [
        policy("p", matchConstraints={**MAPS, **IN_A}), *bindings(80),
        an_object("Namespace", "n", labels={f"l{number}": "b" for number in range(2000)}),
        *(an_object(name=f"a{number}", namespace="n") for number in range(400)),
    ],
    "Namespaces with one name": lambda: [
        policy("p", matchConstraints={**MAPS, **IN_A}), *bindings(60),
        *(an_object("Namespace", "n") for _ in range(500)), *(an_object(name=f"a{number}", namespace="n") for number in range(400)),
    ],
    "a kind that is a long list": lambda: [policy("p"), *bindings(150), *config_maps(200), an_object(["a"] * 9000)],
    "a namespace that is a long list": lambda: [
        policy("p"), *bindings(150), *config_maps(200), an_object(namespace=["a"] * 9000)
    ],
    "expressions that cannot be read": lambda: [
        policy("p", validations=[{}] * 9000), *bindings(100), *config_maps(500)
    ],
    "conditions that cannot be read": lambda: [
        policy("p", matchConditions=[{}] * 9000), *bindings(100), *config_maps(500)
    ],
    "an expression that is a long list": lambda: [
        policy("p", validations=[{"expression": [1] * 9000}]), *bindings(150), *config_maps(400)
    ],
    "expressions that fail": lambda: [
        policy("p", validations=[{"expression": "1/0"}] * 1200), *bindings(100), *config_maps(500)
    ],
    "a message that is kept for each object": lambda: [
        policy("p", validations=[{"expression": "false", "message": "m" * 30_000}]), *bindings(50), *config_maps(500)
    ],
    "values that are compared": lambda: [
        policy("p", validations=[{"expression": "object == object"}]), *bindings(60),
        *(KubeObject({**one.data, "data": [[{"a": [1] * 50}]] * 3}) for one in config_maps(150)),
    ],
    "policies": lambda: [
        *(one for number in range(120) for one in bound(f"p{number}")), *config_maps(500)
    ],
}  # fmt: skip


def size_of(items):
    """Return the size of a file with objects, in bytes, as short as an author can write it."""
    return sum(len(yaml.dump(one.data, Dumper=Short, default_flow_style=True, width=10**9)) for one in items)


class Short(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):
    """Writes what occurs twice twice."""

    ignore_aliases = staticmethod(lambda _data: True)


def looked_at(sets):
    """Return the findings in sets of objects, and the seconds of the processor."""
    began = time.process_time()
    admitting = Policies(sets, (), Budget(MOST_TOGETHER))
    found = [one for objects in sets for one in examine(Objects(objects), dispatch(admitting.of(objects).rules))]
    return found, time.process_time() - began


@pytest.mark.parametrize("name", CASES)
def test_no_file_of_policies_and_objects_keeps_a_run_busy(name):
    items = CASES[name]()
    assert size_of(items) < 1.2 * LARGEST
    found, seconds = looked_at([items])
    assert all(isinstance(one.finding.message, str) for one in found)
    assert seconds < MOST_SECONDS


@pytest.mark.parametrize("beside", [config_maps(300), []], ids=["with parameters", "without"])
def test_policies_cost_no_more_where_objects_are_applied_in_many_sets(beside):
    admitting = [
        policy("p", **(PARAMS if beside else {})),
        *bindings(200, **(selecting({"matchLabels": {"a": "b"}}) if beside else {})),
    ]
    sets = [[*admitting, *beside], *([one] for one in config_maps(300))]
    _, seconds = looked_at(sets)
    assert seconds < MOST_SECONDS


def test_a_run_whose_matching_costs_too_much_ends_in_an_error_and_not_in_silence():
    items = CASES["parameters by a selector that takes all"]()
    found, _ = looked_at([items])
    assert "p: the policies cost too much together, so that this one was not evaluated for all objects" in {
        one.finding.message for one in found
    }


def test_many_rules_of_a_real_cluster_are_judged_for_all_its_objects():
    """What a large repository has: 40 policies with 3 bindings each over 1,500 objects, half of which each is about."""
    rule = {"apiGroups": ["apps", "batch"], "apiVersions": ["v1"], "operations": ["CREATE", "UPDATE"], "resources": ["jobs"]}
    every = []
    for number in range(40):
        about = {"resourceRules": [rule, *(MAPS["resourceRules"] if number % 2 else ())]}
        every.append(policy(f"p{number}", matchConstraints=about, validations=[{"expression": "object.data.a == 'b'"}]))
        every += [binding(f"b{number}{name}", f"p{number}") for name in "xyz"]
    bad = KubeObject({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "bad"}, "data": {"a": "c"}})
    found, _ = looked_at([[*every, *config_maps(1500), bad]])
    assert len(found) == 60
    assert {one.object.name for one in found} == {"bad"}
