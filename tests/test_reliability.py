"""Whatever stops a run, and whoever runs beside it: every file is as before or as wanted, and nothing foreign is touched."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from conftest import ROOT, read_tree
from killing import kill_at_every_write
from test_rejected import workspace

from generator.commands.moving import Fleet
from generator.errors import ChangedError

SPEC = "services/web/pipeline.yaml"


@pytest.fixture
def made(tmp_path):
    """Return a generated workspace with a file of somebody else's beside everything."""
    folder = workspace(tmp_path / "before")
    assert tiphys(folder, "generate").returncode == 0
    (folder / "generated/dev/web/mine.txt").write_text("not tiphys's")
    (folder / "notes.txt").write_text("nobody's")
    return folder


PLAIN = {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1", "PYTHONDONTWRITEBYTECODE": "1"}


def tiphys(folder, *arguments, **more):
    command = [sys.executable, "-m", "generator", *arguments]
    return subprocess.run(command, cwd=folder, env=PLAIN, capture_output=True, text=True, check=False, **more)


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
        ["promote", "web", "--from", "dev", "--to", "prod", "--skip-soak", "--offline"],
    ),
    "a service that goes": (
        lambda folder: (folder / SPEC).write_text(
            (folder / SPEC).read_text().replace('    dev: {image: {tag: "1.1.0"}}\n', "")
        ),
        ["generate", "--allow-delete"],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_kill_9_at_any_write_leaves_every_file_as_before_or_as_wanted_and_the_next_run_completes(case, made, tmp_path, capsys):
    prepare, arguments = CASES[case]
    prepare(made)
    before = read_tree(made)
    done = shutil.copytree(made, tmp_path / "done")
    (tmp_path / "tags").write_text("web=3.0.0\n")
    assert tiphys(done, *arguments).returncode == 0
    wanted = read_tree(done)
    torn, completed = [], []

    def make(start):
        start.mkdir()
        (start / "tags").write_text("web=3.0.0\n")
        return shutil.copytree(made, start / "work")

    def judge(folder):
        files = {path: content for path, content in read_tree(folder).items() if ".tiphys-stage/" not in path}
        torn.extend(path for path, content in files.items() if content not in (before.get(path), wanted.get(path)))
        torn.extend(path for path in before if path in wanted and path not in files)
        interrupted = (folder / "generated/.tiphys-stage/journal").exists()
        if interrupted:
            looked = tiphys(folder, "check")
            assert (looked.returncode, "a run was interrupted while it wrote" in looked.stderr) == (2, True)
        again = tiphys(folder, *arguments)
        assert again.returncode == 0, again.stderr
        assert read_tree(folder) == wanted
        if interrupted and "completed what an interrupted run had begun" in again.stderr:
            completed.append(folder)

    calls, states = kill_at_every_write(make, lambda _folder: [sys.executable, "-m", "generator", *arguments], PLAIN, judge)
    assert torn == []
    assert calls > 10
    assert completed
    with capsys.disabled():
        print(f"\n{case}: killed at {calls} calls, {states} states, 0 torn or mixed, {len(completed)} completed", end="")


def test_of_sixteen_bumps_of_one_spec_at_once_the_file_is_that_of_one_and_the_others_say_so(made):
    tags = [f"2.0.{number}" for number in range(16)]

    def bump(tag):
        return tiphys(made, "bump", "web", "--env", "dev", "--image-tag", tag, "--force")

    with ThreadPoolExecutor(16) as pool:
        results = dict(zip(tags, pool.map(bump, tags), strict=True))
    for done in results.values():
        assert done.returncode == 0 or "has changed since it was read; nothing was changed" in done.stderr
    text = (made / SPEC).read_text()
    (tag,) = [tag for tag in tags if f'"{tag}"' in text]
    assert results[tag].returncode == 0
    assert tiphys(made, "generate", "--diff").stdout == "", "spec and manifests are of one bump"
    assert not (made / "generated/.tiphys-stage").exists()


def test_a_spec_that_is_written_while_a_bump_reads_it_is_called_changed_and_not_impossible_to_edit(made):
    fleet = Fleet(str(made))
    (spec,) = fleet.specs(["web"]).values()
    text = (made / SPEC).read_text()
    (made / SPEC).write_text(text.replace('"1.1.0"', '"1.1.1000"'))
    with pytest.raises(ChangedError) as refused:
        fleet.stand(spec, "dev")
    assert refused.value.message == f"{SPEC} has changed since it was read; nothing was changed"


@pytest.mark.skipif(os.geteuid() != 0, reason="a small disk needs root to be mounted")
@pytest.mark.parametrize("case", CASES)
def test_a_full_disk_changes_nothing_or_everything_at_each_step_of_four_kilobytes(case, made, tmp_path, capsys):
    prepare, arguments = CASES[case]
    prepare(made)
    disk = tmp_path / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", disk], check=True)
    try:
        shutil.copytree(made, disk / "w")
        (disk / "tags").write_text("web=3.0.0\n")
        before = read_tree(disk / "w")
        free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_bsize
        refused = 0
        for left in range(0, 96 * 1024, 4096):
            filler = disk / "filler"
            filler.write_bytes(b"x" * (free - left))
            done = tiphys(disk / "w", *arguments)
            now = {path: content for path, content in read_tree(disk / "w").items() if ".tiphys-stage/" not in path}
            if done.returncode == 0:
                break
            refused += 1
            assert "nothing was changed" in done.stderr
            assert "Traceback" not in done.stderr
            assert now == before
            filler.unlink()
        assert refused >= 2
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
