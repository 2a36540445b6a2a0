"""Find what ships with the tool: schemas, templates, environments and examples."""

from __future__ import annotations

import os


def root() -> str:
    """Return the folder that holds `schemas/` and `templates/`: packaged data, or the checkout."""
    generator = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    packaged = os.path.join(generator, "_data")
    return packaged if os.path.isdir(packaged) else os.path.dirname(generator)


def path(*parts: str) -> str:
    """Return the path of a shipped file or folder."""
    return os.path.join(root(), *parts)


def is_file(*parts: str) -> bool:
    """Tell whether a file ships with the tool."""
    return os.path.isfile(path(*parts))


def names(*parts: str) -> list[str]:
    """Return the names in a shipped folder, sorted; none if it does not exist."""
    try:
        return sorted(os.listdir(path(*parts)))
    except (FileNotFoundError, NotADirectoryError):
        return []


def read(*parts: str) -> bytes:
    """Return the bytes of a shipped file."""
    with open(path(*parts), "rb") as file:
        return file.read()
