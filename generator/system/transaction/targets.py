"""Which files a run may write: below its output, or specs; regular files, reached through real folders alone."""

from __future__ import annotations

import os
from stat import S_ISDIR, S_ISLNK, S_ISREG

from generator.errors import TiphysError
from generator.syntax.named_tuples import NamedTuple


class WriteError(TiphysError):
    """A write failed; nothing was changed unless the message says so."""


class Area(NamedTuple):
    """The places where a run may write."""

    root: str
    output: str
    """The folder of generated files, relative to the root."""
    specs: tuple[str, ...] = ()
    """The globs of the specs, which may be written as well."""
    tree: str = ""
    """The folder in which anything can have come from others, if it is not in a repository; empty for the root."""

    def objection(self, path: str) -> str:
        """Return why a path is not one of a file that may be written here; empty if it is one."""
        parts = path.split("/")
        if {"", ".", ".."} & {*parts} or "\0" in path or os.path.isabs(path) or (os.sep != "/" and os.sep in path):
            return "is not a normalized path relative to the workspace"
        if any(map(_is_git, parts)):
            return "is part of a Git repository"
        if path.startswith(f"{self.output}/"):
            return ""
        from generator.syntax.globs import Glob

        if any(Glob(glob).match(path) for glob in self.specs):
            return ""
        return f"is neither below {self.output}/ nor a spec" if self.specs else f"is not below {self.output}/"


def _is_git(name: str) -> bool:
    """Tell whether a file system may take a name for `.git`: some ignore case, invisible letters, or dots at the end."""
    if name.isascii() and name[:1] not in (".", "g", "G"):
        return False
    seen = "".join(filter(str.isprintable, name)).casefold().partition(":")[0].rstrip(" .")
    return seen in (".git", "git~1")


def check_way(root: str, path: str, folders: set[str]) -> os.stat_result | None:
    """Return the status of the file at a path, None if absent yet; raises WriteError for anything else in its place.

    A path through a link is refused, and so is a file with several names. `folders` are those that were
    looked at before, and are in order.
    """
    parts = path.split("/")
    for depth in range(1, len(parts) + 1):
        part = "/".join(parts[:depth])
        if part in folders:
            continue
        try:
            status = os.lstat(os.path.join(root, part))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise WriteError(f"{part} cannot be read: {error.strerror}; nothing was changed", "check its permissions") from None
        if S_ISLNK(status.st_mode):
            raise WriteError(f"{part} is a symbolic link; nothing was changed", "remove it: Tiphys never writes through links")
        if depth == len(parts):
            if not S_ISREG(status.st_mode):
                raise WriteError(f"{part} exists and is not a regular file; nothing was changed", "move it away")
            if status.st_nlink > 1:
                raise WriteError(
                    f"{part} has more than one hard link; nothing was changed", "remove it, and run `tiphys generate`"
                )
            return status
        if not S_ISDIR(status.st_mode):
            raise WriteError(f"{part} exists and is not a directory; nothing was changed", "move it away")
        folders.add(part)
    return None
