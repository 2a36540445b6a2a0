"""Which specs a run has generated, and not taken from what is remembered."""

from __future__ import annotations

import pytest

from generator.pipeline import services


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
