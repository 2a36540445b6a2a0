"""A check that is answered at once has to say what the command says."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from generator.cli import at_once


def said_at_once(arguments: Sequence[str]) -> tuple[int, str] | None:
    """Return the exit code and all that a call says that is answered at once; None if it is not."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("GITHUB_ACTIONS", raising=False)
        found = at_once.said_of(arguments)
    if found is None:
        return None
    text, sentence, code = found
    return code, text + (f"{sentence}\n" if sentence else "")
