"""Read plain manifests: files and directories that the user names, and stdin."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from generator.errors import ConfigError
from generator.kubernetes import manifests
from generator.kubernetes.kustomization import FILES
from generator.kubernetes.sets import File
from generator.kubernetes.target import Target
from generator.lint import settings
from generator.lint.catalogue import is_fixed
from generator.syntax.reader import ignores
from generator.system import disk
from generator.system.files import Folder, Kind, UnreadableFileError
from generator.system.files.roots import Named

if TYPE_CHECKING:
    from generator.diagnostics import Diagnostic
    from generator.kubernetes.objects import KubeObject
    from generator.lint import settings

_ENDS = (".yaml", ".yml", ".json")
_FLUX = "kustomize.toolkit.fluxcd.io/"


class Asked(NamedTuple):
    """What to lint: files and folders, and `-` for stdin."""

    paths: tuple[str, ...]
    strict_references: bool
    together: bool
    """Whether all that is named is applied together."""
    target: Target
    """The versions that they are applied to."""
    crds: tuple[str, ...]
    """Files and folders with CustomResourceDefinitions that are not linted themselves."""
    own: tuple[str, ...]
    """Files and folders with rules of the user."""
    stdin_filename: str
    rules: settings.Asked | None
    """Which rules run, and which severity fails the run."""
    named: Callable[[str], Named]
    """How to open a path that the user named."""
    stdin: Callable[[int], bytes]
    """Returns the content of stdin, up to a maximum size in bytes."""


class Read(NamedTuple):
    """What was read."""

    objects: list[KubeObject]
    """Those of files that the user named, and of stdin."""
    trees: dict[str, tuple[Folder, dict[str, File]]]
    """The files of folders, by the root that their paths are relative to."""
    diagnostics: list[Diagnostic]
    overlay: dict[str, bytes]
    ignores: dict[str, tuple[ignores.Ignore, ...]]
    doors: dict[str, Named]
    """How to open each file, by the path that reports show."""
    charts: list[str]


def read(asked: Asked) -> Read:
    """Return what is at the paths; raises ConfigError for one that does not exist."""
    read = Read([], {}, [], {}, {}, {}, [])
    seen: set[str] = set()
    for path in asked.paths:
        if path == "-":
            raw = asked.stdin(manifests.MAX_BYTES)
            found = manifests.read(asked.stdin_filename, raw, named=True)
            read.overlay[asked.stdin_filename] = found.text.encode("utf-8")
            read.objects.extend(_kept(read, asked.stdin_filename, found))
            continue
        for name, door, named in _files(asked.named(path), path, read.charts):
            whole = posixpath.join(door.folder.path, door.path)
            if whole not in seen:
                seen.add(whole)
                read.doors[name] = door
                _file(read, name, door, named=named)
    return read


def text_of(read: Read, name: str) -> str:
    """Return the text of a file that was read, opened the same way; a refused file is not shown."""
    try:
        return read.doors[name].read(manifests.MAX_BYTES).decode("utf-8", "replace") if name in read.doors else ""
    except UnreadableFileError:
        return ""


def _file(read: Read, name: str, door: Named, *, named: bool) -> None:
    try:
        raw = door.read(manifests.MAX_BYTES)
    except UnreadableFileError as error:
        read.diagnostics.append(disk.unreadable(name, error))
        return
    if named:
        read.objects.extend(_kept(read, name, manifests.read(name, raw, named=True)))
        return
    _, files = read.trees.setdefault(door.folder.path, (door.folder, {}))
    if posixpath.basename(name) in FILES and (file := _kustomization(read, name, door.path, raw)) is not None:
        files[door.path] = file
    else:
        files[door.path] = File(door.path, tuple(_kept(read, name, manifests.read(name, raw, named=False))))


def _kustomization(read: Read, name: str, path: str, raw: bytes) -> File | None:
    """Return a kustomization; None for a file that only has the name of one."""
    found = manifests.read(name, raw, named=True)
    broken = [one for one in found.diagnostics if is_fixed(one.rule)]
    if broken:
        read.diagnostics.extend(broken)
        return File(path, (), broken=True)
    data = found.first.data if found.first else None
    is_other = not isinstance(data, dict) or str(data.get("apiVersion") or "").startswith(_FLUX)
    return None if is_other else File(path, (), found.first)


def _kept(read: Read, name: str, found: manifests.Manifests) -> list[KubeObject]:
    """Return the objects of a file, and keep what else is known of it."""
    read.diagnostics.extend(found.diagnostics)
    if "tiphys:" in found.text and not any(is_fixed(item.rule) for item in found.diagnostics):
        read.ignores[name] = ignores.read(name, found.text)
    return found.objects


def _files(door: Named, path: str, charts: list[str]) -> Iterator[tuple[str, Named, bool]]:
    """Yield the files at a path, how to open each, and whether the user named it; charts in a folder are skipped."""
    folder = door.folder
    kind = folder.kind(door.path)
    if kind is Kind.NOTHING and not door.outside:
        raise ConfigError(f"{path} does not exist", "paths are relative to the working directory")
    if kind is not Kind.FOLDER:
        yield path, door, True
        return
    if folder.exists(posixpath.join(door.path, "Chart.yaml")):
        charts.append(path)
        return
    for below in _walk(folder, door.path, lambda inside: charts.append(_shown(path, door.path, inside))):
        name = posixpath.basename(below)
        if (below.endswith(_ENDS) or name in FILES) and not name.startswith("."):
            yield _shown(path, door.path, below), Named(folder, below), False


def _walk(folder: Folder, start: str, chart: Callable[[str], None]) -> Iterator[str]:
    def skip(below: str) -> bool:
        if folder.exists(f"{below}/Chart.yaml"):
            chart(below)
            return True
        name = posixpath.basename(below)
        return name.startswith(".") or name == "node_modules"

    return folder.walk(start, skip)


def _shown(path: str, start: str, below: str) -> str:
    """Return the path of a file, starting with the path that the user named."""
    return posixpath.normpath(posixpath.join(path, posixpath.relpath(below, start)))
