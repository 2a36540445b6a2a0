"""Where a workspace is: the folder that holds its settings."""

from __future__ import annotations

import posixpath

from generator.errors import ConfigError
from generator.system import upwards, verbose
from generator.system.files import roots

WORKSPACE_FILE = "tiphys.yaml"


def find_root(start: str) -> str:
    """Return the nearest folder, from `start` upwards, that holds tiphys.yaml; raises ConfigError."""
    found = upwards.above(start, WORKSPACE_FILE, _refuse_misnamed)
    if verbose.is_on():
        here = roots.absolute(start)
        verbose.tell("workspace", found if found == here else f"{found or 'none'}, looked for from {here} upwards")
    if not found:
        raise ConfigError(
            f"no {WORKSPACE_FILE} in {roots.absolute(start)} or any folder above it",
            "run `tiphys init` to create a workspace, or pass its folder with -C",
        )
    return found


def _refuse_misnamed(folder: str) -> None:
    """Raise ConfigError if a folder has a workspace file with a wrong name, instead of searching its parents."""
    from generator.system import disk
    from generator.system.files import Folder

    for name in disk.names_like(folder, WORKSPACE_FILE.partition(".")[0]):
        if b"Workspace" in Folder(folder).head(name, 1 << 16) and not name.startswith("."):
            message = f"{posixpath.join(folder, name)} is ignored: the workspace file must be named `{WORKSPACE_FILE}`"
            raise ConfigError(message, f"rename it to `{WORKSPACE_FILE}`")
