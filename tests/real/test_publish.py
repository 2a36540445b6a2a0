"""Publishing to a remote that moves: no update is lost, nobody's files are touched, every commit is clean by itself."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading

import pytest

from support.killing import kill_at_every_write
from support.remotes import ENVIRONMENT, clone, git, make_remote, tiphys
from support.workspace import workspace

SPEC = "services/web/pipeline.yaml"


@pytest.fixture
def remote(tmp_path):
    """Return a bare repository that holds a generated workspace with three services."""
    return make_remote(tmp_path)


def state(folder):
    """Return what must not change when nothing is to be done: commit, branch, index, files."""
    return [
        git(folder, *words)
        for words in (["rev-parse", "HEAD"], ["branch", "--show-current"], ["ls-files", "-s"], ["status", "--porcelain"])
    ]


def check_every_commit(remote, since):
    """Assert that history is a line, and that no commit of it has drift."""
    tree = clone(remote, "inspected")
    commits = git(tree, "rev-list", "--reverse", f"{since}..main").split()
    assert git(tree, "rev-list", "--merges", "main") == ""
    for commit in commits:
        git(tree, "checkout", "-q", commit)
        done = tiphys(tree, "check")
        assert done.returncode == 0, (commit, done.stdout)
    return commits


def test_a_bump_is_published_and_the_checkout_is_where_the_remote_is(remote):
    mine = clone(remote, "mine")
    (mine / "notes.txt").write_text("my own")
    assert tiphys(mine, "bump", "api", "--env", "dev", "--image-tag", "1.0.0", "--commit").returncode == 0
    done = tiphys(mine, "publish", "--push")
    assert (done.returncode, done.stderr.startswith("origin/main is at ")) == (0, True)
    assert git(remote, "rev-parse", "main") == git(mine, "rev-parse", "HEAD")
    assert git(mine, "status", "--porcelain") == "?? notes.txt"


def test_what_is_generated_and_not_committed_is_and_nothing_else(remote):
    mine = clone(remote, "mine")
    environment = mine / "environments/dev.yaml"
    environment.write_text(environment.read_text().replace("project: shop", "project: store"))
    git(mine, "commit", "-qam", "another project")
    (mine / "README.md").write_text("mine")
    git(mine, "add", "README.md")
    done = tiphys(mine, "publish")
    assert done.returncode == 0, done.stderr
    assert git(mine, "show", "--name-only", "--format=%s", "HEAD").splitlines() == [
        "Generate the manifests of 3 services",
        "",
        *(f"generated/dev/applications/{name}.yaml" for name in ("api", "shop", "web")),
        "generated/dev/root.yaml",
    ]
    assert git(mine, "status", "--porcelain") == "A  README.md"
    assert tiphys(mine, "check").returncode == 0
    assert tiphys(mine, "publish").stderr == "main: nothing to publish\n"


def test_a_spec_that_is_not_committed_is_not_published(remote):
    mine = clone(remote, "mine")
    assert tiphys(mine, "bump", "api", "--env", "dev", "--image-tag", "1.0.0").returncode == 0
    before = state(mine)
    done = tiphys(mine, "publish", "--push")
    assert (done.returncode, done.stderr.splitlines()[0]) == (1, "tiphys: `services/api/pipeline.yaml` is not committed")
    assert state(mine) == before


def test_a_moved_remote_is_published_on_top_of_by_generating_anew(remote):
    mine, theirs = clone(remote, "mine"), clone(remote, "theirs")
    environment = theirs / "environments/dev.yaml"
    environment.write_text(environment.read_text().replace("project: shop", "project: store"))
    git(theirs, "commit", "-qam", "another project")
    assert tiphys(theirs, "publish", "--push").returncode == 0
    since = git(remote, "rev-parse", "main")
    assert tiphys(mine, "bump", "api", "--env", "dev", "--image-tag", "1.0.0", "--commit").returncode == 0
    assert tiphys(mine, "publish", "--push").returncode == 0
    assert len(check_every_commit(remote, since)) == 1
    assert "project: store" in (mine / "generated/dev/applications/api.yaml").read_text()


def test_a_conflict_in_what_people_write_leaves_everything_as_it_was_and_keeps_the_work(remote):
    mine, theirs = clone(remote, "mine"), clone(remote, "theirs")
    assert tiphys(theirs, "bump", "api", "--env", "dev", "--image-tag", "2.0.0", "--commit").returncode == 0
    assert tiphys(theirs, "publish", "--push").returncode == 0
    assert tiphys(mine, "bump", "api", "--env", "dev", "--image-tag", "1.0.0", "--commit").returncode == 0
    (mine / "notes.txt").write_text("my own")
    before, there = state(mine), git(remote, "rev-parse", "main")
    done = tiphys(mine, "publish", "--push")
    assert done.returncode == 1
    assert "`services/api/pipeline.yaml` changed in origin/main as well; nothing was changed here" in done.stderr
    assert state(mine) == before
    assert git(remote, "rev-parse", "main") == there
    (kept,) = git(mine, "branch", "--list", "tiphys/*", "--format=%(refname:short)").splitlines()
    assert kept in done.stderr
    assert (
        git(mine, "show", f"{kept}:{SPEC.replace('web', 'api')}") == (mine / "services/api/pipeline.yaml").read_text().strip()
    )


def test_a_branch_that_is_not_checked_out_gets_the_commit_and_the_checkout_stays(remote):
    mine = clone(remote, "mine")
    environment = mine / "environments/dev.yaml"
    environment.write_text(environment.read_text().replace("project: shop", "project: store"))
    git(mine, "commit", "-qam", "another project")
    before = state(mine)
    assert tiphys(mine, "publish", "--branch", "deploy", "--push").returncode == 0
    assert state(mine) == before
    assert git(remote, "log", "-1", "--format=%s", "deploy") == "Generate the manifests of 3 services"


def test_specs_of_a_service_repository_go_into_the_config_repository_and_touch_their_own_files_only(remote, tmp_path):
    config = clone(remote, "config")
    service = workspace(tmp_path / "service")
    (service / SPEC).write_text((service / SPEC).read_text().replace("1.1.0", "1.2.0"))
    done = tiphys(service, "publish", "--output", config, "--push")
    assert done.returncode == 0, done.stderr
    assert git(remote, "show", "--name-only", "--format=", "main") == "generated/dev/web/values.yaml"
    assert git(config, "status", "--porcelain") == ""


def test_a_lock_of_git_is_respected(remote):
    mine = clone(remote, "mine")
    lock = mine / ".git/index.lock"
    lock.write_text("")
    done = tiphys(mine, "bump", "api", "--env", "dev", "--image-tag", "1.0.0", "--commit")
    assert (done.returncode, "index.lock" in done.stderr, "the files are written" in done.stderr) == (2, True, True)
    assert lock.exists()
    lock.unlink()
    assert tiphys(mine, "check").returncode == 0


def project_is_renamed(place):
    """Make a remote and a clone of it with an edit that is committed and not generated, and a file of somebody's own."""
    place.mkdir()
    mine = clone(make_remote(place), "mine")
    environment = mine / "environments/dev.yaml"
    environment.write_text(environment.read_text().replace("project: shop", "project: store"))
    git(mine, "commit", "-qam", "another project")
    (mine / "notes.txt").write_text("my own")
    return mine


def again_after_a_kill(folder, *arguments):
    """Run tiphys in what a kill left; a lock of git's own that it names is removed first, as it says. Return the locks."""
    done = tiphys(folder, *arguments)
    locks = [lock for place in (folder / ".git", folder.parent / "remote.git") for lock in place.rglob("*.lock")]
    if done.returncode and locks:
        assert any(lock.name in done.stderr for lock in locks), done.stderr
        for lock in locks:
            lock.unlink(missing_ok=True)
        done = tiphys(folder, *arguments)
    assert done.returncode == 0, done.stderr
    return locks


def share_of(request):
    """Return of how many states after a kill one is judged: of all with --exhaustive, which takes minutes."""
    return 1 if request.config.getoption("--exhaustive") else 12


def test_kill_9_at_any_write_of_publishing_and_of_its_git_loses_nothing_and_a_second_time_completes_it(
    tmp_path, capsys, request
):
    def publish(folder):
        return ["publish", "--push", "--remote", str(folder.parent / "remote.git")]

    whole = project_is_renamed(tmp_path / "whole")
    assert tiphys(whole, *publish(whole)).returncode == 0
    wanted = git(whole, "rev-parse", "HEAD^{tree}")
    locked = []

    def judge(folder):
        assert git(folder, "fsck", "--no-dangling", "--no-progress") == ""
        assert (folder / "notes.txt").read_text() == "my own"
        git(folder, "fetch", "--quiet", folder.parent / "remote.git")  # the clone is as usable as before
        locked.extend(again_after_a_kill(folder, *publish(folder)))
        assert (
            git(folder, "rev-parse", "HEAD^{tree}") == wanted == git(folder.parent / "remote.git", "rev-parse", "main^{tree}")
        )
        assert git(folder, "status", "--porcelain") == "?? notes.txt"
        assert len(git(folder, "worktree", "list").splitlines()) == 1
        assert [path.name for path in (folder / ".git").glob("tiphys-*")] == []

    calls, states = kill_at_every_write(
        project_is_renamed, lambda folder: [sys.executable, "-m", "generator", *publish(folder)], ENVIRONMENT, judge,
        one_in=share_of(request),
    )  # fmt: skip
    assert calls > 400
    with capsys.disabled():
        print(f"\npublish: killed at {calls} calls, {states} states, nothing lost, {len(locked)} locks of git left", end="")


def deploy_to_prod(mine):
    """Commit that two services are in prod, too, behind what dev has."""
    for name in ("api", "shop"):
        spec = mine / "services" / name / "pipeline.yaml"
        spec.write_text(spec.read_text() + '    prod: {image: {tag: "0.0.0-rc.1"}}\n')
    assert tiphys(mine, "generate").returncode == 0
    git(mine, "add", "-A")
    git(mine, "commit", "-qm", "to prod")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["bump", "api", "--env", "dev", "--image-tag", "1.0.0"], "Tiphys-Image-Tag: 1.0.0"),
        (["promote", "--all", "--from", "dev", "--to", "prod", "--offline", "--reason=test"], "Tiphys-Image-Tag: 0.0.0"),
    ],
    ids=["bump", "promote"],
)
def test_kill_9_at_any_write_of_a_move_and_of_its_git_is_completed_by_the_same_command(
    arguments, said, tmp_path, capsys, request
):
    move = [*arguments, "--commit"]

    def make(place):
        place.mkdir()
        mine = clone(make_remote(place), "mine")
        deploy_to_prod(mine)
        (mine / "notes.txt").write_text("my own")
        return mine

    whole = make(tmp_path / "whole")
    before = git(whole, "rev-parse", "HEAD")
    assert tiphys(whole, *move).returncode == 0
    wanted, message = git(whole, "rev-parse", "HEAD^{tree}"), git(whole, "log", "-1", "--format=%B")
    assert said in message
    locked = []

    def judge(folder):
        assert git(folder, "fsck", "--no-dangling", "--no-progress") == ""
        locked.extend(again_after_a_kill(folder, *move))
        assert git(folder, "rev-parse", "HEAD^{tree}") == wanted
        assert git(folder, "log", "--format=%B", "HEAD~1..HEAD") == message, "one commit, which says what it is"
        assert git(folder, "log", "-1", "--format=%T", "HEAD~1") == git(whole, "log", "-1", "--format=%T", before)
        assert git(folder, "status", "--porcelain") == "?? notes.txt"

    calls, states = kill_at_every_write(
        make, lambda _folder: [sys.executable, "-m", "generator", *move], ENVIRONMENT, judge, one_in=share_of(request)
    )
    assert calls > 100
    with capsys.disabled():
        print(
            f"\n{move[0]} --commit: killed at {calls} calls, {states} states, nothing lost, {len(locked)} locks of git left",
            end="",
        )


def test_promote_all_takes_no_edit_along_that_is_not_what_it_would_have_written(remote):
    mine = clone(remote, "mine")
    deploy_to_prod(mine)
    by_hand = (mine / "services/api/pipeline.yaml").read_text().replace("0.0.0-rc.1", "0.0.0") + "# mine\n"
    (mine / "services/api/pipeline.yaml").write_text(by_hand)
    assert tiphys(mine, "generate").returncode == 0
    done = tiphys(mine, "promote", "--all", "--from", "dev", "--to", "prod", "--offline", "--reason=test", "--commit")
    assert done.returncode == 0, done.stderr
    assert "api" not in git(mine, "log", "-1", "--format=%B")
    assert (mine / "services/api/pipeline.yaml").read_text() == by_hand
    assert "services/api/pipeline.yaml" in git(mine, "status", "--porcelain")


def test_a_remote_that_declines_is_not_called_one_that_moved(remote):
    mine = clone(remote, "mine")
    (mine / "environments/dev.yaml").write_text((mine / "environments/dev.yaml").read_text().replace("shop", "store"))
    git(mine, "commit", "-qam", "another project")
    hook = remote / "hooks/pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho 'main is protected: open a pull request' >&2\nexit 1\n")
    hook.chmod(0o755)
    before = git(mine, "rev-parse", "HEAD")
    done = tiphys(mine, "publish", "--push", "--remote", str(remote))
    assert (done.returncode, "main is protected: open a pull request" in done.stderr) == (1, True), done.stderr
    assert git(mine, "rev-parse", "HEAD") == before


@pytest.mark.parametrize("foreign", ["# mine\n", None])
def test_a_bump_that_commits_takes_nobodys_own_changes_of_the_spec_along(remote, foreign):
    mine = clone(remote, "mine")
    spec = mine / "services/api/pipeline.yaml"
    if foreign:
        spec.write_text(spec.read_text() + foreign)
    else:  # the very bytes of the bump, and the change of somebody else beside it
        assert tiphys(mine, "bump", "api", "--env", "dev", "--image-tag", "1.0.0").returncode == 0
        spec.write_text(spec.read_text().replace("acme/api", "acme/mine"))
        assert tiphys(mine, "generate").returncode == 0
    held = spec.read_bytes()
    done = tiphys(mine, "bump", "api", "--env", "dev", "--image-tag", "1.0.0", "--commit")
    assert (done.returncode, "has uncommitted changes" in done.stderr) == (1, True)
    assert spec.read_bytes() == held
    assert git(mine, "log", "--format=%s") == "first"


@pytest.mark.skipif(os.geteuid() != 0, reason="a small disk needs root to be mounted")
def test_a_disk_that_is_full_at_any_step_of_sixteen_kilobytes_loses_nothing_and_publishing_goes_on_once_there_is_room(
    remote, tmp_path, capsys
):
    mine = clone(remote, "mine")
    environment = mine / "environments/dev.yaml"
    environment.write_text(environment.read_text().replace("project: shop", "project: store"))
    git(mine, "commit", "-qam", "another project")
    (mine / "notes.txt").write_text("my own")
    before, there = state(mine), git(remote, "rev-parse", "main")
    disk = tmp_path / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", disk], check=True)
    refused = 0
    try:
        for left in range(0, 512 * 1024, 16384):
            folder, target = disk / "mine", tmp_path / f"remote-{left}.git"
            shutil.copytree(mine, folder)
            shutil.copytree(remote, target)
            room = os.statvfs(disk)
            (disk / "filler").write_bytes(b"x" * (room.f_bavail * room.f_bsize - left))
            done = tiphys(folder, "publish", "--push", "--remote", str(target))
            (disk / "filler").unlink()
            assert "Traceback" not in done.stderr
            assert (folder / "notes.txt").read_text() == "my own"
            assert git(folder, "fsck", "--no-dangling", "--no-progress") == ""
            if done.returncode:
                refused += 1
                assert done.stderr.startswith("tiphys: ")
                assert state(folder) == before, done.stderr
                assert git(target, "rev-parse", "main") == there or "this checkout cannot be updated" in done.stderr
                done = tiphys(folder, "publish", "--push", "--remote", str(target))
            assert done.returncode == 0, done.stderr
            assert git(folder, "status", "--porcelain") == "?? notes.txt"
            assert git(target, "rev-parse", "main") == git(folder, "rev-parse", "HEAD") != there
            assert len(git(folder, "worktree", "list").splitlines()) == 1
            shutil.rmtree(folder)
            shutil.rmtree(target)
    finally:
        subprocess.run(["umount", disk], check=True)
    assert 2 <= refused < 30
    with capsys.disabled():
        print(f"\npublish: the disk full at {refused} steps of 16 kB, each as before and completed with room", end="")


ROUNDS = 12


def test_two_publishers_at_one_remote_lose_no_update_and_leave_no_drift(remote, capsys):
    since = git(remote, "rev-parse", "main")
    failures = []

    def publisher(name):
        mine = clone(remote, f"of-{name}")
        for number in range(1, ROUNDS + 1):
            bump = tiphys(mine, "bump", name, "--env", "dev", "--image-tag", f"1.0.{number}", "--commit")
            done = tiphys(mine, "publish", "--push")
            if bump.returncode or done.returncode:
                failures.append((name, number, bump.stderr, done.stderr))
                return

    publishers = [threading.Thread(target=publisher, args=(name,)) for name in ("api", "shop")]
    for one in publishers:
        one.start()
    for one in publishers:
        one.join()
    assert failures == []
    commits = check_every_commit(remote, since)
    subjects = git(remote, "log", "--format=%s", f"{since}..main").splitlines()
    for name in ("api", "shop"):
        wanted = [f"{name} dev: image {'0.0.0' if n == 1 else f'1.0.{n - 1}'} → 1.0.{n}" for n in range(1, ROUNDS + 1)]
        assert [subject for subject in reversed(subjects) if subject.startswith(name)] == wanted
    with capsys.disabled():
        print(f"\ntwo publishers, {ROUNDS} rounds each: {len(commits)} commits in a line, none lost, none with drift", end="")
