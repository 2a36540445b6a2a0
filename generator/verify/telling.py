"""The findings of a service that Tiphys generates, each at the words of its spec that cause it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from generator.diagnostics import Diagnostic, Pointer, Severity
from generator.kubernetes.objects import KubeObject
from generator.service.build import Built
from generator.service.manifests import placed
from generator.service.place import place
from generator.syntax.merge import lookup
from generator.syntax.secrets.known import NOTHING, Known
from generator.verify.findings import Found, OfChart, OfObject, OfValue, without
from generator.verify.provenance import Provenance
from generator.verify.stream import Stream
from generator.workspace.model import Problem


class Application(NamedTuple):
    """One application as it would be applied."""

    built: Built
    provenance: Provenance
    stream: Stream
    """What Helm made of the chart."""
    made: tuple[KubeObject, ...]
    """The other generated files: manifests, and the Application itself."""
    origin: str
    """The chart, for people."""
    known: Callable[[], Known] = lambda: NOTHING
    """Returns the secrets that went into it, which its findings must not tell."""

    @property
    def objects(self) -> list[KubeObject]:
        """Everything that Argo CD puts into the namespace."""
        return [*self.stream.objects, *(item for item in self.made if item.kind != "Application")]


def told(application: Application, found: Iterable[Found]) -> Iterator[Diagnostic]:
    """Yield findings, each in the file that holds the object or at the words of the spec that made it so."""
    for every in found:
        one = without(every, application.known())
        match one:
            case OfObject():
                placed_there = _of_object(application, one)
                yield placed_there if one.is_of_service else placed_there._replace(service="", environment="")
            case OfValue(path, rule, severity, message, hint, at_key):
                words = application.provenance.of_value(path)
                yield placed_in_spec(application.built, Problem(rule, words, message, hint, at_key=at_key), severity)
            case OfChart(rule, severity, message, hint):
                yield placed_in_spec(application.built, Problem(rule, application.provenance.origin, message, hint), severity)


def placed_in_spec(built: Built, problem: Problem, severity: Severity) -> Diagnostic:
    """Return a problem of a service at its place."""
    resolved = built.resolved
    return place(problem, severity, resolved.spec, resolved.environment, resolved.layers)


def is_plain(item: KubeObject) -> bool:
    """Tell whether an object is a plain manifest of the service, whose fields were checked before Helm was started."""
    return item.source is not None or bool(item.at)


def _of_object(application: Application, found: OfObject) -> Diagnostic:
    built, item, pointer = application.built, found.item, found.pointer
    home = item if is_plain(item) else home_in(built.stock.objects if built.stock else (), item, pointer)
    if home is not None:
        return placed(built.resolved, home, pointer, found.rule, found.severity, found.message, found.hint)
    words = application.provenance.of_object(item, pointer)
    origin = f"rendered by {item.origin}" if item.origin and item.origin not in found.hint else ""
    hint = "; ".join(part for part in (found.hint, origin) if part)
    return placed_in_spec(built, Problem(found.rule, words, found.message, hint, at_key=found.at_key), found.severity)


def home_in(objects: Iterable[KubeObject], item: KubeObject, pointer: Pointer) -> KubeObject | None:
    """Return the one of the objects in the files of a kustomization that a built object comes from.

    None if what is at fault is not in it.
    """
    for one in objects:
        if (one.group, one.kind, one.name) == (item.group, item.kind, item.name) and one.source is not None:
            here, value = lookup(one.source.data, (*one.at, *pointer))
            return one if here and value == lookup(item.data, pointer)[1] else None
    return None
