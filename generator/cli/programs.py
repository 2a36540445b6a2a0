"""The programs for environments with `output: rendered`: from the options of a command, and what is said of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from generator.pipeline.rendered import Programs
from generator.pipeline.request import Outcome


def of_options(given: Mapping[str, Any]) -> Programs:
    """Return with what charts are rendered, from the options of the command line."""
    return Programs(given["helm"], given["clones"])


def tell_remark(outcome: Outcome) -> None:
    """Report what is to be said of the programs that were at work."""
    if outcome.remark:
        click.echo(outcome.remark, err=True)
