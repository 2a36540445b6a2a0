"""The workspace under two versions of something: `tiphys verify --against`, and `tiphys bump --chart-version … --dry-run`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, partial
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import click

from generator.cli import running
from generator.cli.colors import wants_color
from generator.cli.progress import progress_line
from generator.cli.versions import Versions
from generator.errors import ConfigError
from generator.kubernetes.target import PRODUCTS
from generator.pipeline.run import Mode, Outcome, Request, run
from generator.report.diffs import FORMATS, render
from generator.syntax.wording import counted, listed
from generator.system import helm as helms

if TYPE_CHECKING:
    from generator.diff import Comparison
    from generator.lint.settings import Asked as Rules
    from generator.pipeline.shards import Shard
    from generator.service.build import Built
    from generator.system.helm import Helm
    from generator.verify.cache import Cache
    from generator.verify.renderings import Renderings

_SAME = Versions()


class Asked(NamedTuple):
    """What a command is asked for."""

    services: tuple[str, ...] = ()
    environments: tuple[str, ...] = ()
    helm: str = ""
    chart: str = ""
    offline: bool = False
    clones: Mapping[str, str] = MappingProxyType({})
    cache: bool = True
    rules: Rules | None = None
    formats: Sequence[tuple[str, str]] = (("text", ""),)
    color: str = "auto"
    noise: bool = False
    shard: Shard | None = None

    def request(self, root: str, begin: Callable[[Built], None], versions: Versions = _SAME) -> Request:
        """Return the run that builds what is rendered; another chart in the place of theirs may want other values."""
        return Request(
            root,
            Mode.LINT,
            self.services,
            self.environments,
            on_built=begin,
            asked=self.rules,
            target=versions.target,
            shard=self.shard,
            holds_values=not (self.chart or versions.chart),
        )

    def kept(self) -> Cache:
        """Return what Helm said before."""
        from generator.verify import cache as results

        return results.kept() if self.cache else results.NOTHING


class UnbuiltError(Exception):
    """The workspace has errors, so that nothing was rendered."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__("the workspace has errors")
        self.outcome = outcome


def compare(ctx: click.Context, root: str, versions: Versions, asked: Asked) -> int:
    """Render the workspace under both, print what differs, and return the exit code."""
    other = next((form for form, _ in asked.formats if form not in FORMATS), "")
    if other:
        raise click.UsageError(f"--against has the formats {', '.join(FORMATS)}, not {other}")
    try:
        found, outcome = compared(root, versions, asked)
    except UnbuiltError as error:
        running.report(ctx, error.outcome, root, [("text", "")], asked.color)
        click.echo(f"{running.summary(error.outcome)}; nothing was rendered", err=True)
        return error.outcome.failure
    return put(ctx, root, found, outcome, asked)


def preview(ctx: click.Context, root: str, versions: Versions, asked: Asked) -> int:
    """Print what a different version of a chart changes for all who use it, and return the exit code.

    It is 1 if Kubernetes refuses a change, or there is an error that only the new version has. Where nothing can be
    compared, a line says why.
    """
    try:
        found, outcome = compared(root, versions, asked)
    except UnbuiltError as error:
        click.echo(f"what the chart changes is not shown: {running.summary(error.outcome)}; run `tiphys lint`", err=True)
        return 0
    except ConfigError as error:
        said = f"{error.message}; {error.hint}" if error.hint else error.message
        click.echo(f"what the chart changes is not shown: {said}", err=True)
        return 0
    click.echo()
    put(ctx, root, found, outcome, asked)
    refused = found.cluster.refused if found.cluster else ()
    return int(bool(refused) or outcome.errors > 0)


def put(ctx: click.Context, root: str, found: Comparison, outcome: Outcome, asked: Asked) -> int:
    """Print a comparison in each of the formats, and return the exit code."""
    for form, path in asked.formats:
        text = render(found, form, color=not path and wants_color(asked.color))
        running.put(running.guarded_text(text, path) if form == "text" else text, path)
        if form == "text" and outcome.diagnostics and not path:
            click.echo()
            running.report(ctx, outcome, root, [(form, path)], asked.color)
    click.echo(f"{running.of_shard(asked.shard, outcome)}found with {found.head} only: {running.summary(outcome)}", err=True)
    for line in found.versions.remarks if found.versions else ():
        click.echo(line, err=True)
    cluster = found.cluster
    return int(bool(cluster and (cluster.entries or cluster.unrendered or cluster.why)) or bool(outcome.diagnostics))


def compared(root: str, versions: Versions, asked: Asked) -> tuple[Comparison, Outcome]:
    """Return what differs under other versions, and the findings that only these have.

    Raises UnbuiltError for a workspace with errors, and ConfigError if there is nothing to compare.
    """
    from generator.diff import Comparison
    from generator.diff.model import Versions as Known
    from generator.diff.rendered import versions as both
    from generator.diff.rendered.run import Asked as How

    find = cache(helms.find)
    sides = (_Side(root, asked, _SAME), _Side(root, asked, versions))
    before, after = (side.renderings(find) for side in sides)
    base = sides[0].build()
    if base.errors and not base.fails_in_charts_alone:
        raise UnbuiltError(base)
    head = base if versions.target == _SAME.target else sides[1].build()
    built = sides[0].built, sides[1].built or sides[0].built
    if not asked.shard:  # what no service of this shard uses, one of another may
        _check_uses(versions, built[0])
    with before, after:
        cause = both.cause_of(versions.products, (lambda: (before.helm, after.helm)) if versions.helm else None)
        how = How(asked.kept(), progress_line("compared", "applications"), cause)
        found = both.under_both(root, built, (before, after), how, with_noise=asked.noise)
        if not asked.shard:
            _check_folder(versions, after)
        base_title, head_title = _titles(versions, built[0], before, after)
        remarks = tuple(_remarks(versions, found.unknown, after, _rewritten(base, head)))
    outcome = head._replace(diagnostics=both.only_in(head.diagnostics, base.diagnostics)).with_more(found.findings)
    known = Known(tuple(outcome.diagnostics), found.upgrades, remarks)
    return Comparison(base_title, head_title, (), total=len(built[0]), cluster=found.cluster, versions=known), outcome


class _Side:
    """The workspace under some versions."""

    def __init__(self, root: str, asked: Asked, versions: Versions) -> None:
        self._root = root
        self._asked = asked
        self._versions = versions
        self.built: list[Built] = []

    def build(self) -> Outcome:
        """Run the pipeline, and keep what it builds."""
        return run(self._asked.request(self._root, self.built.append, self._versions))

    def renderings(self, find: Callable[[str], Helm]) -> Renderings:
        """Return what renders it."""
        return renderings(self._root, partial(find, self._versions.helm or self._asked.helm), self._asked, self._versions)


def renderings(root: str, find: Callable[[], Helm], asked: Asked, versions: Versions = _SAME) -> Renderings:
    """Return what renders the workspace, with other charts where some are named."""
    from generator.verify.charts import Charts
    from generator.verify.folder_builds import FolderBuilds
    from generator.verify.renderings import Renderings

    kept = asked.kept()
    charts = partial(
        Charts,
        root,
        candidate=versions.folder or asked.chart,
        offline=asked.offline,
        clones=asked.clones,
        instead=versions.released,
    )
    return Renderings(find, charts, kept, FolderBuilds(root, asked.clones, cache=kept))


def _check_uses(versions: Versions, built: Sequence[Built]) -> None:
    """Raise ConfigError for a released chart that no service would take in another version."""
    from generator.service.chart import chart_of

    sources = [chart_of(one.resolved) for one in built if "chart" in one.resolved.data]
    for name in versions.released:
        places = {one.path or one.git for one in sources if one.name == name}
        if not places:
            used = sorted({one.name for one in sources})
            raise ConfigError(f"no service uses the chart `{name}`", f"use {listed(used)}" if used else "name another one")
        if all(places):
            what = f"`{name}` is used from {listed(sorted(places))}, and has the version that it has there"
            raise ConfigError(what, "compare two commits with `tiphys diff`")


def _check_folder(versions: Versions, after: Renderings) -> None:
    """Raise ConfigError for the directory of a chart that takes the place of none."""
    from generator.verify.renderings import Rendered

    if versions.folder:
        parts = [part for item in after if isinstance(item, Rendered) for part in item.parts]
        if not any(part.job.chart.origin == versions.folder for part in parts):
            what = f"no service takes the chart in {versions.folder} from a chart repository"
            hint = "name the directory of a chart that is released; of one in the workspace, use `tiphys diff`"
            raise ConfigError(what, hint)


def _rewritten(base: Outcome, head: Outcome) -> int:
    """Return how many generated files are different under the other versions."""
    return sum(head.wanted.get(path) != one for path, one in base.wanted.items() if path in head.wanted)


def _titles(versions: Versions, built: Sequence[Built], before: Renderings, after: Renderings) -> tuple[str, str]:
    """Return what both sides are called; the old one by the versions that all environments state."""
    base, head = [], []
    if versions.helm:
        base.append(f"Helm {before.helm.release}")
        head.append(f"Helm {after.helm.release}")
    for product, version in versions.target._asdict().items():
        if version:
            stated = sorted({str((one.resolved.environment.spec.get("target") or {}).get(product) or "") for one in built})
            base.append(
                f"{PRODUCTS[product]} {' and '.join(stated)}" if all(stated) else f"{PRODUCTS[product]} of the environments"
            )
            head.append(f"{PRODUCTS[product]} {version}")
    if versions.chart:
        base.append("charts of the specs")
        head.append(f"chart {versions.chart}")
    return ", ".join(base), ", ".join(head)


def _remarks(versions: Versions, unknown: Sequence[str], after: Renderings, rewritten: int) -> Iterator[str]:
    if versions.kubernetes:
        from generator.lint.schemas import Schemas

        known = Schemas(versions.kubernetes).version
        if known != ".".join(versions.kubernetes.split(".")[:2]):
            yield f"the schemas of Kubernetes {versions.kubernetes} are not installed: those of {known} were used"
    if versions.argocd:
        yield from after.other_tools(versions.argocd)
    if rewritten:
        files = counted(rewritten, "generated file")
        yield f"with this `target`, `tiphys generate` writes {files} differently, and the second side has them"
    if unknown:
        yield f"no schema found for {', '.join(unknown)}: only their references were checked, not their fields"
