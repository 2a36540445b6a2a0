"""The tutorial: its commands, taken from the page, in an empty folder and without a network."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

import pytest

from support import tutorials
from support.paths import ROOT
from support.programs import PATIENCE, program
from support.trees import write_tree

PAGE = ROOT / "docs" / "tutorial.md"
PORT = "8879"


@pytest.fixture
def newcomer(tmp_path):
    """Return the environment of someone who has installed Tiphys, Helm and pre-commit, and nothing else."""
    bins = {str(Path(program(name)).parent) for name in ("helm", "pre-commit", "git")}
    home = tmp_path / "home"
    write_tree(home, {".gitconfig": "[user]\nname = ada\nemail = ada@example.net\n"})
    write_tree(tmp_path / "bin", {"tiphys": f'#!/bin/sh\nexec "{sys.executable}" -m generator "$@"\n'})
    (tmp_path / "bin" / "tiphys").chmod(0o755)
    path = os.pathsep.join([str(tmp_path / "bin"), *bins, "/usr/bin", "/bin"])
    outside = {"HTTP_PROXY": "http://127.0.0.1:9", "HTTPS_PROXY": "http://127.0.0.1:9", "NO_PROXY": "127.0.0.1"}
    kept = {key: os.environ[key] for key in ("TMPDIR", "LANG") if key in os.environ}
    return {"PATH": path, "HOME": str(home), "PYTHONPATH": str(ROOT), "NO_COLOR": "1", **outside, **kept}


def _free_port() -> int:
    """Return a port that nothing uses and the system gives to nobody else: other tests ask it for any port meanwhile."""
    for port in range(20_000 + os.getpid() % 10_000, 32_000):
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)):
                return port
    raise AssertionError("no port is free")


def test_who_follows_the_tutorial_sees_what_it_shows_up_to_the_end(newcomer, tmp_path, golden):
    page = PAGE.read_text(encoding="utf-8")
    port = str(_free_port())
    blocks = [block._replace(script=block.script.replace(PORT, port)) for block in tutorials.blocks_of(page)]
    (tmp_path / "empty").mkdir()
    said = tutorials.run(blocks, tmp_path / "empty", newcomer, PATIENCE)
    assert len(said) == len(blocks), f"the shell ended after {len(said)} blocks: {said[-1:]}"
    said = [one._replace(text=one.text.replace(port, PORT)) for one in said]
    golden(tutorials.as_printed(page, said), PAGE)
    failed = [
        (block.script, one) for block, one in zip(blocks, said, strict=True) if one.code and not tutorials.may_fail(block)
    ]
    assert failed == []
    wrongly = [block.script for block, one in zip(blocks, said, strict=True) if tutorials.may_fail(block) and not one.code]
    assert wrongly == []


@pytest.mark.parametrize(
    ("shown", "printed", "is_same"),
    [
        ("committed d4982ca\n", "committed 1234567\n", True),
        ("2 services\n", "3 services\n", False),
        ("a\n…\nd\n", "a\nb\nc\nd\n", True),
        ("a\n…\nd\n", "a\nb\nc\n", False),
        ("", "an error\n", False),
    ],
)
def test_what_differs_by_more_than_ids_and_times_is_no_match(shown, printed, is_same):
    assert tutorials.is_as_shown(shown, printed) is is_same
