"""How this Tiphys was installed, for hints that say how to install more of it."""

from __future__ import annotations

import sys

from generator.system.files import Folder

_TOOLS = {"pipx_metadata.json": "pipx", "uv-receipt.toml": "uv tool"}
"""What an installer of programs leaves in the environment of each, and its command."""
_PACKAGES = {"lsp": "pygls", "mcp": "mcp", "verify": "kubernetes-validate"}
"""A package that only this extra brings."""


def with_extra(name: str, prefix: str = sys.prefix, *, upgrade: bool = False) -> str:
    """Return the command that adds an extra to this installation: never by its name alone, which anyone may own in an index.

    With `upgrade`, packages that are there already are renewed. pipx and uv replace the whole environment of a program, so
    the command names the extras that are there as well.
    """
    folder = Folder(prefix)
    tool = next((command for file, command in _TOOLS.items() if folder.is_file(file)), "")
    extras = {name, *_present()} if tool else {name}
    option = "--force " if tool else "--upgrade " if upgrade else ""
    return f"{tool or 'pip'} install {option}'tiphys[{','.join(sorted(extras))}] @ <the URL that you installed tiphys from>'"


def _present() -> list[str]:
    """Return the extras that are installed."""
    return [extra for extra, package in _PACKAGES.items() if _is_installed(package)]


def _is_installed(package: str) -> bool:
    from importlib.metadata import PackageNotFoundError, distribution  # late: only hints ask

    try:
        distribution(package)
    except PackageNotFoundError:
        return False
    return True
