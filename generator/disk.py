"""Which files a glob matches, and the diagnostic for a file that cannot be read."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress

from generator.diagnostics import START, Diagnostic, Severity
from generator.files import Folder, Kind, UnreadableFileError
from generator.files.descriptors import read_followed
from generator.files.folder import MAX_FILE
from generator.files.refusals import LinkOnTheWayError, linked_folder, printable

__all__ = ["UnreadableFileError"]


def read_bytes(path: str, *, follow: bool = True) -> bytes:
    """Return the bytes of a regular file outside of a workspace; raises UnreadableFileError, for a link unless `follow`."""
    if follow:
        return read_followed(path, MAX_FILE)
    folder, name = posixpath.split(path)
    return Folder(folder or ".").read(name)


def walk(root: str, below: str, skip: Callable[[str], bool]) -> Iterator[str]:
    """Yield everything below `root/below` that is not a folder; nothing behind a link."""
    with suppress(UnreadableFileError):
        yield from Folder(root).walk(below, skip)


def folders(root: str, below: str) -> list[str]:
    """Return the names of the folders in a folder, sorted; none if it does not exist."""
    try:
        entries = Folder(root).entries(below)
    except UnreadableFileError:
        return []
    return [name for name, kind in entries if kind is Kind.FOLDER and not name.startswith(".")]


def read_files(root: str, paths: Iterable[str]) -> dict[str, bytes | None]:
    """Return the files that exist with their bytes; None for anything but a readable regular file."""
    return Folder(root).read_files(paths)


def unreadable(path: str, error: UnreadableFileError) -> Diagnostic:
    """Return the diagnostic for a file that could not be read, at the link on the way to it if that is the reason."""
    at = printable(error.at) if isinstance(error, LinkOnTheWayError) else path
    return Diagnostic(at, START, error.rule, Severity.ERROR, error.about("the file"), error.hint)


def glob_pattern(glob: str) -> re.Pattern[str]:
    """Return the pattern of a glob over posix paths: `*` and `?` stay in one folder, `**/` is any depth."""
    text = ""
    position = 0
    while position < len(glob):
        if glob.startswith("**/", position):
            text, position = text + r"(?:[^/]+/)*", position + 3
        elif glob[position] == "*":
            text, position = text + r"[^/]*", position + 1
        elif glob[position] == "?":
            text, position = text + r"[^/]", position + 1
        else:
            text, position = text + re.escape(glob[position]), position + 1
    return re.compile(text + r"\Z")


def glob_folder(glob: str) -> str:
    """Return the folder that every path of a glob is below; empty for the root."""
    parts = glob.split("/")[:-1]
    fixed = []
    for part in parts:
        if any(letter in part for letter in "*?"):
            break
        fixed.append(part)
    return "/".join(fixed)


Blocked = Callable[[UnreadableFileError], None]
"""Called with the reason why a folder cannot be searched for a glob."""


def matching(
    root: str, globs: tuple[str, ...], skip: Callable[[str], bool], blocked: Blocked = lambda _error: None
) -> Iterator[str]:
    """Yield the paths that match one of the globs, each once, sorted; a folder or a link of that name too."""
    below: dict[str, list[str]] = {}
    for glob in globs:
        below.setdefault(glob_folder(glob), []).append(glob)
    found: set[str] = set()
    for folder in sorted(below):
        try:
            found.update(_matching(Folder(root), folder, below[folder], skip, blocked))
        except UnreadableFileError as error:
            blocked(error)
    yield from sorted(found)


def _matching(folder: Folder, below: str, globs: list[str], skip: Callable[[str], bool], blocked: Blocked) -> Iterator[str]:
    """Yield the matches of globs below a folder; `blocked` is called for a link that could lead to more."""
    wanted = [glob_pattern(glob) for glob in globs]
    folders: list[str] = []

    def also_folder(path: str) -> bool:
        if any(pattern.match(path) for pattern in wanted):
            folders.append(path)
            return True
        return _is_hidden(path) or skip(path)

    for path, kind in folder.walk_kinds(below, also_folder):
        if any(pattern.match(path) for pattern in wanted):
            yield path
        elif kind is Kind.LINK and not _is_hidden(path) and not skip(path) and _may_hold(folder, path, globs):
            blocked(linked_folder(path))
    yield from folders


def _is_hidden(path: str) -> bool:
    return path.rpartition("/")[2].startswith(".")


def _may_hold(folder: Folder, link: str, globs: list[str]) -> bool:
    """Tell whether a link could be meant as a folder with matches."""
    return _is_on_the_way(link, globs) and folder.may_be_folder(link)


def _is_on_the_way(path: str, globs: list[str]) -> bool:
    """Tell whether a match of a glob could be below a path."""
    depth = path.count("/") + 1
    for glob in globs:
        parts = glob.split("/")
        start = next((number for number, part in enumerate(parts) if "**" in part), len(parts))
        if depth >= start and start < len(parts):
            above = "/".join(parts[:start])
            if not above or glob_pattern(above).match("/".join(path.split("/")[:start])):
                return True
        elif depth < len(parts) and glob_pattern("/".join(parts[:depth])).match(path):
            return True
    return False
