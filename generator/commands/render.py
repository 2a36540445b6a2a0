"""The command `mooring render`."""

from __future__ import annotations

import click

from generator.commands import options, running
from generator.pipeline import Mode, Request, run


@click.command("render")
@options.service
@options.environment
@options.formats
@options.color
@click.pass_context
def command(ctx: click.Context, service: str, environment: str, formats: list[tuple[str, str]], color: str) -> int:
    r"""Print what is generated for one service and environment, as one YAML stream.

    \b
    mooring render checkout --env prod
    """
    root = running.workspace_root(ctx)
    outcome = run(Request(root, Mode.LINT, (service,), (environment,)))
    if outcome.errors:
        running.report(ctx, outcome, root, formats, color)
        click.echo(running.summary(outcome), err=True)
        return outcome.failure
    files = {path: wanted for path, wanted in outcome.wanted.items() if wanted.service == service}
    if not files:
        click.echo(f"mooring: {service} is not deployed to {environment}", err=True)
        click.echo("  = hint: name it under spec.environments to deploy it there", err=True)
        return 1
    for path, wanted in files.items():
        click.echo(f"---\n# {path}\n{wanted.content.decode('utf-8')}", nl=False)
    return 0
