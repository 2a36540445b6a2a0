"""The command `tiphys rollback`."""

from __future__ import annotations

from typing import Any

import click

from generator.cli import moving, options, running
from generator.cli.moving import Fleet, Stand
from generator.errors import RefusedError
from generator.history.ledger import Release, releases
from generator.history.moves import Move
from generator.kubernetes import strategy as strategies
from generator.pipeline.request import Outcome
from generator.service.naming import forced_name


@click.command("rollback")
@options.service
@options.environment
@click.option(
    "--to",
    "which",
    metavar="N|COMMIT",
    default="",
    help="The release, by its number in the history or its commit; by default the previous one.",
)
@options.commit
@options.dry_run
@options.formats
@options.color
@click.pass_context
def command(
    ctx: click.Context, /, service: str, environment: str, which: str, formats: list[tuple[str, str]], color: str, **asked: Any
) -> int:
    r"""Roll a service back to an earlier release in an environment, as a new change.

    The image and the chart version are restored. Everything else is unchanged: values, replicas, strategy,
    and the contents of ConfigMaps and databases.

    \b
    tiphys rollback checkout --env prod --commit
    tiphys rollback checkout --env prod --to 12 --dry-run
    """
    fleet = Fleet(running.workspace_root(ctx))
    fleet.environment(environment)
    specs = fleet.specs([service])
    if service not in specs:
        running.stopped(ctx, Outcome(fleet.workspace, fleet.problems), fleet.root, formats, color)
        return 1
    stand = fleet.stand(specs[service], environment)
    ledger = releases(fleet.root, fleet.workspace, service, environment)
    release = _chosen(list(ledger.releases), which, stand, complete=ledger.complete)
    back = [known.number for known in ledger.releases].index(release.number)
    wanted = Move(
        service,
        environment,
        release.image_tag,
        release.digest or None,
        "" if stand.resolved.data["chart"].get("path") else release.chart_version,
    )
    how = moving.Options(force=True, commit=asked["commit"], dry_run=asked["dry_run"], subject=lambda said: f"Roll back {said}")
    code = moving.carry_out(ctx, fleet, [wanted], how, formats, color)
    if code == 0:
        for sentence in _expectations(stand, back):
            click.echo(sentence, err=True)
    return code


def _chosen(known: list[Release], which: str, stand: Stand, *, complete: bool) -> Release:
    """Return the release to roll back to; raises RefusedError."""
    name = f"{stand.spec.name} in {stand.resolved.environment.name}"
    if not which:
        now = stand.version
        earlier = [one for one in known if (one.image_tag, one.digest, one.chart_version) != now]
        if earlier:
            return earlier[0]
        more = "" if complete else "; this clone is shallow: git fetch --unshallow"
        raise RefusedError(f"{name} has no earlier release in Git{more}", "name a release with --to, or use `tiphys bump`")
    for one in known:
        if which == str(one.number) or (len(which) >= 4 and one.commit.startswith(which)):
            return one
    raise RefusedError(
        f"{name} has no release `{which}`", f"see `tiphys history {stand.spec.name} --env {stand.resolved.environment.name}`"
    )


def _expectations(stand: Stand, back: int) -> list[str]:
    """Return what will happen in the cluster, as far as the spec determines it."""
    said = ["not rolled back: values, replicas, strategy, ConfigMaps and Secrets, and data"]
    strategy, rollout = stand.resolved.strategy, stand.resolved.rollout
    kind = strategies.kind(strategy)
    window = (rollout.get("rollbackWindow") or {}).get("revisions", 0)
    if not kind:
        said.append("a Deployment: its update strategy replaces the pods at once")
    elif back <= window:
        said.append(f"Argo Rollouts skips the steps: release {back} back is within the rollbackWindow of {window}")
    elif kind == "blueGreen":
        said.append(
            "Argo Rollouts switches back at once while the old pods are kept (scaleDownDelaySeconds); after that it runs the full promotion"
        )
    else:
        hint = "the rollbackWindow is too small" if window else "no rollbackWindow is set"
        name = forced_name(stand.resolved) or "ROLLOUT"  # the chart alone knows what it calls its objects by itself
        said.append(f"Argo Rollouts runs all steps again: {hint}. In an emergency: kubectl argo rollouts promote --full {name}")
    return said
