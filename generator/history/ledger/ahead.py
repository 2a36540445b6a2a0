"""Parse the specs on disk while git reads the history: most texts of the past have their shapes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress

from generator.errors import TiphysError
from generator.history.ledger.shapes import Shapes
from generator.history.ledger.versions import part_of_spec
from generator.syntax.reader.characters import MAX_BYTES
from generator.system import disk
from generator.system.files import Folder, UnreadableFileError
from generator.workspace.model import Workspace


def shapes_on_disk(root: str, workspace: Workspace) -> Callable[[], Shapes]:
    """Begin to read the shapes of the specs on disk, and return what waits for them.

    What cannot be read is left to those who report it.
    """
    shapes = Shapes(part_of_spec)

    def read() -> None:
        folder = Folder(root)
        with suppress(TiphysError):
            for path in disk.matching(root, workspace.specs, lambda path: path == workspace.output):
                with suppress(UnreadableFileError):
                    shapes.form(folder.read(path, MAX_BYTES))

    thread = threading.Thread(target=read, daemon=True)
    thread.start()

    def result() -> Shapes:
        thread.join()
        return shapes

    return result
