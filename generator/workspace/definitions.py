"""Read the manifests that a workspace names for its linter: `crds` and `policies` of `spec.lint`."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics import Diagnostic, Pointer, Severity
from generator.kubernetes.objects import KubeObject
from generator.syntax.named_tuples import NamedTuple
from generator.system import disk
from generator.system.files import UnreadableFileError
from generator.workspace.files import Sources
from generator.workspace.model import Workspace

NONE_FOUND = "TP029"
DEFINITION = ("apiextensions.k8s.io", "CustomResourceDefinition")
CRDS, POLICIES = "crds", "policies"
POLICY = "ValidatingAdmissionPolicy"
_WANTED = {CRDS: (DEFINITION[1],), POLICIES: (POLICY, f"{POLICY}Binding")}
"""By setting, the kinds of which a path must hold one."""


class Definitions(NamedTuple):
    """What the paths of a setting hold, and what is wrong with them."""

    objects: tuple[KubeObject, ...] = ()
    problems: tuple[Diagnostic, ...] = ()


def read(loader: Sources, workspace: Workspace, field: str = CRDS) -> Definitions:
    """Return the manifests at the paths of a setting; nothing is read for a workspace without any.

    Policies are kept with what is next to them, such as their parameters.
    """
    objects: list[KubeObject] = []
    problems: list[Diagnostic] = []
    for index, path in enumerate(workspace.lint.get(field) or ()):
        found = list(_at(loader, path, problems))
        wanted = [item for item in found if item.kind in _WANTED[field]]
        objects += found if field == POLICIES else wanted
        if not wanted:
            at: Pointer = ("spec", "lint", field, index)
            span = workspace.source.span_of(at)
            message, hint = f"no {_WANTED[field][0]} found in `{path}`", "name a file or folder that contains some"
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
        yield from found.objects
