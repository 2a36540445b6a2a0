"""The message for a link in the place of a file. Nothing outside of the root is read or tested for it."""

from __future__ import annotations

import os
import posixpath

from generator.files.descriptors import Kind, enter, kind_of, parts_of
from generator.files.refusals import INSTEAD, UnreadableFileError, printable, reason

_HOPS = 40
"""The limit of links that lead to links, as in Linux."""


def not_opened(root: str, at: int, path: str, error: OSError) -> UnreadableFileError:
    """Return why the last component of a path could not be opened; `at` is the folder that it is in."""
    name = path.rpartition("/")[2]
    if kind_of(at, name) is not Kind.LINK:
        return reason(error)
    try:
        target = printable(os.readlink(name, dir_fd=at))
        end = _end(root, path)
    except OSError as gone:  # the link was replaced
        return reason(gone)
    if end is Kind.NOTHING:
        message, hint = f"is a symbolic link to `{target}`, which does not exist", f"delete the link, or {INSTEAD}"
        return UnreadableFileError(message, hint, at=path)
    what = " that leaves the workspace" if end is Kind.BLOCKED else "; Tiphys reads only regular files"
    return UnreadableFileError(f"is a symbolic link{what}", INSTEAD, at=path)


def _end(root: str, path: str) -> Kind:
    """Return the kind of the final target of a link: BLOCKED outside of the root, NOTHING for a cycle."""
    for _ in range(_HOPS):
        try:
            *above, name = parts_of(path)
            at = enter(root, above)
        except UnreadableFileError as error:
            return Kind.NOTHING if error.is_missing else Kind.BLOCKED if path.startswith(("/", "..")) else Kind.LINK
        try:
            kind = kind_of(at, name)
            if kind is not Kind.LINK:
                return kind
            path = posixpath.normpath(posixpath.join(posixpath.dirname(path), os.readlink(name, dir_fd=at)))
        finally:
            os.close(at)
    return Kind.NOTHING
