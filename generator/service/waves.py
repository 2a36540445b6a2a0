"""The sync wave of an Application: that of the service itself, and that of the destination, added up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from generator.diagnostics import Pointer
from generator.kubernetes.phases import WAVE, number
from generator.service.resolve import DESTINATIONS, of_destination
from generator.syntax.merge import lookup
from generator.workspace.destinations import waves_of
from generator.workspace.model import Problem, Resolved

_AT: Pointer = ("argocd", "annotations", WAVE)


def with_wave(annotations: Mapping[str, str], wave: int) -> dict[str, str]:
    """Return annotations with the wave of a destination added to that of the service.

    So both orders hold: between services, and between destinations. A wave that is not a number is left as it is.
    """
    own = number(annotations.get(WAVE, "0"))
    return {**annotations, WAVE: str(own + wave)} if wave and own is not None else dict(annotations)


def broken_order(resolved: Resolved) -> Iterator[Problem]:
    """Yield a problem if a spec sets a sync wave for one destination, which then is not in its wave of the environment."""
    environment = resolved.environment
    layer = next((one for one in reversed(resolved.layers) if of_destination(one) and lookup(one.data, _AT)[0]), None)
    if layer is None:
        return
    waves = waves_of(environment)
    own = {name: _own(resolved, name) + wave for wave, members in enumerate(waves) for name in members}
    here = own[environment.destination]
    for wave, members in enumerate(waves):
        for name in members:
            early, late = (name, environment.destination) if wave < environment.wave else (environment.destination, name)
            if wave != environment.wave and own[early] >= own[late]:
                message = f"sync wave {here} of `{environment.destination}` is not {'after' if late == environment.destination else 'before'} that of `{name}`, {own[name]}"
                hint = f"remove it: `{environment.name}` deploys to `{early}` before `{late}`"
                yield Problem("TP059", _AT, message, hint, layer)
                return


def _own(resolved: Resolved, destination: str) -> int:
    """Return the wave that a service itself has in a destination, before that of the destination is added."""
    layers = (layer.data for layer in resolved.layers if not of_destination(layer))
    overlays = resolved.spec.environments[resolved.environment.name] or {}
    above: Any = (overlays.get(DESTINATIONS) or {}).get(destination) or {}
    said, value = lookup(above, _AT)
    if not said:
        below = ({"argocd": resolved.environment.spec["argocd"]}, *layers)
        given = [one for data in below if (one := lookup(data, _AT)[1]) is not None]
        value = given[-1] if given else None
    return number(value) or 0
