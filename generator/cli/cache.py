"""The command `tiphys cache`."""

from __future__ import annotations

import click

from generator.cli import at_once
from generator.errors import ConfigError
from generator.syntax.wording import counted
from generator.system import kept, store

PARTS = {"memory": at_once.FOLDER, "helm": "helm", "charts": "chart-files"}
"""What is kept, and the folder that it is in; journals of interrupted runs lie next to these, and stay."""
_KIB = 1024


@click.group("cache")
def command() -> None:
    r"""Show or remove what Tiphys keeps between runs: what it learned, what Helm rendered, charts.

    It is in $TIPHYS_CACHE_DIR, else in $XDG_CACHE_HOME/tiphys, else in ~/.cache/tiphys. Nothing is lost
    with it but time.

    \b
    tiphys cache info
    tiphys cache clear
    """


@command.command("info")
def info() -> int:
    """Show where it is and how much."""
    click.echo(store.home())
    for name, folder in PARTS.items():
        found = kept.size_below(f"{store.home()}/{folder}")
        click.echo(f"  {name:8}{counted(found.entries, 'entry', 'entries'):>16}  {_shown(found.bytes):>12}")
    return 0


@command.command("clear")
def clear() -> int:
    """Remove all of it."""
    found = kept.Size(0, 0)
    for folder in PARTS.values():
        try:
            found += kept.clear(f"{store.home()}/{folder}")
        except OSError as error:
            raise ConfigError(f"{error.filename} cannot be removed: {error.strerror}", "check its permissions") from None
    click.echo(f"removed {counted(found.entries, 'entry', 'entries')}, {_shown(found.bytes)}")
    return 0


def _shown(size: int) -> str:
    """Return a number of bytes for people."""
    amount, unit = float(size), "bytes"
    for larger in ("KiB", "MiB", "GiB"):
        if amount < _KIB:
            break
        amount, unit = amount / _KIB, larger
    return f"{amount:.0f} {unit}" if unit == "bytes" else f"{amount:.1f} {unit}"
