"""Read the CustomResourceDefinitions that a workspace names as schemas: `spec.lint.crds`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from generator.diagnostics import Diagnostic, Pointer, Severity
from generator.kubernetes.objects import KubeObject
from generator.system import disk
from generator.system.files import UnreadableFileError
from generator.workspace.files import Sources
from generator.workspace.model import Workspace

NONE_FOUND = "TP029"
DEFINITION = ("apiextensions.k8s.io", "CustomResourceDefinition")


class Definitions(NamedTuple):
    """What the paths of `crds` hold, and what is wrong with them."""

    objects: tuple[KubeObject, ...] = ()
    problems: tuple[Diagnostic, ...] = ()


def read(loader: Sources, workspace: Workspace) -> Definitions:
    """Return the definitions at the paths that tiphys.yaml names; nothing is read for a workspace without any."""
    objects: list[KubeObject] = []
    problems: list[Diagnostic] = []
    for index, path in enumerate(workspace.lint.get("crds") or ()):
        found = list(_at(loader, path, problems))
        objects += found
        if not found:
            at: Pointer = ("spec", "lint", "crds", index)
            span = workspace.source.span_of(at)
            message, hint = f"no CustomResourceDefinition found in `{path}`", "name a file or folder that contains some"
            problems.append(Diagnostic(workspace.source.path, span, NONE_FOUND, Severity.ERROR, message, hint, at))
    return Definitions(tuple(objects), tuple(problems))


def _at(loader: Sources, path: str, problems: list[Diagnostic]) -> Iterator[KubeObject]:
    from generator.kubernetes import manifests

    for name in [path] if loader.folder.is_file(path) else loader.yaml_files(path):
        try:
            found = manifests.read(name, loader.raw(name, manifests.MAX_BYTES), named=False)
        except UnreadableFileError as error:
            problems.append(disk.unreadable(name, error))
            continue
        problems += found.diagnostics
        yield from (item for item in found.objects if (item.group, item.kind) == DEFINITION)
