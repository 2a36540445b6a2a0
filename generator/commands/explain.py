"""The command `mooring explain`."""

from __future__ import annotations

import click


@click.command("explain")
@click.argument("subject", metavar="RULE")
def command(subject: str) -> int:
    r"""Print the page of a rule, by its id or its name: the law, why, a wrong and a right example, the source.

    \b
    mooring explain MR201
    mooring explain canary-weights-rise
    """
    from generator import catalogue

    click.echo(catalogue.find(subject).text(), nl=False)
    return 0
