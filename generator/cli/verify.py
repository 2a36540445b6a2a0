"""The command `tiphys verify`."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from generator.cli import applications as foreign
from generator.cli import options, running, side_by_side, timing, verbosity, versions
from generator.cli.progress import progress_line
from generator.cli.side_by_side import Asked
from generator.kubernetes.target import UNSTATED, Target, parse
from generator.pipeline.run import Outcome, run
from generator.report import FORMATS
from generator.syntax.wording import counted
from generator.system import helm as helms
from generator.system import timings

if TYPE_CHECKING:
    from generator.pipeline.shards import Shard
    from generator.verify.renderings import Renderings
    from generator.verify.run import Report


def _target(_ctx: click.Context, _param: click.Parameter, stated: tuple[str, ...]) -> Target:
    try:
        return parse(",".join(stated)) if stated else UNSTATED
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


@click.command("verify")
@click.argument("services", nargs=-1, metavar="[SERVICE]... | --applications PATH...", shell_complete=options.complete_services)
@options.environments
@options.shard
@options.helm
@click.option("--chart", metavar="DIR", default="", help="Verify against this unreleased chart.")
@click.option("--offline", is_flag=True, help="Use only local charts and cached ones.")
@options.repo
@click.option(
    "--against",
    metavar="WHAT",
    multiple=True,
    callback=versions.named,
    help="Compare with helm=BIN, kubernetes=V, argocd=V, rollouts=V, chart=NAME@V or chart=DIR. Repeatable.",
)
@click.option(
    "--applications",
    is_flag=True,
    help="Verify the Applications below each PATH.",
)
@options.charts
@click.option(
    "--target",
    metavar="PRODUCT=V",
    multiple=True,
    callback=_target,
    help="With --applications, versions: kubernetes=1.36,argocd=3.5",
)
@click.option("--noise", is_flag=True, help="With --against, show noise as well.")
@click.option("--no-cache", is_flag=True, help="Ignore cached Helm results.")
@options.fail_level
@options.quiet
@options.color
@options.formats_of((*FORMATS, "html"))
@verbosity.said
@timing.taken
@click.pass_context
def command(
    ctx: click.Context,
    /,
    formats: list[tuple[str, str]],
    color: str,
    quiet: bool,
    fail_level: str | None,
    against: versions.Versions | None,
    *,
    noise: bool,
    no_cache: bool,
    applications: bool,
    charts: tuple[str, ...],
    target: Target,
    **given: Any,
) -> int:
    r"""Render the charts with Helm and the kustomizations with kustomize, and check every object.

    Each service and environment is linted and rendered as Argo CD renders it. Every object is validated
    against the schemas of Kubernetes and Argo, and references between objects are checked: selectors,
    Services, ports, routes, autoscalers. Findings point at the spec.

    \b
    tiphys verify
    tiphys verify checkout --env prod
    tiphys verify --shard 2/4
    tiphys verify --chart ../charts/service
    tiphys verify --against helm=/opt/helm4/helm --against kubernetes=1.36
    tiphys verify --against argocd=3.5 --format markdown=upgrade.md
    tiphys verify --applications apps/ --repo https://git.example.com/charts.git=../charts
    """
    if against and ctx.get_parameter_source("formats") is ParameterSource.DEFAULT:
        formats = [("text", "")]  # the annotations of GitHub are for findings
    if not against and (noise or any(form == "html" for form, _ in formats)):
        raise click.UsageError("--noise and the format html are for --against")
    rules = running.asked(fail_level=fail_level)
    if applications:
        wanted = _foreign(given, against=against is not None)
        asked_of_them = foreign.Asked(**wanted, charts=charts, cache=not no_cache, target=target, rules=rules)
        return foreign.verify(ctx, asked_of_them, formats, color, quiet=quiet)
    if charts or target != UNSTATED:
        raise click.UsageError("--charts and --target are for --applications")
    asked = Asked(**given, cache=not no_cache, rules=rules, formats=formats, color=color, noise=noise)
    root = running.workspace_root(ctx)
    return side_by_side.compare(ctx, root, against, asked) if against else _verify(ctx, root, asked, quiet=quiet)


def _foreign(given: dict[str, Any], *, against: bool) -> dict[str, Any]:
    """Return what `--applications` takes of the options; raises click.UsageError for those of a workspace."""
    names = ("environments", "chart", "shard")
    if any([against, *map(given.pop, names)]):
        raise click.UsageError("--applications verifies all that is at PATH; remove --against, --env, --chart and --shard")
    return {"paths": given.pop("services"), **given}


def _verify(ctx: click.Context, root: str, asked: Asked, *, quiet: bool) -> int:
    """Check the workspace, report what is wrong, and return the exit code."""
    finding = ThreadPoolExecutor(1).submit(helms.find, asked.helm)  # `helm version` is slow, so it runs in parallel
    with side_by_side.renderings(root, finding.result, asked) as renderings:
        outcome = run(asked.request(root, renderings.begin))
        with timings.stage("verify"):
            report = _report(root, renderings) if not outcome.errors or outcome.fails_in_charts_alone else None
        other_helm = renderings.other_helm if report else ""
    if report:
        outcome = outcome.with_more(report.diagnostics)
    running.report(ctx, outcome, root, [*asked.formats], asked.color, shard=asked.shard)
    for sentence in filter(None, (*_said(outcome, report, asked.shard, quiet=quiet), other_helm)):
        click.echo(sentence, err=True)
    return outcome.failure if report is None or outcome.blocked else 0


def _report(root: str, renderings: Renderings) -> Report:
    from generator.verify.run import verify  # imported here, while Helm is already running

    return verify(root, renderings, progress_line("verified", "applications"))


def _said(outcome: Outcome, report: Report | None, shard: Shard | None, *, quiet: bool) -> Iterator[str]:
    summary, of_shard = running.summary(outcome), running.of_shard(shard, outcome)
    if report is None:
        yield f"{of_shard}{summary}; nothing was rendered"
        return
    if outcome.diagnostics or not quiet:
        applications, objects = counted(report.applications, "application"), counted(report.objects, "object")
        yield f"{of_shard}{', '.join(filter(None, (applications, objects, report.tools)))}: {summary}"
    if report.unknown and not quiet:
        yield f"no schema found for {', '.join(report.unknown)}: only their references were checked, not their fields"
