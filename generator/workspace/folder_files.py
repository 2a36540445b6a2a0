"""The files of a folder in the place of a chart, each read once, within limits."""

from __future__ import annotations

from typing import Protocol

from generator.diagnostics import Diagnostic, Pointer, Severity
from generator.kubernetes import manifests
from generator.kubernetes.beside import UNUSABLE, foreign_kind
from generator.kubernetes.objects import KubeObject
from generator.syntax.reader import Source
from generator.syntax.reader.stream import read_stream
from generator.system.files import Folder, UnreadableFileError

MOST_FILES = 2_000
MOST_BYTES = 1024 * 1024
"""Files of one folder with its bases, and bytes of one of them."""
MOST_IN_ALL = 16 * 1024 * 1024


class Reads(Protocol):
    """The reader of the files, which collects their problems."""

    folder: Folder

    def report(self, *problems: Diagnostic) -> None:
        """Add problems of a file."""

    def raw(self, path: str, limit: int = MOST_BYTES) -> bytes:
        """Return the bytes of a file; raises UnreadableFileError."""

    def read_ignores(self, path: str, text: str) -> None:
        """Remember the suppression comments of a file."""


class FolderFiles:
    """Reads the files of one folder with its bases; `problems` are what is wrong with them."""

    def __init__(self, reader: Reads, *, of_argocd: bool) -> None:
        """Begin with who reads files; `of_argocd` tells whether Applications and projects may be among the objects."""
        self._reader = reader
        self._of_argocd = of_argocd
        self._files = 0
        self._bytes = 0
        self._objects_of: dict[str, list[KubeObject]] = {}
        self.problems: list[Diagnostic] = []

    def source(self, path: str) -> Source | None:
        """Return the first document of a file; None if it cannot be read, which is a problem."""
        text = self._text(path)
        parts = list(read_stream(path, text)) if text is not None else []
        self._reader.read_ignores(path, text or "")
        wrong = [one for part in parts for one in part.problems]
        self.problems += [Diagnostic(path, one.span, one.rule, Severity.ERROR, one.message, one.hint) for one in wrong]
        return parts[0].source if parts and not wrong else None

    def objects(self, path: str, *, of_directory: bool = False) -> list[KubeObject]:
        """Return the objects of a file, which is read once however often it is named.

        In a directory of plain manifests, Argo CD leaves files with a mark out.
        """
        if path not in self._objects_of:
            self._objects_of[path] = self._read(path, of_directory=of_directory)
        return self._objects_of[path]

    def _read(self, path: str, *, of_directory: bool) -> list[KubeObject]:
        text = self._text(path)
        if text is None or (of_directory and manifests.SKIPPED in text):
            return []
        found = manifests.read(path, text.encode("utf-8"), named=True)
        self.problems += found.diagnostics
        self._reader.read_ignores(path, found.text)
        for item in () if self._of_argocd else found.objects:
            foreign = foreign_kind(item)
            if foreign and item.source is not None:
                at: Pointer = (*item.at, "kind")
                span = item.source.span_of(at)
                self.problems.append(Diagnostic(path, span, UNUSABLE, Severity.ERROR, *foreign, pointer=at))
        return found.objects

    def _text(self, path: str) -> str | None:
        from generator.system import disk

        self._files += 1
        if self._files > MOST_FILES:
            if self._files == MOST_FILES + 1:
                error = UnreadableFileError(f"is one of more than {MOST_FILES:,} files", "put them into a chart")
                self.problems.append(disk.unreadable(path, error))
            return None
        try:
            raw = self._reader.raw(path, MOST_BYTES)
        except UnreadableFileError as error:
            self.problems.append(disk.unreadable(path, error))
            return None
        self._bytes += len(raw)
        if self._bytes > MOST_IN_ALL:
            large = UnreadableFileError(
                f"is one of the files that together have more than {MOST_IN_ALL:,} bytes", "put them into a chart"
            )
            self.problems.append(disk.unreadable(path, large))
            self._files = MOST_FILES + 1
            return None
        return raw.decode("utf-8", "replace")
