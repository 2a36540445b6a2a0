"""The code that moves carry on: a promoted or restored version was built from the commit that it was built from before."""

from __future__ import annotations

from collections.abc import Sequence

from generator.errors import ConfigError
from generator.history.code import Code
from generator.history.fleet import Fleet, Stand
from generator.history.ledger import Release, releases
from generator.history.ledger.overrides import Recorded
from generator.history.moves import Move, Version


def with_code(fleet: Fleet, moves: Sequence[Move], source: str, stands: Sequence[Stand]) -> list[Move]:
    """Return promotions with the code of the releases in the environment that they come from.

    `stands` are their services as the working tree has them there. Of a version that is not committed, no code is known.
    """
    try:
        recorded = Recorded(fleet.root, fleet.workspace.output)
    except ConfigError:  # outside of a repository there is no history, and no code
        return list(moves)
    versions = {stand.spec.name: stand.version for stand in stands}
    return [move._replace(code=_code(fleet, recorded, move.service, source, versions[move.service])) for move in moves]


def _code(fleet: Fleet, recorded: Recorded, service: str, source: str, version: Version) -> Code | None:
    if not recorded.has_code(service, source):
        return None
    current = releases(fleet.root, fleet.workspace, service, source, recorded).current
    return current.code if current and _is(current, version) else None


def _is(release: Release, version: Version) -> bool:
    there = Version(release.image_tag, release.digest, release.chart_version, release.version.images)
    return there == version
