"""One door to the files below a folder.

No symbolic link is followed in any component below the folder, nothing outside of it is reached, only regular
files are read, and each has a size limit that is checked before it is read. The path of the folder itself is the
user's choice: links above it are followed.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from stat import S_ISREG

from generator.errors import ConfigError
from generator.system.files import refusals, watching
from generator.system.files.descriptors import Kind, enter, parts_of, step
from generator.system.files.noted import Noted
from generator.system.files.refusals import UnreadableFileError
from generator.system.files.watching import How

MAX_FILE = 16 * 1024 * 1024
"""The default limit of one file in bytes."""
MAX_TREE = 384 * 1024 * 1024
"""The limit of all files below a folder that is read as a whole; 10,000 services generate a third of it."""
MAX_DEPTH = 64
"""The limit of nested folders: each holds a descriptor while it is listed."""

Skip = Callable[[str], bool]
Look = Callable[[str, list[tuple[str, Kind]]], Iterable[str]]
"""Called with the path and the sorted entries of a folder; returns which of its folders to enter."""


def nothing(_path: str) -> bool:
    """Skip nothing."""
    return False


class Folder(Noted):
    """A folder; files below it are named by relative path with forward slashes."""

    __slots__ = ()

    def read(self, path: str, limit: int = MAX_FILE) -> bytes:
        """Return the bytes of a regular file; raises UnreadableFileError, also for more than `limit` bytes."""
        try:
            *above, name = parts_of(path) or ["."]
            at = enter(self.path, above)
        except UnreadableFileError as error:
            self._note_refusal(How.READ, path, error, limit)
            raise
        try:
            return self._read(at, name, path, limit)
        finally:
            os.close(at)

    def head(self, path: str, size: int) -> bytes:
        """Return the first bytes of a regular file; none of anything else."""
        try:
            *above, name = parts_of(path) or ["."]
            at = enter(self.path, above)
        except UnreadableFileError:
            self._note(How.HEAD, path, b"", most=size)
            return b""
        try:
            return self._head(at, name, path, size)
        finally:
            os.close(at)

    def text(self, path: str, limit: int = MAX_FILE) -> str:
        """Return the text of a file for display; empty if it cannot be read."""
        try:
            return self.read(path, limit).decode("utf-8", "replace")
        except UnreadableFileError:
            return ""

    def kind(self, path: str) -> Kind:
        """Return what is at a path."""
        try:
            *above, name = parts_of(path) or ["."]
            at = enter(self.path, above)
        except UnreadableFileError as error:
            kind = Kind.NOTHING if error.is_missing else Kind.BLOCKED
            self._note(How.KIND, path, kind.value.encode())
            return kind
        try:
            return self._kind(at, name, path)
        finally:
            os.close(at)

    def exists(self, path: str) -> bool:
        """Tell whether there is anything at a path, or whether a link on the way hides it."""
        return self.kind(path) is not Kind.NOTHING

    def is_file(self, path: str) -> bool:
        """Tell whether a path is a regular file that is reached through real directories."""
        return self.kind(path) is Kind.FILE

    def is_folder(self, path: str) -> bool:
        """Tell whether a path is a directory that is reached through real directories."""
        return self.kind(path) is Kind.FOLDER

    def check_way(self, path: str) -> None:
        """Raise UnreadableFileError if a path is a link or is behind one; a missing file is fine."""
        if self.kind(path) in (Kind.LINK, Kind.BLOCKED):
            self.read(path, 0)

    def entries(self, path: str) -> list[tuple[str, Kind]]:
        """Return the entries of a folder by name; none if it does not exist. Raises UnreadableFileError."""
        try:
            with self.opened(path) as at:
                return self._listed(at, path)
        except UnreadableFileError as error:
            if error.is_missing:
                self._note(How.LIST, path, b"")
                return []
            self._note_refusal(How.LIST, path, error)
            raise

    def walk(self, below: str, skip: Skip = nothing) -> Iterator[str]:
        """Yield the paths that walk_kinds() yields."""
        return (path for path, _ in self.walk_kinds(below, skip))

    def walk_kinds(self, below: str, skip: Skip = nothing) -> Iterator[tuple[str, Kind]]:
        """Yield everything below a folder that is not a folder itself, sorted, with its kind; nothing if the folder does not exist.

        Raises UnreadableFileError if the folder is behind a link, and ConfigError if a folder cannot be read.
        """
        return ((path, kind) for path, kind, _, _ in self._below(below, skip))

    def visit(self, look: Look) -> list[str]:
        """Let `look` see this folder, and then the folders below that it chooses; return those that cannot be listed."""
        try:
            with self.opened("") as at:
                return list(self._visited(at, "", look, 1))
        except UnreadableFileError:
            return [""]

    def read_tree(
        self, below: str, skip: Skip = nothing, most: int = MAX_TREE, but: Collection[str] = ()
    ) -> dict[str, bytes | None]:
        """Return every file below a folder, `but` some, with its bytes; None for anything but a readable regular file.

        Raises ConfigError for more than `most` bytes in all.
        """
        found: dict[str, bytes | None] = {}
        total = 0
        for path, _, at, name in self._below(below, skip):
            if path in but:
                continue
            try:
                content = self._read(at, name, path, MAX_FILE)
            except UnreadableFileError as error:
                if not error.is_missing:
                    found[path] = None
                continue
            found[path] = content
            total += len(content)
            if total > most:
                where = below or self.path
                raise ConfigError(
                    f"the files below {where} are larger than {most:,} bytes in all",
                    "remove the files that Tiphys did not write, or work on fewer services at once, as with --shard",
                )
        return found

    def read_files(self, paths: Iterable[str]) -> dict[str, bytes | None]:
        """Return the files that exist with their bytes; None for anything but a readable regular file."""
        found: dict[str, bytes | None] = {}
        for path in paths:
            try:
                found[path] = self.read(path)
            except UnreadableFileError as error:
                if not error.is_missing:
                    found[path] = None
        return found

    def may_be_folder(self, link: str) -> bool:
        """Tell whether a link may be meant as a folder: its target is not a file. The target is not opened."""
        *above, name = parts_of(link)
        at = enter(self.path, above)
        try:
            found = not S_ISREG(os.stat(name, dir_fd=at).st_mode)
        except OSError:
            found = True
        finally:
            os.close(at)
        self._note(How.LINK, link, b"1" if found else b"")
        return found

    @contextmanager
    def opened(self, path: str) -> Iterator[int]:
        """Provide the descriptor of a folder for the duration of a `with` block."""
        at = enter(self.path, parts_of(path))
        try:
            yield at
        finally:
            os.close(at)

    def _below(self, below: str, skip: Skip) -> Iterator[tuple[str, Kind, int, str]]:
        """Yield (path, kind, descriptor of its folder, name) of everything below a folder that is not a folder itself."""
        parts = parts_of(below)
        at = self._start(below, parts)
        if at is None:
            self._note(How.LIST, below, b"")
        stack = [] if at is None else [(at, self._listed(at, below, reverse=True), "".join(f"{part}/" for part in parts))]
        try:
            while stack:
                at, pending, prefix = stack[-1]
                if not pending:
                    os.close(stack.pop()[0])
                    continue
                name, kind = pending.pop()
                path = prefix + name
                if kind is not Kind.FOLDER:
                    yield path, kind, at, name
                elif not skip(path):
                    inside = step(at, name, path)
                    if inside is None:  # it was replaced after it was listed
                        watching.spoil()
                        yield path, Kind.OTHER, at, name
                        continue
                    stack.append((inside, self._listed(inside, path, reverse=True), f"{path}/"))
                    if len(stack) > MAX_DEPTH:
                        raise refusals.too_deep(path, MAX_DEPTH)
        finally:
            for at, _, _ in stack:
                os.close(at)

    def _start(self, below: str, parts: list[str]) -> int | None:
        """Return the descriptor of the folder that a walk starts in; None if it does not exist."""
        try:
            return enter(self.path, parts)
        except UnreadableFileError as error:
            if error.is_missing:
                return None
            self._note_refusal(How.LIST, below, error)
            if error.at:
                raise
            raise ConfigError(f"the directory {below or self.path} {error.message}", "check its permissions") from None

    def _visited(self, at: int, path: str, look: Look, depth: int) -> Iterator[str]:
        prefix = f"{path}/" if path else ""
        for name in look(path, self._listed(at, path)):
            try:
                inside = step(at, name, prefix + name)
                if inside is None:  # it was replaced after it was listed
                    watching.spoil()
                    continue
            except ConfigError:
                watching.spoil()
                yield prefix + name
                continue
            try:
                if depth == MAX_DEPTH:
                    yield prefix + name
                else:
                    yield from self._visited(inside, prefix + name, look, depth + 1)
            finally:
                os.close(inside)
