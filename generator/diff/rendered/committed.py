"""What is rendered already, in the files of a commit: it is what Argo CD applies, so that Helm is not asked for it again."""

from __future__ import annotations

from collections.abc import Callable

from generator.diff.affected.files import Tree
from generator.service.build import Built


def reader(root: str) -> Callable[[Built], str]:
    """Return what reads the rendered files of a service, all as one YAML stream, from a commit below a folder."""
    tree = Tree(root)

    def text(built: Built) -> str:
        found = (tree.read(path) for path in sorted(tree.below(built.rendered_folder)))
        return "".join(f"---\n{raw.decode('utf-8', 'replace')}" for raw in found if raw is not None)

    return text
