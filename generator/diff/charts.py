"""Charts in the repository: a file of one changes whatever it renders, for every service that uses it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from generator.diagnostics import dotted
from generator.diff.affected.files import Files, Tree
from generator.diff.model import Change, Entry, State, Where, change
from generator.syntax.alignment import canonical
from generator.syntax.leaves import ABSENT, differences
from generator.syntax.merge import lookup
from generator.syntax.reader import try_parse
from generator.syntax.secrets.masking import hidden

_UNUSED = (".md", ".txt", ".helmignore", "LICENSE")
"""Ends of files that render nothing."""
_KEPT = "templates/NOTES.txt"
_MOST = 4
"""Files that a sentence names."""


def chart_entries(
    old: Tree, new: Tree, users: Mapping[str, Sequence[tuple[str, str]]], state: Callable[[tuple[str, str]], State | None]
) -> Iterator[Entry]:
    """Yield what changed in charts, with the services and environments that use them, by the folder of the chart.

    A default of the chart reaches those whose values do not say otherwise.
    """
    files = Files(old, new)
    for folder, keys in sorted(users.items()):
        changed = sorted(path for path in files.chart(folder) if _renders(path, folder) and _differs(path, old, new))
        if not changed:
            continue
        states = [found for key in keys if (found := state(key))]
        for production in (True, False):
            here = [one for one in states if one.production is production]
            if here:
                yield Entry(_changed(folder, changed), tuple(map(_where, here)))
                yield from _defaults(folder, old, new, here)


def _where(state: State) -> Where:
    return Where(state.service, state.environment, state.production)


def _renders(path: str, folder: str) -> bool:
    below = path.removeprefix(f"{folder}/")
    return below == _KEPT or not (below.endswith(_UNUSED) or below.startswith(("ci/", "tests/")))


def _differs(path: str, old: Tree, new: Tree) -> bool:
    """Tell whether the meaning of a file has changed; comments and the order of keys mean nothing."""
    if not path.endswith((".yaml", ".yml")) or "/templates/" in path:
        return True
    sides = [_data(tree, path) for tree in (old, new)]
    return sides[0] is None or sides[1] is None or canonical(sides[0]) != canonical(sides[1])


def _data(tree: Tree, path: str) -> Any:
    raw = tree.read(path)
    source = try_parse(path, raw)[0] if raw is not None else None
    return hidden(source.data) if source else None


def _changed(folder: str, files: list[str]) -> Change:
    names = [path.removeprefix(f"{folder}/") for path in files]
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    return Change(
        f"chart {folder} changed: {', '.join(names[:_MOST])}{more}", f"chart: {folder}", files, files, "chart-changed"
    )


def _defaults(folder: str, old: Tree, new: Tree, users: list[State]) -> Iterator[Entry]:
    sides = [_data(tree, f"{folder}/values.yaml") for tree in (old, new)]
    if not all(isinstance(side, dict) for side in sides):
        return
    for leaf in differences(sides[0], sides[1]):
        reached = [state for state in users if not _says(state, leaf.path, leaf.new if leaf.old is ABSENT else leaf.old)]
        if reached:
            title = f"default of {folder}: {dotted(leaf.path)}"
            yield Entry(change(f"chart {folder}", leaf.path, leaf.old, leaf.new, title), tuple(map(_where, reached)))


def _says(state: State, path: tuple[str | int, ...], default: Any) -> bool:
    """Tell whether the values of a service say something else at the place of a default."""
    found, value = lookup(dict(state.documents.get("values") or {}), path)
    return found and not (isinstance(value, dict) and isinstance(default, dict))
