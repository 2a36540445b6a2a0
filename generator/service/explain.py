"""Explain where a value of a service comes from: the layer that sets it, those it overrides, and the policy."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from generator.diagnostics import Pointer, Span, dotted
from generator.errors import ConfigError
from generator.service.build import Built
from generator.service.resolve import ITSELF
from generator.syntax.merge import lookup, merge
from generator.syntax.reader import Source
from generator.syntax.secrets.masking import masked
from generator.syntax.wording import listed, suggestion
from generator.workspace.model import Environment, Layer

_TOKEN = re.compile(r"\.?([A-Za-z0-9_/-]+)|\[(\d+)\]|\[\"([^\"]+)\"\]")

_BOUNDS: tuple[tuple[Pointer, str], ...] = (
    (("image", "tag"), "imageTag"),
    (("replicas",), "replicas"),
    (("autoscaling",), "replicas"),
    (("chart", "version"), "chartVersion"),
    (("rollout",), "rollout"),
    (("argocd",), "argocd"),
)
"""Which part of the environment's policy applies to which part of a service."""


class Word(NamedTuple):
    """The value that one layer sets."""

    layer: str
    source: Source
    span: Span
    value: Any
    removes: bool = False
    """Whether it takes an inherited value away, by a null; there is one field in which null is itself a value."""


class Explanation(NamedTuple):
    """The origin of one value."""

    found: bool
    value: Any
    derived: bool
    """Whether no layer sets it and Tiphys derives it."""
    words: tuple[Word, ...]
    """The layers that set it, the winning one first."""
    bounds: tuple[Word, ...]
    """The policy of the environment that applies to it."""


def pointer_of(text: str) -> Pointer | None:
    """Parse a path such as `values.ingress.hosts[0]` into a pointer; None if it is malformed."""
    pointer: list[str | int] = []
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            return None
        name, index, quoted = match.groups()
        pointer.append(int(index) if index else name or quoted)
        position = match.end()
    return tuple(pointer) if pointer else None


def explain(built: Built, pointer: Pointer) -> Explanation:
    """Explain a value of a service in an environment."""
    resolved = built.resolved
    argocd = {"argocd": _argocd(built)} if pointer[:1] == ("argocd",) else {}
    found, value = lookup(masked({**resolved.data, **argocd}), pointer)
    derived = False
    if not found and pointer[:2] == ("rollout", "strategy"):
        found, value = lookup(built.strategy, pointer[2:])
        derived = found
    words = tuple(
        _words((*_environment_layers(resolved.environment), *resolved.layers) if argocd else resolved.layers, pointer)
    )
    derived = derived or (bool(argocd) and found and not words)
    return Explanation(found, value, derived, words, tuple(_bounds(built, pointer)))


def _argocd(built: Built) -> dict[str, Any]:
    """Return the `argocd` of a service as its Application has it: the environment's with that of the service over it."""
    resolved = built.resolved
    below = {key: value for key, value in resolved.environment.spec["argocd"].items() if key not in _OF_ENVIRONMENT}
    return {**merge(below, resolved.argocd, []), **{name: built.application[fact] for name, fact in _FACTS.items()}}


_OF_ENVIRONMENT = ("destinations", "waves", "omit")
_FACTS = {
    "applicationName": "name",
    "releaseName": "release",
    "namespace": "namespace",
    "project": "project",
    "destination": "destination",
}
"""The fields of `argocd` that the input of the Application's template holds with their placeholders replaced."""


def _environment_layers(environment: Environment) -> Iterator[Layer]:
    """Yield the `argocd` of the files of an environment, which is below all layers of a service."""
    at: Pointer = ("spec", "argocd")
    for part in environment.parts:
        given = part.data["spec"].get("argocd")
        if given is not None:
            yield Layer(f"environment {environment.name}", part, at, {"argocd": given}, strip=1)
        if given and environment.destination in (given.get("destinations") or {}):
            own = {"argocd": {"destination": given["destinations"][environment.destination]}}
            name = f"environment {environment.name}: destination {environment.destination}"
            yield Layer(name, part, (*at, "destinations", environment.destination), own, strip=2)


def _words(layers: tuple[Layer, ...], pointer: Pointer) -> list[Word]:
    words: list[Word] = []
    for layer in reversed(layers):
        depth = _reached(layer.data, pointer)
        value = lookup(masked(layer.data), pointer[:depth])[1]
        if depth == len(pointer) or value is None:  # a parent that is removed removes this value as well
            at = layer.locate(pointer[:depth])
            removes = value is None and pointer[:depth] != ITSELF
            words.append(Word(layer.title, layer.source, layer.source.span_of(at), value, removes))
        if layer.restarts_rollout and pointer[:1] == ("rollout",):
            break
    return words


def _reached(data: Any, pointer: Pointer) -> int:
    """Return how many parts of a pointer exist in the data."""
    depth = 0
    while depth < len(pointer) and lookup(data, pointer[: depth + 1])[0]:
        depth += 1
    return depth


def _bounds(built: Built, pointer: Pointer) -> list[Word]:
    environment = built.resolved.environment
    found: list[Word] = []
    if pointer[:1] == ("images",):  # the policy on tags is for every image
        pointer = ("image", *pointer[2:])
    for about, field in _BOUNDS:
        if field in environment.policy and (pointer[: len(about)] == about or about[: len(pointer)] == pointer):
            found += _of_policy(environment, field)
    return found


def _of_policy(environment: Environment, field: str) -> Iterator[Word]:
    """Yield what each file of an environment sets of a field of its policy, and no file above it does."""
    at, whole = ("spec", "policy", field), environment.policy[field]
    for part in reversed(environment.parts):
        if isinstance(whole, dict):
            value = {key: one for key, one in whole.items() if environment.part((*at, key)) is part}
        else:
            value = whole if environment.part(at) is part else {}
        if value or (not whole and part is environment.part(at)):
            yield Word(f"policy.{field}", part, part.span_of(at), value)


def not_set(built: Built, path: str, pointer: Pointer) -> ConfigError:
    """Return the error for a value that nothing sets; `path` is how the user wrote the pointer."""
    above, known = _known_below(built, pointer)
    missing = pointer[len(above)]
    where = f"`{dotted(above)}`" if above else "the service"
    hint = suggestion(str(missing), known, f"it has {listed(known)}" if known else "it is a single value")
    return ConfigError(f"`{path}` is not set: {where} has no `{missing}`", hint)


def _known_below(built: Built, pointer: Pointer) -> tuple[Pointer, list[str]]:
    """Return the longest prefix of a pointer that exists, and the keys below it."""
    data = {**built.resolved.data, "argocd": _argocd(built)}
    depth = _reached(data, pointer)
    node = lookup(data, pointer[:depth])[1]
    return pointer[:depth], [str(key) for key in node] if isinstance(node, dict) else []
