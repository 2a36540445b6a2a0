"""The two bands of the picture: the share of the traffic, and the pods that carry it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from generator.plan.model import Plan
from generator.plan.remarks import NOTICEABLE
from generator.plan.steps import percent
from generator.plan.timeline import Kind, Segment
from generator.report.plans.svg import cut, element, label, path, width
from generator.report.plans.svg_overload import overloads
from generator.report.plans.words import takes
from generator.syntax.wording import counted

LEFT, RIGHT = 64, 24


class Area(NamedTuple):
    """Where a band is, from top to bottom."""

    top: float
    height: float

    @property
    def bottom(self) -> float:
        """The place of nothing."""
        return self.top + self.height

    def at(self, share: float) -> float:
        """Return the place of a share, from 0 to 1."""
        return self.bottom - share * self.height


def traffic(plan: Plan, segments: Sequence[Segment], area: Area) -> Iterator[str]:
    """Yield the share of the traffic over time."""
    end = LEFT + segments[-1].end
    for share in (0, 25, 50, 75, 100):
        y = area.at(share / 100)
        yield element("line", x1=LEFT, x2=end, y1=y, y2=y, class_="tiphys-grid" if share else "tiphys-axis")
        yield label(LEFT - 10, y + 4, f"{share} %", anchor="end")
    yield from _waits(segments, area)
    line = [point for segment in segments for point in _traffic_points(segment, area)]
    yield element("path", d=path([(LEFT, area.bottom), *line, (end, area.bottom)], closed=True), class_="tiphys-area")
    yield from _asked(plan, segments, area)
    yield element("path", d=path(line), class_="tiphys-line")
    yield from _background(plan, segments, area)
    yield from _routes(segments, area)
    yield from _analyses(segments, area)
    yield from _shares(plan, segments, area)
    yield from overloads(plan, segments, LEFT, area.top, area.height)
    yield label(LEFT - 10, area.bottom + 36, "step" if plan.kind == "canary" else "phase", anchor="end")
    yield from _times(segments, area.bottom + 18)
    yield from _numbers(segments, area.bottom + 36)


def _traffic_points(segment: Segment, area: Area) -> list[tuple[float, float]]:
    start, end = LEFT + segment.start, LEFT + segment.end
    return [(start, area.at(segment.share(0))), (end, area.at(segment.share(1)))]


def _waits(segments: Sequence[Segment], area: Area) -> Iterator[str]:
    """Yield the stretches that wait for a promotion, indefinitely, or for an unknown time."""
    for segment in segments:
        if segment.kind not in (Kind.GATE, Kind.OPEN):
            continue
        band, words = "tiphys-gate", "tiphys-person"
        if segment.kind is Kind.OPEN:
            band, words = ("tiphys-open", "tiphys-never") if segment.stage.never else ("tiphys-unknown", "tiphys-muted")
        x, wide = LEFT + segment.start, segment.end - segment.start
        yield element("rect", x=x, y=area.top, width=wide, height=area.height, class_=band)
        yield label(x + wide / 2, area.top + 18, takes(segment.stage), words, "middle")


def _asked(plan: Plan, segments: Sequence[Segment], area: Area) -> Iterator[str]:
    """Yield the weights that were asked for, where the pods cannot show them."""
    for segment in filter(_is_missed, segments):
        y = area.at(segment.stage.weight / plan.whole)
        yield element("line", x1=LEFT + segment.start, x2=LEFT + segment.end, y1=y, y2=y, class_="tiphys-asked")


def has_asked(segments: Sequence[Segment]) -> bool:
    """Tell whether there are weights that the pods cannot show."""
    return any(map(_is_missed, segments))


def _is_missed(segment: Segment) -> bool:
    stage = segment.stage
    return segment.kind is not Kind.OUTSIDE and not stage.never and abs(stage.weight - stage.reached) >= NOTICEABLE


def _background(plan: Plan, segments: Sequence[Segment], area: Area) -> Iterator[str]:
    """Yield the line of the analysis that watches in the background."""
    watched = [segment for segment in segments if _is_watched(plan, segment)]
    if plan.background is None or not watched:
        return
    start, end, y = LEFT + watched[0].start, LEFT + watched[-1].end, area.top - 12
    yield element("line", x1=start, x2=end, y1=y, y2=y, class_="tiphys-watch")
    yield from (_diamond(x, y) for x in (start, end))
    words = cut(f"analysis {', '.join(plan.background.names)}", 60)
    room = end - start > width(words)
    yield label(start + 8 if room else end, y - 8, words, "tiphys-checks", "start" if room else "end")


def _is_watched(plan: Plan, segment: Segment) -> bool:
    index = segment.stage.number
    if index is None:
        return segment.stage.action == "promote" and plan.background_from <= len(plan.stages)
    return index >= plan.background_from


def _routes(segments: Sequence[Segment], area: Area) -> Iterator[str]:
    """Yield how long header and mirror routes are in force."""
    names = list(dict.fromkeys(name for segment in segments for name in segment.stage.routes))
    for row, name in enumerate(names[:_MOST_ROUTES]):
        held = [segment for segment in segments if name in segment.stage.routes]
        start, end, y = LEFT + held[0].start, LEFT + held[-1].end, area.top + 34 + row * 20
        yield element("line", x1=start, x2=end, y1=y, y2=y, class_="tiphys-route")
        yield label(start, y + 14, cut(f"route {name}", 40), "tiphys-routes")


_MOST_ROUTES = 4
"""More would cover the line."""


def _analyses(segments: Sequence[Segment], area: Area) -> Iterator[str]:
    for segment in segments:
        if segment.stage.run is not None and segment.stage.run.names:
            yield _diamond(LEFT + (segment.start + segment.end) / 2, area.at(segment.after))


def _diamond(x: float, y: float) -> str:
    return element("path", d=path([(x, y - 7), (x + 7, y), (x, y + 7), (x - 7, y)], closed=True), class_="tiphys-analysis")


def _shares(plan: Plan, segments: Sequence[Segment], area: Area) -> Iterator[str]:
    """Yield what each level of the line is, where it begins and if it is long enough."""
    levels: list[tuple[float, float, float]] = []
    for segment in segments:
        share = segment.share(0)
        if share != segment.share(1):
            continue
        if levels and levels[-1][2] == share and levels[-1][1] == segment.start:
            levels[-1] = (levels[-1][0], segment.end, share)
        else:
            levels.append((segment.start, segment.end, share))
    for start, end, share in levels:
        words = percent(round(share * plan.whole, 1), plan.whole)
        if share and width(words) + 8 <= end - start:
            yield label(LEFT + start + 6, area.at(share) - 7, words, "tiphys-strong tiphys-level")


def _times(segments: Sequence[Segment], y: float) -> Iterator[str]:
    """Yield what each stretch takes, where there is room for it."""
    for segment in segments:
        x, words = LEFT + (segment.start + segment.end) / 2, takes(segment.stage)
        if segment.kind is Kind.TIMED and width(words) <= segment.end - segment.start:
            yield label(x, y, words, "tiphys-strong", "middle")


def _numbers(segments: Sequence[Segment], y: float) -> Iterator[str]:
    """Yield the numbers of the steps, and names for what has none."""
    free = 0.0
    for segment in segments:
        if segment.kind is Kind.OUTSIDE:
            continue
        stage = segment.stage
        words = _NAMES.get(stage.action, stage.action) if stage.number is None else str(stage.number)
        x, wide = LEFT + (segment.start + segment.end) / 2, width(words)
        if x - wide / 2 >= free and wide <= max(segment.end - segment.start, 10):
            yield label(x, y, words, anchor="middle")
            free = x + wide / 2 + 4


_NAMES = {
    "prePromotionAnalysis": "analysis",
    "postPromotionAnalysis": "analysis",
    "scaleUp": "scale up",
    "scaleDown": "old pods stop",
    "rollingUpdate": "rolling update",
    "create": "first pods",
}


def pods(plan: Plan, segments: Sequence[Segment], area: Area) -> Iterator[str]:
    """Yield the pods over time: the old at the bottom, the new on them, and those of experiments."""
    most = max(plan.peak, 1)
    end = LEFT + segments[-1].end
    layers: tuple[tuple[str, Callable[[Segment], int]], ...] = (
        ("tiphys-extra", lambda segment: segment.stage.total),
        ("tiphys-new", lambda segment: segment.stage.pods.total),
        ("tiphys-old", lambda segment: segment.stage.pods.stable),
    )
    for look, height in layers:
        if any(height(segment) for segment in segments):
            line = [(LEFT, area.bottom), *_pod_points(segments, height, most, area), (end, area.bottom)]
            yield element("path", d=path(line, closed=True), class_=look)
    yield from _surges(segments, most, area)
    for count in sorted({0, plan.replicas}):
        y = area.at(count / most)
        yield element("line", x1=LEFT, x2=end, y1=y, y2=y, class_="tiphys-axis" if not count else "tiphys-grid")
        yield label(LEFT - 10, y + 4, str(count), anchor="end")
    if plan.refused:
        return
    yield element("line", x1=LEFT, x2=end, y1=area.top, y2=area.top, class_="tiphys-peak")
    yield label(end, area.top - 7, f"peak {counted(plan.peak, 'pod')}", "tiphys-hot", "end")
    if abs(area.at(plan.replicas / most) - area.top) > 14:
        yield label(LEFT - 10, area.top + 4, str(plan.peak), "tiphys-hot", "end")


def _surges(segments: Sequence[Segment], most: int, area: Area) -> Iterator[str]:
    """Yield how many pods there may be while they are exchanged."""
    before = segments[0].stage.total
    for segment in segments:
        settled = max(before, segment.stage.total)
        if segment.moving and segment.stage.peak > settled:
            top, wide = area.at(segment.stage.peak / most), segment.end - segment.start
            x, tall = LEFT + segment.start, area.at(min(before, segment.stage.total) / most) - top
            yield element("rect", x=x, y=top, width=wide, height=tall, class_="tiphys-surge")
        before = segment.stage.total


def _pod_points(
    segments: Sequence[Segment], height: Callable[[Segment], int], most: int, area: Area
) -> Iterator[tuple[float, float]]:
    """Yield the top of one layer: pods start little by little, and old ones go at the end of their time."""
    before = height(segments[0])
    for segment in segments:
        count = height(segment)
        lasts = segment.stage.action == "scaleDown"
        yield LEFT + segment.start, area.at((before if lasts or segment.moving else count) / most)
        yield LEFT + segment.end, area.at((before if lasts else count) / most)
        before = count
