"""What a remote refuses is told as it is: a protected branch with what to do instead, a lost race as one."""

from __future__ import annotations

import pytest

from support.remotes import clone, git, make_remote, tiphys

PROTECTED = {
    "GitHub": (
        "pre-receive",
        """\
remote: error: GH006: Protected branch update failed for refs/heads/main.
remote: error: Changes must be made through a pull request.""",
    ),
    "GitLab": ("pre-receive", "GitLab: You are not allowed to push code to protected branches on this project."),
    "Gitea": ("pre-receive", "Gitea: Not allowed to push to protected branch main"),
    "Bitbucket Data Center": (
        "pre-receive",
        "Branch refs/heads/main can only be modified through pull requests.\nCheck your branch permissions.",
    ),
    "Azure DevOps": ("update", "TF402455: Pushes to this branch are not permitted; you must use a pull request to update it."),
}
REFUSED = "tiphys: origin does not accept a push to main: "
NOTHING = "; nothing was changed here"


@pytest.fixture
def remote(tmp_path):
    return make_remote(tmp_path)


def hook(remote, name, script):
    """Install a hook in a bare repository; the script gets what git gives it."""
    file = remote / "hooks" / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)


def refuses_main(name, words):
    """Return the script of a hook that refuses every push to main, with these words."""
    said = "".join(f"    echo '{line}' >&2\n" for line in words.splitlines())
    if name == "update":
        return f'if [ "$1" = refs/heads/main ]; then\n{said}    exit 1\nfi'
    return f'while read -r _ _ ref; do\n  if [ "$ref" = refs/heads/main ]; then\n{said}    exit 1\n  fi\ndone'


def bumped(remote, name="mine"):
    mine = clone(remote, name)
    assert tiphys(mine, "bump", "api", "--env", "dev", "--image-tag", "1.0.0", "--commit").returncode == 0
    return mine


@pytest.mark.parametrize("forge", PROTECTED)
def test_a_protected_branch_is_told_with_the_way_that_is_open_and_that_way_works(remote, forge):
    mine = bumped(remote)
    hook(remote, PROTECTED[forge][0], refuses_main(*PROTECTED[forge]))
    before = [git(mine, *words) for words in (["rev-parse", "HEAD", "main"], ["status", "--porcelain"])]
    done = tiphys(mine, "publish", "--push")
    first, hint = done.stderr.splitlines()
    words = " ".join(line.removeprefix("remote: ").removeprefix("error: ") for line in PROTECTED[forge][1].splitlines()).rstrip(
        "."
    )
    assert (done.returncode, first) == (1, f"{REFUSED}{words}{NOTHING}")
    assert hint == (
        "  = hint: main is protected: push a branch, `tiphys publish --branch NAME --push`, and open a pull request from it"
    )
    assert [git(mine, *words) for words in (["rev-parse", "HEAD", "main"], ["status", "--porcelain"])] == before
    assert tiphys(mine, "publish", "--branch", "bump-api", "--push").returncode == 0
    assert git(remote, "rev-parse", "bump-api") == git(mine, "rev-parse", "main")


@pytest.mark.parametrize("name", ["pre-receive", "update"])
def test_a_hook_that_says_nothing_known_is_quoted_and_not_taken_for_a_lost_race(remote, name):
    mine = bumped(remote)
    hook(remote, name, f'echo x >> "$PWD/asked"\n{refuses_main(name, "No. See https://wiki.example.com/7")}')
    done = tiphys(mine, "publish", "--push")
    assert (done.returncode, done.stderr.splitlines()[0]) == (1, f"{REFUSED}No. See https://wiki.example.com/7{NOTHING}")
    assert "if main is protected, push a branch" in done.stderr
    assert len((remote / "asked").read_text().split()) == 1, "a hook that refuses is asked once"


def test_a_hook_without_a_word_is_told_by_what_git_calls_it(remote):
    mine = bumped(remote)
    hook(remote, "pre-receive", "exit 1")
    done = tiphys(mine, "publish", "--push")
    assert done.stderr.splitlines()[0] == f"{REFUSED}pre-receive hook declined{NOTHING}"


def test_what_a_hook_says_cannot_colour_the_terminal_or_command_a_runner_and_is_bounded(remote):
    mine = bumped(remote)
    script = (
        "printf 'a \\033[31mred\\033[0m word\\n##[error]owned\\nhttps://user:secret@example.com/r\\n' >&2; "
        "yes 'and more' | head -n 5000 >&2; exit 1"
    )
    hook(remote, "pre-receive", script)
    done = tiphys(mine, "publish", "--push")
    assert done.returncode == 1
    assert "\x1b" not in done.stderr
    assert "##[" not in done.stderr
    assert "secret" not in done.stderr
    assert len(done.stderr) < 1000


RACE = """\
if [ ! -e "{remote}/raced" ]; then
  touch "{remote}/raced"
  unset GIT_QUARANTINE_PATH GIT_DIR GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES
  git -C "{remote}" update-ref refs/heads/main {theirs}
  {words}
fi"""


@pytest.mark.parametrize(
    "words",
    ["", "echo 'a word that no version of git ever said' >&2; exit 1", "echo 'pre-receive says: protected' >&2; exit 1"],
    ids=["git's own words", "unknown words", "words of a protected branch"],
)
def test_a_push_that_another_one_overtakes_is_repeated_whatever_the_remote_calls_it(remote, words):
    theirs, mine = bumped(remote, "theirs"), clone(remote, "mine")
    assert tiphys(mine, "bump", "shop", "--env", "dev", "--image-tag", "2.0.0", "--commit").returncode == 0
    git(theirs, "push", "-q", "origin", "HEAD:refs/heads/theirs")
    hook(remote, "pre-receive", RACE.format(remote=remote, theirs=git(theirs, "rev-parse", "HEAD"), words=words))
    done = tiphys(mine, "publish", "--push")
    assert done.returncode == 0, done.stderr
    assert (remote / "raced").exists()
    assert git(remote, "log", "--format=%s", "-2", "main").splitlines() == [
        "shop dev: image 0.0.0 → 2.0.0",
        "api dev: image 0.0.0 → 1.0.0",
    ]


def test_a_push_that_arrived_although_the_connection_broke_is_a_push(remote):
    mine = bumped(remote)
    hook(remote, "post-receive", "kill -9 $PPID")
    done = tiphys(mine, "publish", "--push")
    assert done.returncode == 0, done.stderr
    assert git(remote, "rev-parse", "main") == git(mine, "rev-parse", "HEAD")


def test_a_remote_that_refuses_once_and_says_neither_why_nor_moves_is_asked_again(remote):
    mine = bumped(remote)
    lock = remote / "refs/heads/main.lock"
    hook(remote, "pre-receive", f'if [ ! -e "{remote}/once" ]; then touch "{remote}/once" "{lock}"; else rm -f "{lock}"; fi')
    done = tiphys(mine, "publish", "--push")
    assert done.returncode == 0, done.stderr
    assert git(remote, "rev-parse", "main") == git(mine, "rev-parse", "HEAD")
