"""What a spec would say of one Application if it said everything."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from generator.adopt import selecting
from generator.adopt.folder_parts import FromFolder
from generator.adopt.grouping import Cell
from generator.adopt.model import Found, Note
from generator.adopt.parts import FromHelm, Part
from generator.adopt.repositories import Repositories
from generator.diagnostics import Pointer, dotted
from generator.kubernetes.kustomize_settings import OPTIONS
from generator.kubernetes.objects import at, texts
from generator.kubernetes.rollouts import table
from generator.service.application import DESTINATION, GENERATE_PATHS, GUARDS, SYNC_OPTIONS
from generator.service.chart import SWITCHES
from generator.service.root import FINALIZER
from generator.syntax import placeholders
from generator.syntax.merge import without_nulls
from generator.syntax.schema.validate import incomplete

ARGOCD = "argocd"
PLACEHOLDER = "the text in braces is a placeholder in a workspace, so something else takes its place: write it differently"
APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
DERIVED_LABELS = ("app.kubernetes.io/name", "app.kubernetes.io/managed-by", "tiphys/environment", DESTINATION)
"""The labels that Tiphys sets on every Application."""
_SPEC = ("project", "destination", "source", "sources", "syncPolicy", "ignoreDifferences", "info", "revisionHistoryLimit")
_NOTHING: tuple[Any, ...] = (None, {}, [], "")
_METADATA = (
    "name",
    "namespace",
    "labels",
    "annotations",
    "finalizers",
    "creationTimestamp",
    "uid",
    "resourceVersion",
    "generation",
)
_HELM = (
    "releaseName", "valueFiles", "values", "valuesObject", "parameters", "fileParameters", "ignoreMissingValueFiles", "version", *SWITCHES,
)  # fmt: skip
_HELM_WHY = {
    "kubeVersion": "Argo CD then passes the version of the cluster",
    "apiVersions": "Argo CD then passes those of the cluster",
}
_ON_DELETE = {FINALIZER: "cascade", f"{FINALIZER}/foreground": "foreground", f"{FINALIZER}/background": "background"}
_KUSTOMIZE = ("images", "replicas", "version", "ignoreMissingComponents", "commonAnnotationsEnvsubst", *OPTIONS)


class Settings(NamedTuple):
    """The settings of a cell."""

    cell: Cell
    data: dict[str, Any]
    """What a spec says, in its own form; `argocd` is complete."""
    namespace: str
    """That of the Application."""
    on_delete: str
    """What deleting the Application does to its workload, as `argocd.onDelete` says it."""
    notes: tuple[Note, ...]
    omits: frozenset[str] = frozenset()
    """What the Application leaves to Argo CD, in the words of `argocd.omit`."""
    versions: frozenset[str] = frozenset()
    """The files that say which versions of its chart and images it runs, as absolute paths."""


def settings_of(
    cell: Cell,
    parts: list[Part],
    chart: Mapping[str, Any],
    fields: Mapping[str, Any],
    repositories: Repositories,
    usual: str = ARGOCD,
) -> Settings:
    """Return the settings of an Application; `chart` is what a spec says of its chart, or of its folder besides where that is, and `fields` the rest of the service."""
    found = cell.found
    notes: list[Note] = []
    data: dict[str, Any] = {}
    main = parts[0]
    if isinstance(main, FromHelm):
        data["chart"] = dict(chart)
        notes += _unsupported(found, (*main.pointer, "helm"), _HELM, _HELM_WHY)
    else:
        data["source"] = {main.kind: {**_folder(main, repositories), **chart}}
        notes += _unsupported(found, (*main.pointer, "kustomize"), _KUSTOMIZE, {})
        notes += _unsupported(found, (*main.pointer, "directory"), ("recurse", "include", "exclude"), {})
        notes += selecting.notes_of(found, main)
    data |= {name: value for name, value in fields.items() if value}
    argocd, more = _argocd(cell, main, usual)
    notes += more
    data["argocd"] = argocd
    notes += _unsupported(found, ("spec",), _SPEC, {})
    notes += _unsupported(found, ("metadata",), _METADATA, {})
    for index, name in texts(found.item.metadata.get("finalizers")):
        if name not in _ON_DELETE and not name.endswith("-finalizer.argocd.argoproj.io"):
            where = ("metadata", "finalizers", index)
            notes.append(found.note(where, f"finalizer {name}", "Tiphys only writes those of Argo CD"))
    namespace = found.item.namespace or ARGOCD
    return Settings(cell, data, namespace, on_delete(found), tuple(notes), _omits(found, main))


def _omits(found: Found, main: Part) -> frozenset[str]:
    given = {
        "namespace": found.item.namespace,
        "releaseName": isinstance(main, FromHelm) and main.source.helm.get("releaseName"),
    }
    return frozenset(field for field, value in given.items() if not value)


def on_delete(found: Found) -> str:
    """Return what deleting an Application does to what it deployed, in the words of an environment."""
    names = [name for _, name in texts(found.item.metadata.get("finalizers"))]
    return next((_ON_DELETE[name] for name in names if name in _ON_DELETE), "orphan")


def _unsupported(found: Found, pointer: Pointer, known: tuple[str, ...], why: Mapping[str, str]) -> Iterator[Note]:
    for field in table(found.data, *pointer):
        if field not in known:
            here = (*pointer, field)
            yield found.note(here, f"`{dotted(here)}`", why.get(field, "Tiphys has no field for it"))


def _folder(part: FromFolder, repositories: Repositories) -> dict[str, Any]:
    given: dict[str, Any] = {"path": selecting.folder_in(part) if repositories.is_here(part.data) else part.path}
    if not repositories.is_here(part.data):
        given |= {"repoURL": str(part.data.get("repoURL") or ""), **_pinned(part.data)}
    if part.kind == "directory" and at(part.data, "directory", "recurse") is True:
        given["recurse"] = True
    return given


def _pinned(source: Mapping[str, Any]) -> dict[str, str]:
    revision = str(source.get("targetRevision") or "HEAD")
    return {} if revision == "HEAD" else {"revision": revision}


def copied(path: str, source: Mapping[str, Any], repositories: Repositories) -> str:
    """Return where the workspace has a chart of the config repository.

    That of another revision is a copy: Argo CD refuses an Application with two revisions of one repository.
    """
    if repositories.is_here(source):
        return path
    words = re.findall(r"[A-Za-z0-9_]+", str(source.get("targetRevision") or "HEAD"))
    return posixpath.join("revisions", "-".join(words), path)


def chart_of(part: FromHelm, value_files: Sequence[str], repositories: Repositories) -> dict[str, Any]:
    """Return what a spec says of the chart of a source; `value_files` are the values files in the chart."""
    source = part.source.data
    address, name = str(source.get("repoURL") or ""), part.chart.name
    chart: dict[str, Any] = {"name": name}
    if not part.path:
        chart["repository"] = address if "://" in address else f"oci://{address}"
        chart["version"] = str(source.get("targetRevision") or "*")
    elif repositories.is_own(address):
        chart["path"] = copied(part.path, source, repositories)
    else:
        chart |= {"repoURL": address, "path": part.path, **_pinned(source)}
    if value_files:
        chart["valueFiles"] = [*value_files]
    return chart | {name: True for name in SWITCHES if part.source.helm.get(name) is True}


def _argocd(cell: Cell, main: Part, usual: str) -> tuple[dict[str, Any], list[Note]]:
    """Return the `argocd` block of a service, names as they are, and what of it Tiphys does not take.

    `usual` is the namespace of an Application that names none: every object then has its own.
    """
    found, spec = cell.found, cell.found.item.spec
    argocd: dict[str, Any] = {"applicationName": found.name, "project": str(spec.get("project") or "default")}
    if isinstance(main, FromHelm):
        argocd["releaseName"] = main.source.release
    destination = {key: str(value).rstrip("/") for key, value in found.destination.items() if value}
    argocd["destination"] = {"namespace": usual, **destination}
    argocd |= {field: without_nulls(spec[field]) for field in _SPEC[4:] if spec.get(field) not in _NOTHING}
    labels = {key: value for key, value in found.item.labels.items() if key not in DERIVED_LABELS}
    annotations = {key: value for key, value in found.item.annotations.items() if key not in (APPLIED, GENERATE_PATHS)}
    if str(annotations.get(SYNC_OPTIONS) or "") == ",".join(GUARDS):
        del annotations[SYNC_OPTIONS]  # Tiphys derives it
    argocd |= {"labels": labels} if labels else {}
    argocd |= {"annotations": annotations} if annotations else {}
    notes = []
    for _ in range(100):
        wrong = next(iter(incomplete("service", {"chart": {"name": "x"}, "argocd": argocd})), None)
        if wrong is None:
            break
        pointer, message = wrong[1][1:], wrong[2]
        notes.append(found.note(_in_application(pointer), f"`{dotted(pointer)}`", message))
        argocd = _without(argocd, pointer)
    in_metadata = {field: argocd.get(field, {}) for field in _IN_METADATA}
    notes += [
        found.note(_in_application(pointer), f"`{dotted(pointer)}`", PLACEHOLDER)
        for pointer in placeholders.places_in(in_metadata, ())
    ]
    destination = {"namespace": usual, **argocd.get("destination", {})}
    return {"project": "default", **argocd, "destination": destination}, notes


_IN_METADATA = ("labels", "annotations")


def _in_application(pointer: Pointer) -> Pointer:
    if not pointer:
        return ("spec",)
    if pointer[0] in _IN_METADATA:
        return ("metadata", *pointer)
    return ("metadata", "name") if pointer[0] == "applicationName" else ("spec", *pointer)


def _without(data: Any, pointer: Pointer) -> Any:
    """Return data without the value at a pointer."""
    key, *more = pointer
    if isinstance(data, dict):
        rest = {name: value for name, value in data.items() if name != key}
        return {**data, key: _without(data[key], tuple(more))} if more and key in data else rest
    if isinstance(data, list) and isinstance(key, int):
        return [_without(item, tuple(more)) if more else item for n, item in enumerate(data) if more or n != key]
    return data
