"""The profile of each chart: a shipped one that gives the old values, else one that is inferred, else none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from generator.adopt import profile_files
from generator.adopt.fitting import Fit, Fitter, Release
from generator.adopt.inferring import Inferred, autoscaler, has_count, inferred, workload
from generator.adopt.lifting import Lifted, MisfitError
from generator.adopt.merging import merged
from generator.adopt.model import Note
from generator.adopt.rendering import Renderer
from generator.adopt.same_charts import SameChart
from generator.kubernetes.objects import at
from generator.syntax.alignment import canonical
from generator.syntax.emit import emit
from generator.syntax.merge import lookup
from generator.syntax.reader import parse
from generator.syntax.template.templates import Template
from generator.workspace.model import NO_PROFILE, Profile
from generator.workspace.profiles import Profiles

HELM_CREATE = "helm-create"
_MOST_TRIED = 3
"""Releases whose image is looked for in the values, if that of the first is not there."""


class Fitted(NamedTuple):
    """What a spec says of one release."""

    profile: str
    """Its profile; empty if it need not be named."""
    is_none: bool
    lifted: Lifted


class Choice(NamedTuple):
    """The profile of a chart, and what it makes of each release."""

    fitted: tuple[Fitted, ...]
    files: Mapping[str, bytes]
    """The files of a profile that was written for the chart, by path in the workspace."""
    why: str
    """How it was found, for people."""
    misfits: tuple[Note, ...] = ()
    """The Applications that it does not fit, each with the reason."""


class _Candidate(NamedTuple):
    """A profile that may be the one of a chart."""

    profile: Profile
    named: str
    """What a spec calls it; empty if it need not be named."""
    why: str
    find: Callable[[str], Template]
    fixed: str = ""
    """The image, if the chart alone names it."""
    files: Mapping[str, bytes] = {}


class Chooser:
    """Chooses profiles, one per chart."""

    def __init__(self, profiles: Profiles, find: Callable[[str], Template], renderer: Renderer) -> None:
        self._profiles = profiles
        self._find = find
        self.fitter = Fitter(renderer)
        self._written: dict[str, str] = {}
        """The names of inferred profiles by their content."""

    def choose(self, chart: SameChart) -> Choice:
        """Return the profile of a chart: the first that fits all its releases, or else the one that fits most."""
        best: tuple[_Candidate, list[Fit]] | None = None
        for candidate in self._candidates(chart):
            fits = self.fitter.fits(candidate.profile, candidate.find, chart.releases, candidate.fixed)
            if best is None or _number(fits) > _number(best[1]):
                best = candidate, fits
            if _number(fits) == len(chart.releases):
                break
        if best is not None and _number(best[1]):
            return _chosen(chart, *best)
        passing = self._profiles.used_for(chart.name)
        named = "" if passing is not None and passing.name == NO_PROFILE else NO_PROFILE
        none = tuple(Fitted(named, True, Lifted({}, one.values)) for one in chart.releases)
        misfits = _misfits(chart.releases, best[1]) if best else ()
        return Choice(none, {}, f"no profile: values only{'' if best else _why_none(chart)}", misfits)

    def _candidates(self, chart: SameChart) -> Iterator[_Candidate]:
        own = self._profiles.of_chart(chart.name)
        if own is not None:
            yield _Candidate(own, "", f"shipped profile {own.name}", self._find)
            return
        if not all(workload(one.before) for one in chart.releases):  # it is not clear which one is meant
            return
        richest = max(chart.releases, key=lambda one: len(canonical(one.values)))
        known = self._known(richest)
        shipped = self._profiles.named(HELM_CREATE) if _is_helm_create(known, richest) else None
        if shipped:
            yield _Candidate(shipped, HELM_CREATE, f"shipped profile {HELM_CREATE}", self._find)
        known = self._with_scale(self._with_image(known, chart.releases), chart.releases)
        kinds = {item.kind for one in chart.releases if (item := workload(one.before))}
        known = known._replace(kind=kinds.pop()) if len(kinds) == 1 else known
        if known.knows_anything:
            yield self._inferred(chart, known)

    def _with_image(self, known: Inferred, releases: Sequence[Release]) -> Inferred:
        """Return what is known of a chart with the image as some set it; without one whose version a spec could not set."""
        for one in releases[:_MOST_TRIED]:
            if not known.knows_versions_of(one.before):
                known = known.with_image(self._known(one))
        lacking = not (known.tag or known.digest or known.whole)
        return known._replace(repository=(), registry=(), name=()) if lacking else known

    def _with_scale(self, known: Inferred, releases: Sequence[Release]) -> Inferred:
        """Return what is known of a chart with replicas and autoscaler as those have them that set them: one excludes the other."""
        scaled = next((one for one in releases if autoscaler(one.before)), None)
        counted = next((one for one in releases if has_count(one.before)), None)
        if scaled and not known.autoscaling:
            other = self._known(scaled)
            known = known._replace(autoscaling=other.autoscaling, enabled=other.enabled)
        return known._replace(replicas=self._known(counted).replicas) if counted and not known.replicas else known

    def _known(self, one: Release) -> Inferred:
        return inferred(merged([one.defaults, one.values]), one.before, lambda values: self.fitter.rendered(one, values))

    def _inferred(self, chart: SameChart, known: Inferred) -> _Candidate:
        releases = chart.releases
        versions = [path for path in (known.tag, known.digest, known.whole) if path]
        has_version = any(not any(lookup(one.values, path)[1] for path in versions) for one in releases) if versions else False
        pinned = bool(known.digest) and any(lookup(one.defaults, known.digest)[1] for one in releases)
        facts = profile_files.Facts(chart.name, known, is_alone=chart.is_alone, has_version=has_version, pinned=pinned)
        name = self._name(chart, canonical(profile_files.written("", facts)))
        texts = {file: emit(data) for file, data in profile_files.written(name, facts).items()}
        folder = f"profiles/{name}"
        templates = {f"{folder}/{file}": Template(f"templates/{folder}/{file}", text.encode()) for file, text in texts.items()}
        source = parse(f"templates/{folder}/profile.yaml", texts["profile.yaml"].encode())
        profile = Profile(name, source, source.data["spec"], folder)
        files = {path: text.encode() for path, text in ((f"templates/{folder}/{file}", texts[file]) for file in texts)}
        why = f"inferred profile {name}: {known.words}"
        return _Candidate(profile, "" if chart.is_alone else name, why, templates.__getitem__, known.fixed, files)

    def _name(self, chart: SameChart, content: str) -> str:
        """Return the name of an inferred profile: that of one with the same content, or else a new one."""
        if content not in self._written:
            words = chart.name if chart.is_alone else f"{chart.name}-{chart.releases[0].cell.service}"
            name = words.replace(".", "-").replace("_", "-")
            while self._profiles.exists(name) or name in self._written.values():
                name = f"{name}-own"
            self._written[content] = name
        return self._written[content]


def _why_none(chart: SameChart) -> str:
    """Return why nothing is known of a chart."""
    unclear = next((one.cell.found.title for one in chart.releases if workload(one.before) is None), "")
    known = "; it is not known where it reads an image, replicas, an autoscaler or a strategy"
    return f"; {unclear} has no workload, or several" if unclear else known


def _number(fits: Sequence[Fit]) -> int:
    return sum(isinstance(one, Lifted) for one in fits)


def _chosen(chart: SameChart, candidate: _Candidate, fits: Sequence[Fit]) -> Choice:
    """Return the choice of a profile that fits some releases; the values of the others are passed on as they are."""
    fitted = (
        Fitted(candidate.named, False, fit) if isinstance(fit, Lifted) else Fitted(NO_PROFILE, True, Lifted({}, one.values))
        for one, fit in zip(chart.releases, fits, strict=True)
    )
    return Choice(tuple(fitted), candidate.files, candidate.why, _misfits(chart.releases, fits))


def _misfits(releases: Sequence[Release], fits: Sequence[Fit]) -> tuple[Note, ...]:
    return tuple(
        one.cell.found.left_out((*one.part.pointer, "helm"), str(fit))
        for one, fit in zip(releases, fits, strict=False)  # one that fits no probe has only these
        if isinstance(fit, MisfitError)
    )


def _is_helm_create(known: Inferred, one: Release) -> bool:
    """Tell whether a chart reads image and replicas, and labels its pods, as the layout of `helm create` does."""
    item = workload(one.before)
    if item is None or item.kind != "Deployment" or known.repository != ("image", "repository"):
        return False
    name = str(merged([one.defaults, one.values]).get("nameOverride") or one.part.chart.name)
    wanted = {"app.kubernetes.io/name": name, "app.kubernetes.io/instance": one.part.source.release}
    fits = known.tag in ((), ("image", "tag")) and known.replicas in ((), ("replicaCount",))
    return fits and at(item.data, "spec", "selector", "matchLabels") == wanted
