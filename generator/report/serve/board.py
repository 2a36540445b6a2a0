"""The current pages, and the requests that wait for newer ones."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping

from generator.errors import Rejected, TiphysError
from generator.system import clock

Made = Mapping[str, bytes]


class Board:
    """Holds the pages, and rebuilds them when their source files change."""

    def __init__(self, make: Callable[[str], Made], stamp: Callable[[], bytes], run: str = "") -> None:
        """Make the first pages; `make` takes their name, by which a browser knows whether it shows the newest.

        `run` is different for each server: the pages of an earlier one on the same port are old, whatever their number.
        """
        self._make = make
        self._stamp = stamp
        self.run = run
        self._changed = threading.Condition()
        self._stopped = threading.Event()
        self._seen = stamp()
        self.number = 1
        """Counts how often pages were made, or failed to be."""
        self.files: Made = make(self._name(1))
        self._made = clock.now()
        self.trouble = ""
        """Why the pages are those of before; empty where they are not."""

    def _name(self, number: int) -> str:
        return f"{self.run}-{number}"

    @property
    def name(self) -> str:
        """What the newest pages are called; not that of those that are shown while there is trouble."""
        return self._name(self.number)

    @property
    def age(self) -> int:
        """The seconds since the pages were made."""
        return max(0, clock.now() - self._made)

    def watch(self, seconds: float) -> None:
        """Look at this interval in seconds, until it is stopped."""
        while not self._stopped.wait(seconds):
            now = self._stamp()
            if now != self._seen:
                self._seen = now
                self._renew()

    def _renew(self) -> None:
        made = self._made
        try:
            files, trouble = self._make(self._name(self.number + 1)), ""
            made = clock.now()
        except TiphysError as error:
            files, trouble = self.files, error.message
        except Rejected as rejected:
            first = rejected.diagnostics[0]
            files, trouble = self.files, f"{first.path}:{first.span.line}: {first.message}"
        with self._changed:
            self.files, self.trouble, self._made = files, trouble, made
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
