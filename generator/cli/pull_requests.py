"""The options of moves for pull requests: the branch that gets the commit, and the text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import click

from generator.cli import running
from generator.history import carry_out as moving
from generator.history import own_branch
from generator.history.carry_out import Done, Options
from generator.history.fleet import Fleet
from generator.history.own_branch import Asked, Landed, OwnBranch
from generator.plan.forecast import Forecast
from generator.service.build import Built
from generator.syntax.commit_ids import short_id
from generator.syntax.wording import listed

_OPTIONS = (
    click.option(
        "--branch",
        metavar="NAME",
        default="",
        help="Commit to this branch, and change nothing here.",
    ),
    click.option("--push", is_flag=True, help="Push that branch."),
    click.option("--remote", metavar="NAME", default="origin", show_default=True, help="The remote to push to."),
    click.option("--body", metavar="FILE", default="", help="Write the text of a pull request; - for stdout."),
)


class Place(NamedTuple):
    """Where a move is made."""

    root: str
    """The root of the workspace: the user's, or the one in a separate working tree."""
    branch: OwnBranch | None = None


def options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options to a command that moves versions."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def place_of(ctx: click.Context, asked: Mapping[str, Any]) -> Place:
    """Return where a move is made; with --branch, in a separate working tree that lasts as long as the command.

    Raises UsageError, ConfigError and RefusedError.
    """
    root = running.workspace_root(ctx)
    if asked["branch"]:
        wanted = Asked(asked["branch"], asked["remote"] if asked["push"] else "")
        branch = ctx.with_resource(own_branch.opened(root, wanted))
        left = branch.left_out()
        if left:
            click.echo(f"not committed, and so not on branch {wanted.name}: {listed(left, most=3)}", err=True)
        return Place(branch.root, branch)
    if asked["push"]:
        raise click.UsageError("--push pushes the branch of --branch NAME; `tiphys publish --push` pushes the current one")
    return Place(root)


def tell_landed(branch: OwnBranch, landed: Landed) -> None:
    """Print where the branch is, and what it was at."""
    name, remote = branch.asked
    where = f"{remote}/{name}" if remote else name
    if landed.is_unchanged:
        click.echo(f"branch {where} already has this change, at {short_id(landed.commit)}", err=True)
    elif landed.before:
        click.echo(f"branch {where} is at {short_id(landed.commit)}, and was at {short_id(landed.before)}", err=True)
    else:
        click.echo(f"branch {where} is at {short_id(landed.commit)}", err=True)


def body_of(fleet: Fleet, done: Done, options: Options) -> str:
    """Return the text of the pull request for a move that has not been committed yet."""
    from generator.diff.compare import Filter
    from generator.diff.contents import compare_contents
    from generator.report.pull_request import Text, as_markdown
    from generator.syntax.secrets.masking import masked
    from generator.system.git import commit as git_commit

    told = [(move, changed) for move, changed in done.work.told if changed] or done.work.told
    environment = told[0][0].environment
    edited = done.work.edited
    before = {path: file.found for path, file in edited.items()}
    if done.work.written:  # by an interrupted run
        before |= git_commit.committed(fleet.root, done.work.written)
    after = {path: file.wanted for path, file in edited.items()}
    names = tuple(move.service for move, _ in told)
    found = compare_contents(fleet.root, frozenset(names), (before, after), Filter(names, (environment,)), fleet.parsed)
    forecasts, unplanned = _forecasts(found.after.built.values(), environment)
    text = Text(
        masked(moving.subject_of(done, options.subject)),
        environment,
        [(move.service, any(change.before for change in changed)) for move, changed in told],
        found.comparison,
        forecasts,
        unplanned,
        (*options.notes, *_not_in_plan(found.after.built.values(), environment)),
        {
            service: [(gate, masked(done.skipped.reason)) for gate in gates]
            for service, gates in done.skipped.by_service.items()
        },
    )
    return as_markdown(text)


def _forecasts(built: Iterable[Built], environment: str) -> tuple[list[Forecast], list[str]]:
    """Return the plans of all that was built in an environment, and the services that cannot be planned."""
    from generator.report.plans.of_built import forecast_of, is_known

    here = [one for one in built if one.resolved.environment.name == environment]
    known = [forecast_of(one) for one in here if is_known(one)]
    return known, sorted({one.resolved.service for one in here if not is_known(one)})


def _not_in_plan(built: Iterable[Built], environment: str) -> Iterator[str]:
    """Yield what Applications set besides the values, which the plans do not have."""
    from generator.report.plans.of_built import set_in_application

    for one in built:
        names = sorted({name for name, _ in set_in_application(one)}) if one.resolved.environment.name == environment else []
        if names:
            yield f"the Application of {one.resolved.service} sets {listed(names)}, which is not in the plan"
