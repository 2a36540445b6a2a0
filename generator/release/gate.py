"""Check a packed chart with the services that use it, before it is pushed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from generator.diagnostics import Diagnostic
from generator.pipeline.request import Progress
from generator.release.run import Gate
from generator.service.build import Built
from generator.system.helm import Helm


def gate(root: str, helm: Helm, progress: Callable[[], Progress]) -> Gate:
    """Return the check of a packed chart: it is rendered with the values of every service that uses it.

    `progress` begins a new progress line for each chart.
    """
    from generator.verify import cache
    from generator.verify.charts import Charts
    from generator.verify.renderings import Renderings
    from generator.verify.run import verify

    kept = cache.kept()

    def check(users: Sequence[Built], folder: str, shown: str) -> list[Diagnostic]:
        with Renderings(lambda: helm, lambda _helm: Charts(root, helm, candidate=folder, called=shown), kept) as renderings:
            for user in users:
                renderings.begin(user)
            return verify(root, renderings, progress()).diagnostics

    return check
