"""The command `tiphys diff`."""

from __future__ import annotations

import click

from generator.cli import options, running
from generator.diff import Comparison
from generator.errors import ConfigError
from generator.report import guarded
from generator.report.diffs import FORMATS, render


@click.command("diff")
@click.argument("words", nargs=-1, metavar="[BASE[..HEAD]] [SERVICE]...")
@options.environments
@click.option("--promote", metavar="A:B", default="", help="What a promotion from A to B would change in B.")
@click.option("--exit-code", is_flag=True, help="End with 1 when something that is deployed changes.")
@options.formats_of(FORMATS)
@options.color
@click.pass_context
def command(
    ctx: click.Context,
    /,
    words: tuple[str, ...],
    environments: tuple[str, ...],
    promote: str,
    formats: list[tuple[str, str]],
    color: str,
    *,
    exit_code: bool,
) -> int:
    r"""Say what changes of what is deployed, service by service, the riskiest first.

    BASE alone is compared with the work tree, uncommitted edits included; BASE..HEAD compares two commits,
    and BASE...HEAD what HEAD did since it left BASE. Without any, BASE is where the work tree left the
    default branch. Comments, order and formatting are no change, and secrets in plain text are masked.

    \b
    tiphys diff
    tiphys diff origin/main...HEAD --format markdown=comment.md
    tiphys diff v1..v2 checkout --env prod
    tiphys diff --promote staging:prod checkout
    """
    root = running.workspace_root(ctx)
    if promote:
        from generator.cli.previewing import preview

        if environments:
            raise click.UsageError("--promote names its environments itself; leave out --env")
        found = preview(root, promote, words)
    else:
        found = _compared(root, words, environments)
    for form, path in formats:
        text = render(found, form, color=not path and options.wants_color(color))
        running.put(guarded(text) if form == "text" and not path and running.on_github() else text, path)
    if found.failures:
        click.echo("not everything could be compared; `tiphys lint` says more", err=True)
        return 1
    return 1 if exit_code and found.entries else 0


def _compared(root: str, words: tuple[str, ...], environments: tuple[str, ...]) -> Comparison:
    from generator.diff.compare import Filter, compare_revisions
    from generator.diff.revisions import range_of

    text, *services = words or ("",)
    try:
        range_ = range_of(root, text)
    except ConfigError as error:
        if text and "." not in text and error.message.startswith("there is no commit"):
            hint = f"{error.hint}; for a service, name the commit before it: `tiphys diff HEAD {text}`"
            raise ConfigError(error.message, hint) from None
        raise
    return compare_revisions(root, range_, Filter(tuple(services), environments))
