"""Files of a commit, written into an empty folder; the working tree is unchanged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

from generator.errors import ConfigError
from generator.system.files import Folder, UnreadableFileError, writing
from generator.system.git import objects as git_objects

_LINK, _MODULE = "120000", "160000"

_DEEPEST = 100
"""Directories above one file: no real workspace is that deep, and each level costs time."""

Files = Mapping[str, tuple[str, str]]
"""Path to mode and object id."""


def write_files(root: str, commit: str, files: Files, target: str) -> None:
    """Write files of a commit into an empty folder. Raises ConfigError where the repository does not have them all."""
    contents = git_objects.blobs(root, (object_id for _, object_id in files.values()))
    missing = {path: object_id for path, (_, object_id) in files.items() if object_id not in contents}
    if missing:
        raise _not_read(root, commit, missing)
    deep = next((path for path in files if path.count("/") > _DEEPEST), "")
    if deep:
        raise ConfigError(
            f"{deep[:80]}… of commit {commit[:8]} is more than {_DEEPEST} directories deep", "rename or remove it"
        )
    folder = Folder(target)
    for path, (mode, object_id) in sorted(files.items(), key=lambda item: item[1][0] == _LINK):
        make = writing.link if mode == _LINK else writing.create
        with suppress(UnreadableFileError, FileExistsError), _told(path, commit):
            make(folder, path, contents[object_id])


def _not_read(root: str, commit: str, missing: Mapping[str, str]) -> ConfigError:
    """Return the error for files that are too large, or not there."""
    path, object_id = next(iter(missing.items()))
    size = git_objects.sizes(root, [object_id]).get(object_id)
    if size is None:
        return ConfigError(f"{path} of commit {commit[:8]} is not in this repository", "run `git fsck`, then fetch again")
    most = f"{git_objects.LARGEST:,} of a file, and {git_objects.MOST:,} of all"
    return ConfigError(f"{path} of commit {commit[:8]} has {size:,} bytes, which is too large", f"at most {most} are read")


@contextmanager
def _told(path: str, commit: str) -> Iterator[None]:
    """Say which file of a commit cannot be written: Git can hold names and links that no disk can."""
    try:
        yield
    except FileExistsError:
        raise
    except (OSError, ValueError) as error:
        words = getattr(error, "strerror", None) or str(error)
        raise ConfigError(f"{path} of commit {commit[:8]} cannot be written: {words}", "rename or remove it") from None


def is_plain(path: str, mode: str) -> bool:
    """Tell whether an entry is a file that stays below the folder: Git's own tools make no others, but an object can hold any."""
    return mode != _MODULE and not path.startswith("/") and not {"", ".", "..", ".git"} & set(path.split("/"))
