"""Where cases are run: a workspace, and beside it what no command may touch."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from collections.abc import Mapping
from pathlib import Path

Snapshot = dict[str, tuple[int, bytes]]
"""By path: the mode, and the bytes of a file or the target of a link."""

GIT = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Ann",
    "GIT_AUTHOR_EMAIL": "ann@example.com",
    "GIT_COMMITTER_NAME": "Ann",
    "GIT_COMMITTER_EMAIL": "ann@example.com",
    "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z",
    "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z",
}
_PARTS = ("outside", "home", "site", "out")


def snapshot(root: str) -> Snapshot:
    """Return everything below a folder but what is Git's, links not followed."""
    found: Snapshot = {}
    left = [root]
    while left:
        with os.scandir(left.pop()) as entries:
            for entry in entries:
                path = os.path.relpath(entry.path, root)
                status = entry.stat(follow_symlinks=False)
                if stat.S_ISDIR(status.st_mode):
                    if path != ".git":
                        left.append(entry.path)
                elif stat.S_ISLNK(status.st_mode):
                    found[path] = (status.st_mode, os.fsencode(os.readlink(entry.path)))
                elif stat.S_ISREG(status.st_mode):
                    with open(entry.path, "rb") as file:
                        found[path] = (status.st_mode, file.read())
                else:
                    found[path] = (status.st_mode, b"")
    return found


def differing(before: Snapshot, after: Snapshot) -> list[str]:
    """Return the paths that are not as they were."""
    return sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))


class Area:
    """The folders of one worker: a workspace for each base, and beside them what is not to be touched."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.outside = os.path.join(folder, "outside")
        for part in _PARTS:
            os.makedirs(os.path.join(folder, part), exist_ok=True)
        self._lay_outside()
        self._outside = snapshot(self.outside)

    def _lay_outside(self) -> None:
        for name in ("secret.txt", "kept/a", "kept/b"):
            path = Path(self.outside, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("SECRET-OF-THE-MACHINE\n", encoding="utf-8")

    def at(self, *parts: str) -> str:
        """Return a path in the area."""
        return os.path.join(self.folder, *parts)

    def root(self, base: str) -> str:
        """Return the folder of a base's workspace."""
        return self.at("w", base.replace("/", "-"))

    def lay(self, base: str, files: Mapping[str, bytes | None]) -> str:
        """Make the workspace of a base hold these files and nothing else; return its folder."""
        root = self.root(base)
        os.makedirs(root, exist_ok=True)
        there = snapshot(root)
        wanted = {path: raw for path, raw in files.items() if raw is not None}
        for path, (mode, raw) in there.items():
            if wanted.get(path) != raw or stat.S_IMODE(mode) != 0o644 or not stat.S_ISREG(mode):
                os.unlink(os.path.join(root, path))
        for folder, folders, names in os.walk(root, topdown=False):
            if folder != root and not folders and not names and ".git" not in folder.split(os.sep):
                os.rmdir(folder)
        for path, raw in wanted.items():
            where = os.path.join(root, path)
            if not os.path.lexists(where):
                os.makedirs(os.path.dirname(where), exist_ok=True)
                with open(where, "wb") as file:
                    file.write(raw)
                os.chmod(where, 0o644)
        return root

    def commit(self, base: str, files: Mapping[str, bytes]) -> None:
        """Make the workspace of a base a Git repository, with its files as the one commit; once is enough."""
        root = self.root(base)
        if not os.path.isdir(os.path.join(root, ".git")):
            self.lay(base, files)
            for arguments in (("init", "-q", "-b", "main"), ("add", "-A"), ("commit", "-q", "-m", "start")):
                subprocess.run(("git", *arguments), cwd=root, env={**os.environ, **GIT}, check=True, capture_output=True)

    def fresh(self, *parts: str) -> str:
        """Return a folder that is not there."""
        path = self.at(*parts)
        shutil.rmtree(path, ignore_errors=True)
        return path

    def touched(self) -> list[str]:
        """Return what is not as it was beside the workspaces, and make it so again for the next case."""
        beside = [name for name in os.listdir(self.folder) if name not in (*_PARTS, "w")]
        changed = differing(self._outside, snapshot(self.outside))
        for name in beside:
            path = self.at(name)
            if os.path.isdir(path) and not os.path.islink(path):
                shutil.rmtree(path)
            else:
                os.unlink(path)
        if changed:
            shutil.rmtree(self.outside)
            self._lay_outside()
        return [*changed, *beside]
