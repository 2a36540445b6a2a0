"""Files as they were parsed, remembered by path and content for as long as one command opens a workspace repeatedly."""

from __future__ import annotations

from generator.diagnostics import Diagnostic
from generator.syntax.reader import Source, try_parse
from generator.syntax.schema.validate import validate
from generator.syntax.secrets import addresses

_KEPT = 2
"""How many contents of a file are remembered: that on disk, and the one that is to replace it."""


class ParsedFile:
    """One content of a file: parsed at once, validated when it is first asked for. Never modified by its users."""

    __slots__ = ("_checked", "_problems", "raw", "source")

    def __init__(self, path: str, raw: bytes) -> None:
        self.raw = raw
        self.source, self._problems = try_parse(path, raw)
        self._checked: dict[str, tuple[Diagnostic, ...]] = {}

    @property
    def read(self) -> tuple[Source | None, list[Diagnostic]]:
        """What `try_parse` returned."""
        return self.source, list(self._problems)

    def problems(self, kind: str) -> list[Diagnostic]:
        """Return the problems of the file as YAML, and by the schema of its kind."""
        if kind not in self._checked:
            self._checked[kind] = tuple(self._found(kind))
        return list(self._checked[kind])

    def _found(self, kind: str) -> list[Diagnostic]:
        problems = list(self._problems)
        if self.source is not None:
            if b"//" in self.raw or b"\\" in self.raw:  # addresses contain `//`, possibly escaped
                problems += addresses.problems(self.source)
            reported = {problem.span for problem in problems}
            problems += [problem for problem in validate(self.source, kind) if problem.span not in reported]
        return problems


class Parsed:
    """Remembers the last contents of every file, so that each is parsed once.

    It keeps all files in memory, so only commands that open a workspace more than once have one. Threads may
    share it: at worst a file is parsed again.
    """

    def __init__(self) -> None:
        self._files: dict[str, tuple[ParsedFile, ...]] = {}

    def file(self, path: str, raw: bytes) -> ParsedFile:
        """Return a file with this content."""
        known = self._files.get(path, ())
        found = next((file for file in known if file.raw == raw), None) or ParsedFile(path, raw)
        if not known or known[0] is not found:
            self._files[path] = (found, *(file for file in known if file is not found))[:_KEPT]
        return found

    def read(self, path: str, raw: bytes) -> tuple[Source | None, list[Diagnostic]]:
        """Return what `try_parse` returns."""
        return self.file(path, raw).read
