"""Resolve a spec and an environment into one service, and find the layer that sets a value."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from generator.diagnostics import Pointer, dotted
from generator.service.replaced import make_way, strategy_of
from generator.syntax import placeholders
from generator.syntax.merge import Clash, lookup, merge, null_in_list
from generator.syntax.named_tuples import NamedTuple
from generator.syntax.placeholders import UnknownPlaceholderError
from generator.syntax.wording import listed, suggestion
from generator.workspace.model import NOWHERE, Environment, Layer, Preset, Problem, Repository, Resolved, ServiceSpec

CHART_FIELDS = ("name", "version", "profile")
ITSELF: Pointer = ("chart", "fullname")
"""The one field of a service in which null is a value and removes nothing: the chart then names its objects itself."""


DESTINATIONS = "destinations"
"""The part of `spec.environments.<env>` that is not merged as a whole: the differences of each destination."""


def of_destination(layer: Layer) -> bool:
    """Tell whether a layer is what a spec says of one destination."""
    return layer.at[:2] == ("spec", "environments") and layer.at[3:4] == (DESTINATIONS,)


class UnresolvedError(Exception):
    """The layers cannot be merged; `problems` lists the reasons, `layers` the layers to point at."""

    def __init__(self, problems: Sequence[Problem], layers: tuple[Layer, ...]) -> None:
        super().__init__(f"{len(problems)} problem(s)")
        self.problems = tuple(problems)
        self.layers = layers


class _Ground(NamedTuple):
    """The merged layers of an environment, if they are the same for every service."""

    layers: tuple[Layer, ...]
    data: dict[str, Any]


_Key = tuple[int, Pointer]


class Resolver:
    """Resolves services, and caches what many of them share."""

    def __init__(
        self,
        presets: Mapping[str, Preset],
        is_broken: Callable[[str], bool] = lambda _name: False,
        home: Repository = NOWHERE,
    ) -> None:
        self._presets = presets
        self._home = home
        self._is_broken = is_broken
        self._grounds: dict[str, _Ground | None] = {}
        self._names: dict[_Key, frozenset[str]] = {}
        """The placeholders of layers, by the keys of these."""
        self._last: dict[_Key, tuple[dict[str, str], dict[str, Any]]] = {}
        """The layers with their placeholders replaced, as they were last, and by what."""
        self._spec: tuple[ServiceSpec, Layer] | None = None

    def resolve(self, spec: ServiceSpec, environment: Environment) -> Resolved:
        """Return the service as it is in this environment; raises UnresolvedError."""
        problems: list[Problem] = []
        ground = self._ground(environment)
        known = placeholders.known_for(spec.name, environment.name, spec.labels, environment.destination)
        layers: list[Layer] = list(ground.layers) if ground else []
        data = ground.data if ground else {}
        plain_layers = [] if ground else _environment_layers(environment)
        named = {**known, "fullname": spec.name}
        for plain_layer in (*plain_layers, *self._spec_layers(spec, environment)):
            for layer in self._with_preset(plain_layer, environment, named, problems):
                layers.append(layer)
                data = _apply(data, layer, problems)
        if problems:
            raise UnresolvedError(problems, tuple(layers))
        return Resolved(spec.name, environment, spec, data, tuple(layers), known, self._home)

    def _ground(self, environment: Environment) -> _Ground | None:
        """Return the merged layers of an environment; None if they vary by service or have errors."""
        if environment.name not in self._grounds:
            layers = _environment_layers(environment)
            problems: list[Problem] = []
            found: list[Layer] = []
            if not any(map(self._placeholders, layers)):
                found = [made for layer in layers for made in self._with_preset(layer, environment, None, problems)]
            data: dict[str, Any] = {}
            for layer in found:
                data = _apply(data, layer, problems)
            usable = bool(found) and not problems
            self._grounds[environment.name] = _Ground(tuple(found), data) if usable else None
        return self._grounds[environment.name]

    def _spec_layers(self, spec: ServiceSpec, environment: Environment) -> Iterator[Layer]:
        if self._spec is None or self._spec[0] is not spec:
            data = {key: spec.spec[key] for key in spec.spec if key != "environments"}
            self._spec = (spec, Layer("spec", spec.source, ("spec",), data))
        yield self._spec[1]
        overlay = spec.environments.get(environment.name)
        if not overlay:
            return
        at: Pointer = ("spec", "environments", environment.name)
        title = f"spec.environments.{environment.name}"
        if DESTINATIONS not in overlay:
            yield Layer(title, spec.source, at, overlay)
            return
        yield Layer(title, spec.source, at, {key: overlay[key] for key in overlay if key != DESTINATIONS})
        special = (overlay[DESTINATIONS] or {}).get(environment.destination)
        if special:
            at = (*at, DESTINATIONS, environment.destination)
            yield Layer(f"{title}.{DESTINATIONS}.{environment.destination}", spec.source, at, special)

    def _with_preset(
        self, layer: Layer, environment: Environment, known: dict[str, str] | None, problems: list[Problem]
    ) -> Iterator[Layer]:
        """Yield a layer, and before it the preset that it names; `known` are its placeholders, None without a service."""
        if layer.source is environment.source or any(layer.source is part for part in environment.extended):
            layer = self._expanded(layer, environment, known, problems)
        rollout = layer.data.get("rollout")
        name = rollout.get("preset") if isinstance(rollout, dict) else None
        if name is not None:
            preset = self._presets.get(name)
            if self._is_broken(name):
                raise UnresolvedError((), ())  # the preset itself was already reported
            if preset is None:
                problems.append(_unknown_preset(layer, str(name), self._presets))
            else:
                named_at = layer.locate(("rollout", "preset"))
                data = {"rollout": preset.spec}
                found = Layer(f"preset {name}", preset.source, ("spec",), data, 1, restarts_rollout=True, named_at=named_at)
                yield self._expanded(found, environment, known, problems)
        yield layer

    def _expanded(self, layer: Layer, environment: Environment, known: dict[str, str] | None, problems: list[Problem]) -> Layer:
        key, names = _key(layer), self._placeholders(layer)
        if not names:
            return layer
        if known is None:
            problems.append(Problem("TP035", (), "varies by service"))
            return layer
        wanted = {name: known[name] for name in names if name in known}
        last = self._last.get(key)
        if last and last[0] == wanted:  # as in the last environment, and then the same object, which nobody looks at twice
            return layer._replace(data=last[1], written=layer.data)
        try:
            data = placeholders.expand_known(layer.data, known)
        except UnknownPlaceholderError as error:
            if error.name == "destination":
                message = f"{layer.title} uses `{{destination}}`, but `{environment.name}` has no destinations"
                problems.append(
                    Problem("TP035", ("rollout", "preset"), message, "use another preset, or add `argocd.destinations`")
                )
                return layer
            label = error.name.removeprefix("labels.")
            message = f"{layer.title} uses label `{label}`, which this service does not have"
            problems.append(Problem("TP035", (), message, f"add `{label}` to metadata.labels"))
            return layer
        self._last[key] = (wanted, data)
        return layer._replace(data=data, written=layer.data)

    def _placeholders(self, layer: Layer) -> frozenset[str]:
        """Return the placeholders of a layer of an environment or preset; found once per file."""
        key = _key(layer)
        if key not in self._names:
            self._names[key] = placeholders.names_in(layer.data)
        return self._names[key]


def _key(layer: Layer) -> _Key:
    """Return the key of a layer of an environment or preset: its file, and where in it."""
    return id(layer.source), layer.at


def _environment_layers(environment: Environment) -> list[Layer]:
    """Return the layers of an environment: the charts of all its files, and above them the defaults of all."""
    parts = [(part, part.data["spec"], f"environment {part.data['metadata']['name']}") for part in environment.extended]
    parts.append((environment.source, environment.source.data["spec"], f"environment {environment.name}"))
    charts, defaults = [], []
    for part, spec, title in parts:
        chart = spec.get("chart") or {}
        named = {field: chart[field] for field in CHART_FIELDS if chart.get(field) is not None}
        charts.append(Layer(f"{title}: chart", part, ("spec",), {"chart": named} if named else {}))
        if spec.get("defaults"):
            defaults.append(Layer(f"{title}: defaults", part, ("spec", "defaults"), spec["defaults"]))
    return charts + defaults


def _unknown_preset(layer: Layer, name: str, presets: Mapping[str, Preset]) -> Problem:
    hint = suggestion(name, presets, f"known presets: {listed(presets)}")
    return Problem("TP033", ("rollout", "preset"), f"unknown rollout preset `{name}`", hint, layer)


def _apply(data: dict[str, Any], layer: Layer, problems: list[Problem]) -> dict[str, Any]:
    mistaken = _mistaken_placeholder(layer)
    if mistaken is not None:
        text = lookup(layer.data, mistaken)[1]
        message = f'"{text}" is not replaced here: placeholders only work in environments and presets'
        problems.append(Problem("TP035", mistaken, message, "write the name itself", layer))
    nulls = layer.source.has_nulls
    null_at = null_in_list(layer.data) if nulls else None
    if null_at is not None:
        message = f"`{dotted(null_at)}` is null inside a list, where null cannot remove anything"
        problems.append(Problem("TP038", null_at, message, "write {} for an empty mapping, or remove it", layer))
        return data
    clashes: list[Clash] = []
    merged = merge(make_way(data, layer), layer.data, clashes, nulls=nulls)
    problems.extend(_clash(clash, layer) for clash in clashes)
    if nulls and lookup(layer.data, ITSELF) == (True, None):
        merged = {**merged, "chart": {**merged["chart"], "fullname": None}}
    return merged


def _mistaken_placeholder(layer: Layer) -> Pointer | None:
    """Return where the strategy of a spec has a placeholder, which would reach the cluster unreplaced."""
    if layer.at[:1] != ("spec",) or layer.at[1:2] == ("defaults",) or layer.restarts_rollout or "{" not in layer.source.text:
        return None
    strategy = strategy_of(layer.data)
    return next(placeholders.places_in(strategy, ("rollout", "strategy")), None) if strategy else None


def _clash(clash: Clash, layer: Layer) -> Problem:
    message = f"`{dotted(clash.pointer)}` is {_kind(clash.above)} here and {_kind(clash.below)} in a layer below"
    return Problem("TP030", clash.pointer, message, "use the same type, or remove it with null in a lower layer first", layer)


def _kind(value: Any) -> str:
    return "a mapping" if isinstance(value, dict) else "a list" if isinstance(value, list) else "a single value"


def with_fullname(resolved: Resolved, fullname: str) -> Resolved:
    """Return a service whose presets and environment contain the name of the chart's objects for `{fullname}`.

    It is only known after the layers were merged, because the chart and its values decide it. Until then the layers
    have the name of the service, which is nearly always right.
    """
    if fullname == resolved.service or not any("fullname" in placeholders.names_in(one.written) for one in resolved.layers):
        return resolved
    known = {**resolved.known, "fullname": fullname}
    layers = tuple(
        layer if layer.written is None else layer._replace(data=placeholders.expand_known(layer.written, known))
        for layer in resolved.layers
    )
    return resolved._replace(data=merged(layers), layers=layers)


def merged(layers: Iterable[Layer]) -> dict[str, Any]:
    """Return the data of layers in which no problem was found."""
    data: dict[str, Any] = {}
    for layer in layers:
        data = _apply(data, layer, [])
    return data
