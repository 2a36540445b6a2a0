"""The names of files that hold one rendered object each."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from hashlib import blake2b

from generator.kubernetes.identity import Key

_LONGEST = 200
"""Characters of a name, so that its path fits into a checkout on Windows."""
_DIGEST = 4
"""Bytes of a digest in the names of objects that nothing else tells apart."""


def stems(keys: Sequence[Key]) -> list[str]:
    """Return the names of the files of objects, without extension, each once; all keys are different.

    A name is `<kind>-<name>`. Where two objects would have the same, all of them get their namespace, then their API group,
    then a digest: so a name does not depend on the order of the objects.
    """
    levels = [0] * len(keys)
    while True:
        found = [_candidate(key, level) for key, level in zip(keys, levels, strict=True)]
        number = Counter(found)
        again = [index for index, name in enumerate(found) if number[name] > 1 and levels[index] < _LAST]
        if not again:
            return found
        for index in again:
            levels[index] += 1


_LAST = 3


def _candidate(key: Key, level: int) -> str:
    group, kind, namespace, name = key
    parts = [f"{kind}.{group}" if level > 1 and group else kind]
    parts += [namespace] if level and namespace else []
    whole = re.sub(r"[^a-z0-9.-]", "-", "-".join([*parts, name]).lower()).strip("-.")
    if level < _LAST and len(whole) <= _LONGEST:
        return whole
    digest = blake2b("\0".join(key).encode("utf-8", "replace"), digest_size=_DIGEST).hexdigest()
    return f"{whole[: _LONGEST - 2 * _DIGEST - 1].rstrip('-.')}-{digest}"
