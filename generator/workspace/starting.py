"""The files of a new workspace, and which of them a repository has already."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping

from generator.errors import RefusedError
from generator.syntax import shipped
from generator.syntax.globs import Glob
from generator.syntax.named_tuples import NamedTuple
from generator.syntax.wording import listed
from generator.system.files import Folder, UnreadableFileError
from generator.workspace import companions, naming, schema_copies
from generator.workspace.companions import Addition
from generator.workspace.root import WORKSPACE_FILE

EXAMPLE = "quickstart"
_MODELINE = re.compile(rb"\$schema=(?:\.\./)*(?:schemas|\.tiphys)/([a-z]+)\.schema\.json")
OUTPUT = "generated"
"""Where the files of a new workspace are generated."""
_READ = ("environments", OUTPUT, *naming.SHARED)
"""Folders all of whose YAML files a run reads."""
_SPECS = Glob("services/**/pipeline.yaml")


class Start(NamedTuple):
    """What `init` does in a folder."""

    create: dict[str, bytes]
    """Files to be written, by path below the folder."""
    add: tuple[Addition, ...]
    """What to add by hand, by path as seen from the folder."""


class Place(NamedTuple):
    """Where a workspace is made."""

    folder: Folder
    repository: Folder
    """The root of its Git repository; the folder itself without one."""
    below: str = ""
    """The path from the one to the other; empty if they are the same."""

    def home(self, path: str) -> tuple[Folder, str]:
        """Return the folder in which a shared file is read, and the way to it: pre-commit, GitHub and VS Code read theirs at the root."""
        if self.below and path in companions.OF_THE_REPOSITORY:
            return self.repository, self.up
        return self.folder, ""

    @property
    def up(self) -> str:
        """The way from the folder to the root of the repository."""
        return "../" * (self.below.count("/") + 1) if self.below else ""


def files_of(example: str) -> dict[str, bytes]:
    """Return the files of a new workspace by relative path, with the schemas that its modelines refer to."""
    files = {**_companions(), **_tree(example), **schema_copies.copies()}
    return {path: _MODELINE.sub(_beside(path), content) for path, content in files.items()}


def _companions() -> dict[str, bytes]:
    return {path: shipped.read("examples", EXAMPLE, *path.split("/")) for path in companions.SHARED}


def _tree(example: str) -> dict[str, bytes]:
    folder = Folder(shipped.path("examples", example))
    return {path: folder.read(path) for path in folder.walk("")}


def _beside(path: str) -> bytes:
    up = "../" * path.count("/")
    return b"$schema=" + up.encode() + rb".tiphys/\1.schema.json"


def start(files: Mapping[str, bytes], place: Place) -> Start:
    """Return what to write into a folder, and what to add to files that are there; raises RefusedError."""
    create, add = dict(files), list[Addition]()
    for path in companions.SHARED:
        home, up = place.home(path)
        found = _text(home, path)
        if found is None and not up:
            continue
        wanted = companions.adapted(path, create.pop(path), place.below if up else "").decode("utf-8")
        if found is None:
            add.append(Addition(up + path, "in a new file", wanted))
        elif found != wanted:
            add += [one._replace(path=up + path) for one in companions.additions(path, found, wanted, OUTPUT)]
    for path in companions.IGNORING:
        for home, up in {place.folder: "", place.repository: place.up}.items():
            found = _text(home, path) if home.is_file(path) else None
            if found is not None:
                generated = posixpath.join(place.below if up else "", OUTPUT)
                add += [one._replace(path=up + path) for one in companions.additions(path, found, "", generated)]
    _refuse_taken(create, place.folder)
    return Start(create, tuple(add))


def _refuse_taken(create: Mapping[str, bytes], folder: Folder) -> None:
    """Raise RefusedError for files that would be overwritten, or that a run would read as a part of the workspace."""
    taken = sorted(path for path, content in create.items() if _differs(folder, path, content))
    if taken:
        verb = "exists" if len(taken) == 1 else "exist"
        hint = "this is a workspace already: add a service with `tiphys add SERVICE`, renew its schemas with `tiphys upgrade`"
        raise RefusedError(
            f"{listed(taken)} already {verb}; nothing was written", hint if WORKSPACE_FILE in taken else "use an empty folder"
        )
    if folder.exists(WORKSPACE_FILE):  # the same workspace, perhaps with more in it
        return
    others = [path for path in _would_read(folder) if path not in create]
    if others:
        message = f"a workspace here would read {listed(others)}; nothing was written"
        raise RefusedError(message, "make the workspace in a folder of its own: tiphys init deploy")


def _would_read(folder: Folder) -> Iterator[str]:
    for below in _READ:
        yield from (path for path in folder.walk(below) if path.endswith((".yaml", ".yml")))
    yield from (path for path in folder.walk("services") if _SPECS.match(path))


def _text(folder: Folder, path: str) -> str | None:
    """Return the text of a file, None if it does not exist; raises RefusedError for a link."""
    try:
        return folder.read(path).decode("utf-8", "replace")
    except UnreadableFileError as error:
        if error.is_missing:
            return None
        raise RefusedError(f"{error.about(path)}; nothing was written", error.hint) from None


def _differs(folder: Folder, path: str, content: bytes) -> bool:
    """Tell whether a path exists with different content; raises RefusedError if the path goes through a link."""
    try:
        return folder.read(path) != content
    except UnreadableFileError as error:
        if error.at and error.at != path:
            raise RefusedError(f"{error.about(path)}; nothing was written", error.hint) from None
        return not error.is_missing
