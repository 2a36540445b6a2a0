"""A directory for the files of one run, which is removed at its end."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from generator.errors import ConfigError

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)


@contextmanager
def scratch(purpose: str) -> Iterator[str]:
    """Provide a new directory for the duration of a `with` block."""
    with tempfile.TemporaryDirectory(prefix=f"tiphys-{purpose}-") as folder:
        yield folder


def put(path: str, content: bytes) -> None:
    """Write a new file below a directory of ours; raises ConfigError if it cannot be written."""
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(os.open(path, _NEW, 0o644), "wb") as file:
            file.write(content)
    except OSError as error:
        where = tempfile.gettempdir()
        message = f"a file of {len(content):,} bytes cannot be written in {where}: {error.strerror or error}"
        raise ConfigError(message, f"free space in {where}, or set TMPDIR to a different directory") from None
