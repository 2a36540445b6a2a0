"""The order in which an ApplicationSet syncs is kept, or what is lost of it is reported."""

from __future__ import annotations

import pytest

from generator.adopt import rolling
from generator.adopt.grouping import Cell
from generator.adopt.model import Found
from generator.adopt.settings import Settings


def chosen(key, operator, *values):
    return {"matchExpressions": [{"key": key, "operator": operator, "values": [*values]}]}


def application_set(*steps, kind="RollingSync", automated=True):
    policy = {"syncPolicy": {"automated": {}}} if automated else {}
    strategy = {"type": kind, "rollingSync": {"steps": [*steps]}}
    spec = {"strategy": strategy, "template": {"spec": policy}}
    data = {"kind": "ApplicationSet", "metadata": {"name": "all"}, "spec": spec}
    return Found(data, "set.yaml", "set.yaml", "/old/set.yaml")


@pytest.mark.parametrize(
    ("labels", "expected"),
    [({"env": "dev"}, 0), ({"env": "qa"}, 1), ({"env": "prod"}, 1), ({"env": "other"}, None), ({}, None)],
)
def test_an_application_is_synced_in_the_first_step_that_selects_it(labels, expected):
    one = application_set(chosen("env", "In", "dev"), chosen("env", "In", "qa", "prod"), chosen("env", "In", "prod"))
    assert rolling.step_of(one, labels) == expected
    assert rolling.step_of(application_set(chosen("env", "In", "dev"), kind="AllAtOnce"), labels) is None


def test_an_application_without_the_label_is_not_in_a_list_but_outside_of_each():
    assert rolling.step_of(application_set(chosen("env", "In", "dev")), {}) is None
    assert rolling.step_of(application_set(chosen("env", "NotIn", "dev")), {}) == 0
    assert rolling.step_of(application_set(chosen("env", "Like", "dev")), {"env": "dev"}) is None


def settings(*cells):
    def one(service, environment, destination, step, wave):
        found = Found({"metadata": {"name": service}}, "a.yaml", "a.yaml", "/a.yaml", maker="ApplicationSet all", step=step)
        annotations = {"argocd.argoproj.io/sync-wave": wave} if wave else {}
        data = {"argocd": {"annotations": annotations}}
        return Settings(Cell(service, environment, found, destination), data, "argocd", "orphan", ())

    return [one(*cell, *[""] * (5 - len(cell))) for cell in cells]


TWO = (chosen("env", "In", "dev"), chosen("env", "In", "prod"))


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ([("web", "prod", "eu", 0), ("web", "prod", "us", 1)], ""),
        ([("web", "prod", "eu", 0), ("web", "prod", "us", 0)], ""),
        ([("web", "prod", "eu", 0, "0"), ("web", "prod", "us", 1, "1")], ""),
        ([("web", "dev", "", 0), ("web", "prod", "", 1)], "its steps are environments"),
        ([("web", "prod", "", 0), ("mail", "prod", "", 1)], "its steps order Applications of one environment"),
        (
            [("web", "prod", "eu", 0), ("web", "prod", "us", 1), ("mail", "prod", "eu", 1), ("mail", "prod", "us", 0)],
            "its steps are not the same for all services",
        ),
        ([("web", "prod", "eu", 0), ("web", "prod", "us", None)], "no step selects some"),
    ],
)
def test_an_order_that_is_not_one_of_destinations_is_reported_with_what_to_do(cells, said):
    notes = list(rolling.notes(settings(*cells), [application_set(*TWO)]))
    assert [note.why.partition(",")[0][: len(said)] for note in notes] == ([said] if said else [])


def test_what_syncs_only_by_its_set_is_reported():
    (note,) = rolling.notes(settings(("web", "prod", "eu", 0)), [application_set(*TWO, automated=False)])
    assert (note.path, note.what) == ("set.yaml", "ApplicationSet all: automatic sync")
    assert list(rolling.notes(settings(("web", "prod", "eu", 0)), [application_set(*TWO, kind="AllAtOnce")])) == []
