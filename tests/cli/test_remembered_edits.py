"""Whatever is edited, in whatever order, and whatever is lost: with what is remembered, the same bytes, findings and exit codes."""

from __future__ import annotations

import random
import shutil
import subprocess
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from generator.cli.main import program
from generator.pipeline.memory.memory import Memory
from generator.system import clock
from support.at_once import said_at_once
from support.edited import Area
from support.trees import read_tree

CHAINS, EDITS = 8, 250
"""Each edit ends a sequence of all those before it."""


def said(folder: Path, *words: str):
    done = CliRunner(env={"GITHUB_ACTIONS": ""}).invoke(program, ["-C", str(folder), *words], standalone_mode=False)
    assert done.exception is None or type(done.exception).__module__.startswith("generator."), done.exc_info
    return done.return_value, str(done.exception), getattr(done.exception, "hint", ""), done.output


@pytest.mark.parametrize("chain", range(CHAINS))
def test_no_sequence_of_edits_makes_a_warm_run_say_anything_else_than_a_cold_one(chain, tmp_path, monkeypatch, request):
    monkeypatch.setenv("TIPHYS_CACHE_DIR", str(tmp_path / "cache"))
    chooser = random.Random(chain)
    area, done = Area(tmp_path / "w", chooser), []
    monkeypatch.setattr("generator.cli.remembering.identity", lambda _store: f"version {area.old}")
    monkeypatch.setattr("generator.cli.at_once.identity", lambda _store: f"version {area.old}")
    monkeypatch.setattr(clock, "nanoseconds", lambda: time.time_ns() + (3_600_000_000_000 if area.old else 0))
    monkeypatch.setattr("generator.pipeline.memory.kept_units._SHARE", 1)
    held, is_broken = _counted(monkeypatch), False
    for _ in range(EDITS * (10 if request.config.getoption("--exhaustive") else 1)):
        done.append(area.edit(is_broken=is_broken))
        if chooser.random() < 0.05:
            area.old = not area.old
        if chooser.random() < 0.25:
            words = area.one(["--allow-delete"], ["--hook"], ["--hook", "--allow-delete"])
            done.append("generate " + " ".join(words))
            if chooser.random() < 0.7:
                subprocess.run(["git", "add", "-A", area.one(".", "services", "environments")], cwd=area.root, check=False)
            copy = tmp_path / "copy" / "w"
            shutil.copytree(area.root, copy, symlinks=True)
            warm, cold = said(area.root, "generate", *words), said(copy, "generate", *words, "--no-cache")
            assert _without_folder(warm, area.root) == _without_folder(cold, copy), done[-9:]
            assert read_tree(area.root / "generated") == read_tree(copy / "generated"), done[-9:]
            shutil.rmtree(copy.parent)
        if chooser.random() < 0.1:
            _lose(chooser, tmp_path / "cache" / "memory-1")
        if chooser.random() < 0.04:
            area.folder()
        if chooser.random() < 0.2:
            words = ["check", "--format", area.one("json", "sarif", "markdown")]
            assert said(area.root, *words) == said(area.root, *words, "--no-cache"), done[-9:]
        if chooser.random() < 0.3:
            assert said(area.root, "lint") == said(area.root, "lint", "--no-cache"), done[-9:]
        early = said_at_once(["-C", str(area.root), "check"])
        warm, cold = said(area.root, "check"), said(area.root, "check", "--no-cache")
        assert warm == cold, done[-9:]
        assert early in (None, (cold[0], cold[3])), done[-9:]
        held["at once"] += early is not None
        is_broken = warm[0] != 0 and "To fix: " not in warm[3]
    assert min(held.values()) >= 2, "the memory was hardly ever asked"
    assert sum(held.values()) >= EDITS // 10, "the memory was hardly ever asked"


def _lose(chooser: random.Random, cache: Path) -> None:
    """Remove some entries, as a full cache, a kill or another checkout does."""
    for path in sorted(cache.glob("*")):
        if chooser.random() < 0.3:
            path.unlink()


def _without_folder(told: tuple, folder: Path) -> tuple:
    return tuple(part.replace(str(folder), "FOLDER") if isinstance(part, str) else part for part in told)


def _counted(monkeypatch) -> dict[str, int]:
    """Count how often what is remembered held."""
    held = dict.fromkeys(("answers", "at once", "all units", "some units"), 0)
    answer, settled = Memory.answer, Memory.settled

    def answered(self, shape):
        found = answer(self, shape)
        held["answers"] += found is not None
        return found

    def kept(self, inputs, **how):
        found = settled(self, inputs, **how)
        held["all units"] += len(found) == len(inputs.paths)
        held["some units"] += 0 < len(found) < len(inputs.paths)
        return found

    monkeypatch.setattr(Memory, "answer", answered)
    monkeypatch.setattr(Memory, "settled", kept)
    return held
