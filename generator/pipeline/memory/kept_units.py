"""The units of a workspace in two entries of the store: those of an earlier run, and those that later runs have made.

So an edit writes what it has changed, and not the units of a thousand other services again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generator.pipeline.memory.record import Data
from generator.syntax.named_tuples import NamedTuple
from generator.system.states import digest
from generator.system.store import Store

_SHARE = 8
"""How many times as many units the first entry has, at least; with fewer, all are written again."""


class Names(NamedTuple):
    """The names of the entries; empty for none."""

    all: str = ""
    since: str = ""


class KeptUnits:
    """The units under two names."""

    def __init__(self, store: Store, names: Names, *, is_own: bool = True) -> None:
        """Begin with the names that another checkout may need as well, unless they are its own."""
        self._store, self._names, self._is_own = store, names, is_own
        self._since: dict[str, Data] = {}

    def read(self) -> dict[str, Data]:
        """Return the units by the path of their spec; none if an entry is missing: what came later replaces what was first."""
        every, since = self._entry(self._names.all), self._entry(self._names.since) if self._names.since else {}
        if every is None or since is None:
            return {}
        self._since = since
        return {**every, **since}

    def _entry(self, name: str) -> dict[str, Data] | None:
        import json

        raw = self._store.get(name) if name else None
        try:
            found: Any = json.loads(raw) if raw else None
        except ValueError:
            return None
        return found if isinstance(found, dict) else None

    def write(self, held: Mapping[str, Data], made: Mapping[str, Data], *, is_less: bool) -> Names:
        """Keep the units that were read and hold, and those that were made; return their names, empty if that did not work.

        `is_less` says that some that were read are no longer wanted.
        """
        since = {path: data for path, data in {**self._since, **made}.items() if path in made or path in held}
        if self._names.all and not is_less and len(since) * _SHARE <= len(held) + len(made):
            name = self._put(since)
            names = Names(self._names.all, name) if name else Names()
        else:
            names = Names(self._put({**held, **made}))
        if names.all and self._is_own:
            for name in {*self._names} - {*names, ""}:
                self._store.drop(name)
        return names

    def _put(self, units: Mapping[str, Data]) -> str:
        import json

        content = json.dumps(units, separators=(",", ":")).encode("ascii")
        name = f"units-{digest(content).hex()}"
        return name if self._store.put(name, content) else ""
