"""A plan as a picture: traffic over time, and below it the pods."""

from __future__ import annotations

from collections.abc import Sequence

from generator.plan.forecast import Forecast
from generator.plan.steps import percent
from generator.plan.timeline import Kind, Segment, layout
from generator.report.plans.svg import cut, element, label, text, width
from generator.report.plans.svg_bands import LEFT, RIGHT, Area, has_asked, pods, traffic
from generator.report.plans.words import SIDES, at_worst, capacity, kind, replicas, simulated, takes, time_needed

WIDTH, HEIGHT = 960, 508
TRAFFIC, PODS = Area(126, 190), Area(376, 90)
_LEAST = {Kind.OUTSIDE: 22.0, Kind.INSTANT: 10.0, Kind.PODS: 26.0, Kind.TIMED: 30.0, Kind.GATE: 92.0, Kind.OPEN: 92.0}

LIGHT = """
.tiphys-plan{font:13px system-ui,-apple-system,"Segoe UI",sans-serif;font-variant-numeric:tabular-nums}
.tiphys-plan text{fill:#1f2328}.tiphys-plan .tiphys-head{font-size:18px;font-weight:600}
.tiphys-plan .tiphys-muted{fill:#57606a}.tiphys-plan .tiphys-strong{font-weight:600}
.tiphys-plan .tiphys-level{paint-order:stroke;stroke:#fff;stroke-width:4px;stroke-linejoin:round}
.tiphys-plan .tiphys-paper{fill:#fff;stroke:#d0d7de}.tiphys-plan .tiphys-grid{stroke:#e4e8ec}
.tiphys-plan .tiphys-axis{stroke:#8c959f}.tiphys-plan .tiphys-line{fill:none;stroke:#0550ae;stroke-width:2.5;stroke-linejoin:round}
.tiphys-plan .tiphys-new{fill:#54a0f4}.tiphys-plan .tiphys-area{fill:#0969da;fill-opacity:.16}
.tiphys-plan .tiphys-old{fill:#b6bfc9}.tiphys-plan .tiphys-extra{fill:#a475f9}
.tiphys-plan .tiphys-asked{fill:none;stroke:#57606a;stroke-width:1.5;stroke-dasharray:3 3}
.tiphys-plan .tiphys-peak{fill:none;stroke:#bc4c00;stroke-width:1.5;stroke-dasharray:5 3}.tiphys-plan .tiphys-hot{fill:#953800}
.tiphys-plan .tiphys-gate{fill:#d4a72c;fill-opacity:.18;stroke:#9a6700;stroke-dasharray:5 4}.tiphys-plan .tiphys-person{fill:#7d4e00;font-weight:600}
.tiphys-plan .tiphys-unknown{fill:#8c959f;fill-opacity:.12;stroke:#8c959f;stroke-dasharray:5 4}
.tiphys-plan .tiphys-open{fill:#cf222e;fill-opacity:.1;stroke:#cf222e;stroke-dasharray:5 4}.tiphys-plan .tiphys-never{fill:#a40e26;font-weight:600}
.tiphys-plan .tiphys-surge{fill:#bc4c00;fill-opacity:.22}.tiphys-plan .tiphys-route{stroke:#1a7f37;stroke-width:2}.tiphys-plan .tiphys-routes{fill:#116329}
.tiphys-plan .tiphys-overload{stroke:#cf222e;stroke-width:3;stroke-dasharray:2 3}.tiphys-plan .tiphys-overloaded{fill:#a40e26;font-weight:600;paint-order:stroke;stroke:#fff;stroke-width:4px}
.tiphys-plan .tiphys-analysis{fill:#8250df;stroke:#fff}.tiphys-plan .tiphys-watch{stroke:#8250df;stroke-width:2}.tiphys-plan .tiphys-checks{fill:#6639ba}"""

DARK = """
.tiphys-plan text{fill:#e6edf3}.tiphys-plan .tiphys-muted{fill:#9ea7b3}
.tiphys-plan .tiphys-paper{fill:#14181f;stroke:#30363d}.tiphys-plan .tiphys-grid{stroke:#262c35}.tiphys-plan .tiphys-axis{stroke:#768390}
.tiphys-plan .tiphys-line{stroke:#79c0ff}.tiphys-plan .tiphys-new{fill:#2f6fc4}.tiphys-plan .tiphys-area{fill:#388bfd;fill-opacity:.25}
.tiphys-plan .tiphys-old{fill:#545d68}.tiphys-plan .tiphys-extra{fill:#8957e5}.tiphys-plan .tiphys-asked{stroke:#9ea7b3}
.tiphys-plan .tiphys-peak{stroke:#f0883e}.tiphys-plan .tiphys-hot{fill:#ffa657}
.tiphys-plan .tiphys-gate{fill:#d29922;fill-opacity:.2;stroke:#d29922}.tiphys-plan .tiphys-person{fill:#f2cc60}
.tiphys-plan .tiphys-unknown{fill:#768390;fill-opacity:.2;stroke:#768390}.tiphys-plan .tiphys-level{stroke:#14181f}
.tiphys-plan .tiphys-open{fill:#f85149;fill-opacity:.15;stroke:#f85149}.tiphys-plan .tiphys-never{fill:#ff9b95}
.tiphys-plan .tiphys-surge{fill:#f0883e;fill-opacity:.3}.tiphys-plan .tiphys-route{stroke:#3fb950}.tiphys-plan .tiphys-routes{fill:#7ee787}
.tiphys-plan .tiphys-overload{stroke:#f85149}.tiphys-plan .tiphys-overloaded{fill:#ff9b95;stroke:#14181f}
.tiphys-plan .tiphys-analysis{fill:#bc8cff;stroke:#14181f}.tiphys-plan .tiphys-watch{stroke:#bc8cff}.tiphys-plan .tiphys-checks{fill:#d2a8ff}
"""

THEMES = {"auto": LIGHT + "\n@media (prefers-color-scheme:dark){" + DARK + "}", "light": LIGHT, "dark": LIGHT + DARK}
"""The colours: as the reader's system has it, or always the same, for pages that choose between two pictures."""


def as_svg(forecast: Forecast, theme: str = "auto") -> str:
    """Return the plan as a self-contained SVG: for a light or a dark page, or for one of the two alone."""
    plan = forecast.plan
    segments = layout(plan, WIDTH - LEFT - RIGHT, _LEAST)
    name = f"tiphys-plan-{forecast.service}-{forecast.environment.replace('/', '-')}"
    parts = [
        element("title", text(f"The rollout of {forecast.service} in {forecast.environment}"), id=f"{name}-title"),
        element("desc", text(_description(forecast)), id=f"{name}-desc"),
        element("style", THEMES[theme]),
        element("rect", x=0.5, y=0.5, width=WIDTH - 1, height=HEIGHT - 1, rx=8, class_="tiphys-paper"),
        *_heading(forecast),
        *traffic(plan, segments, TRAFFIC),
        *pods(plan, segments, PODS),
        *_legend(forecast, segments),
    ]
    return (
        element(
            "svg",
            "\n" + "\n".join(parts) + "\n",
            xmlns="http://www.w3.org/2000/svg",
            viewBox=f"0 0 {WIDTH} {HEIGHT}",
            width="100%",
            role="img",
            aria_labelledby=f"{name}-title {name}-desc",
            class_="tiphys-plan",
        )
        + "\n"
    )


def drawing(forecast: Forecast, label: str) -> str:
    """Return the picture alone, for a page that has the style, the names and the numbers already."""
    segments = layout(forecast.plan, WIDTH - LEFT - RIGHT, _LEAST)
    parts = [*traffic(forecast.plan, segments, TRAFFIC), *pods(forecast.plan, segments, PODS), *_legend(forecast, segments)]
    top = TRAFFIC.top - 40
    box = f"0 {top} {WIDTH} {HEIGHT - top}"
    return element("svg", "".join(parts), viewBox=box, role="img", aria_label=label, class_="tiphys-plan")


def _heading(forecast: Forecast) -> list[str]:
    plan = forecast.plan
    facts = capacity(forecast) if plan.first or plan.refused else f"{capacity(forecast)} · {time_needed(plan)}"
    what = f"{kind(plan)}, {replicas(forecast)}"
    warned = [label(24, 98, cut(forecast.warnings[0], 130), "tiphys-never")] if forecast.warnings else []
    return [
        label(24, 36, f"{forecast.service} in {forecast.environment}", "tiphys-head"),
        label(24, 58, cut(" · ".join(part for part in (what, simulated(plan)) if part), 130), "tiphys-muted"),
        label(24, 78, cut(facts, 124), "tiphys-strong"),
        *warned,
    ]


def _legend(forecast: Forecast, segments: Sequence[Segment]) -> list[str]:
    """Return what the colours mean, and that unknown times are not to scale."""
    plan = forecast.plan
    new, old = SIDES[plan.kind]
    entries = [("tiphys-new", f"{new} pods"), ("tiphys-old", f"{old} pods")]
    if any(stage.extra for stage in plan.all_stages):
        entries.append(("tiphys-extra", "pods of an experiment"))
    if any(segment.moving and segment.stage.peak > segment.stage.total for segment in segments):
        entries.append(("tiphys-surge", "temporary extra pods"))
    found, x, y = [], float(LEFT), HEIGHT - 18
    for look, words in entries:
        found += [element("rect", x=x, y=y - 10, width=12, height=12, rx=2, class_=look), label(x + 18, y, words)]
        x += 18 + width(words) + 22
    if has_asked(segments):
        found += [
            element("line", x1=x, x2=x + 18, y1=y - 4, y2=y - 4, class_="tiphys-asked"),
            label(x + 24, y, "requested weight"),
        ]
    return [*found, label(WIDTH - RIGHT, y, "pod starts and promotions: not to scale", anchor="end")]


def _description(forecast: Forecast) -> str:
    """Return the picture in words, for those who do not see it."""
    plan = forecast.plan
    new, old = SIDES[plan.kind]
    parts = [f"{kind(plan)}, {replicas(forecast)}; {capacity(forecast)}"]
    parts += [*([simulated(plan)] if simulated(plan) else []), *forecast.warnings]
    for stage in plan.all_stages:
        where = stage.title if stage.number is None else f"step {stage.number}, {stage.title}"
        traffic_share = f"{percent(stage.reached, plan.whole)} of the traffic"
        worst = at_worst(plan, stage)
        at = f" (at worst {worst} available pods)" if worst else ""
        pods_then = f"{stage.pods.canary} {new} and {stage.pods.stable} {old} pods"
        parts.append(f"{where}: {traffic_share}{at}, {pods_then}, {takes(stage)}")
    return ". ".join([*parts, *forecast.remarks]) + "."
