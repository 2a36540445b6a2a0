"""Starting a program and hearing it out."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from typing import NamedTuple


class Done(NamedTuple):
    """What a program said before it ended, and how it ended."""

    code: int
    out: bytes
    err: str

    @property
    def ok(self) -> bool:
        """Whether it ended well."""
        return self.code == 0


def run(command: Sequence[str], *, environment: Mapping[str, str] | None = None, stdin: bytes | None = None) -> Done:
    """Return what a program says; raises FileNotFoundError where there is no such program.

    The command is a list, never a line for a shell, so no word of a spec is ever interpreted.
    """
    done = subprocess.run(
        command,
        env=environment,
        input=stdin,
        stdin=subprocess.DEVNULL if stdin is None else None,
        capture_output=True,
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr.decode("utf-8", "replace"))
