"""A container with a low limit of processes gets a sentence that says so."""

from __future__ import annotations

import sys
import threading

from generator.cli import main
from support.workspace import workspace


def test_a_system_that_starts_no_thread_is_told_in_one_sentence(tmp_path, monkeypatch, capsys):
    def refuse(_thread):
        raise RuntimeError("can't start new thread")

    root = workspace(tmp_path / "w")
    monkeypatch.setattr(threading.Thread, "start", refuse)
    monkeypatch.setattr(sys, "argv", ["tiphys", "-C", str(root), "verify"])
    assert main.run_command() == 2
    said = capsys.readouterr().err
    assert said == (
        "tiphys: the system starts no thread\n"
        "  = hint: raise the limit of processes of the user or container; a browser has no threads\n"
    )
