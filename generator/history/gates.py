"""The gates of a release, and what is recorded of those that were skipped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from generator.errors import ConfigError

SOAK, DOWNGRADE, DEPENDENCY = "soak", "downgrade", "dependency"
CHART, WINDOW, DELETION = "chart", "window", "deletion"
GATES = (SOAK, DOWNGRADE, DEPENDENCY, CHART, WINDOW, DELETION)
"""What can be skipped: the soak time, the refusals of a downgrade, of a version that services cannot use of each other, of
a chart that its repository may lack, of a release outside of the windows, and of the removal of Applications."""

TRAILER = "Tiphys-Override"
MOST = 200
"""The maximum length of a reason, in characters."""


class Gates(NamedTuple):
    """How a command asks the gates."""

    now: int
    """The time of the command, as seconds since 1970."""
    skipped: frozenset[str] = frozenset()
    """The gates that the user skips, as far as they would refuse anything."""
    reason: str = ""

    def skips(self, gate: str) -> bool:
        """Tell whether the user skips a gate."""
        return gate in self.skipped


class Skipped(NamedTuple):
    """The gates that would have refused a service, and that were skipped."""

    by_service: Mapping[str, Sequence[str]]
    reason: str

    def trailers(self, service: str) -> list[str]:
        """Return the lines of a commit message about a service, one for each gate."""
        return [f"{TRAILER}: {gate}: {self.reason}" for gate in self.by_service.get(service, ())]


def skipped(reason: str, *found: Mapping[str, Iterable[str]]) -> Skipped:
    """Return what was skipped, from the services by gate."""
    by_service: dict[str, list[str]] = {}
    for gates in found:
        for gate, services in gates.items():
            for service in services:
                known = by_service.setdefault(service, [])
                if gate not in known:
                    known.append(gate)
    return Skipped({name: sorted(gates, key=GATES.index) for name, gates in sorted(by_service.items())}, reason)


def checked_reason(text: str) -> str:
    """Return a reason as it is recorded; raises ConfigError for one that is empty, too long, or not one line of text."""
    reason = text.strip()
    hint = "say in one line why the release cannot wait"
    if not reason:
        raise ConfigError("the reason is empty", hint)
    if len(reason) > MOST:
        raise ConfigError(f"the reason has {len(reason)} characters, more than {MOST}", hint)
    if not reason.isprintable():
        raise ConfigError("the reason contains a line break or another character that cannot be printed", hint)
    return reason
