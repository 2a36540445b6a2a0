"""Files that are made below a folder, through real directories alone."""

from __future__ import annotations

import os
from contextlib import suppress

from generator.files import refusals
from generator.files.descriptors import Kind, enter, kind_of, open_new, parts_of
from generator.files.folder import Folder
from generator.files.links import not_opened


def create(folder: Folder, path: str, content: bytes) -> None:
    """Make a file, with the folders above it, where there is nothing yet; raises UnreadableFileError or OSError."""
    *above, name = parts_of(path)
    os.makedirs(folder.path, exist_ok=True)
    at = enter(folder.path, above, make=True)
    try:
        _fill(at, name, content, os.O_EXCL)
    finally:
        os.close(at)


def link(folder: Folder, path: str, target: bytes) -> None:
    """Make a link that leads to wherever it is meant to, to be refused as it is where it stands; never followed here."""
    *above, name = parts_of(path)
    at = enter(folder.path, above, make=True)
    try:
        os.symlink(target, os.fsencode(name), dir_fd=at)
    finally:
        os.close(at)


def put(folder: Folder, path: str, content: bytes, *, append: bool = False) -> None:
    """Write into a file, which is made if there is none; raises UnreadableFileError for a link, or OSError."""
    *above, name = parts_of(path) or ["."]
    at = enter(folder.path, above)
    try:
        if kind_of(at, name) is Kind.LINK:
            raise not_opened(folder.path, at, path, OSError())
        _fill(at, name, content, os.O_APPEND if append else os.O_TRUNC)
    finally:
        os.close(at)


def replace(folder: Folder, path: str, content: bytes) -> None:
    """Put a file in the place of another in one step, so that there is the old one or the new one.

    Its mode stays as it is. Raises UnreadableFileError where there is something that is not a regular file, or OSError.
    """
    *above, name = parts_of(path)
    at = enter(folder.path, above)
    staged = f".{name}.tiphys"
    try:
        kind = kind_of(at, name)
        if kind is Kind.LINK:
            raise not_opened(folder.path, at, path, OSError())
        if kind not in (Kind.FILE, Kind.NOTHING):
            raise refusals.not_regular()
        with suppress(FileNotFoundError):
            os.unlink(staged, dir_fd=at)
        mode = os.lstat(name, dir_fd=at).st_mode & 0o777 if kind is Kind.FILE else None
        _fill(at, staged, content, os.O_EXCL, mode, durable=True)
        os.replace(staged, name, src_dir_fd=at, dst_dir_fd=at)
    finally:
        os.close(at)


def _fill(at: int, name: str, content: bytes, how: int, mode: int | None = None, *, durable: bool = False) -> None:
    """Write all of a content; of a file that was made for it nothing is left where that fails."""
    descriptor = open_new(at, name, how)
    try:
        view = memoryview(content)
        while view:  # a nearly full disk takes a part
            view = view[os.write(descriptor, view) :]
        if mode is not None:
            os.fchmod(descriptor, mode)
        if durable:
            os.fsync(descriptor)
    except OSError:
        if how & os.O_EXCL:
            with suppress(OSError):
                os.unlink(name, dir_fd=at)
        raise
    finally:
        os.close(descriptor)
