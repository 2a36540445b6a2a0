"""What the commands that read an old config repository ask of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from generator.adopt import trees
from generator.adopt.session import Asked
from generator.adopt.user_patterns import Patterns
from generator.cli import running
from generator.cli.progress import progress_line
from generator.cli.rendering import offered
from generator.system import helm as helms
from generator.system.helm import Helm
from generator.verify import cache as results


def asked(
    paths: Sequence[str],
    *,
    charts: Sequence[str],
    clones: Mapping[str, str],
    helm: str,
    patterns: Patterns | None = None,
    cached: bool = True,
    files: bool = False,
    offline: bool = False,
) -> Asked:
    """Return what to read, and with which programs; raises ConfigError for a path that is missing, or one of the files."""
    lines = {what: progress_line(what, "Applications") for what in ("rendered", "compared")}

    @cache
    def find_helm() -> Helm:
        return helms.find(helm)

    return Asked(
        [trees.opened(path, running.named(path), files=files) for path in paths],
        patterns or Patterns(),
        clones,
        offered(charts),
        find_helm,
        results.kept() if cached else results.NOTHING,
        lambda what, done, total: lines[what](done, total),
        offline=offline,
    )
