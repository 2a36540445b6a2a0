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
    "--from", "source", required=True, metavar="A", shell_complete=options.complete_environments, help="Where it runs."
)
@click.option("--to", "target", required=True, metavar="B", shell_complete=options.complete_environments, help="Where it goes.")
@click.option("--all", "everything", is_flag=True, help="Every service that runs something else in B.")
@click.option("--skip-soak", is_flag=True, help="Do not wait for the time that B wants a release to have run in A.")
@click.option("--offline", is_flag=True, help="Do not ask B's chart repository whether it has the chart.")
@click.option("--force", is_flag=True, help="Go back to an older version.")
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

    Only along the chain that environments declare. Before anything is written: the release has run in A
    for the time that B wants, nothing has drifted there, B's policy holds, and B's chart repository has
    the chart.

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
        click.echo(f"{target} runs what {source} runs", err=True)
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
                click.echo(f"{before.spec.name}: stays as it is in {target}: {listed(stays)}")
    wanted = [*(promotion(before, source, target) for before, _ in pairs), *begun]
    return moving.carry_out(ctx, fleet, sorted(wanted, key=lambda move: move.service), how, formats, color)


def _is_broken(ctx: click.Context, fleet: Fleet, formats: list[tuple[str, str]], color: str) -> bool:
    """Tell whether there are specs that cannot be read, which would be left out; says so then."""
    read = Outcome(fleet.workspace, fleet.loader.diagnostics)
    return bool(read.errors) and running.stopped(ctx, read, fleet.root, formats, color)


def _ahead(fleet: Fleet, source: str, target: str) -> list[Move]:
    return [promotion(before, source, target) for before, _ in standing(fleet, (), source, target, everything=True)]


def promotion(before: Stand, source: str, target: str) -> Move:
    """Return the move that brings what a service runs in one environment to another one."""
    version = before.version
    return Move(before.spec.name, target, version.image_tag, version.image_digest or None, _chart(before), origin=source)


def _chart(before: Stand) -> str:
    """Return the chart version that travels; empty for a chart in this repository, which everybody shares."""
    return "" if before.resolved.data["chart"].get("path") else before.version.chart_version


def _check_chain(fleet: Fleet, source: str, target: str) -> None:
    fleet.environment(source)
    expected = fleet.environment(target).promoted_from
    if expected != source:
        chain = f"{target} is promoted from {expected}" if expected else f"{target} is the start of its chain"
        raise RefusedError(
            f"{source} is not before {target}: {chain}", "promote along the chain, one environment after the other"
        )


def standing(fleet: Fleet, services: Sequence[str], source: str, target: str, *, everything: bool) -> list[tuple[Stand, Stand]]:
    """Return (how it stands in A, how it stands in B) of every service to be promoted."""
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
    """Refuse to promote from an environment whose files are not what its specs say: nobody knows what was tested."""
    outcome = run(Request(fleet.root, Mode.CHECK, tuple(names), (source,)))
    wrong = [change.path for change in outcome.changes if change.state is not State.UNOWNED]
    if outcome.blocked or wrong:
        what = (
            f"{listed(wrong, most=3)} {'is' if len(wrong) == 1 else 'are'} not what the specs render to"
            if wrong
            else "its specs have errors"
        )
        raise RefusedError(
            f"{source} is not clean: {what}", "run `tiphys check` and repair it; what was tested is not what is in Git"
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
            raise RefusedError(f"{name} in {source} is not committed yet, so it has not run", "commit it, and let it run")
        age = now - _landed(name, source, ledger.releases[0])
        left = timedelta(seconds=seconds(wanted)) - age
        if left > timedelta():
            raise RefusedError(
                f"{name} runs in {source} for {spoken(max(0, age.total_seconds()))}; {target} wants {wanted}",
                f"wait {spoken(left.total_seconds())} more, or use --skip-soak",
            )


def _landed(name: str, source: str, release: Release) -> datetime:
    """Return when a release landed; raises RefusedError where its commit has no date to count from."""
    if release.when is None:
        raise RefusedError(
            f"{name} runs in {source} since commit {release.commit[:10]}, which has no valid date",
            "release it to that environment again, or use --skip-soak",
        )
    return release.when


def _check_charts(fleet: Fleet, pairs: Sequence[tuple[Stand, Stand]], target: str, binary: str, *, offline: bool) -> None:
    """Refuse what B's chart repository does not have: Argo CD would find out after the merge."""
    from generator.system.charts.repository import Repository

    repository = Repository.of(fleet.environment(target).spec)
    charts = sorted({(str(before.resolved.data["chart"]["name"]), _chart(before)) for before, _ in pairs if _chart(before)})
    if not charts or not repository.address:
        return
    if offline:
        names = listed(f"{name} {version}" for name, version in charts)
        click.echo(f"warning: nobody asked whether {repository.address} has {names}", err=True)
        return
    from generator.system import helm
    from generator.system.charts import repository as chart_repository

    found = helm.find(binary)
    for name, version in charts:
        try:
            chart_repository.package(found, repository, name, version, ask=False)
        except chart_repository.MissingChartError:
            raise RefusedError(
                f"{repository.address} has no chart {name} {version}, and Argo CD would look for it there",
                f"release it first: tiphys release --from {pairs[0][0].resolved.environment.name} --env {target}",
            ) from None
        except chart_repository.ChartRepositoryError as error:
            raise ConfigError(error.message, f"{error.hint}; or use --offline") from None
