"""The numbers of releases: what a team concludes about itself must follow from what happened."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from generator.history.code import Code
from generator.history.ledger.everywhere import Event
from generator.history.ledger.overrides import Override
from generator.history.ledger.versions import Version
from generator.history.metrics import DEFINITIONS, metrics
from generator.report.metrics import cells, length, metrics_json
from generator.syntax.durations import seconds
from generator.system.git.commits import FORMAT, Commit

CASES = yaml.safe_load(Path(__file__).with_name("metrics.yaml").read_text(encoding="utf-8"))
SOURCES = {"dev": "", "staging": "dev", "prod": "staging"}
START = 1_700_000_000
DAYS = 10


def event(text, at_boundary=False):
    hour, service, environment, tag, *more = str(text).split()
    known = dict(one.split("=") for one in more)
    fields = [b""] * (FORMAT.count("%x00") + 1)
    fields[0] = hour.encode()
    fields[5] = str(START + int(hour) * 3600).encode()
    commit = Commit(fields, ())
    code = (
        Code("a" * 40, date=datetime.fromtimestamp(START + int(known["code"]) * 3600, UTC).isoformat())
        if "code" in known
        else None
    )
    skipped = tuple(Override(gate, "INC-1", "") for gate in known.get("skipped", "").split("+") if gate)
    version = None if tag == "-" else Version(tag)
    return Event(service, environment, version, None, commit, commit, "", "", skipped, at_boundary, code)


def measured(happened):
    events = sorted(map(event, happened), key=lambda one: one.landed.committed, reverse=True)
    return metrics(events, SOURCES, START, START + DAYS * 86_400, complete=True)


@pytest.mark.parametrize("case", CASES)
def test_numbers_follow_from_what_happened(case):
    found = {line.environment: line.measures for line in measured(CASES[case]["happened"]).environments}
    for name in CASES[case].keys() & found.keys():
        one = found[name]
        told = {
            "releases": one.releases,
            "rollbacks": one.rollbacks,
            "failed": one.failed,
            "rate": None if one.failure_rate is None else round(one.failure_rate, 4),
        }
        spreads = {"first": one.lead_from_first, "code": one.lead_from_code, "restore": one.restore}
        told |= {key: spread.median for key, spread in spreads.items() if spread.median is not None}
        told |= {"overrides": dict(one.overrides)} if one.overrides else {}
        expected = {key: seconds(value) if key in spreads else value for key, value in CASES[case][name].items()}
        assert told == expected, name
        assert one.per_day == one.releases / DAYS


def test_the_total_is_about_the_ends_of_the_chains_and_services_have_lines_of_their_own():
    found = measured(["1 web dev 1.0", "2 web prod 1.0", "3 api prod 1.0"])
    assert (found.ends, found.total.releases) == (("prod",), 2)
    assert [(line.service, line.environment) for line in found.services] == [("api", "prod"), ("web", "dev"), ("web", "prod")]


def test_a_release_that_is_older_than_a_shallow_clone_is_not_counted():
    events = [event("5 web prod 1.1"), event("1 web prod 1.0", at_boundary=True)]
    assert metrics(events, SOURCES, START, START + 86_400, complete=False).total.releases == 1


def test_environments_in_a_circle_end_in_numbers():
    circle = {"dev": "prod", "prod": "dev"}
    assert (
        metrics([event("1 web prod 1.0")], circle, START, START + 86_400, complete=True).environments[1].measures.releases == 1
    )


@pytest.mark.parametrize(
    ("total", "said"), [(0, "0s"), (59, "59s"), (60, "1m"), (3600, "1h"), (3700, "1h 1m"), (86_400, "1d"), (90_061, "1d 1h")]
)
def test_lengths_are_short_enough_for_a_column(total, said):
    spread = measured([]).total.restore._replace(median=total)
    assert length(spread) == said


def test_every_number_for_programs_is_defined_with_what_it_cannot_know():
    text = metrics_json(measured(["1 web prod 1.0"]))
    data = yaml.safe_load(text)
    assert {one["name"] for one in data["definitions"]} == DEFINITIONS.keys()
    assert DEFINITIONS.keys() <= data["total"].keys()
    assert all(one["unknown"] for one in data["definitions"])
    assert len(cells(measured([]).total)) == 9


def work(happened):
    """Return how many operations of Python it takes to measure."""
    events = sorted(map(event, happened), key=lambda one: one.landed.committed, reverse=True)
    number = 0

    def count(frame, what, _argument):
        nonlocal number
        frame.f_trace_opcodes = True
        number += what == "opcode"
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        metrics(events, SOURCES, START, START + DAYS * 86_400, complete=True)
    finally:
        sys.settrace(before)
    return number


PASTS = {
    "versions that never were in dev": lambda at: [f"{2 * at} web dev a{at}", f"{2 * at + 1} web prod b{at}"],
    "versions that all were in dev": lambda at: [
        f"{at} web dev a{at}",
        f"{at} api dev a{at}",
        f"{at + 300} web prod a{at}",
        f"{at} api prod a{at}",
    ],
    "one version again and again": lambda at: [
        f"{2 * at} web dev a",
        f"{2 * at + 1} web dev b",
        f"{2 * at} web prod a",
        f"{2 * at + 1} web prod b",
    ],
}


@pytest.mark.parametrize("past", PASTS.values(), ids=PASTS)
def test_a_service_with_many_releases_is_measured_in_linear_time(past):
    few, many = (work([one for at in range(number) for one in past(at)]) for number in (50, 200))
    assert many < 5 * few


def test_rollbacks_over_many_releases_are_found():
    happened = [f"{at} web prod a{at}" for at in range(200)] + ["200 web prod a7", "201 web prod a8"]
    found = {line.environment: line.measures for line in measured(happened).environments}
    assert (found["prod"].rollbacks, found["prod"].failed) == (1, 1)
