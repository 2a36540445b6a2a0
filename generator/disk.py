"""Reading the workspace: files, folders, and what stands in the way of a file."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from stat import S_ISDIR, S_ISREG

from generator.diagnostics import START, Diagnostic, Severity
from generator.errors import ConfigError
from generator.wording import is_slip

MAX_GENERATED = 64 * 1024 * 1024


class UnreadableFileError(Exception):
    """A path that has no bytes for us; the message says what it is instead."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
"""Without O_NONBLOCK a fifo in the place of a file would hang the run."""


def read_bytes(path: str, *, follow: bool = True) -> bytes:
    """Return the bytes of a regular file; raises UnreadableFileError, for a symbolic link unless `follow`."""
    try:
        descriptor = os.open(path, _FLAGS if follow else _FLAGS | getattr(os, "O_NOFOLLOW", 0))
    except OSError as error:
        raise UnreadableFileError(*_reason(path, error)) from None
    try:
        status = os.fstat(descriptor)
        if not S_ISREG(status.st_mode):
            what = "a directory" if S_ISDIR(status.st_mode) else "no regular file"
            raise UnreadableFileError(f"is {what}", "put a YAML file in its place")
        return _read_all(descriptor, status.st_size)
    except OSError as error:
        raise UnreadableFileError(*_reason(path, error)) from None
    finally:
        os.close(descriptor)


def head(path: str, size: int) -> bytes:
    """Return the first bytes of a regular file; none of anything else, of a link, or of what cannot be read."""
    try:
        descriptor = os.open(path, _FLAGS | getattr(os, "O_NOFOLLOW", 0))
    except OSError:
        return b""
    try:
        status = os.fstat(descriptor)
        return os.read(descriptor, min(size, status.st_size)) if S_ISREG(status.st_mode) else b""
    except OSError:
        return b""
    finally:
        os.close(descriptor)


def _read_all(descriptor: int, size: int) -> bytes:
    data = os.read(descriptor, size + 1)
    if len(data) == size:
        return data
    parts = [data]
    while parts[-1] and sum(map(len, parts)) < MAX_GENERATED:
        parts.append(os.read(descriptor, 1 << 20))
    return b"".join(parts)


def _reason(path: str, error: OSError) -> tuple[str, str]:
    if os.path.islink(path) and not os.path.exists(path):
        return f"is a symbolic link to `{os.readlink(path)}`, which does not exist", "restore the target, or delete the link"
    if isinstance(error, FileNotFoundError):
        return "does not exist", ""
    if isinstance(error, PermissionError):
        return "cannot be read: permission denied", "check the permissions of the file"
    return f"cannot be read: {error.strerror or error}", ""


def unreadable(path: str, error: UnreadableFileError) -> Diagnostic:
    """Return the diagnostic for a file that could not be read."""
    return Diagnostic(path, START, "TP003", Severity.ERROR, f"the file {error.message}", error.hint)


def walk(root: str, below: str, skip: Callable[[str], bool]) -> Iterator[str]:
    """Yield what is no folder below `root/below`, sorted, by path relative to root; links are not followed."""
    try:
        with os.scandir(os.path.join(root, below)) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        raise ConfigError(
            f"the folder {below or root} cannot be read: {error.strerror or error}", "check its permissions"
        ) from None
    prefix = f"{below}/" if below else ""
    for entry in found:
        path = prefix + entry.name
        if entry.is_dir(follow_symlinks=False):
            if not skip(path):
                yield from walk(root, path, skip)
        else:
            yield path


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


def matching(root: str, globs: tuple[str, ...], skip: Callable[[str], bool]) -> Iterator[str]:
    """Yield the paths that match one of the globs, each once, sorted; a folder of that name too."""
    patterns = [(glob_folder(glob), glob_pattern(glob)) for glob in globs]
    found: set[str] = set()
    for folder in sorted({folder for folder, _ in patterns}):
        wanted = [pattern for below, pattern in patterns if below == folder]
        folders: list[str] = []

        def also_folder(path: str, wanted: list[re.Pattern[str]] = wanted, folders: list[str] = folders) -> bool:
            if any(pattern.match(path) for pattern in wanted):
                folders.append(path)
                return True
            return path.rpartition("/")[2].startswith(".") or skip(path)

        for file in walk(root, folder, also_folder):
            if any(pattern.match(file) for pattern in wanted):
                found.add(file)
        found.update(folders)
    yield from sorted(found)


def leaves_root(root: str, path: str) -> bool:
    """Tell whether a path, with every link in it followed, ends outside of the root."""
    real_root = os.path.realpath(root)
    real = os.path.realpath(os.path.join(root, path))
    return real != real_root and not real.startswith(real_root + os.sep)


def target(root: str, link: str) -> str:
    """Return where a link leads, by path relative to the root; the link itself where it leads out of there."""
    real = os.path.relpath(os.path.realpath(os.path.join(root, link)), os.path.realpath(root))
    return link if real.startswith("..") else real.replace(os.sep, "/")


def folders(root: str, below: str) -> list[str]:
    """Return the names of the folders in a folder, sorted; none if there is no such folder."""
    try:
        with os.scandir(os.path.join(root, below)) as entries:
            return sorted(entry.name for entry in entries if entry.is_dir() and not entry.name.startswith("."))
    except OSError:
        return []


def names_like(folder: str, stem: str) -> list[str]:
    """Return the names in a folder that begin like a stem, in any case, or miss it by a slip, and go on as YAML."""
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        return []
    found = [(name, name.lower().partition(".")) for name in names]
    return [
        name
        for name, (first, _, rest) in found
        if ("yaml" in rest or "yml" in rest) and (first == stem or is_slip(first, stem))
    ]


def read_tree(root: str, below: str) -> dict[str, bytes | None]:
    """Return every file below a folder with its bytes; None for what is no regular file, or cannot be read."""
    return read_files(root, walk(root, below, lambda path: path.rpartition("/")[2].startswith(".")))


def read_files(root: str, paths: Iterable[str]) -> dict[str, bytes | None]:
    """Return those of the files that are there, with their bytes; None for what is no regular file of its own."""
    found: dict[str, bytes | None] = {}
    for path in paths:
        try:
            found[path] = read_bytes(os.path.join(root, path), follow=False)
        except UnreadableFileError:
            if os.path.lexists(os.path.join(root, path)):
                found[path] = None
    return found
