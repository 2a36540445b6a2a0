"""The steps of a release: select the charts, run chart CI, check the services that use them, and only then push."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from generator.diagnostics import Diagnostic, Severity
from generator.errors import RefusedError, Rejected
from generator.release import agreement, chart_ci, own_image, sources
from generator.release.agreement import Agreement
from generator.release.chart_ci import Stamp
from generator.release.delivery import Candidate, Report, deliver
from generator.release.destination import Target
from generator.release.sources import Source
from generator.service.build import Built
from generator.service.chart import chart_of, no_chart
from generator.service.place import place
from generator.syntax.wording import listed
from generator.system.charts import folder as chart_folder
from generator.system.charts.package import METADATA, Package
from generator.system.files import Folder
from generator.system.helm import Helm
from generator.workspace.model import Problem

Gate = Callable[[Sequence[Built], str, str], list[Diagnostic]]
"""The last check before a push: the problems of services with the chart in a folder; the last argument names it in messages."""


class _Chart(NamedTuple):
    source: Source
    agreed: Agreement


def release(
    root: str, built: Sequence[Built], wanted: Sequence[str], helm: Helm, target: Target, gate: Gate, *, dry_run: bool
) -> Report:
    """Release the charts that services of an environment use, and return the results.

    `built` are all services of the environment; with `wanted`, only the charts of the services that it
    names are released. Nothing is pushed while there are diagnostics. Raises RefusedError if there is
    no chart to release.
    """
    built = [item for item in built if chart_of(item.resolved).is_released]
    names = {_name(item) for item in built if not wanted or item.resolved.service in wanted}
    if not names:
        raise RefusedError(
            "these services take their charts from repositories that they name themselves, so there is nothing to release",
            "remove chart.repository or chart.repoURL from the spec of a chart that is released here",
        )
    diagnostics: list[Diagnostic] = []
    charts = list(_charts(root, [item for item in built if _name(item) in names], diagnostics))
    elsewhere = sorted(names - {chart.source.name for chart in charts}) if not diagnostics else []
    if not charts and not diagnostics:
        raise RefusedError(
            f"{listed(elsewhere)} {'is' if len(elsewhere) == 1 else 'are'} not in this workspace, so there is nothing to release",
            "put the chart in charts/<name>/, or copy its package from another environment with --from",
        )
    diagnostics += [problem for chart in charts for problem in _unknown(chart, target)]
    candidates = []
    for chart in charts:
        package, found = _made(root, chart, helm, gate)
        diagnostics += found
        if package is not None:
            services = tuple(sorted({item.resolved.service for item in chart.agreed.users}))
            candidates.append(Candidate(package, services, _raise(chart)))
    wrong = any(diagnostic.severity is Severity.ERROR for diagnostic in diagnostics)
    results = [] if wrong else deliver(target, candidates, dry_run=dry_run)
    return Report(results, diagnostics, tuple(elsewhere))


def _name(built: Built) -> str:
    return str(built.resolved.data["chart"]["name"])


def _charts(root: str, built: Sequence[Built], diagnostics: list[Diagnostic]) -> Iterator[_Chart]:
    """Yield each chart of this workspace once, with the version to release."""
    for name in sorted({_name(item) for item in built}):
        users = [item for item in built if _name(item) == name]
        found: dict[str, Source] = {}
        try:
            for item in users:
                diagnostics += _absent(root, item)
                source = sources.find(root, item.resolved.data["chart"])
                if source is not None:
                    found.setdefault(os.path.realpath(source.folder), source)
        except Rejected as rejected:
            diagnostics += rejected.diagnostics
            continue
        if len(found) > 1:
            diagnostics += _two(users, list(found.values()))
        for source in list(found.values())[:1]:
            agreed = agreement.agree(source, users)
            diagnostics += agreed.problems
            if not agreed.problems:
                yield _Chart(source, agreed)


def _absent(root: str, built: Built) -> Iterator[Diagnostic]:
    """Yield a diagnostic if the path of a chart does not exist."""
    path = built.origin.folder
    if path and not Folder(root).exists(f"{path}/{METADATA}"):
        yield _placed(built, no_chart(path))


def _placed(built: Built, problem: Problem) -> Diagnostic:
    resolved = built.resolved
    return place(problem, Severity.ERROR, resolved.spec, resolved.environment, resolved.layers)


def _two(users: Sequence[Built], found: Sequence[Source]) -> Iterator[Diagnostic]:
    where = listed(source.shown for source in found)
    for item in users:
        if chart_of(item.resolved).folder:
            message = f"the chart `{_name(item)}` is in two places: {where}"
            yield _placed(item, Problem(agreement.DISAGREES, ("chart", "path"), message, "rename one of the two"))


def _unknown(chart: _Chart, target: Target) -> Iterator[Diagnostic]:
    """Yield a diagnostic for every service that requests a version that was never released."""
    known: dict[str, bool] = {}
    for item in chart.agreed.others:
        version = agreement.asked(item)
        if version not in known:
            known[version] = target.find(chart.source.name, version) is not None
        if not known[version]:
            yield agreement.unknown(item, chart.source, target.title)


def _made(root: str, chart: _Chart, helm: Helm, gate: Gate) -> tuple[Package | None, list[Diagnostic]]:
    """Return the package of a chart, and the problems that prevent its release."""
    source, agreed = chart
    with tempfile.TemporaryDirectory(prefix="tiphys-release-") as folder:
        try:
            source = chart_ci.copied(root, source, folder)
            package, files = chart_ci.pack(helm, source, _stamp(root, agreed), folder)
        except Rejected as rejected:
            return None, list(rejected.diagnostics)
        opened = os.path.join(folder, "opened", source.name)
        chart_folder.write(files, opened)
        wrong = [*chart_ci.dependencies(source, files), *chart_ci.examine(helm, source, opened)]
        return package, wrong or [*gate(agreed.users, opened, source.shown), *own_image.staying(root, agreed, files)]


def _stamp(root: str, agreed: Agreement) -> Stamp | None:
    """Return what the spec sets in its own chart; None for a chart with a version of its own."""
    if agreed.owner is None:
        return None
    image = agreed.owner.resolved.data.get("image") or {}
    values = own_image.values_of_image(root, agreed.owner)
    return Stamp(agreed.version, str(image.get("tag") or image.get("digest") or agreed.version), values)


def _raise(chart: _Chart) -> str:
    if chart.agreed.owner is not None:
        return f"released versions are immutable: raise chart.version of service {chart.source.name}"
    if chart.source.shipped:
        return f"released versions are immutable: copy the chart to charts/{chart.source.name}/, and set your own version"
    return (
        f"released versions are immutable: raise the version in {chart.source.shown}/{METADATA}, and chart.version in the specs"
    )
