"""The templates of a workspace: its own where it has them, the shipped ones otherwise."""

from __future__ import annotations

import os

from generator import disk, resources
from generator.diagnostics import START, Diagnostic, Severity
from generator.disk import UnreadableFileError
from generator.errors import Rejected
from generator.templates import SHIPPED, Template


class Templates:
    """Finds structural templates by their path below templates/, each read once."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._found: dict[str, Template] = {}

    def __call__(self, relative: str) -> Template:
        """Return a template; raises Rejected if there is none, or it cannot be read."""
        known = self._found.get(relative)
        if known is None:
            known = self._found[relative] = self._find(relative)
        return known

    def _find(self, relative: str) -> Template:
        path = f"templates/{relative}"
        own = os.path.join(self._root, path)
        if os.path.lexists(own):
            try:
                return Template(path, disk.read_bytes(own))
            except UnreadableFileError as error:
                raise Rejected([disk.unreadable(path, error)]) from None
        if os.path.isfile(resources.path("templates", relative)):
            return Template(f"{SHIPPED}{path}", resources.read("templates", relative))
        message, hint = "there is no such template, and a profile needs it", "write it; docs/templates.md says what it sees"
        raise Rejected([Diagnostic(path, START, "TP003", Severity.ERROR, message, hint)])
