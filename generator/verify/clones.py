"""Clones of other Git repositories that the user names, at the revisions that specs name."""

from __future__ import annotations

import re
import shlex
import tempfile
from collections.abc import Mapping

from generator.errors import ConfigError
from generator.system.files import Folder, Kind
from generator.system.git import objects as git_objects
from generator.system.git import read as git
from generator.system.git.call import place_of
from generator.system.git.written import Room, is_plain, write_files

_REVISION = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._/+-]{0,249}\Z")
"""A branch, a tag or a commit; Git's expressions, such as `:/text`, are none of them."""
_AS_IT_IS = ("", "HEAD")
_MOST_WRITTEN = 1024 * 1024 * 1024
"""Bytes of a disk that all revisions of a run take together."""


class NoCloneError(Exception):
    """No clone has what a spec names; `field` is the field that names it, `repoURL` or `revision`."""

    def __init__(self, field: str, message: str, hint: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message
        self.hint = hint


class Clones:
    """The files of clones, each revision written once into a folder that lasts as long as this object."""

    def __init__(self, folders: Mapping[str, str]) -> None:
        """Begin with the folder of each clone, by the address of its repository."""
        self._folders = folders
        self._room = Room(_MOST_WRITTEN)
        self._revisions: dict[tuple[str, str], tempfile.TemporaryDirectory[str]] = {}

    def at(self, what: str, address: str, revision: str) -> str:
        """Return the folder with the files of a repository at a revision; `what` is looked for there, for messages.

        A folder that is not the top of a Git repository is taken as it is, and so is HEAD: with what is not committed.
        Raises NoCloneError or ConfigError.
        """
        folder = self._folders.get(address)
        if folder is None:
            message = f"{what} is in {address}, of which no clone is named"
            raise NoCloneError("repoURL", message, f"clone it, and pass --repo {shlex.quote(address)}=DIRECTORY")
        if Folder(folder).kind("") is not Kind.FOLDER:
            raise NoCloneError("repoURL", f"{folder}, the clone of {address}, is not a directory", "correct --repo")
        place = place_of(folder)
        if revision in _AS_IT_IS or not place.top or place.prefix:
            return folder
        commit = self._commit(address, folder, revision)
        key = (folder, commit)
        if key not in self._revisions:
            self._revisions[key] = tempfile.TemporaryDirectory(prefix="tiphys-clone-")
            files = {path: file for path, file in git_objects.tree(folder, commit).items() if is_plain(path, file[0])}
            write_files(folder, commit, files, self._revisions[key].name, self._room)
        return self._revisions[key].name

    def _commit(self, address: str, folder: str, revision: str) -> str:
        """Return the commit of a revision, as Argo CD finds it: a tag, or a branch of the remote, or a commit."""
        for name in (f"refs/tags/{revision}", f"refs/remotes/origin/{revision}", revision) if _REVISION.match(revision) else ():
            try:
                return git.commit_id(folder, name)
            except ConfigError:
                continue
        message = f"the clone of {address} has no revision `{revision}`"
        raise NoCloneError("revision", message, "fetch it there, or correct the revision")
