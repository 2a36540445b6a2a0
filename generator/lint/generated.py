"""Findings in the Applications of an ApplicationSet, each told once: in its template, or where the parameter is set."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from generator.diagnostics import Pointer, Severity
from generator.kubernetes.applicationsets.model import Made, Origin
from generator.kubernetes.applicationsets.places import PATCH, template_pointer, written
from generator.kubernetes.applicationsets.rendering import Manner, strings, used
from generator.kubernetes.objects import KubeObject, Objects
from generator.syntax.gotemplate.values import shown
from generator.syntax.merge import lookup

_BY_PRESENCE = frozenset(("TP402", "TP801", "TP803", "TP807"))
"""Rules that ask which fields there are, and not what placeholders in them stand for."""
_BRANCHES = ("if", "with", "range", "end", "else")
_LONGEST = 60


class Told(NamedTuple):
    """A finding of a rule in an object, before it has a place in a file."""

    item: KubeObject
    pointer: Pointer
    rule: str
    severity: Severity
    message: str
    hint: str
    at_key: bool = False


def once(found: Sequence[Told], objects: Objects) -> Iterator[Told]:
    """Yield findings in generated Applications at what causes them, those with one cause once."""
    counts = Counter(id(item.made.by.data) for item in objects if item.made is not None)
    groups: dict[tuple[object, ...], list[tuple[Told, Made]]] = {}
    for one in found:
        made = one.item.made
        if made is not None and not _is_open(one, made):
            key = (id(made.by.data), one.rule, template_pointer(made, one.pointer), one.hint)
            groups.setdefault(key, []).append((one, made))
    for some in groups.values():
        yield from _placed(some, counts[id(some[0][1].by.data)])


def _is_open(one: Told, made: Made) -> bool:
    """Tell whether a finding in a template that is not expanded depends on its placeholders."""
    if made.parameters is not None:
        return False
    texts = [text for _, text in strings(lookup(one.item.data, one.pointer)[1])]
    if one.rule not in _BY_PRESENCE:
        return bool(texts)
    return any(word in text for text in texts for word in _BRANCHES)


def _placed(some: Sequence[tuple[Told, Made]], total: int) -> Iterator[Told]:
    """Yield a finding in the template if all Applications have it, or else one where each cause is set."""
    first, made = some[0]
    where = template_pointer(made, first.pointer)
    names = used(written(made, first.pointer), Manner.of(made.by)) if where != PATCH else []
    if made.parameters is None or not names or len({one.item.name for one, _ in some}) >= total:
        yield first._replace(item=made.by, pointer=where)
        return
    seen: set[tuple[Pointer, str]] = set()
    for one, of in some:
        name, origin = _cause(of, names)
        if origin.key not in seen:
            seen.add(origin.key)
            yield _at(one, of, name, origin)


def _cause(made: Made, names: Sequence[str]) -> tuple[str, Origin]:
    """Return the parameter that a finding is placed at: the first one that is set by what gives this Application."""
    parameters = made.parameters
    if parameters is None:
        return "", Origin(())
    known = [(name, parameters.origin(name)) for name in names]
    return next(((name, one) for name, one in known if _within(one, parameters.at)), known[0])


def _within(origin: Origin, at: Origin) -> bool:
    return origin.source is at.source and origin.pointer[: len(at.pointer)] == at.pointer


def _at(one: Told, made: Made, name: str, origin: Origin) -> Told:
    values = made.parameters.values if made.parameters else {}
    exists, value = lookup(values, tuple(name.split("."))) if name not in values else (True, values[name])
    text = shown(value) if exists else ""
    said = f"{one.message}; `{name}` is `{text[:_LONGEST]}`" if text and text not in one.message else one.message
    item = made.by if origin.source is None else KubeObject({}, origin.source)
    return one._replace(item=item, pointer=origin.pointer, message=said)
