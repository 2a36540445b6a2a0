"""`metrics` from a real history, in the three forms."""

from __future__ import annotations

import csv
import io
import json

import pytest
from click.testing import CliRunner
from jsonschema import Draft7Validator

from generator.cli.main import program
from generator.system import clock
from support.repositories import HOUR, START, Repository, environment, spec

pytestmark = pytest.mark.usefixtures("git")

WEB = "services/web/pipeline.yaml"


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """Return a repository in which web failed in prod, and was rolled back an hour later."""
    made = Repository(tmp_path / "r")
    made.write("environments/prod.yaml", environment("prod", more="  promotion: {from: dev}\n"))
    for dev, prod in (("1.0.0", "1.0.0"), ("1.1.0", "1.0.0"), ("1.1.0", "1.1.0"), ("1.1.0", "1.0.0")):
        made.write(WEB, spec("web", dev=dev, prod=prod))
        made.commit(f"{dev} {prod}")
    monkeypatch.setattr(clock, "now", lambda: START + 10 * HOUR)
    return made


def call(repository, *words):
    done = CliRunner().invoke(program, ["-C", str(repository.root), "metrics", *words], standalone_mode=False)
    assert (done.exception, done.return_value) == (None, 0), done.output
    return done.stdout


def test_people_programs_and_spreadsheets_get_the_same_numbers(repository):
    data = json.loads(call(repository, "--format", "json"))
    prod = data["environments"][1]
    assert (prod["environment"], prod["releases"], prod["rollbacks"], prod["failed"], prod["changeFailureRate"]) == (
        "prod", 3, 1, 1, 0.5,
    )  # fmt: skip
    assert prod["timeToRestore"] == {"medianSeconds": HOUR, "count": 1}
    assert prod["leadTimeFromFirst"] == {"medianSeconds": HOUR, "count": 1}
    assert data["total"]["environments"] == ["prod"]
    rows = {
        (row["service"], row["environment"]): row for row in csv.DictReader(io.StringIO(call(repository, "--format", "csv")))
    }
    assert rows["", "prod"]["changeFailureRate"] == "0.5000"
    assert rows["web", "prod"]["timeToRestore"] == "3600"
    line = next(line for line in call(repository).splitlines() if line.startswith("all      prod"))
    assert line.split()[2:] == ["3", "0.03", "–", "1h", "1", "1", "50", "%", "1h"]


def test_the_published_schema_describes_the_numbers(repository):
    schema = json.loads(CliRunner().invoke(program, ["schema", "metrics"], standalone_mode=False).stdout)
    Draft7Validator(schema).validate(json.loads(call(repository, "--format", "json")))


def test_the_period_is_the_one_that_was_asked_for(repository):
    data = json.loads(call(repository, "--since", "7h", "--format", "json"))
    assert data["total"]["releases"] == 2
    assert data["days"] == pytest.approx(7 / 24, abs=0.001)


@pytest.mark.parametrize("since", ["yesterday", "2999-01-01", "0s"])
def test_a_period_that_is_none_is_a_mistake(repository, since):
    words = ["-C", str(repository.root), "metrics", "--since", since]
    assert CliRunner().invoke(program, words, standalone_mode=False).exception.exit_code == 2
