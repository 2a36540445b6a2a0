"""The Argo CD Application: its destination, its sources, and what Argo CD does automatically."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from generator.diagnostics import dotted
from generator.diff.model import Change, change
from generator.history.moves import Changed, is_downgrade
from generator.service.application import SYNC_OPTIONS
from generator.service.root import FINALIZER
from generator.syntax.leaves import ABSENT, Leaf, Path, differences
from generator.workspace.output import RENDERED

PART = "Application"
CHART = "chart"
CONFIG = "config"
FOLDER = "folder"
FILES = "files"
"""What the sources of an Application are for."""

_TITLES: dict[Path, tuple[str, str]] = {
    ("metadata", "name"): ("Application name", "name-changed"),
    ("metadata", "namespace"): ("Application namespace", "name-changed"),
    ("spec", "project"): ("Argo CD project", "project-changed"),
    ("spec", "destination"): ("destination", "destination-changed"),
    ("spec", "syncPolicy"): ("sync policy", "sync-policy"),
    ("spec", "syncPolicy", "automated"): ("automatic sync", "sync-policy"),
    ("spec", "syncPolicy", "automated", "prune"): ("prune", "sync-policy"),
    ("spec", "syncPolicy", "automated", "selfHeal"): ("self-heal", "sync-policy"),
    ("spec", "syncPolicy", "syncOptions"): ("sync option", "sync-policy"),
    ("spec", "ignoreDifferences"): ("ignored differences", "ignored-fields"),
    ("spec", "sources", CHART, "chart"): ("chart name", "source-changed"),
    ("spec", "sources", CHART, "targetRevision"): ("chart", "chart-version"),
    ("spec", "sources", CHART, "repoURL"): ("chart repository", "source-changed"),
    ("spec", "sources", CHART, "path"): ("chart path", "source-changed"),
    ("spec", "sources", CHART, "helm", "releaseName"): ("release name", "name-changed"),
    ("spec", "sources", CHART, "helm"): ("Helm", "source-changed"),
    ("spec", "sources", FOLDER, "path"): ("folder", "source-changed"),
    ("spec", "sources", FOLDER, "targetRevision"): ("revision of the folder", "source-changed"),
    ("spec", "sources", FILES): ("rendered files", "source-changed"),
    ("spec", "sources"): ("sources", "source-changed"),
    ("spec", "source"): ("source", "source-changed"),
    ("metadata", "finalizers"): ("finalizer", "sync-policy"),
    ("metadata", "labels"): ("Application label", ""),
    ("metadata", "annotations"): ("Application annotation", ""),
}
"""What a part of an Application is called, and what a change of it can do; the longest way counts."""

_PLAINLY = ("destination", "Application label", "Application annotation")
"""Names below these keys are shown unchanged."""


def by_purpose(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return an Application with its sources by what they are for, and without the list of what tiphys generates.

    Which files of values there are follows from the strategy, of which more is said elsewhere.
    """
    spec = data.get("spec")
    if not isinstance(spec, dict):
        return dict(data)
    source, sources = spec.get("source"), spec.get("sources")
    if isinstance(source, dict) and sources is None:
        spec, sources = {key: value for key, value in spec.items() if key != "source"}, [source]
    if not isinstance(sources, list):
        return dict(data)
    named: dict[str, Any] = {}
    for number, source in enumerate(sources):
        name = CHART if "helm" in source else CONFIG if "ref" in source else str(number)
        if name not in (CHART, CONFIG) and "path" in source:
            ours = {"manifests": CONFIG, RENDERED: FILES} if "directory" in source else {}
            name = ours.get(str(source["path"]).rpartition("/")[2], FOLDER)
        named[name if name not in named else str(number)] = source
    return {**data, "spec": {**spec, "sources": named}}


def application_changes(
    old: Mapping[str, Any], new: Mapping[str, Any], *, follows: Collection[str], name_of: tuple[str, str] = ("", "")
) -> Iterator[Change]:
    """Yield what changed of an Application, but for what follows from the files that came and went, by their names.

    `name_of` is which destination has the old name now, and which one had the new name before; empty if none.
    """
    for leaf in differences(dict(old), dict(new)):
        if leaf.path == ("metadata", "name") and any(name_of):
            yield from (_renamed(made, *name_of) for made in _parts(leaf))
        elif not _follows(leaf, follows):
            yield from _parts(leaf)


def _renamed(made: Change, now_of: str, was_of: str) -> Change:
    """Return the change of a name that moves from one destination to another: that Application is not deleted."""
    where = f", which was that of {was_of}" if was_of else ""
    where += f"; {now_of} has the old name now" if now_of else ""
    return made._replace(sentence=f"{made.sentence}{where}", risk="destination-changed")


def _follows(leaf: Leaf, files: Collection[str]) -> bool:
    """Tell whether a difference is only that a file of values, or the folder of manifests, is there now or no more."""
    if leaf.path[:4] == ("spec", "sources", FOLDER, "kustomize"):
        return leaf.path[4:5] in (("images",), ("replicas",)) and leaf.path[4] in files
    if leaf.path == ("spec", "sources", CONFIG) and "manifests" in files:
        return all("ref" not in side for side in (leaf.old, leaf.new) if isinstance(side, dict))
    if ABSENT not in (leaf.old, leaf.new):
        return False
    value = str(leaf.old if leaf.new is ABSENT else leaf.new)
    if "valueFiles" in leaf.path:
        return "rollout" in files and value.endswith("/rollout.yaml")
    if leaf.path[:3] != ("spec", "sources", CONFIG) or "manifests" not in files:
        return False
    return value.endswith("/manifests") if leaf.path[3:] == ("path",) else leaf.path[3:4] == ("directory",)


def _parts(leaf: Leaf) -> Iterator[Change]:
    whole = leaf.new if leaf.old is ABSENT else leaf.old if leaf.new is ABSENT else None
    if isinstance(whole, dict) and whole and leaf.path in ((), ("spec",), ("metadata",), ("spec", "syncPolicy")):
        for key, value in whole.items():
            path = (*leaf.path, key)
            yield from _parts(Leaf(path, ABSENT, value) if leaf.old is ABSENT else Leaf(path, value, ABSENT))
        return
    title, risk = _called(leaf.path)
    if leaf.order:
        title += ": order"
    yield change(PART, leaf.path, leaf.old, leaf.new, title, risk=_risk(leaf, risk))


def _called(path: Path) -> tuple[str, str]:
    for end in range(len(path), 0, -1):
        if path[:end] in _TITLES:
            title, risk = _TITLES[path[:end]]
            rest = [part for part in path[end:] if not isinstance(part, int)]
            below = " ".join(map(str, rest)) if title in _PLAINLY else dotted(tuple(rest))
            return f"{title} {below}".rstrip(), risk
    return f"{PART} {dotted(path)}", ""


def _risk(leaf: Leaf, usual: str) -> str:
    path = leaf.path
    if path == ("spec", "syncPolicy", "automated"):
        return "prune-on" if isinstance(leaf.new, dict) and leaf.new.get("prune") is True else usual
    if path[-1] == "prune" and leaf.new is True:
        return "prune-on"
    if path == ("metadata", "annotations", SYNC_OPTIONS):
        return "guard-removed" if _guards(leaf.old) - _guards(leaf.new) else "sync-policy"
    if path[:2] == ("metadata", "finalizers"):
        return "guard-removed" if FINALIZER in str(leaf.new) and FINALIZER not in str(leaf.old) else usual
    if path == ("spec", "sources", CHART, "targetRevision") and isinstance(leaf.old, str) and isinstance(leaf.new, str):
        return "downgrade" if is_downgrade(Changed("chart", leaf.old, leaf.new)) else usual
    return usual


def _guards(options: Any) -> set[str]:
    """Return for what Argo CD asks a person, or does nothing, by annotation."""
    found = {option.strip() for option in str(options).split(",")} if isinstance(options, str) else set()
    return {option for option in found if option.endswith(("=confirm", "=false"))}
