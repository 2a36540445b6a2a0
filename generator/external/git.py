"""Git, as far as it is asked."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from types import MappingProxyType

from generator.errors import ConfigError
from generator.external import program
from generator.external.program import Done


def call(root: str, *arguments: str, stdin: bytes | None = None, variables: Mapping[str, str] = MappingProxyType({})) -> Done:
    """Return what git says to these arguments; raises ConfigError where there is no git."""
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        if name in environment:  # set for hooks, and relative to where they start
            environment[name] = os.path.abspath(environment[name])
    try:
        return program.run(["git", "-C", root, *arguments], environment={**environment, **variables}, stdin=stdin)
    except FileNotFoundError:
        raise ConfigError("git is not on the PATH", "install git") from None


def said(done: Done) -> str:
    """Return what git complained about, as one line without its preamble, and without credentials in addresses."""
    words = " ".join(done.err.split()).removeprefix("fatal: ").removeprefix("error: ")
    return re.sub(r"(?<=://)[^/@\s]+@", "", words)


def _run(root: str, *arguments: str) -> bytes:
    done = call(root, *arguments)
    if not done.ok:
        raise ConfigError(f"git {arguments[0]} failed in {root}: {said(done)}", "run the hook inside of a Git repository")
    return done.out


def index(root: str) -> dict[str, str]:
    """Return what is staged below a folder: path relative to it, with forward slashes, to object id.

    A path in conflict has several stages; it is left out, as it has no one content.
    """
    found: dict[str, str] = {}
    conflicts: set[str] = set()
    for entry in _run(root, "ls-files", "--stage", "-z", "--", ".").split(b"\0"):
        if not entry:
            continue
        meta, _, raw_path = entry.partition(b"\t")
        _, object_id, stage = meta.decode("ascii").split(" ")
        path = os.fsdecode(raw_path)
        if stage != "0":
            conflicts.add(path)
        found[path] = object_id
    return {path: object_id for path, object_id in found.items() if path not in conflicts}


def blob_id(content: bytes, like: str) -> str:
    """Return the object id of a file's content, by the hash that the repository uses for `like`."""
    import hashlib

    head = b"blob %d\0" % len(content)
    name = "sha256" if len(like) == 64 else "sha1"
    return hashlib.new(name, head + content, usedforsecurity=False).hexdigest()
