"""The command `tiphys plan`."""

from __future__ import annotations

from collections import Counter

import click

from generator.cli import forecasts, options, plan_set, running, verbosity
from generator.cli.canvases import canvas_for
from generator.cli.destinations import chosen, destination, only
from generator.cli.progress import progress_line
from generator.errors import UndeployedError
from generator.pipeline.run import Mode, Outcome, Request, run
from generator.plan.forecast import Forecast
from generator.report.plans import FORMATS, Canvas, render, render_all, render_waves
from generator.report.plans.of_built import forecast_of
from generator.report.plans.of_set import FORMATS as FORMATS_OF_SET
from generator.service.build import Built
from generator.workspace.destinations import destinations_of


@click.command("plan")
@click.argument("service", required=False, metavar="[SERVICE]", shell_complete=options.complete_services)
@click.option(
    "--env",
    "-e",
    "environment",
    default="",
    metavar="E",
    shell_complete=options.complete_environments,
    help="The environment; not with --promote.",
)
@destination
@click.option("--promote", metavar="A:B", default="", help="Plan what `promote --all` from A to B releases, as one plan.")
@click.option("--at", metavar="COMMIT", default="", help="With --promote, the versions that A had at this commit.")
@options.formats_of((*FORMATS, *(form for form in FORMATS_OF_SET if form not in FORMATS)))
@click.option("--abort-at", type=click.IntRange(min=0), metavar="N", help="Show what happens if step N is aborted.")
@click.option("--first-deploy", is_flag=True, help="Show the first deployment, without an old version.")
@click.option("--replicas", type=click.IntRange(0, 10_000), metavar="N", help="Assume N replicas.")
@options.color
@verbosity.said
@click.pass_context
def command(
    ctx: click.Context,
    /,
    service: str | None,
    environment: str,
    destination: str,
    promote: str,
    at: str,
    formats: list[tuple[str, str]],
    color: str,
    **asked: object,
) -> int:
    r"""Show a release before it happens: traffic, pods, waits and gates, step by step.

    Computed the way the Argo Rollouts controller computes it, rounding included. Without SERVICE, prints
    one line for every service of the environment. Of an environment with several destinations, prints what
    each wave takes, unless --destination names one.

    With --promote, prints one plan for all that a promotion releases: the order that follows from `dependsOn`,
    the time, the peak of pods, CPU and memory, and the steps that need people.

    \b
    tiphys plan checkout --env prod
    tiphys plan checkout --env prod --abort-at 3
    tiphys plan checkout --env prod --replicas 20
    tiphys plan checkout --env prod --format svg=checkout.svg
    tiphys plan checkout --env prod --destination eu
    tiphys plan --env prod
    tiphys plan --promote staging:prod --format markdown
    """
    if promote or at:
        _check_usage_of_set(service or environment or destination, promote, formats, asked)
        return plan_set.run_plan(ctx, promote, at, formats, color)
    if not environment:
        raise click.UsageError("Missing option '--env' / '-e'.")
    _check_usage(service, formats, asked)
    return _plan(ctx, service, environment, destination, formats, color, asked)


def _plan(
    ctx: click.Context,
    service: str | None,
    environment: str,
    destination: str,
    formats: list[tuple[str, str]],
    color: str,
    asked: dict[str, object],
) -> int:
    """Print the plan of a service, or a line for each of an environment."""
    root = running.workspace_root(ctx)
    built: list[Built] = []
    services = (service,) if service else ()
    progress = progress_line("planned")
    outcome = run(Request(root, Mode.LINT, services, (environment,), progress=progress, on_built=built.append))
    if not built and (service or outcome.workspace is None):
        return _nothing(ctx, outcome, service or "", environment, formats, color)
    known = forecasts.known(chosen(built, destination, environment), service)
    alone = [f"--format {name}" for name, _ in formats if name not in ("text", "json")]
    if service and alone:
        only(known, f"a plan in {alone[0]}", environment)
    plans = [_forecast(item, asked, forecasts.replicas_of_application(item, root)) for item in known]
    for name, path in formats:
        running.put(_rendered(plans, name, canvas_for(path, color), service), path)
    return _afterword(ctx, outcome, built)


def _rendered(forecasts: list[Forecast], form: str, canvas: Canvas, service: str | None) -> str:
    if not service:
        return render_all(forecasts, form, canvas)
    return render_waves(forecasts, form, canvas) if len(forecasts) > 1 else render(forecasts[0], form, canvas)


def _check_usage_of_set(other: str, promote: str, formats: list[tuple[str, str]], asked: dict[str, object]) -> None:
    """Raise a usage error for options that a plan of a set does not have."""
    if not promote:
        raise click.UsageError("--at is for --promote A:B")
    alone = ["SERVICE, --env or --destination"] if other else []
    alone += [f"--{name.replace('_', '-')}" for name, value in asked.items() if value not in (None, False)]
    alone += [f"--format {name}" for name, _ in formats if name not in FORMATS_OF_SET]
    if alone:
        raise click.UsageError(f"{alone[0]} cannot be used with --promote: it plans all services that are promoted")


def _check_usage(service: str | None, formats: list[tuple[str, str]], asked: dict[str, object]) -> None:
    """Raise a usage error for options that exclude each other, or that need a SERVICE."""
    of_sets = next((name for name, _ in formats if name not in FORMATS), "")
    if of_sets:
        raise click.UsageError(f"--format {of_sets} requires --promote A:B")
    if asked["first_deploy"] and asked["abort_at"] is not None:
        raise click.UsageError("the first deployment has no steps, so --abort-at cannot be used with it")
    if service:
        return
    alone = [f"--{name.replace('_', '-')}" for name, value in asked.items() if value not in (None, False)]
    alone += [f"--format {name}" for name, _ in formats if name not in ("text", "json")]
    if alone:
        raise click.UsageError(f"{alone[0]} requires a SERVICE")


def _forecast(built: Built, asked: dict[str, object], replicas: int | None) -> Forecast:
    """Return the forecast of a service with the given options, and the replicas that its Application sets."""
    fixed, at = asked["replicas"], asked["abort_at"]
    return forecast_of(
        built,
        replicas=fixed if isinstance(fixed, int) else replicas,
        abort_at=at if isinstance(at, int) else None,
        first=bool(asked["first_deploy"]),
    )


def _nothing(
    ctx: click.Context, outcome: Outcome, service: str, environment: str, formats: list[tuple[str, str]], color: str
) -> int:
    """Report why nothing was planned: the errors of the spec, or that it is not deployed there."""
    if outcome.errors:
        root = running.workspace_root(ctx)
        said = [(name if name == "json" else "text", path) for name, path in formats if not path or name == "json"]
        running.report(ctx, outcome, root, said or [("text", "")], color)
        click.echo(running.summary(outcome), err=True)
        return outcome.failure
    raise UndeployedError(service, environment)


def _lacks_destinations(built: list[Built]) -> bool:
    """Tell whether a service could not be built for all destinations of the environment."""
    numbers = Counter(item.resolved.service for item in built)
    expected = max(1, len(destinations_of(built[0].resolved.environment))) if built else 0
    return any(number < expected for number in numbers.values())


def _afterword(ctx: click.Context, outcome: Outcome, built: list[Built]) -> int:
    """Print to stderr which errors there are besides the plans; return the exit code."""
    planned = {item.resolved.service for item in built}
    if not outcome.errors:
        return 0
    lint = f"{running.called_as(ctx)} lint"
    missing = [item for item in outcome.diagnostics if item.severity == "error" and item.service not in planned]
    if missing or _lacks_destinations(built):
        what = "services" if missing else "destinations"
        click.echo(f"{running.summary(outcome)}; some {what} could not be planned; run {lint}", err=True)
        return outcome.failure
    click.echo(f"{running.summary(outcome)}; run {lint}", err=True)
    return 0
