"""Why a file is not read: the messages."""

from __future__ import annotations

import errno
import os
from stat import S_ISDIR, S_ISLNK

from generator.errors import ConfigError

PLAIN = "Tiphys reads files only through real directories"
INSTEAD = "put the file itself here"


class UnreadableFileError(Exception):
    """A path that cannot be read as a file; the message has the reason."""

    def __init__(self, message: str, hint: str = "", *, rule: str = "TP003", at: str = "", is_missing: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.rule = rule
        self.at = at
        """The path of the link that is at fault; empty if the reason is a different one."""
        self.is_missing = is_missing
        """Whether the path does not exist."""

    def about(self, path: str) -> str:
        """Return the message with its subject."""
        return f"{path} {self.message}"


class LinkOnTheWayError(UnreadableFileError):
    """A path of which a directory above it, `at`, is a symbolic link."""

    def about(self, path: str) -> str:  # noqa: ARG002 - the link is at fault, not the path behind it
        """Return the message with the link as its subject."""
        return f"`{printable(self.at)}` is a symbolic link; {PLAIN}"


def printable(text: str) -> str:
    """Return a file name with escapes for control and bidirectional characters."""
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)


def reason(error: OSError) -> UnreadableFileError:
    """Return why a file could not be opened or read."""
    if isinstance(error, FileNotFoundError):
        return UnreadableFileError("does not exist", is_missing=True)
    if isinstance(error, PermissionError):
        return UnreadableFileError("cannot be read: permission denied", "check the permissions of the file")
    if error.errno == errno.ENXIO:  # a socket
        return not_regular()
    return UnreadableFileError(f"cannot be read: {error.strerror or error}")


def not_regular(path: str = "") -> UnreadableFileError:
    """Return the refusal of a device, a fifo, a socket or a file of /proc; `path` is its place in a folder that is refused."""
    who = f"contains `{printable(path)}`, which is" if path else "is"
    return UnreadableFileError(f"{who} not a regular file", "replace it with a regular file", at=path)


def is_directory() -> UnreadableFileError:
    """Return the refusal of a directory in the place of a file."""
    return UnreadableFileError("is a directory", "replace it with a YAML file")


def too_large(size: int, limit: int, *, grows: bool = False) -> UnreadableFileError:
    """Return the refusal of a file that is larger than its limit."""
    more = "more than " if grows else ""
    message = f"has {more}{limit if grows else size:,} bytes; the maximum is {limit:,}"
    return UnreadableFileError(message, "move large data out of this file", rule="TP006")


def goes_up() -> UnreadableFileError:
    """Return the refusal of a path that is not below the folder."""
    return UnreadableFileError("has a path outside the workspace", "write a relative path without `..` or backslashes")


def too_deep(path: str, depth: int) -> ConfigError:
    """Return the refusal of folders that are nested too deeply."""
    return ConfigError(f"{printable(path)} is more than {depth} directories deep", "delete it, or move it up")


def linked_folder(path: str) -> UnreadableFileError:
    """Return the refusal of a link on the way to a file."""
    message = f"is behind the symbolic link `{printable(path)}`; {PLAIN}"
    return LinkOnTheWayError(message, "put the directory itself here", at=path)


def on_the_way(at: int, path: str, name: str, error: OSError) -> UnreadableFileError:
    """Return why a component on the way to a file could not be entered; `path` leads to it from the root."""
    try:
        mode = os.lstat(name, dir_fd=at).st_mode
    except OSError:
        return reason(error)
    if S_ISLNK(mode):
        return linked_folder(path)
    if not S_ISDIR(mode):
        return UnreadableFileError(f"does not exist: `{printable(path)}` is not a directory", is_missing=True)
    return reason(error)
