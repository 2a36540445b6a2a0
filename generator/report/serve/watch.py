"""Whether the files of a workspace are still those that were looked at."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b

from generator.errors import ConfigError
from generator.system.files import states
from generator.system.git import read as git
from generator.system.transaction.stage import PREFIX

_SKIPPED = (".git", ".venv", "node_modules", "__pycache__")


def stamps(root: str) -> Callable[[], bytes]:
    """Return what makes something that changes whenever a file below the root is written, added or removed, or a commit is made."""
    try:
        notes = git.notes_of_commits(root)
    except ConfigError:  # the report says so as well
        notes = []

    def stamp() -> bytes:
        digest = blake2b(digest_size=16)
        for found in (*states.below(root, _SKIPPED, PREFIX), *map(states.of, notes)):
            digest.update(found)
        return digest.digest()

    return stamp
