"""What specs generate: plain data, so that it can come from another process."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

from generator.diagnostics import Severity
from generator.kubernetes.applications import place_of
from generator.lint.users import ADMISSION
from generator.pipeline.drift import Wanted
from generator.service.build import Built
from generator.service.chart import NOT_CHECKED
from generator.service.chart_objects import FindTemplate
from generator.service.claims import claims_of
from generator.service.dependencies import runs
from generator.syntax.labels import label_of
from generator.syntax.named_tuples import NamedTuple
from generator.workspace.model import ServiceSpec

if TYPE_CHECKING:
    from generator.diagnostics import Diagnostic
    from generator.pipeline.depending import Declared
    from generator.syntax.reader.ignores import Ignore
    from generator.system.files.watching import Question

Item = TypeVar("Item")

Look = Callable[[ServiceSpec, Sequence[Built], FindTemplate, Mapping[str, Wanted]], object]
"""Called for each service, with its results per environment, the templates, and its files by path."""


ApplicationName = tuple[str, str, str]
"""What is unique: the instance of Argo CD, the namespace and the name of an Application."""


class Claim(NamedTuple):
    """The names that one service in one environment claims, and that no other may use."""

    path: str
    service: str
    environment: str
    application: ApplicationName
    objects: tuple[tuple[str, str, str, str], ...]
    """Cluster, namespace, kind and name of what no other service may have there."""
    destination: str = ""
    file: str = ""
    """The path of the Application."""
    runs: str = ""
    """The version by which other services need this one."""

    @property
    def place(self) -> str:
        """Where the service is deployed to, for people: the environment, and the destination if it has several."""
        return label_of(self.environment, self.destination)


def claim_of(built: Built) -> Claim:
    """Return the names that a service claims in an environment."""
    facts, resolved = built.application, built.resolved
    cluster, namespace = place_of(built.deployed, facts["instance"])
    return Claim(
        resolved.spec.source.path,
        resolved.service,
        resolved.environment.name,
        (facts["instance"], facts["namespace"], facts["name"]),
        tuple((cluster, where, kind, name) for where, kind, name in claims_of(built, namespace)),
        resolved.environment.destination,
        built.documents[0].path,
        runs(resolved.data),
    )


class Generated(NamedTuple):
    """What some specs generate, and everything that was found wrong on the way."""

    names: tuple[tuple[str, str], ...]
    """(service, path of the spec) of every spec, requested or not."""
    claims: tuple[Claim, ...]
    files: dict[str, Wanted]
    problems: tuple[Diagnostic, ...]
    ignores: dict[str, tuple[Ignore, ...]]
    """Suppression comments, by path."""
    seen: tuple[object, ...]
    """The results of `look` for every service."""
    read: frozenset[str]
    """The files that were read for the first time, of those that specs share."""
    declared: tuple[Declared, ...] = ()
    """Which services are deployed where, and what they need of each other."""
    rendered: tuple[Built, ...] = ()
    """What Helm or kustomize has to render; empty in a run that renders nothing."""
    is_first: bool = False
    """Whether something is told of a file that specs share, as this is the first of them."""
    asked: frozenset[Question] = frozenset()
    """What was asked of the disk, for this spec or before it for others; known while a run is watched."""


def joined(parts: Sequence[Generated]) -> Generated:
    """Return the results of several groups of specs as one."""
    if len(parts) == 1:
        return parts[0]
    return Generated(
        _flat(part.names for part in parts),
        _flat(part.claims for part in parts),
        {path: file for part in parts for path, file in part.files.items()},
        _once(_flat(part.problems for part in parts)),
        {path: found for part in parts for path, found in part.ignores.items()},
        _flat(part.seen for part in parts),
        frozenset().union(*(part.read for part in parts)),
        _flat(part.declared for part in parts),
        _flat(part.rendered for part in parts),
        any(part.is_first for part in parts),
    )


def is_undecided(problem: Diagnostic) -> bool:
    """Tell whether a problem is what cannot be decided of an admission policy: each service tells it, and one is shown."""
    return problem.rule == ADMISSION and problem.severity is Severity.NOTE and not (problem.service or problem.environment)


def _once(problems: Sequence[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return problems with the first alone of those that each process, or each service, tells once for all."""
    seen: set[tuple[str, str]] = set()
    found = []
    for one in problems:
        if one.rule == NOT_CHECKED or is_undecided(one):
            told = ("" if one.rule == NOT_CHECKED else one.path, one.message)
            if told in seen:
                continue
            seen.add(told)
        found.append(one)
    return tuple(found)


def _flat(groups: Iterable[Sequence[Item]]) -> tuple[Item, ...]:
    return tuple(item for group in groups for item in group)
