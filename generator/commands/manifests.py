"""`tiphys lint --manifests`: plain files in, no workspace."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from typing import NamedTuple

import click

from generator import disk, manifests, settings, suppressions
from generator.catalogue import is_fixed
from generator.commands import running
from generator.diagnostics import Diagnostic
from generator.errors import ConfigError
from generator.judgement import Judge
from generator.objects import KubeObject
from generator.pipeline import Outcome
from generator.place import once_per_cause
from generator.wording import counted

_ENDS = (".yaml", ".yml", ".json")


class Asked(NamedTuple):
    """What is asked of the command."""

    paths: tuple[str, ...]
    strict_references: bool
    kubernetes: str
    stdin_filename: str
    rules: settings.Asked | None
    """Which rules count, and what fails the run."""


class _Read(NamedTuple):
    objects: list[KubeObject]
    diagnostics: list[Diagnostic]
    overlay: dict[str, bytes]
    suppressions: dict[str, tuple[suppressions.Suppression, ...]]
    charts: list[str]
    """Folders of Helm charts, whose templates are no manifests before they are rendered."""


def lint(ctx: click.Context, asked: Asked, formats: list[tuple[str, str]], color: str, *, quiet: bool) -> int:
    """Report what is wrong with the manifests at the paths; return the exit code."""
    from generator.verify import plain
    from generator.verify.schemas import Schemas, installed

    if asked.kubernetes and not re.fullmatch(r"v?1\.\d+(\.\d+)?", asked.kubernetes):
        raise click.UsageError(f"`{asked.kubernetes}` is no version of Kubernetes; write it as 1.33")
    read = _read(asked)
    if not read.objects and not read.diagnostics:
        raise ConfigError(f"there is no Kubernetes object in {', '.join(asked.paths)}", _hint(read.charts))
    schemas = Schemas(asked.kubernetes, only_argo=not asked.kubernetes and not installed())
    found = plain.lint(read.objects, schemas, strict_references=asked.strict_references)
    judge = Judge(settings.Settings({}, asked.rules), suppressions.Suppressions(read.suppressions), None)
    kept = judge.kept(once_per_cause([*read.diagnostics, *found]))
    kept += judge.about_suppressions(lambda _path, rule: rule in plain.RULES)
    outcome = Outcome(None, sorted(kept, key=lambda one: one.order), judge=judge)
    running.report(ctx, outcome, os.getcwd(), formats, color, overlay=read.overlay)
    if outcome.diagnostics or not quiet:
        click.echo(f"{counted(len(read.objects), 'object')}: {running.summary(outcome)}{_left_out(read.charts)}", err=True)
    return 1 if outcome.blocked and judge.fail_level != "never" else 0


def _hint(charts: list[str]) -> str:
    return (
        f"render the chart first: helm template {charts[0]} | tiphys lint --manifests -"
        if charts
        else "name files with manifests"
    )


def _left_out(charts: list[str]) -> str:
    return f"; left out, as Helm must render them first: {', '.join(charts)}" if charts else ""


def _read(asked: Asked) -> _Read:
    if not asked.paths:
        raise click.UsageError("--manifests needs a PATH, or - for stdin")
    read = _Read([], [], {}, {}, [])
    seen: set[str] = set()
    for path in asked.paths:
        if path == "-":
            raw = sys.stdin.buffer.read()
            found = manifests.read(asked.stdin_filename, raw, named=True)
            read.overlay[asked.stdin_filename] = found.text.encode("utf-8")
            _keep(read, asked.stdin_filename, found)
            continue
        for name, named in _files(path, read.charts):
            if os.path.realpath(name) not in seen:
                seen.add(os.path.realpath(name))
                _file(read, name, named=named)
    return read


def _file(read: _Read, name: str, *, named: bool) -> None:
    try:
        raw = disk.read_bytes(name)
    except disk.UnreadableFileError as error:
        read.diagnostics.append(disk.unreadable(name, error))
        return
    _keep(read, name, manifests.read(name, raw, named=named))


def _keep(read: _Read, name: str, found: manifests.Manifests) -> None:
    read.objects.extend(found.objects)
    read.diagnostics.extend(found.diagnostics)
    if "tiphys:" in found.text and not any(is_fixed(item.rule) for item in found.diagnostics):
        read.suppressions[name] = suppressions.read(name, found.text)


def _files(path: str, charts: list[str]) -> Iterator[tuple[str, bool]]:
    """Yield the files at a path, and whether somebody named them: a folder is walked, a chart in it left out."""
    if not os.path.isdir(path):
        if not os.path.lexists(path):
            raise ConfigError(f"there is no {path}", "paths count from the working directory")
        yield path, True
        return

    def skip(folder: str) -> bool:
        if os.path.isfile(os.path.join(path, folder, "Chart.yaml")):
            charts.append(os.path.normpath(os.path.join(path, folder)))
            return True
        return folder.rpartition("/")[2].startswith(".")

    if os.path.isfile(os.path.join(path, "Chart.yaml")):
        charts.append(path)
        return
    for name in disk.walk(path, "", skip):
        if name.endswith(_ENDS) and not name.rpartition("/")[2].startswith("."):
            yield os.path.normpath(os.path.join(path, name)), False
