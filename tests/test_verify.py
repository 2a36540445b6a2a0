"""What verify finds with the real Helm, whole reports; and what it proves of the examples."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import ROOT, read_tree
from test_rejected import transcript, workspace

HERE = Path(__file__).parent / "verified"
CASES = sorted(path.name for path in HERE.iterdir())


@pytest.fixture(autouse=True)
def _real_programs(helm, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", f"{Path(helm).parent}:/usr/bin:/bin")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.mark.parametrize("case", CASES)
def test_what_would_break_in_the_cluster_is_found_at_the_line_of_the_spec(case, mooring, tmp_path, golden):
    folder = workspace(tmp_path / "w", HERE / case)
    before = read_tree(folder)
    done = mooring("verify", "--offline", cwd=folder)
    assert "Traceback" not in done.stderr
    assert done.returncode == 1
    assert read_tree(folder) == before
    golden(transcript(done).replace(str(folder), "WORKSPACE"), HERE / case / "expected.txt")


@pytest.mark.parametrize("example", ["online-boutique", "quickstart"])
def test_the_examples_hold_together(example, mooring):
    done = mooring("-C", ROOT / "examples" / example, "verify")
    assert (done.returncode, done.stdout) == (0, "")
    assert "no problems" in done.stderr
