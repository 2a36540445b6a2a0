"""What Helm says of values that do not match the schema of a chart, in one wording for all of its versions.

Up to Helm 3.17 the words are those of gojsonschema, a line for each fault: `- image.tag: Invalid type. Expected: string,
given: integer`. From Helm 3.18 on, and in Helm 4, they are those of santhosh-tekuri/jsonschema, a tree by indentation,
with the faults as its leaves: `- at '/image/tag': got number, want string`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from generator.syntax.schema.values import TYPES

ValuePath = tuple[str | int, ...]


class Fault(NamedTuple):
    """One fault of the values."""

    path: ValuePath
    """The value that is at fault; of an unknown one, what it is in."""
    said: str
    unknown: str = ""
    """The key that the schema does not have."""
    misnamed: str = ""
    """The key whose name the schema does not permit."""


def faults(text: str) -> list[Fault]:
    """Return the faults that Helm lists in a text; empty if it lists none."""
    lines = [_Line(len(match["in"]), _pointed(match["path"]), match["said"].strip()) for match in _TREE.finditer(text)]
    found = list(_leaves(lines)) if lines else _meant([Fault(*item) for item in _listed(text)])
    return of_right_kind(each for fault in found for each in _each(fault))


def of_right_kind(found: Iterable[Fault]) -> list[Fault]:
    """Return faults, each once; of a value of a wrong type, nothing else is told."""
    each = list(dict.fromkeys(found))
    wrong = {one.path for one in each if _KIND.match(one.said)}
    return [one for one in each if one.path not in wrong or _KIND.match(one.said)]


class _Line(NamedTuple):
    depth: int
    path: ValuePath
    said: str


_LIST = re.compile(r"^- (?P<path>\(root\)|[^:\s]+): (?P<said>.+)$", re.MULTILINE)
_TREE = re.compile(r"^(?P<in> *)- at '(?P<path>[^'\n]*)': (?P<said>.+)$", re.MULTILINE)
_GROUP = re.compile(r"validation failed$|'allOf' failed$")
_CHOICE = re.compile(r"'(?:anyOf|oneOf)' failed(?:, none matched)?$|Must validate (?:at least one|one and only one) schema \(")
_INDEX = re.compile(r"[0-9]{1,9}\Z")
_KIND = re.compile(r"must be (?P<wanted>[a-z ]+), not (?P<given>[a-z ]+)\Z")


def _listed(text: str) -> Iterator[tuple[ValuePath, str]]:
    for match in _LIST.finditer(text):
        where = match["path"]
        path = () if where == "(root)" else tuple(map(_part, where.split(".")))
        yield path, match["said"].strip().removeprefix(f"{where} ")


def _pointed(path: str) -> ValuePath:
    parts = path.removeprefix("/").split("/") if path else []
    return tuple(_part(part.replace("~1", "/").replace("~0", "~")) for part in parts)


def _part(text: str) -> str | int:
    return int(text) if _INDEX.match(text) else text


def _leaves(lines: Sequence[_Line]) -> Iterator[Fault]:
    """Yield the faults at the leaves of a tree."""
    at = 0
    while at < len(lines):
        line, at = lines[at], at + 1
        if _GROUP.match(line.said):
            continue
        if not _CHOICE.match(line.said) and not _NAME.match(line.said):
            yield Fault(line.path, line.said)
            continue
        end = next((n for n in range(at, len(lines)) if lines[n].depth <= line.depth), len(lines))
        if _NAME.match(line.said):  # what is below says what is wrong with the name, at no place of its own
            yield Fault(line.path, line.said)
        else:
            yield from alternatives(line.path, list(_leaves(lines[at:end])), line.said)
        at = end


def alternatives(path: ValuePath, below: Sequence[Fault], otherwise: str) -> Iterator[Fault]:
    """Yield what is wrong with a value that none of several schemas allows: all kinds, or the one of the right kind."""
    kinds = [_KIND.match(_plain(fault.said)) for fault in below]
    other = [fault for fault, kind in zip(below, kinds, strict=True) if not kind or fault.path != path]
    if other or not below:
        yield from other or [Fault(path, otherwise)]
        return
    wanted = dict.fromkeys(kind["wanted"] for kind in kinds if kind)
    given = next(kind["given"] for kind in kinds if kind)
    yield Fault(path, f"must be {' or '.join(wanted)}, not {given}")


def _meant(found: list[Fault]) -> list[Fault]:
    """Leave out that none of several schemas allows a value, where a fault of the closest one follows, and what a name lacks."""
    named = {one.path for one in found if _NAME.match(one.said)}
    return [
        one
        for one in found
        if not (one.path in named and one.said.startswith("Does not match pattern"))
        if not _CHOICE.match(one.said)
        or not any(other is not one and other.path[: len(one.path)] == one.path for other in found)
    ]


_UNKNOWN = re.compile(r"[Aa]dditional propert(?:y|ies) (?P<keys>.+?) (?:is )?not allowed$")
_NAME = re.compile(r"(?:Property name of|invalid propertyName) (['\"])(?P<key>.+?)\1")
_MISSING = re.compile(r"missing propert(?:y|ies) (?P<keys>.+)$")
_QUOTED = re.compile(r"'([^']*)'")


def _each(fault: Fault) -> Iterator[Fault]:
    """Yield a fault in our words; for each of the keys that it names, one."""
    unknown, missing, name = (pattern.match(fault.said) for pattern in (_UNKNOWN, _MISSING, _NAME))
    if unknown:
        for key in _QUOTED.findall(unknown["keys"]) or [unknown["keys"]]:
            yield Fault(fault.path, "", key)
    elif missing:
        for key in _QUOTED.findall(missing["keys"]):
            yield Fault(fault.path, f"{key} is required")
    elif name:
        yield Fault(fault.path, "", misnamed=name["key"])
    else:
        yield fault._replace(said=_plain(fault.said))


_WORDS = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (r"Invalid type\. Expected: (?P<wanted>.+), given: (?P<given>\w+)$", "kinds"),
        (r"got (?P<given>\w+), want (?P<wanted>.+)$", "kinds"),
        (r"(?:Must be greater than or equal to|minimum: got \S+, want) (\S+)$", r"must be at least \1"),
        (r"(?:Must be less than or equal to|maximum: got \S+, want) (\S+)$", r"must be at most \1"),
        (r"(?:Must be greater than|exclusiveMinimum: got \S+, want) (\S+)$", r"must be greater than \1"),
        (r"(?:Must be less than|exclusiveMaximum: got \S+, want) (\S+)$", r"must be less than \1"),
        (r"(?:String length must be greater than or equal to|minLength: got \S+, want) (\S+)$", r"must be at least \1 long"),
        (r"(?:String length must be less than or equal to|maxLength: got \S+, want) (\S+)$", r"must be at most \1 long"),
        (r"(?:Array must have at least (\d+) items|minItems: got \S+, want (\d+))$", r"must have at least \1\2 items"),
        (r"(?:Array must have at most (\d+) items|maxItems: got \S+, want (\d+))$", r"must have at most \1\2 items"),
        (r"(?:Must have at least (\d+) properties|minProperties: got \S+, want (\d+))$", r"must have at least \1\2 keys"),
        (r"(?:Must have at most (\d+) properties|maxProperties: got \S+, want (\d+))$", r"must have at most \1\2 keys"),
        (r"(?:'.*' d|D)oes not match pattern '?(.*?)'?$", r"does not match the pattern \1"),
        (r"(?:value )?must be one of(?: the following:)? (.+)$", "values"),
        (r"(?:value must be|does not match:) (.+)$", "values"),
        (r"'oneOf' failed, subschemas .* matched$", "matches more than one of the schemas"),
        (_CHOICE.pattern, "matches none of the schemas"),
    )
)


_GIVEN = {"integer": "a number", "boolean": "a boolean"}
"""The types of values that one Helm tells apart and another does not, or that are values themselves in words."""


def of_kind(wanted: Iterable[str], given: str) -> str:
    """Return what is wrong with a value of one type, by the types that a schema allows, which each Helm says in its own order."""
    known = list(TYPES)
    ordered = sorted(wanted, key=lambda kind: known.index(kind) if kind in TYPES else len(known))
    return (
        f"must be {' or '.join(TYPES.get(kind, kind) for kind in ordered)}, not {_GIVEN.get(given) or TYPES.get(given, given)}"
    )


def _plain(said: str) -> str:
    for pattern, words in _WORDS:
        match = pattern.match(said)
        if match and words == "kinds":
            return of_kind(re.split(r"/|, ?| or ", match["wanted"].strip("[]")), match["given"])
        if match and words == "values":
            quoted = match[1].replace("'", '"')
            return f"must be {'one of ' if ',' in quoted else ''}{quoted}"
        if match:
            return re.sub(r"\b1 (item|key)s", r"1 \1", match.expand(words))
    return said
