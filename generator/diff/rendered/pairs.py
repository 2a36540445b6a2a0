"""The applications of a comparison that may render to something else, on both sides."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from generator.diff.affected.files import Files
from generator.diff.model import Where
from generator.diff.rendered.model import Cluster
from generator.diff.side import Key, Side, environment_of
from generator.service.build import Built
from generator.service.root import FINALIZER


class Pair(NamedTuple):
    """An application as it is built on both sides; None where it is not there."""

    where: Where
    old: Built | None
    new: Built | None


Render = Callable[[Sequence[Pair], tuple[str, str]], Cluster]
"""Renders applications on both sides, whose folders it is given, and compares their objects."""


def pairs(old: Side, new: Side, keys: Sequence[Key], before_of: Mapping[Key, Key], files: Files) -> Iterator[Pair]:
    """Yield the applications of which anything that they are rendered from differs.

    `before_of` has the old key of an application that is called otherwise now. One that is gone and leaves its objects
    running changes none of them.
    """
    gone = set(before_of.values())
    for key in keys:
        was = before_of.get(key, key)
        built = new.built.get(key)
        if built is None and was in old.built and not _deletes(old.built[was]):
            continue
        if key not in gone and (_inputs(old, was) != _inputs(new, key) or _is_made_of_other_files(built, files)):
            side = new if built is not None else old
            yield Pair(Where(*key, environment_of(key) in side.production), old.built.get(was), built)


def _deletes(built: Built) -> bool:
    """Tell whether deleting an Application deletes what it deployed."""
    return any(str(name).startswith(FINALIZER) for name in built.deployed["metadata"].get("finalizers") or ())


def _inputs(side: Side, key: Key) -> object:
    """Return what an application is rendered from, as far as it is generated: its files, and the sources of the Application."""
    built = side.built.get(key)
    if built is None:
        return None
    application = built.rendered_from
    spec = application["spec"]
    named = (application["metadata"]["name"], (spec.get("destination") or {}).get("namespace"))
    own = built.documents[0].path
    return named, spec.get("source"), spec.get("sources"), [file for file in side.files.get(key, ()) if file[0] != own]


def _is_made_of_other_files(built: Built | None, files: Files) -> bool:
    """Tell whether a chart of the workspace, a folder in its place, or what was rendered of them has changed."""
    if built is None:
        return False
    chart = built.origin.folder if "chart" in built.resolved.data else ""
    folders = [*(built.stock.folders if built.stock else ()), *([built.rendered_folder] if built.is_rendered else [])]
    return bool((chart and files.chart(chart)) or any(files.folder(folder) for folder in folders))
