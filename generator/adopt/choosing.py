"""The profile of each chart: a shipped one that gives the old values, else one that is inferred, else none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from generator.adopt import profile_files
from generator.adopt.inferring import Inferred, autoscaler, has_count, inferred, workload
from generator.adopt.lifting import Lifted, Lifter
from generator.adopt.merging import merged
from generator.adopt.model import UnavailableError
from generator.adopt.parts import FromHelm
from generator.adopt.rendering import Renderer
from generator.errors import Rejected
from generator.kubernetes.objects import KubeObject, at
from generator.syntax.alignment import canonical
from generator.syntax.emit import emit
from generator.syntax.merge import lookup
from generator.syntax.reader import parse
from generator.syntax.template.templates import Template
from generator.system import parallel
from generator.verify.stream import is_test
from generator.verify.values_files import Layer
from generator.workspace.model import NO_PROFILE, Profile
from generator.workspace.profiles import Profiles

HELM_CREATE = "helm-create"
_MOST_TRIED = 3
"""Releases whose image is looked for in the values, if that of the first is not there."""


class Release(NamedTuple):
    """One chart of one Application, as far as it matters for the profile."""

    service: str
    part: FromHelm
    kept: tuple[Layer, ...]
    """Values files that stay in the chart."""
    values: dict[str, Any]
    """All other values."""
    defaults: dict[str, Any]
    """The values of the chart with those of the kept files."""
    before: Sequence[KubeObject]


class Choice(NamedTuple):
    """The profile of a chart, and what it makes of each release."""

    profile: str
    """Its name; empty if it need not be named."""
    is_none: bool
    lifted: tuple[Lifted, ...]
    files: Mapping[str, bytes]
    """The files of a profile that was written for the chart, by path in the workspace."""
    why: str
    """How it was found, for people."""


class Chooser:
    """Chooses profiles, one per name of a chart."""

    def __init__(self, profiles: Profiles, find: Callable[[str], Template], renderer: Renderer) -> None:
        self._profiles = profiles
        self._find = find
        self._renderer = renderer

    def choose(self, chart: str, releases: Sequence[Release]) -> Choice:
        """Return the profile for all releases of the charts with a name."""
        own = self._profiles.of_chart(chart)
        if own is not None:
            lifted = self._tried(own, self._find, releases)
            if lifted:
                return Choice("", False, lifted, {}, f"shipped profile {own.name}")
        richest = max(releases, key=lambda one: len(canonical(one.values)))
        known = self._known(richest)
        if own is None and _is_helm_create(known, richest):
            shipped = self._profiles.named(HELM_CREATE)
            lifted = self._tried(shipped, self._find, releases) if shipped else ()
            if lifted:
                return Choice(HELM_CREATE, False, lifted, {}, f"shipped profile {HELM_CREATE}")
        if own is None:
            known = self._with_scale(self._with_image(known, releases), releases)
        if own is None and known.knows_anything:
            found = self._inferred(chart, known, releases)
            if found is not None:
                return found
        passing = self._profiles.used_for(chart)
        named = "" if passing is not None and passing.name == NO_PROFILE else NO_PROFILE
        return Choice(named, True, tuple(Lifted({}, one.values) for one in releases), {}, "no profile: values only")

    def _with_image(self, known: Inferred, releases: Sequence[Release]) -> Inferred:
        """Return what is known of a chart with the image as some set it; without one whose version a spec could not set."""
        if all(workload(one.before) for one in releases):  # else it is not clear which workload is meant
            for one in releases[:_MOST_TRIED]:
                if not known.knows_versions_of(one.before):
                    known = known.with_image(self._known(one))
        lacking = not (known.tag or known.digest or known.whole)
        return known._replace(repository=(), registry=(), name=()) if lacking else known

    def _with_scale(self, known: Inferred, releases: Sequence[Release]) -> Inferred:
        """Return what is known of a chart with replicas and autoscaler as those have them that set them: one excludes the other."""
        if not all(workload(one.before) for one in releases):
            return known
        scaled = next((one for one in releases if autoscaler(one.before)), None)
        counted = next((one for one in releases if has_count(one.before)), None)
        if scaled and not known.autoscaling:
            other = self._known(scaled)
            known = known._replace(autoscaling=other.autoscaling, enabled=other.enabled)
        return known._replace(replicas=self._known(counted).replicas) if counted and not known.replicas else known

    def _known(self, one: Release) -> Inferred:
        return inferred(merged([one.defaults, one.values]), one.before, lambda values: self._render(one, values))

    def _inferred(self, chart: str, known: Inferred, releases: Sequence[Release]) -> Choice | None:
        name = chart.replace(".", "-").replace("_", "-")
        while self._profiles.exists(name):
            name = f"{name}-own"
        versions = [path for path in (known.tag, known.digest, known.whole) if path]
        has_version = any(not any(lookup(one.values, path)[1] for path in versions) for one in releases) if versions else False
        pinned = bool(known.digest) and any(lookup(one.defaults, known.digest)[1] for one in releases)
        written = profile_files.written(name, chart, known, has_version=has_version, pinned=pinned)
        texts = {file: emit(data) for file, data in written.items()}
        folder = f"profiles/{name}"
        templates = {f"{folder}/{file}": Template(f"templates/{folder}/{file}", text.encode()) for file, text in texts.items()}
        source = parse(f"templates/{folder}/profile.yaml", texts["profile.yaml"].encode())
        profile = Profile(name, source, source.data["spec"], folder)
        lifted = self._tried(profile, templates.__getitem__, releases, known.fixed)
        if not lifted:
            return None
        files = {path: text.encode() for path, text in ((f"templates/{folder}/{file}", texts[file]) for file in texts)}
        return Choice("", False, lifted, files, f"inferred profile {name}")

    def _tried(
        self, profile: Profile, find: Callable[[str], Template], releases: Sequence[Release], fixed: str = ""
    ) -> tuple[Lifted, ...]:
        """Return the fields of each release; none if the profile does not give the same objects for one of them."""

        def lift(one: Release) -> Lifted | None:
            chart = {"name": one.part.chart.name, "version": one.part.chart.version}
            lifter = Lifter(profile, find, chart, one.part.source.release, one.service, fixed)
            ways = [lifter.lift(one.values, one.defaults, tidy=tidy) for tidy in (True, False)]
            ways = ways[: 1 if ways[0] == ways[1] else 2]
            return next((lifted for lifted in ways if lifted is not None and self._rebuilds(lifter, lifted, one)), None)

        if len(releases) > 1 and lift(releases[0]) is None:  # most often the others fail as well
            return ()
        found = [one for one in parallel.waiting(lift, releases, lambda _done, _total: None) if one is not None]
        return tuple(found) if len(found) == len(releases) else ()

    def renders(self, one: Release) -> list[KubeObject] | None:
        """Return the objects of a release; None if Helm cannot render it."""
        return self._render(one, one.values)

    def gives(self, one: Release) -> bool:
        """Tell whether a release renders the objects that were there before."""
        objects = self.renders(one)
        return objects is not None and _same(objects, one.before)

    def _rebuilds(self, lifter: Lifter, lifted: Lifted, one: Release) -> bool:
        """Tell whether the fields of a spec give what was there before."""
        try:
            values = lifter.rebuilt(lifted)
        except Rejected:
            return False
        return canonical(values) == canonical(one.values) or self.gives(one._replace(values=values))

    def _render(self, one: Release, values: dict[str, Any]) -> list[KubeObject] | None:
        try:
            return self._renderer.of_helm(one.part, [*one.kept, Layer("values.yaml", emit(values), values)])
        except (UnavailableError, ValueError):
            return None


def _same(one: Sequence[KubeObject], other: Sequence[KubeObject]) -> bool:
    first, second = (sorted(canonical(item.data) for item in items if not is_test(item)) for items in (one, other))
    return first == second


def _is_helm_create(known: Inferred, one: Release) -> bool:
    """Tell whether a chart reads image and replicas, and labels its pods, as the layout of `helm create` does."""
    item = workload(one.before)
    if item is None or item.kind != "Deployment" or known.repository != ("image", "repository"):
        return False
    name = str(merged([one.defaults, one.values]).get("nameOverride") or one.part.chart.name)
    wanted = {"app.kubernetes.io/name": name, "app.kubernetes.io/instance": one.part.source.release}
    fits = known.tag in ((), ("image", "tag")) and known.replicas in ((), ("replicaCount",))
    return fits and at(item.data, "spec", "selector", "matchLabels") == wanted


def by_chart(releases: Sequence[Release]) -> Iterator[tuple[str, list[Release]]]:
    """Yield the releases of each chart by its name."""
    for name in dict.fromkeys(one.part.chart.name for one in releases):
        yield name, [one for one in releases if one.part.chart.name == name]
