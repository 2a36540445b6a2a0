"""What the report shows of one service, as plain data that any process can make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from generator.history.images import images_of
from generator.history.ledger.versions import part_of_spec
from generator.pipeline.drift import Wanted
from generator.plan.forecast import Forecast
from generator.plan.model import Requests
from generator.report.as_text import printable
from generator.report.plans.as_svg import drawing
from generator.report.plans.as_text import numbers
from generator.report.plans.of_built import Basis, basis_of, forecast_of, is_known
from generator.report.plans.words import capacity, duration, kind, replicas, simulated, takes, time_needed
from generator.report.site.deployed import Deployed, File
from generator.report.site.documents import Shapes, Tracer
from generator.report.site.jinja import page
from generator.report.site.lines import linked, source
from generator.report.site.on_call import commands_of, links_of
from generator.report.site.parity import Difference, differences
from generator.report.site.tables import differences_table, steps_table
from generator.report.site.trail import Links, Speaker
from generator.service.build import Built
from generator.service.chart_objects import FindTemplate
from generator.service.dependencies import Dependency, dependencies_of
from generator.syntax.secrets.masking import masked
from generator.syntax.wording import counted
from generator.workspace.model import ServiceSpec, Workspace


class Release(NamedTuple):
    """The next release of a service in an environment, as the plan has it, drawn and in words."""

    kind: str
    """Such as `canary behind nginx`."""
    replicas: str
    peak: int
    takes: str
    facts: str
    picture: str
    """SVG that needs the style of the site."""
    steps: str
    """The same as the rows of a table."""
    remarks: tuple[str, ...]
    unknowns: tuple[str, ...]

    @property
    def pods(self) -> str:
        """How many pods there are at most."""
        return counted(self.peak, "pod") if self.picture else "–"


_UNPLANNED = Release(
    "not planned", "replicas unknown", 0, "–", "the chart has no profile, so nothing is known about its pods", "", "", (), ()
)


class Drawing(NamedTuple):
    """What is drawn of a forecast, whose names are those of the first service that looks like this."""

    forecast: Forecast
    picture: str
    steps: str


class Shown(NamedTuple):
    """What a page shows of a service in one environment."""

    deployed: Deployed
    release: Release
    files: tuple[File, ...]


class ServiceView(NamedTuple):
    """A service in all its environments."""

    name: str
    path: str
    text: str
    lines: str
    """The same as markup, each line to be linked to."""
    released: dict[str, Any]
    """What releases are about in the text, for those who read its history."""
    description: str
    labels: tuple[tuple[str, str], ...]
    annotations: tuple[tuple[str, str], ...]
    deployed: tuple[Deployed, ...]
    named: tuple[str, ...]
    """The environments that the spec names, whether it could be built for them or not."""
    needs: tuple[tuple[str, tuple[Dependency, ...]], ...]
    """What it needs of other services, by environment."""
    differences: tuple[Difference, ...]
    linked: tuple[str, ...]
    """The paths of the other files that speak of it, and that its page can link to."""
    body: bytes
    """What its page shows of it alone, whatever is found in it and in others: markup, in UTF-8."""
    plans: str = ""
    """The next release in each environment, as markup."""

    @property
    def team(self) -> str:
        """Who owns it: the label `team`, or `owner`; empty if it has neither."""
        labels = dict(self.labels)
        return labels.get("team") or labels.get("owner") or ""


class Viewer:
    """Makes the views, one service after the other, and keeps what many of them share."""

    def __init__(self, workspace: Workspace, order: Sequence[str], body: str = "service_body.html") -> None:
        self._workspace = workspace
        self._body = page(body)
        self._plans = page("service_plans.html")
        self._order = {name: index for index, name in enumerate(order)}
        self._shapes = Shapes()
        self._shared: dict[tuple[int, str], Speaker] = {}
        self._drawings: dict[str, Drawing] = {}
        self._releases: dict[tuple[str, Requests | None], Release] = {}

    def __call__(
        self, spec: ServiceSpec, made: Sequence[Built], find: FindTemplate, wanted: Mapping[str, Wanted]
    ) -> ServiceView:
        """Return the view of a service."""
        links = Links(spec.source, self._shared)
        builts = sorted(made, key=lambda built: self._order.get(built.resolved.environment.name, 0))
        shown = [self._shown(built, links, find, wanted) for built in builts]
        deployed = tuple(item.deployed for item in shown)
        metadata = spec.source.data["metadata"]
        labels, annotations = spec.labels, masked(metadata.get("annotations") or {})
        apart = differences(builts, links)
        return ServiceView(
            spec.name,
            spec.source.path,
            spec.source.text,
            source(spec.source.text),
            part_of_spec(spec.source.data) or {},
            str(metadata.get("description") or ""),
            tuple((str(key), str(value)) for key, value in labels.items()),
            tuple((str(key), str(value)) for key, value in annotations.items()),
            deployed,
            tuple(spec.environments),
            tuple((name, dependencies_of(spec, name)) for name in spec.environments),
            apart,
            tuple(links.visited),
            self._body.render(
                service=spec.name,
                shown=shown,
                differences=differences_table([item.environment for item in deployed], apart) if apart else "",
            ).encode("utf-8", "backslashreplace"),
            self._plans.render(service=spec.name, shown=shown),
        )

    def _shown(self, built: Built, links: Links, find: FindTemplate, wanted: Mapping[str, Wanted]) -> Shown:
        data = built.resolved.data
        tracer = Tracer(built, self._workspace, links, self._shapes)
        files = []
        for document in built.documents:
            if document.path in wanted:
                text = wanted[document.path].content.decode("utf-8")
                files.append(File(document.path, linked(text, tracer.links(document, find)), text.count("\n")))
        release = self._release(built)
        deployed = Deployed(
            built.resolved.environment.label,
            str((data.get("image") or {}).get("tag") or ""),
            str((data.get("image") or {}).get("digest") or ""),
            str(data.get("chart", {}).get("name") or ""),
            str(data.get("chart", {}).get("version") or ""),
            str(built.application["name"]),
            release.kind,
            release.replicas,
            release.pods,
            release.takes,
            images_of(data),
            commands_of(built),
            links_of(built),
        )
        return Shown(deployed, release, tuple(files))

    def _release(self, built: Built) -> Release:
        """Return the next release; services that are released alike share it, and its drawing those that request otherwise."""
        if not is_known(built):
            return _UNPLANNED
        basis = basis_of(built)
        look = _likeness(basis)
        key = (look, basis.requests)
        if key not in self._releases:
            drawn = self._drawings.get(look) or _drawing(built, basis)
            self._drawings[look] = drawn
            self._releases[key] = _release(drawn, basis)
        return self._releases[key]


def _likeness(basis: Basis) -> str:
    """Return what drawings have in common that look the same.

    The Services that a blue-green switches are in no picture, nor is what pods request.
    """
    workload = basis.workload
    blue_green = workload.strategy.get("blueGreen")
    if isinstance(blue_green, dict):
        kept = {key: value for key, value in blue_green.items() if key not in ("activeService", "previewService")}
        workload = workload._replace(strategy={**workload.strategy, "blueGreen": kept})
    return repr(basis._replace(workload=workload, requests=None))


def _drawing(built: Built, basis: Basis) -> Drawing:
    forecast = forecast_of(built, basis=basis)
    plan, (heads, rows) = forecast.plan, numbers(forecast)
    label = f"Traffic and pods over time: {kind(plan)}, {replicas(forecast)}. The table of steps shows the same numbers."
    cells = [
        ("" if stage.number is None else str(stage.number), printable(stage.title), *row, takes(stage))
        for stage, row in zip(plan.all_stages, rows, strict=True)
    ]
    return Drawing(forecast, drawing(forecast, label), steps_table(heads, cells))


def _release(drawn: Drawing, basis: Basis) -> Release:
    forecast = drawn.forecast._replace(requests=basis.requests)
    plan = forecast.plan
    remarks = [*forecast.warnings, *forecast.remarks, *(item.sentence for item in forecast.additions)]
    if plan.whole != 100:
        remarks.append(f"weights are out of {plan.whole} (maxTrafficWeight)")
    return Release(
        kind(plan),
        replicas(forecast),
        plan.peak,
        duration(plan),
        "; ".join(part for part in (capacity(forecast), time_needed(plan), simulated(plan)) if part),
        drawn.picture,
        drawn.steps,
        tuple(remarks),
        forecast.unknowns,
    )
