"""What this program is made of: two that are not the same must not take each other's results for their own."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from functools import cache

from generator import __version__
from generator.syntax import shipped
from generator.system.files.watching import digest
from generator.system.store import Store

_PACKAGES = ("click", "jinja2", "jsonschema", "PyYAML", "ruamel.yaml", "yamllint", "referencing", "fastjsonschema")
"""What results can depend on."""
_DATA = ("schemas", "templates", "environments")


def identity(store: Store) -> str:
    """Return a name for the content of this program and of the packages that it uses.

    It takes reading all of it, so it is kept, under a name made of the states of the files. A process looks once: what it
    has imported stays what it is.
    """
    return _identity(store.folder)


@cache
def _identity(folder: str) -> str:
    store = Store(folder)
    files = sorted(_files())
    states = [f"{path}\0{status.st_size}\0{status.st_mtime_ns}\0{status.st_ctime_ns}" for path, status in files]
    states += [f"{path}\0{_changed(path)}" for path in sys.path if path.endswith("-packages")]
    name = f"program-{digest(repr((states, sys.version)).encode('utf-8', 'surrogateescape')).hex()}"
    kept = store.get(name)
    if kept is None:
        kept = _content(tuple(path for path, _ in files)).hex().encode()
        store.put(name, kept)
    return kept.decode("ascii", "replace")


def _files() -> Iterator[tuple[str, os.stat_result]]:
    """Yield the files of this program, without compiled ones."""
    root = shipped.root()
    left = [os.path.dirname(os.path.dirname(os.path.abspath(__file__))), *(os.path.join(root, name) for name in _DATA)]
    while left:
        with os.scandir(left.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    if entry.name != "__pycache__":
                        left.append(entry.path)
                elif not entry.name.endswith(".pyc"):
                    yield entry.path, entry.stat()


def _changed(path: str) -> int:
    """Return when something was last added to a folder or removed: a package that was installed."""
    try:
        return os.stat(path).st_mtime_ns
    except OSError:
        return 0


@cache
def _content(paths: tuple[str, ...]) -> bytes:
    from importlib.metadata import PackageNotFoundError, version

    above = os.path.commonpath(paths)
    parts: list[str] = [__version__, f"{sys.implementation.cache_tag}"]
    for path in paths:
        with open(path, "rb") as file:
            parts += [os.path.relpath(path, above), digest(file.read()).hex()]
    for name in _PACKAGES:
        try:
            parts += [name, version(name)]
        except PackageNotFoundError:
            parts += [name, ""]
    return digest("\0".join(parts).encode("utf-8", "surrogateescape"))
