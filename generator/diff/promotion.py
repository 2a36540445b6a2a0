"""Preview what a promotion would change in the deployment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from generator.diff import Comparison
from generator.diff.compare import Filter
from generator.diff.contents import compare_contents
from generator.diff.rendered.pairs import Render
from generator.errors import RefusedError
from generator.history.edits import spliced
from generator.history.fleet import Fleet
from generator.history.promotion import Pair, promotion, standing, staying, unasked
from generator.history.ranges import Ranges
from generator.syntax.edit import RefusedEditError


class Preview(NamedTuple):
    """What a promotion would change, and what is to be said of it: what is left out, and why it would be refused."""

    comparison: Comparison
    warnings: tuple[str, ...] = ()


def preview(
    root: str, source: str, target: str, services: Sequence[str], render: Render | None = None, ranges: Ranges | None = None
) -> Preview:
    """Return what promoting the versions of A changes in B, for some services or for all that are in both.

    Nothing is written, and no precondition is checked: the promotion itself does that. Without `ranges`, charts
    that A takes by a range stay as they are. Raises ConfigError and RefusedError.
    """
    fleet = Fleet(root, writes=False)
    fleet.environment(source)
    before = fleet.environment(target).promoted_from
    pairs = standing(fleet, services, source, target, ranges)
    overlay = dict(_edited(fleet, pair, source) for pair in pairs)
    broken = bool(fleet.outcome.diagnostics)  # the broken specs may describe any service, so read all of them
    names = None if broken else frozenset(one.spec.name for one, _ in pairs)
    wanted = Filter(tuple(services), (target,))
    found = compare_contents(root, names, ({}, overlay), wanted, fleet.parsed, render).comparison
    warnings = [*unasked(pairs)]
    if before != source:
        chain = f"{target} is promoted from {before}" if before else f"{target} is the first in its chain"
        warnings.append(f"{chain}: `tiphys promote` would refuse to promote from {source}")
    found = found._replace(
        base=f"{target} as it is",
        head=f"{target} after a promotion from {source}",
        staying=tuple((name, target, tuple(stays)) for name, stays in staying(pairs)),
    )
    return Preview(found, tuple(warnings))


def _edited(fleet: Fleet, pair: Pair, source: str) -> tuple[str, bytes]:
    """Return the path of a spec, and its content after the promotion."""
    here = pair[1]
    spec, target = here.spec, here.resolved.environment.name
    move = promotion(pair, source, target)
    try:
        return spec.source.path, spliced(move, here, fleet.parsed.read).raw
    except RefusedEditError as error:
        place = f"{spec.source.path}:{error.span.line}:{error.span.column}"
        raise RefusedError(f"{place}: {error.message}", error.hint) from None
