"""Cached Helm results for the same chart and values.

Rendering is a function of the chart's files, the values, the flags and Helm's version: the key holds all
four, so an entry is never stale, only unused. Entries that are not read for a month are removed.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import time
import zlib
from collections.abc import Iterable
from contextlib import suppress

from generator.system import timings, verbose
from generator.system.files import Folder
from generator.system.program import Done

_UNUSED = 30 * 24 * 3600
"""Seconds after which an unread entry is removed."""

_SWEEP = 24 * 3600


class Cache:
    """Caches Helm results below a directory; without one it caches nothing."""

    def __init__(self, folder: str) -> None:
        self._folder = folder

    @property
    def keeps(self) -> bool:
        """Whether anything is kept, so that it is worth a key."""
        return bool(self._folder)

    def get(self, key: str) -> Done | None:
        """Return the cached result; None if missing or unreadable."""
        if not self._folder:
            return None
        found = self._get(key)
        verbose.tell("cache", f"{self._folder}, with results of Helm")
        timings.remember("results of Helm", int(found is not None), int(found is None))
        return found

    def _get(self, key: str) -> Done | None:
        path = os.path.join(self._folder, key)
        try:
            with open(path, "rb") as file:
                code, err, size = json.loads(file.readline())
                out = zlib.decompress(file.read())
            os.utime(path)
        except (OSError, ValueError, TypeError, zlib.error):
            return None
        return Done(code, out, err) if len(out) == size else None

    def put(self, key: str, done: Done) -> None:
        """Store an answer; a failure to write is ignored."""
        if not self._folder:
            return
        with suppress(OSError):
            os.makedirs(self._folder, exist_ok=True)
            descriptor, path = tempfile.mkstemp(dir=self._folder, prefix=".new-")
            try:
                with os.fdopen(descriptor, "wb") as file:
                    file.write(json.dumps([done.code, done.err, len(done.out)]).encode() + b"\n" + zlib.compress(done.out, 1))
                os.replace(path, os.path.join(self._folder, key))
            except OSError:
                os.unlink(path)

    def sweep(self) -> None:
        """Remove entries that have not been read for long, at most once a day."""
        mark, now = os.path.join(self._folder, ".swept"), time.time()
        with suppress(OSError):
            if not self._folder or (os.path.exists(mark) and now - os.stat(mark).st_mtime < _SWEEP):
                return
            with open(mark, "w", encoding="ascii"):
                os.utime(mark)
            for entry in os.scandir(self._folder):
                if entry.name != ".swept" and now - entry.stat().st_mtime > _UNUSED:
                    os.unlink(entry.path)


def digest(parts: Iterable[bytes]) -> str:
    """Return a name for some bytes, in this order and with these borders."""
    found = hashlib.blake2b(digest_size=20)
    for part in parts:
        found.update(len(part).to_bytes(8, "big"))
        found.update(part)
    return found.hexdigest()


def folder_digest(folder: str) -> str:
    """Return a name for all files below a folder: their paths and bytes."""
    parts: list[bytes] = []
    for path, content in Folder(folder).read_tree("").items():
        if content is None:  # it was replaced after it was checked: cache nothing
            content = os.urandom(16)
        parts += [os.fsencode(path), content]
    return digest(parts)
