"""The files that an environment is made of at a commit: its own, and those that it extends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from generator.history.ledger.layout import AMBIGUOUS
from generator.syntax.reader import try_parse
from generator.syntax.reader.words import may_contain
from generator.workspace.extending import ChainError, chain, extended_by, is_abstract


class _Said(NamedTuple):
    """What an environment file says of its relation to others."""

    extends: tuple[str, ...] = ()
    abstract: bool = False


_PLAIN = _Said()
_RELATED = ("extends", "abstract")


class Chains:
    """Finds the files of environments by their object ids, and reads each file once."""

    def __init__(self, contents: Mapping[str, bytes]) -> None:
        self._contents = contents
        self._known: dict[str, _Said | None] = {}
        """None for a file that cannot be read."""

    def of(self, files: Mapping[str, str], name: str) -> str:
        """Return the object ids of an environment's files, lowest first and separated by spaces.

        `files` are the object ids of all environments' files by name. The result is empty for an environment without
        a file, and AMBIGUOUS for one that nothing can be deployed to.
        """
        object_id = files.get(name, "")
        if object_id and self.is_abstract(object_id):
            return AMBIGUOUS
        parts = self.parts(files, name)
        return AMBIGUOUS if parts is None else " ".join(parts)

    def parts(self, files: Mapping[str, str], name: str) -> tuple[str, ...] | None:
        """Return the object ids of an environment's files, lowest first; None if they cannot be told."""
        object_id = files.get(name, "")
        if not object_id or self._said(object_id) is _PLAIN:
            return (object_id,) if object_id else ()
        try:
            return tuple(files[part] for part in chain(name, lambda part: self._extended(files.get(part, ""))))
        except ChainError:
            return None

    def of_all(self, files: dict[str, str]) -> dict[str, str]:
        """Return the object ids of the files of all environments, by name; `files` itself if none extends others."""
        if all(self._said(object_id) is _PLAIN for object_id in files.values()):
            return files
        return {name: self.of(files, name) for name in files}

    def is_abstract(self, object_id: str) -> bool:
        """Tell whether nothing is ever deployed to the environment of a file."""
        said = self._said(object_id)
        return said is not None and said.abstract

    def _extended(self, object_id: str) -> tuple[str, ...] | None:
        said = self._said(object_id) if object_id else None
        return None if said is None else said.extends

    def _said(self, object_id: str) -> _Said | None:
        if object_id not in self._known:
            self._known[object_id] = self._read(object_id)
        return self._known[object_id]

    def _read(self, object_id: str) -> _Said | None:
        raw = self._contents.get(object_id, b"")
        if not may_contain(raw, _RELATED):  # most files need no parser to tell
            return _PLAIN
        source, problems = try_parse("", raw)
        if source is None or problems or not isinstance(source.data, dict):
            return None
        said = _Said(extended_by(source.data), is_abstract(source.data))
        return said if said != _PLAIN else _PLAIN
