"""Checks of environments beyond the schema, and of a workspace without environments."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from generator.diagnostics import START, Diagnostic, Severity
from generator.syntax import patterns
from generator.syntax.merge import lookup
from generator.syntax.patterns import PatternError
from generator.syntax.reader import Source
from generator.syntax.wording import closest
from generator.system import disk
from generator.system.files import Folder
from generator.workspace.model import Workspace

TAG_PATTERN = ("spec", "policy", "imageTag", "pattern")
_SHOWN = 80
PUBLISH = ("spec", "chart", "publish")
FOLDER = ("spec", "environments")


def problems(source: Source) -> Iterator[Diagnostic]:
    """Yield the problems of an environment that the schema cannot express."""
    yield from _bad_patterns(source)
    yield from _idle_publish(source)


def _bad_patterns(source: Source) -> Iterator[Diagnostic]:
    _, pattern = lookup(source.data, TAG_PATTERN)
    if not isinstance(pattern, str):
        return
    try:
        patterns.compiled(pattern)
    except PatternError as error:
        shown = pattern if len(pattern) <= _SHOWN else f"{pattern[:_SHOWN]}…"
        said = "is not a regular expression" if type(error) is PatternError else "cannot be used as a pattern"
        message = f'"{shown}" {said}: {error}'
        hint = "escape special characters with a backslash"
        if type(error) is not PatternError:
            hint = "use groups, `|`, classes, `?`, `*`, `+` and small counts in `{}`"
        span = source.span_of(TAG_PATTERN)
        yield Diagnostic(source.path, span, "TP023", Severity.ERROR, message, hint, TAG_PATTERN)


def _idle_publish(source: Source) -> Iterator[Diagnostic]:
    """Yield a diagnostic for a `publish` block that would never be used."""
    said, _ = lookup(source.data, PUBLISH)
    _, repository = lookup(source.data, (*PUBLISH[:-1], "repository"))
    if not said or str(repository).startswith("http"):
        return
    message = "`publish` is for HTTP repositories; charts are pushed to an OCI registry directly"
    if repository is None:
        message = "`publish` is set without `repository`"
    hint = "remove it" if repository else "set chart.repository to the address that serves it"
    yield Diagnostic(source.path, source.span_of_key(PUBLISH), "TP023", Severity.ERROR, message, hint, PUBLISH)


def no_environments(root: str, workspace: Workspace) -> Diagnostic:
    """Return the diagnostic for a workspace without a single environment, at the line that sets their folder."""
    folder = workspace.environments
    named, _ = lookup(workspace.source.data, FOLDER)
    span = workspace.source.span_of(FOLDER) if named else START
    meant = _folder_that_was_meant(root, folder)
    hint = "restore it, or copy the environments from `tiphys init NEW_FOLDER` and set your addresses"
    if meant:
        hint = f"did you mean `{meant}`? rename it, or set `environments: {meant}` under `spec` in tiphys.yaml"
    message = f"{_state(Folder(root), folder)}; nothing can be generated without environments"
    return Diagnostic(workspace.source.path, span, "TP046", Severity.ERROR, message, hint, FOLDER if named else ())


def _state(root: Folder, folder: str) -> str:
    if root.is_folder(folder):
        return f"folder `{folder}` contains no environment: it has no .yaml file"
    return f"`{folder}` is not a folder" if root.exists(folder) else f"folder `{folder}` does not exist"


def _folder_that_was_meant(root: str, folder: str) -> str:
    """Return the sibling of a missing folder with a similar name, or with an environment in it; empty without one."""
    above, name = posixpath.split(folder)
    others = [other for other in disk.folders(root, above) if other != name]
    meant = closest(name, others)
    found = [meant] if meant else [other for other in others if _holds_environment(root, posixpath.join(above, other))]
    return posixpath.join(above, found[0]) if found else ""


_KIND = re.compile(rb"^kind:[ \t]*[\"']?Environment\b", re.MULTILINE)


def _holds_environment(root: str, folder: str) -> bool:
    files = disk.read_files(root, disk.walk(root, folder, lambda _path: True))
    return any(path.endswith((".yaml", ".yml")) and _KIND.search(raw or b"") for path, raw in files.items())
