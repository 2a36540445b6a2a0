"""The identity of a finding across runs: its place in the data, not its line."""

from __future__ import annotations

from collections.abc import Iterable

from generator.diagnostics import Diagnostic, json_pointer


def fingerprints(diagnostics: Iterable[Diagnostic]) -> list[str]:
    """Return a SHA-256 for each diagnostic, unique among them, in their order.

    It hashes the path, the rule, the JSON pointer and a number that counts equal ones. A finding without a
    pointer (an error in the text itself) uses its message instead.
    """
    from hashlib import sha256

    seen: dict[tuple[str, str, str], int] = {}
    found = []
    for item in diagnostics:
        identity = (item.path, item.rule, json_pointer(item.pointer) or item.message)
        number = seen[identity] = seen.get(identity, 0) + 1
        text = "\0".join((*identity, str(number)))
        found.append(sha256(text.encode("utf-8", "backslashreplace")).hexdigest())
    return found
