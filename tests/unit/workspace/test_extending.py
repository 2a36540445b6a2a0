"""Environments that extend others: the order of their files, and what a file may leave out."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft7Validator

from generator.syntax.schema.validate import accepts
from generator.workspace.extending import MOST, ChainError, chain
from support.extends import WHOLE
from support.paths import ROOT

ORDERS = [
    ("a file is above those that it extends", {"a": "b", "b": ""}, "ba"),
    ("the last of a list is above the first", {"a": "bc", "b": "", "c": ""}, "bca"),
    ("what a file extends comes right before it", {"a": "bc", "b": "d", "c": "e", "d": "", "e": ""}, "dbeca"),
    ("a file that is extended twice counts at its first place", {"a": "bc", "b": "d", "c": "d", "d": ""}, "dbca"),
    ("also if the second time is direct", {"a": "bcd", "b": "d", "c": "", "d": ""}, "dbca"),
]


@pytest.mark.parametrize(("extends", "order"), [pytest.param(*case[1:], id=case[0]) for case in ORDERS])
def test_files_are_merged_in_the_order_that_is_documented(extends, order):
    assert chain("a", {name: tuple(bases) for name, bases in extends.items()}.get) == tuple(order)


@pytest.mark.parametrize("shape", ["chain", "fan", "lattice"])
def test_any_number_of_files_is_refused_in_no_time(shape):
    names = [f"e{number}" for number in range(5000)]
    extends = {
        "chain": {name: (f"e{number + 1}",) for number, name in enumerate(names)},
        "fan": {name: tuple(names[1:]) if name == "e0" else () for name in names},
        "lattice": {name: tuple(names[number + 1 :][::-1]) for number, name in enumerate(names[: 3 * MOST])},
    }[shape]
    with pytest.raises(ChainError) as raised:
        chain("e0", lambda name: extends.get(name, ()))
    assert raised.value.long


def test_a_part_may_be_incomplete_and_a_whole_may_not():
    schema = json.loads((ROOT / "schemas/environment.schema.json").read_text())
    validator = Draft7Validator(schema)
    head = {"apiVersion": "tiphys/v1", "kind": "Environment"}
    cases = [
        ({"metadata": {"name": "a"}, "spec": WHOLE}, True),
        ({"metadata": {"name": "a"}, "spec": {}}, False),
        ({"metadata": {"name": "a"}, "spec": {"argocd": {"project": "p", "destination": {}}}}, False),
        ({"metadata": {"name": "a", "abstract": False}, "spec": {}}, False),
        ({"metadata": {"name": "a", "abstract": True}, "spec": {}}, True),
        ({"metadata": {"name": "a", "abstract": True}, "spec": {"argocd": {}}}, True),
        ({"metadata": {"name": "a", "abstract": "yes"}, "spec": {}}, False),
        ({"metadata": {"name": "a"}, "spec": {"extends": ["b"]}}, True),
        ({"metadata": {"name": "a"}, "spec": {"extends": ["b"], "argocd": {"destination": {}}}}, True),
        ({"metadata": {"name": "a"}, "spec": {"extends": []}}, False),
        ({"metadata": {"name": "a"}, "spec": {"extends": ["b", "b"]}}, False),
        ({"metadata": {"name": "a"}, "spec": {"extends": "b"}}, False),
        ({"metadata": {"name": "a"}, "spec": {"extends": ["b"], "policy": None}}, False),
        ({"metadata": "a", "spec": []}, False),
    ]
    for case, valid in cases:
        assert validator.is_valid({**head, **case}) is valid, case
        assert accepts("environment", {**head, **case}) is valid, case
