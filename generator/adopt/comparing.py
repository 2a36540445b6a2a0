"""The old tree against what Tiphys generates, Application by Application."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from generator.adopt import proof
from generator.adopt.carried import Deployed
from generator.adopt.model import Difference, Note, UnavailableError
from generator.adopt.parts import Parts
from generator.adopt.rendering import Renderer
from generator.adopt.session import Session
from generator.system import parallel

Generated = Mapping[tuple[str, str], dict[str, Any]]
"""The generated Applications by service and environment."""


class Compared(NamedTuple):
    """What came of a comparison."""

    objects: int = 0
    """Objects of the old tree that were compared."""
    differences: tuple[Difference, ...] = ()
    intended: tuple[Difference, ...] = ()
    """Differences of the Applications that come with Tiphys."""
    random: tuple[Difference, ...] = ()
    """Fields that a chart makes up at every rendering."""
    notes: tuple[Note, ...] = ()
    """Applications that could not be compared."""


def compared(
    session: Session, deployed: Sequence[Deployed], generated: Generated, parts: Parts, why: Mapping[tuple[str, str], str]
) -> Compared:
    """Return what differs; `why` says of a service and environment why nothing was generated."""

    def judge(one: Deployed) -> Compared:
        key = one.cell.key
        if key not in generated:
            reason = f"Tiphys cannot generate it: {why.get(key, 'its spec has errors')}"
            return Compared(notes=(one.cell.found.left_out((), reason),))
        return _judged(one, generated[key], parts, session.renderer)

    found = parallel.waiting(judge, deployed, lambda number, total: session.asked.progress("compared", number, total))
    return Compared(
        sum(one.objects for one in found),
        tuple(item for one in found for item in one.differences),
        tuple(item for one in found for item in one.intended),
        tuple(item for one in found for item in one.random),
        tuple(item for one in found for item in one.notes),
    )


def _judged(one: Deployed, generated: dict[str, Any], parts: Parts, renderer: Renderer) -> Compared:
    """Return what differs of one Application, between its objects before and those of the generated one."""
    try:
        after = renderer.objects(parts.of(generated))
    except UnavailableError as error:
        return Compared(notes=(one.cell.found.left_out((), f"what Tiphys generates cannot be rendered: {error.message}"),))
    found, intended = proof.application(one.cell, generated)
    differing = list(proof.compared(one.cell, one.before, after))
    random: list[Difference] = []
    if differing:  # what differs between two renderings of the same is the chart's own doing
        fresh = renderer.objects(one.parts, fresh=True)
        names = proof.made_up(one.cell, one.before, fresh)
        again = list(proof.compared(one.cell, one.before, fresh, names))
        differing = list(proof.compared(one.cell, one.before, after, names))
        random = [item for item in differing if proof.same_in_both(item, again)]
        differing = [item for item in differing if item not in random]
    return Compared(len(one.before), (*differing, *found), tuple(intended), tuple(random))
