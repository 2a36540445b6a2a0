"""What services need of each other: `dependsOn` of their specs, the order that follows, and circles in it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from generator.diagnostics import Pointer
from generator.syntax import semver
from generator.syntax.merge import lookup
from generator.syntax.named_tuples import NamedTuple
from generator.workspace.model import Mapping as Data
from generator.workspace.model import ServiceSpec

FIELD = "dependsOn"


class Dependency(NamedTuple):
    """A service that another one needs in the same environment."""

    service: str
    version: str
    """The range of versions that will do; empty for any."""
    at: Pointer
    """Where the spec says so."""

    def __str__(self) -> str:
        """Return it for display: `payments >=2.1`."""
        return f"{self.service} {self.version}".rstrip()


def dependencies_of(spec: ServiceSpec, environment: str) -> tuple[Dependency, ...]:
    """Return what a service needs in an environment: what the spec says for it, or else for all."""
    at: Pointer = ("spec", "environments", environment, FIELD)
    if not lookup(spec.source.data, at)[0]:
        at = ("spec", FIELD)
    needed = lookup(spec.source.data, at)[1] or []
    return tuple(Dependency(one["service"], one.get("version") or "", (*at, number)) for number, one in enumerate(needed))


def runs(data: Data) -> str:
    """Return the version by which others need a merged service: its image tag, or that of its chart without one."""
    image, chart = data.get("image") or {}, data.get("chart") or {}
    own = chart.get("revision" if chart.get("repoURL") else "version")
    version: str = image.get("tag") or ("" if image.get("digest") else own or "")
    return version


def is_range(text: str) -> bool:
    """Tell whether a text is a range of versions."""
    return semver.is_readable(text)


def unmet(needed: Dependency, version: str) -> str:
    """Return why a version will not do, as the rest of a sentence about it; empty if it will.

    Parts that are left out are zero, as Masterminds/semver reads versions: `2.4` is 2.4.0.
    """
    if not needed.version or not is_range(needed.version):
        return ""
    parsed = semver.parse(f"{version}{'.0' * (2 - version.count('.'))}" if semver.is_partial(version) else version)
    if parsed is None:
        return "which cannot be compared" if version else "which has no version to compare"
    if semver.satisfies(parsed, needed.version):
        return ""
    is_pre = parsed.pre and semver.satisfies(parsed._replace(pre=""), needed.version)
    return "a pre-release, which the range does not include" if is_pre else "which is not in the range"


def circles(needs: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """Return circles of services that need each other, each from its first name; a service is in at most one of them."""
    left = {name: [one for one in needed if one in needs and one != name] for name, needed in needs.items()}
    free = [name for name, needed in left.items() if not needed]
    users = _users(left)
    waits = {name: len({*needed}) for name, needed in left.items()}
    while free:
        for user in users.get(free.pop(), ()):
            waits[user] -= 1
            if not waits[user]:
                free.append(user)
    bound = {name for name, number in waits.items() if number}
    found, seen = [], set[str]()
    for start in sorted(bound):
        path = list[str]()
        name = start
        while name not in seen:
            seen.add(name)
            path.append(name)
            name = next(one for one in left[name] if one in bound)
        if name in path:
            circle = path[path.index(name) :]
            first = circle.index(min(circle))
            found.append(circle[first:] + circle[:first])
    return found


def stages(needs: Mapping[str, Sequence[str]], members: Collection[str]) -> list[list[str]]:
    """Return some services in the order in which they can be released: each stage needs only those before it.

    Services that are no members count for the order between those that are. A circle is broken anywhere.
    """
    level: dict[str, int] = {}
    for name in _in_order(needs, members):
        level[name] = max((level[one] + (one in members) for one in needs.get(name, ()) if one in level), default=0)
    found: dict[int, list[str]] = {}
    for name in sorted(members):
        found.setdefault(level[name], []).append(name)
    return [found[number] for number in sorted(found)]


def _in_order(needs: Mapping[str, Sequence[str]], members: Iterable[str]) -> list[str]:
    """Return members and all that they need, each after what it needs, without recursion."""
    order, seen = list[str](), set[str]()
    for member in sorted(members):
        stack = [(member, False)]
        while stack:
            name, is_done = stack.pop()
            if is_done:
                order.append(name)
            elif name not in seen:
                seen.add(name)
                stack.append((name, True))
                stack += [(one, False) for one in needs.get(name, ()) if one not in seen]
    return order


def _users(needs: Mapping[str, Sequence[str]]) -> dict[str, set[str]]:
    """Return the services that need each service."""
    found: dict[str, set[str]] = {}
    for name, needed in needs.items():
        for one in needed:
            found.setdefault(one, set()).add(name)
    return found
