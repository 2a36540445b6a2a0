"""A move on a branch of its own: what people have checked out stays as it is, and nothing that they pushed is lost."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys

import pytest

from support.killing import kill_at_every_write
from support.remotes import ENVIRONMENT, clone, git, make_remote, tiphys

BUMP = ("bump", "api", "--env", "dev", "--branch", "bump/api", "--push")
SPEC = "services/api/pipeline.yaml"


@pytest.fixture(scope="module")
def first_remote(tmp_path_factory):
    return make_remote(tmp_path_factory.mktemp("own-branch"))


@pytest.fixture
def remote(first_remote, tmp_path):
    return shutil.copytree(first_remote, tmp_path / "remote.git")


@pytest.fixture
def mine(remote):
    return clone(remote, "mine")


def state(folder):
    """Return what a move on a branch of its own must not change: commit, branch, index, files."""
    words = (["rev-parse", "HEAD"], ["branch", "--show-current"], ["ls-files", "-s"], ["status", "--porcelain"])
    return [git(folder, *one) for one in words]


def bump(folder, tag, *more):
    return tiphys(folder, *BUMP, "--image-tag", tag, *more)


def on_branch(remote, name, tmp_path, change, message="more", branch="bump/api"):
    """Commit and push a change to a branch, as a person does it."""
    folder = clone(remote, name)
    git(folder, "switch", "-q", branch)
    change(folder)
    git(folder, "commit", "-qam", message)
    git(folder, "push", "-q", "origin", branch)
    return folder


def test_the_commit_is_on_the_branch_alone_and_everything_here_stays_as_it_was(mine, remote):
    (mine / "notes.txt").write_text("my own")
    environment = mine / "environments/dev.yaml"
    environment.write_text(environment.read_text() + "# a draft\n")
    git(mine, "add", "environments")
    before = state(mine)
    done = bump(mine, "1.0.0")
    assert done.returncode == 0, done.stderr
    commit = git(remote, "rev-parse", "bump/api")
    left = "not committed, and so not on branch bump/api: `environments/dev.yaml`\n"
    assert done.stderr == f"{left}branch origin/bump/api is at {commit[:8]}\n"
    assert state(mine) == before
    assert git(mine, "rev-parse", "bump/api") == commit
    assert git(remote, "log", "--format=%s", "main..bump/api") == "api dev: image 0.0.0 → 1.0.0"
    assert git(remote, "show", "--name-only", "--format=", "bump/api").splitlines() == ["generated/dev/api/values.yaml", SPEC]
    assert [path.name for path in (mine / ".git").glob("tiphys-*")] == []


def test_a_second_run_leaves_the_branch_so_that_approvals_stay_and_a_newer_version_replaces_it(mine, remote):
    bump(mine, "1.0.0")
    first = git(remote, "rev-parse", "bump/api")
    again = bump(mine, "1.0.0")
    assert (again.returncode, again.stderr) == (0, f"branch origin/bump/api already has this change, at {first[:8]}\n")
    other = clone(remote, "runner")  # a new clone, as each job of CI has
    git(other, "commit", "-q", "--allow-empty", "-m", "main goes on")
    git(other, "push", "-q", "origin", "main")
    assert "already has this change" in bump(other, "1.0.0").stderr
    done = bump(other, "1.1.0")
    second = git(remote, "rev-parse", "bump/api")
    assert done.stderr == f"branch origin/bump/api is at {second[:8]}, and was at {first[:8]}\n"
    assert git(remote, "log", "--format=%s", "main..bump/api") == "api dev: image 0.0.0 → 1.1.0"


def test_a_branch_into_which_the_forge_merged_main_is_still_ours(mine, remote, tmp_path):
    bump(mine, "1.0.0")
    git(mine, "commit", "-q", "--allow-empty", "-m", "main goes on")
    git(mine, "push", "-q", "origin", "main")
    git(mine, "switch", "-q", "bump/api")
    git(mine, "merge", "-q", "--no-edit", "main")
    git(mine, "push", "-q", "origin", "bump/api")
    git(mine, "switch", "-q", "main")
    assert "already has this change" in bump(mine, "1.0.0").stderr
    assert bump(mine, "1.1.0").returncode == 0
    git(mine, "merge", "-q", "--no-ff", "--no-edit", "bump/api")
    assert bump(mine, "1.2.0").returncode == 0, "a merged branch is used again"


def edit(folder, path, old, new):
    (folder / path).write_text((folder / path).read_text().replace(old, new))


FOREIGN = {
    "a commit by hand": (lambda folder: (folder / "README.md").write_text("x"), "more", "was not made by Tiphys"),
    "another service": (
        lambda folder: edit(folder, "services/shop/pipeline.yaml", "0.0.0", "9.0.0"),
        "x\n\nTiphys-Service: shop\nTiphys-Environment: dev",
        "is about `shop`",
    ),
    "another environment": (
        lambda folder: edit(folder, SPEC, "1.0.0", "1.0.1"),
        "x\n\nTiphys-Service: api\nTiphys-Environment: prod",
        "is about `prod`",
    ),
    "an edit under a copied message": (
        lambda folder: edit(folder, SPEC, "environments:", "replicas: 7\n  environments:"),
        "x\n\nTiphys-Service: api\nTiphys-Environment: dev",
        f"changes `{SPEC}` by more than versions",
    ),
    "a file of their own": (
        lambda folder: (folder / "generated/dev/api/notes.yaml").write_text("a: 1\n"),
        "x\n\nTiphys-Service: api\nTiphys-Environment: dev",
        "changes `generated/dev/api/notes.yaml` by more than versions",
    ),
}


@pytest.mark.parametrize("case", FOREIGN)
def test_what_people_pushed_to_the_branch_is_never_overwritten(case, mine, remote, tmp_path):
    change, message, words = FOREIGN[case]
    bump(mine, "1.0.0")

    def add(folder):
        change(folder)
        git(folder, "add", "-A")

    on_branch(remote, "theirs", tmp_path, add, message)
    before = git(remote, "rev-parse", "bump/api"), state(mine)
    done = bump(mine, "1.1.0")
    assert done.returncode == 1
    assert done.stderr.startswith(f"tiphys: branch bump/api exists already, at {before[0][:8]}, and ")
    assert f"{words}; it is left as it is\n" in done.stderr
    assert (git(remote, "rev-parse", "bump/api"), state(mine)) == before


def test_branches_that_are_not_for_pull_requests_are_refused(mine, remote):
    git(mine, "branch", "-q", "other")
    before = git(remote, "for-each-ref"), git(mine, "for-each-ref", "refs/heads")
    git(mine, "switch", "-q", "--detach")
    for name, code, words in (
        ("main", 1, "main is the default branch of origin"),
        ("other", 1, "branch other exists already, at"),
        ("--force", 2, "'--force' is not a valid branch name"),
        ("refs/heads/x", 2, "'refs/heads/x' is not a valid branch name"),
    ):
        done = tiphys(mine, "bump", "api", "--env=dev", "--image-tag=1.0.0", f"--branch={name}", "--push")
        assert (done.returncode, done.stderr.startswith(f"tiphys: {words}")) == (code, True), done.stderr
    git(mine, "switch", "-q", "main")
    done = tiphys(mine, "bump", "api", "--env=dev", "--image-tag=1.0.0", "--branch=main")
    assert done.stderr.startswith("tiphys: branch main is checked out in ")
    edit(mine, "tiphys.yaml", "spec:", "spec:\n  targetRevision: live")
    git(mine, "commit", "-qam", "deploy the branch live")
    done = tiphys(mine, "bump", "api", "--env=dev", "--image-tag=1.0.0", "--branch=live")
    assert (done.returncode, done.stderr.startswith("tiphys: Argo CD deploys branch live")) == (1, True), done.stderr
    git(mine, "reset", "-q", "--hard", "HEAD^")
    assert (git(remote, "for-each-ref"), git(mine, "for-each-ref", "refs/heads")) == before
    assert tiphys(mine, "bump", "api", "--env=dev", "--image-tag=1.0.0", "--push").returncode == 2


def test_an_uncommitted_edit_of_the_spec_is_not_left_out_in_silence(mine):
    edit(mine, SPEC, "0.0.0", "0.0.1")
    done = bump(mine, "1.0.0")
    assert (done.returncode, done.stderr.splitlines()[1]) == (
        1,
        f"tiphys: `{SPEC}` has uncommitted changes, which branch bump/api would not have; nothing was written",
    )


def test_a_shallow_clone_says_what_to_fetch_and_does_not_guess_what_the_branch_holds(mine, remote, tmp_path):
    bump(mine, "1.0.0")
    git(mine, "commit", "-q", "--allow-empty", "-m", "main goes on")
    git(mine, "push", "-q", "origin", "main")
    subprocess.run(["git", "clone", "-q", "--depth=1", f"file://{remote}", tmp_path / "s"], env=ENVIRONMENT, check=True)
    done = bump(tmp_path / "s", "1.1.0")
    assert (done.returncode, "this clone is shallow" in done.stderr, "`git fetch --unshallow`" in done.stderr) == (
        2,
        True,
        True,
    )
    assert git(remote, "log", "--format=%s", "main..bump/api") == "api dev: image 0.0.0 → 1.0.0"


def test_nothing_to_change_makes_no_branch_and_no_text(mine, remote, tmp_path):
    done = tiphys(mine, *BUMP, "--image-tag", "0.0.0", "--body", str(tmp_path / "body.md"))
    assert (done.returncode, done.stderr) == (0, "nothing to change\n")
    assert git(remote, "branch", "--list") == "* main"
    assert not (tmp_path / "body.md").exists()


def test_a_remote_that_refuses_the_branch_leaves_the_commit_here(mine, remote):
    hook = remote / "hooks/pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho 'no branches of robots' >&2\nexit 1\n")
    hook.chmod(0o755)
    done = bump(mine, "1.0.0")
    assert done.returncode == 1
    assert "origin does not accept branch bump/api: no branches of robots; the commit is in branch bump/api" in done.stderr
    assert git(mine, "log", "-1", "--format=%s", "bump/api") == "api dev: image 0.0.0 → 1.0.0"


def test_a_push_of_somebody_else_in_between_is_seen_and_not_overwritten(mine, remote):
    bump(mine, "1.0.0")
    theirs = clone(remote, "theirs")
    git(theirs, "switch", "-q", "bump/api")
    git(theirs, "commit", "-q", "--allow-empty", "-m", "by hand")
    git(theirs, "push", "-q", "origin", "HEAD:refs/heads/kept")
    commit = git(theirs, "rev-parse", "HEAD")
    hook = remote / "hooks/pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(
        "#!/bin/sh\nunset GIT_QUARANTINE_PATH GIT_DIR GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES\n"
        f'git -C "{remote}" update-ref refs/heads/bump/api {commit}\n'
    )
    hook.chmod(0o755)
    done = bump(mine, "1.1.0")
    assert (done.returncode, "was not made by Tiphys" in done.stderr) == (1, True), done.stderr
    assert git(remote, "rev-parse", "bump/api") == commit


def test_a_workspace_in_a_folder_and_a_promotion_of_all_work_alike(tmp_path, first_remote):
    tree = clone(first_remote, tmp_path / "tree")
    for name in ("api", "shop"):
        spec = tree / "services" / name / "pipeline.yaml"
        spec.write_text(spec.read_text() + '    prod: {image: {tag: "0.0.0-rc.1"}}\n')
    shutil.rmtree(tree / ".git")
    (tmp_path / "mono").mkdir()
    shutil.move(tree, tmp_path / "mono/deploy")
    mono = tmp_path / "mono"
    assert tiphys(mono / "deploy", "generate").returncode == 0
    git(mono, "init", "-q", "-b", "main")
    git(mono, "add", "-A")
    git(mono, "commit", "-qm", "first")
    body = tmp_path / "body.md"
    promote = ("promote", "--all", "--from", "dev", "--to", "prod", "--branch", "promote/prod", "--body", str(body))
    done = tiphys(mono / "deploy", *promote, "--offline", "--reason", "a token ghp_abcdefghijklmnopqrstuvwxyz0123456789")
    assert done.returncode == 0, done.stderr
    assert git(mono, "status", "--porcelain") == ""
    assert git(mono, "show", "--name-only", "--format=%s", "promote/prod").splitlines() == [
        "Promote prod: 3 services",
        "",
        *(f"deploy/generated/prod/{name}/values.yaml" for name in ("api", "shop", "web")),
        *(f"deploy/services/{name}/pipeline.yaml" for name in ("api", "shop", "web")),
    ]
    text = body.read_text(encoding="utf-8")
    assert text.startswith("## Promote prod: 3 services\n\n### Skipped gates\n\n- **chart** of api: ")
    assert "ghp_" not in text
    for part in ("### Changes", "· image 0.0.0-rc.1 → 0.0.0", "### Rollout", "tiphys rollback shop --env prod"):
        assert part in text
    git(mono, "branch", "-q", "main2")
    one = ("promote", "api", "--from", "dev", "--to", "prod", "--branch", "promote/prod", "--offline", "--reason", "x")
    done = tiphys(mono / "deploy", *one)
    assert (done.returncode, "is about `shop` and `web`" in done.stderr) == (1, True), (
        "a promotion of one does not replace that of all"
    )


@pytest.mark.parametrize("how", ["--no-ff", "--ff-only", "--squash"])
def test_a_merged_promotion_is_a_release_with_its_origin_and_what_it_skipped(mine, how):
    spec = mine / SPEC
    spec.write_text(spec.read_text() + '    prod: {image: {tag: "0.0.0-rc.1"}}\n')
    assert tiphys(mine, "generate").returncode == 0
    git(mine, "add", "-A")
    git(mine, "commit", "-qm", "to prod")
    promote = ("promote", "api", "--from", "dev", "--to", "prod", "--offline", "--reason", "INC-1", "--branch", "promote/api")
    assert tiphys(mine, *promote).returncode == 0
    message = git(mine, "log", "-1", "--format=%B", "promote/api")
    git(mine, "merge", "-q", how, *(["--no-edit"] if how == "--no-ff" else []), "promote/api")
    if how == "--squash":
        git(mine, "commit", "-qm", message)
    newest = json.loads(tiphys(mine, "history", "api", "--env", "prod", "--format", "json").stdout)["releases"][0]
    assert (newest["image"]["tag"], newest["promotedFrom"], [one["gate"] for one in newest["overrides"]]) == (
        "0.0.0",
        "dev",
        ["chart"],
    )
    assert tiphys(mine, "check").returncode == 0
    assert tiphys(mine, *promote).stderr.endswith("nothing to change\n"), "the branch is not made again"


def test_a_rollback_says_in_its_text_what_does_not_go_back(mine, tmp_path):
    body = tmp_path / "body.md"
    assert tiphys(mine, "bump", "api", "--env", "dev", "--image-tag", "1.0.0", "--commit").returncode == 0
    before = state(mine)
    done = tiphys(mine, "rollback", "api", "--env", "dev", "--branch", "rollback/api", "--body", str(body))
    assert done.returncode == 0, done.stderr
    assert state(mine) == before
    assert git(mine, "log", "--format=%s", "main..rollback/api") == "Roll back api dev: image 1.0.0 → 0.0.0"
    text = body.read_text(encoding="utf-8")
    assert text.startswith("## Roll back api dev: image 1.0.0 → 0.0.0\n\n### Changes")
    assert "\n- not rolled back: values, replicas, strategy" in text


def test_a_text_is_written_without_a_branch_and_its_stdout_has_nothing_else(mine):
    done = tiphys(mine, "bump", "api", "--env", "dev", "--image-tag", "1.0.0", "--dry-run", "--body", "-")
    assert (done.returncode, done.stdout.startswith("## api dev: image 0.0.0 → 1.0.0\n\n### Changes\n")) == (0, True)
    assert "api dev: image 0.0.0 → 1.0.0\nwould change 1 spec and 1 generated file\n" in done.stderr
    assert git(mine, "status", "--porcelain") == ""


def test_a_commit_that_cannot_be_made_leaves_nothing_behind(mine):
    git(mine, "config", "user.useConfigOnly", "true")
    nameless = {key: value for key, value in ENVIRONMENT.items() if not key.startswith(("GIT_AUTHOR", "GIT_COMMITTER"))}
    before = state(mine)
    command = [sys.executable, "-m", "generator", *BUMP, "--image-tag", "1.0.0"]
    done = subprocess.run(command, cwd=mine, env=nameless, capture_output=True, text=True, check=False)
    assert (done.returncode, "the files are written" in done.stderr, "user.email" in done.stderr) == (2, False, True), (
        done.stderr
    )
    assert state(mine) == before
    assert git(mine, "branch", "--list") == "* main"


def share_of(request):
    """Return of how many states after a kill one is judged: of all with --exhaustive, which takes minutes."""
    return 1 if request.config.getoption("--exhaustive") else 60


def test_kill_9_at_any_write_leaves_the_checkout_as_it_is_and_a_second_time_completes_it(
    tmp_path, first_remote, capsys, request
):
    def make(place):
        place.mkdir()
        shutil.copytree(first_remote, place / "remote.git")
        mine = clone(place / "remote.git", "mine")
        (mine / "notes.txt").write_text("my own")
        return mine

    def command(folder):
        more = ["--image-tag", "1.0.0", "--remote", str(folder.parent / "remote.git")]
        return [sys.executable, "-m", "generator", *BUMP, *more]

    before, locked = state(make(tmp_path / "whole")), []

    def judge(folder):
        assert git(folder, "fsck", "--no-dangling", "--no-progress") == ""
        assert state(folder) == before
        done = tiphys(folder, *command(folder)[3:])
        locks = [lock for place in (folder / ".git", folder.parent / "remote.git") for lock in place.rglob("*.lock")]
        if done.returncode and locks:
            assert any(lock.name in done.stderr for lock in locks), done.stderr
            for lock in locks:
                lock.unlink(missing_ok=True)
            locked.extend(locks)
            done = tiphys(folder, *command(folder)[3:])
        assert done.returncode == 0, done.stderr
        assert state(folder) == before
        remote = folder.parent / "remote.git"
        assert git(remote, "log", "--format=%s", "main..bump/api") == "api dev: image 0.0.0 → 1.0.0"
        assert git(remote, "rev-parse", "bump/api") == git(folder, "rev-parse", "bump/api")
        assert [path.name for path in (folder / ".git").glob("tiphys-*")] == []

    calls, states = kill_at_every_write(make, command, ENVIRONMENT, judge, one_in=share_of(request))
    assert calls > 200
    with capsys.disabled():
        print(f"\nbump --branch --push: killed at {calls} calls, {states} states, {len(locked)} locks of git left", end="")
