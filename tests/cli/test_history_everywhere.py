"""`history` over all services and environments: what changed last night, with as little of the history read as that takes."""

from __future__ import annotations

import csv
import io
import json

import pytest
from click.testing import CliRunner

from generator.cli.main import program
from generator.system import clock
from support.repositories import HOUR, START, Repository, spec

pytestmark = pytest.mark.usefixtures("git")

WEB, API = "services/web/pipeline.yaml", "services/api/pipeline.yaml"


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """Return a repository with a merge, a removal and a change of the chart for all in its past."""
    made = Repository(tmp_path / "r")
    made.write(WEB, spec("web", dev="1.0.0", prod="1.0.0"))
    made.write(API, spec("api", dev="0.1.0", prod="0.1.0"))
    made.commit("begin")
    made.write(WEB, spec("web", dev="1.1.0", prod="1.0.0"))
    made.commit("web 1.1.0 in dev")
    made.do_branch("work")
    made.write(WEB, spec("web", dev="1.1.0", prod="1.1.0"))
    made.commit("web 1.1.0 in prod\n\nTiphys-Service: web\nTiphys-Environment: prod\nTiphys-From: dev\n", "Ben")
    made.do_checkout("main")
    made.commit("meanwhile")
    made.do_merge("work", by="Cy")
    made.write(API, spec("api", dev="0.1.0"))
    made.commit("api leaves prod")
    made.do_environment({"name": "prod", "chart": "2.0.0", "more": "  promotion: {from: dev}\n"})
    made.commit("chart 2.0.0 in prod")
    monkeypatch.setattr(clock, "now", lambda: START + (made.clock + 1) * HOUR)
    return made


def call(repository, *words, code=0):
    done = CliRunner().invoke(program, ["-C", str(repository.root), "history", *words], standalone_mode=False)
    assert (done.exception, done.return_value) == (None, code), done.output
    return done.output


def told(repository, *words):
    """Return the releases, as an hour, an environment, a service, a version, a chart, where from and by whom."""
    data = json.loads(call(repository, *words, "--format", "json"))
    found = []
    for one in data["releases"]:
        hour = int(one["time"][11:13])
        version = "removed" if one["removed"] else f"{one['image']['tag']} {one['chart']['version']}"
        found.append(
            f"{hour} {one['environment']} {one['service']} {version} {one['promotedFrom'] or ''} {one['author']['name']}"
        )
    return found


PROD = [
    "5 prod web 1.1.0 2.0.0  Ann",
    "4 prod api removed  Ann",
    "3 prod web 1.1.0 1.0.0 dev Ben",
    "23 prod web 1.0.0 1.0.0  Ann",
    "23 prod api 0.1.0 1.0.0  Ann",
]


def test_all_services_of_an_environment_are_told_newest_first(repository):
    assert told(repository, "--env", "prod") == PROD


def test_all_environments_are_told_where_none_is_named(repository):
    assert len(told(repository)) == 8
    assert told(repository, "web")[0] == PROD[0]
    assert not [one for one in told(repository, "web") if " api " in one]


@pytest.mark.parametrize(
    ("since", "number"),
    [("1h", 1), ("2h", 2), ("3h", 3), ("4h", 3), ("30h", 5), ("2023-11-15T04:30", 1), ("2023-11-15", 3), ("9d", 5)],
)
def test_a_time_leaves_out_what_is_older_and_nothing_else(repository, since, number):
    assert told(repository, "--env", "prod", "--since", since) == PROD[:number]


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5, 9])
def test_a_limit_reads_as_far_back_as_it_takes(repository, limit, monkeypatch):
    from generator.history.ledger import everywhere

    monkeypatch.setattr(everywhere, "_PASSES", (1, 2, 4))
    assert told(repository, "--env", "prod", "--limit", str(limit)) == PROD[:limit]


def test_people_and_spreadsheets_get_the_same(repository):
    lines = call(repository, "--env", "prod", "--since", "4h").splitlines()
    assert lines[0].split() == ["landed", "(UTC)", "env", "service", "#", "image", "chart", "from", "by", "commit", "subject"]
    assert lines[2].split()[2:6] == ["prod", "api", "-", "removed"]
    assert lines[-1] == "3 releases: declared in Git, not what runs in the cluster"
    rows = list(csv.DictReader(io.StringIO(call(repository, "--env", "prod", "--format", "csv"))))
    assert [row["removed"] for row in rows] == ["", "yes", "", "", ""]
    assert [row["imageTag"] for row in rows] == ["1.1.0", "", "1.1.0", "1.0.0", "0.1.0"]
    assert "0 releases" in call(repository, "--env", "prod", "--since", "1s")


@pytest.mark.parametrize("words", [["--since", "yesterday"], ["--since", "2026-13-01"], ["--limit", "0"]], ids=" ".join)
def test_a_time_that_is_none_is_a_mistake(repository, words):
    done = CliRunner().invoke(program, ["-C", str(repository.root), "history", *words], standalone_mode=False)
    assert done.exception.exit_code == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [(["wbe"], "unknown service `wbe`"), (["--env", "prdo"], "unknown environment `prdo`")],
    ids=["service", "environment"],
)
def test_a_misspelt_name_is_named(repository, words, said):
    done = CliRunner().invoke(program, ["-C", str(repository.root), "history", *words], standalone_mode=False)
    assert said in done.exception.message


def test_releases_have_their_numbers_where_the_history_is_short_or_on_demand(repository, monkeypatch):
    from generator.history.ledger import everywhere

    def numbers(*words):
        return [one["number"] for one in json.loads(call(repository, *words, "--format", "json"))["releases"]]

    assert numbers("--env", "prod") == [3, None, 2, 1, 1]
    assert numbers("--env", "prod", "--since", "3h") == [3, None, 2]
    assert call(repository, "--env", "prod").splitlines()[2].split()[4] == "-"
    monkeypatch.setattr(everywhere, "_WHOLE", 2)
    assert numbers("--env", "prod", "--since", "3h") == [None, None, None]
    assert numbers("--env", "prod", "--since", "3h", "--numbers") == [3, None, 2]
