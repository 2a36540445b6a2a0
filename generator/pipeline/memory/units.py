"""What one spec generates, as data that can be kept: everything but the content of its files, which are on disk."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from generator.diagnostics import Diagnostic, Fix, Named, Pointer, Severity, Span
from generator.errors import ConfigError
from generator.pipeline.depending import Declared
from generator.pipeline.drift import Wanted
from generator.pipeline.generated import Claim, Generated
from generator.pipeline.memory.questions import text_of
from generator.pipeline.memory.record import Data
from generator.service.chart import NOT_CHECKED
from generator.service.dependencies import Dependency
from generator.syntax.named_tuples import NamedTuple
from generator.syntax.reader.ignores import Ignore
from generator.system.files import Folder, UnreadableFileError
from generator.system.states import digest

_MOST_MEANT = 50
"""Suggestions, which have a budget, beyond which what a run suggests may depend on what else it found."""
_FILES, _ASKED = 2, 6


class OnDisk(Wanted):
    """A file that is on disk as it is wanted; it is read when its content is asked for."""

    path: str
    root: str
    mark: str
    """What the command has made of its content."""

    @classmethod
    def at(cls, root: str, path: str, fields: Sequence[str]) -> OnDisk:
        """Return the file at a path below a root, of the fields in data."""
        origin, environment, service, destination, mark, _ = fields
        made = cls(origin, environment, service, b"", destination)
        made.root, made.path, made.mark = root, path, mark
        return made

    @property
    def content(self) -> bytes:
        """The content; raises ConfigError if it is gone by now."""
        try:
            return Folder(self.root).read(self.path)
        except UnreadableFileError as error:
            raise ConfigError(error.about(self.path), error.hint or "run the command again") from None


class Extras(NamedTuple):
    """What a command keeps with each unit."""

    seen: Callable[[Data], object] | None = None
    """Makes what it has seen of a service from data, and raises a TypeError, ValueError or LookupError for other data.

    None if it looks at none.
    """
    data: Callable[[object], Any] = lambda seen: seen
    """Makes data of what it has seen of a service; raises a TypeError for what cannot be kept."""
    mark: Callable[[bytes], str] = lambda _content: ""
    """Makes what it needs to know of the content of a file."""


NO_EXTRAS = Extras()


def can_be_kept(units: Iterable[Generated], extras: Extras) -> bool:
    """Tell whether each unit is the same whatever the others are, and is nothing but data."""
    every = list(units)
    told = [problem for unit in every for problem in unit.problems]
    alone = not any(unit.is_first or unit.rendered or (unit.seen and not extras.seen) for unit in every)
    meant = sum("did you mean" in problem.message or "did you mean" in problem.hint for problem in told)
    return alone and meant <= _MOST_MEANT and not any(problem.rule == NOT_CHECKED for problem in told)


def data_of(unit: Generated, path: str, root: str, extras: Extras) -> Data:
    """Return the unit of the spec at a path of a workspace with that root, as data."""
    files = [
        [path, *one[:3], one.destination, extras.mark(one.content), digest(one.content).hex()]
        for path, one in unit.files.items()
    ]
    problems = [[*one[:6], _named(one.pointer), *one[7:]] for one in unit.problems]
    declared = [[*one[:3], [[*needed[:2], _named(needed.at)] for needed in one.needs]] for one in unit.declared]
    return [
        unit.names,
        unit.claims,
        files,
        problems,
        list(unit.ignores.items()),
        list(map(extras.data, unit.seen)),
        text_of((one for one in unit.asked if one.path != path), root),
        declared,
    ]


def unit_of(data: Data, root: str, read: frozenset[str], extras: Extras) -> Generated:
    """Return the unit in data, for which files were read; raises TypeError, ValueError or LookupError for other data."""
    names, claims, files, problems, ignores, seen, _, declared = data
    return Generated(
        tuple((service, path) for service, path in names),
        tuple(_claim(*one) for one in claims),
        {path: OnDisk.at(root, path, fields) for path, *fields in files},
        tuple(_problem(*one) for one in problems),
        {path: tuple(_ignore(*one) for one in found) for path, found in ignores},
        tuple(extras.seen(one) for one in seen) if extras.seen else (),
        read,
        tuple(_declared(*one) for one in declared),
    )


def digests(data: Data) -> list[tuple[str, bytes]]:
    """Return the path of each file in data, and the digest of its content; raises what unit_of does."""
    return [(path, bytes.fromhex(wanted)) for path, *_, wanted in data[_FILES]]


def asked(data: Data) -> str:
    """Return what was asked of the disk for a unit, but for its spec, as text; raises what unit_of does."""
    return str(data[_ASKED])


def _claim(path: str, service: str, environment: str, application: Data, objects: Data, *rest: str) -> Claim:
    instance, namespace, name = application
    claimed = tuple((cluster, where, kind, called) for cluster, where, kind, called in objects)
    return Claim(path, service, environment, (instance, namespace, name), claimed, *rest)


def _problem(path: str, span: Data, rule: str, severity: str, *rest: Any) -> Diagnostic:
    message, hint, pointer, service, environment, fix, origin = rest
    return Diagnostic(
        path,
        Span(*span),
        rule,
        Severity(severity),
        message,
        hint,
        _pointer(pointer),
        service,
        environment,
        Fix(*fix) if fix else None,
        (origin[0], Span(*origin[1])) if origin else None,
    )


def _ignore(path: str, span: Data, about: int, word: str, rules: Data, has_reason: bool) -> Ignore:
    return Ignore(path, Span(*span), about, word, tuple(rules), has_reason)


def _declared(path: str, service: str, environment: str, needs: Data) -> Declared:
    found = tuple(Dependency(name, version, _pointer(at)) for name, version, at in needs)
    return Declared(path, service, environment, found)


def _named(pointer: Pointer) -> Data:
    """Return a pointer as data, in which a part that is named is told from a key."""
    return [[str(part)] if isinstance(part, Named) else part for part in pointer]


def _pointer(parts: Sequence[Any]) -> Pointer:
    return tuple(Named(part[0]) if isinstance(part, list) else part for part in parts)
