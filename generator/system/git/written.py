"""Files of a commit, written into an empty folder; the working tree is unchanged."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress

from generator.errors import ConfigError
from generator.syntax.commit_ids import short_id
from generator.system.files import Folder, UnreadableFileError, writing
from generator.system.git import objects as git_objects

_LINK, _MODULE = "120000", "160000"

_DEEPEST = 100
"""Directories above one file: no real workspace is that deep, and each level costs time."""
_BLOCK = 4096
"""Bytes of a disk that the smallest file takes, and each directory."""
_IN_MEMORY = 32 * 1024 * 1024
"""Bytes of files that are in memory at a time, but for one that is larger."""

Files = Mapping[str, tuple[str, str]]
"""Path to mode and object id."""


class Room:
    """What is left of a disk for the files of commits: many paths can be one object, which takes no room in Git."""

    def __init__(self, most: int = git_objects.MOST) -> None:
        self._most = self._left = most

    def take(self, commit: str, files: Files, sizes: Mapping[str, int]) -> None:
        """Pay for files that are about to be written; raises ConfigError where they are too many or too large."""
        known: set[str] = {""}
        for path, (_, object_id) in files.items():
            self._left -= max(sizes[object_id], _BLOCK)
            folder = posixpath.dirname(path)
            while folder not in known and self._left >= 0:
                known.add(folder)
                self._left -= _BLOCK
                folder = posixpath.dirname(folder)
            if self._left < 0:
                message = f"the files of commit {short_id(commit)} take more than {self._most:,} bytes of a disk"
                raise ConfigError(message, "remove what a workspace does not need: each file counts, also if many are alike")


def write_files(root: str, commit: str, files: Files, target: str, room: Room | None = None) -> None:
    """Write files of a commit into an empty folder; `room` is what they may take of the disk.

    Raises ConfigError where the repository does not have them all, or they are too many or too large.
    """
    deep = next((path for path in files if path.count("/") > _DEEPEST), "")
    if deep:
        raise ConfigError(
            f"{deep[:80]}… of commit {short_id(commit)} is more than {_DEEPEST} directories deep", "rename or remove it"
        )
    sizes = git_objects.sizes(root, (object_id for _, object_id in files.values()))
    _check(commit, files, sizes)
    (room or Room()).take(commit, files, sizes)
    paths: dict[str, list[tuple[str, str]]] = {}
    for path, (mode, object_id) in files.items():
        paths.setdefault(object_id, []).append((path, mode))
    plain = [name for name, there in paths.items() if any(mode != _LINK for _, mode in there)]
    links = [name for name, there in paths.items() if any(mode == _LINK for _, mode in there)]
    folder = Folder(target)
    for names, is_link in ((plain, False), (links, True)):  # links last, as nothing can be written through one
        for some in _in_parts(names, sizes):
            for name, content in git_objects.blobs(root, some).items():
                for path in (path for path, mode in paths[name] if (mode == _LINK) is is_link):
                    make = writing.link if is_link else writing.create
                    with suppress(UnreadableFileError, FileExistsError), _told(path, commit):
                        make(folder, path, content)


def _check(commit: str, files: Files, sizes: Mapping[str, int]) -> None:
    """Raise ConfigError for files that are too large, or not there."""
    for path, (_, object_id) in files.items():
        size = sizes.get(object_id)
        if size is None:
            raise ConfigError(
                f"{path} of commit {short_id(commit)} is not in this repository", "run `git fsck`, then fetch again"
            )
        if size > git_objects.LARGEST:
            message = f"{path} of commit {short_id(commit)} has {size:,} bytes, which is too large"
            raise ConfigError(message, f"at most {git_objects.LARGEST:,} of a file are read")


def _in_parts(names: Iterable[str], sizes: Mapping[str, int]) -> Iterator[Sequence[str]]:
    """Yield objects in groups that fit into memory."""
    some: list[str] = []
    size = 0
    for name in names:
        if some and size + sizes[name] > _IN_MEMORY:
            yield some
            some, size = [], 0
        some.append(name)
        size += sizes[name]
    if some:
        yield some


@contextmanager
def _told(path: str, commit: str) -> Iterator[None]:
    """Say which file of a commit cannot be written: Git can hold names and links that no disk can."""
    try:
        yield
    except FileExistsError:
        raise
    except (OSError, ValueError) as error:
        words = getattr(error, "strerror", None) or str(error)
        raise ConfigError(f"{path} of commit {short_id(commit)} cannot be written: {words}", "rename or remove it") from None


def is_plain(path: str, mode: str) -> bool:
    """Tell whether an entry is a file that stays below the folder: Git's own tools make no others, but an object can hold any."""
    return mode != _MODULE and not path.startswith("/") and not {"", ".", "..", ".git"} & set(path.split("/"))
