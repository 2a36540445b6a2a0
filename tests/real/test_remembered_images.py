"""A workspace in an image that is mounted: the files of the next image can have the same states, and other contents."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from support.paths import ROOT
from support.workspace import workspace

SPEC = "services/web/pipeline.yaml"


def said(folder: Path, cache: Path, *words: str):
    environment = {**os.environ, "TIPHYS_CACHE_DIR": str(cache), "PYTHONPATH": str(ROOT), "GITHUB_ACTIONS": ""}
    command = [sys.executable, "-m", "generator", "-C", str(folder), *words]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


def image(folder: Path) -> Path:
    """Return an image of a folder, the same for the same contents as far as mkfs can."""
    made, number = folder.with_suffix(".img"), "11111111-1111-1111-1111-111111111111"
    command = ["mkfs.ext4", "-q", "-U", number, "-E", f"hash_seed={number}", "-d", folder, made, "16M"]
    environment = {**os.environ, "E2FSPROGS_FAKE_TIME": "1700000000"}
    if subprocess.run(command, env=environment, capture_output=True, check=False).returncode:
        pytest.skip("mkfs.ext4 makes no image of a folder")
    return made


@pytest.fixture
def place(tmp_path):
    """Return where images are mounted."""
    made = tmp_path / "place"
    made.mkdir()
    yield made
    subprocess.run(["umount", made], capture_output=True, check=False)


def mount(made: Path, place: Path) -> None:
    subprocess.run(["umount", place], capture_output=True, check=False)
    if subprocess.run(["mount", "-o", "loop,ro", made, place], capture_output=True, check=False).returncode:
        pytest.skip("no image can be mounted here")


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("mkfs.ext4"), reason="only root can mount an image")
def test_another_image_in_the_place_of_one_is_not_taken_for_it(tmp_path, place):
    before, after, cache = workspace(tmp_path / "before"), tmp_path / "after", tmp_path / "cache"
    assert said(before, cache, "generate")[0] == 0
    shutil.copytree(before, after)
    text = (before / SPEC).read_text()
    (after / SPEC).write_text(text.replace("1.", "2."))
    for folder in (before, after):
        for path in (folder, *folder.rglob("*")):
            os.utime(path, (1_600_000_000, 1_600_000_000))
    images = [image(before), image(after)]
    time.sleep(2.5)  # the times of change in an image are those of its making
    mount(images[0], place)
    assert said(place, cache, "check") == said(place, cache, "check")
    assert said(place, cache, "check")[0] == 0
    mount(images[1], place)
    warm = said(place, cache, "check")
    assert warm == said(place, cache, "check", "--no-cache")
    assert warm[0] == 1
