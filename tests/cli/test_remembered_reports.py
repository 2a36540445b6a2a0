"""A report that was made from what is remembered has the same pages, and what is kept for it tells no secret."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from generator.cli.main import program
from generator.system.store import Store
from support.paths import ROOT
from support.trees import read_tree

SPEC = "services/frontend/pipeline.yaml"
SECRET = "s3cr3t-hunter2-of-the-shop"
EDITS = [
    (SPEC, 'ENABLE_PROFILER: "0"', 'ENABLE_PROFILER: "1"'),
    (SPEC, 'ENABLE_PROFILER: "1"', f'ENABLE_PROFILER: "1"\n      DB_PASSWORD: {SECRET}'),
    ("services/adservice/pipeline.yaml", "  environments:", "  nonsense: true\n  environments:"),
    ("services/adservice/pipeline.yaml", "  nonsense: true\n", ""),
    ("environments/prod.yaml", "kind: Environment\n", "kind: Environment # a remark\n"),
    ("generated/prod/frontend/values.yaml", "\n", "\n\n"),
]


@pytest.fixture
def folder(tmp_path, monkeypatch, later) -> Path:
    monkeypatch.setenv("TIPHYS_CACHE_DIR", str(tmp_path / "cache"))
    shutil.copytree(ROOT / "examples" / "online-boutique", tmp_path / "w")
    subprocess.run(["git", "init", "-q", tmp_path / "w"], check=True)
    return tmp_path / "w"


def pages(folder: Path, name: str, *words: str) -> dict[str, bytes]:
    done = CliRunner(env={"GITHUB_ACTIONS": ""}).invoke(
        program, ["-C", str(folder), "report", "-o", str(folder.parent / name), *words], standalone_mode=False
    )
    assert done.exception is None, done.exc_info
    return read_tree(folder.parent / name)


def test_whatever_is_edited_a_report_with_a_memory_is_the_report_without_one(folder, tmp_path):
    assert pages(folder, "warm") == pages(folder, "cold", "--no-cache")
    for path, old, new in EDITS:
        text = (folder / path).read_text()
        assert old in text, path
        (folder / path).write_text(text.replace(old, new, 1))
        assert pages(folder, "warm") == pages(folder, "cold", "--no-cache"), (path, new)
    kept = [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]
    assert kept
    assert not [path.name for path in kept if SECRET.encode() in path.read_bytes()]


def test_a_second_report_surveys_nothing_again_and_an_edit_one_service(folder, generated):
    first = pages(folder, "site")
    assert len(generated) == 11
    assert pages(folder, "site") == first
    assert len(generated) == 11
    (folder / SPEC).write_text((folder / SPEC).read_text().replace("description:", "description: of all", 1))
    pages(folder, "site")
    assert generated[11:] == [SPEC]


@pytest.mark.parametrize("damage", [b"[]", b'{"services/frontend/pipeline.yaml": [1]}', b"\xff"])
def test_a_damaged_memory_of_a_report_is_a_miss(damage, folder, monkeypatch):
    first, get = pages(folder, "site"), Store.get
    monkeypatch.setattr(Store, "get", lambda self, name: damage if name.startswith("units-") else get(self, name))
    assert pages(folder, "site") == first
