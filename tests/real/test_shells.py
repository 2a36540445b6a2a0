"""Words complete in real shells: a script that a shell cannot use is noticed by nobody who does not press Tab."""

from __future__ import annotations

import os
import shlex
import sys

import pytest

from support.paths import ROOT
from support.programs import program
from support.terminals import TAB, terminal
from support.workspace import workspace

PATIENCE = 60
"""Seconds for one line; only a failing test waits that long."""
SHELLS = {
    "bash": (["--norc", "--noprofile", "-i"], "source complete.bash"),
    "zsh": (["-f", "-i"], "autoload -Uz compinit && compinit -u -d ~/.zcompdump && source complete.zsh"),
    "fish": (["--no-config", "-i"], "source complete.fish"),
}
"""The options of a shell that reads no settings, and what its user types once."""
LINES = {
    "command": ("tiphys che", "tiphys check"),
    "service": ("tiphys check we", "tiphys check web"),
    "environment": ("tiphys plan web --env pr", "tiphys plan web --env prod"),
    "format": ("tiphys lint --format sar", "tiphys lint --format sarif"),
    "rule by its name": ("tiphys explain canary-weights-r", "tiphys explain canary-weights-rise"),
    "rule by its id": ("tiphys lint --select TP30", "tiphys lint --select TP301"),
    "option": ("tiphys generate --allow-d", "tiphys generate --allow-delete"),
    "nothing": ("tiphys check no-such-serv", "tiphys check no-such-serv"),
}
"""What is typed before Tab, and the line afterwards."""


@pytest.mark.parametrize("shell", SHELLS)
def test_tab_completes_in_a_real_shell(shell, tmp_path, tiphys):
    folder = workspace(tmp_path / "w")
    options, once = SHELLS[shell]
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/tiphys").write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m generator "$@"\n')
    (tmp_path / "bin/tiphys").chmod(0o755)
    (folder / f"complete.{shell}").write_text(tiphys("completion", shell, cwd=folder).stdout)
    environment = {
        "PATH": os.pathsep.join([str(tmp_path / "bin"), os.environ["PATH"]]),
        "HOME": str(tmp_path), "TERM": "xterm", "PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8",
    }  # fmt: skip
    with terminal([program(shell), *options], environment, str(folder)) as at:
        at.type(f"{once}\r")
        assert at.line_after("ready", PATIENCE) == "ready", at.screen
        for what, (typed, wanted) in LINES.items():
            assert at.line_after(f"{typed}{TAB}", PATIENCE) == wanted, (what, at.screen)
