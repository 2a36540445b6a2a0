"""What tiphys keeps for later runs, in a folder that only the user can write to, never in a repository.

An entry is a file that is written as a whole or not at all, with a checksum; whatever is not as it was written is a
miss. Nothing is lost with an entry but time, so no failure to write one is reported.
"""

from __future__ import annotations

import os
import time
from stat import S_IMODE, S_ISDIR, S_ISREG

from generator.system.upwards import holding, real, upwards

_FLAGS = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
_MAGIC = b"tiphys entry 1\n"
_SUM = 16
MALFORMED = (ValueError, TypeError, LookupError, AttributeError)
"""What reading an entry raises that has another form than its reader expects."""
RESULTS, CHARTS = "helm", "chart-files"
"""The folders in `home()` of what Helm rendered, and of charts that were fetched."""
MOST = 512 * 1024 * 1024
"""Bytes of all entries, beyond which those that were written first are removed."""
_LARGEST = 256 * 1024 * 1024
_NEW = ".new-"
_LEFT = 3600
"""Seconds after which an unfinished file is given up: its writer was killed."""


def home() -> str:
    """Return the folder of everything that tiphys keeps for later."""
    return chosen()[0]


def chosen() -> tuple[str, str]:
    """Return that folder, and the variable that names it or the one above it; none for the default."""
    own = os.environ.get("TIPHYS_CACHE_DIR") or ""
    if os.path.isabs(own):
        return own, "TIPHYS_CACHE_DIR"
    cache = os.environ.get("XDG_CACHE_HOME") or ""
    if os.path.isabs(cache):
        return os.path.join(cache, "tiphys"), "XDG_CACHE_HOME"
    return os.path.join(os.path.expanduser("~"), ".cache", "tiphys"), ""


def kept_at(folder: str) -> str:
    """Return the path of a folder in `home()`; empty if that is in a Git repository, where a pull request could change it."""
    place = f"{home()}/{folder}"
    return "" if any(holding(above, ".git") for start in {place, real(place)} for above in upwards(start)) else place


class Store:
    """The entries in a folder; without a name, or in a folder that cannot be trusted, it keeps nothing."""

    def __init__(self, folder: str) -> None:
        self.folder = folder

    def get(self, name: str) -> bytes | None:
        """Return an entry; None if it is missing, or is not as it was written."""
        if not _is_private(self.folder):
            return None
        try:
            descriptor = os.open(os.path.join(self.folder, name), os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | _FLAGS)
        except OSError:
            return None
        try:
            with os.fdopen(descriptor, "rb") as file:
                status = os.fstat(descriptor)
                if not S_ISREG(status.st_mode) or status.st_uid != os.geteuid() or status.st_size > _LARGEST:
                    return None
                raw = file.read()
        except OSError:
            return None
        start = len(_MAGIC) + _SUM
        content = memoryview(raw)[start:]
        return bytes(content) if raw[:start] == _MAGIC + _checksum(content) else None

    def put(self, name: str, content: bytes) -> bool:
        """Keep an entry, in the place of an older one; tell whether that worked."""
        if len(content) > _LARGEST or not self.folder or not _has_ground(self.folder):
            return False
        try:
            os.makedirs(self.folder, mode=0o700, exist_ok=True)
            if not _is_private(self.folder):
                return False
            path = os.path.join(self.folder, f"{_NEW}{os.getpid()}-{time.monotonic_ns()}")
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _FLAGS, 0o600)
        except OSError:
            return False
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(_MAGIC + _checksum(content))
                file.write(content)
            os.replace(path, os.path.join(self.folder, name))
        except OSError:
            _unlink(path)
            return False
        return True

    def drop(self, name: str) -> None:
        """Remove an entry."""
        _unlink(os.path.join(self.folder, name))

    def renew(self, name: str) -> None:
        """Let an entry count as written now, because it was used."""
        try:  # noqa: SIM105 - importing contextlib takes longer than an answer that is kept
            os.utime(os.path.join(self.folder, name), follow_symlinks=False)
        except OSError:
            pass  # it is gone, or goes earlier than others: nothing is lost either way

    def shrink(self, most: int = MOST, seconds: float = float("inf")) -> None:
        """Remove what was written first if there is more than `most` bytes, and what is older than some seconds.

        What a killed run left half-written goes as well.
        """
        found = sorted(self._files())
        total, now = sum(size for _, size, _ in found), time.time()
        for at, size, name in found:
            if total > most or now - at > (_LEFT if name.startswith(_NEW) else seconds):
                self.drop(name)
                total -= size

    def _files(self) -> list[tuple[float, int, str]]:
        """Return the time, the size and the name of each file; none of a folder that is not ours."""
        found: list[tuple[float, int, str]] = []
        if not _is_private(self.folder):
            return found
        try:
            with os.scandir(self.folder) as entries:
                for entry in entries:
                    status = _status(entry.path)
                    if status is not None and S_ISREG(status.st_mode):
                        found.append((status.st_mtime, status.st_size, entry.name))
        except OSError:
            pass  # what was seen until then
        return found


def _has_ground(folder: str) -> bool:
    """Tell whether something above a folder exists but the root of all: a home that does not exist is not made."""
    above = os.path.dirname(folder)
    while not os.path.isdir(above):
        above = os.path.dirname(above)
    return os.path.dirname(above) != above


def is_usable(folder: str) -> bool:
    """Tell whether a folder is private, or can be made so because nothing is there."""
    return _is_private(folder) or not os.path.lexists(folder)


def _is_private(folder: str) -> bool:
    """Tell whether a folder belongs to this user, and only this user can write to it."""
    mode = mode_of(folder)
    return mode is not None and not mode & 0o022


def mode_of(folder: str) -> int | None:
    """Return the permissions of a folder of this user; None for anything else, and where systems know no owners."""
    status = _status(folder)
    is_own = status is not None and hasattr(os, "geteuid") and status.st_uid == os.geteuid()
    return S_IMODE(status.st_mode) if status is not None and S_ISDIR(status.st_mode) and is_own else None


def _status(path: str) -> os.stat_result | None:
    try:
        return os.lstat(path)
    except OSError:
        return None


def _unlink(path: str) -> None:
    try:  # noqa: SIM105 - importing contextlib takes longer than an answer that is kept
        os.unlink(path)
    except OSError:
        pass  # it is gone, or stays: nothing is lost either way


def _checksum(content: bytes | memoryview) -> bytes:
    from _blake2 import blake2b  # hashlib would load OpenSSL

    return blake2b(content, digest_size=_SUM).digest()
