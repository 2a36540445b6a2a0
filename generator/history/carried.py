"""The code that moves carry on: a promoted or restored version was built from the commit that it was built from before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from generator.errors import ConfigError
from generator.history.code import Code
from generator.history.fleet import Fleet
from generator.history.ledger import releases
from generator.history.ledger.overrides import Recorded
from generator.history.moves import Move, Version


def with_code(fleet: Fleet, moves: Sequence[Move], source: str, versions: Mapping[str, Version]) -> list[Move]:
    """Return moves with the code of the releases that they bring: those of these versions, by service, in `source`.

    Of a version that is not committed there, no code is known.
    """
    try:
        recorded = Recorded(fleet.root, fleet.workspace.output)
    except ConfigError:  # outside of a repository there is no history, and no code
        return list(moves)
    return [move._replace(code=_code(fleet, recorded, move.service, source, versions[move.service])) for move in moves]


def _code(fleet: Fleet, recorded: Recorded, service: str, source: str, version: Version) -> Code | None:
    if not recorded.has_code(service, source):
        return None
    known = releases(fleet.root, fleet.workspace, service, source, recorded).releases
    return next((release.code for release in known if release.version.movable == version), None)
