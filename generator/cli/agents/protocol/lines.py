"""The messages of a client, one a line, with a limit for each."""

from __future__ import annotations

import sys
from typing import BinaryIO

import anyio.to_thread

MOST = 1024 * 1024
"""Bytes of one message: the arguments of the tools are short."""


class Lines:
    """The lines of a stream, for an asynchronous loop that can be cancelled while it waits for one."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def __aiter__(self) -> Lines:
        return self

    async def __anext__(self) -> str:
        line = await anyio.to_thread.run_sync(self._read, abandon_on_cancel=True)
        if not line:
            raise StopAsyncIteration
        return line.decode("utf-8", "replace")

    def _read(self) -> bytes:
        line = self._stream.readline(MOST + 1)
        if len(line) <= MOST:
            return line
        while line and not line.endswith(b"\n"):
            line = self._stream.readline(MOST)
        sys.stderr.write(f"tiphys: a message of more than {MOST:,} bytes was ignored\n")
        return b"\n"  # not a message, which the protocol passes over
