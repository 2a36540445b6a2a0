"""What is rendered already, in the files of a commit: it is what Argo CD applies, so that Helm is not asked for it again."""

from __future__ import annotations

from collections.abc import Callable

from generator.diff.affected.files import Files, Tree
from generator.service.build import Built
from generator.verify.renderings import Rendered


def reader(root: str) -> Callable[[Built], str]:
    """Return what reads the rendered files of a service, all as one YAML stream, from a commit below a folder."""
    tree = Tree(root)

    def text(built: Built) -> str:
        found = (tree.read(path) for path in sorted(tree.below(built.rendered_folder)))
        return "".join(f"---\n{raw.decode('utf-8', 'replace')}" for raw in found if raw is not None)

    return text


def other_chart(old: Rendered, new: Rendered, roots: tuple[str, str]) -> str:
    """Return the chart, as a cause, if it differs between two sides of which one was rendered before; empty if not."""
    before, after = (one.built.origin._replace(value_files=(), switches=()) for one in (old, new))
    if before == after and not (after.folder and Files(*map(Tree, roots)).chart(after.folder)):
        return ""
    return f"chart {after.name} {after.version}".rstrip()


def is_edited(old: Rendered, new: Rendered) -> bool:
    """Tell whether only the rendered files themselves differ: by hand, or as another version of Helm renders otherwise."""
    if not (old.is_committed and new.is_committed):
        return False
    sides = [(one.built.rendered_from, [document.data for document in one.built.documents]) for one in (old, new)]
    return sides[0] == sides[1]
