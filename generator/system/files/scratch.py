"""A directory for the files of one run, which is removed at its end."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def scratch(purpose: str) -> Iterator[str]:
    """Provide a new directory for the duration of a `with` block."""
    with tempfile.TemporaryDirectory(prefix=f"tiphys-{purpose}-") as folder:
        yield folder
