"""Whether the files of a workspace are still those that were looked at."""

from __future__ import annotations

from hashlib import blake2b

from generator.system.files import states
from generator.system.transaction.stage import PREFIX

_SKIPPED = (".git", ".venv", "node_modules", "__pycache__")


def stamp(root: str, output: str = "", skipped: frozenset[str] = frozenset()) -> bytes:
    """Return what changes whenever a file below the root is written, added or removed, or a commit is made.

    `output` is a further directory to watch; `skipped` are paths that do not.
    """
    digest = blake2b(digest_size=16)
    for folder in [root, *([output] if output else [])]:
        for path in states.below(folder, _SKIPPED, PREFIX, skipped):
            digest.update(path)
    for name in ("HEAD", "logs/HEAD", "index"):
        digest.update(states.of(f"{root}/.git/{name}"))
    return digest.digest()
