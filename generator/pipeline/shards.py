"""Parts of a workspace for several runners, each of which finds out by itself which specs are its own.

The split follows from the content of the workspace alone: runners do not see what others remember of earlier runs, and
all of them must come to the same split. Each spec is in exactly one shard. What lies between services (names, windows,
dependencies, root Applications, files of no service) is the work of the first shard, which builds the other services as
well, but does not check them; so it gets fewer of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from generator.syntax.named_tuples import NamedTuple
from generator.syntax.reader.words import may_contain
from generator.system import verbose
from generator.system.files import UnreadableFileError
from generator.workspace.destinations import destinations_of

if TYPE_CHECKING:
    from generator.diagnostics import Diagnostic
    from generator.pipeline.inputs import Inputs
    from generator.pipeline.request import Request
    from generator.workspace.model import Environment

MOST = 10_000
"""The most shards of a workspace."""
_BYTES = 4000
"""Bytes of a spec that take as long to read as one Application takes to build and check."""
_BUILD = 0.4
"""What building a service costs, compared with building, checking and comparing it."""
_BUILD_OF_RENDERED = 0.02
"""The same, where Helm or kustomize renders it as well."""


class Shard(NamedTuple):
    """One of several parts of a workspace, by its number from 1."""

    number: int
    of: int

    @property
    def is_first(self) -> bool:
        """Whether it has what lies between services."""
        return self.number == 1

    def __str__(self) -> str:
        return f"shard {self.number}/{self.of}"


class Part(NamedTuple):
    """The specs that a run checks."""

    own: Sequence[str]
    """Their paths, sorted."""
    others: Sequence[str] = ()
    """Those of other shards that this run builds, for what lies between services."""
    is_first: bool = True
    """Whether this run reports what lies between services, and what belongs to none."""

    def tells(self, specs: Collection[str]) -> Callable[[str, str], bool]:
        """Return a function that tells by path and rule whether this run can tell that a finding does not exist."""
        own, every = frozenset(self.own), frozenset(specs)
        return lambda path, rule: path in own if path in every and rule not in BETWEEN_SERVICES else self.is_first

    def of(self, problems: Sequence[Diagnostic], specs: Collection[str]) -> list[Diagnostic]:
        """Return those problems of inputs, found before a spec was read, that this run reports.

        Each shard reports errors: without the input, it would find too little, or too much.
        """
        own, every = frozenset(self.own), frozenset(specs)
        tells = (one.severity == "error" or (one.path in own if one.path in every else self.is_first) for one in problems)
        return [one for one, is_told in zip(problems, tells, strict=True) if is_told]


BETWEEN_SERVICES = frozenset(["TP036", "TP501", "TP502", "TP503", "TP504", "TP505", "TP506"])
"""Rules that look at several services."""


def part_of(inputs: Inputs, request: Request) -> Part:
    """Return the specs of the shard that is requested; all of them without one."""
    shard = request.shard
    if shard is None:
        return Part(inputs.paths)
    costs = {}
    for path in inputs.paths:
        try:
            raw = inputs.loader.raw(path)
        except UnreadableFileError:
            raw = b""  # reported when it is read as a spec
        if not raw or not request.services or may_contain(raw, request.services):
            costs[path] = cost(raw, inputs.environments, request.environments)
    parts = split(costs, shard.of, _BUILD_OF_RENDERED if request.on_built else _BUILD)
    own = parts[shard.number - 1]
    if verbose.is_on():
        from generator.pipeline.telling import tell_part

        tell_part(own, inputs.paths, str(shard))
    if not shard.is_first:
        return Part(own, is_first=False)
    return Part(own, sorted(path for part in parts[1:] for path in part))


def cost(raw: bytes, environments: Mapping[str, Environment], wanted: Collection[str]) -> float:
    """Return what a spec costs to check: 1 for each Application, and the time to read it. It is not parsed for that."""
    after = raw.rpartition(b"environments:")[2]
    named = (name for name in environments if name.encode() in after and (not wanted or name in wanted))
    return len(raw) / _BYTES + sum(max(1, len(destinations_of(environments[name]))) for name in named)


def split(costs: Mapping[str, float], count: int, build: float) -> list[list[str]]:
    """Return `count` lists of sorted paths with about the same costs; `build` is the part of a cost that the first pays for all.

    The most expensive come first, each to the shard that then has least to do.
    """
    from heapq import heapify, heapreplace

    parts: list[list[str]] = [[] for _ in range(count)]
    first = build * sum(costs.values())
    others = [(0.0, number) for number in range(1, count)]
    heapify(others)
    for path, price in sorted(costs.items(), key=lambda item: (-item[1], item[0])):
        more = (1 - build) * price
        if not others or first + more <= others[0][0] + price:
            first += more
            parts[0].append(path)
        else:
            load, number = others[0]
            heapreplace(others, (load + price, number))
            parts[number].append(path)
    return [sorted(part) for part in parts]
