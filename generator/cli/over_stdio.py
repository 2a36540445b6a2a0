"""Servers that speak a protocol over stdin and stdout."""

from __future__ import annotations

import os
import sys
from typing import BinaryIO


def streams() -> tuple[BinaryIO, BinaryIO]:
    """Return stdin and stdout for a protocol alone: a stray print would corrupt it, so it goes to stderr from now on."""
    stdin, stdout = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    sys.stdout.flush()
    return stdin, stdout
