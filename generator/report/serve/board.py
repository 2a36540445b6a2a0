"""The current pages, and the requests that wait for newer ones."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping

from generator.errors import Rejected, TiphysError

Made = Mapping[str, bytes]


class Board:
    """Holds the pages, and rebuilds them when their source files change."""

    def __init__(self, make: Callable[[], Made], stamp: Callable[[], bytes]) -> None:
        self._make = make
        self._stamp = stamp
        self._changed = threading.Condition()
        self._stopped = threading.Event()
        self._seen = stamp()
        self.files: Made = make()
        self.number = 1
        """Counts how often pages were made, or failed to be."""
        self.trouble = ""
        """Why the pages are those of before; empty where they are not."""

    def watch(self, seconds: float) -> None:
        """Look at this interval in seconds, until it is stopped."""
        while not self._stopped.wait(seconds):
            now = self._stamp()
            if now != self._seen:
                self._seen = now
                self._renew()

    def _renew(self) -> None:
        try:
            files, trouble = self._make(), ""
        except TiphysError as error:
            files, trouble = self.files, error.message
        except Rejected as rejected:
            first = rejected.diagnostics[0]
            files, trouble = self.files, f"{first.path}:{first.span.line}: {first.message}"
        with self._changed:
            self.files, self.trouble = files, trouble
            self.number += 1
            self._changed.notify_all()

    def wait(self, number: int, seconds: float) -> int:
        """Return the number of the pages as soon as it changes, or on timeout."""
        with self._changed:
            self._changed.wait_for(lambda: self.number != number or self._stopped.is_set(), seconds)
            return self.number

    def stop(self) -> None:
        """Release all waiting requests."""
        self._stopped.set()
        with self._changed:
            self._changed.notify_all()
