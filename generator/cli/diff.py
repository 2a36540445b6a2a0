"""The command `tiphys diff`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from generator.cli import against as old_tree
from generator.cli import options, rendering, running, timing, verbosity
from generator.cli.colors import wants_color
from generator.diff import Comparison
from generator.errors import ConfigError
from generator.report.diffs import FORMATS, render
from generator.system import timings

if TYPE_CHECKING:
    from generator.diff.rendered.pairs import Render


@click.command("diff")
@click.argument("words", nargs=-1, metavar="[BASE[..HEAD]] [SERVICE]...")
@options.environments
@click.option("--promote", metavar="A:B", default="", help="Show what a promotion from A to B changes.")
@click.option("--against", metavar="OLD-TREE", default=None, help="Compare with the tree that the workspace replaces.")
@click.option(
    "--rendered/--no-rendered",
    default=None,
    help="Insist on rendering both sides, or do not render; by default, what can be is rendered.",
)
@click.option("--noise", is_flag=True, help="Show differences of objects that are left out as noise.")
@click.option("--offline", is_flag=True, help="Use only charts in the workspace and the cache.")
@options.charts
@options.repo
@options.helm
@click.option("--exit-code", is_flag=True, help="Exit with 1 if anything that is deployed changes.")
@options.formats_of(FORMATS)
@options.color
@verbosity.said
@timing.taken
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
    against: str | None,
    rendered: bool | None,
    noise: bool,
    offline: bool,
    **given: Any,
) -> int:
    r"""Show what changes in the deployment, service by service, riskiest first.

    BASE alone is compared with the working tree, including uncommitted edits; BASE..HEAD compares two
    commits; BASE...HEAD shows what HEAD changed since it branched from BASE. By default BASE is where the
    working tree branched from the default branch. Changes of comments, order and formatting are ignored,
    and plain-text secrets are masked.

    Where Helm or kustomize and the charts are available, both sides are rendered, and every object in the
    cluster that changes is shown field by field. A change that Kubernetes refuses makes the exit code 1.

    \b
    tiphys diff
    tiphys diff origin/main...HEAD --format markdown=comment.md
    tiphys diff v1..v2 checkout --env prod
    tiphys diff --promote staging:prod checkout
    tiphys diff --against ../old-config
    """
    root = running.workspace_root(ctx)
    if against is not None:
        others = any((words, promote, environments, noise, offline, rendered is not None))
        return old_tree.compare(root, old_tree.Asked(against, **given), formats, others=others)
    render_both = None if rendered is False else rendering.both_sides(root, noise=noise, offline=offline, **given)
    with timings.stage("diff"):
        found = _found(root, words, environments, promote, render_both, None if offline else given["helm"])
    _put(found, formats, color)
    if found.failures:
        click.echo("not everything could be compared; run `tiphys lint` for details", err=True)
    failed = bool(found.failures) or (exit_code and found.changes_anything)
    return rendering.code(found, insists=rendered is True) or int(failed)


def _put(found: Comparison, formats: list[tuple[str, str]], color: str) -> None:
    for form, path in formats:
        with timings.stage("report"):
            text = render(found, form, color=not path and wants_color(color))
        running.put(running.guarded_text(text, path) if form == "text" else text, path)


def _found(
    root: str,
    words: tuple[str, ...],
    environments: tuple[str, ...],
    promote: str,
    render_both: Render | None,
    helm: str | None,
) -> Comparison:
    if not promote:
        return _compared(root, words, environments, render_both)
    if environments:
        raise click.UsageError("--promote A:B already names the environments; remove --env")
    return _previewed(root, promote, words, render_both, helm)


def _previewed(root: str, path: str, services: tuple[str, ...], render_both: Render | None, helm: str | None) -> Comparison:
    """Preview a promotion; without `helm`, no chart repository is asked."""
    from generator.diff.promotion import preview
    from generator.history.ranges import Ranges

    source, colon, target = path.partition(":")
    if not (source and colon and target) or source == target:
        raise click.UsageError(f"--promote takes two environments, as in `dev:prod`, not `{path}`")
    found = preview(root, source, target, services, render_both, None if helm is None else Ranges(helm))
    for warning in found.warnings:
        click.echo(warning, err=True)
    return found.comparison


def _compared(root: str, words: tuple[str, ...], environments: tuple[str, ...], render_both: Render | None) -> Comparison:
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
    return compare_revisions(root, range_, Filter(tuple(services), environments), render_both)
