"""Dependencies between services: what `lint` finds in them, and what moves of versions ask."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from support.called import call, called
from support.repositories import Repository, environment, spec

pytestmark = pytest.mark.usefixtures("git")

CASES = YAML(typ="safe").load(Path(__file__).with_name("dependencies.yaml").read_text(encoding="utf-8"))
HEAD = (
    "apiVersion: tiphys/v1\nkind: Pipeline\nmetadata: {{name: {name}}}\nspec:\n  image: {{repository: ghcr.io/acme/{name}}}\n"
)
NEEDS = "  dependsOn: [{service: payments, version: '>=2.1'}]\n  environments:\n"
SHOWN = "{path}:{line}:{column}: {severity}[{rule}] {message}; {hint}"
OFFLINE = ["--offline", "--reason", "no network"]
UP = ["--from", "dev", "--to", "prod", *OFFLINE]


def refused(repository, *words):
    """Return what a command says that is refused, and see that it changed nothing."""
    before = repository.git("rev-parse", "HEAD")
    done = called(repository, *words)
    assert done.exception is not None, done.output
    assert (repository.git("rev-parse", "HEAD"), repository.git("status", "--porcelain")) == (before, "")
    return f"{done.exception.message} | {done.exception.hint}"


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_lint_finds_what_services_need_in_vain(case, tmp_path):
    made = Repository(tmp_path / "r")
    made.write("environments/staging.yaml", environment("staging"))
    for name, text in case.items():
        if name != "found":
            body = "".join(f"  {line}\n" for line in text.splitlines())
            made.write(f"services/{name}/pipeline.yaml", HEAD.format(name=name) + body)
    said = json.JSONDecoder().raw_decode(called(made, "lint", "--format", "json").output)[0]
    assert [SHOWN.format(**one) for one in said["diagnostics"] if one["path"].startswith("services/")] == case["found"]


@pytest.fixture
def repository(tmp_path):
    """Return a repository in which `checkout` of dev needs a newer `payments` than prod has."""
    made = Repository(tmp_path / "r")
    made.write("services/mail/pipeline.yaml", spec("mail", dev="1.0.0", prod="1.0.0"))
    made.write("services/payments/pipeline.yaml", spec("payments", dev="2.1.0", prod="2.0.0"))
    made.write("services/checkout/pipeline.yaml", spec("checkout", dev="1.1.0", prod="1.0.0"))
    generated(made)
    path = "services/checkout/pipeline.yaml"
    made.write(path, spec("checkout", dev="1.1.0", prod="1.0.0").replace("  environments:\n", NEEDS))
    generated(made)
    return made


def generated(repository):
    call(repository, "generate", "--allow-delete")
    return repository.commit("generate")


LACK = "checkout needs payments >=2.1, but prod has 2.0.0, which is not in the range | "
FIRST = "release payments first, or promote both in one command, or use --ignore-dependencies with --reason"


def test_a_promotion_is_refused_where_the_target_lacks_what_the_service_needs(repository):
    assert refused(repository, "promote", "checkout", *UP, "--commit") == LACK + FIRST
    assert refused(repository, "bump", "checkout", "--env", "prod", "--image-tag", "1.1.0", "--commit") == LACK + FIRST
    call(repository, "promote", "payments", *UP, "--commit")
    call(repository, "promote", "checkout", *UP, "--commit")


def test_a_set_satisfies_itself(repository):
    call(repository, "promote", "--all", *UP, "--commit")
    assert "TP506" not in called(repository, "lint").output


def test_what_is_skipped_is_recorded(repository):
    call(repository, "promote", "checkout", *UP, "--ignore-dependencies", "--commit")
    message = repository.git("log", "-1", "--format=%B")
    assert "Tiphys-Override: dependency: no network" in message
    assert "dependency: no network" in call(repository, "history", "checkout", "--env", "prod")


def test_a_service_that_the_target_does_not_deploy_is_named(repository):
    repository.write("services/payments/pipeline.yaml", spec("payments", dev="2.1.0"))
    repository.git("commit", "-aqm", "payments leaves prod")
    said = called(repository, "promote", "checkout", *UP)
    assert said.exception.message == "checkout needs payments >=2.1, but prod does not deploy payments"


def test_going_back_below_what_others_need_is_refused_and_can_be_overridden_at_night(repository):
    call(repository, "promote", "--all", *UP, "--commit")
    said = refused(repository, "rollback", "payments", "--env", "prod", "--commit")
    assert said == (
        "checkout in prod needs payments >=2.1, but prod then has 2.0.0, which is not in the range | "
        "roll back checkout as well, in one command with --all, or use --ignore-dependencies with --reason"
    )
    call(repository, "rollback", "payments", "--env", "prod", "--ignore-dependencies", "--reason", "INC-1", "--commit")
    assert "Tiphys-Override: dependency: INC-1" in repository.git("log", "-1", "--format=%B")
    assert "TP506" in call(repository, "check"), "it stays a warning, so that CI does not stop everything else"


def test_the_service_that_needs_others_can_always_go_back(repository):
    call(repository, "promote", "--all", *UP, "--commit")
    call(repository, "rollback", "payments", "--env", "prod", "--ignore-dependencies", "--reason", "INC-1", "--commit")
    call(repository, "rollback", "checkout", "--env", "prod", "--commit")


def test_a_set_goes_back_together(repository):
    before = repository.git("rev-parse", "HEAD")
    call(repository, "promote", "--all", *UP, "--commit")
    call(repository, "rollback", "--all", "--env", "prod", "--to", before, "--commit")


def test_a_move_does_not_answer_for_what_was_lacking_before(repository):
    call(repository, "promote", "checkout", *UP, "--ignore-dependencies", "--commit")
    call(repository, "bump", "payments", "--env", "prod", "--image-tag", "2.0.1", "--commit")
    call(repository, "bump", "mail", "--env", "prod", "--image-tag", "1.0.1", "--commit")


def test_a_newer_version_that_leaves_the_range_of_others_is_refused(repository):
    path = "services/checkout/pipeline.yaml"
    repository.write(path, (repository.root / path).read_text().replace(">=2.1", "2.x"))
    generated(repository)
    said = refused(repository, "bump", "payments", "--env", "prod", "--image-tag", "3.0.0", "--commit")
    assert said.startswith("checkout in prod needs payments 2.x, but prod then has 3.0.0, which is not in the range | ")
    assert "release a version of checkout first that can do with it" in said


def test_an_override_is_recorded_though_the_run_that_wrote_it_was_killed_before_its_commit(repository):
    call(repository, "promote", "--all", *UP, "--commit")
    words = [
        "bump",
        "payments",
        "--env",
        "prod",
        "--image-tag",
        "2.0.5",
        "--force",
        "--ignore-dependencies",
        "--reason",
        "INC-1",
    ]
    call(repository, *words)  # written, and not committed
    call(repository, *words, "--commit")
    assert "Tiphys-Override: dependency: INC-1" in repository.git("log", "-1", "--format=%B")
