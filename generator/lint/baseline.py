"""Known findings of a repository: those in the baseline are not reported, new ones are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from generator.diagnostics import Diagnostic
from generator.errors import ConfigError
from generator.lint.catalogue import is_fixed
from generator.lint.fingerprints import fingerprints

NONE = "-"
"""Given as the path: use no baseline, not even the one that the workspace names."""


class Known(NamedTuple):
    """One entry of a baseline."""

    fingerprint: str
    rule: str
    path: str
    message: str


class Baseline:
    """The entries of a file, and which of them this run found again."""

    def __init__(self, entries: Iterable[Known]) -> None:
        self._entries = {entry.fingerprint: entry for entry in entries}
        self._met: set[str] = set()

    def new(self, found: Sequence[Diagnostic]) -> list[Diagnostic]:
        """Return the findings that are not in the baseline, and record the entries of those that are."""
        marks = fingerprints(found)
        self._met.update(mark for item, mark in zip(found, marks, strict=True) if self._knows(item, mark))
        return [item for item, mark in zip(found, marks, strict=True) if not self._knows(item, mark)]

    def _knows(self, item: Diagnostic, mark: str) -> bool:
        return mark in self._entries and not is_fixed(item.rule)

    @property
    def met(self) -> int:
        """The number of entries that were found again, and so are not reported."""
        return len(self._met)

    @property
    def gone(self) -> list[Known]:
        """The entries that were not found again."""
        return [entry for mark, entry in self._entries.items() if mark not in self._met]


def parse(path: str, raw: bytes) -> Baseline:
    """Return the baseline in a file; raises ConfigError if the file is not a baseline."""
    import json

    try:
        data = json.loads(raw)
        entries = [Known(item["fingerprint"], item["rule"], item["path"], item["message"]) for item in data["findings"]]
        if not all(isinstance(text, str) for entry in entries for text in entry):
            raise TypeError("a field is not a string")
        return Baseline(entries)
    except (ValueError, KeyError, TypeError, RecursionError):
        hint = f"write it again: tiphys lint --baseline {path} --write-baseline"
        raise ConfigError(f"{path} is not a baseline", hint) from None


def dump(found: Sequence[Diagnostic]) -> str:
    """Return the text of a baseline with all findings except those that cannot be disabled."""
    import json

    entries = [
        {"fingerprint": mark, "rule": item.rule, "path": item.path, "message": item.message}
        for item, mark in zip(found, fingerprints(found), strict=True)
        if not is_fixed(item.rule)
    ]
    return json.dumps({"version": 1, "findings": entries}, indent=2, ensure_ascii=False) + "\n"
