"""Ask the release windows of environments before anything is released."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from generator.errors import RefusedError
from generator.history.gates import WINDOW, Gates
from generator.syntax import calendar
from generator.syntax.wording import listed
from generator.workspace.model import Environment
from generator.workspace.windows import ReleaseWindow, Verdict, place_of, verdict, windows_of

_SERVICES = 5
"""The most services that a message names."""


class Closed(NamedTuple):
    """A service that cannot be released to an environment now."""

    service: str
    """Empty for what belongs to no service, such as the root Application."""
    environment: Environment
    verdict: Verdict

    @property
    def key(self) -> tuple[str, str]:
        """The names of the service and of the environment."""
        return self.service, self.environment.name


def closed(environments: Mapping[str, Environment], releases: Iterable[tuple[str, str]], now: int) -> list[Closed]:
    """Return the releases that the windows do not permit now; each is the name of a service and of an environment."""
    found = []
    for service, name in releases:
        environment = environments.get(name)
        windows = windows_of(environment) if environment and environment.spec.get("windows") else ()
        if environment and windows:
            said = verdict(windows, service, now)
            if not said.state.is_open:
                found.append(Closed(service, environment, said))
    return found


def check_windows(
    environments: Mapping[str, Environment], releases: Iterable[tuple[str, str]], gates: Gates
) -> dict[str, list[str]]:
    """Refuse releases outside of the windows of their environment; raises RefusedError that names all of them.

    If the user ignores windows, return the services that they would have refused, as of the gate.
    """
    found = closed(environments, releases, gates.now)
    if found and not gates.skips(WINDOW):
        raise RefusedError("; ".join(sentences(found)), "wait until then, or use --ignore-window with --reason")
    return {WINDOW: [one.service for one in found]}


def sentences(found: Iterable[Closed]) -> list[str]:
    """Return one sentence for each window that closes an environment."""
    groups: dict[tuple[object, ...], list[Closed]] = {}
    for one in found:
        window = one.verdict.window
        groups.setdefault((one.environment.name, window and window.number, one.verdict.state.until), []).append(one)
    return [_sentence(group) for group in groups.values()]


def _sentence(group: list[Closed]) -> str:
    first = group[0]
    names = listed(sorted({one.service for one in group if one.service}), most=_SERVICES)
    return (
        f"{first.environment.name} is closed{f' for {names}' if names else ''}: {described(first.environment, first.verdict)}"
    )


def described(environment: Environment, said: Verdict) -> str:
    """Return which window closes an environment, why, and when it opens."""
    window, until = said.window, said.state.until
    if window is None:
        return "no window is open"
    path, span = place_of(environment, window)
    which = "deny window" if window.window.kind == "deny" else "allow window"
    state = "is open" if window.window.kind == "deny" else "is not open"
    why = f" ({window.reason})" if window.reason else ""
    return f"the {which} at {path}:{span.line}:{span.column}{why} {state}; {opens(window, until)}"


def opens(window: ReleaseWindow, until: int | None) -> str:
    """Return when releases are possible again."""
    if until is None:
        return "no time was found at which releases are possible again"
    return f"releases are possible from {calendar.shown(until, window.window.zone)}"


class WindowState(NamedTuple):
    """What the windows of an environment say about some of its services at one moment."""

    environment: str
    services: tuple[str, ...]
    """Those that the same is said about."""
    is_all: bool
    """Whether these are all services of the environment."""
    is_open: bool
    until: int | None
    """When that changes; None if it does not, or not in the foreseeable future."""
    window: ReleaseWindow | None
    """The window that closes the environment, or that changes its state next."""
    path: str
    """The file of the window; empty without one."""
    line: int


def states(environments: Mapping[str, Environment], deployed: Mapping[str, Iterable[str]], now: int) -> tuple[WindowState, ...]:
    """Return what the windows say about the services of each environment; nothing for an environment without windows."""
    found = []
    for name, services in deployed.items():
        environment = environments[name]
        windows = windows_of(environment) if environment.spec.get("windows") else ()
        groups: dict[tuple[object, ...], tuple[Verdict, list[str]]] = {}
        for service in sorted(services) if windows else ():
            said = verdict(windows, service, now)
            key = (said.state.is_open, said.state.until, said.window and said.window.number)
            groups.setdefault(key, (said, []))[1].append(service)
        for said, names in groups.values():
            path, span = place_of(environment, said.window) if said.window else ("", None)
            state, line = said.state, span.line if span else 0
            is_all = len(groups) == 1
            found.append(WindowState(name, tuple(names), is_all, state.is_open, state.until, said.window, path, line))
    return tuple(found)
