"""Preview what a promotion would change."""

from __future__ import annotations

from collections.abc import Sequence

import click

from generator.cli.moving import Fleet, Stand
from generator.cli.promote import promotion, standing
from generator.diff import Comparison
from generator.diff.affected.files import Tree
from generator.diff.compare import Filter, compare_sides
from generator.diff.side import read_side
from generator.errors import RefusedError
from generator.history import moves
from generator.syntax.edit import RefusedEditError, splice


def preview(root: str, path: str, services: Sequence[str]) -> Comparison:
    """Return what promoting the versions of A changes in B, for some services or for all that are in both.

    `path` is `A:B`. Nothing is written, and no precondition is checked: the promotion itself does that. Raises
    ConfigError and RefusedError.
    """
    source, colon, target = path.partition(":")
    if not (source and colon and target) or source == target:
        raise click.UsageError(f"--promote takes two environments, as in `dev:prod`, not `{path}`")
    fleet = Fleet(root, writes=False)
    fleet.environment(source)
    before = fleet.environment(target).promoted_from
    pairs = standing(fleet, services, source, target, everything=not services)
    overlay = dict(_edited(one, other, source) for one, other in pairs)
    broken = bool(fleet.problems)  # the broken specs may describe any service, so read all of them
    names = None if broken else frozenset(one.spec.name for one, _ in pairs)
    wanted = Filter(tuple(services), (target,))
    tree = Tree(root)
    found = compare_sides(read_side(root, names), read_side(root, names, overlay), wanted, tree, tree)
    staying = [(a.spec.name, target, tuple(moves.staying(a.resolved, b.resolved))) for a, b in pairs]
    if before != source:
        chain = f"{target} is promoted from {before}" if before else f"{target} is the first in its chain"
        click.echo(f"{chain}: `tiphys promote` would refuse to promote from {source}", err=True)
    return found._replace(
        base=f"{target} as it is",
        head=f"{target} after a promotion from {source}",
        staying=tuple(item for item in staying if item[2]),
    )


def _edited(there: Stand, here: Stand, source: str) -> tuple[str, bytes]:
    """Return the path of a spec, and its content after the promotion."""
    spec, target = here.spec, here.resolved.environment.name
    move = promotion(there, source, target)
    try:
        return spec.source.path, splice(here.raw, spec.source, list(moves.edits(move, spec, here.version)))
    except RefusedEditError as error:
        place = f"{spec.source.path}:{error.span.line}:{error.span.column}"
        raise RefusedError(f"{place}: {error.message}", error.hint) from None
