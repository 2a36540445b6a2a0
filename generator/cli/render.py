"""The command `tiphys render`."""

from __future__ import annotations

from functools import partial

import click

from generator.cli import options, running
from generator.cli.destinations import chosen, destination, only
from generator.errors import UndeployedError
from generator.pipeline.run import Mode, Outcome, Request, run
from generator.service.build import Built


@click.command("render")
@options.service
@options.environment
@destination
@click.option("--helm", "by_helm", is_flag=True, help="Print the manifests that Helm renders: what Argo CD would apply.")
@options.repo
@options.formats
@options.color
@click.pass_context
def command(
    ctx: click.Context,
    /,
    service: str,
    environment: str,
    destination: str,
    by_helm: bool,
    clones: dict[str, str],
    formats: list[tuple[str, str]],
    color: str,
) -> int:
    r"""Print what is generated for one service and environment, as one YAML stream.

    \b
    tiphys render checkout --env prod
    tiphys render checkout --env prod --helm
    tiphys render checkout --env prod --destination eu
    """
    root = running.workspace_root(ctx)
    built: list[Built] = []
    outcome = run(Request(root, Mode.LINT, (service,), (environment,), on_built=built.append))
    if outcome.errors:
        running.report(ctx, outcome, root, formats, color)
        click.echo(running.summary(outcome), err=True)
        return outcome.failure
    files = {path: wanted for path, wanted in outcome.wanted.items() if wanted.service == service}
    if not files:
        raise UndeployedError(service, environment)
    asked = chosen(built, destination, environment)
    if by_helm:
        one = only(asked, "what Helm renders", environment)
        return _print_rendered(ctx, outcome, root, one, clones, formats, color)
    for path, wanted in files.items():
        if destination not in ("", wanted.destination):
            continue
        click.echo(f"---\n# {path}\n{wanted.content.decode('utf-8')}", nl=False)
    return 0


def _print_rendered(
    ctx: click.Context,
    outcome: Outcome,
    root: str,
    built: Built,
    clones: dict[str, str],
    formats: list[tuple[str, str]],
    color: str,
) -> int:
    from generator.system import helm
    from generator.verify.cache import Cache
    from generator.verify.charts import Charts
    from generator.verify.folder_builds import FolderBuilds
    from generator.verify.renderings import Renderings
    from generator.verify.run import render

    folders = FolderBuilds(root, clones)
    with Renderings(helm.find, partial(Charts, root, clones=clones), Cache(""), folders) as renderings:
        renderings.begin(built)
        text, diagnostics = render(root, renderings)
    if diagnostics:
        outcome = outcome.with_more(diagnostics)
        running.report(ctx, outcome, root, formats, color)
        click.echo(running.summary(outcome), err=True)
        return 1
    click.echo(text, nl=False)
    for path, wanted in outcome.wanted.items():
        mine = wanted.service == built.resolved.service and wanted.destination == built.resolved.environment.destination
        if mine and "/manifests/" in path:
            click.echo(f"---\n# Source: {path}\n{wanted.content.decode('utf-8')}", nl=False)
    return 0
