"""Chart versions: SemVer 2, and the ranges that Helm and Argo CD understand.

Source: semver.org; github.com/Masterminds/semver, constraints.go
"""

from __future__ import annotations

import re
from typing import NamedTuple

_VERSION = re.compile(r"v?([0-9]+)\.([0-9]+)\.([0-9]+)(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?\Z")
_MOST = 256
"""Characters of a version or a range; Python does not read numbers of thousands of digits."""
_PARTIAL = re.compile(
    r"(?P<operator>=|!=|>=|=>|<=|=<|>|<|~>|~|\^)?\s*v?"
    r"(?P<major>[0-9]+|[xX*])(?:\.(?P<minor>[0-9]+|[xX*]))?(?:\.(?P<patch>[0-9]+|[xX*]))?(?:-(?P<pre>[0-9A-Za-z.-]+))?"
    r"(?:\+[0-9A-Za-z.-]+)?"
)
_HYPHEN = re.compile(r"\s*(v?[0-9xX*][^\s,]*)\s+-\s+(v?[0-9xX*][^\s,]*)\s*\Z")


class Version(NamedTuple):
    """A version by its parts; `pre` is the pre-release, empty for a release."""

    major: int
    minor: int
    patch: int
    pre: str = ""

    @property
    def order(self) -> tuple[object, ...]:
        """The key by which versions sort: a pre-release comes before its release."""
        parts = tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in self.pre.split("."))
        return (self.major, self.minor, self.patch, not self.pre, parts)


def parse(text: str) -> Version | None:
    """Return a whole version; None for what is none, a range included."""
    match = _VERSION.match(text) if len(text) <= _MOST else None
    return Version(int(match[1]), int(match[2]), int(match[3]), match[4] or "") if match else None


def is_range(text: str) -> bool:
    """Tell whether a chart version can mean more than one version."""
    return parse(text) is None


class _Bound(NamedTuple):
    operator: str
    low: Version
    high: Version
    """The first version after all that `low` stands for: 1.2 is 1.2.0 up to 1.3.0."""


def satisfies(version: Version, constraint: str) -> bool | None:
    """Tell whether a version is within a range; None if the range is none that Helm reads.

    A pre-release is only within a range that names one itself.
    """
    if len(constraint) > _MOST:
        return None
    found = False
    for alternative in constraint.split("||"):
        bounds = _bounds(alternative)
        if bounds is None:
            return None
        named = any(bound.low.pre for bound in bounds)
        found = found or (all(_within(version, bound) for bound in bounds) and (not version.pre or named))
    return found


def _bounds(text: str) -> list[_Bound] | None:
    hyphen = _HYPHEN.match(text)
    if hyphen:
        text = f">={hyphen[1]}, <={hyphen[2]}"
    bounds: list[_Bound] = []
    position, text = 0, text.strip()
    while position < len(text):
        match = _PARTIAL.match(text, position)
        if match is None:
            return None
        bounds.append(_bound(match))
        rest = re.match(r"\s*,?\s*", text[match.end() :])
        step = rest.end() if rest else 0
        if step == 0 and match.end() < len(text):
            return None
        position = match.end() + step
    return bounds or None


def _bound(match: re.Match[str]) -> _Bound:
    parts = [match[name] for name in ("major", "minor", "patch")]
    given = [int(part) for part in parts[: next((i for i, part in enumerate(parts) if part is None or part in "xX*"), 3)]]
    low = _filled(given)._replace(pre=match["pre"] or "")
    operator = {"=>": ">=", "=<": "<=", "~>": "~"}.get(match["operator"] or "=", match["operator"] or "=")
    return _Bound(operator, low, _after(operator, low, given))


def _after(operator: str, low: Version, given: list[int]) -> Version:
    """Return the first version that is no longer meant."""
    most = Version(1 << 62, 0, 0)
    if not given:
        return most
    if operator == "^":
        for index, part in enumerate(given):
            if part or index == len(given) - 1:
                return _bumped(given, index)
    if operator == "~" and len(given) == 3:
        return _bumped(given, 1)
    if len(given) == 3:
        return low
    return _bumped(given, len(given) - 1)


def _bumped(given: list[int], index: int) -> Version:
    return _filled([*given[:index], given[index] + 1])


def _filled(given: list[int]) -> Version:
    major, minor, patch = (*given, 0, 0, 0)[:3]
    return Version(major, minor, patch)


def _within(version: Version, bound: _Bound) -> bool:
    order, low, high = version.order, bound.low.order, bound.high.order
    exact = bound.low is bound.high or bound.low == bound.high
    inside = order == low if exact else low <= order < high
    if bound.operator in ("=", "~", "^"):
        return inside
    if bound.operator == "!=":
        return not inside
    if bound.operator == ">":
        return order > low if exact else order >= high
    if bound.operator == ">=":
        return order >= low
    return order < low if bound.operator == "<" else (order <= low if exact else order < high)
