"""What Argo CD, or a program that it starts, would refuse in an Application: said at its place before anything is started."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from types import NoneType
from typing import Any

from generator.adopt.model import UnavailableError
from generator.diagnostics import Pointer, dotted
from generator.kubernetes.applications import sources
from generator.kubernetes.objects import KubeObject, at
from generator.syntax import names
from generator.syntax.globs import Pattern, alternatives
from generator.system.files import Folder

_MOST_GLOB = 10_000
"""Characters of `directory.include`."""


def included(pointer: Pointer, data: dict[str, Any], path: str) -> Callable[[str], bool]:
    """Return what tells whether an Application reads a file of its directory; raises UnavailableError.

    Source: argo-cd, reposerver/repository/repository.go (getPotentiallyValidManifestFile)
    """
    matchers = [_matcher((*pointer, "directory", field), at(data, "directory", field)) for field in ("include", "exclude")]
    wanted, unwanted = matchers

    def is_included(file: str) -> bool:
        name = posixpath.relpath(file, path)
        return (not wanted or any(one.fullmatch(name) for one in wanted)) and not any(one.fullmatch(name) for one in unwanted)

    return is_included


def _matcher(pointer: Pointer, text: Any) -> list[Pattern]:
    """Return the globs of `include` or `exclude`: alternatives are in braces, separated by commas."""
    if len(str(text or "")) > _MOST_GLOB:
        raise UnavailableError(pointer, f"it is longer than {_MOST_GLOB:,} characters", "write fewer globs")
    try:
        return [Pattern(glob.strip(), "") for glob in alternatives(str(text or "")) if glob.strip()]
    except ValueError as error:
        raise UnavailableError(pointer, str(error), "write fewer globs") from None


_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_TEXTS = ("values", "valuesObject")
"""Values are handed on in a file, whatever is in them."""


def insist_plain(application: dict[str, Any]) -> None:
    """Raise UnavailableError for a control character where programs get a name, a path or an address."""
    fields = [("metadata", "name"), ("metadata", "namespace"), ("spec", "project"), ("spec", "destination")]
    fields += [("spec", "source"), ("spec", "sources")]
    waiting: list[tuple[Pointer, Any]] = [(field, at(application, *field)) for field in fields]
    while waiting:
        pointer, node = waiting.pop()
        if isinstance(node, str) and (found := _CONTROL.search(node)):
            message = f"`{dotted(pointer)}` contains the control character U+{ord(found[0]):04X}"
            raise UnavailableError(pointer, message, "remove it")
        if isinstance(node, dict):
            waiting += [((*pointer, key), value) for key, value in node.items() if key not in _TEXTS]
        elif isinstance(node, list):
            waiting += [((*pointer, index), value) for index, value in enumerate(node)]


_LISTS = ("valueFiles", "parameters", "fileParameters")
_SCALARS = (str, int, float, bool, NoneType)


def insist_typed(application: dict[str, Any]) -> None:
    """Raise UnavailableError for a name, or settings for Helm, in a form that the API server refuses."""
    name = at(application, "metadata", "name")
    if not isinstance(name, str):
        message = "it has no name" if name is None else f"its name `{name}` is not a string"
        raise UnavailableError(("metadata", "name"), message, "add metadata.name" if name is None else "quote it")
    if not names.is_subdomain(name):
        hint = "use lowercase letters, digits, hyphens and dots"
        raise UnavailableError(("metadata", "name"), f"`{name}` is not a valid object name", hint)
    for pointer, source in sources(KubeObject(application)):
        for field in _LISTS:
            given, here = at(source, "helm", field), (*pointer, "helm", field)
            if not isinstance(given, list | NoneType):
                raise UnavailableError(here, f"`{dotted(here)}` is not a list", "correct it")
            for index, item in enumerate(given or ()):
                _insist_item(field, item, (*here, index))


def _insist_item(field: str, item: Any, here: Pointer) -> None:
    if field == "valueFiles":
        if not isinstance(item, str):
            raise UnavailableError(here, f"`{dotted(here)}` is not a string", "write the path of a file")
    elif not isinstance(item, dict) or not isinstance(item.get("name"), str) or not item["name"]:
        raise UnavailableError(here, f"`{dotted(here)}` is not a parameter with a name", "correct it")
    elif not isinstance(item.get("value"), _SCALARS):
        raise UnavailableError((*here, "value"), f"`{dotted((*here, 'value'))}` is not a string", "correct it")


def insist_no_jsonnet(
    pointer: Pointer, folder: Folder, path: str, wanted: Callable[[str], bool] | None, *, recurse: bool
) -> None:
    """Raise UnavailableError for a file of Jsonnet, which Argo CD evaluates where it reads a directory."""
    for name in folder.walk(path, lambda _below: not recurse):
        if name.endswith(".jsonnet") and (wanted is None or wanted(name)):
            raise UnavailableError((*pointer, "path"), f"{name} is Jsonnet, which cannot be evaluated here")


def without_source(application: dict[str, Any]) -> UnavailableError:
    """Return the error for an Application without a source that can be read here."""
    if at(application, "spec", "sourceHydrator"):
        message = "the source hydrator of Argo CD renders it to a branch (`spec.sourceHydrator`), which is not supported"
        return UnavailableError(("spec", "sourceHydrator"), message)
    return UnavailableError(("spec",), "it has no source", "add spec.source")
