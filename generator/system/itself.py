"""What this program is made of: two that are not the same must not take each other's results for their own."""

from __future__ import annotations

import os
import sys
import time
from stat import S_ISDIR, S_ISLNK

from generator import __version__
from generator.syntax import shipped
from generator.system.states import digest, digest_of, is_settled, packed, state_in, states
from generator.system.store import Store

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_DATA = ("schemas", "templates", "environments")
_KNOWN: dict[str, str] = {}
"""The identity by the folder of a store: a process looks once, as what it has imported stays what it is."""
_READ: dict[tuple[str, str], str] = {}


def identity(store: Store) -> str:
    """Return a name for the content of this program and of all installed packages; empty if they cannot be read.

    It takes reading all of it, so it is kept, with the states of all that was read.
    """
    if store.folder not in _KNOWN:
        try:
            _KNOWN[store.folder] = _identity(store)
        except OSError:
            return ""
    return _KNOWN[store.folder]


def _identity(store: Store) -> str:
    places = [os.path.dirname(os.path.dirname(os.path.abspath(__file__))), shipped.root()]
    name = f"program-{digest_of([*places, *_search_path(), sys.version, sys.getfilesystemencoding()]).hex()}"
    kept = store.get(name)
    if kept is not None and (found := _as_kept(kept)):
        return found
    began = time.time_ns()
    found, paths = _content(*places), [*_below(*places), *filter(os.path.isdir, _search_path())]
    before = states(paths)
    if all(is_settled(state_in(before, row), began) for row in range(len(paths))):
        told = "\0".join([found, digest(packed(before)).hex(), *paths])
        store.put(name, told.encode("utf-8", "surrogatepass"))
    return found


def _search_path() -> list[str]:
    """Return where packages are searched for, but for the directory that a command runs in."""
    here = os.getcwd()
    return [path for path in sys.path if os.path.isabs(path) and path != here]


def _as_kept(kept: bytes) -> str:
    """Return the identity that was kept, if all that it was made of has the same state; empty otherwise."""
    found, mark, *paths = kept.decode("utf-8", "surrogatepass").split("\0")
    return found if digest(packed(states(paths))).hex() == mark else ""


def _below(program: str, data: str) -> Iterator[str]:
    """Yield the files of this program without compiled ones, the folders that these are in, and what links lead to."""
    left = [program, *(os.path.join(data, name) for name in _DATA)]
    while left:
        folder = left.pop()
        yield folder
        for name in sorted(os.listdir(folder)):
            path = os.path.join(folder, name)
            mode = os.lstat(path).st_mode
            if S_ISDIR(mode):
                if name != "__pycache__":
                    left.append(path)
            elif not name.endswith(".pyc"):
                yield path
                if S_ISLNK(mode):
                    yield os.path.realpath(path)


def _content(program: str, data: str) -> str:
    """Return what stands for the content of all; read once in a process, like what it has imported."""
    if (program, data) not in _READ:
        _READ[program, data] = _read(program, data)
    return _READ[program, data]


def _read(program: str, data: str) -> str:
    from importlib.metadata import distributions

    paths = sorted(path for path in _below(program, data) if os.path.isfile(path))
    above = os.path.commonpath(paths)
    parts = [__version__, f"{sys.implementation.cache_tag}", sys.getfilesystemencoding()]
    for path in paths:
        with open(path, "rb") as file:
            parts += [os.path.relpath(path, above), digest(file.read()).hex()]
    parts += sorted({f"{one.name} {one.version}" for one in distributions(path=_search_path())})
    return digest_of(parts).hex()
