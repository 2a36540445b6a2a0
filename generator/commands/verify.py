"""The command `mooring verify`."""

from __future__ import annotations

import click

from generator.build import Built
from generator.commands import options, running
from generator.pipeline import Mode, Outcome, Request, run
from generator.wording import counted


@click.command("verify")
@options.services
@options.environments
@options.helm
@click.option("--chart", metavar="DIR", default="", help="A chart that is not released yet, in the place of the released one.")
@click.option("--offline", is_flag=True, help="Ask no chart repository: only charts in the workspace and in the cache.")
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
    mooring verify
    mooring verify checkout --env prod
    mooring verify --chart ../charts/service
    """
    root = running.workspace_root(ctx)
    built: list[Built] = []
    services, environments = asked["services"], asked["environments"]
    rules = running.asked(fail_level=fail_level)
    outcome = run(Request(root, Mode.LINT, services, environments, on_built=built.append, asked=rules))  # type: ignore[arg-type]
    if outcome.errors:
        running.report(ctx, outcome, root, formats, color)
        click.echo(f"{running.summary(outcome)}; nothing was rendered", err=True)
        return outcome.failure
    outcome, sentences = _verified(outcome, root, built, helm, chart, offline=offline)
    running.report(ctx, outcome, root, formats, color)
    if outcome.diagnostics or not quiet:
        click.echo(f"{sentences[0]}: {running.summary(outcome)}", err=True)
    for sentence in () if quiet else sentences[1:]:
        click.echo(sentence, err=True)
    return outcome.failure if outcome.blocked else 0


def _verified(
    outcome: Outcome, root: str, built: list[Built], binary: str, chart: str, *, offline: bool
) -> tuple[Outcome, list[str]]:
    """Return the outcome with what was found by Helm and in what it rendered, and what to say of the run."""
    from generator.external import helm
    from generator.verify.charts import Charts
    from generator.verify.run import verify

    found = helm.find(binary)
    charts = Charts(root, found, candidate=chart, offline=offline)
    report = verify(root, built, found, charts, running.progress_line("verified", "applications"))
    said = [f"{counted(report.applications, 'application')}, {counted(report.objects, 'object')}, Helm {found.release}"]
    if report.unknown:
        said.append(f"no schema is known for {', '.join(report.unknown)}: their references were checked, not their fields")
    return outcome.with_more(report.diagnostics), said
