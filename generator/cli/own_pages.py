"""The pages of the rules of the workspace that a command runs in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.cli import running
from generator.errors import ConfigError

if TYPE_CHECKING:
    import click

    from generator.lint.catalogue import Page


def own_pages(ctx: click.Context) -> list[Page]:
    """Return the pages of the rules of the workspace itself; none outside of one."""
    from generator.workspace.load import Loader

    try:
        sources = Loader(running.workspace_root(ctx)).own_rules
    except ConfigError:
        return []
    if not sources:
        return []
    from generator.lint.own_rules import pages_of

    return pages_of(sources)
