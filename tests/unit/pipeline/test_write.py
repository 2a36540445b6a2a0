"""Files are replaced all or none, whatever fails meanwhile."""

from __future__ import annotations

import errno
import os
import shutil

import pytest

from generator.pipeline import write
from generator.pipeline.run import Mode, Request, run
from generator.system.transaction import desk, stage
from generator.system.transaction.targets import Area
from support.trees import read_tree
from support.workspace import workspace


@pytest.fixture
def changed(tmp_path):
    """Return a generated workspace in which every file has to be written anew."""
    folder = workspace(tmp_path / "w")
    run(Request(str(folder), Mode.WRITE))
    spec = folder / "services/web/pipeline.yaml"
    spec.write_text(spec.read_text().replace("ghcr.io/acme/web", "ghcr.io/acme/other").replace("dev:", "dev:"))
    environment = folder / "environments/prod.yaml"
    environment.write_text(environment.read_text().replace("project: shop", "project: store"))
    return folder


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """Return where runs note what they write, where there is no repository."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache/tiphys"


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EDQUOT, errno.EIO])
def test_a_full_disk_at_any_write_changes_nothing(error, changed, monkeypatch):
    before = read_tree(changed)
    real = os.write
    for fail_at in range(1, 5):
        count = 0

        def full(descriptor, data, fail_at=fail_at):
            nonlocal count
            count += 1
            if count == fail_at:
                raise OSError(error, os.strerror(error))
            return real(descriptor, bytes(data)[: max(1, len(data) // 2)])  # a short write, as a nearly full disk does

        monkeypatch.setattr(os, "write", full)
        with pytest.raises(write.WriteError, match="nothing was changed"):
            run(Request(str(changed), Mode.WRITE))
        monkeypatch.setattr(os, "write", real)
        assert read_tree(changed) == before
    assert run(Request(str(changed), Mode.WRITE)).written
    assert run(Request(str(changed), Mode.CHECK)).changes == []


def test_of_two_runs_at_once_one_writes_and_the_other_says_so(changed, cache):
    before = read_tree(changed)
    with stage.held(Area(str(changed), "generated")):
        said = rf"another run of tiphys \(process {os.getpid()}\) is writing here; nothing was changed"
        with pytest.raises(write.WriteError, match=said):
            run(Request(str(changed), Mode.WRITE))
        assert run(Request(str(changed), Mode.CHECK)).changes, "reading needs no lock"
    assert read_tree(changed) == before
    assert run(Request(str(changed), Mode.WRITE)).written
    assert not list(cache.rglob("*"))


def test_what_a_killed_run_left_behind_is_cleared_by_the_next(changed, cache):
    area = Area(str(changed), "generated")
    left_over = desk.made(area)
    with left_over, stage.new(area, left_over) as place:
        place.write("0", b"half a file")
    assert len(list(cache.rglob("0"))) == 1
    assert run(Request(str(changed), Mode.CHECK)).changes
    assert run(Request(str(changed), Mode.WRITE)).written
    assert not list(cache.rglob("*"))
    assert run(Request(str(changed), Mode.CHECK)).changes == []


def test_a_file_in_the_place_of_a_folder_changes_nothing(changed):
    shutil.rmtree(changed / "generated/prod/web")
    (changed / "generated/prod/web").write_text("mine")
    before = read_tree(changed)
    with pytest.raises(write.WriteError, match="exists and is not a directory; nothing was changed"):
        run(Request(str(changed), Mode.WRITE))
    assert read_tree(changed) == before
