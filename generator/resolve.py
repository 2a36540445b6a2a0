"""Spec and environment to one resolved service, and back from a value to who said it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from generator import placeholders
from generator.diagnostics import Pointer, Span, dotted
from generator.merge import Clash, lookup, merge, null_in_list
from generator.model import Environment, Layer, Preset, Problem, Resolved, ServiceSpec
from generator.placeholders import UnknownPlaceholderError

CHART_FIELDS = ("name", "version", "profile")
STRATEGIES = ("canary", "blueGreen")


class UnresolvedError(Exception):
    """The layers do not make one service; `problems` says why, `layers` is what there is to point at."""

    def __init__(self, problems: Sequence[Problem], layers: tuple[Layer, ...]) -> None:
        super().__init__(f"{len(problems)} problem(s)")
        self.problems = tuple(problems)
        self.layers = layers


def resolve(spec: ServiceSpec, environment: Environment, presets: Mapping[str, Preset]) -> Resolved:
    """Return the service as it is in this environment; raises UnresolvedError."""
    problems: list[Problem] = []
    layers = tuple(_layers(spec, environment, presets, problems))
    data: dict[str, Any] = {}
    for layer in layers:
        data = _apply(data, layer, problems)
    if problems:
        raise UnresolvedError(problems, layers)
    return Resolved(spec.name, environment, spec, data, layers)


def _layers(
    spec: ServiceSpec, environment: Environment, presets: Mapping[str, Preset], problems: list[Problem]
) -> Iterator[Layer]:
    known = placeholders.known_for(spec.name, environment.name, spec.labels)
    for layer in _plain_layers(spec, environment):
        data = layer.data
        if layer.source is environment.source:
            data = _expanded(layer, known, problems)
        rollout = data.get("rollout")
        name = rollout.get("preset") if isinstance(rollout, dict) else None
        if name is not None:
            preset = presets.get(name)
            if preset is None:
                problems.append(_unknown_preset(layer, str(name), presets))
            else:
                raw = {"rollout": preset.spec}
                named_at = ("rollout", "preset")
                expanded = Layer(f"preset {name}", preset.source, ("spec",), raw, 1, True, layer.locate(named_at))
                yield expanded._replace(data=_expanded(expanded, known, problems))
        yield layer._replace(data=data)


def _plain_layers(spec: ServiceSpec, environment: Environment) -> Iterator[Layer]:
    chart = environment.spec.get("chart") or {}
    named = {field: chart[field] for field in CHART_FIELDS if chart.get(field) is not None}
    where = f"environment {environment.name}"
    yield Layer(f"{where}: chart", environment.source, ("spec",), {"chart": named} if named else {})
    defaults = environment.spec.get("defaults")
    if defaults:
        yield Layer(f"{where}: defaults", environment.source, ("spec", "defaults"), defaults)
    yield Layer("spec", spec.source, ("spec",), {key: spec.spec[key] for key in spec.spec if key != "environments"})
    overlay = spec.environments.get(environment.name)
    if overlay:
        at = ("spec", "environments", environment.name)
        yield Layer(f"spec.environments.{environment.name}", spec.source, at, overlay)


def _expanded(layer: Layer, known: dict[str, str], problems: list[Problem]) -> dict[str, Any]:
    try:
        expanded: dict[str, Any] = placeholders.expand_known(layer.data, known)
    except UnknownPlaceholderError as error:
        label = error.name.removeprefix("labels.")
        message = f"{layer.title} asks for the label `{label}`, which this service does not have"
        problems.append(Problem("MR035", (), message, f"add `{label}` to metadata.labels"))
        return layer.data
    return expanded


def _unknown_preset(layer: Layer, name: str, presets: Mapping[str, Preset]) -> Problem:
    from generator.wording import closest, listed

    meant = closest(name, presets)
    hint = f"did you mean `{meant}`?" if meant else f"known presets: {listed(presets)}"
    return Problem("MR033", ("rollout", "preset"), f"there is no rollout preset `{name}`", hint, layer)


def _apply(data: dict[str, Any], layer: Layer, problems: list[Problem]) -> dict[str, Any]:
    null_at = null_in_list(layer.data)
    if null_at is not None:
        message = f"`{dotted(null_at)}` is null inside a list, where there is nothing to remove"
        problems.append(Problem("MR038", null_at, message, "write {} for an empty map, or leave it out", layer))
        return data
    clashes: list[Clash] = []
    merged = merge(_make_way(data, layer), layer.data, clashes)
    problems.extend(_clash(clash, layer) for clash in clashes)
    return merged


def _clash(clash: Clash, layer: Layer) -> Problem:
    message = f"`{dotted(clash.pointer)}` is {_kind(clash.above)} here and {_kind(clash.below)} in a layer below"
    return Problem("MR030", clash.pointer, message, "give it the same shape, or remove it with null further down first", layer)


def _kind(value: Any) -> str:
    return "a map" if isinstance(value, dict) else "a list" if isinstance(value, list) else "a single value"


def _make_way(data: dict[str, Any], layer: Layer) -> dict[str, Any]:
    """Forget what a layer replaces as a whole.

    A strategy of the other kind, any strategy when a preset is named, the version of another chart,
    and the digest of another tag: merged, each would silently deploy what nobody asked for.
    """
    above = layer.data
    rollout, strategy = data.get("rollout"), _strategy(data)
    if rollout and (layer.restarts_rollout or _changes_kind(strategy, _strategy(above))):
        dropped = ("strategy", "preset", "rollbackWindow", "analysisTemplates") if layer.restarts_rollout else ("strategy", "preset")
        data = {**data, "rollout": {key: rollout[key] for key in rollout if key not in dropped}}
    chart, new_chart = data.get("chart"), above.get("chart")
    if chart and isinstance(new_chart, dict) and new_chart.get("name") not in (None, chart.get("name")):
        data = {**data, "chart": {}}
    image, new_image = data.get("image"), above.get("image")
    if image and "digest" in image and isinstance(new_image, dict) and new_image.get("tag") not in (None, image.get("tag")):
        data = {**data, "image": {key: image[key] for key in image if key != "digest"}}
    return data


def _strategy(data: Mapping[str, Any]) -> dict[str, Any]:
    rollout = data.get("rollout")
    strategy = rollout.get("strategy") if isinstance(rollout, dict) else None
    return strategy if isinstance(strategy, dict) else {}


def _changes_kind(below: Mapping[str, Any], above: Mapping[str, Any]) -> bool:
    kinds = {kind for kind in STRATEGIES if above.get(kind) is not None}
    return bool(kinds) and not kinds & below.keys() and any(kind in below for kind in STRATEGIES)


class Origin(NamedTuple):
    """Who said a value: the layer, and the place of the key and the value in its file."""

    layer: Layer
    key: Span
    value: Span


def origins(layers: Sequence[Layer], pointer: Pointer) -> Iterator[Origin]:
    """Yield who gave the value at a pointer of a resolved service: the winner first, then whom it overrode."""
    for layer in reversed(layers):
        found, value = lookup(layer.data, pointer)
        if found and value is not None:
            at = layer.locate(pointer)
            yield Origin(layer, layer.source.span_of_key(at), layer.source.span_of_value(at))
        if layer.restarts_rollout and pointer[:1] == ("rollout",):
            return
