"""Compare a workspace with itself with other contents of some files."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

from generator.diff.affected.files import Tree
from generator.diff.compare import Filter, compare_sides
from generator.diff.model import Comparison
from generator.diff.rendered.pairs import Render
from generator.diff.side import Scope, Side, read_side
from generator.workspace.parsed import Parsed


class Compared(NamedTuple):
    """What changes, and what the workspace is built to afterwards."""

    comparison: Comparison
    after: Side


def compare_contents(
    root: str,
    services: Collection[str] | None,
    contents: tuple[Mapping[str, bytes], Mapping[str, bytes]],
    wanted: Filter,
    parsed: Parsed,
    render: Render | None = None,
) -> Compared:
    """Return what changes in the deployment from the first contents of files to the second, by path.

    Without `services`, all of them are read. Raises ConfigError for a workspace that cannot be read.
    """
    tree = Tree(root)
    before, after = (read_side(root, Scope(services), overlay, parsed) for overlay in contents)
    return Compared(compare_sides(before, after, wanted, tree, tree, render=render), after)
