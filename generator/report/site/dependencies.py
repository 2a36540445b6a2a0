"""What a service needs of others and others of it: drawn, and as a table that says the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from generator.report.plans import svg
from generator.report.site.deployed import Deployed
from generator.report.site.view import ServiceView
from generator.service.dependencies import Dependency, unmet
from generator.syntax.wording import counted

_MOST = 12
"""Services that are drawn on each side; the table has all of them."""
_WIDTH, _HEIGHT, _GAP, _BETWEEN = 200, 32, 12, 90
_LONGEST = 24
"""Letters of a name that fit into a box."""


class Row(NamedTuple):
    """A dependency in one environment."""

    environment: str
    user: str
    needed: str
    wanted: str
    """The range of versions; empty for any."""
    has: str
    """The version in the environment; empty if it is unknown or not deployed."""
    state: str
    look: str
    """`good`, `warn` or `bad`."""


class Neighbours(NamedTuple):
    """The services around one service."""

    rows: tuple[Row, ...]
    picture: str
    """SVG that needs the style of the site."""


class Graph:
    """The dependencies of all services of a workspace."""

    def __init__(self, views: Iterable[ServiceView]) -> None:
        self._views = {view.name: view for view in views}
        self._users: dict[str, list[str]] = {}
        for view in self._views.values():
            for name in dict.fromkeys(needed.service for _, needs in view.needs for needed in needs):
                self._users.setdefault(name, []).append(view.name)

    def around(self, service: ServiceView) -> Neighbours | None:
        """Return the neighbours of a service; None for one without any."""
        users = self._users.get(service.name, [])
        needed = list(dict.fromkeys(one.service for _, needs in service.needs for one in needs))
        if not users and not needed:
            return None
        rows = [*self._rows(service, None)]
        for name in users:
            rows += self._rows(self._views[name], service.name)
        return Neighbours(
            tuple(rows), _picture(users, service.name, needed, {row.needed for row in rows if row.look != "good"})
        )

    def _rows(self, user: ServiceView, only: str | None) -> Iterator[Row]:
        for environment, needs in user.needs:
            for needed in needs:
                if only in (None, needed.service):
                    yield _row(environment, user.name, needed, self._views)


def _row(environment: str, user: str, needed: Dependency, views: Mapping[str, ServiceView]) -> Row:
    view = views.get(needed.service)
    named = (environment, user, needed.service, needed.version)
    if view is None:
        return Row(*named, "", "unknown service", "bad")
    if environment not in view.named:
        return Row(*named, "", f"not deployed to {environment}", "bad")
    there = next((one for one in view.deployed if one.environment_name == environment), None)
    if there is None:
        return Row(*named, "", "not built", "warn")
    version = _version(there)
    why = unmet(needed, version)
    return Row(*named, version, why.removeprefix("which is ") if why else "met", "warn" if why else "good")


def _version(deployed: Deployed) -> str:
    return deployed.tag or ("" if deployed.digest else deployed.chart_version)


def _picture(users: Sequence[str], name: str, needed: Sequence[str], lacking: set[str]) -> str:
    """Return the services as boxes in three columns: who needs it, itself, and what it needs."""
    columns = [_shown(users), [name], _shown(needed)]
    height = max(len(column) for column in columns) * (_HEIGHT + _GAP) + _GAP
    left = [number * (_WIDTH + _BETWEEN) for number, column in enumerate(columns)]
    used = [number for number, column in enumerate(columns) if column]
    start = left[used[0]]
    width = left[used[-1]] + _WIDTH - start
    boxes, lines = [], []
    middle = height / 2
    for number, column in enumerate(columns):
        x = left[number] - start
        for top, words in _placed(column, height):
            is_lacking = number == 2 and words in lacking
            boxes.append(_box(x, top, words, is_own=number == 1, is_lacking=is_lacking))
            ends = (
                ((x + _WIDTH, top + _HEIGHT / 2), (left[1] - start, middle))
                if number == 0
                else ((left[1] - start + _WIDTH, middle), (x, top + _HEIGHT / 2))
            )
            if number != 1:
                lines.append(svg.element("path", d=_arrow(*ends), class_="needs lacks" if is_lacking else "needs"))
    label = svg.element("title", svg.text(_words(users, name, needed)))
    view = f"0 0 {width} {svg.number(height)}"
    return svg.element(
        "svg", label + "".join(lines) + "".join(boxes), role="img", class_="needs-map", viewBox=view, width=width, height=height
    )


def _arrow(start: tuple[float, float], end: tuple[float, float]) -> str:
    """Return a line with a head that points to what is needed."""
    x, y = end
    return f"{svg.path([start, end])} {svg.path([(x - 8, y - 4), end, (x - 8, y + 4)])}"


def _shown(names: Sequence[str]) -> list[str]:
    if len(names) <= _MOST:
        return list(names)
    return [*names[: _MOST - 1], f"and {len(names) - _MOST + 1} more"]


def _placed(column: Sequence[str], height: float) -> Iterator[tuple[float, str]]:
    """Yield the top of each box of a column, which is centred."""
    top = (height - len(column) * (_HEIGHT + _GAP) + _GAP) / 2
    for words in column:
        yield top, words
        top += _HEIGHT + _GAP


def _box(x: float, top: float, words: str, *, is_own: bool, is_lacking: bool) -> str:
    kind = "box own" if is_own else "box lacks" if is_lacking else "box"
    frame = svg.element("rect", x=x + 1, y=top + 1, width=_WIDTH - 2, height=_HEIGHT - 2, rx=6, class_=kind)
    shown = svg.cut(f"⚠ {words}" if is_lacking else words, _LONGEST)
    return frame + svg.label(x + _WIDTH / 2, top + _HEIGHT / 2 + 5, shown, "name", "middle")


def _words(users: Sequence[str], name: str, needed: Sequence[str]) -> str:
    """Return what the picture shows, for those who do not see it."""
    parts = [f"{name} needs {counted(len(needed), 'service')}"] if needed else []
    parts += [f"{counted(len(users), 'service')} {'needs' if len(users) == 1 else 'need'} {name}"] if users else []
    return f"{'; '.join(parts)}. The table of dependencies says the same."
