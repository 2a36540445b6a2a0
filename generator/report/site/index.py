"""Finds what belongs together in a survey: findings, changes and history to services, and services to pages."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from generator.diagnostics import Diagnostic, Severity
from generator.history.ledger.matrix import Cell, Row
from generator.pipeline.drift import Change
from generator.report.as_text import printable
from generator.report.matrix import behind, rolled_back
from generator.report.releases import TIME, every_image, overrides_cell, since
from generator.report.site.deployed import Deployed
from generator.report.site.lines import address, page_of
from generator.report.site.survey import Invalid, InvalidLine, Line, Status, Survey
from generator.report.site.trace import Landed
from generator.report.site.view import ServiceView
from generator.syntax.commit_ids import short_id
from generator.syntax.labels import label_parts


class Index:
    """Finds what belongs together: findings to files, changes and history to services."""

    def __init__(self, survey: Survey) -> None:
        self.survey = survey
        self._pages = {service.path: f"services/{service.name}.html" for service in survey.services}
        self._views = {service.name: service for service in survey.services}
        self.by_path: dict[str, list[Diagnostic]] = defaultdict(list)
        self.by_rule: dict[str, list[Diagnostic]] = defaultdict(list)
        for finding in survey.findings:
            self.by_path[finding.path].append(finding)
            self.by_rule[finding.rule].append(finding)
        self._drift: dict[tuple[str, str], list[Change]] = defaultdict(list)
        for change in survey.changes:
            self._drift[change.service, change.environment].append(change)
        self._rows: dict[str, Row] = {row.service: row for row in (survey.matrix.rows if survey.matrix else ())}

    @property
    def unread(self) -> list[str]:
        """The files that are at fault, and of which no service came."""
        return [
            path
            for path, found in sorted(self.by_path.items())
            if path not in self._pages
            and any(item.severity is Severity.ERROR and not item.rule.startswith("TP9") for item in found)
        ]

    def page(self, path: str) -> str:
        """Return the page that shows a file, from the root of the site."""
        return self._pages.get(path) or page_of(path)

    def place(self, finding: Diagnostic) -> str:
        """Return the address of a finding's line, from the root of the site; empty for a file that no page shows."""
        if finding.rule.startswith("TP9"):
            return f"{address(f'services/{finding.service}.html')}#{self._anchor(finding)}" if self.has(finding.service) else ""
        return f"{address(self.page(finding.path))}#L{finding.span.line}"

    def _anchor(self, finding: Diagnostic) -> str:
        """Return the part of a service's page that shows what is generated for an environment, for the first destination."""
        shown = self._views[finding.service].deployed
        return next((one.environment for one in shown if one.environment_name == finding.environment), finding.environment)

    def environment(self, name: str) -> str:
        """Return the address of what the report says of an environment, from the root of the site; empty for an unknown one."""
        known = any(place.name == name for place in self.survey.environments)
        return f"environments.html#env-{address(name)}" if known else ""

    def has(self, service: str) -> bool:
        """Tell whether a service has a page."""
        return service in self._views

    def of_service(self, service: ServiceView) -> list[Diagnostic]:
        """Return the findings of a service: in its spec, and in what is generated from it."""
        return [*self.by_path.get(service.path, ()), *self._drifted(service.name)]

    def _drifted(self, service: str) -> Iterable[Diagnostic]:
        for place in self.survey.environments:
            for change in self._drift.get((service, place.name), ()):
                yield from (item for item in self.by_path.get(change.path, ()) if item.rule.startswith("TP9"))

    def last(self, service: ServiceView) -> Sequence[Landed]:
        """Return the last releases of a service, newest first."""
        return self.survey.trace.last.get(service.name, ())

    @property
    def has_uncommitted(self) -> bool:
        """Whether any service differs from the commit that the report is of."""
        return any(row.uncommitted for row in self._rows.values())

    def line(self, service: ServiceView) -> Line:
        """Return the row of a service."""
        severities = Counter(finding.severity.value for finding in self.by_path.get(service.path, ()))
        row = self._rows.get(service.name)
        deployed: dict[str, list[Deployed]] = defaultdict(list)
        for item in service.deployed:
            deployed[item.environment_name].append(item)
        cells = tuple(self._status(service, place.name, deployed[place.name], row) for place in self.survey.environments)
        return Line(service, cells, severities["error"], severities["warning"])

    def invalid_line(self, spec: Invalid) -> InvalidLine:
        """Return the row of a spec of which no service came, with the images that the last commit has of it."""
        severities = Counter(finding.severity.value for finding in self.by_path.get(printable(spec.path), ()))
        row = None if self.has(spec.name) else self._rows.get(spec.name)
        cells = [row.cells.get(place.name) if row else None for place in self.survey.environments]
        images = tuple(every_image(cell.version) if cell else "" for cell in cells)
        return InvalidLine(spec, images, severities["error"], severities["warning"])

    def _status(self, service: ServiceView, environment: str, deployed: Sequence[Deployed], row: Row | None) -> Status:
        cell = row.cells.get(environment) if row else None
        changes = self._drift.get((service.name, environment), ())
        by_label: dict[str, list[Change]] = defaultdict(list)
        for change in changes:
            by_label[_label(change, deployed)].append(change)
        return Status(
            deployed[0] if deployed else None,
            environment in service.named,
            _drift_words(changes),
            *self._history(service.name, cell),
            bool(row and environment in row.uncommitted),
            tuple(deployed[1:]),
            overrides_cell(cell.overrides) if cell else "",
            {label: _drift_words(found) for label, found in by_label.items()} if len(deployed) > 1 else {},
            rolled_back(cell) if cell else "",
        )

    def _history(self, service: str, cell: Cell | None) -> tuple[str, int, str, str, str, str]:
        """Return what Git says of a release, in the order of Status: from how it stands to its source to who landed it."""
        if cell is None:
            return "", 0, "", "", "", ""
        lacking = cell.behind.releases if cell.behind else 0
        return (
            behind(cell, complete=bool(self.survey.matrix and self.survey.matrix.complete)),
            lacking,
            self.survey.trace.lacking_since(service, cell.source, lacking),
            cell.source,
            since(cell.since, TIME, at_boundary=cell.at_boundary),
            f"{cell.since.author.name}, {short_id(cell.since.id)}",
        )


def _label(change: Change, deployed: Sequence[Deployed]) -> str:
    """Return the label of the destination that a file belongs to, by its path; the environment if it belongs to none."""
    for one in deployed:
        destination = label_parts(one.environment)[1]
        own = (f"/{change.service}/{destination}/", f"/{change.service}-{destination}.yaml")
        if destination and any(part in change.path for part in own):
            return one.environment
    return change.environment


def _drift_words(changes: Sequence[Change]) -> str:
    """Return how many files of a service are not as they should be: `2 files differ, 1 missing`."""
    states = Counter(change.state.value for change in changes)
    parts = [f"{number} {state}" for state, number in sorted(states.items())]
    return f"drift: {', '.join(parts)}" if parts else ""
