"""Paths that the user chooses: the root of a workspace, and paths of the command line.

Links above the root are followed. A path of the command line can be inside the repository, where a contributor
can add a link on the way to it. So no link is followed below a ground: the working directory, the workspace, and
the repository that contains them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

from generator.syntax.named_tuples import NamedTuple
from generator.system.files import writing
from generator.system.files.descriptors import read_followed
from generator.system.files.folder import Folder
from generator.system.upwards import above, upwards


class Named(NamedTuple):
    """A path of the command line: a trusted folder, and the path below it."""

    folder: Folder
    path: str
    outside: str = ""
    """The absolute path if it is outside of all grounds: its links are the user's own, such as /dev/stdin."""

    def read(self, limit: int) -> bytes:
        """Return the bytes of the file; raises UnreadableFileError."""
        return read_followed(self.outside, limit) if self.outside else self.folder.read(self.path, limit)

    def write(self, content: bytes, *, append: bool = False) -> None:
        """Write the file; raises UnreadableFileError for a link below a ground, or OSError."""
        if not self.outside:
            writing.put(self.folder, self.path, content, append=append)
            return
        with open(self.outside, "ab" if append else "wb") as file:
            file.write(content)


def absolute(path: str) -> str:
    """Return the absolute path."""
    return os.path.abspath(path)


def below(path: str, root: str) -> str:
    """Return a path of the command line relative to a root, with forward slashes; it may start with `../`."""
    return os.path.relpath(os.path.abspath(path), root).replace(os.sep, "/")


def inside(path: str, root: str) -> str:
    """Return a folder relative to another one, with all links followed as Git does, with forward slashes."""
    return os.path.relpath(os.path.realpath(path), os.path.realpath(root)).replace(os.sep, "/")


def up_to(start: str, name: str) -> Iterator[str]:
    """Yield `start` and the folders above it, up to the one that holds a name, or to the root of the file system."""
    for folder in upwards(os.path.abspath(start)):
        yield folder
        if Folder(folder).exists(name):
            return


def grounds(starts: Sequence[str]) -> list[str]:
    """Return the folders below which no link is followed, for a run in these folders."""
    found = [absolute(start) for start in starts]
    found += [above(start, name) for start in starts for name in (".git", "tiphys.yaml")]
    return [folder for folder in found if os.path.dirname(folder) != folder]  # everything is below /


def named(path: str, starts: Sequence[str] = (".",)) -> Named:
    """Return how a path of the command line is opened: through no link below the grounds of the run."""
    whole = os.path.abspath(path)
    known = [found for ground in grounds(starts) if (found := _status(ground))]
    for folder in reversed(list(upwards(whole))):  # the outermost first, as a link in the repository can lead back into it
        status = _status(folder)
        if status and any(os.path.samestat(status, one) for one in known):
            return Named(Folder(folder), below(whole, folder))
    real = os.path.realpath(whole)
    return Named(Folder(os.path.dirname(real)), os.path.basename(real), whole)


def size(path: str) -> int:
    """Return the size of a file of the user; 0 if it does not exist."""
    status = _status(path)
    return status.st_size if status else 0


def exists(path: str) -> bool:
    """Tell whether there is anything at a path of the command line."""
    return os.path.lexists(path)


def is_folder(path: str) -> bool:
    """Tell whether a path of the command line is a folder, with links followed."""
    return os.path.isdir(path)


def _status(path: str) -> os.stat_result | None:
    try:
        return os.stat(path)
    except OSError:
        return None
