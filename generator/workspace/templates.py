"""The templates of a workspace: its own, or else the shipped ones."""

from __future__ import annotations

from generator.diagnostics import START, Diagnostic, Severity
from generator.errors import Rejected
from generator.syntax import shipped
from generator.syntax.reader.characters import MAX_BYTES
from generator.syntax.template.templates import SHIPPED, Template
from generator.system import disk
from generator.system.files import Folder, UnreadableFileError
from generator.system.files.once import Once


class Templates:
    """Finds structural templates by their path below templates/, and reads each once."""

    def __init__(self, root: str) -> None:
        self._folder = Folder(root)
        self._found = Once[str, Template]()
        self.read: set[str] = set()
        """Templates of the workspace itself that were read."""

    def __call__(self, relative: str) -> Template:
        """Return a template; raises Rejected if it does not exist or cannot be read."""
        return self._found(relative, lambda: self._find(relative))

    def _find(self, relative: str) -> Template:
        path = f"templates/{relative}"
        if self._folder.exists(path):
            self.read.add(path)
            try:
                return Template(path, self._folder.read(path, MAX_BYTES))
            except UnreadableFileError as error:
                raise Rejected([disk.unreadable(path, error)]) from None
        if shipped.is_file("templates", relative):
            return Template(f"{SHIPPED}{path}", shipped.read("templates", relative))
        message, hint = "this template does not exist, but a profile requires it", "create it; see docs/templates.md"
        raise Rejected([Diagnostic(path, START, "TP003", Severity.ERROR, message, hint)])
