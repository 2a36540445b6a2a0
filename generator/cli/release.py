"""The command `tiphys release`."""

from __future__ import annotations

from collections.abc import Sequence

import click

from generator.cli import options, running
from generator.diagnostics import Diagnostic
from generator.errors import RefusedError
from generator.pipeline.run import Mode, Outcome, Request, run
from generator.release import destination as publishing
from generator.release.delivery import Report
from generator.release.promote import promote
from generator.release.run import Gate, release
from generator.report import charts as chart_report
from generator.service.build import Built
from generator.syntax.wording import listed
from generator.system import helm as helms
from generator.system.helm import Helm


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
    if not outcome.blocked or outcome.lacks_charts_alone:
        here = _deployed(built, services, environment)
        found = helms.find(helm)
        target = publishing.target(found, root, environment, here[0].resolved.environment.spec, push=push)
        title, left_to_do = target.title, target.left_to_do
        if source:
            before = _deployed(built, services, source)
            report = promote(root, before, here, found, target, dry_run=dry_run)
        else:
            everybody = _everybody(root, environment) if services else here
            report = release(root, everybody, services, found, target, _gate(root, found), dry_run=dry_run)
    outcome = outcome.with_more(report.diagnostics)
    running.report(ctx, outcome, root, formats, color, lambda form, text: chart_report.added(form, text, report.results, title))
    _conclude(outcome, report, left_to_do, quiet=quiet)
    return outcome.failure if outcome.blocked else max([result.exit_code for result in report.results], default=0)


def _deployed(built: Sequence[Built], services: tuple[str, ...], environment: str) -> list[Built]:
    """Return the services of an environment; raises RefusedError if a named one is not deployed there."""
    found = [item for item in built if item.resolved.environment.name == environment]
    absent = set(services) - {item.resolved.service for item in found}
    if absent or not found:
        who = f"{listed(absent)} {'is' if len(absent) == 1 else 'are'} not" if absent else "no service is"
        raise RefusedError(f"{who} deployed to {environment}", "add the environment to spec.environments to deploy there")
    return found


def _everybody(root: str, environment: str) -> list[Built]:
    """Return all services of an environment: a chart is checked with every service that uses it.

    Errors of services that were not named are not reported here.
    """
    built: list[Built] = []
    run(Request(root, Mode.LINT, (), (environment,), on_built=built.append))
    return built


def _gate(root: str, helm: Helm) -> Gate:
    from generator.verify.cache import Cache, home
    from generator.verify.charts import Charts
    from generator.verify.renderings import Renderings
    from generator.verify.run import verify

    kept = Cache(f"{home()}/helm")

    def gate(users: Sequence[Built], folder: str, shown: str) -> list[Diagnostic]:
        with Renderings(lambda: helm, lambda _helm: Charts(root, helm, candidate=folder, called=shown), kept) as renderings:
            for user in users:
                renderings.begin(user)
            return verify(root, renderings, running.progress_line("verified", "applications")).diagnostics

    return gate


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
