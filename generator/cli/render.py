"""The command `tiphys render`."""

from __future__ import annotations

from functools import partial

import click

from generator.cli import options, running, verbosity
from generator.cli.destinations import chosen, destination, only
from generator.errors import UndeployedError
from generator.pipeline.drift import Wanted
from generator.pipeline.run import Mode, Outcome, Request, run
from generator.report.rendered import Rendered, as_json, as_stream
from generator.service.build import Built


@click.command("render")
@options.service
@options.environment
@destination
@click.option("--helm", "by_helm", is_flag=True, help="Print the manifests that Helm renders: what Argo CD would apply.")
@options.repo
@click.option("--mask-secrets", is_flag=True, help="Mask secrets in plain text; without it, values are as they are committed.")
@options.formats
@options.color
@verbosity.said
@click.pass_context
def command(
    ctx: click.Context,
    /,
    service: str,
    environment: str,
    destination: str,
    by_helm: bool,
    clones: dict[str, str],
    mask_secrets: bool,
    formats: list[tuple[str, str]],
    color: str,
) -> int:
    r"""Print what is generated for one service and environment, as one YAML stream or as JSON.

    \b
    tiphys render checkout --env prod
    tiphys render checkout --env prod --helm
    tiphys render checkout --env prod --destination eu
    tiphys render checkout --env prod --format json --mask-secrets
    """
    root = running.workspace_root(ctx)
    built: list[Built] = []
    outcome = run(Request(root, Mode.LINT, (service,), (environment,), on_built=built.append))
    if outcome.errors:
        running.report(ctx, outcome, root, formats, color)
        click.echo(running.summary(outcome), err=True)
        return outcome.failure
    files = [Rendered(path, one.content.decode("utf-8")) for path, one in _of(outcome, service, destination)]
    if not files and not _of(outcome, service, ""):
        raise UndeployedError(service, environment)
    asked = chosen(built, destination, environment)
    if by_helm:
        one = only(asked, "what Helm renders", environment)
        text = _rendered(ctx, outcome, root, one, clones, formats, color)
        if text is None:
            return 1
        files = [Rendered("", text), *(file for file in files if "/manifests/" in file.path)]
    _put(service, environment, [file.masked() for file in files] if mask_secrets else files, formats)
    return 0


def _of(outcome: Outcome, service: str, destination: str) -> list[tuple[str, Wanted]]:
    """Return what is generated for a service, for one destination if it is named."""
    wanted = [(path, one) for path, one in outcome.wanted.items() if one.service == service]
    return [(path, one) for path, one in wanted if destination in ("", one.destination)]


def _put(service: str, environment: str, files: list[Rendered], formats: list[tuple[str, str]]) -> None:
    documents = [path for form, path in formats if form == "json"]
    for path in documents:
        running.put(as_json(service, environment, files), path)
    if len(documents) < len(formats):
        click.echo(as_stream(files), nl=False)


def _rendered(
    ctx: click.Context,
    outcome: Outcome,
    root: str,
    built: Built,
    clones: dict[str, str],
    formats: list[tuple[str, str]],
    color: str,
) -> str | None:
    """Return what Helm makes of a service; report why, and return None, if it makes nothing."""
    from generator.system import helm
    from generator.verify.cache import NOTHING
    from generator.verify.charts import Charts
    from generator.verify.folder_builds import FolderBuilds
    from generator.verify.renderings import Renderings
    from generator.verify.run import render

    folders = FolderBuilds(root, clones)
    with Renderings(helm.find, partial(Charts, root, clones=clones), NOTHING, folders) as renderings:
        renderings.begin(built)
        text, diagnostics = render(root, renderings)
    if diagnostics:
        outcome = outcome.with_more(diagnostics)
        running.report(ctx, outcome, root, formats, color)
        click.echo(running.summary(outcome), err=True)
        return None
    return text
