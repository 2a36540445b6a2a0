"""What a run has generated, and not taken from what is remembered; and a time at which that counts."""

from __future__ import annotations

import time

import pytest

from generator.pipeline import services
from generator.system import clock


@pytest.fixture
def generated(monkeypatch) -> list[str]:
    """Return the paths of the specs that were generated, as they are."""
    found: list[str] = []
    of_spec = services.ServiceGenerator._of_spec

    def noted(self, path):
        found.append(path)
        return of_spec(self, path)

    monkeypatch.setattr(services.ServiceGenerator, "_of_spec", noted)
    return found


@pytest.fixture
def later(monkeypatch):
    """Let every run begin an hour from now: the files are old, so their states count."""
    monkeypatch.setattr(clock, "nanoseconds", lambda: time.time_ns() + 3_600_000_000_000)
