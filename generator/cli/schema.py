"""The command `tiphys schema`."""

from __future__ import annotations

import click

KINDS = ("pipeline", "environment", "workspace", "strategy", "profile", "rule", "report", "diff", "import")


@click.command("schema")
@click.argument("kind", type=click.Choice(KINDS), default="pipeline")
def command(kind: str) -> int:
    r"""Print the self-contained JSON schema (draft-07) of a file format, or of JSON output.

    Editors use it to complete and validate specs:

    \b
    tiphys schema > pipeline.schema.json
    # yaml-language-server: $schema=pipeline.schema.json
    """
    from generator.syntax import shipped

    click.echo(shipped.read("schemas", f"{kind}.schema.json").decode("utf-8"), nl=False)
    return 0
