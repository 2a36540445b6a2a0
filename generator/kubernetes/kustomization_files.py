"""What kustomize is given: every file that a kustomization names, checked, and nothing else.

kustomize fetches what looks like an address, asks the machine it runs on without a proxy, and reads directories anywhere
on the disk. It also finds fields in any case (`Resources`), as Go's JSON does. So what it gets is written from what was
read here: known fields alone, and paths that lead to files that are there.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from generator.diagnostics import Pointer, dotted
from generator.kubernetes import kustomization, kustomization_plugins
from generator.kubernetes.kustomization_fields import FIELDS, odd_keys
from generator.kubernetes.kustomization_tree import Tree
from generator.kubernetes.objects import texts
from generator.syntax.reader.foreign import yaml_data
from generator.syntax.reader.stream import read_stream
from generator.syntax.wording import listed
from generator.system.files import UnreadableFileError

_NAMES = frozenset(name.casefold() for name in kustomization.FILES)
MOST = 16 * 1024 * 1024
"""Bytes of all files that one kustomization is built from."""
_TOO_LARGE = "TP006"
MOST_NAMED = 5_000
"""Entries that name a file or a directory."""
MOST_IN_ONE = 256 * 1024
"""Bytes of one kustomization, or of one configuration of a plugin."""
_MOST_IN_ALL = 4 * 1024 * 1024


class UncheckedError(Exception):
    """A kustomization that kustomize is not given; the message says which one and why."""


class Part(NamedTuple):
    """What one directory adds to the files that kustomize is given."""

    files: Mapping[str, bytes]
    folders: tuple[str, ...]
    """The directories that it is built from."""
    where: str = ""
    """Its kustomization; empty without one."""
    size: int = 0
    """Bytes that were parsed."""
    named: int = 0
    """Entries that name a file or a directory."""


def room(where: str, size: int) -> None:
    """Check the bytes of kustomizations in all; raises UncheckedError for too much."""
    if size > _MOST_IN_ALL:
        raise UncheckedError(f"{where}: kustomizations may have {MOST_IN_ONE:,} bytes each, and {_MOST_IN_ALL:,} in all")


def too_large(path: str) -> str:
    """Return the words for a file that is too much."""
    return f"{path} is one of the files that together have more than {MOST:,} bytes"


def part_of(tree: Tree, folder: str) -> Part:
    """Return what a directory of a tree adds to the files that kustomize is given.

    Raises UncheckedError for a field or a path that leads anywhere else, for what cannot be read, and for too much.
    """
    return _Check(tree).of(folder)


class _Check:
    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._made: dict[str, bytes] = {}
        self._size = 0
        self._read = 0
        self._named = 0

    def of(self, folder: str) -> Part:
        """Return what a directory adds, its kustomization among it."""
        names = [name for name in (posixpath.join(folder, one) for one in kustomization.FILES) if self._tree.is_file(name)]
        if not names:
            return Part({}, ())  # kustomize says best that there is none
        if len(names) > 1:
            raise UncheckedError(f"{folder or '.'} has {listed(map(posixpath.basename, names))}; keep one of them")
        where = names[0]
        data = self._known(where)
        self._patches(where, folder, "patchesStrategicMerge", data)
        folders = tuple(self._folders(where, folder, data))
        for field in kustomization_plugins.FIELDS:
            if field in data:
                made = [self._plugin(where, folder, field, entry) for entry in _list(data[field])]
                data[field] = [name for _, name in sorted(made, key=lambda one: one[0])]  # as kustomize runs them
        self._made[where] = _json(data).encode("utf-8")
        return Part(self._made, folders, where, self._size, self._named)

    def _folders(self, where: str, folder: str, data: Mapping[str, Any]) -> Iterator[str]:
        """Take the files that a kustomization names, and yield the directories."""
        for pointer, entry in kustomization.paths(data):
            if pointer[0] in kustomization_plugins.FIELDS:
                continue
            target = self._target(where, folder, pointer, entry)
            if not self._take(target) and pointer[0] in kustomization.BASES and self._tree.is_folder(target):
                yield target

    def _known(self, where: str) -> dict[str, Any]:
        """Return a kustomization; raises UncheckedError for fields that are not known."""
        data = self._data(where)
        for pointer, name in odd_keys(data):
            raise UncheckedError(f"{where}: kustomize reads `{dotted(pointer)}` as `{name}`; write it so")
        unknown = next((key for key in data if key not in FIELDS), None)
        if unknown is not None:
            raise UncheckedError(f"{where}: `{unknown}` is not a field of a kustomization")
        if kustomization.is_inflating(data):
            raise UncheckedError(f"{where}: Helm would have to render its charts")
        return data

    def _patches(self, where: str, folder: str, field: str, data: dict[str, Any]) -> None:
        """Put patches that are written in their place into files: kustomize takes what it cannot read for a path."""
        for index, entry in texts(data.get(field)):
            if "\n" not in entry:
                continue
            documents = self._documents(where, entry)
            if any(not isinstance(one, dict) for one in documents):
                raise UncheckedError(f"{where}: `{dotted((field, index))}` is neither a patch nor a path")
            data[field][index] = self._write(folder, field, map(_json, documents))

    def _write(self, folder: str, name: str, documents: Iterable[str]) -> str:
        """Give kustomize a new file, next to a kustomization; return its name, which no other file has."""
        number = 1
        while self._tree.exists(path := posixpath.join(folder, f"{name}-{number}.yaml")) or path in self._made:
            number += 1
        self._made[path] = "\n---\n".join(documents).encode("utf-8")
        return posixpath.basename(path)

    def _target(self, where: str, folder: str, pointer: Pointer, entry: str) -> str:
        """Return the path that an entry leads to; raises UncheckedError if it leads out of the files."""
        at = f"{where}: `{dotted(pointer)}`"
        if not entry.isprintable():
            raise UncheckedError(f"{at} contains characters that no path has")
        if kustomization.is_remote(entry):
            raise UncheckedError(f"{at}: {entry} would have to be fetched")
        self._named += 1
        if self._named > MOST_NAMED:
            raise UncheckedError(f"{at} is one of more than {MOST_NAMED:,} entries that name files")
        target = posixpath.normpath(posixpath.join(folder, entry))
        if posixpath.basename(target).casefold() in _NAMES:  # its folder would be built from a file that is given unread
            raise UncheckedError(f"{at}: {entry} is a kustomization; only its directory can be named")
        if entry.startswith("/") or target == ".." or target.startswith("../"):
            raise UncheckedError(f"{at}: {entry} is outside of the files at hand")
        if self._tree.exists(target) and not self._tree.is_file(target) and not self._tree.is_folder(target):
            raise UncheckedError(f"{at}: {entry} is a symbolic link or a special file, or behind one, and is not followed")
        return "" if target == "." else target

    def _take(self, target: str) -> bool:
        """Give kustomize a file as it is, once; tell whether it is one."""
        if target not in self._made and self._tree.is_file(target):
            self._made[target] = self._content(target)
        return target in self._made

    def _content(self, path: str) -> bytes:
        """Return a file; raises UncheckedError where it would be too much in all, before it is read."""
        try:
            content = self._tree.read(path, MOST - self._read)
        except UnreadableFileError as error:
            raise UncheckedError(_why(path, error)) from None
        self._read += len(content)
        return content

    def _plugin(self, where: str, folder: str, field: str, entry: Any) -> tuple[bool, str]:
        """Return whether the configuration of a plugin is in a file, and the new file that it is written to.

        An entry of another kind would be text that the author chose, which kustomize takes for a path if it cannot read it.
        """
        if not isinstance(entry, str):
            raise UncheckedError(f"{where}: `{field}` has an entry that is not a string")
        documents = self._documents(where, entry)
        in_file = not any(isinstance(one, dict) for one in documents)
        if in_file:
            where, documents = self._plugin_file(where, folder, field, entry)
        return in_file, self._write(folder, field, [self._configuration(where, folder, one) for one in documents])

    def _plugin_file(self, where: str, folder: str, field: str, entry: str) -> tuple[str, list[Any]]:
        target = self._target(where, folder, (field,), entry)
        if self._tree.is_folder(target):
            raise UncheckedError(f"{where}: `{field}` names the directory {entry}; name the file of the plugin")
        if not self._tree.is_file(target):
            raise UncheckedError(f"{where}: `{field}` names {entry}, which does not exist")
        if posixpath.dirname(target) != folder:
            raise UncheckedError(f"{where}: the plugin {entry} must be next to the kustomization")
        return target, self._documents(target, self._text(target))

    def _configuration(self, where: str, folder: str, data: Any) -> str:
        problem = kustomization_plugins.problem(data)
        if problem:
            raise UncheckedError(f"{where}: {problem}")
        self._patches(where, folder, "paths", data)
        for pointer, entry in kustomization_plugins.files(data):
            self._take(self._target(where, folder, pointer, entry))
        return _json(data)

    def _data(self, where: str) -> dict[str, Any]:
        raw = self._content(where)
        try:
            data = yaml_data(raw, most=self._room(where, len(raw)))
        except ValueError as error:
            raise UncheckedError(f"{where}: {error}") from None
        if not isinstance(data, dict):
            raise UncheckedError(f"{where} is not a kustomization")
        return data

    def _text(self, where: str) -> str:
        raw = self._content(where)
        self._room(where, len(raw))
        return raw.decode("utf-8", "replace")

    def _documents(self, where: str, text: str) -> list[Any]:
        parts = list(read_stream(where, text))
        if any(part.problems for part in parts):
            raise UncheckedError(f"{where}: {parts[0].problems[0].message if parts[0].problems else 'a part is not YAML'}")
        return [part.source.data for part in parts if part.source.data is not None]

    def _room(self, where: str, size: int) -> int:
        """Count what is parsed; raises UncheckedError for too much."""
        self._size += size
        room(where, _MOST_IN_ALL + 1 if size > MOST_IN_ONE else self._size)
        return MOST_IN_ONE


_ESCAPED = re.compile("[^ -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")


def _json(data: Any) -> str:
    """Return data as JSON that is YAML, too; raises UncheckedError.

    Go's reader of YAML knows no character in two escapes, and ends lines at U+2028.
    """
    try:
        text = json.dumps(data, allow_nan=False, ensure_ascii=False)
    except ValueError:
        raise UncheckedError("a number in a kustomization is not finite") from None
    return _ESCAPED.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _why(path: str, error: UnreadableFileError) -> str:
    if error.rule == _TOO_LARGE:
        return too_large(path)
    return error.about(path)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
