"""The command `mooring verify`."""

from __future__ import annotations

import click

from generator.build import Built
from generator.commands import options, running
from generator.pipeline import Mode, Request, run
from generator.wording import counted


@click.command("verify")
@options.services
@options.environments
@options.helm
@click.option("--chart", metavar="DIR", default="", help="A chart that is not released yet, in the place of the released one.")
@click.option("--offline", is_flag=True, help="Ask no chart repository: only charts in the workspace and in the cache.")
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
    **asked: object,
) -> int:
    r"""Prove with the real Helm that what is generated works.

    Each service and environment is linted and rendered as Argo CD renders it. Every object is held
    against the schemas of Kubernetes and Argo, and all of them against each other: selectors, Services,
    ports, routes, autoscalers. Findings point at the spec.

    \b
    mooring verify
    mooring verify checkout --env prod
    mooring verify --chart ../charts/service
    """
    from generator.external import helm as helms
    from generator.verify.charts import Charts
    from generator.verify.run import verify

    root = running.workspace_root(ctx)
    built: list[Built] = []
    services, environments = asked["services"], asked["environments"]
    outcome = run(Request(root, Mode.LINT, services, environments, on_built=built.append))  # type: ignore[arg-type]
    if outcome.errors:
        running.report(ctx, outcome, root, formats, color)
        click.echo(f"{running.summary(outcome)}; nothing was rendered", err=True)
        return outcome.failure
    found = helms.find(helm)
    charts = Charts(root, found, candidate=chart, offline=offline)
    report = verify(root, built, found, charts, running.progress_line("verified", "applications"))
    outcome = outcome.with_more(report.diagnostics)
    running.report(ctx, outcome, root, formats, color)
    if outcome.diagnostics or not quiet:
        click.echo(f"{_sentence(report.applications, report.objects, found.release)}: {running.summary(outcome)}", err=True)
    if report.unknown and not quiet:
        click.echo(
            f"no schema is known for {', '.join(report.unknown)}: their references were checked, not their fields", err=True
        )
    return outcome.failure if outcome.errors else 0


def _sentence(applications: int, objects: int, helm: str) -> str:
    return f"{counted(applications, 'application')}, {counted(objects, 'object')}, Helm {helm}"
