"""The texts of files that a report shows lines of."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from generator.syntax import shipped
from generator.system.files import Folder


def texts(
    root: str, overlay: Mapping[str, bytes] | None = None, text: Callable[[str], str] | None = None
) -> Callable[[str], str]:
    """Return a function from the path of a file to its text, each read once; empty for a file that cannot be read.

    Files in `overlay` have its content. `text` returns the text of a file that is not in a workspace.
    """
    known = {path: raw.decode("utf-8", "replace") for path, raw in (overlay or {}).items()}

    def text_of(path: str) -> str:
        if path not in known:
            known[path] = text(path) if text else _text(root, path)
        return known[path]

    return text_of


def _text(root: str, path: str) -> str:
    if path.startswith("tiphys:"):
        path = path.removeprefix("tiphys:")
        return shipped.read(path).decode("utf-8") if shipped.is_file(path) else ""
    return Folder(root).text(path)
