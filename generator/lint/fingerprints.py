"""What makes a finding the same one tomorrow: where it is in the data, never on which line."""

from __future__ import annotations

from collections.abc import Iterable

from generator.diagnostics import Diagnostic, json_pointer


def fingerprints(diagnostics: Iterable[Diagnostic]) -> list[str]:
    """Return a SHA-256 for each diagnostic, unique among them, in their order.

    It is made of path, rule, JSON pointer and how many of the same came before. What has no pointer
    (a fault of the text itself) is told apart by its message.
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
