"""Whatever stops a run, and whoever runs beside it: every file is as before or as wanted, and nothing foreign is touched."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from generator.errors import ChangedError
from generator.history.fleet import Fleet
from support import forked
from support.killing import kill_at_every_write
from support.paths import ROOT
from support.trees import read_tree
from support.workspace import workspace

SPEC = "services/web/pipeline.yaml"


@pytest.fixture
def made(tmp_path):
    """Return a generated workspace with a file of somebody else's beside everything."""
    folder = workspace(tmp_path / "before")
    assert tiphys(folder, "generate").returncode == 0
    (folder / "generated/dev/web/mine.txt").write_text("not tiphys's")
    (folder / "notes.txt").write_text("nobody's")
    return folder


def files_of(folder):
    """Return every file of a work tree that is not part of an unfinished run."""
    return {
        path: content
        for path, content in read_tree(folder).items()
        if not path.startswith(".git/") and not path.startswith("generated/.tiphys-")
    }


PLAIN = {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1", "PYTHONDONTWRITEBYTECODE": "1"}


def tiphys(folder, *arguments):
    return forked.run(arguments, folder, PLAIN)


def edit_everything(folder):
    spec = folder / SPEC
    spec.write_text(spec.read_text().replace("ghcr.io/acme/web", "ghcr.io/acme/shop"))
    shutil.rmtree(folder / "generated/dev/web/manifests", ignore_errors=True)


CASES = {
    "generate": (edit_everything, ["generate"]),
    "bump": (lambda _folder: None, ["bump", "web", "--env", "prod", "--image-tag", "2.0.0"]),
    "bump of several": (lambda _folder: None, ["bump", "--env", "dev", "--from", "../tags"]),
    "promote": (
        lambda _folder: None,
        ["promote", "web", "--from", "dev", "--to", "prod", "--skip-soak", "--offline", "--reason=test"],
    ),
    "a service that goes": (
        lambda folder: (folder / SPEC).write_text(
            (folder / SPEC).read_text().replace('    dev: {image: {tag: "1.1.0"}}\n', "")
        ),
        ["generate", "--allow-delete"],
    ),
}


def in_git(start):
    subprocess.run(["git", "init", "-q", start / "work"], check=True)


def in_cache(start):
    (start / "cache").mkdir()


def in_tree(start):
    """Give the cache a mount of its own, out of which nothing can be renamed."""
    in_cache(start)
    subprocess.run(["mount", "--bind", start / "cache", start / "cache"], check=True)


def unmounted(start):
    subprocess.run(["umount", start / "cache"], check=True)


needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="a mount needs root")
WHERE = [
    *((case, in_git) for case in CASES),
    ("bump", in_cache),
    pytest.param("bump", in_tree, marks=needs_root),
    pytest.param("a service that goes", in_tree, marks=needs_root),
]


@pytest.mark.parametrize(("case", "place"), WHERE)
def test_kill_9_at_any_write_leaves_every_file_as_before_or_as_wanted_and_the_next_run_completes(
    case, place, made, tmp_path, capsys, monkeypatch
):
    prepare, arguments = CASES[case]
    prepare(made)
    before = files_of(made)
    done = shutil.copytree(made, tmp_path / "done")
    (tmp_path / "tags").write_text("web=3.0.0\n")
    assert tiphys(done, *arguments).returncode == 0
    wanted = files_of(done)
    torn, completed, in_output = [], [], []

    def make(start):
        start.mkdir()
        (start / "tags").write_text("web=3.0.0\n")
        work = shutil.copytree(made, start / "work")
        place(start)
        monkeypatch.setitem(PLAIN, "XDG_CACHE_HOME", str(start / "cache"))
        return work

    def judge(folder):
        files = files_of(folder)
        torn.extend(path for path, content in files.items() if content not in (before.get(path), wanted.get(path)))
        torn.extend(path for path in before if path in wanted and path not in files)
        interrupted = bool(journals(folder))
        in_output.extend(folder.glob("generated/.tiphys-*"))
        if interrupted:
            looked = tiphys(folder, "check")
            assert (looked.returncode, "a previous run was interrupted while writing" in looked.stderr) == (2, True)
        again = tiphys(folder, *arguments)
        assert again.returncode == 0, again.stderr
        assert files_of(folder) == wanted
        assert not list(folder.glob("generated/.tiphys-*"))
        assert not [*folder.glob(".git/tiphys/*"), *folder.parent.glob("cache/tiphys/runs/*")]
        if interrupted and "finished an interrupted run" in again.stderr:
            completed.append(folder)

    calls, states = kill_at_every_write(
        make,
        lambda _folder: [sys.executable, "-m", "generator", *arguments],
        PLAIN,
        judge,
        in_place=place is not in_git,
        undo=unmounted if place is in_tree else lambda _start: None,
    )
    assert torn == []
    assert calls > 10
    assert completed
    assert bool(in_output) == (place is in_tree)
    with capsys.disabled():
        print(f"\n{case}: killed at {calls} calls, {states} states, 0 torn or mixed, {len(completed)} completed", end="")


def journals(folder):
    """Return the journals at the desks for a workspace."""
    return [*folder.glob(".git/tiphys/*/journal"), *folder.parent.glob("cache/tiphys/runs/*/journal")]


def test_of_sixteen_bumps_of_one_spec_at_once_the_file_is_that_of_one_and_the_others_say_so(made):
    tags = [f"2.0.{number}" for number in range(16)]

    def bump(tag):
        return tiphys(made, "bump", "web", "--env", "dev", "--image-tag", tag, "--force", "--reason=test")

    with ThreadPoolExecutor(16) as pool:
        results = dict(zip(tags, pool.map(bump, tags), strict=True))
    for done in results.values():
        assert done.returncode == 0 or "has changed since it was read; nothing was changed" in done.stderr
    text = (made / SPEC).read_text()
    (tag,) = [tag for tag in tags if f'"{tag}"' in text]
    assert results[tag].returncode == 0
    assert tiphys(made, "generate", "--diff").stdout == "", "spec and manifests are of one bump"
    assert not list(made.glob("generated/.tiphys-*"))


def test_a_spec_that_is_written_while_a_bump_reads_it_is_called_changed_and_not_impossible_to_edit(made):
    fleet = Fleet(str(made))
    (spec,) = fleet.specs(["web"]).values()
    text = (made / SPEC).read_text()
    (made / SPEC).write_text(text.replace('"1.1.0"', '"1.1.1000"'))
    with pytest.raises(ChangedError) as refused:
        fleet.stand(spec, "dev")
    assert refused.value.message == f"{SPEC} has changed since it was read; nothing was changed"


@needs_root
@pytest.mark.parametrize("repository", [False, True], ids=["folder", "repository"])
@pytest.mark.parametrize("case", CASES)
def test_a_full_disk_changes_nothing_or_everything_at_each_step_of_four_kilobytes(case, repository, made, tmp_path, capsys):
    prepare, arguments = CASES[case]
    prepare(made)
    disk = tmp_path / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", disk], check=True)
    try:
        shutil.copytree(made, disk / "w")
        (disk / "tags").write_text("web=3.0.0\n")
        if repository:
            subprocess.run(["git", "init", "-q", disk / "w"], check=True)
        before = files_of(disk / "w")
        free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_bsize
        refused = 0
        for left in range(0, 96 * 1024, 4096):
            filler = disk / "filler"
            filler.write_bytes(b"x" * (free - left))
            done = tiphys(disk / "w", *arguments)
            now = files_of(disk / "w")
            if done.returncode == 0:
                break
            refused += 1
            assert "nothing was changed" in done.stderr
            assert "Traceback" not in done.stderr
            assert now == before
            filler.unlink()
        only_removes = case == "a service that goes" and not repository  # and is noted on another disk
        assert refused >= (0 if only_removes else 2)
        assert now != before
        filler.unlink()
        assert tiphys(disk / "w", "generate", "--diff").stdout == ""
    finally:
        subprocess.run(["umount", disk], check=True)
    with capsys.disabled():
        print(f"\n{case}: the disk full at {refused} steps of 4 kB, nothing changed at any", end="")


def test_what_cannot_be_written_is_named_and_nothing_else_changes(made, tmp_path):
    outside = tmp_path / "outside.yaml"
    spec = made / SPEC
    shutil.copy(spec, outside)
    spec.unlink()
    spec.symlink_to(outside)
    before = outside.read_bytes()
    done = tiphys(made, "bump", "web", "--env", "dev", "--image-tag", "9.9.9")
    assert done.returncode in (1, 2)
    assert "symbolic link" in done.stderr + done.stdout
    assert outside.read_bytes() == before
