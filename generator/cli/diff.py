"""The command `tiphys diff`."""

from __future__ import annotations

from typing import Any

import click

from generator.cli import options, running
from generator.diff import Comparison
from generator.errors import ConfigError
from generator.report.diffs import FORMATS, render


@click.command("diff")
@click.argument("words", nargs=-1, metavar="[BASE[..HEAD]] [SERVICE]...")
@options.environments
@click.option("--promote", metavar="A:B", default="", help="Show what a promotion from A to B would change in B.")
@click.option(
    "--against", metavar="OLD-TREE", default=None, help="Compare with the tree that this workspace replaces, object by object."
)
@options.charts
@options.repo
@options.helm
@click.option("--exit-code", is_flag=True, help="Exit with 1 if anything that is deployed changes.")
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
    **old: Any,
) -> int:
    r"""Show what changes in the deployment, service by service, riskiest first.

    BASE alone is compared with the working tree, including uncommitted edits; BASE..HEAD compares two
    commits; BASE...HEAD shows what HEAD changed since it branched from BASE. By default BASE is where the
    working tree branched from the default branch. Changes of comments, order and formatting are ignored,
    and plain-text secrets are masked. --against renders both sides with Helm and kustomize.

    \b
    tiphys diff
    tiphys diff origin/main...HEAD --format markdown=comment.md
    tiphys diff v1..v2 checkout --env prod
    tiphys diff --promote staging:prod checkout
    tiphys diff --against ../old-config
    """
    root = running.workspace_root(ctx)
    if old["against"] is not None or any(old.values()):
        from generator.cli import against

        return against.compare(root, against.Asked(**old), formats, others=bool(words or promote or environments))
    if promote:
        if environments:
            raise click.UsageError("--promote A:B already names the environments; remove --env")
        found = _previewed(root, promote, words)
    else:
        found = _compared(root, words, environments)
    for form, path in formats:
        text = render(found, form, color=not path and options.wants_color(color))
        running.put(running.guarded_text(text, path) if form == "text" else text, path)
    if found.failures:
        click.echo("not everything could be compared; run `tiphys lint` for details", err=True)
        return 1
    return 1 if exit_code and found.entries else 0


def _previewed(root: str, path: str, services: tuple[str, ...]) -> Comparison:
    from generator.diff.promotion import preview

    source, colon, target = path.partition(":")
    if not (source and colon and target) or source == target:
        raise click.UsageError(f"--promote takes two environments, as in `dev:prod`, not `{path}`")
    found = preview(root, source, target, services)
    if found.warning:
        click.echo(found.warning, err=True)
    return found.comparison


def _compared(root: str, words: tuple[str, ...], environments: tuple[str, ...]) -> Comparison:
    from generator.diff.compare import Filter, compare_revisions
    from generator.diff.revisions import range_of

    text, *services = words or ("",)
    try:
        range_ = range_of(root, text)
    except ConfigError as error:
        if text and "." not in text and error.message.endswith("does not exist"):
            hint = f"{error.hint}; to select a service, name a revision first: `tiphys diff HEAD {text}`"
            raise ConfigError(error.message, hint) from None
        raise
    return compare_revisions(root, range_, Filter(tuple(services), environments))
