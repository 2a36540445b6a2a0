"""Two programs that are not the same never take each other's results for their own."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from generator.system import itself
from generator.system.store import Store


@pytest.fixture(autouse=True)
def forgotten(monkeypatch):
    monkeypatch.setattr(itself, "_KNOWN", {})
    monkeypatch.setattr(itself, "_READ", {})


def looked_up(folder: Path) -> str:
    itself._KNOWN.clear()
    itself._READ.clear()
    return itself.identity(Store(str(folder)))


def install(folder: Path, name: str, version: str) -> None:
    for old in folder.glob(f"{name}-*.dist-info"):
        (old / "METADATA").unlink()
        old.rmdir()
    made = folder / f"{name}-{version}.dist-info"
    made.mkdir(parents=True)
    (made / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")


def test_a_package_that_is_installed_later_or_upgraded_makes_another_program(tmp_path, monkeypatch):
    """Whether one is there at all can decide what is found, wherever it is installed to."""
    (tmp_path / "lib").mkdir()
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path / "lib")])
    found = [looked_up(tmp_path / "cache")]
    assert looked_up(tmp_path / "cache") == found[0]
    for version in ("1.0", "1.1"):
        install(tmp_path / "lib", "schemas-of-kubernetes", version)
        found.append(looked_up(tmp_path / "cache"))
    assert len(set(found)) == 3


def test_a_program_that_cannot_be_read_remembers_nothing_and_still_runs(tmp_path, monkeypatch):
    def refused(path: str) -> list[str]:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(os, "listdir", refused)
    assert looked_up(tmp_path / "cache") == ""
