"""The files of a commit in a separate directory; the working tree is unchanged."""

from __future__ import annotations

import posixpath

from generator.history.ledger.layout import USUAL, WORKSPACE_FILE, layout_in
from generator.kubernetes import kustomization
from generator.system.git import objects as git_objects
from generator.system.git.written import Files, is_plain, write_files

_MANIFESTS = (".yaml", ".yml", ".json")
"""What Argo CD reads of a directory."""


def write_past(root: str, commit: str, target: str, *, generated: bool = False) -> None:
    """Write what a workspace is read from, as it was in a commit, into an empty folder: YAML, and all of every chart.

    What it generated is left out unless it is asked for. Raises ConfigError where the repository does not have it all.
    """
    tree = git_objects.tree(root, commit)
    _, settings = tree.get(WORKSPACE_FILE, ("", ""))
    layout = layout_in(git_objects.blobs(root, [settings] if settings else []).get(settings, b""), USUAL)
    output = f"{layout.output}/"
    files = {path: file for path, file in read_from(tree).items() if generated or not path.startswith(output)}
    write_files(root, commit, files, target)


def read_from(tree: Files) -> Files:
    """Return those files of a commit that a workspace is read from."""
    whole = ("Chart.yaml", *kustomization.FILES)
    charts = tuple(f"{posixpath.dirname(path)}/" for path in tree if posixpath.basename(path) in whole and "/" in path)
    return {
        path: (mode, object_id)
        for path, (mode, object_id) in tree.items()
        if is_plain(path, mode) and (path.endswith(_MANIFESTS) or path.startswith(charts))
    }
