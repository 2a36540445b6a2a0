"""`--timings`: what takes the time is told aside, and what a command prints stays as it is."""

from __future__ import annotations

import json

import pytest

from generator.system import timings
from support.paths import ROOT
from support.repositories import Repository, spec

STAGES = {
    "check --no-cache": {"load", "read", "resolve", "build", "lint", "emit", "cross-check", "filter", "compare", "report"},
    "generate": {"load", "cross-check", "compare", "write"},
    "lint --no-cache": {"load", "read", "resolve", "build", "lint", "cross-check", "filter", "report"},
    "diff HEAD": {"load", "build", "diff", "report"},
    "report -o site": {"survey", "compare", "pages"},
}


@pytest.fixture
def repository(tmp_path, git):
    found = Repository(tmp_path / "r")
    for name in ("api", "web"):
        found.write(f"services/{name}/pipeline.yaml", spec(name, dev="1.0.0", prod="1.0.0"))
    found.commit("start")
    return found


@pytest.mark.parametrize("words", STAGES)
def test_the_output_is_the_same_and_the_stages_add_up(words, repository, tiphys):
    if words != "check --no-cache":  # which reports what is missing
        tiphys("generate", cwd=repository.root)
    if words == "diff HEAD":
        web = repository.root / "services/web/pipeline.yaml"
        web.write_text(web.read_text().replace("1.0.0", "1.0.1"))
    plain = tiphys(*words.split(), cwd=repository.root)
    done = tiphys(*words.split(), f"--timings={repository.root.parent / 'times.json'}", cwd=repository.root)
    assert (done.stdout, done.returncode) == (plain.stdout, plain.returncode)
    data = json.loads((repository.root.parent / "times.json").read_text())
    assert data["version"] == 1
    stages = {one["name"]: one["seconds"] for one in data["stages"]}
    assert stages.keys() >= STAGES[words]
    assert sum(stages.values()) == pytest.approx(data["seconds"], rel=0.1)
    git = {one["name"]: one["calls"] for one in data["programs"]}.get("git", 0)
    assert bool(git) is (words.split()[0] in ("diff", "report"))


def test_a_table_is_for_people_and_takes_no_argument_for_a_file(repository, tiphys):
    tiphys("generate", cwd=repository.root)
    done = tiphys("check", "--timings", "web", cwd=repository.root)
    assert done.returncode == 0
    first, *lines = done.stderr.splitlines()
    assert first == "6 files of 1 service: no drift"
    assert lines[0].startswith("timings: ")
    assert any(line.split()[0] == "lint" and line.endswith(" %") for line in lines)
    assert not (repository.root / "web").exists()


def test_a_check_names_its_stages_in_words_of_its_users_and_never_says_that_it_writes(repository, tiphys):
    """The stages are explained in docs/ci.md, all of them."""
    tiphys("generate", cwd=repository.root)
    documented = (ROOT / "docs/ci.md").read_text()
    tiphys("check", f"--timings={repository.root.parent / 'times.json'}", cwd=repository.root)
    data = json.loads((repository.root.parent / "times.json").read_text())
    names = {one["name"] for one in data["stages"]}
    assert "write" not in names
    assert {name for name in names if f"`{name}`" not in documented} == set()
    done = tiphys("check", "--timings", cwd=repository.root)
    assert [line for line in done.stderr.splitlines() if " 0.000 s" in line] == []


def test_what_is_remembered_is_counted(repository, tiphys):
    tiphys("generate", cwd=repository.root)
    api = repository.root / "services/api/pipeline.yaml"
    api.write_text(api.read_text() + "# edited\n")
    assert "  remembered specs: 1 of 2" in tiphys("check", "--timings", cwd=repository.root).stderr.splitlines()


def test_a_run_that_fails_tells_its_times_as_well(repository, tiphys):
    done = tiphys("check", "--timings", "nothing", cwd=repository.root)
    assert done.returncode == 2
    assert "unknown service `nothing`" in done.stderr
    assert "timings: " in done.stderr
    assert tiphys("check", "--timings=no/such/folder.json", cwd=repository.root).returncode == 2


def test_nothing_is_noted_unless_it_is_asked_for():
    with timings.stage("a"), timings.program("/bin/b"):
        timings.remember("c", 1, 2)
    assert timings.now() is None


def test_a_stage_within_another_is_not_counted_twice():
    with timings.noted() as found, timings.stage("outer"):
        with timings.stage("inner"), timings.program("/usr/bin/tool"):
            sum(range(200_000))
        timings.remember("things", 2, 1)
        timings.remember("things", 1, 0)
    assert found.stages["inner"] > 10 * found.stages["outer"]
    assert found.programs["tool"].calls == 1
    assert found.remembered["things"] == (3, 1)
