"""From a release to its code: recorded by bump, carried on by promote and rollback, told by history."""

from __future__ import annotations

import csv
import io
import json

import pytest
from click.testing import CliRunner

from generator.cli.main import program
from generator.history import changelog
from support.repositories import Repository, environment, spec

pytestmark = pytest.mark.usefixtures("git")

WEB = "services/web/pipeline.yaml"
URL = "https://github.com/acme/web"
OFFLINE = ("--offline", "--reason", "no network")


@pytest.fixture
def code(tmp_path):
    """Return a repository of code with three commits, whose last two are those of releases."""
    made = Repository(tmp_path / "code")
    made.commit("start")
    made.commit("Add a cart\n\nIt holds things.", who="Eve")
    made.commit("Fix the cart")
    return made


@pytest.fixture
def repository(tmp_path, code):
    """Return a workspace with a release of each of the last two commits in dev."""
    made = Repository(tmp_path / "r")
    made.write("environments/prod.yaml", environment("prod", more="  promotion: {from: dev}\n"))
    made.write(WEB, spec("web", dev="1.0.0", prod="1.0.0"))
    made.commit("begin")
    call(made, "generate")
    made.commit("generate")
    for tag, commit in (("1.1.0", "HEAD~2"), ("1.2.0", "HEAD")):
        bump(made, tag, code.git("rev-parse", commit), "--code-repository", URL)
    return made


def bump(repository, tag, commit, *more, code=0):
    return call(
        repository, "bump", "web", "--env", "dev", "--image-tag", tag, "--code-commit", commit, *more, "--commit", code=code
    )


def call(repository, *words, code=0):
    repository.clock += 1
    done = CliRunner().invoke(program, ["-C", str(repository.root), *words], standalone_mode=False)
    assert (done.exception, done.return_value) == (None, code), (done.output, done.exception)
    return done.output


def history(repository, *words):
    return json.loads(call(repository, "history", "web", *words, "--format", "json"))["releases"]


def codes(repository, environment="dev"):
    return [one["code"] and one["code"]["commit"] for one in history(repository, "--env", environment)]


def test_history_leads_from_a_release_to_its_code(repository, code):
    found = history(repository, "--env", "dev")
    head = code.git("rev-parse", "HEAD")
    assert codes(repository) == [head, code.git("rev-parse", "HEAD~2"), None]
    assert (found[0]["code"]["repository"], found[0]["code"]["url"]) == (URL, f"{URL}/commit/{head}")
    assert head[:8] in call(repository, "history", "web", "--env", "dev", "--code")
    assert head[:8] in call(repository, "history", "--code")
    rows = list(csv.DictReader(io.StringIO(call(repository, "history", "--format", "csv"))))
    assert (rows[0]["codeCommit"], rows[0]["codeRepository"], rows[0]["number"]) == (head, URL, "3")


def test_a_promotion_and_a_rollback_carry_the_code_on(repository, code):
    head, older = code.git("rev-parse", "HEAD"), code.git("rev-parse", "HEAD~2")
    call(repository, "rollback", "web", "--env", "dev", "--commit")
    assert codes(repository)[0] == older
    call(repository, "promote", "web", "--from", "dev", "--to", "prod", "--commit", *OFFLINE)
    assert codes(repository, "prod")[0] == older
    bump(repository, "1.3.0", head)
    call(repository, "promote", "--all", "--from", "dev", "--to", "prod", "--commit", *OFFLINE)
    assert codes(repository, "prod")[0] == head
    assert f"Argocd-reference-commit-sha: {head}" in repository.git("log", "-1", "--format=%B")


def test_a_version_that_is_not_committed_is_of_no_known_code(repository):
    repository.write(WEB, spec("web", dev="9.9.9", prod="1.0.0"))
    call(repository, "generate")
    call(repository, "promote", "web", "--from", "dev", "--to", "prod", *OFFLINE)
    repository.commit("by hand")
    assert codes(repository, "prod")[0] is None


def test_a_checkout_of_the_code_gives_argo_cd_what_it_shows(repository, code):
    head = code.git("rev-parse", "HEAD~1")
    bump(repository, "1.3.0", head[:9], "--code-checkout", str(code.root))
    said = repository.git("log", "-1", "--format=%(trailers:only)").splitlines()
    assert f"Tiphys-Code-Commit: {head}" in said
    assert "Argocd-reference-commit-author: Eve <eve@example.com>" in said
    assert "Argocd-reference-commit-subject: Add a cart" in said
    assert 'Argocd-reference-commit-body: "Add a cart\\n\\nIt holds things."' in said
    assert not [line for line in said if line.startswith("Argocd-reference-commit-repourl")]


@pytest.mark.parametrize(
    "message",
    [
        "web 1.3.0\n\nTiphys-Code-Commit: {0}\n",
        "web 1.3.0\n\nTiphys-Service: web\nTiphys-Environment: dev\nTiphys-Code-Commit: {0}\n",
        "web 1.3.0\n\nTiphys-Service: web\nTiphys-Environment: prod\nTiphys-Image-Tag: 1.3.0\nTiphys-Code-Commit: {0}\n",
        "web 1.3.0\n\nTiphys-Service: web\nTiphys-Environment: dev\nTiphys-Image-Tag: 1.2.9\nTiphys-Code-Commit: {0}\n",
        "web 1.3.0\n\nTiphys-Service: api\nTiphys-Environment: dev\nTiphys-Image-Tag: 1.3.0\nTiphys-Code-Commit: {0}\n",
    ],
    ids=["no service", "no version", "another environment", "another version", "another service"],
)
def test_trailers_of_another_shape_prove_no_code(repository, code, message):
    repository.write(WEB, spec("web", dev="1.3.0", prod="1.0.0"))
    repository.commit(message.format(code.git("rev-parse", "HEAD")))
    assert codes(repository)[0] is None


def test_the_commits_that_a_release_brought_are_listed(repository, code, monkeypatch):
    asked = ("history", "web", "--env", "dev", "--code-checkout", str(code.root))
    text = call(repository, *asked)
    assert [line.split("  ")[2] for line in text.splitlines() if line.startswith("  ")] == ["Fix the cart", "Add a cart"]
    assert f"{URL}/compare/" in text
    found = history(repository, "--env", "dev", "--code-checkout", str(code.root))
    assert [one["subject"] for one in found[0]["code"]["changes"]] == ["Fix the cart", "Add a cart"]
    monkeypatch.setattr(changelog, "MOST", 1)
    assert "… 1 older commit" in call(repository, *asked)


def test_hostile_subjects_and_missing_commits_are_told_and_nothing_more(repository, code):
    code.commit("\x1b[31mred\u202e and ::error::x")
    bump(repository, "1.3.0", code.git("rev-parse", "HEAD"))
    bump(repository, "1.4.0", "a" * 40)
    bump(repository, "1.5.0", code.git("rev-parse", "HEAD~3"))
    text = call(repository, "history", "web", "--env", "dev", "--code-checkout", str(code.root))
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "the checkout lacks" in text


def test_code_that_went_back_says_so(repository, code):
    bump(repository, "1.3.0", code.git("rev-parse", "HEAD~1"))
    bump(repository, "1.4.0", code.git("rev-parse", "HEAD~1"))
    text = call(repository, "history", "web", "--env", "dev", "--code-checkout", str(code.root))
    assert "the code went back" in text
    assert "the same code" in text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["bump", "web", "--env", "dev", "--image-tag", "1", "--code-repository", URL], "need --code-commit"),
        (["bump", "web", "--env", "dev", "--image-tag", "1", "--code-commit", "x"], "is not the id of a commit"),
        (
            ["bump", "web", "--env", "dev", "--image-tag", "1", "--code-commit", "a" * 40, "--code-checkout", "."],
            "has no commit",
        ),
        (["history", "--code-checkout", "."], "needs a SERVICE and one --env"),
        (["history", "web", "--env", "dev", "--code-checkout", "/"], "not in a Git repository"),
    ],
)
def test_a_mistake_is_named_and_changes_nothing(repository, words, said, monkeypatch):
    monkeypatch.chdir(repository.root)
    done = CliRunner().invoke(program, ["-C", str(repository.root), *words], standalone_mode=False)
    assert said in str(getattr(done.exception, "message", done.exception))
    assert repository.git("status", "--porcelain") == ""


def test_a_commit_that_a_user_makes_gets_the_same_trailers(repository):
    text = call(repository, "bump", "web", "--env", "dev", "--image-tag", "1.3.0", "--code-commit", "a" * 40)
    assert f"  Tiphys-Code-Commit: {'a' * 40}" in text


def test_the_report_leads_from_the_last_releases_to_their_code(repository, code, tmp_path):
    repository.write(
        "tiphys.yaml", repository.root.joinpath("tiphys.yaml").read_text().replace("example.com/r", "gitlab.com/acme/config")
    )
    call(repository, "generate")
    repository.commit("move")
    call(repository, "report", "-o", str(tmp_path / "site"))
    page = (tmp_path / "site" / "services" / "web.html").read_text()
    head, landed = code.git("rev-parse", "HEAD"), repository.git("rev-parse", "HEAD~1")
    assert f'<a href="{URL}/commit/{head}" rel="noreferrer noopener"><code>{head[:8]}</code></a>' in page
    assert f'<a href="https://gitlab.com/acme/config/-/commit/{landed}"' in page
    order = [page.index(f'id="{part}"') for part in ("releases", "last", "commands", "spec")]
    assert order == sorted(order)
    assert "tiphys rollback web --env prod --commit" in page
    for other in ("index", "metrics", "findings", "environments", "promotion"):
        assert f"<code>{repository.git('rev-parse', 'HEAD')[:8]}</code>" in (tmp_path / "site" / f"{other}.html").read_text()
    numbers = (tmp_path / "site" / "metrics.html").read_text()
    assert "All services, by environment" in numbers
    assert "Not known:" in numbers


def test_one_service_and_all_of_them_have_the_same_code(repository, code):
    repository.write("services/web-2/pipeline.yaml", spec("web-2", dev="1.0.0"))
    repository.commit("web-2")
    call(repository, "generate")
    repository.commit("generate")
    head = code.git("rev-parse", "HEAD~1")
    call(repository, "bump", "web-2", "--env", "dev", "--image-tag", "2.0.0", "--code-commit", head, "--commit")
    data = json.loads(call(repository, "history", "--env", "dev", "--format", "json"))["releases"]
    everywhere = [one["code"] and one["code"]["commit"] for one in data if one["service"] == "web"]
    assert everywhere == codes(repository)
    assert next(one["code"]["commit"] for one in data if one["service"] == "web-2") == head
