"""`history` and `status` as people and programs call them: what is printed, and what happens where there is nothing."""

from __future__ import annotations

import csv
import io
import json

import pytest

from support.repositories import Repository, environment, spec
from support.trees import read_tree
from support.workspace import SPEC, workspace

pytestmark = pytest.mark.usefixtures("git")

HOSTILE = "\x1b[31mred\x1b[0m \u202eevil \x9b2J =cmd|' /C calc'!A0 \x07\t::set-output name=x::y"


@pytest.fixture
def repository(tmp_path):
    """Return a repository with three releases of `web` in dev, two in prod, and `api` in dev alone."""
    made = Repository(tmp_path / "r")
    made.write(
        "services/api/pipeline.yaml", spec("api", dev="0.1.0").replace("{name: api}", "{name: api, labels: {team: core}}")
    )
    for dev, prod in (("1.0.0", "1.0.0"), ("1.1.0", "1.0.0"), ("1.2.0", "1.1.0")):
        made.write("services/web/pipeline.yaml", spec(dev=dev, prod=prod))
        made.commit(f"web {dev} and {prod}", "Ben Bitdiddle")
    return made


def test_history_prints_the_newest_first_and_says_that_it_is_not_the_cluster(tiphys, repository):
    done = tiphys("history", "web", "--env", "prod", cwd=repository.root)
    assert done.returncode == 0, done.stderr
    third, first = repository.git("rev-parse", "HEAD")[:8], repository.git("rev-parse", "HEAD~2")[:8]
    assert done.stdout == (
        "#  landed (UTC)      image  chart  from  by             commit    subject\n"
        f"2  2023-11-15 01:13  1.1.0  1.0.0        Ben Bitdiddle  {third}  web 1.2.0 and 1.1.0\n"
        f"1  2023-11-14 23:13  1.0.0  1.0.0        Ben Bitdiddle  {first}  web 1.0.0 and 1.0.0\n"
    )
    assert done.stderr == "2 releases of web in prod: declared in Git, not what runs in the cluster\n"
    done = tiphys("history", "web", "--env", "prod", "--limit", "1", cwd=repository.root)
    assert done.stdout.count("\n") == 2
    assert "1 of 2 releases" in done.stderr


def test_history_for_programs_has_all_that_is_known(tiphys, repository):
    data = json.loads(tiphys("history", "web", "--env", "dev", "--format", "json", cwd=repository.root).stdout)
    assert {key: data[key] for key in ("version", "service", "environment", "complete", "total", "uncommitted")} == {
        "version": 1, "service": "web", "environment": "dev", "complete": True, "total": 3, "uncommitted": None,
    }  # fmt: skip
    newest = data["releases"][0]
    assert newest == {
        "number": 3,
        "commit": repository.git("rev-parse", "HEAD"),
        "time": "2023-11-15T01:13:20Z",
        "author": {"name": "Ben Bitdiddle", "email": "ben@example.com"},
        "committer": {"name": "Ben Bitdiddle", "email": "ben@example.com"},
        "subject": "web 1.2.0 and 1.1.0",
        "image": {"tag": "1.2.0", "digest": None},
        "images": {},
        "chart": {"name": "service", "version": "1.0.0"},
        "before": {
            "image": {"tag": "1.1.0", "digest": None},
            "images": {},
            "chart": {"name": "service", "version": "1.0.0"},
        },
        "promotedFrom": None,
        "madeIn": repository.git("rev-parse", "HEAD"),
        "spec": "services/web/pipeline.yaml",
        "trailers": [],
        "overrides": [],
        "code": None,
        "endedBy": None,
        "atBoundary": False,
    }
    rows = list(
        csv.DictReader(io.StringIO(tiphys("history", "web", "-e", "dev", "--format", "csv", cwd=repository.root).stdout))
    )
    assert [row["imageTag"] for row in rows] == ["1.2.0", "1.1.0", "1.0.0"]
    assert rows[0]["beforeImageTag"] == "1.1.0"


def test_what_is_not_committed_is_shown_apart_and_is_no_release(tiphys, repository):
    repository.write("services/web/pipeline.yaml", spec(dev="1.2.0", prod="1.3.0"))
    done = tiphys("history", "web", "--env", "prod", cwd=repository.root)
    assert done.stdout.splitlines()[1].split() == ["-", "not", "committed", "1.3.0", "1.0.0"]
    assert done.stderr.startswith("2 releases")
    data = json.loads(tiphys("history", "web", "--env", "prod", "--format", "json", cwd=repository.root).stdout)
    assert data["uncommitted"]["release"]["image"]["tag"] == "1.3.0"
    assert [release["number"] for release in data["releases"]] == [2, 1]
    assert "not committed" not in tiphys("history", "web", "--env", "dev", cwd=repository.root).stdout
    (repository.root / "services/web/pipeline.yaml").unlink()
    done = tiphys("history", "web", "--env", "prod", cwd=repository.root)
    assert done.stdout.splitlines()[1].split() == ["-", "not", "committed", "removed"]
    data = json.loads(tiphys("status", "--format", "json", cwd=repository.root).stdout)
    assert {row["service"]: row["uncommitted"] for row in data["services"]} == {"api": [], "web": ["dev", "prod"]}


@pytest.mark.parametrize("form", ["table", "json", "csv"])
def test_what_others_wrote_into_a_commit_cannot_steer_a_terminal_or_a_spreadsheet(form, tiphys, repository):
    repository.write("services/web/pipeline.yaml", spec(dev="1.3.0", prod="1.2.0"))
    repository.commit(f"={HOSTILE}\n\nTiphys-From: \x1b[2J{HOSTILE}\n", f"=Eve {HOSTILE}")
    for command in (["history", "web", "--env", "prod"], ["status"]):
        done = tiphys(*command, "--format", form, cwd=repository.root)
        assert done.returncode == 0, done.stderr
        assert not [letter for letter in done.stdout if not letter.isprintable() and letter not in "\r\n"]
    done = tiphys("history", "web", "--env", "prod", "--format", form, cwd=repository.root)
    if form == "json":
        newest = json.loads(done.stdout)["releases"][0]
        assert newest["subject"].startswith("=\x1b[31mred"), "escaped, and still all there"
    elif form == "csv":
        rows = list(csv.DictReader(io.StringIO(done.stdout)))
        assert rows[0]["subject"].startswith("'=\\x1b[31m")
        assert rows[0]["author"].startswith("'=Eve")
        assert len(rows) == 3
    else:
        assert done.stdout.count("\n") == 4


def test_a_shallow_clone_says_what_it_cannot_see(tiphys, repository, tmp_path):
    repository.git("clone", "-q", "--depth", "1", repository.folder.as_uri(), str(tmp_path / "shallow"))
    for command in (["history", "web", "--env", "prod"], ["status"]):
        done = tiphys(*command, cwd=tmp_path / "shallow")
        assert done.returncode == 0
        assert done.stderr.endswith("this clone is shallow and lacks older history; run: git fetch --unshallow\n")
        assert "before 2023-11-15" in done.stdout
    done = tiphys("history", "web", "--env", "prod", cwd=tmp_path / "shallow")
    assert "1?" in done.stdout, "numbers count from where the clone ends"


def test_a_shallow_clone_does_not_say_that_a_release_was_never_promoted(tiphys, repository, tmp_path):
    repository.write(SPEC, spec("web", dev="1.0.0", prod="1.0.0"))
    repository.commit("both")
    repository.write(SPEC, spec("web", dev="1.1.0", prod="1.0.0"))
    repository.commit("dev is ahead")
    assert "behind dev by 1" in tiphys("status", cwd=repository.root).stdout
    repository.git("clone", "-q", "--depth", "1", repository.folder.as_uri(), str(tmp_path / "shallow"))
    shown = tiphys("status", cwd=tmp_path / "shallow").stdout
    assert "behind dev: unknown" in shown
    assert "never in" not in shown


@pytest.mark.parametrize("cached", [True, False])
def test_who_is_on_call_sees_that_a_release_was_rolled_back_and_does_not_promote_it_again(cached, tiphys, repository):
    if cached:
        tiphys("status", cwd=repository.root)
    repository.write(SPEC, spec("web", dev="1.2.0", prod="1.2.0"))
    repository.commit("prod takes 1.2.0")
    repository.write(SPEC, spec("web", dev="1.2.0", prod="1.1.0"))
    repository.commit("and goes back")
    for _ in range(2):
        done = tiphys("status", *([] if cached else ["--no-cache"]), cwd=repository.root)
        assert "behind dev by 1, rolled back from 1.2.0\n" in done.stdout
    cells = json.loads(tiphys("status", "--format", "json", cwd=repository.root).stdout)["services"][1]["environments"]
    assert cells["prod"]["rolledBackFrom"]["image"]["tag"] == "1.2.0"
    assert cells["dev"]["rolledBackFrom"] is None
    tiphys("report", "-o", str(repository.folder / "site"), "--no-cache", cwd=repository.root)
    for page in ("index.html", "promotion.html"):
        assert "rolled back from 1.2.0" in (repository.folder / "site" / page).read_text(encoding="utf-8")


def test_a_release_that_is_promoted_late_is_not_called_rolled_back(tiphys, repository):
    assert "rolled back" not in tiphys("status", cwd=repository.root).stdout


@pytest.mark.parametrize("command", [["history", "web", "--env", "prod"], ["status"], ["affected", "--since", "HEAD"]])
def test_outside_of_a_repository_it_is_said_what_to_do(command, tiphys, tmp_path):
    folder = workspace(tmp_path / "w")
    done = tiphys(*command, cwd=folder)
    assert done.returncode == 2
    assert f"{folder} is not in a Git repository" in done.stderr
    assert "git init" in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("command", "code", "said"),
    [
        (["history", "wbe", "--env", "prod"], 2, "did you mean `web`?"),
        (["history", "web", "--env", "prd"], 2, "did you mean `prod`?"),
        (["history", "api", "--env", "prod"], 1, "api was never released to prod"),
        (["history", "web", "--env", "prod", "--limit", "0"], 2, "--limit"),
        (["history", "web", "--env", "prod", "--format", "xml"], 2, "--format"),
        (["history", "--output=/tmp/x", "--env", "prod"], 2, "--output"),
        (["status", "wbe"], 2, "did you mean `web`?"),
        (["status", "--env", "prd"], 2, "did you mean `prod`?"),
        (["affected"], 2, "--since"),
        (["affected", "--since", "nope"], 2, "commit `nope` does not exist"),
        (["affected", "--since", "--output=x"], 2, "commit `--output=x` does not exist"),
        (["affected", "--since", "HEAD", "--until", "nope"], 2, "commit `nope` does not exist"),
    ],
)
def test_mistakes_are_named(command, code, said, tiphys, repository):
    done = tiphys(*command, cwd=repository.root)
    assert done.returncode == code, done.stderr + done.stdout
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_status_shows_every_service_with_its_team_and_who_is_behind(tiphys, repository):
    third, first = repository.git("rev-parse", "HEAD")[:8], repository.git("rev-parse", "HEAD~2")[:8]
    done = tiphys("status", cwd=repository.root)
    assert done.returncode == 0, done.stderr
    assert done.stdout == (
        "service  team  env   image  chart  since (UTC)       by             commit\n"
        f"api      core  dev   0.1.0  1.0.0  2023-11-14 23:13  Ben Bitdiddle  {first}\n"
        f"web            dev   1.2.0  1.0.0  2023-11-15 01:13  Ben Bitdiddle  {third}\n"
        f"web            prod  1.1.0  1.0.0  2023-11-15 01:13  Ben Bitdiddle  {third}  behind dev by 1\n"
    )
    assert done.stderr == "2 services in 2 environments, 1 behind: declared in Git, not what runs in the cluster\n"
    data = json.loads(tiphys("status", "web", "--env", "prod", "--format", "json", cwd=repository.root).stdout)
    assert data["environments"] == ["prod"]
    (row,) = data["services"]
    assert row["environments"]["prod"]["behind"] == 1
    assert row["environments"]["prod"]["promotedFrom"] == "dev"
    rows = list(csv.DictReader(io.StringIO(tiphys("status", "--format", "csv", cwd=repository.root).stdout)))
    assert [(row["service"], row["environment"], row["behind"]) for row in rows] == [
        ("api", "dev", ""),
        ("web", "dev", ""),
        ("web", "prod", "1"),
    ]


def test_status_of_a_workspace_at_fault_says_where_the_fault_is(tiphys, repository):
    repository.write("environments/prod.yaml", environment("prod", more="  promotion: {form: dev}\n"))
    done = tiphys("status", cwd=repository.root)
    assert done.returncode == 1
    assert "environments/prod.yaml:7:15: error" in done.stdout
    repository.write("tiphys.yaml", "apiVersion: tiphys/v1\n")
    for command in (["history", "web", "--env", "prod"], ["status"], ["affected", "--since", "HEAD"]):
        done = tiphys(*command, cwd=repository.root)
        assert done.returncode == 2
        assert "tiphys.yaml:1:1: error" in done.stdout


def test_looking_at_history_changes_no_file_and_not_the_index(tiphys, repository):
    before = read_tree(repository.folder)
    for command in (["history", "web", "--env", "prod"], ["status"], ["affected", "--since", "HEAD~1"]):
        assert tiphys(*command, cwd=repository.root).returncode == 0
    assert read_tree(repository.folder) == before
