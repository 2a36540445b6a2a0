"""Both sides of a comparison rendered, and what that changes of every object.

Only what may differ is rendered: applications of which something that is generated differs, or a file that their chart
or folder is made of. Helm's answers are kept, so what was rendered before is not rendered again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import cache, partial
from typing import NamedTuple

from generator.diff.model import Where
from generator.diff.rendered import committed, objects
from generator.diff.rendered.causes import Causes
from generator.diff.rendered.effects import releases_of
from generator.diff.rendered.grouping import grouped
from generator.diff.rendered.model import Cause, Cluster, Difference, Unrendered
from generator.diff.rendered.objects import Compared, Frame
from generator.diff.rendered.pairs import Pair
from generator.errors import ConfigError
from generator.kubernetes.identity import Key
from generator.kubernetes.objects import KubeObject
from generator.syntax.leaves import Leaf, Path
from generator.system.helm import said
from generator.verify import rendering, stream
from generator.verify.cache import Cache
from generator.verify.provenance import provenance_of
from generator.verify.rendering import chart_digest
from generator.verify.renderings import Chartless, Part, Rendered, Renderings
from generator.verify.run import secrets_in
from generator.verify.twice import unsteady
from generator.workspace.templates import Templates


class Asked(NamedTuple):
    """How to compare."""

    cache: Cache
    """What Helm said before."""
    progress: Callable[[int, int], None] = lambda _done, _of: None
    cause: Callable[[Rendered], Cause] | None = None
    """What the differences of an application come from, where both sides say the same; by default its spec is asked."""


Open = Callable[[str], Renderings]
"""Begins to render a workspace in a folder."""


def cluster(pairs: Sequence[Pair], roots: tuple[str, str], begin: Open, asked: Asked, *, with_noise: bool) -> Cluster:
    """Return what changes of the objects of applications; `roots` are the folders of both sides."""
    with begin(roots[0]) as before, begin(roots[1]) as after:
        for pair in pairs:
            if pair.old is not None:
                before.begin(pair.old)
            if pair.new is not None:
                after.begin(pair.new)
        return compared(pairs, roots, (before, after), asked, with_noise=with_noise)


def compared(
    pairs: Sequence[Pair],
    roots: tuple[str, str],
    renderings: tuple[Renderings, Renderings],
    asked: Asked,
    *,
    with_noise: bool,
) -> Cluster:
    """Return what differs between two renderings of applications, which have begun."""
    try:
        return _Comparison(roots, renderings, asked).of(pairs, with_noise=with_noise)
    except ConfigError as error:
        return Cluster(why=f"{error.message}: {error.hint}" if error.hint else error.message)


class _Comparison:
    """Compares what was rendered of each application."""

    def __init__(self, roots: tuple[str, str], renderings: tuple[Renderings, Renderings], asked: Asked) -> None:
        self._roots = roots
        self._templates = tuple(map(Templates, roots))
        self._renderings = renderings
        self._asked = asked

    def of(self, pairs: Sequence[Pair], *, with_noise: bool) -> Cluster:
        made = [iter(one) for one in self._renderings]
        found: list[tuple[Where, Difference]] = []
        unrendered: list[Unrendered] = []
        results: list[Compared] = []
        for number, pair in enumerate(pairs):
            self._asked.progress(number, len(pairs))
            old = next(made[0]) if pair.old is not None else None
            new = next(made[1]) if pair.new is not None else None
            whys = [Unrendered(pair.where, side, why) for side, one in (("base", old), ("head", new)) if (why := _why(one))]
            if whys:
                unrendered += whys
                continue
            one = self._compared(pair, _as_rendered(old), _as_rendered(new))
            results.append(one)
            found += ((pair.where, difference) for difference in one.differences)
        self._asked.progress(len(pairs), len(pairs))
        noise = Counter(difference.noise for _, difference in found if difference.noise)
        return Cluster(
            tuple(grouped((where, one) for where, one in found if with_noise or not one.noise)),
            len(results),
            sum(one.objects for one in results),
            sum(one.unchanged for one in results),
            dict(sorted(noise.items())),
            tuple(unrendered),
            tools=" and ".join(dict.fromkeys(filter(None, (one.tools for one in self._renderings)))),
            remark=self._renderings[1].other_helm,
        )

    def _compared(self, pair: Pair, old: Rendered | None, new: Rendered | None) -> Compared:
        before, after = _objects(old), _objects(new)
        one = pair.new or pair.old
        assert one is not None  # noqa: S101 - one of the two is
        namespace = str(one.application["destination"].get("namespace") or "")
        generated = (KubeObject(dict(document.data)) for document in one.documents)
        cause = self._causes(pair, old, new, after, namespace).of
        if self._asked.cause and old and new and not self._changed_chart(old, new):
            cause = partial(_always, self._asked.cause(new))
        elif old and new and committed.is_edited(old, new) and not self._changed_chart(old, new):
            cause = partial(_always, Cause("", f"{new.built.rendered_folder}/"))
        frame = Frame(namespace, one.chart.fullname, releases_of([*after, *generated]), cause)
        frame = frame._replace(known=cache(lambda: secrets_in(filter(None, (old, new)), [*before, *after])))
        found = objects.compared(before, after, frame)
        random = self._random(new, after, namespace) if found.differences and new else frozenset()
        return objects.compared(before, after, frame._replace(random=random)) if random else found

    def _causes(
        self, pair: Pair, old: Rendered | None, new: Rendered | None, after: Sequence[KubeObject], namespace: str
    ) -> Causes:
        sides = [
            (built, provenance_of(built, templates))
            for built, templates in zip((pair.old or pair.new, pair.new or pair.old), self._templates, strict=True)
            if built is not None
        ]
        chart, between = "", None
        if old is not None and new is not None:
            chart = self._changed_chart(old, new)
            if (
                chart
                and len(old.parts) == len(new.parts)
                and any(_asks_otherwise(*parts) for parts in zip(old.parts, new.parts, strict=True))
            ):
                between = self._between(old, new)
        return Causes((sides[0], sides[1]), chart, between, after, namespace)

    def _changed_chart(self, old: Rendered, new: Rendered) -> str:
        if old.is_committed or new.is_committed:
            return committed.other_chart(old, new, self._roots)
        return _changed_chart(old.parts, new.parts)

    def _between(self, old: Rendered, new: Rendered) -> list[KubeObject] | None:
        """Return what the new charts render with the old values; None if they do not."""
        found: list[KubeObject] = []
        for before, after in zip(old.parts, new.parts, strict=True):
            done = rendering.template(self._renderings[1].helm, before.job._replace(chart=after.job.chart), self._asked.cache)
            if not done.ok:
                return None
            found += _read(done.out)
        return found

    def _random(self, new: Rendered, after: Sequence[KubeObject], namespace: str) -> frozenset[tuple[Key, Path]]:
        """Return what differs between two renderings of the same."""
        others = [stream.read(text).objects for text in self._renderings[1].repeated(new)]
        found = unsteady(after, others, namespace)
        return frozenset((key, path) for key, paths in found.items() for path in paths if path)


def _always(cause: Cause, _item: KubeObject, _leaf: Leaf) -> Cause:
    return cause


def _why(one: Rendered | Chartless | None) -> str:
    """Return why an application was not rendered; empty if it was, or is not there."""
    if isinstance(one, Chartless):
        return one.problem.message
    if one is not None and one.failed:
        return (one.failed.done.err or said(one.failed.done)).strip()
    return ""


def _as_rendered(one: Rendered | Chartless | None) -> Rendered | None:
    return one if isinstance(one, Rendered) else None


def _objects(one: Rendered | None) -> list[KubeObject]:
    """Return the objects of an application as Argo CD applies them: without those of `helm test`."""
    if one is None:
        return []
    found = list(one.objects) or [item for part in one.parts for item in _read(part.done.out)]
    return [item for item in found if not stream.is_test(item)]


def _read(out: bytes) -> Iterable[KubeObject]:
    return stream.read(out.decode("utf-8", "replace")).objects


def _changed_chart(old: Sequence[Part], new: Sequence[Part]) -> str:
    """Return the chart whose files differ, as a cause; empty if none does."""
    if len(old) != len(new):
        return ""
    for before, after in zip(old, new, strict=True):
        charts = before.job.chart, after.job.chart
        if all(chart.folder for chart in charts) and chart_digest(charts[0].folder) != chart_digest(charts[1].folder):
            return f"chart {charts[1].name} {charts[1].version}"
        if not charts[0].folder and before.done.out != after.done.out:
            return charts[1].origin
    return ""


def _asks_otherwise(old: Part, new: Part) -> bool:
    """Tell whether Helm is asked for something else of the two charts; not where one of them was rendered before."""
    if not (old.job.chart.folder and new.job.chart.folder):
        return False
    return old.job._replace(chart=new.job.chart, key="", files=()) != new.job._replace(key="", files=())
