"""The templates of a workspace: its own where it has them, the shipped ones otherwise."""

from __future__ import annotations

from generator import disk, resources
from generator.diagnostics import START, Diagnostic, Severity
from generator.errors import Rejected
from generator.files import Folder, UnreadableFileError
from generator.reader.characters import MAX_BYTES
from generator.templates import Template


class Templates:
    """Finds structural templates by their path below templates/, each read once."""

    def __init__(self, root: str) -> None:
        self._folder = Folder(root)
        self._found: dict[str, Template] = {}

    def __call__(self, relative: str) -> Template:
        """Return a template; raises Rejected if there is none, or it cannot be read."""
        known = self._found.get(relative)
        if known is None:
            known = self._found[relative] = self._find(relative)
        return known

    def _find(self, relative: str) -> Template:
        path = f"templates/{relative}"
        if self._folder.exists(path):
            try:
                return Template(path, self._folder.read(path, MAX_BYTES))
            except UnreadableFileError as error:
                raise Rejected([disk.unreadable(path, error)]) from None
        if resources.is_file("templates", relative):
            return Template(f"tiphys:{path}", resources.read("templates", relative))
        message, hint = "there is no such template, and a profile needs it", "write it; docs/templates.md says what it sees"
        raise Rejected([Diagnostic(path, START, "TP003", Severity.ERROR, message, hint)])
