"""The command `tiphys bump`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import click

from generator.cli import gating, moving, options, pull_requests, running, side_by_side, verbosity
from generator.cli.side_by_side import Asked
from generator.cli.versions import Versions
from generator.errors import ConfigError
from generator.history import bumps
from generator.history.carry_out import Options
from generator.history.chart_gate import Hints, Needed, check_charts, is_released_here
from generator.history.code import Code, checked_code, described
from generator.history.fleet import Fleet
from generator.history.gates import CHART, DEPENDENCY, DOWNGRADE, WINDOW
from generator.history.moves import Move
from generator.system.files import UnreadableFileError, roots
from generator.system.git.code import commit_in


@click.command("bump")
@click.argument("service", required=False, metavar="[SERVICE]", shell_complete=options.complete_services)
@options.environment
@click.option("--image-tag", metavar="TAG", default="", help="The new image tag.")
@click.option("--image-digest", metavar="DIGEST", default="", help="The new image digest, sha256:…")
@click.option(
    "--image",
    "images",
    metavar="NAME=TAG[@DIGEST]",
    multiple=True,
    help="The version of one of `images`; repeatable.",
)
@click.option("--chart-version", metavar="VERSION", default="", help="The new chart version.")
@click.option(
    "--from",
    "source",
    metavar="FILE",
    default="",
    help="Many: JSON or `service=tag` lines; - is stdin.",
)
@click.option("--code-commit", metavar="SHA", default="", help="Record the commit of the code.")
@click.option("--code-repository", metavar="URL", default="", help="Record the repository of that commit.")
@click.option(
    "--code-checkout",
    metavar="DIR",
    default="",
    help="Record its author and message for Argo CD.",
)
@click.option("--force", is_flag=True, help="Allow a downgrade; needs --reason.")
@gating.ignore_dependencies
@gating.ignore_window
@gating.reason
@options.commit
@pull_requests.options
@options.dry_run
@options.programs
@click.option(
    "--offline",
    is_flag=True,
    help="Do not ask chart repositories; needs --reason, but not with --dry-run.",
)
@options.formats
@options.color
@verbosity.said
@click.pass_context
def command(
    ctx: click.Context,
    /,
    service: str | None,
    environment: str,
    source: str,
    formats: list[tuple[str, str]],
    color: str,
    **asked: Any,
) -> int:
    r"""Set image tags, digests or the chart version of a service in one environment, and regenerate.

    Only the version is edited in the spec; comments and formatting stay. Policy, windows and dependencies are
    checked first. With --chart-version, --dry-run shows what changes of the objects that Helm renders.

    \b
    tiphys bump checkout --env dev --image-tag 1.8.0 --commit
    tiphys bump checkout --env dev --image-tag 1.8.0 --code-commit "$GITHUB_SHA" --commit
    tiphys bump --env dev --from images.json --commit
    tiphys bump checkout --env dev --chart-version 2.0.0 --dry-run
    """
    code = _code(asked)
    wanted = [move._replace(code=code) for move in _wanted(service, environment, source, asked)]
    gates = gating.gates_of(asked, _DRY if asked["dry_run"] else _GATES)
    place = pull_requests.place_of(ctx, asked)
    fleet = Fleet(place.root, writes=not asked["dry_run"])
    fleet.environment(environment)
    how = moving.of_options(asked, gates, place=place, force=asked["force"])
    if not asked["dry_run"]:
        how = how._replace(skipped=_check(fleet, environment, wanted, how))
    result = moving.carry_out(ctx, fleet, wanted, how, formats, color)
    if result or not (service and asked["dry_run"] and asked["chart_version"]) or options.stdout_is_taken(formats):
        return result
    stand = fleet.stand(fleet.specs([service])[service], environment)
    versions = Versions(chart=f"{stand.resolved.data['chart']['name']}@{asked['chart_version']}")
    return side_by_side.preview(
        ctx, fleet.root, versions, Asked(environments=(environment,), helm=asked["helm"], offline=asked["offline"], color=color)
    )


def _wanted(service: str | None, environment: str, source: str, asked: dict[str, Any]) -> list[Move]:
    """Return the moves that the arguments ask for; raises UsageError and ConfigError."""
    version = {field: asked[field] for field in ("image_tag", "image_digest", "images", "chart_version")}
    if bool(service) == bool(source) or (source and any(version.values())):
        raise click.UsageError("pass either a SERVICE with a new version, or --from FILE")
    if not service:
        return bumps.of_text(_read(source), environment)
    if not any(version.values()):
        raise click.UsageError("pass at least one of --image-tag, --image-digest, --image and --chart-version")
    return [bumps.of_options(service, environment, version)]


def _code(asked: Mapping[str, Any]) -> Code | None:
    """Return the commit of the code that options name; raises UsageError and ConfigError."""
    commit, repository, checkout = (asked[name] for name in ("code_commit", "code_repository", "code_checkout"))
    if not commit:
        if repository or checkout:
            raise click.UsageError("--code-repository and --code-checkout need --code-commit SHA")
        return None
    code = checked_code(commit, repository)
    if not checkout:
        return code
    found = commit_in(roots.absolute(checkout), code.commit)
    code = code._replace(commit=found.commit)
    return described(code, (found.author, found.email), found.date, (found.subject, found.body))


def _read(source: str) -> str:
    hint = "pass a file of JSON, or of `service=tag` lines"
    try:
        raw = running.stdin(_MOST) if source == "-" else running.named(source).read(_MOST)
        return raw.decode("utf-8")
    except UnreadableFileError as error:
        raise ConfigError(error.about(source), error.hint or hint) from None
    except UnicodeDecodeError as error:
        raise ConfigError(f"{source} cannot be read: {error}", hint) from None


_DRY = {"--force": DOWNGRADE, "--ignore-dependencies": DEPENDENCY, "--ignore-window": WINDOW}
_GATES = {**_DRY, "--offline": CHART}
"""The gates that options skip. With --dry-run, --offline skips none: the preview says whether there is such a chart."""


def _check(fleet: Fleet, environment: str, wanted: Sequence[Move], how: Options) -> dict[str, list[str]]:
    """Check that chart repositories have the new chart versions; return the services that were skipped, by gate."""
    versions = {move.service: move.chart_version for move in wanted if move.chart_version}
    specs = fleet.specs(list(versions)) if versions else {}
    if fleet.outcome.errors:
        return {}  # they are reported before anything else
    stands = [fleet.stand(spec, environment) for spec in specs.values()]
    moved = [stand for stand in stands if stand.version.chart_version != versions[stand.spec.name]]
    needed = [Needed(stand.spec.name, versions[stand.spec.name], stand.resolved) for stand in moved]
    asked = [one for one in needed if not is_released_here(fleet.root, one)]
    skipped, warning = check_charts(fleet, asked, environment, how.programs.helm, how.gates, _MISSING)
    if warning:
        click.echo(f"warning: {warning}", err=True)
    return skipped


_MISSING = Hints("pass a version that it has, or release this one first with `tiphys release`", "pass a version that it has")
_MOST = 16 * 1024 * 1024
"""The maximum size of a list of moves, in bytes."""
