"""The command `tiphys schema`."""

from __future__ import annotations

import click

KINDS = ("pipeline", "environment", "workspace", "strategy", "profile", "report", "diff")


@click.command("schema")
@click.argument("kind", type=click.Choice(KINDS), default="pipeline")
def command(kind: str) -> int:
    r"""Print the JSON schema (draft-07) of a kind of file, or of what is printed in JSON, complete in itself.

    Editors complete and check specs by it:

    \b
    tiphys schema > pipeline.schema.json
    # yaml-language-server: $schema=pipeline.schema.json
    """
    from generator import resources

    click.echo(resources.read("schemas", f"{kind}.schema.json").decode("utf-8"), nl=False)
    return 0
