"""The command `tiphys cache`."""

from __future__ import annotations

from collections.abc import Mapping

import click

from generator.cli import at_once
from generator.errors import ConfigError
from generator.syntax.wording import counted
from generator.system import kept, store

PARTS = {"memory": at_once.FOLDER, "helm": store.RESULTS, "charts": store.CHARTS}
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


_format = click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="Output format."
)


@command.command("info")
@_format
def info(form: str) -> int:
    """Show where it is and how much."""
    found = {name: kept.size_below(f"{store.home()}/{folder}") for name, folder in PARTS.items()}
    if form == "json":
        click.echo(_json(found, removed=False), nl=False)
        return 0
    click.echo(store.home())
    for name, size in found.items():
        click.echo(f"  {name:8}{counted(size.entries, 'entry', 'entries'):>16}  {_shown(size.bytes):>12}")
    return 0


@command.command("clear")
@_format
def clear(form: str) -> int:
    """Remove all of it."""
    found = {}
    for name, folder in PARTS.items():
        try:
            found[name] = kept.clear(f"{store.home()}/{folder}")
        except OSError as error:
            raise ConfigError(f"{error.filename} cannot be removed: {error.strerror}", "check its permissions") from None
    if form == "json":
        click.echo(_json(found, removed=True), nl=False)
        return 0
    total = sum(found.values(), kept.Size(0, 0))
    click.echo(f"removed {counted(total.entries, 'entry', 'entries')}, {_shown(total.bytes)}")
    return 0


def _json(found: Mapping[str, kept.Size], *, removed: bool) -> str:
    from generator.report.table import as_json

    parts = [{"name": name, "entries": size.entries, "bytes": size.bytes} for name, size in found.items()]
    return as_json({"version": 1, "directory": store.home(), "removed": removed, "parts": parts})


def _shown(size: int) -> str:
    """Return a number of bytes for people."""
    amount, unit = float(size), "bytes"
    for larger in ("KiB", "MiB", "GiB"):
        if amount < _KIB:
            break
        amount, unit = amount / _KIB, larger
    return f"{amount:.0f} {unit}" if unit == "bytes" else f"{amount:.1f} {unit}"
