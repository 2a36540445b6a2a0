"""Chart versions: SemVer 2, and the ranges that Helm and Argo CD understand.

Ranges mean what they mean to Masterminds/semver 3.4, the library of both. `tests/data/semver/masterminds.tsv` holds its
answers to random pairs.
Source: semver.org; github.com/Masterminds/semver, constraints.go
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from generator.syntax.named_tuples import NamedTuple

_LONGEST = 128
"""Characters; longer text is not read as a version or a range."""

_NUMBER = r"(?:0|[1-9][0-9]{0,17})"
_PRE = rf"(?:[0-9]*[A-Za-z-][0-9A-Za-z-]*|{_NUMBER})"
_SUFFIX = rf"(?:-(?P<pre>{_PRE}(?:\.{_PRE})*))?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?"
_VERSION = re.compile(rf"v?({_NUMBER})\.({_NUMBER})\.({_NUMBER}){_SUFFIX}\Z")

_PART = rf"(?:{_NUMBER}|[xX*])"
_PARTIAL = (
    r"(?P<operator>=>|=<|=|!=|>=|<=|>|<|~>|~|\^)?\s*"
    rf"v?(?P<major>{_PART})(?:\.(?P<minor>{_PART}))?(?:\.(?P<patch>{_PART}))?{_SUFFIX}"
)
_INCOMPLETE = r"v?[0-9]+(?:\.[0-9]+)?"
_SEPARATOR = r"\s*,\s*|\s+"
_ANY = rf"v?{_PART}(?:\.{_PART}){{0,2}}(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?"
_HYPHEN = rf"(?<![0-9A-Za-z.*+|-])({_ANY})\s+-\s+({_ANY})(?![0-9A-Za-z.*+-])"
"""Upstream reads `||` as part of a version that follows it, so `1 || 2 - 3` is a range and `1||2 - 3` is not."""


class Version(NamedTuple):
    """A version by its parts; `pre` is the pre-release, empty for a release."""

    major: int
    minor: int
    patch: int
    pre: str = ""

    @property
    def order(self) -> tuple[object, ...]:
        """The key by which versions sort: a pre-release comes before its release."""
        return _order(self)


_KEPT = 8192
"""Ranges, and parts of them, that are kept: many services need the same ranges, in each of their environments."""


@lru_cache(maxsize=_KEPT)
def _order(version: Version) -> tuple[object, ...]:
    parts = tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in version.pre.split("."))
    return (version.major, version.minor, version.patch, not version.pre, parts)


def parse(text: str) -> Version | None:
    """Return a complete version; None for anything else, a range included."""
    match = _VERSION.match(text) if len(text) <= _LONGEST else None
    return Version(int(match[1]), int(match[2]), int(match[3]), match["pre"] or "") if match else None


def is_range(text: str) -> bool:
    """Tell whether a chart version can mean more than one version."""
    return parse(text) is None


def is_partial(text: str) -> bool:
    """Tell whether a version leaves parts out, as `1.2` does: a range for Helm, and one version for Argo CD.

    Argo CD keeps the first version that Helm finds for it.
    Source: argo-cd, util/versions/tags.go, MaxVersion
    """
    return re.fullmatch(_INCOMPLETE, text) is not None


def fits(version: str, wanted: str) -> bool:
    """Tell whether a version is the one, or one of those, that is wanted; any is without a wish."""
    if not wanted:
        return True
    parsed, exact = parse(version), parse(wanted)
    return parsed is not None and (parsed == exact if exact else bool(satisfies(parsed, wanted)))


class _Bound(NamedTuple):
    """One comparison of a range: `wild` is the first part left open, such as `minor` in `1.x` and in `1`."""

    operator: str
    version: Version
    wild: str


def is_readable(constraint: str) -> bool:
    """Tell whether Helm can read a text as a range; every version is one."""
    return len(constraint) <= _LONGEST and _alternatives(constraint) is not None


def satisfies(version: Version, constraint: str) -> bool | None:
    """Tell whether a version is within a range; None where Helm cannot read the range.

    A pre-release is only within an alternative that names a pre-release itself.
    """
    alternatives = _alternatives(constraint) if len(constraint) <= _LONGEST else None
    return None if alternatives is None else any(_is_within(version, bounds) for bounds in alternatives)


def _is_within(version: Version, bounds: tuple[_Bound, ...]) -> bool:
    is_wanted = not version.pre or any(bound.version.pre for bound in bounds)
    return is_wanted and all(_CHECKS[bound.operator](version, bound) for bound in bounds)


@lru_cache(maxsize=_KEPT)
def _alternatives(constraint: str) -> tuple[tuple[_Bound, ...], ...] | None:
    """Return the alternatives of a range, each as the bounds that must hold, once each; None for what is not a range."""
    read = [_bounds(part.strip()) for part in re.sub(_HYPHEN, r">= \1, <= \2 ", constraint).split("||")]
    found = [tuple(dict.fromkeys(bounds)) for bounds in read if bounds]
    return tuple(dict.fromkeys(found)) if len(found) == len(read) else None


def _bounds(text: str) -> list[_Bound] | None:
    bounds: list[_Bound] = []
    while text:
        separator = re.match(_SEPARATOR, text) if bounds else None
        if bounds and separator is None:
            return None
        match = re.match(_PARTIAL, text[separator.end() :] if separator else text)
        if match is None:
            return None
        bounds.append(_bound(match[0]))
        text = match.string[match.end() :]
    return bounds or None


@lru_cache(maxsize=_KEPT)
def _bound(text: str) -> _Bound:
    match = re.match(_PARTIAL, text)
    assert match is not None  # noqa: S101 - it is what this pattern has matched
    names = ("major", "minor", "patch")
    wild = next((name for name in names if match[name] is None or match[name] in "xX*"), "")
    known = [int(match[name]) for name in names[: names.index(wild) if wild else 3]]
    major, minor, patch = (*known, 0, 0, 0)[:3]
    return _Bound(match["operator"] or "", Version(major, minor, patch, match["pre"] or ""), wild)


def _equal(version: Version, bound: _Bound) -> bool:
    return _tilde(version, bound) if bound.wild else version.order == bound.version.order


def _not_equal(version: Version, bound: _Bound) -> bool:
    """Tell whether a version differs in a part that the bound names; an open patch still compares pre-releases."""
    if bound.wild == "minor":
        return version.major != bound.version.major
    if bound.wild == "patch":
        return version[:2] != bound.version[:2] or version.pre != bound.version.pre
    return version.order != bound.version.order


def _greater(version: Version, bound: _Bound) -> bool:
    if bound.wild == "minor":
        return version.major > bound.version.major
    if bound.wild == "patch":
        return version[:2] > bound.version[:2]
    return version.order > bound.version.order


def _at_most(version: Version, bound: _Bound) -> bool:
    """Tell whether a version is not above a bound. Upstream reads `<=*` as `<=0.0`."""
    if bound.wild == "minor":
        return version.major <= bound.version.major
    if bound.wild:
        return version[:2] <= bound.version[:2]
    return version.order <= bound.version.order


def _tilde(version: Version, bound: _Bound) -> bool:
    if version.order < bound.version.order:
        return False
    if bound.version[:3] == (0, 0, 0) and bound.wild in ("", "major"):
        return True  # upstream takes ~0.0.0 for "any version"
    return version[:1] == bound.version[:1] if bound.wild == "minor" else version[:2] == bound.version[:2]


def _caret(version: Version, bound: _Bound) -> bool:
    if version.order < bound.version.order:
        return False
    if bound.version.major > 0 or bound.wild == "minor":
        return version.major == bound.version.major
    if bound.version.minor > 0 or bound.wild == "patch":
        return version[:2] == bound.version[:2]
    return version[:3] == bound.version[:3]


_CHECKS: dict[str, Callable[[Version, _Bound], bool]] = {
    "": _equal,
    "=": _equal,
    "!=": _not_equal,
    ">": _greater,
    ">=": lambda version, bound: version.order >= bound.version.order,
    "=>": lambda version, bound: version.order >= bound.version.order,
    "<": lambda version, bound: version.order < bound.version.order,
    "<=": _at_most,
    "=<": _at_most,
    "~": _tilde,
    "~>": _tilde,
    "^": _caret,
}
