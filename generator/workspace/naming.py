"""Check the names and places of the files of a workspace."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from generator.diagnostics import START, Diagnostic, Pointer, Severity
from generator.syntax import names
from generator.syntax.reader import Source

_NAME: Pointer = ("metadata", "name")
RULES = "rules"
SHARED = ("strategies", "projects", RULES)
"""Input folders with fixed names, whose files are for all specs."""
INPUTS = (*SHARED, "templates")
EXAMPLE_REGISTRY = "registry.example.com"
"""The registry of an image whose registry is not known yet; the name is reserved for examples."""


def odd_path(path: str) -> Diagnostic | None:
    """Return a diagnostic for an unsafe path of an input file; None for a valid one."""
    why = names.misread_path(path)
    hint = "rename the file or folder: some systems cannot check it out"
    return Diagnostic(path, START, "TP037", Severity.ERROR, why, hint) if why else None


def odd_name(source: Source, what: str, reserved: Collection[str] = ()) -> Diagnostic | None:
    """Return a diagnostic for an invalid name of a service, environment or preset; None for a valid one."""
    name = source.data["metadata"]["name"]
    why = names.misread(name)
    if name in reserved:
        why = "Tiphys writes a file or folder with this name in every environment"
    if not why:
        return None
    message, hint = f"`{name}` cannot be the name of {what}: {why}", "choose another name"
    return Diagnostic(source.path, source.span_of(_NAME), "TP037", Severity.ERROR, message, hint, _NAME)


def described_twice(source: Source, what: str, other: str) -> Diagnostic:
    """Return the diagnostic for the second file that describes an environment or preset."""
    message = f"the {what} `{source.data['metadata']['name']}` is already described by {other}"
    return Diagnostic(source.path, source.span_of(_NAME), "TP049", Severity.ERROR, message, "delete one of the two", _NAME)


def twin_files(paths: Iterable[str]) -> Iterator[Diagnostic]:
    """Yield a diagnostic for each file or folder whose name equals another on some systems, or looks like it."""
    for path, name, other, how in names.twins(paths):
        message = f"`{name}` and `{other}` differ {how}"
        hint = "rename one of the two: Windows and macOS, and reviewers, may read the names as equal"
        yield Diagnostic(path, START, "TP049", Severity.ERROR, message, hint)


def odd_folders(source: Source, folders: dict[str, str]) -> Iterator[Diagnostic]:
    """Yield the problems of the folders in tiphys.yaml; `folders` are those of `environments` and `output`."""
    for field, path in folders.items():
        at = ("spec", field)
        if why := names.misread_path(path):
            yield Diagnostic(source.path, source.span_of(at), "TP037", Severity.ERROR, why, "choose another folder", at)
    output = folders["output"]
    for other in (folders["environments"], *INPUTS):
        if _within(output, other) or _within(other, output):
            at = ("spec", "output" if output != "generated" else "environments")
            message = f"generated files would be mixed with inputs: `{output}` and `{other}` overlap"
            hint = "choose an output folder that contains nothing else"
            yield Diagnostic(source.path, source.span_of(at), "TP037", Severity.ERROR, message, hint, at)


def _within(path: str, folder: str) -> bool:
    one, other = (tuple(map(names.folded, part.split("/"))) for part in (path, folder))
    return one[: len(other)] == other
