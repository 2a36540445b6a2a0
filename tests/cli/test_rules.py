"""The commands rules and explain print every page, for people and for programs."""

from __future__ import annotations

import json

from generator.lint import catalogue

PAGES = {page.id: page for page in catalogue.pages()}


def test_rules_and_pages_are_printed_for_people_and_for_programs(tiphys):
    listed = tiphys("rules").stdout.splitlines()
    assert [line.split()[0] for line in listed] == list(PAGES)
    data = json.loads(tiphys("rules", "--format", "json").stdout)
    assert data["version"] == 1
    assert [rule["id"] for rule in data["rules"]] == list(PAGES)
    keys = {"id", "name", "severity", "law", "why", "source", "wrong", "right", "family", "fixed"}
    assert all(set(rule) == keys for rule in data["rules"])
    (one,) = json.loads(tiphys("rules", "TP201", "--format", "json").stdout)["rules"]
    page = PAGES["TP201"]
    assert (one["law"], one["wrong"], one["right"], one["fixed"]) == (page.law, page.wrong, page.right, False)
    assert tiphys("explain", "TP201").stdout == tiphys("rules", "TP201").stdout == page.text()
    assert tiphys("explain", "canary-weights-rise").stdout == page.text()
    assert tiphys("rules", "--format", "markdown").stdout == tiphys("rules", "--markdown").stdout == catalogue.manual()


def test_a_near_miss_of_a_rule_is_named(tiphys):
    done = tiphys("explain", "canary-weights-raise")
    assert done.returncode == 2
    assert "did you mean `canary-weights-rise`?" in done.stderr
