"""Cached Helm results for the same chart and values.

Rendering is a function of the chart's files, the values, the flags and Helm's version: the key holds all
four, so an entry is never stale, only unused. Entries that are not read for a month are removed.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import time
import zlib
from collections.abc import Iterable

from generator.system import timings, verbose
from generator.system.files import Folder
from generator.system.program import Done
from generator.system.store import RESULTS, Store, kept_at

_UNUSED = 30 * 24 * 3600
"""Seconds after which an unread entry is removed."""
_SWEEP = 24 * 3600
"""Seconds from one look at all entries to the next."""
_SWEPT = "swept"
"""The entry that says when that was."""


class Cache:
    """Caches Helm results in a store; one that keeps nothing caches nothing."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @property
    def keeps(self) -> bool:
        """Whether anything is kept, so that it is worth a key."""
        return bool(self._store.folder)

    def get(self, key: str) -> Done | None:
        """Return the cached result; None if missing, or not as it was written."""
        if not self.keeps:
            return None
        found = self._get(key)
        verbose.tell("cache", f"{self._store.folder}, with results of Helm")
        timings.remember("results of Helm", int(found is not None), int(found is None))
        return found

    def _get(self, key: str) -> Done | None:
        raw = self._store.get(key)
        if raw is None:
            return None
        self._store.renew(key)
        said, _, out = raw.partition(b"\n")
        code, err = json.loads(said)
        return Done(code, zlib.decompress(out), err)

    def put(self, key: str, done: Done) -> None:
        """Store an answer; a failure to write is ignored."""
        self._store.put(key, json.dumps([done.code, done.err]).encode() + b"\n" + zlib.compress(done.out, 1))

    def sweep(self) -> None:
        """Remove entries that have not been read for long, and the oldest of too many, at most once a day."""
        now = time.time()
        if self.keeps and now - float(self._store.get(_SWEPT) or 0) > _SWEEP:
            self._store.put(_SWEPT, str(now).encode("ascii"))
            self._store.shrink(seconds=_UNUSED)


NOTHING = Cache(Store(""))
"""Caches nothing."""


def kept() -> Cache:
    """Return the results of earlier runs of this user; none where a pull request could change them."""
    return Cache(Store(kept_at(RESULTS)))


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
            content = secrets.token_bytes(16)
        parts += [path.encode("utf-8", "surrogateescape"), content]
    return digest(parts)
