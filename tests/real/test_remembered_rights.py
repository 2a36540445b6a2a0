"""What one process could read, another one of the same user may not: by its groups, or by its capabilities."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from support.paths import ROOT
from support.workspace import workspace

LATER = """
import sys, time
from generator.system import clock
clock.nanoseconds = lambda: time.time_ns() + 3_600_000_000_000
from generator.__main__ import main
main()
"""
DROPS = ("--bounding-set=-dac_override,-dac_read_search",)
GROUPS = ("--groups=4242", "--regid=4243", *DROPS)
NO_GROUPS = ("--clear-groups", "--regid=4243", *DROPS)

pytestmark = pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("setpriv"), reason="only root can give up rights")


def said(how: tuple[str, ...], folder: Path, cache: Path, *words: str):
    before = ("setpriv", *how) if how else ()
    environment = {**os.environ, "TIPHYS_CACHE_DIR": str(cache), "PYTHONPATH": str(ROOT), "GITHUB_ACTIONS": ""}
    command = [*before, sys.executable, "-c", LATER, "-C", str(folder), "check", *words]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(("may", "mode", "group", "may_not"), [((), 0, 0, DROPS), (GROUPS, 0o040, 4242, NO_GROUPS)])
def test_a_file_that_only_an_earlier_process_could_read_is_an_error(may, mode, group, may_not, tmp_path):
    folder, cache = workspace(tmp_path / "w"), tmp_path / "cache"
    assert (
        subprocess.run(
            [sys.executable, "-m", "generator", "generate"],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            check=False,
        ).returncode
        == 0
    )
    path = folder / "services/web/pipeline.yaml"
    os.chown(path, 4244, group)
    path.chmod(mode)
    first = said(may, folder, cache)
    assert first[0] == 0
    assert said(may, folder, cache) == first
    warm = said(may_not, folder, cache)
    assert "permission denied" in warm[1]
    assert warm == said(may_not, folder, cache, "--no-cache")
    assert said(may, folder, cache) == first
