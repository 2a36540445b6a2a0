"""The command `tiphys verify`."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import click

from generator.cli import options, running, versions
from generator.pipeline.run import Outcome, run
from generator.syntax.wording import counted
from generator.system import helm as helms

if TYPE_CHECKING:
    from generator.verify.renderings import Renderings
    from generator.verify.run import Report


@click.command("verify")
@options.services
@options.environments
@options.helm
@click.option("--chart", metavar="DIR", default="", help="Verify against this unreleased chart instead of the released one.")
@click.option(
    "--offline", is_flag=True, help="Do not contact chart repositories; use only charts in the workspace and the cache."
)
@options.repo
@click.option(
    "--against",
    metavar="WHAT",
    multiple=True,
    callback=versions.named,
    help="Compare every object with what helm=BIN, kubernetes=VERSION, chart=NAME@VERSION or chart=DIR make of it. Repeatable.",
)
@click.option("--no-cache", is_flag=True, help="Ignore cached Helm results.")
@options.fail_level
@options.reporting
@click.pass_context
def command(
    ctx: click.Context,
    /,
    helm: str,
    chart: str,
    offline: bool,
    clones: dict[str, str],
    formats: list[tuple[str, str]],
    color: str,
    quiet: bool,
    fail_level: str | None,
    against: versions.Versions | None,
    services: tuple[str, ...],
    environments: tuple[str, ...],
    no_cache: bool,
) -> int:
    r"""Render the charts with Helm and the kustomizations with kustomize, and check every object.

    Each service and environment is linted and rendered as Argo CD renders it. Every object is validated
    against the schemas of Kubernetes and Argo, and references between objects are checked: selectors,
    Services, ports, routes, autoscalers. Findings point at the spec.

    \b
    tiphys verify
    tiphys verify checkout --env prod
    tiphys verify --chart ../charts/service
    tiphys verify --against helm=/opt/helm4/helm --against kubernetes=1.36
    """
    root = running.workspace_root(ctx)
    rules = running.asked(fail_level=fail_level)
    finding = ThreadPoolExecutor(1).submit(helms.find, helm)  # `helm version` is slow, so it runs in parallel
    every = versions.Asked(services, environments, helm, chart, offline, clones, not no_cache, rules, formats, color)
    if against:
        return versions.compare(ctx, root, against, every)
    with versions.renderings(root, finding.result, every) as renderings:
        outcome = run(every.request(root, renderings.begin))
        report = _report(root, renderings) if not outcome.errors or outcome.fails_in_charts_alone else None
        other_helm = renderings.other_helm if report else ""
    if report:
        outcome = outcome.with_more(report.diagnostics)
    running.report(ctx, outcome, root, formats, color)
    for sentence in filter(None, (*_said(outcome, report, quiet=quiet), other_helm)):
        click.echo(sentence, err=True)
    return outcome.failure if report is None or outcome.blocked else 0


def _report(root: str, renderings: Renderings) -> Report:
    from generator.verify.run import verify  # imported here, while Helm is already running

    return verify(root, renderings, running.progress_line("verified", "applications"))


def _said(outcome: Outcome, report: Report | None, *, quiet: bool) -> Iterator[str]:
    summary = running.summary(outcome)
    if report is None:
        yield f"{summary}; nothing was rendered"
        return
    if outcome.diagnostics or not quiet:
        applications, objects = counted(report.applications, "application"), counted(report.objects, "object")
        yield f"{', '.join(filter(None, (applications, objects, report.tools)))}: {summary}"
    if report.unknown and not quiet:
        yield f"no schema found for {', '.join(report.unknown)}: only their references were checked, not their fields"
