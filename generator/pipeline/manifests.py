"""Lint plain manifests as one set: what `helm template` and others write, without a workspace."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator
from typing import NamedTuple

from generator.diagnostics import Diagnostic
from generator.errors import ConfigError
from generator.kubernetes import manifests
from generator.kubernetes.objects import KubeObject
from generator.lint import settings, suppressions
from generator.lint.catalogue import is_fixed
from generator.pipeline.request import Outcome
from generator.pipeline.verdict import Judge
from generator.service.place import once_per_cause
from generator.syntax.reader import ignores
from generator.system import disk
from generator.system.files import Folder, Kind, UnreadableFileError
from generator.system.files.roots import Named

_ENDS = (".yaml", ".yml", ".json")


class Asked(NamedTuple):
    """What to lint: files and folders, and `-` for stdin."""

    paths: tuple[str, ...]
    strict_references: bool
    kubernetes: str
    stdin_filename: str
    rules: settings.Asked | None
    """Which rules run, and which severity fails the run."""
    named: Callable[[str], Named]
    """How to open a path that the user named."""
    stdin: Callable[[int], bytes]
    """Returns the content of stdin, up to a maximum size in bytes."""


class _Read(NamedTuple):
    objects: list[KubeObject]
    diagnostics: list[Diagnostic]
    overlay: dict[str, bytes]
    ignores: dict[str, tuple[ignores.Ignore, ...]]
    doors: dict[str, Named]
    """How to open each file, by the path that reports show."""
    charts: list[str]
    """Folders of Helm charts, whose templates must be rendered before they can be linted."""


class Linted(NamedTuple):
    """The findings of a set of manifests."""

    outcome: Outcome
    objects: int
    charts: tuple[str, ...]
    """Folders of Helm charts, which were skipped."""
    overlay: dict[str, bytes]
    """What was read from stdin, by the name that it is reported with."""
    text: Callable[[str], str]
    """Returns the text of a file that was read; empty for a refused one."""
    fails: bool
    """Whether a finding reaches the fail level."""


def lint(asked: Asked) -> Linted:
    """Return the problems of the manifests at the paths; raises ConfigError if there are none."""
    from generator.lint import manifests as plain
    from generator.lint.schemas import Schemas, installed

    read = _read(asked)
    if not read.objects and not read.diagnostics:
        raise ConfigError(f"no Kubernetes objects found in {', '.join(asked.paths)}", _hint(read.charts))
    schemas = Schemas(asked.kubernetes, only_argo=not asked.kubernetes and not installed())
    found = plain.lint(read.objects, schemas, strict_references=asked.strict_references)
    judge = Judge(settings.Settings({}, asked.rules), suppressions.Suppressions(read.ignores), None)
    kept = judge.kept(once_per_cause([*read.diagnostics, *found]))
    kept += judge.about_suppressions(lambda _path, rule: rule in plain.RULES)
    outcome = Outcome(None, sorted(kept, key=lambda one: one.order), judge=judge)
    fails = outcome.blocked and judge.fail_level != "never"
    return Linted(outcome, len(read.objects), tuple(read.charts), read.overlay, lambda name: _text(read, name), fails)


def _hint(charts: list[str]) -> str:
    return (
        f"render the chart first: helm template {charts[0]} | tiphys lint --manifests -"
        if charts
        else "pass files that contain manifests"
    )


def _read(asked: Asked) -> _Read:
    read = _Read([], [], {}, {}, {}, [])
    seen: set[str] = set()
    for path in asked.paths:
        if path == "-":
            raw = asked.stdin(manifests.MAX_BYTES)
            found = manifests.read(asked.stdin_filename, raw, named=True)
            read.overlay[asked.stdin_filename] = found.text.encode("utf-8")
            _keep(read, asked.stdin_filename, found)
            continue
        for name, door, named in _files(asked.named(path), path, read.charts):
            whole = posixpath.join(door.folder.path, door.path)
            if whole not in seen:
                seen.add(whole)
                read.doors[name] = door
                _file(read, name, door, named=named)
    return read


def _text(read: _Read, name: str) -> str:
    """Return the text of a file that was read, opened the same way; a refused file is not shown."""
    try:
        return read.doors[name].read(manifests.MAX_BYTES).decode("utf-8", "replace") if name in read.doors else ""
    except UnreadableFileError:
        return ""


def _file(read: _Read, name: str, door: Named, *, named: bool) -> None:
    try:
        raw = door.read(manifests.MAX_BYTES)
    except UnreadableFileError as error:
        read.diagnostics.append(disk.unreadable(name, error))
        return
    _keep(read, name, manifests.read(name, raw, named=named))


def _keep(read: _Read, name: str, found: manifests.Manifests) -> None:
    read.objects.extend(found.objects)
    read.diagnostics.extend(found.diagnostics)
    if "tiphys:" in found.text and not any(is_fixed(item.rule) for item in found.diagnostics):
        read.ignores[name] = ignores.read(name, found.text)


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
        if below.endswith(_ENDS) and not posixpath.basename(below).startswith("."):
            yield _shown(path, door.path, below), Named(folder, below), False


def _walk(folder: Folder, start: str, chart: Callable[[str], None]) -> Iterator[str]:
    def skip(below: str) -> bool:
        if folder.exists(f"{below}/Chart.yaml"):
            chart(below)
            return True
        return posixpath.basename(below).startswith(".")

    return folder.walk(start, skip)


def _shown(path: str, start: str, below: str) -> str:
    """Return the path of a file, starting with the path that the user named."""
    return posixpath.normpath(posixpath.join(path, posixpath.relpath(below, start)))
