"""Sets of versions that stood together: promoted from a commit, and rolled back to one."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from generator.cli.main import program
from generator.system import clock
from support.repositories import HOUR, START, Repository, environment, spec

pytestmark = pytest.mark.usefixtures("git")

WEB, API, SHOP = (f"services/{name}/pipeline.yaml" for name in ("web", "api", "shop"))
PROD = "  promotion: {from: dev, soak: 2h}\n"
OFFLINE = ["--offline", "--reason", "no network"]


@pytest.fixture(params=["", "config/shop"], ids=["whole", "folder"])
def repository(request, tmp_path, monkeypatch):
    """Return a repository in which `web` and `api` stood together for three hours before `web` moved on.

    The workspace is the whole of it, or a folder.
    """
    made = Repository(tmp_path / "r", request.param)
    made.write("environments/prod.yaml", environment("prod", more=PROD))
    made.write(WEB, spec("web", dev="1.0.0", prod="1.0.0"))
    made.write(API, spec("api", dev="0.1.0", prod="0.1.0"))
    released(made, "first")
    made.write(WEB, spec("web", dev="1.1.0", prod="1.0.0"))
    made.write(API, spec("api", dev="0.2.0", prod="0.1.0"))
    made.set = released(made, "together")
    made.commit("later")
    made.commit("later still")
    made.write(WEB, spec("web", dev="1.2.0", prod="1.0.0"))
    released(made, "web alone")
    monkeypatch.setattr(clock, "now", lambda: START + (made.clock + 1) * HOUR)
    return made


def released(repository, subject):
    call(repository, "generate", "--allow-delete")
    return repository.commit(subject)


def called(repository, *words):
    done = CliRunner().invoke(program, ["-C", str(repository.root), *words], standalone_mode=False)
    assert not isinstance(done.exception, AssertionError), done.output
    return done


def call(repository, *words):
    done = called(repository, *words)
    assert (done.exception, done.return_value) == (None, 0), (done.output, done.exception)
    return done.output


def refused(repository, *words):
    """Return what a command says that is refused, and see that it changed nothing."""
    before = repository.git("rev-parse", "HEAD")
    done = called(repository, *words)
    assert done.exception is not None or done.return_value, done.output
    assert (repository.git("rev-parse", "HEAD"), repository.git("status", "--porcelain")) == (before, "")
    return f"{getattr(done.exception, 'message', done.exception)} | {getattr(done.exception, 'hint', '')}"


def promote(commit, *more):
    return ["promote", "--all", "--at", commit, "--from", "dev", "--to", "prod", *more]


def back(commit, *more):
    return ["rollback", "--all", "--env", "prod", "--to", commit, *more]


def versions(repository, name="prod"):
    """Return the tags that the specs of the last commit say for an environment."""
    lines = repository.git("grep", "-h", f"    {name}: ", "HEAD", "--", "services").splitlines()
    return sorted(line.split('"')[1] for line in lines)


def body(repository):
    return repository.git("log", "-1", "--format=%B")


def test_the_versions_that_stood_together_are_promoted_and_not_those_of_today(repository):
    said = call(repository, *promote(repository.set, *OFFLINE, "--commit"))
    assert versions(repository) == ["0.2.0", "1.1.0"]
    assert f"dev at commit {repository.set[:10]}: 2 services, together there for 3h, until the first was replaced" in said
    assert repository.git("status", "--porcelain") == ""
    assert body(repository).splitlines()[0] == "Promote prod: 2 services"
    assert body(repository).count("Tiphys-From: dev") == 2
    assert call(repository, *promote(repository.set, *OFFLINE)).endswith(
        f"prod already has the versions of dev at commit {repository.set[:10]}\n"
    )


def test_a_dry_run_of_a_set_changes_nothing(repository):
    before = repository.git("rev-parse", "HEAD")
    said = call(repository, *promote(repository.set[:9], *OFFLINE, "--dry-run"))
    assert "web prod: image 1.0.0 → 1.1.0" in said
    assert (repository.git("rev-parse", "HEAD"), repository.git("status", "--porcelain")) == (before, "")


def test_the_soak_time_of_a_set_ends_when_a_version_was_replaced(repository):
    repository.write("environments/prod.yaml", environment("prod", more=PROD.replace("2h", "4h")))
    replacing = repository.git("rev-parse", "HEAD")
    released(repository, "stricter")
    repository.commit("later")
    said = refused(repository, *promote(repository.set, *OFFLINE, "--commit"))
    assert said == (
        f"web was in dev for 3h, until commit {replacing[:10]}; prod requires 4h | "
        "choose a commit whose versions were there for longer, or use --skip-soak with --reason"
    )
    call(repository, *promote(repository.set, *OFFLINE, "--skip-soak", "--commit"))
    assert "Tiphys-Override: soak: no network" in body(repository)


def test_a_set_that_drifted_at_its_commit_is_refused_whatever_is_generated_now(repository):
    repository.write("generated/dev/web/values.yaml", "# Code generated by tiphys from x; DO NOT EDIT.\nimage: {}\n")
    bad = repository.commit("edited by hand")
    released(repository, "repaired")
    said = refused(repository, *promote(bad, *OFFLINE, "--skip-soak", "--commit"))
    assert said.startswith(f"dev at commit {bad[:10]} is not clean: `generated/dev/web/values.yaml` is not what the specs")


def test_uncommitted_drift_of_today_does_not_stop_a_set_of_an_earlier_commit(repository):
    repository.write("generated/dev/web/values.yaml", "# Code generated by tiphys from x; DO NOT EDIT.\nimage: {}\n")
    call(repository, *promote(repository.set, *OFFLINE, "--dry-run"))


def test_a_set_does_not_take_newer_releases_back_without_force(repository):
    repository.write(WEB, spec("web", dev="1.2.0", prod="1.2.0"))
    released(repository, "web first")
    assert "web prod: image 1.2.0 → 1.1.0 is a downgrade" in refused(repository, *promote(repository.set, *OFFLINE, "--commit"))
    call(repository, *promote(repository.set, *OFFLINE, "--force", "--commit"))
    assert "Tiphys-Override: downgrade: no network" in body(repository)


def test_services_that_are_not_part_of_a_set_are_named_with_the_reason(repository):
    (repository.root / API).unlink()
    repository.write(SHOP, spec("shop", dev="3.0.0", prod="2.0.0"))
    released(repository, "api goes, shop comes")
    said = call(repository, *promote(repository.set, *OFFLINE, "--commit"))
    assert "left out: `api`: ran in dev then, but there is no spec of this name now\n" in said
    assert f"left out: `shop`: was not deployed to dev at commit {repository.set[:10]}\n" in said
    assert versions(repository) == ["1.1.0", "2.0.0"]


def test_a_chart_of_a_different_name_does_not_get_the_version_of_the_old_one(repository):
    other = '{image: {tag: "1.0.0"}, chart: {name: other, version: "9.0.0", profile: service}}'
    repository.write(WEB, spec("web", dev=other.replace("1.0.0", "1.2.0"), prod=other))
    released(repository, "another chart")
    said = refused(repository, *promote(repository.set, *OFFLINE, "--commit"))
    assert said.startswith(f"web used chart service 1.0.0 in dev at commit {repository.set[:10]}, and uses chart other now")


@pytest.mark.parametrize(
    ("revision", "said"),
    [
        ("nowhere", "commit `nowhere` does not exist"),
        ("--help", "commit `--help` does not exist"),
        ("side", "commit `side` is not in the first-parent history of HEAD: this branch never was at it"),
    ],
)
def test_a_commit_that_the_branch_never_was_at_is_refused(revision, said, repository):
    repository.git("checkout", "-q", "-b", "side")
    repository.commit("elsewhere")
    repository.git("checkout", "-q", "main")
    for words in (promote(revision, *OFFLINE), back(revision)):
        assert said in refused(repository, *words)


def test_an_environment_goes_back_to_what_ran_at_a_commit(repository):
    before = repository.git("rev-parse", "HEAD")
    call(repository, *promote(repository.set, *OFFLINE, "--commit"))
    repository.write(SHOP, spec("shop", dev="3.0.0", prod="2.0.0"))
    released(repository, "shop comes")
    said = call(repository, *back(before, "--commit"))
    assert versions(repository) == ["0.1.0", "1.0.0", "2.0.0"]
    assert f"not rolled back: `shop`: was not deployed to prod at commit {before[:10]}, and stays as it is" in said
    assert "web: the spec has no strategy" in said
    assert body(repository).splitlines()[0] == "Roll back prod: 2 services"
    assert "Override" not in body(repository), "a rollback is a downgrade on purpose"
    assert call(repository, *back(before, "--commit")).endswith(f"prod already has the versions of commit {before[:10]}\n")


def test_a_rollback_of_a_set_is_completed_after_it_was_killed_before_its_commit(repository):
    before = repository.git("rev-parse", "HEAD")
    call(repository, *promote(repository.set, *OFFLINE, "--commit"))
    call(repository, *back(before))  # written, and not committed
    said = call(repository, *back(before, "--commit"))
    assert "an interrupted run had written the rest without committing it" in said
    assert (versions(repository), repository.git("status", "--porcelain")) == (["0.1.0", "1.0.0"], "")


def test_a_promotion_of_a_set_is_completed_after_it_was_killed_before_its_commit(repository):
    call(repository, *promote(repository.set, *OFFLINE))
    call(repository, *promote(repository.set, *OFFLINE, "--commit"))
    assert (versions(repository), repository.git("status", "--porcelain")) == (["0.2.0", "1.1.0"], "")
    assert body(repository).count("Tiphys-Override: chart: no network") == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["promote", "web", "--at", "HEAD", "--from", "dev", "--to", "prod"], "--at needs --all"),
        (["rollback", "--all", "--env", "prod"], "--all needs --to COMMIT"),
        (["rollback", "--env", "prod"], "name the service to roll back, or use --all"),
        (["rollback", "web", "--all", "--env", "prod", "--to", "HEAD"], "name the service to roll back, or use --all"),
    ],
)
def test_options_of_sets_that_do_not_fit_are_a_usage_error(words, said, repository):
    assert said in str(called(repository, *words).exception)


def test_a_rollback_asks_the_repository_for_a_chart_that_it_brings_back(repository):
    before = repository.git("rev-parse", "HEAD")
    newer = '{image: {tag: "1.0.0"}, chart: {version: "2.0.0"}}'
    repository.write(WEB, spec("web", dev="1.2.0", prod=newer))
    released(repository, "a newer chart")
    said = refused(repository, *back(before, "--helm", "/nowhere/helm", "--commit"))
    assert said.endswith("or use --offline with --reason")
    assert "did not check that oci://registry.example.com/prod has `service 1.0.0`" in call(
        repository, *back(before, *OFFLINE, "--commit")
    )
    assert "Tiphys-Override: chart: no network" in body(repository)


def test_a_set_that_was_merged_is_the_one_of_the_merge(repository):
    repository.git("checkout", "-q", "-b", "more", repository.set)
    repository.write(SHOP, spec("shop", dev="3.0.0", prod="2.0.0"))
    inner = released(repository, "shop comes")
    repository.git("checkout", "-q", "main")
    repository.do_merge("more")
    call(repository, "check")
    merge = repository.git("rev-parse", "HEAD")
    assert "this branch never was at it" in refused(repository, *promote(inner, *OFFLINE, "--commit"))
    call(repository, *promote(merge, *OFFLINE, "--skip-soak", "--commit"))
    assert versions(repository) == ["0.2.0", "1.2.0", "3.0.0"]
