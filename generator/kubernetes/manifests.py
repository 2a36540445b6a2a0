"""Kubernetes objects out of YAML streams, Lists taken apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from generator.diagnostics import START, Diagnostic, Pointer, Severity
from generator.kubernetes.objects import KubeObject
from generator.syntax.abridged import Tally
from generator.syntax.reader import Source
from generator.syntax.reader.characters import Problem, UnreadableError, decode_any
from generator.syntax.reader.stream import Part, read_stream
from generator.syntax.secrets.redaction import told

NO_OBJECT = "TP608"

SKIPPED = "+argocd:skip-file-rendering"
"""Text by which Argo CD skips a file of a directory.

Source: argo-cd, docs/user-guide/directory.md
"""

MAX_BYTES = 32 * 1024 * 1024
"""What is read of one file or stream; etcd takes less than 2 MB for one object."""

MOST_OBJECTS = 10_000
"""Objects of one file, in all of its documents and Lists."""


class Manifests(NamedTuple):
    """What was read of a file."""

    objects: list[KubeObject]
    diagnostics: list[Diagnostic]
    text: str
    first: Source | None = None
    """Its first document, object or not; None if no text could be read."""


def read(path: str, raw: bytes, *, named: bool) -> Manifests:
    """Return the objects of a file and the problems of its text; never raises.

    Anything that is not an object is a problem only if the file was named; in a directory, values, playbooks and
    settings of other tools lie next to manifests, and they may be anything. A file that Argo CD skips there has none.
    """
    if len(raw) > MAX_BYTES:
        message = f"the file has {len(raw):,} bytes; the maximum is {MAX_BYTES:,}"
        return Manifests([], [Diagnostic(path, START, "TP006", Severity.ERROR, message, "split it")], "")
    try:
        text = decode_any(raw)
    except UnreadableError as error:
        return Manifests([], [_placed(path, error.problem)], "")
    if not named and (SKIPPED in text or not _MAY_BE_ONE.search(text)):
        return Manifests([], [], text)
    objects: list[KubeObject] = []
    diagnostics: list[Diagnostic] = []
    tally = Tally()
    first: Source | None = None

    def is_one_more(part: str) -> bool:
        """Tell whether a document is clearly no object, and only to be counted."""
        return not _MAY_SAY_KIND.search(part) and _SAYS.search(part) is not None and tally.is_full(path, NO_OBJECT)

    for part in read_stream(path, text, is_one_more):
        first = first or part.source
        diagnostics += _problems(part, path, tally)
        for item in _objects(part) if part.source.data is not None else ():
            if len(objects) >= MOST_OBJECTS:
                message = f"the file has more than {MOST_OBJECTS:,} objects"
                return Manifests([], [Diagnostic(path, START, "TP006", Severity.ERROR, message, "split it")], text, first)
            wrong = _fault(item, named=named)
            if not wrong and _claims_to_be_one(item):
                objects.append(item)
            elif wrong and not tally.is_full(path, NO_OBJECT):
                span = source_of(item).span_of_key(item.at)
                diagnostics.append(tally.taken(Diagnostic(path, span, NO_OBJECT, Severity.ERROR, *wrong)))
    return Manifests(objects, [*(told(found, text) for found in diagnostics), *tally.rest()], text, first)


def taken_apart(data: Any, at: Pointer = ()) -> Iterator[tuple[Any, Pointer]]:
    """Yield what a document holds, with its place in it: itself, or the items of a List."""
    if isinstance(data, dict) and str(data.get("kind") or "").endswith("List") and isinstance(data.get("items"), list):
        for index, item in enumerate(data["items"]):
            yield from taken_apart(item, (*at, "items", index))
    else:
        yield data, at


def _objects(part: Part) -> Iterator[KubeObject]:
    for data, at in taken_apart(part.source.data):
        yield KubeObject(data, part.source, at)


def _problems(part: Part, path: str, tally: Tally) -> Iterator[Diagnostic]:
    """Yield what is wrong with the text of a document, as far as there is room for it, and count the rest."""
    yield from (tally.taken(_placed(path, one)) for one in part.problems if not tally.is_full(path, one.rule))
    for rule, number in part.more.items():
        tally.more(path, rule, number)


def _claims_to_be_one(item: KubeObject) -> bool:
    """Tell whether a document says what object it is."""
    data: Any = item.data
    return isinstance(data, dict) and all(isinstance(data.get(name), str) and data[name] for name in ("apiVersion", "kind"))


def _fault(item: KubeObject, *, named: bool) -> tuple[str, str] | None:
    return _no_object(item) if named or _claims_to_be_one(item) else None


def _no_object(item: KubeObject) -> tuple[str, str] | None:
    """Return what keeps a document from being an object, and what to do; None if it is one."""
    data: Any = item.data
    if not isinstance(data, dict):
        return "this is not a Kubernetes object, but a list or a single value", _WRITE
    if data.get("kind") == "List" and not isinstance(data.get("items"), list):
        return "this List has no `items`", "write its objects as a list under `items`"
    missing = [name for name in ("apiVersion", "kind") if not isinstance(data.get(name), str) or not data[name]]
    if not missing:
        return None
    return f"this is not a Kubernetes object: it has no {' and no '.join(f'`{name}`' for name in missing)}", _WRITE


_ESCAPE = r"\\(?:[xuU]|\r?\n)"
"""What may be a letter of a word, or join its parts."""
_MAY_BE_ONE = re.compile(rf"apiVersion|^kind[ \t]*:|{_ESCAPE}", re.MULTILINE)
_MAY_SAY_KIND = re.compile(rf"kind|{_ESCAPE}")
_SAYS = re.compile(r"^(?!---|\.\.\.|%)[ \t]*[^\s#]|^---[ \t]+[^\s#]", re.MULTILINE)
"""A line that makes a document more than an empty one."""
_WRITE = "write apiVersion, kind and metadata, or keep this file apart from manifests"


def _placed(path: str, problem: Problem) -> Diagnostic:
    return Diagnostic(path, problem.span, problem.rule, Severity.ERROR, problem.message, problem.hint)


def source_of(item: KubeObject) -> Source:
    """Return the document that an object is in; raises ValueError for an object without one."""
    if item.source is None:
        raise ValueError(f"{item.title} is not in a file")
    return item.source
