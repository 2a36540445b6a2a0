"""The command `tiphys verify`."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import click

from generator.commands import options, running
from generator.external import helm as helms
from generator.pipeline import Mode, Outcome, Request, run
from generator.wording import counted

if TYPE_CHECKING:
    from generator.verify.renderings import Renderings
    from generator.verify.run import Report


@click.command("verify")
@options.services
@options.environments
@options.helm
@click.option("--chart", metavar="DIR", default="", help="A chart that is not released yet, in the place of the released one.")
@click.option("--offline", is_flag=True, help="Ask no chart repository: only charts in the workspace and in the cache.")
@click.option("--no-cache", is_flag=True, help="Ask Helm again, even about what it has answered before.")
@options.fail_level
@options.reporting
@click.pass_context
def command(
    ctx: click.Context,
    /,
    helm: str,
    chart: str,
    offline: bool,
    formats: list[tuple[str, str]],
    color: str,
    quiet: bool,
    fail_level: str | None,
    **asked: object,
) -> int:
    r"""Prove with the real Helm that what is generated works.

    Each service and environment is linted and rendered as Argo CD renders it. Every object is held
    against the schemas of Kubernetes and Argo, and all of them against each other: selectors, Services,
    ports, routes, autoscalers. Findings point at the spec.

    \b
    tiphys verify
    tiphys verify checkout --env prod
    tiphys verify --chart ../charts/service
    """
    root = running.workspace_root(ctx)
    finding = ThreadPoolExecutor(1).submit(helms.find, helm)  # Helm takes its time to say its version
    from generator.verify.cache import Cache, home
    from generator.verify.charts import Charts
    from generator.verify.renderings import Renderings

    services, environments = asked["services"], asked["environments"]
    rules = running.asked(fail_level=fail_level)
    kept = Cache("" if asked["no_cache"] else f"{home()}/helm")
    with Renderings(finding.result, lambda found: Charts(root, found, candidate=chart, offline=offline), kept) as renderings:
        request = Request(root, Mode.LINT, services, environments, on_built=renderings.begin, asked=rules)  # type: ignore[arg-type]
        outcome = run(request)
        report = None if outcome.errors else _report(root, renderings)
    if report:
        outcome = outcome.with_more(report.diagnostics)
    running.report(ctx, outcome, root, formats, color)
    for sentence in _said(outcome, report, quiet=quiet):
        click.echo(sentence, err=True)
    return outcome.failure if report is None or outcome.blocked else 0


def _report(root: str, renderings: Renderings) -> Report:
    from generator.verify.run import verify  # its rules are read while Helm is at work already

    return verify(root, renderings, running.progress_line("verified", "applications"))


def _said(outcome: Outcome, report: Report | None, *, quiet: bool) -> Iterator[str]:
    summary = running.summary(outcome)
    if report is None:
        yield f"{summary}; nothing was rendered"
        return
    if outcome.diagnostics or not quiet:
        applications, objects = counted(report.applications, "application"), counted(report.objects, "object")
        yield f"{applications}, {objects}, Helm {report.helm.release}: {summary}"
    if report.unknown and not quiet:
        yield f"no schema is known for {', '.join(report.unknown)}: their references were checked, not their fields"
