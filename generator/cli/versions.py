"""`tiphys verify --against`: the workspace under other versions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from typing import TYPE_CHECKING, NamedTuple

import click

from generator.cli import options, running
from generator.errors import ConfigError
from generator.pipeline.run import Mode, Request, run
from generator.syntax.wording import listed
from generator.system import helm as helms

if TYPE_CHECKING:
    from generator.lint.settings import Asked as Rules
    from generator.service.build import Built
    from generator.system.helm import Helm
    from generator.verify.cache import Cache
    from generator.verify.renderings import Renderings

_FORMS = "helm=BIN, kubernetes=VERSION, chart=NAME@VERSION or chart=DIR"
_PATH = re.compile(r"[/\\]")
_KUBERNETES = re.compile(r"v?(1\.\d{1,3}(?:\.\d{1,3})?)\Z")


class Versions(NamedTuple):
    """The other versions."""

    helm: str = ""
    kubernetes: str = ""
    chart: str = ""
    """`NAME@VERSION`, or the directory of a chart; one with an `@` in its name is written with a slash."""

    @property
    def released(self) -> dict[str, str]:
        """The version by the name of the chart, where a released one is named."""
        name, at, version = self.chart.rpartition("@")
        return {name: version} if at and not _PATH.search(self.chart) else {}


_SAME = Versions()


class Asked(NamedTuple):
    """What `verify` is asked for."""

    services: tuple[str, ...]
    environments: tuple[str, ...]
    helm: str
    chart: str
    offline: bool
    clones: dict[str, str]
    cache: bool
    rules: Rules | None
    formats: list[tuple[str, str]]
    color: str

    def request(self, root: str, begin: Callable[[Built], None], *, another_chart: str = "") -> Request:
        """Return the run that builds what is verified; another chart in the place of theirs may want other values."""
        held = not (self.chart or another_chart)
        return Request(root, Mode.LINT, self.services, self.environments, on_built=begin, asked=self.rules, holds_values=held)

    def kept(self) -> Cache:
        """Return what Helm said before."""
        from generator.verify.cache import Cache, home

        return Cache(f"{home()}/helm" if self.cache else "")


def named(_ctx: click.Context, _param: click.Parameter, words: Sequence[str]) -> Versions | None:
    """Return the versions of the command line; None without any."""
    found: dict[str, str] = {}
    for word in words:
        kind, equals, value = word.partition("=")
        if not (equals and value) or kind not in Versions._fields:
            raise click.BadParameter(f"expected {_FORMS}, not `{word}`")
        if kind in found:
            raise click.BadParameter(f"`{kind}` is given twice")
        if kind == "kubernetes":
            match = _KUBERNETES.match(value)
            if match is None:
                raise click.BadParameter(f"`{value}` is not a version of Kubernetes, such as 1.36")
            value = match[1]
        found[kind] = value
    return Versions(**found) if found else None


def compare(ctx: click.Context, root: str, versions: Versions, asked: Asked) -> int:
    """Render the workspace under both, print what differs, and return the exit code."""
    from generator.diff.rendered import versions as compared
    from generator.diff.rendered.run import Asked as How
    from generator.report.diffs.as_text import of_versions

    if asked.formats != [("text", "")]:
        raise click.UsageError("--against prints text only; remove --format")
    find = cache(helms.find)
    both = (asked.helm, versions.helm or asked.helm)
    before = renderings(root, partial(find, both[0]), asked)
    after = renderings(root, partial(find, both[1]), asked, versions)
    built: list[Built] = []

    def begin(one: Built) -> None:
        built.append(one)
        before.begin(one)
        after.begin(one)

    with before, after:
        outcome = run(asked.request(root, begin, another_chart=versions.chart))
        if outcome.errors and not outcome.fails_in_charts_alone:
            running.report(ctx, outcome, root, asked.formats, asked.color)
            click.echo(f"{running.summary(outcome)}; nothing was rendered", err=True)
            return outcome.failure
        _check_charts(versions, built, after)
        cause = compared.cause_of(versions.kubernetes, lambda: (find(both[0]), find(both[1])))
        how = How(asked.kept(), running.progress_line("compared", "applications"), cause)
        found = compared.under_both(root, built, (before, after), how)
        base, head = _titles(versions, before, after)
    text = of_versions(base, head, found.cluster, color=options.wants_color(asked.color))
    running.put(running.guarded_text(text, ""), "")
    outcome = outcome._replace(diagnostics=[]).with_more(found.findings)
    if outcome.diagnostics:
        click.echo()
        running.report(ctx, outcome, root, asked.formats, asked.color)
    click.echo(f"found with {head} only: {running.summary(outcome)}", err=True)
    for line in _remarks(versions, found.unknown):
        click.echo(line, err=True)
    cluster = found.cluster
    return int(bool(cluster.entries or cluster.unrendered or cluster.why or outcome.diagnostics))


def renderings(root: str, find: Callable[[], Helm], asked: Asked, versions: Versions = _SAME) -> Renderings:
    """Return what renders the workspace, under other versions where some are named."""
    from generator.verify.charts import Charts
    from generator.verify.folder_builds import FolderBuilds
    from generator.verify.renderings import Renderings

    kept = asked.kept()
    candidate = versions.chart if versions.chart and not versions.released else asked.chart
    charts = partial(Charts, root, candidate=candidate, offline=asked.offline, clones=asked.clones, instead=versions.released)
    folders = FolderBuilds(root, asked.clones, cache=kept)
    return Renderings(find, charts, kept, folders, kubernetes=versions.kubernetes)


def _check_charts(versions: Versions, built: Sequence[Built], after: Renderings) -> None:
    """Raise ConfigError for a chart that no service would take in another version, so that nothing is compared."""
    from generator.service.chart import chart_of
    from generator.verify.renderings import Rendered

    sources = [chart_of(one.resolved) for one in built if "chart" in one.resolved.data]
    for name in versions.released:
        places = {one.path or one.git for one in sources if one.name == name}
        if not places:
            used = sorted({one.name for one in sources})
            raise ConfigError(f"no service uses the chart `{name}`", f"use {listed(used)}" if used else "name another one")
        if all(places):
            what = f"`{name}` is used from {listed(sorted(places))}, and has the version that it has there"
            raise ConfigError(what, "compare two commits with `tiphys diff`")
    if versions.chart and not versions.released:
        parts = [part for item in after if isinstance(item, Rendered) for part in item.parts]
        if not any(part.job.chart.origin == versions.chart for part in parts):
            what = f"no service takes the chart in {versions.chart} from a chart repository"
            raise ConfigError(
                what, "name the directory of a chart that is released; of one in the workspace, use `tiphys diff`"
            )


def _titles(versions: Versions, before: Renderings, after: Renderings) -> tuple[str, str]:
    """Return what both sides are called."""
    base, head = [], []
    if versions.helm:
        base.append(f"Helm {before.helm.release}")
        head.append(f"Helm {after.helm.release}")
    if versions.kubernetes:
        base.append("Kubernetes of the environments")
        head.append(f"Kubernetes {versions.kubernetes}")
    if versions.chart:
        base.append("charts of the specs")
        head.append(f"chart {versions.chart}")
    return ", ".join(base), ", ".join(head)


def _remarks(versions: Versions, unknown: Sequence[str]) -> Iterator[str]:
    if versions.kubernetes:
        from generator.lint.schemas import Schemas

        known = Schemas(versions.kubernetes).version
        if known != ".".join(versions.kubernetes.split(".")[:2]):
            yield f"the schemas of Kubernetes {versions.kubernetes} are not installed: those of {known} were used"
    if unknown:
        yield f"no schema found for {', '.join(unknown)}: only their references were checked, not their fields"
