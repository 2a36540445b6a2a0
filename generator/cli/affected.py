"""The command `tiphys affected`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from generator.cli import running, verbosity
from generator.diff.affected import Affected, Batch, Pair, affected, batches
from generator.pipeline.shards import MOST
from generator.syntax.labels import label_of
from generator.syntax.wording import counted, listed


@click.command("affected")
@click.option("--since", required=True, metavar="REF", help="The revision to compare with: a branch, tag or commit.")
@click.option("--until", metavar="REF", default="", help="The revision to compare; by default the working tree.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="Output format.")
@click.option(
    "--shards",
    metavar="N",
    type=int,
    default=None,
    callback=lambda _ctx, _param, value: _number(value),
    help="Deal the affected pairs out to at most N runners.",
)
@verbosity.said
@click.pass_context
def command(ctx: click.Context, since: str, until: str, form: str, shards: int | None) -> int:
    r"""List the services and environments whose generated output a change affects, and why.

    Both revisions are rendered in memory and compared, so an edit of an environment, preset, template or
    chart lists only what it affects. Whatever cannot be rendered counts as affected. The working tree is
    not modified.

    With --shards N, the pairs are dealt out to at most N runners, all pairs of a service to one. In JSON, each shard has
    the `arguments` that select its pairs in `check` and `verify`.

    \b
    tiphys affected --since origin/main
    tiphys affected --since origin/main --shards 8 --format json
    """
    root, _, _ = running.opened(ctx)
    found = affected(root, since, until)
    dealt = None if shards is None else batches(found.pairs, shards)
    click.echo(_json(found, dealt) if form == "json" else _text(found, dealt), nl=False)
    click.echo(_sentence(found), err=True)
    if found.complaint:
        click.echo(f"{since} could not be rendered, so everything counts as affected: {found.complaint}", err=True)
    if found.nameless:
        click.echo(f"tiphys: cannot determine which service {listed(found.nameless)} describes", err=True)
        click.echo("  = hint: run `tiphys lint` to see the errors", err=True)
        return 1
    return 0


def _number(shards: int | None) -> int | None:
    if shards is not None and not 1 <= shards <= MOST:
        raise click.BadParameter(f"`{shards}`: the number of shards must be from 1 to {MOST:,}")
    return shards


def _text(found: Affected, shards: Sequence[Batch] | None) -> str:
    from generator.report.table import table

    rows = [[pair.service, pair.environment, ", ".join(pair.because)] for pair in found.pairs]
    rows += [
        [pair.service, label_of(pair.environment, pair.destination), f"removed: {', '.join(pair.because)}"]
        for pair in found.removed
    ]
    rows += [["(root)", pair.environment, ", ".join(pair.because)] for pair in found.roots]
    head = ["service", "env", "because of"]
    if shards is not None:
        number_of = {service: str(number + 1) for number, shard in enumerate(shards) for service in shard.services}
        rows = [[number_of[row[0]] if index < len(found.pairs) else "", *row] for index, row in enumerate(rows)]
        head.insert(0, "shard")
    return table(head, rows, running.table_width()) if rows else ""


def _json(found: Affected, shards: Sequence[Batch] | None) -> str:
    from generator.report.table import as_json

    data: dict[str, Any] = {
        "version": 1,
        "affected": _pairs(found.pairs),
        "removed": _pairs(found.removed),
        "roots": [{"environment": pair.environment, "because": list(pair.because)} for pair in found.roots],
    }
    if shards is not None:
        data["shards"] = [_shard(number + 1, len(shards), shard) for number, shard in enumerate(shards)]
    return as_json(data)


def _shard(number: int, of: int, shard: Batch) -> dict[str, Any]:
    pairs = [{"service": pair.service, "environment": pair.environment} for pair in shard.pairs]
    return {"number": number, "of": of, "arguments": list(shard.arguments), "pairs": pairs}


def _pairs(pairs: Sequence[Pair]) -> list[dict[str, Any]]:
    return [
        {
            "service": pair.service,
            "environment": pair.environment,
            **({"destination": pair.destination} if pair.destination else {}),
            "because": list(pair.because),
        }
        for pair in pairs
    ]


def _sentence(found: Affected) -> str:
    gone = f", {len(found.removed):,} removed" if found.removed else ""
    return f"{counted(len(found.pairs), 'pair of service and environment', 'pairs of service and environment')} affected{gone}"
