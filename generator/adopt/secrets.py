"""Secrets in the values of an old tree: they are in Git already, and the workspace would have them as well."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator

from generator.adopt.carried import Deployed
from generator.adopt.folder_parts import FromFolder
from generator.adopt.model import Note
from generator.adopt.parts import FromHelm
from generator.adopt.revisions import Revisions
from generator.diagnostics import dotted
from generator.kubernetes.manifests import source_of
from generator.kubernetes.objects import maps
from generator.syntax.reader.stream import read_stream
from generator.syntax.secrets.masking import places
from generator.system.files import roots

_WHY = "it looks like a secret in plain text: provide it with External Secrets or Sealed Secrets, and rotate it"


def of(deployed: Iterable[Deployed], revisions: Revisions | None) -> list[Note]:
    """Return the secrets in values, each once, where it is written."""
    return sorted({note for one in deployed for note in _of(one, revisions)})


def _of(one: Deployed, revisions: Revisions | None) -> Iterator[Note]:
    for part in one.parts:
        if not isinstance(part, FromHelm):
            yield from _of_manifests(part, revisions)
            continue
        yield from _of_parameters(one, part)
        for layer, (root, path) in zip(part.layers, part.files, strict=True):
            inline = ("valuesObject",) if part.source.helm.get("valuesObject") else ("values",)
            for pointer in places(layer.data):
                what = f"value `{dotted(pointer)}`"
                if root:
                    here = f"{part.chart.origin}/{path}" if root == part.chart.folder else _shown(root, path, revisions)
                    yield Note(here, _line(layer.text, pointer), what, _WHY)
                else:
                    yield Note(*one.cell.found.place((*part.pointer, "helm", *inline, *pointer)), what, _WHY)


def _of_parameters(one: Deployed, part: FromHelm) -> Iterator[Note]:
    for index, item in maps(part.source.helm.get("parameters")):
        name = str(item.get("name") or "")
        if places({name.rpartition(".")[2]: item.get("value")}):
            at = (*part.pointer, "helm", "parameters", index)
            yield Note(*one.cell.found.place(at), f"parameter `{name}`", _WHY)


def _of_manifests(part: FromFolder, revisions: Revisions | None) -> Iterator[Note]:
    for item in part.objects if part.kind == "directory" else ():
        for pointer in places(item.data) if item.source else ():
            source = source_of(item)
            line = source.span_of_key((*item.at, *pointer)).line
            yield Note(_shown(part.root, source.path, revisions), line, f"{item.title}: `{dotted(pointer)}`", _WHY)


def _shown(root: str, path: str, revisions: Revisions | None) -> str:
    revision = revisions.named(root) if revisions else ""
    if revision:
        return f"{revision}:{path}"
    return roots.below(posixpath.join(root, path), roots.absolute("."))


def _line(text: str, pointer: tuple[str | int, ...]) -> int:
    source = next(iter(read_stream("", text))).source
    return source.span_of_key(pointer).line
