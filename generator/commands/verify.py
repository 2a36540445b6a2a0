"""The command `mooring verify`."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import click

from generator.build import Built
from generator.commands import options, running
from generator.external import helm as helms
from generator.external.helm import Helm
from generator.pipeline import Mode, Outcome, Request, run
from generator.wording import counted


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
    mooring verify
    mooring verify checkout --env prod
    mooring verify --chart ../charts/service
    """
    root = running.workspace_root(ctx)
    finding = ThreadPoolExecutor(1).submit(helms.find, helm)  # Helm takes its time to say its version
    built: list[Built] = []
    services, environments = asked["services"], asked["environments"]
    rules = running.asked(fail_level=fail_level)
    outcome = run(Request(root, Mode.LINT, services, environments, on_built=built.append, asked=rules))  # type: ignore[arg-type]
    if outcome.errors:
        running.report(ctx, outcome, root, formats, color)
        click.echo(f"{running.summary(outcome)}; nothing was rendered", err=True)
        return outcome.failure
    found = finding.result()
    outcome, sentences = _verified(outcome, root, built, found, chart, offline=offline, keep=not asked["no_cache"])
    running.report(ctx, outcome, root, formats, color)
    if outcome.diagnostics or not quiet:
        click.echo(f"{sentences[0]}: {running.summary(outcome)}", err=True)
    for sentence in () if quiet else sentences[1:]:
        click.echo(sentence, err=True)
    return outcome.failure if outcome.blocked else 0


def _verified(
    outcome: Outcome, root: str, built: list[Built], found: Helm, chart: str, *, offline: bool, keep: bool
) -> tuple[Outcome, list[str]]:
    """Return the outcome with what was found by Helm and in what it rendered, and what to say of the run."""
    from generator.verify.cache import Cache, home
    from generator.verify.charts import Charts
    from generator.verify.run import verify

    charts = Charts(root, found, candidate=chart, offline=offline)
    kept = Cache(os.path.join(home(), "helm") if keep else "")
    report = verify(root, built, found, charts, kept, running.progress_line("verified", "applications"))
    said = [f"{counted(report.applications, 'application')}, {counted(report.objects, 'object')}, Helm {found.release}"]
    if report.unknown:
        said.append(f"no schema is known for {', '.join(report.unknown)}: their references were checked, not their fields")
    return outcome.with_more(report.diagnostics), said
