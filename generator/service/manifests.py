"""The plain manifests of a service: from files or written in its layers, with the placeholders in them replaced."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from generator.diagnostics import Diagnostic, Pointer, Severity
from generator.kubernetes.beside import CLUSTER_WIDE, UNUSABLE, unusable
from generator.kubernetes.objects import ROLLOUTS, KubeObject
from generator.service.analyses import UnbuildableError, file_path
from generator.service.expansion import Fault, Values, expanded, values_of
from generator.service.place import place
from generator.syntax import names
from generator.syntax.named_tuples import NamedTuple
from generator.workspace.model import Document, Problem, Resolved

if TYPE_CHECKING:
    from generator.kubernetes.manifests import Manifests

MOST = 500
"""Objects of one service in one environment."""

PLACEHOLDER = "TP056"

Read = Mapping[str, "Manifests | None"]
"""Files of manifests by path; None for one with reported errors."""


class Manifest(NamedTuple):
    """One object to deploy next to the chart."""

    item: KubeObject
    """With placeholders replaced. One of a file has its source; that of another is the pointer in `at`, in the service."""
    entry: Pointer
    """The entry of `manifests` that it comes from."""
    faults: tuple[Fault, ...] = ()
    path: str = ""
    """The generated file."""

    @property
    def file_name(self) -> str:
        """The name of the generated file, without its extension."""
        name = self.item.name or str(self.item.metadata.get("generateName") or "").rstrip("-")
        return f"{self.item.kind.lower()}-{name.replace(':', '-').lower()}"


def manifests_of(resolved: Resolved, read: Read, folder: str) -> list[Manifest]:
    """Return the plain manifests of a service, in the order of the spec; raises UnbuildableError.

    `folder` is the one of the service.
    """
    entries = resolved.data.get("manifests") or []
    if not entries:
        return []
    from generator.kubernetes.manifests import taken_apart  # it reads YAML streams, which few services need

    values = values_of(resolved)
    problems: list[Problem] = []
    found: list[Manifest] = []
    for index, entry in enumerate(entries):
        at: Pointer = ("manifests", index)
        if isinstance(entry, str):
            objects = _in_file(resolved, at, entry, read, problems)
        else:
            objects = [KubeObject(data, None, (*at, *inside)) for data, inside in taken_apart(entry)]
        for item in objects:
            reason = unusable(item) if item.source is None else None  # files are checked when they are read
            if reason:
                problems.append(Problem(UNUSABLE, item.at, *reason))
            else:
                found.append(_manifest(item, at, values))
    if len(found) > MOST:
        message = f"this service has {len(found):,} manifests in {resolved.environment.name}; the maximum is {MOST:,}"
        problems.append(Problem(UNUSABLE, ("manifests",), message, "put them into a directory of their own, or into a chart"))
    if problems:
        raise UnbuildableError(problems)
    return [one._replace(path=path_of(folder, one.file_name)) for one in found]


def path_of(folder: str, name: str) -> str:
    """Return the path of the file of an object, below the folder of a service."""
    return f"{folder}/manifests/{name}.yaml"


def taken(made: Iterable[Document], path: str, name: str, at: Pointer) -> list[Problem]:
    """Return the problem of a name that no generated file can have, or that one has already; none for a free one."""
    why = names.unusable_file(name)
    if not why and any(path == document.path for document in made):
        why = "a different object of this service has it"
    message = f"`{name}.yaml` cannot be the name of a generated file: {why}"
    return [Problem("TP037", at, message, "rename the object")] if why else []


def documents_of(found: Sequence[Manifest], made: Iterable[Document], resolved: Resolved) -> list[Document]:
    """Return the files of plain manifests, in their order; raises UnbuildableError if an object or a file is there already."""
    if not found:
        return []
    place = (resolved.service, resolved.environment.name, resolved.environment.destination)
    problems: list[Problem] = []
    documents: list[Document] = []
    by_path: dict[str, Document] = {}
    by_object: dict[tuple[str, str, str], Document] = {}
    for document in made:
        by_path.setdefault(document.path, document)
        by_object.setdefault(_identity(KubeObject(dict(document.data))), document)
    for one in found:
        twin = by_object.get(_identity(one.item)) if one.item.name else None
        wrong = taken([by_path[one.path]] if one.path in by_path else [], one.path, one.file_name, one.entry)
        if twin is not None and not wrong:
            message = f"{one.item.title} is generated for this service already, as {twin.path}"
            wrong = [Problem("TP037", one.entry, message, "rename the object, or remove it")]
        problems += wrong
        document = Document(one.path, one.item.data, resolved.spec.source.path, *place)
        by_path.setdefault(one.path, document)
        by_object.setdefault(_identity(one.item), document)
        documents.append(document)
    if problems:
        raise UnbuildableError(problems)
    return documents


def _identity(item: KubeObject) -> tuple[str, str, str]:
    """Return what makes an object the same one in every version of its API."""
    return item.group, item.kind, item.name


def placed(
    resolved: Resolved, item: KubeObject, pointer: Pointer, rule: str, severity: Severity, message: str, hint: str
) -> Diagnostic:
    """Return the diagnostic for a value of a manifest, in the file that holds it."""
    whole = (*item.at, *pointer)
    if item.source is None:
        return place(Problem(rule, whole, message, hint), severity, resolved.spec, resolved.environment, resolved.layers)
    where = (resolved.service, resolved.environment.name)
    found = Diagnostic(item.source.path, item.source.span_of(whole), rule, severity, message, hint, whole, *where)
    from generator.syntax.secrets.redaction import told  # imported late: most runs find nothing

    return told(found, item.source.text)


def _in_file(resolved: Resolved, at: Pointer, name: str, read: Read, problems: list[Problem]) -> list[KubeObject]:
    path = file_path(resolved, at, name)
    file = read.get(path)
    if file is not None:
        return file.objects
    if path in read:
        raise UnbuildableError([])  # the file itself was already reported
    hint = "the path is relative to the file that contains it"
    problems.append(Problem(UNUSABLE, at, f"the file `{name}` does not exist", hint))
    return []


def _manifest(item: KubeObject, entry: Pointer, values: Values) -> Manifest:
    data, faults = expanded(item.data, values)
    return Manifest(item._replace(data=data), entry, faults)


def claims(found: Iterable[KubeObject], namespace: str) -> Iterator[tuple[str, str, str]]:
    """Yield the namespace, kind and name of each object; no namespace for kinds of the whole cluster."""
    for one in found:
        if one.name:
            group = f".{one.group}" if one.group not in ("", ROLLOUTS) else ""
            where = "" if one.kind in CLUSTER_WIDE else one.namespace or namespace
            yield where, f"{one.kind}{group}", one.name
