"""The command `tiphys publish`."""

from __future__ import annotations

from functools import partial
from typing import Any

import click

from generator.cli import gating, options, programs, running, verbosity
from generator.errors import ConfigError
from generator.history import publication_gates, publish
from generator.history.gates import DELETION, WINDOW
from generator.history.publication import check_inputs, checkout_of, message, place_of, published
from generator.history.publish import Place, Publication
from generator.pipeline.guards import area_of
from generator.pipeline.run import Mode, Request, run
from generator.pipeline.settling import settle
from generator.report.moved import publication_json
from generator.report.parts import with_part
from generator.syntax.commit_ids import short_id
from generator.syntax.wording import counted
from generator.system.git import names as git_names
from generator.system.git import remote as git_remote
from generator.system.git.checkout import StuckError
from generator.workspace.parsed import Parsed


@click.command("publish")
@options.services
@click.option("--push", is_flag=True, help="Push; if the remote has moved, regenerate on top of it and try again.")
@click.option("--branch", "name", metavar="B", default="", help="The branch to commit to; by default the current one.")
@click.option("--remote", metavar="NAME", default="origin", show_default=True, help="The remote to push to.")
@click.option(
    "--output", metavar="DIR", default="", help="A checkout of the config repository, for specs kept in service repositories."
)
@click.option(
    "--allow-delete",
    is_flag=True,
    help="Allow removing Applications whose spec is gone; Argo CD then deletes what they deployed. Needs --reason.",
)
@gating.ignore_window
@gating.reason
@options.programs
@options.reporting
@verbosity.said
@click.pass_context
def command(
    ctx: click.Context,
    /,
    services: tuple[str, ...],
    name: str,
    formats: list[tuple[str, str]],
    color: str,
    quiet: bool,
    **asked: Any,
) -> int:
    r"""Commit the generated files and nothing else; with --push, push them as well.

    Other changes are neither committed nor touched. If the remote has moved, your commits are rebased onto
    it, and manifests are regenerated rather than merged. If that conflicts, nothing changes, and the work
    is kept in a branch. The windows of each environment whose files change are asked, as they are on top of
    the remote. What skips them needs --reason, which is recorded in a commit without changes.

    \b
    tiphys publish --push
    tiphys publish --output ../config-repo --branch deploy-checkout --push
    """
    gates = gating.gates_of(asked, {"--allow-delete": DELETION, "--ignore-window": WINDOW})
    root, _, workspace = running.opened(ctx)
    checkout = checkout_of(root, asked["output"])
    _check_names(checkout, name, asked["remote"], push=asked["push"])
    running.tell_completed(settle(area_of(root, workspace), writes=True, seconds=publish.PATIENCE))
    parsed = Parsed()
    outcome = run(Request(root, Mode.LINT, services, parsed=parsed))
    if outcome.blocked:
        running.report(ctx, outcome, root, formats, color)
        click.echo(f"{running.summary(outcome)}; nothing was published", err=True)
        return outcome.failure
    place = place_of(root, checkout, workspace, asked["remote"], name, separate=bool(asked["output"]))
    start = git_remote.head(place.checkout)
    check_inputs(place, workspace)
    ask = publication_gates.Asked(gates, outcome.wanted)
    record = partial(publication_gates.with_record, ask)
    publication = Publication(services, message(outcome), asked["allow_delete"], parsed, record, programs.of_options(asked))
    made = published(place, start, publication, push=asked["push"])
    went = _follow(place, start, made, pushed=asked["push"], quiet=quiet)
    documents = [(form, path) for form, path in formats if form == "json"]
    part = publication_json(place, start, made, pushed=asked["push"], checked_out=went)
    running.report(ctx, outcome, root, documents, color, lambda _form, text: with_part(text, "publication", part))
    return 0


def _check_names(checkout: str, name: str, remote: str, *, push: bool) -> None:
    """Refuse a name that git would not read as a branch or a remote, before anything is written."""
    given = [("--branch", name, git_names.check_branch)] if name else []
    if push or remote.startswith("-"):
        given.append(("--remote", remote, git_names.check_remote))
    for option, value, check in given:
        try:
            check(checkout, value)
        except ConfigError as error:
            raise click.BadParameter(f"{error.message}; {error.hint}", param_hint=option) from None


def _follow(place: Place, start: str, made: str, *, pushed: bool, quiet: bool) -> bool:
    """Update the checkout to the new commit, report where it and the remote are, and tell whether it was updated."""
    said = "" if quiet else _said(place, start, made, pushed=pushed)
    if pushed:  # the push succeeded, even if the checkout cannot follow
        click.echo(said, nl=False, err=True)
    try:
        went = publish.settle(place, start, made)
    except StuckError as error:
        raise ConfigError(
            f"this checkout cannot be updated to {short_id(made)}: {error}", "fix that, then run the command again"
        ) from None
    if not pushed and went:
        click.echo(said, nl=False, err=True)
    if not went:
        hint = f"commit them, then run `git merge --ff-only {short_id(made)}`"
        click.echo(f"uncommitted changes prevent updating this checkout:  {hint}", err=True)
    return went


def _said(place: Place, start: str, made: str, *, pushed: bool) -> str:
    new = git_remote.commits(place.checkout, start, made)
    where = f"{place.remote}/{place.branch}" if pushed else place.branch
    if not new and not pushed:
        return f"{where}: nothing to publish\n"
    return (
        f"{where} is at {short_id(made)}" + (f", {counted(len(new), 'commit')} ahead of the previous one" if new else "") + "\n"
    )
