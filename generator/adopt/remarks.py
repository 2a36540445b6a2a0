"""Where the comments of old values files go: each once, to the file of the workspace that has what it is about."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from generator.adopt import comments
from generator.adopt.comments import Comment
from generator.adopt.layering import Layers
from generator.adopt.lifting import Lifted
from generator.adopt.model import Found, Note
from generator.adopt.parts import FromHelm, Part
from generator.adopt.paths import Path
from generator.adopt.presets import Presets
from generator.adopt.releases import kept_in_chart
from generator.diagnostics import Pointer
from generator.syntax.labels import label_of, label_parts
from generator.syntax.merge import lookup
from generator.system.files import roots

Key = tuple[str, str]
"""A service, and an environment with its destination."""
Placed = Mapping[str, Mapping[Pointer, Comment]]
"""The comments of each file of a workspace, by its path."""


class Remark(NamedTuple):
    """A comment of a values file."""

    pointer: Pointer
    """What it is about, as a pointer of a service; () is all of the file."""
    instead: Pointer
    """What it is about if fields of the spec took the place of that; () is nothing."""
    comment: Comment
    path: str
    line: int


class _Slot(NamedTuple):
    """A part of a file that says something of services."""

    path: str
    at: Pointer
    """Where it is in the file."""
    data: Any
    keys: frozenset[Key]
    below: Pointer = ()
    """What of a service it has; () is all."""

    def place(self, pointer: Pointer) -> Pointer:
        """Return the pointer in the file of a pointer of a service; empty if the part does not say it."""
        inside = pointer[len(self.below) :] if pointer[: len(self.below)] == self.below else None
        if inside is None or not lookup(self.data, inside)[0]:
            return ()
        is_block = not pointer and self.at[-2:-1] != ("environments",)  # a file as a whole is about the values
        return (*self.at, "values") if is_block and "values" in self.data else (*self.at, *inside)


def of_parts(found: Found, parts: Sequence[Part], lifted: Lifted | None) -> list[Remark]:
    """Return the comments of the values of an Application that go into a spec."""
    main = parts[0]
    if not isinstance(main, FromHelm):
        return []
    whole: list[Remark] = []
    remarks: dict[Pointer, Remark] = {}
    kept = kept_in_chart(main)
    for (root, path), layer in zip(main.files[kept:], main.layers[kept:], strict=True):
        place = roots.below(posixpath.join(root, path), roots.absolute(".")) if path else found.path
        remarks = {at: one for at, one in remarks.items() if not _is_replaced(at, layer.data)}
        at = (*found.at, *main.pointer, "helm", "valuesObject")
        is_block = not path and found.source is not None and lookup(found.source.data, at)[0]
        said = comments.of_block(found.source, at) if found.source and is_block else comments.of(layer.text)
        lines = _lines(layer.text) if path and said else {}
        for pointer, comment in said.items():
            moved, instead = _moved(pointer, lifted)
            one = Remark(moved, instead, comment, place, lines.get(comment.lines[0], 1) if path else found.line)
            if pointer:
                remarks.pop(moved, None)
                remarks[moved] = one
            else:
                whole.append(one)
    return [*whole, *remarks.values()]


def _lines(text: str) -> dict[str, int]:
    """Return the first line of each comment of a text."""
    found: dict[str, int] = {}
    for number, line in enumerate(text.split("\n"), 1):
        start = -1
        for _ in range(_MOST_MARKS):
            start = line.find("#", start + 1)
            if start < 0:
                break
            found.setdefault(line[start:].rstrip("\r").replace("\t", " "), number)
    return found


_MOST_MARKS = 20
"""Places in a line that are taken for the start of its comment."""


def _is_replaced(pointer: Pointer, above: Mapping[str, Any]) -> bool:
    """Tell whether a comment is in a list that a file above replaces."""
    index = next((number for number, part in enumerate(pointer) if isinstance(part, int)), 0)
    return bool(index) and lookup(above, pointer[1:index])[0]


def _moved(pointer: Pointer, lifted: Lifted | None) -> tuple[Pointer, Pointer]:
    """Return the pointer in a service of a value, and of the field of the spec that has what was below it."""
    moved: Mapping[Path, Pointer] = lifted.moved if lifted else {}
    for end in range(len(pointer), 0, -1):
        field = moved.get(tuple(map(str, pointer[:end])))
        if field:
            return (*field, *pointer[end:]), field[:1]
    path = tuple(map(str, pointer))
    instead = next((field[:1] for inner, field in moved.items() if path and inner[: len(path)] == path), ())
    return ("values", *pointer) if pointer else (), instead


def placed(said: Mapping[Key, Sequence[Remark]], layers: Layers, presets: Presets) -> tuple[Placed, list[Note]]:
    """Return the comments of all files, and those that are about nothing in the workspace."""
    slots = list(_slots(said.keys(), layers, presets))
    of_key: dict[Key, list[int]] = {}
    for number, slot in enumerate(slots):
        for key in slot.keys:
            of_key.setdefault(key, []).append(number)
    cells: dict[tuple[Pointer, Pointer, Comment], dict[Key, Remark]] = {}
    for key in sorted(said, key=lambda key: of_key[key]):
        for one in said[key]:
            cells.setdefault((one.pointer, one.instead, one.comment), {})[key] = one
    found: dict[str, dict[Pointer, Comment]] = {}
    lost: dict[tuple[str, int], Note] = {}
    for (pointer, instead, comment), here in cells.items():
        near = [slots[number] for number in sorted({number for key in here for number in of_key[key]})]
        chosen = [(slot, slot.place(pointer)) for slot in _chosen(pointer, frozenset(here), near)]
        if not chosen and instead:
            chosen = [(slot, slot.place(instead)) for slot in _chosen(instead, frozenset(here), near)]
        for slot, at in chosen:
            notes = found.setdefault(slot.path, {})
            notes[at] = notes[at].and_also(comment) if at in notes else comment
        for one in here.values() if not chosen else ():
            lost.setdefault((one.path, one.line), _lost(one))
    return found, list(lost.values())


def _chosen(pointer: Pointer, keys: frozenset[Key], slots: Sequence[_Slot]) -> Iterator[_Slot]:
    """Yield where a comment of some cells goes: the most general parts that are about these alone, else the most special."""
    left = keys
    fitting = [slot for slot in slots if slot.keys & keys and slot.place(pointer)]
    for slot in fitting:
        if slot.keys <= keys and slot.keys & left:
            left -= slot.keys
            yield slot
    for slot in reversed(fitting):
        if slot.keys & left:
            left -= slot.keys
            yield slot


def _lost(one: Remark) -> Note:
    return Note(
        one.path, one.line, f"comment `{one.comment.lines[0]}`", "the workspace does not have the value that it is about"
    )


def _slots(every: Sequence[Key] | Any, layers: Layers, presets: Presets) -> Iterator[_Slot]:
    """Yield the parts of all files, the most general first."""
    keys = list(every)
    extended = {name: [name, *spec.get("extends", ())] for name, spec in layers.environments.items()}
    wide = [*layers.abstract, *(name for name in layers.environments if name not in layers.abstract)]
    for name in wide:
        defaults = layers.environments[name].get("defaults")
        of = frozenset(key for key in keys if name in extended[label_parts(key[1])[0]])
        if defaults and of:
            yield _Slot(f"environments/{name}.yaml", ("spec", "defaults"), defaults, of)
    for service, spec in layers.services.items():
        mine = frozenset(key for key in keys if key[0] == service)
        path = f"services/{service}/pipeline.yaml"
        if mine:
            yield _Slot(path, ("spec",), spec, mine)
        for environment, block in spec.get("environments", {}).items():
            at: Pointer = ("spec", "environments", environment)
            yield _Slot(path, at, block, frozenset(key for key in mine if label_parts(key[1])[0] == environment))
            for name, own in block.get("destinations", {}).items():
                key = (service, label_of(environment, name))
                yield _Slot(path, (*at, "destinations", name), own, mine & {key})
    for name, block in presets.items():
        of = frozenset(key for key in keys if _preset(layers, key) == name)
        yield _Slot(f"strategies/{name}.yaml", ("spec",), block, of, ("rollout",))


def _preset(layers: Layers, key: Key) -> Any:
    """Return the preset that a service names in an environment."""
    spec = layers.services.get(key[0], {})
    blocks = (spec.get("environments", {}).get(label_parts(key[1])[0], {}), spec)
    return next((name for block in blocks if (name := (block.get("rollout") or {}).get("preset"))), None)
