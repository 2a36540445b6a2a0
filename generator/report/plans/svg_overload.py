"""Where the picture shows more traffic than the available pods are for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from generator.plan.model import Plan
from generator.plan.timeline import Segment
from generator.report.plans.svg import element, label, width
from generator.report.plans.words import at_worst


def overloads(plan: Plan, segments: Sequence[Segment], left: float, top: float, height: float) -> Iterator[str]:
    """Yield a line for each stretch of the same overload, at what the router sends then, and which pods carry it.

    `top` and `height` are those of the band of the traffic, `left` is where its time begins.
    """
    for overload, stretch in groupby(segments, key=lambda segment: segment.overload):
        if overload is None:
            continue
        parts = list(stretch)
        start, end = left + parts[0].start, left + parts[-1].end
        y = top + height * (1 - overload.weight / plan.whole)
        yield element("line", x1=start, x2=end, y1=y, y2=y, class_="tiphys-overload")
        words = f"at worst {at_worst(plan, parts[0].stage)} pods"
        fits = start + 4 + width(words) < left + segments[-1].end
        x, anchor = (start + 4, "start") if fits else (end, "end")
        yield label(x, y + 16, words, "tiphys-overloaded", anchor)
