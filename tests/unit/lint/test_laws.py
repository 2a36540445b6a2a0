"""Everything that Argo Rollouts and Argo CD demand is held by a rule, and each rule finds the fault that it is for."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from generator.kubernetes import manifests
from generator.lint import catalogue
from generator.lint import manifests as plain
from generator.lint.schemas import Schemas
from support.objects import VALID, cases_of_rules, changed, spelt

HERE = Path(__file__).parent
LAWS = yaml.safe_load((HERE / "laws.yaml").read_text())
FAULTS = [(name, index) for name, law in LAWS.items() for index in range(len(law.get("wrong", ())))]
IDS = {name: id_ for id_, name in catalogue.names().items()}
CASES = {
    f"{rule}: {name}": case for folder in ("object_rules", "spec_rules") for rule, name, case in cases_of_rules(HERE / folder)
}


def linted(objects):
    """Return the rules that find something in objects, by the whole linter, from text on."""
    read = manifests.read("law.yaml", yaml.safe_dump_all(objects).encode(), named=True)
    assert read.diagnostics == []
    return {found.rule for found in plain.lint(read.objects, Schemas("", only_argo=True))}


@pytest.mark.parametrize("name", VALID)
def test_what_every_fault_is_made_from_has_none(name):
    assert linted([VALID[name]]) == set()


def found_of(fault):
    """Return the rules that find a fault; of a case, the one that it belongs to."""
    ((kind, given),) = fault.items()
    if kind == "case":
        assert CASES[given]["found"]
        return {IDS[given.partition(":")[0]]}
    return linted([spelt(item) for item in given] if kind == "objects" else [changed(kind, given)])


@pytest.mark.parametrize(("law", "index"), [pytest.param(*fault, id=f"{fault[0]}-{fault[1]}") for fault in FAULTS])
def test_a_fault_that_breaks_a_law_is_found_by_the_rule_of_that_law(law, index):
    assert found_of(LAWS[law]["wrong"][index]) & set(LAWS[law]["rules"])


@pytest.mark.parametrize("name", LAWS)
def test_every_law_is_held_by_rules_that_find_a_fault_or_says_why_files_cannot_tell(name):
    law = LAWS[name]
    rules = set(law.get("rules", ()))
    assert rules <= set(IDS.values())
    found = set().union(*(found_of(fault) for fault in law.get("wrong", ())))
    assert law["law"]
    assert rules <= found or law.get("left"), f"nothing shows {rules - found}"


def test_no_law_of_the_two_projects_is_forgotten():
    numbered = [f"R{n}" for n in range(1, 69)] + [f"M{n}" for n in range(1, 16)] + [f"A{n}" for n in range(1, 21)]
    numbered += [f"G{n}" for n in range(1, 16)] + [f"T{n}" for n in range(1, 16)]
    assert set(numbered) <= set(LAWS)
