"""Build the kustomizations of plain manifests with the real kustomize, and find the file that each object comes from."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from generator.diagnostics import START, Diagnostic, Severity
from generator.kubernetes import kustomization_said, manifests
from generator.kubernetes.kustomization_files import UncheckedError
from generator.kubernetes.kustomization_given import Known, checked
from generator.kubernetes.objects import KubeObject
from generator.syntax.emit import EmitError, Emitter
from generator.syntax.merge import null_free
from generator.system import parallel
from generator.system.charts.package import NoPackageError

if TYPE_CHECKING:
    from generator.kubernetes.sets import Build, File
    from generator.system.files import Folder
    from generator.system.kustomize import Kustomize

REFUSED = "TP601"
_ORIGIN = "config.kubernetes.io/origin"
_PATH = re.compile(r"^path: (.+)$", re.MULTILINE)


class Made(NamedTuple):
    """What came of a kustomization."""

    objects: tuple[KubeObject, ...]
    """Each with the file of the repository that it comes from."""
    text: str = ""
    """What kustomize printed."""
    problem: Diagnostic | None = None
    obstacle: str = ""
    """Why it was not built; empty if it was, and if kustomize refused to."""


def missing(builds: Sequence[Build], root: Folder, files: Mapping[str, File]) -> tuple[list[Diagnostic], set[str]]:
    """Return a problem for each file that a kustomization names and that does not exist, and the folders of these kustomizations."""
    problems: list[Diagnostic] = []
    folders: set[str] = set()
    for file in [file for file in files.values() if any(file.folder in one.folders for one in builds)]:
        for pointer, entry, path in file.targets:
            if file.kustomization and not path.startswith("../") and not root.exists(path):
                folders.add(file.folder)
                message = f"`{entry}` does not exist, so kustomize cannot build this"
                span, hint = file.kustomization.span_of(pointer), "add it, or remove the entry"
                problems.append(Diagnostic(file.reported, span, REFUSED, Severity.ERROR, message, hint, pointer))
    return problems, folders


def build_all(builds: Sequence[Build], root: Folder, files: Mapping[str, File], kustomize: Kustomize) -> list[Made]:
    """Return what each kustomization builds; several are built at a time."""
    known = Known()
    return parallel.waiting(lambda one: _build(one, root, known, files, kustomize), builds, lambda _done, _of: None)


def _build(build: Build, root: Folder, known: Known, files: Mapping[str, File], kustomize: Kustomize) -> Made:
    try:
        given = checked(root, build.file.folder, known, _with_origins(build))
        done = kustomization_said.build(kustomize, given, known)
    except (EmitError, NoPackageError, UncheckedError) as error:
        return Made((), obstacle=str(error))
    name = build.file.reported
    if not done.ok:
        said = " ".join(done.err.split()) or f"it ended with {done.code}"
        hint = "correct the kustomization; Argo CD cannot build it either"
        message = f"kustomize does not build {posixpath.dirname(name) or '.'}: {said}"
        return Made((), problem=Diagnostic(name, START, REFUSED, Severity.ERROR, message, hint))
    found = manifests.read(name, done.out, named=True)
    ingredients = kustomization_said.ingredients_of(given)
    objects = (_with_file(item, build, files)._replace(ingredients=ingredients) for item in found.objects)
    return Made(tuple(objects), found.text)


def _with_origins(build: Build) -> dict[str, bytes]:
    """Return the kustomization, changed so that objects say which file they come from."""
    meta = build.file.data.get("buildMetadata")
    data = {**build.file.data, "buildMetadata": [*(meta if isinstance(meta, list) else []), "originAnnotations"]}
    return {build.file.path: Emitter().document(null_free(data)).encode("utf-8")}


def _with_file(item: KubeObject, build: Build, files: Mapping[str, File]) -> KubeObject:
    """Return an object as it is applied, with the place in the repository that it comes from."""
    annotations = dict(item.annotations)
    match = _PATH.search(str(annotations.pop(_ORIGIN, "")))
    metadata = {key: value for key, value in item.metadata.items() if key != "annotations"}
    data = {**item.data, "metadata": {**metadata, **({"annotations": annotations} if annotations else {})}}
    path = posixpath.normpath(posixpath.join(build.file.folder, match[1].strip())) if match else ""
    near = _nearest(item, files[path].objects) if path in files else None
    others = (one for name in sorted(build.named) if name in files and name != path for one in files[name].objects)
    patches = tuple(one for one in others if _nearest(item, [one]))
    if near is None:
        return KubeObject(data, build.file.kustomization, patches=patches)
    return KubeObject(data, near.source, near.at, patches=patches)


def _nearest(item: KubeObject, there: Sequence[KubeObject]) -> KubeObject | None:
    """Return the object of a file that a built one comes from: kustomize can only put text around its name."""
    alike = [one for one in there if (one.group, one.kind) == (item.group, item.kind) and one.name in item.name]
    return max(alike, key=lambda one: len(one.name), default=None)
