"""The paths that `tiphys lint` takes."""

from __future__ import annotations

import posixpath

from generator.errors import ConfigError
from generator.syntax.names import is_label
from generator.system.files import roots
from generator.workspace.load import Loader


def relative(root: str, path: str) -> str:
    """Return a path of the command line relative to the workspace; raises ConfigError if it does not exist."""
    if not roots.exists(path):
        raise _absent(root, path)
    return below_root(root, path)


def below_root(root: str, path: str) -> str:
    """Return a path relative to the workspace; raises ConfigError for one outside of it."""
    found = roots.below(path, root)
    if found.startswith("../"):
        raise ConfigError(f"{path} is not in the workspace {root}", "pass its workspace with -C")
    return found


def _absent(root: str, path: str) -> ConfigError:
    """Return the error for a path that does not exist; the name of a service is told as one."""
    if is_label(path):
        loader = Loader(root)
        for spec in filter(None, map(loader.spec, loader.spec_paths(loader.workspace()))):
            if spec.name == path:
                shown = roots.below(posixpath.join(root, spec.source.path), roots.absolute("."))
                hint = f"use the path of its spec: tiphys lint {shown}; or check its output: tiphys check {path}"
                return ConfigError(f"`{path}` is a service, and `lint` takes paths", hint)
    return ConfigError(f"{path} does not exist", "paths are relative to the working directory")
