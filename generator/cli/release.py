"""The command `tiphys release`."""

from __future__ import annotations

import click

from generator.cli import options, running, verbosity
from generator.cli.progress import progress_line
from generator.pipeline.run import Mode, Outcome, Progress, Request, run
from generator.release import destination as publishing
from generator.release.delivery import Report
from generator.release.gate import gate
from generator.release.promote import promote
from generator.release.run import release
from generator.release.users import deployed, everybody
from generator.report import charts as chart_report
from generator.service.build import Built
from generator.system import helm as helms


@click.command("release")
@options.services
@options.environment
@click.option(
    "--from", "source", metavar="E", default="", help="Copy the packages of this environment instead of packing charts."
)
@click.option("--push", is_flag=True, help="Push the branch of an HTTP chart repository kept in Git.")
@click.option("--dry-run", is_flag=True, help="Show what would be released, without changing anything.")
@options.helm
@options.reporting
@verbosity.said
@click.pass_context
def command(
    ctx: click.Context,
    services: tuple[str, ...],
    environment: str,
    source: str,
    push: bool,
    dry_run: bool,
    helm: str,
    formats: list[tuple[str, str]],
    color: str,
    quiet: bool,
) -> int:
    r"""Push the charts that services use to the chart repository of an environment.

    A chart is packed, linted and rendered, with its own values and with those of every service that uses
    it; only then is it pushed. A version that exists with the same content is left alone; with different
    content it is refused. With --from the identical package is copied, verified by its digest.

    \b
    tiphys release --env dev
    tiphys release checkout --from dev --env prod
    """
    if source == environment:
        raise click.UsageError(f"--from and --env are both {environment}")
    root = running.workspace_root(ctx)
    built: list[Built] = []
    wanted = (source, environment) if source else (environment,)
    outcome = run(Request(root, Mode.LINT, services, wanted, on_built=built.append))
    report, title, left_to_do = Report([], []), "", ""
    dry_run = dry_run or outcome.blocked
    if not outcome.blocked or outcome.fails_in_charts_alone:
        here = deployed(built, services, environment)
        found = helms.find(helm)
        target = publishing.target(found, root, environment, here[0].resolved.environment.spec, push=push)
        title, left_to_do = target.title, target.left_to_do
        if source:
            before = deployed(built, services, source)
            report = promote(root, before, here, found, target, dry_run=dry_run)
        else:
            users = everybody(root, environment) if services else here
            report = release(root, users, services, found, target, gate(root, found, _progress), dry_run=dry_run)
    outcome = outcome.with_more(report.diagnostics)
    running.report(ctx, outcome, root, formats, color, lambda form, text: chart_report.added(form, text, report.results, title))
    _conclude(outcome, report, left_to_do, quiet=quiet)
    return outcome.failure if outcome.blocked else max([result.exit_code for result in report.results], default=0)


def _progress() -> Progress:
    return progress_line("verified", "applications")


def _conclude(outcome: Outcome, report: Report, left_to_do: str, *, quiet: bool) -> None:
    if outcome.blocked:
        click.echo(f"{running.summary(outcome)}; nothing was released", err=True)
        return
    for name in () if quiet else report.elsewhere:
        click.echo(f"{name} is not in this workspace, skipped", err=True)
    if not quiet:
        click.echo(chart_report.sentence(report.results), err=True)
    if left_to_do and report.released:
        click.echo(f"next: {left_to_do}", err=True)
