"""A check of what has not changed is answered before anything is imported that takes time, or left to the command."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from support import kept_chart
from support.paths import ROOT
from support.repositories import Repository

CLEAN = "90 files of 11 services: no drift\n"
LATER = """
import sys, time
from generator.system import clock
clock.nanoseconds = lambda: time.time_ns() + 3_600_000_000_000
"""
"""The run begins an hour from now: files that were written a moment ago are old."""
WITHOUT_CLICK = """
import sys
sys.modules["click"] = None
"""
NEEDS_CLICK = "import of click halted"
MAIN = "sys.argv = ['tiphys', *sys.argv[1:]]\nfrom generator.__main__ import main\nmain()\n"


def called(
    before: str, folder: Path, *words: str, stdout: int = subprocess.PIPE, **more: str
) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name not in ("GITHUB_ACTIONS", "FORCE_COLOR")}
    environment |= {"TIPHYS_CACHE_DIR": str(folder.parent / "cache"), "PYTHONPATH": str(ROOT), **more}
    command = [sys.executable, "-c", before + MAIN, *words]
    return subprocess.run(command, cwd=folder, env=environment, stdout=stdout, stderr=subprocess.PIPE, text=True, check=False)


def checked(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "examples" / "online-boutique", tmp_path / "w")
    subprocess.run(["git", "init", "-q", tmp_path / "w"], check=True)
    done = called(LATER, tmp_path / "w", "check")
    assert (done.returncode, done.stderr) == (0, CLEAN)
    return tmp_path / "w"


@pytest.fixture
def folder(tmp_path) -> Path:
    """Return a workspace that was checked, for one test."""
    return checked(tmp_path)


@pytest.fixture(scope="module")
def kept(tmp_path_factory) -> Path:
    """Return one for all that leave it as it is."""
    return checked(tmp_path_factory.mktemp("kept"))


def test_a_check_of_what_has_not_changed_needs_no_click(kept):
    done = called(WITHOUT_CLICK, kept, "check")
    assert (done.returncode, done.stdout, done.stderr) == (0, called("import sys\n", kept, "check", "--no-cache").stdout, CLEAN)


def test_a_file_that_has_changed_is_not_answered_at_once(folder):
    spec = folder / "services/frontend/pipeline.yaml"
    spec.write_text(spec.read_text().replace('ENABLE_PROFILER: "0"', 'ENABLE_PROFILER: "1"'))
    assert NEEDS_CLICK in called(WITHOUT_CLICK, folder, "check").stderr
    assert called("import sys\n", folder, "check").returncode == 1


@pytest.mark.parametrize(
    "path", ["strategies/new.yaml", "generated/prod/new.yaml", "services/new/pipeline.yaml", "templates/root.yaml"]
)
def test_a_file_that_is_new_is_not_answered_at_once(path, folder):
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_text("new: true\n")
    assert NEEDS_CLICK in called(WITHOUT_CLICK, folder, "check").stderr


def test_a_chart_that_verify_has_fetched_since_is_not_answered_at_once(tmp_path, monkeypatch):
    made = Repository(tmp_path / "w")
    made.write("services/web/pipeline.yaml", kept_chart.SPEC_OF_IT)
    assert called(LATER, made.folder, "generate").returncode == 0
    assert called(LATER, made.folder, "check").returncode == 0
    assert called(WITHOUT_CLICK, made.folder, "check").returncode == 0
    monkeypatch.setenv("TIPHYS_CACHE_DIR", str(tmp_path / "cache"))
    kept_chart.fetch()
    assert NEEDS_CLICK in called(WITHOUT_CLICK, made.folder, "check").stderr
    assert "must be an integer" in called("import sys\n", made.folder, "check").stdout


@pytest.mark.parametrize(
    "words",
    [["check", "frontend"], ["check", "--no-cache"], ["check", "--format", "json"], ["lint"], ["check", "-q", "-q"], []],
)
def test_anything_but_a_plain_check_is_left_to_the_command(words, kept):
    assert NEEDS_CLICK in called(WITHOUT_CLICK, kept, *words).stderr


@pytest.mark.parametrize(
    ("name", "value"), [("GITHUB_ACTIONS", "true"), ("FORCE_COLOR", "1"), ("HOME", "/nowhere"), ("TMPDIR", "/nowhere")]
)
def test_a_check_that_would_say_something_else_is_left_to_the_command(name, value, kept):
    assert NEEDS_CLICK in called(WITHOUT_CLICK, kept, "check", **{name: value}).stderr


def test_a_check_from_elsewhere_says_the_same_once_it_is_known(kept):
    words = ["-C", str(kept), "check", "--quiet"]
    assert NEEDS_CLICK in called(WITHOUT_CLICK, kept.parent, *words, TIPHYS_CACHE_DIR=str(kept.parent / "cache")).stderr
    first = called(LATER, kept, *words)
    assert (first.returncode, first.stderr) == (0, "")
    again = called(WITHOUT_CLICK, kept, *words)
    assert (again.returncode, again.stdout, again.stderr) == (0, first.stdout, "")


def test_what_an_interrupted_run_left_is_told(folder):
    (folder / ".git/tiphys").mkdir(mode=0o700)
    assert NEEDS_CLICK in called(WITHOUT_CLICK, folder, "check").stderr
    (folder / ".git/tiphys").rmdir()
    assert called(WITHOUT_CLICK, folder, "check").returncode == 0


def test_what_an_interrupted_run_left_is_told_in_a_working_tree_whose_repository_has_moved(folder):
    (folder / ".git").rename(folder.parent / "one")
    shutil.copytree(folder.parent / "one", folder.parent / "two")
    pointer = folder / ".git"
    pointer.write_text(f"gitdir: {folder.parent}/one\n")
    called(LATER, folder, "check")
    assert called(WITHOUT_CLICK, folder, "check").returncode == 0
    pointer.write_text(f"gitdir: {folder.parent}/two\n")
    (folder.parent / "two/tiphys").mkdir(mode=0o700)
    assert NEEDS_CLICK in called(WITHOUT_CLICK, folder, "check").stderr


def test_what_an_interrupted_run_left_is_told_in_a_repository_around_the_target_of_a_link(folder):
    made, where = folder.parent / "around/w", folder.parent / "link"
    made.parent.mkdir()
    folder.rename(made)
    shutil.rmtree(made / ".git")
    where.symlink_to(made)
    words = ["-C", str(where), "check"]
    called(LATER, where, *words)
    assert called(WITHOUT_CLICK, where, *words).returncode == 0
    subprocess.run(["git", "init", "-q", made.parent], check=True)
    (made.parent / ".git/tiphys").mkdir(mode=0o700)
    assert NEEDS_CLICK in called(WITHOUT_CLICK, where, *words).stderr


def test_a_reader_that_has_gone_is_no_fault(folder):
    gone = subprocess.Popen(["true"], stdin=subprocess.PIPE)
    gone.wait()
    assert gone.stdin is not None
    done = called(WITHOUT_CLICK, folder, "check", stdout=gone.stdin.fileno())
    gone.stdin.close()
    assert done.returncode in (0, 1), "the exit code of a command whose output nobody reads"
    assert "Traceback" not in done.stderr


def test_a_full_disk_under_the_output_is_told(folder):
    (folder / "environments/dev.yaml").write_text((folder / "environments/dev.yaml").read_text().replace("\n", " \n", 1))
    called(LATER, folder, "check")  # a remark on style is printed to stdout
    assert called(WITHOUT_CLICK, folder, "check").stdout
    with open("/dev/full", "w") as full:
        done = called(WITHOUT_CLICK, folder, "check", stdout=full.fileno())
    assert (done.returncode, done.stderr) == (2, "tiphys: cannot write the output: No space left on device\n")
