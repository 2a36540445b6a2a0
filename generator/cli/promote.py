"""The command `tiphys promote`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import click

from generator.cli import moving, options, running
from generator.cli.moving import Fleet, Stand
from generator.errors import ConfigError, RefusedError
from generator.history import moves
from generator.history.ledger import Release
from generator.history.moves import Move
from generator.pipeline.drift import State
from generator.pipeline.request import Outcome
from generator.pipeline.run import Mode, Request, run
from generator.syntax.durations import seconds, spoken
from generator.syntax.wording import listed


@click.command("promote")
@options.services
@click.option(
    "--from",
    "source",
    required=True,
    metavar="A",
    shell_complete=options.complete_environments,
    help="Environment to promote from.",
)
@click.option(
    "--to",
    "target",
    required=True,
    metavar="B",
    shell_complete=options.complete_environments,
    help="Environment to promote to.",
)
@click.option("--all", "everything", is_flag=True, help="Promote every service whose version differs in B.")
@click.option("--skip-soak", is_flag=True, help="Skip the soak time that B requires.")
@click.option("--offline", is_flag=True, help="Do not check that B's chart repository has the chart.")
@click.option("--force", is_flag=True, help="Allow a downgrade.")
@options.commit
@options.dry_run
@options.helm
@options.formats
@options.color
@click.pass_context
def command(
    ctx: click.Context,
    /,
    services: tuple[str, ...],
    source: str,
    target: str,
    formats: list[tuple[str, str]],
    color: str,
    **asked: Any,
) -> int:
    r"""Copy the image and chart version of services from one environment to the next, and nothing else.

    Promotion follows the chain that environments declare. Before anything is written, Tiphys checks that
    the release has been in A for the soak time that B requires, that nothing has drifted in A, that B's
    policy is met, and that B's chart repository has the chart.

    \b
    tiphys promote checkout --from dev --to prod --dry-run
    tiphys promote --all --from staging --to prod --commit
    """
    fleet = Fleet(running.workspace_root(ctx))
    _check_chain(fleet, source, target)
    how = moving.Options(
        force=asked["force"], commit=asked["commit"], dry_run=asked["dry_run"], subject=lambda said: f"Promote {said}"
    )
    pairs = standing(fleet, services, source, target, everything=asked["everything"])
    if _is_broken(ctx, fleet, formats, color):
        return 1
    begun = moving.begun(fleet, lambda past: _ahead(past, source, target), how) if asked["everything"] and how.commit else []
    if not pairs and not begun:
        click.echo(f"{target} already has the versions of {source}", err=True)
        return 0
    names = [before.spec.name for before, _ in pairs]
    if names:
        _check_drift(fleet, names, source)
    if not asked["skip_soak"]:
        _check_soak(fleet, names, source, target)
    _check_charts(fleet, pairs, target, asked["helm"], offline=asked["offline"])
    if asked["dry_run"]:
        for before, after in pairs:
            stays = moves.staying(before.resolved, after.resolved)
            if stays:
                click.echo(f"{before.spec.name}: unchanged in {target}:  {listed(stays)}")
    wanted = [*(promotion(before, source, target) for before, _ in pairs), *begun]
    return moving.carry_out(ctx, fleet, sorted(wanted, key=lambda move: move.service), how, formats, color)


def _is_broken(ctx: click.Context, fleet: Fleet, formats: list[tuple[str, str]], color: str) -> bool:
    """Tell whether there are specs that cannot be read, which would be left out; says so then."""
    read = Outcome(fleet.workspace, fleet.problems)
    return bool(read.errors) and running.stopped(ctx, read, fleet.root, formats, color)


def _ahead(fleet: Fleet, source: str, target: str) -> list[Move]:
    return [promotion(before, source, target) for before, _ in standing(fleet, (), source, target, everything=True)]


def promotion(before: Stand, source: str, target: str) -> Move:
    """Return the move that copies the version of a service from one environment to another."""
    version = before.version
    return Move(before.spec.name, target, version.image_tag, version.image_digest or None, _chart(before), origin=source)


def _chart(before: Stand) -> str:
    """Return the chart version to promote; empty for a chart in this repository, which all environments share."""
    return "" if before.resolved.data["chart"].get("path") else before.version.chart_version


def _check_chain(fleet: Fleet, source: str, target: str) -> None:
    fleet.environment(source)
    expected = fleet.environment(target).promoted_from
    if expected != source:
        chain = f"{target} is promoted from {expected}" if expected else f"{target} is the first in its chain"
        raise RefusedError(f"{source} is not before {target}: {chain}", "promote along the chain, one environment at a time")


def standing(fleet: Fleet, services: Sequence[str], source: str, target: str, *, everything: bool) -> list[tuple[Stand, Stand]]:
    """Return every service to be promoted, as it is in A and as it is in B."""
    if bool(services) == everything:
        raise click.UsageError("name the services to promote, or use --all")
    specs = fleet.specs(services)
    if everything:
        specs = {name: spec for name, spec in specs.items() if source in spec.environments and target in spec.environments}
    found = [(fleet.stand(spec, source), fleet.stand(spec, target)) for spec in specs.values()]
    return [
        (a, b)
        for a, b in found
        if services or a.version._replace(chart_version=_chart(a)) != b.version._replace(chart_version=_chart(b))
    ]


def _check_drift(fleet: Fleet, names: Sequence[str], source: str) -> None:
    """Refuse to promote from an environment with drift: what was tested there is not what the specs declare."""
    outcome = run(Request(fleet.root, Mode.CHECK, tuple(names), (source,)))
    wrong = [change.path for change in outcome.changes if change.state is not State.UNOWNED]
    if outcome.blocked or wrong:
        what = (
            f"{listed(wrong, most=3)} {'is' if len(wrong) == 1 else 'are'} not what the specs generate"
            if wrong
            else "its specs have errors"
        )
        raise RefusedError(
            f"{source} is not clean: {what}", "fix the drift (`tiphys check`): what was tested is not what is in Git"
        )


def _check_soak(fleet: Fleet, names: Sequence[str], source: str, target: str) -> None:
    wanted = (fleet.environment(target).spec.get("promotion") or {}).get("soak")
    if not wanted:
        return
    from generator.history.ledger import releases

    now = datetime.now(UTC)
    for name in names:
        ledger = releases(fleet.root, fleet.workspace, name, source)
        if not ledger.releases:
            raise RefusedError(f"{name} in {source} is not committed yet", "commit it, and wait for the soak time")
        age = now - _landed(name, source, ledger.releases[0])
        left = timedelta(seconds=seconds(wanted)) - age
        if left > timedelta():
            raise RefusedError(
                f"{name} has been in {source} for {spoken(max(0, age.total_seconds()))}; {target} requires {wanted}",
                f"wait {spoken(left.total_seconds())} more, or use --skip-soak",
            )


def _landed(name: str, source: str, release: Release) -> datetime:
    """Return when a release landed; raises RefusedError if its commit has no valid date."""
    if release.when is None:
        raise RefusedError(
            f"{name} is in {source} since commit {release.commit[:10]}, which has no valid date",
            "release it to that environment again, or use --skip-soak",
        )
    return release.when


def _check_charts(fleet: Fleet, pairs: Sequence[tuple[Stand, Stand]], target: str, binary: str, *, offline: bool) -> None:
    """Refuse charts that B's chart repository lacks: Argo CD would only fail after the merge."""
    from generator.system.charts.repository import Repository

    repository = Repository.of(fleet.environment(target).spec)
    charts = sorted({(str(before.resolved.data["chart"]["name"]), _chart(before)) for before, _ in pairs if _chart(before)})
    if not charts or not repository.address:
        return
    if offline:
        names = listed(f"{name} {version}" for name, version in charts)
        click.echo(f"warning: did not check that {repository.address} has {names}", err=True)
        return
    from generator.system import helm
    from generator.system.charts import repository as chart_repository

    found = helm.find(binary)
    for name, version in charts:
        try:
            chart_repository.package(found, repository, name, version, ask=False)
        except chart_repository.MissingChartError:
            raise RefusedError(
                f"{repository.address} has no chart {name} {version}, which Argo CD would pull from there",
                f"release it first: tiphys release --from {pairs[0][0].resolved.environment.name} --env {target}",
            ) from None
        except chart_repository.ChartRepositoryError as error:
            raise ConfigError(error.message, f"{error.hint}; or use --offline") from None
