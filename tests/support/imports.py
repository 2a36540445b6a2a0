"""The repositories in tests/data/import, and how `tiphys import` is called for each."""

from __future__ import annotations

import shutil
from pathlib import Path

import yaml

from support.paths import ROOT, TESTS

IMPORTS = TESTS / "data" / "import"
CASES = sorted(path.name for path in IMPORTS.iterdir() if path.is_dir())


def prepared(name: str, folder: Path) -> tuple[list[str], Path]:
    """Return the arguments of an import in a copy of a case, and the directory that holds it."""
    work = shutil.copytree(IMPORTS / name, folder / name)
    given = yaml.safe_load((work / "arguments.yaml").read_text(encoding="utf-8"))
    if given.get("shipped"):
        shutil.copytree(ROOT / "templates" / "chart", work / "charts" / "service")
    arguments = [*given["paths"], *(part for path in given.get("charts", ()) for part in ("--charts", path))]
    return [*arguments, *given.get("more", ())], work


def hand_written(workspace: Path) -> str:
    """Return the files of a workspace that people edit, one after the other."""
    folders = ("environments", "services", "strategies", "templates")
    paths = [workspace / "tiphys.yaml", *(path for name in folders for path in sorted((workspace / name).rglob("*")))]
    return "".join(
        f"--- {path.relative_to(workspace).as_posix()}\n{path.read_text(encoding='utf-8')}\n"
        for path in paths
        if path.is_file()
    )
