"""Say what waits in Argo CD for a manual confirmation, and the command that gives it."""

from __future__ import annotations

import click

from generator.pipeline.request import Outcome


def tell_confirmations(outcome: Outcome) -> None:
    """Report what the sync of each root Application waits for once the changes of a run are merged."""
    if outcome.workspace is None or not any(change.deploys for change in outcome.changes):
        return
    from generator.pipeline.confirmations import confirmations

    for one in confirmations(outcome.changes, outcome.wanted, outcome.workspace.output):
        click.echo(f"{one.environment}: {one.message}", err=True)
        if one.advice:
            click.echo(f"{one.environment}: {one.advice}", err=True)
