"""What a history holds is read within limits: a commit of some kilobytes can hold millions of files or of trailers."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from generator.errors import ConfigError
from generator.history.ledger import releases
from generator.history.ledger.versions import Versions
from generator.system.git import call as git_call
from generator.system.git import code as git_code
from generator.system.git import commits as git_commits
from generator.system.git import read as git
from generator.system.git import walk as git_walk
from generator.workspace.load import Loader
from support.paths import ROOT
from support.repositories import Repository, spec

pytestmark = pytest.mark.usefixtures("git")
PATHS = (":(literal)services",)


@pytest.fixture
def repository(tmp_path):
    repository = Repository(tmp_path / "r")
    repository.write("services/web/pipeline.yaml", spec(dev="1.0.0", prod="1.0.0"))
    repository.commit("start")
    return repository


def tiphys(repository, *words):
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "generator", *words]
    return subprocess.run(command, cwd=repository.root, env=environment, capture_output=True, text=True, check=False)


def in_git(repository, *arguments, stdin=b""):
    done = subprocess.run(
        ["git", *arguments], cwd=repository.root, env=repository.env, input=stdin, capture_output=True, check=True
    )
    return done.stdout.decode().strip()


def with_many_files(repository, levels):
    """Commit a tree with ten to the power of some files that are one, and then go on without it."""
    tree = in_git(repository, "mktree", stdin=in_git(repository, "ls-tree", "HEAD:services/web").encode() + b"\n")
    for _ in range(levels):
        tree = in_git(repository, "mktree", stdin="".join(f"040000 tree {tree}\td{at}\n" for at in range(10)).encode())
    kept = [line for line in in_git(repository, "ls-tree", "HEAD").splitlines() if not line.endswith("\tservices")]
    whole = in_git(repository, "mktree", stdin="\n".join([*kept, f"040000 tree {tree}\tservices", ""]).encode())
    bomb = repository.git("commit-tree", whole, "-p", "HEAD", "-m", "many")
    after = repository.git("commit-tree", "HEAD^{tree}", "-p", bomb, "-m", "as before")
    in_git(repository, "update-ref", "HEAD", after)


@pytest.mark.parametrize("words", [["status"], ["history", "web", "--env", "prod"]])
def test_a_commit_with_a_million_files_ends_a_command_with_a_sentence(words, repository):
    with_many_files(repository, 6)
    done = tiphys(repository, *words)
    assert done.returncode == 2, (done.stdout[-500:], done.stderr[-500:])
    assert "Traceback" not in done.stderr
    assert "use a shallow clone: `git clone --depth N`" in done.stderr


@pytest.mark.parametrize("read", [git.log, git_walk.first_parents])
def test_files_of_all_commits_count_together(read, repository, monkeypatch):
    with_many_files(repository, 2)
    root = str(repository.root)
    assert len(read(root, PATHS)) == 3
    monkeypatch.setattr(git_commits, "MOST_CHANGES", 150)
    monkeypatch.setattr(git_walk, "MOST_CHANGES", 150)
    with pytest.raises(ConfigError, match="more than 150 files"):
        read(root, PATHS)


@pytest.mark.parametrize("read", [git.log, git_walk.first_parents])
def test_output_of_git_is_read_up_to_a_limit(read, repository, monkeypatch):
    for module in (git, git_walk):
        monkeypatch.setattr(module, "MOST_LOG", 100)
    with pytest.raises(ConfigError, match="printed more than"):
        read(str(repository.root), PATHS)


def test_long_messages_share_what_is_read_of_trailers(repository, monkeypatch):
    trailers = "Tiphys-Service: web\nTiphys-Environment: prod\nTiphys-Override: soak: x\n"
    for number in range(4):
        repository.write("services/web/pipeline.yaml", spec(dev=f"1.{number}.1", prod="1.0.0"))
        repository.commit(f"long\n\n{trailers * 1_000}")
    one = len(trailers) * 1_000
    monkeypatch.setattr(git_commits, "MOST_TRAILERS", 2 * one)
    lengths = [len(commit.trailers) for commit in git.log(str(repository.root), PATHS)]
    assert lengths[:2] == [3_000, 3_000]
    assert all(0 < length < 300 for length in lengths[2:4])


def test_all_promotions_of_a_service_are_looked_up_in_one_reading(repository, monkeypatch):
    environment = "apiVersion: tiphys/v1\nkind: Environment\nmetadata: {name: NAME}\nspec: {}\n"
    for name in ("dev", "prod"):
        repository.write(f"environments/{name}.yaml", environment.replace("NAME", name))
    for number in range(1, 13):
        repository.write("services/web/pipeline.yaml", spec(dev=f"1.{number}.0", prod=f"1.{number - 1}.0"))
        repository.commit("dev")
        repository.write("services/web/pipeline.yaml", spec(dev=f"1.{number}.0", prod=f"1.{number}.0"))
        repository.commit("prod\n\nTiphys-Service: web\nTiphys-Environment: prod\nTiphys-From: dev")
    asked = []
    version = Versions.version
    monkeypatch.setattr(Versions, "version", lambda self, *words: asked.append(words) or version(self, *words))
    workspace = Loader(str(repository.root)).workspace()
    found = releases(str(repository.root), workspace, "web", "prod")
    assert [one.promoted_from for one in found.releases[:12]] == ["dev"] * 12
    assert len(asked) < 5 * 25, "it is linear in the number of commits"


def test_what_was_never_in_an_environment_was_not_promoted_from_there(repository):
    repository.write("services/web/pipeline.yaml", spec(dev="1.0.0", prod="2.0.0"))
    repository.commit("forged\n\nTiphys-Service: web\nTiphys-Environment: prod\nTiphys-From: dev")
    workspace = Loader(str(repository.root)).workspace()
    assert releases(str(repository.root), workspace, "web", "prod").releases[0].promoted_from == ""


def test_commits_of_the_code_with_messages_of_megabytes_are_named_and_not_read(repository, monkeypatch):
    repository.commit("Add a cart\n\nIt holds things.")
    for number in range(3):
        repository.write("message.txt", f"{number}" * 300_000)
        repository.git("commit", "-q", "--allow-empty", "-F", "message.txt")
    printed = []
    monkeypatch.setattr(git_code, "call", lambda *words, **more: printed.append(git_call.call(*words, **more)) or printed[-1])
    found, more = git_code.between(
        str(repository.root), repository.git("rev-parse", "HEAD~4"), repository.git("rev-parse", "HEAD"), 50
    )
    assert [one.subject for one in found[3:]] == ["Add a cart"]
    assert {one.subject[:17] for one in found[:3]} == {"(a commit of 300,"}
    assert [one.commit for one in found] == repository.git("rev-list", "--max-count=4", "HEAD").split()
    assert (more, sum(len(done.out) for done in printed) < 10_000) == (0, True)
    assert git_code.commit_in(str(repository.root), "HEAD").subject.startswith("(a commit of 300,")


def test_a_message_of_megabytes_on_a_branch_is_an_error_that_names_the_commit(repository):
    path = repository.root / "message.txt"
    path.write_bytes(b"x" * 5_000_000)
    repository.git("commit", "-q", "--allow-empty", "-F", "message.txt")
    head = repository.git("rev-parse", "HEAD")
    with pytest.raises(ConfigError, match=f"the message of commit {head[:8]} has more than"):
        git.message(str(repository.root), head)
