"""Writing files below a folder, through real directories only."""

from __future__ import annotations

import os
from contextlib import suppress

from generator.system.files import refusals
from generator.system.files.descriptors import Kind, enter, kind_of, open_new, parts_of
from generator.system.files.folder import Folder
from generator.system.files.links import not_opened


def create(folder: Folder, path: str, content: bytes) -> None:
    """Create a file, with the folders above it; raises UnreadableFileError, or OSError if it exists."""
    *above, name = parts_of(path)
    os.makedirs(folder.path, exist_ok=True)
    at = enter(folder.path, above, make=True)
    try:
        _fill(at, name, content, os.O_EXCL)
    finally:
        os.close(at)


def link(folder: Folder, path: str, target: bytes) -> None:
    """Create a link with any target; reading refuses it like every link."""
    *above, name = parts_of(path)
    at = enter(folder.path, above, make=True)
    try:
        os.symlink(target, os.fsencode(name), dir_fd=at)
    finally:
        os.close(at)


def put(folder: Folder, path: str, content: bytes, *, append: bool = False) -> None:
    """Write into a file, which is created if necessary; raises UnreadableFileError for a link, or OSError."""
    *above, name = parts_of(path) or ["."]
    at = enter(folder.path, above)
    try:
        if kind_of(at, name) is Kind.LINK:
            raise not_opened(folder.path, at, path, OSError())
        _fill(at, name, content, os.O_APPEND if append else os.O_TRUNC)
    finally:
        os.close(at)


def replace(folder: Folder, path: str, content: bytes) -> None:
    """Replace a file in one step and keep its mode: at every moment the old file or the new one is there.

    Raises UnreadableFileError for anything but a regular file, or OSError.
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


def renew(folder: Folder, path: str, content: bytes) -> None:
    """Replace a file, or create one that does not exist; raises what these raise."""
    (replace if folder.exists(path) else create)(folder, path, content)


def _fill(at: int, name: str, content: bytes, how: int, mode: int | None = None, *, durable: bool = False) -> None:
    """Write all of a content; after a failure a file that was created for it is removed."""
    descriptor = open_new(at, name, how)
    try:
        view = memoryview(content)
        while view:  # a write can be partial
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
