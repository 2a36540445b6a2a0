"""The objects of a repository: the files of a commit and their content, up to a limit."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from generator.errors import ConfigError
from generator.syntax.commit_ids import short_id
from generator.system.git.call import TooMuchOutputError, place_of, run

LARGEST = 32 * 1024 * 1024
"""Bytes of one file that are read of a commit."""
MOST = 256 * 1024 * 1024
"""Bytes that are read in one go: of more, the largest files are left out."""


_FILES = ("blob", "commit")
"""The types of the entries of a tree that are no directories; a commit is a submodule."""
_HEAD = 128
"""The most bytes that git prints around each object."""
_MOST_LISTED = 32 * 1024 * 1024
"""Bytes of the list of a commit's files and directories: about 250,000 of them."""


def blob_id(content: bytes, like: str) -> str:
    """Return the object id of a file's content, by the hash that the repository uses for `like`."""
    import hashlib

    head = b"blob %d\0" % len(content)
    name = "sha256" if len(like) == 64 else "sha1"
    return hashlib.new(name, head + content, usedforsecurity=False).hexdigest()


def sizes(root: str, ids: Iterable[str], kind: str = "blob") -> dict[str, int]:
    """Return how many bytes files have, by object id, without reading them; what is not there, or no file, is left out.

    `kind` is the type of the objects: a `commit` has its message in it.
    """
    wanted = list(dict.fromkeys(ids))
    if not wanted:
        return {}
    out = run(root, "cat-file", "--batch-check=%(objecttype) %(objectsize)", stdin=_listed(wanted))
    found: dict[str, int] = {}
    for name, line in zip(wanted, out.split(b"\n"), strict=False):
        found_kind, _, size = line.partition(b" ")
        if found_kind == kind.encode("ascii"):
            found[name] = int(size)
    return found


def blobs(root: str, ids: Iterable[str], largest: int = LARGEST) -> dict[str, bytes]:
    """Return the content of files by object id, in one go; those that are not there, or are too large, are left out."""
    known = sizes(root, ids)
    wanted = _affordable(known, largest)
    if not wanted:
        return {}
    out = run(root, "cat-file", "--batch", stdin=_listed(wanted), most=sum(known[name] + _HEAD for name in wanted))
    found: dict[str, bytes] = {}
    at = 0
    for name in wanted:
        size = known[name]
        at += len(f"{name} blob {size}\n")
        found[name] = out[at : at + size]
        at += size + 1
    return found


def _affordable(known: Mapping[str, int], largest: int) -> list[str]:
    """Return the objects to be read: the total is limited, and small files come first."""
    fitting = [name for name, size in known.items() if size <= largest]
    left = MOST
    if sum(known[name] for name in fitting) <= left:
        return fitting
    chosen = []
    for name in sorted(fitting, key=lambda name: known[name]):
        left -= known[name]
        if left < 0:
            break
        chosen.append(name)
    return chosen


def _listed(ids: Iterable[str]) -> bytes:
    return "".join(f"{name}\n" for name in ids).encode("ascii")


def tree(root: str, commit: str) -> dict[str, tuple[str, str]]:
    """Return the files of a commit below the root: path relative to it to (mode, object id).

    Raises ConfigError for too many: a few small objects can be any number of directories, also of empty ones, so all are
    listed.
    """
    found: dict[str, tuple[str, str]] = {}
    place = place_of(root)
    prefix = os.fsencode(place.prefix)
    where = ["--", f":(literal){place.prefix}"] if place.prefix else []
    try:
        listed = run(root, "ls-tree", "-r", "-t", "-z", "--end-of-options", commit, *where, most=_MOST_LISTED)
    except TooMuchOutputError:
        message = f"commit {short_id(commit)} has too many files: their list has more than {_MOST_LISTED:,} bytes"
        raise ConfigError(message, "remove what does not belong to the repository") from None
    for entry in listed.split(b"\0"):
        meta, _, raw_path = entry.partition(b"\t")
        mode, _, named = meta.decode("ascii").partition(" ")
        kind, _, object_id = named.partition(" ")
        if kind in _FILES and raw_path.startswith(prefix):
            found[os.fsdecode(raw_path[len(prefix) :])] = (mode, object_id)
    return found
