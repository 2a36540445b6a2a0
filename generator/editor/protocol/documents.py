"""The files that an editor holds."""

from __future__ import annotations

import posixpath
from typing import NamedTuple

from pygls import uris

from generator.editor.positions import Text
from generator.errors import ConfigError
from generator.syntax import shipped
from generator.syntax.reader import Source, try_parse
from generator.system.files import Folder, roots
from generator.workspace.root import find_root

SHIPPED = "tiphys:"
"""What the paths of shipped files begin with."""


class Document(NamedTuple):
    """One file that is open, with its text as the editor shows it."""

    uri: str
    file: str
    """Where it is on this machine; empty for one that is nowhere yet."""
    text: str
    version: int | None

    @property
    def root(self) -> str:
        """The root of the workspace that the file is in; empty for none."""
        try:
            return find_root(posixpath.dirname(self.file)) if self.file else ""
        except ConfigError:
            return ""

    def path(self, root: str) -> str:
        """Return the path of the file from the root of its workspace; for one that is in none, its own name."""
        if not root:
            return posixpath.basename(self.file or self.uri)
        return roots.below(self.file, root)

    @property
    def raw(self) -> bytes:
        """The bytes that saving the file would write."""
        return self.text.encode("utf-8", "surrogatepass")

    def source(self) -> Source | None:
        """Return the document that the text is; None while it cannot be parsed."""
        return try_parse(self.uri, self.raw)[0]


class Documents:
    """What is open, by URI."""

    def __init__(self) -> None:
        self._open: dict[str, Document] = {}

    def put(self, uri: str, text: str, version: int | None) -> Document:
        """Take over the text of a file, and return it."""
        document = Document(uri, path_of(uri), text, version)
        self._open[uri] = document
        return document

    def drop(self, uri: str) -> Document | None:
        """Forget a file that was closed, and return it."""
        return self._open.pop(uri, None)

    def at(self, uri: str) -> Document | None:
        """Return the file of a URI, if it is open."""
        return self._open.get(uri)

    def in_workspace(self, root: str) -> dict[str, Document]:
        """Return what is open in a workspace, by path from its root."""
        return {one.path(root): one for one in self._open.values() if one.root == root}

    def roots(self) -> list[str]:
        """Return the workspaces in which something is open."""
        return sorted({root for one in self._open.values() if (root := one.root)})

    def uri_of(self, file: str) -> str:
        """Return the URI of a file of this machine: the editor's own spelling, if it has it open."""
        spelled = next((one.uri for one in self._open.values() if one.file == file), None)
        return spelled or uris.from_fs_path(file) or ""

    def text_of(self, root: str, path: str, encoding: str) -> Text:
        """Return the text of a file as the editor has it, or else as it is on disk; an empty one if it cannot be read."""
        file = file_of(root, path)
        held = next((one.text for one in self._open.values() if one.file == file), None)
        if held is None and path.startswith(SHIPPED):
            held = Folder(shipped.root()).text(path.removeprefix(SHIPPED))
        return Text(Folder(root).text(path) if held is None else held, encoding)


def path_of(uri: str) -> str:
    """Return where the file of a URI is on this machine; empty for what cannot be a path here."""
    try:
        path = uris.to_fs_path(uri) or ""
        path.encode("utf-8")
    except ValueError:
        return ""
    return "" if "\0" in path else path


def file_of(root: str, path: str) -> str:
    """Return where a file of a workspace, or a shipped one, is on this machine."""
    return shipped.path(*path.removeprefix(SHIPPED).split("/")) if path.startswith(SHIPPED) else posixpath.join(root, path)
