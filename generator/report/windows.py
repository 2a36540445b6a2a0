"""Release windows as they are at one moment, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from generator.history.windows import WindowState
from generator.report.site.places import WindowSaid
from generator.syntax import calendar
from generator.syntax.wording import listed

_SERVICES = 8
"""The most services that a sentence names."""


def sentence(state: WindowState) -> str:
    """Return what the windows say: `prod is closed for `web` until Mon 2026-11-30 06:00 UTC: deny window, weekend`."""
    names = "" if state.is_all else f" for {listed(state.services, most=_SERVICES)}"
    until = f" until {calendar.shown(state.until, zone(state))}" if state.until is not None else ""
    why = f": {reason(state)}" if state.window else ""
    return f"{state.environment} is {'open' if state.is_open else 'closed'}{names}{until}{why}"


def zone(state: WindowState) -> str:
    """Return the time zone in which people are told the time."""
    return state.window.window.zone if state.window else "UTC"


def reason(state: WindowState) -> str:
    """Return which kind of window it is, and its reason."""
    if state.window is None:
        return ""
    return f"{state.window.window.kind} window{f', {state.window.reason}' if state.window.reason else ''}"


def said(state: WindowState) -> WindowSaid:
    """Return what the windows say for the page of the environments."""
    names = "all" if state.is_all else ", ".join(state.services)
    until = calendar.shown(state.until, zone(state)) if state.until is not None else ""
    return WindowSaid(state.environment, names, state.services, state.is_open, until, reason(state), state.path, state.line)


def windows_json(states: Iterable[WindowState]) -> list[dict[str, Any]]:
    """Return what the windows say for programs."""
    return [
        {
            "environment": state.environment,
            "services": list(state.services),
            "open": state.is_open,
            "until": calendar.iso(state.until) if state.until is not None else None,
            "window": {
                "kind": state.window.window.kind,
                "timeZone": state.window.window.zone,
                "reason": state.window.reason or None,
                "path": state.path,
                "line": state.line,
            }
            if state.window
            else None,
        }
        for state in states
    ]


def cells(state: WindowState) -> list[str]:
    """Return two cells of a spreadsheet: whether a release is possible, and until when that is so."""
    return ["open" if state.is_open else "closed", calendar.iso(state.until) if state.until is not None else ""]
