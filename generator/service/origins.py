"""Where the value at a pointer of a resolved service comes from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from generator.diagnostics import Pointer, Span
from generator.service.resolve import ITSELF
from generator.syntax.merge import lookup
from generator.syntax.named_tuples import NamedTuple
from generator.workspace.model import Layer


class Origin(NamedTuple):
    """The origin of a value: the layer, and the place of the key and the value in its file."""

    layer: Layer
    key: Span
    value: Span


def origins(layers: Sequence[Layer], pointer: Pointer) -> Iterator[Origin]:
    """Yield the origins of the value at a pointer of a resolved service: the winning one first, then those it overrides."""
    for layer in reversed(layers):
        found, value = lookup(layer.data, pointer)
        if found and (value is not None or pointer == ITSELF):
            at = layer.locate(pointer)
            yield Origin(layer, layer.source.span_of_key(at), layer.source.span_of_value(at))
        if layer.restarts_rollout and pointer[:1] == ("rollout",):
            return
