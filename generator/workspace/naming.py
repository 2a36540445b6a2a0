"""What is wrong with the names and places of the files of a workspace."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from generator.diagnostics import START, Diagnostic, Pointer, Severity
from generator.syntax import names
from generator.syntax.reader import Source

_NAME: Pointer = ("metadata", "name")
_INPUTS = ("strategies", "templates", "projects")
"""Folders of a workspace that have no setting."""


def odd_path(path: str) -> Diagnostic | None:
    """Return what is wrong with the path of a file that is read; None for a good one."""
    why = names.misread_path(path)
    hint = "rename the file or the folder: not every checkout can have it"
    return Diagnostic(path, START, "TP037", Severity.ERROR, why, hint) if why else None


def odd_name(source: Source, what: str, reserved: Collection[str] = ()) -> Diagnostic | None:
    """Return what is wrong with the name that a file gives to a service, an environment or a preset."""
    name = source.data["metadata"]["name"]
    why = names.misread(name)
    if name in reserved:
        why = "tiphys writes a file or folder of this name for every environment"
    if not why:
        return None
    message, hint = f"`{name}` cannot be the name of {what}: {why}", "choose another name"
    return Diagnostic(source.path, source.span_of(_NAME), "TP037", Severity.ERROR, message, hint, _NAME)


def described_twice(source: Source, what: str, other: str) -> Diagnostic:
    """Return the diagnostic for the second file that describes an environment or preset."""
    message = f"the {what} `{source.data['metadata']['name']}` is already described by {other}"
    return Diagnostic(source.path, source.span_of(_NAME), "TP049", Severity.ERROR, message, "delete one of the two", _NAME)


def twin_files(paths: Iterable[str]) -> Iterator[Diagnostic]:
    """Yield a diagnostic for each file or folder that is the same as another one on some systems, or for a reader."""
    for path, name, other, how in names.twins(paths):
        message = f"`{name}` and `{other}` differ {how}"
        hint = "rename one of the two: Windows and macOS take such names for one, and reviewers may, too"
        yield Diagnostic(path, START, "TP049", Severity.ERROR, message, hint)


def odd_folders(source: Source, folders: dict[str, str]) -> Iterator[Diagnostic]:
    """Yield what is wrong with the folders that tiphys.yaml names; `folders` are those of `environments` and `output`."""
    for field, path in folders.items():
        at = ("spec", field)
        if why := names.misread_path(path):
            yield Diagnostic(source.path, source.span_of(at), "TP037", Severity.ERROR, why, "choose another folder", at)
    output = folders["output"]
    for other in (folders["environments"], *_INPUTS):
        if _within(output, other) or _within(other, output):
            at = ("spec", "output" if output != "generated" else "environments")
            message = f"generated files would be mixed with what is read: `{output}` and `{other}` lie in each other"
            hint = "choose an output folder that holds nothing else"
            yield Diagnostic(source.path, source.span_of(at), "TP037", Severity.ERROR, message, hint, at)


def _within(path: str, folder: str) -> bool:
    one, other = (tuple(map(names.folded, part.split("/"))) for part in (path, folder))
    return one[: len(other)] == other
