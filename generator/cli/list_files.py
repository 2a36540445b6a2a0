"""`--list-files`: the files that a command reads as inputs, instead of what it says of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from generator.diagnostics import Severity

if TYPE_CHECKING:
    from generator.pipeline.input_files import Listing
    from generator.pipeline.request import Request

option = click.option("--list-files", "lists", is_flag=True, help="List the files that are read, and stop.")


def check(*, edits: bool, elsewhere: bool) -> None:
    """Raise click.UsageError for options with which no workspace is read, or something is written."""
    if edits or elsewhere:
        raise click.UsageError(
            "--list-files lists the files of a workspace; it cannot be used with stdin, --manifests, --fix or --write-baseline"
        )


def tell(
    ctx: click.Context,
    request: Request,
    formats: list[tuple[str, str]],
    color: str,
    is_wanted: Callable[[str], bool] = lambda _path: True,
) -> int:
    """Print the files, and return the exit code: 2 if tiphys.yaml is invalid."""
    from generator.cli import running
    from generator.pipeline.input_files import input_files
    from generator.report.file_list import as_json, as_text

    unfit = [name for name, _ in formats if name not in ("text", "github", "json")]
    if unfit:
        raise click.UsageError(f"--list-files prints text or json, not {unfit[0]}")
    found = input_files(request)
    if found.outcome.workspace is None:
        running.report(ctx, found.outcome, request.root, formats, color)
        return 2
    files = [file for file in found.files if is_wanted(file.path)]
    for name, path in formats:
        running.put(as_json(files) if name == "json" else running.guarded_text(as_text(files), path), path)
    _tell_ignored(found, is_wanted)
    return 0


def _tell_ignored(found: Listing, is_wanted: Callable[[str], bool]) -> None:
    """Say on stderr which files are not read though they look like it, and whether errors hide some that are."""
    from generator.report.table import printable
    from generator.syntax.wording import counted

    ignored = [file for file in found.files if file.why]
    for file in ignored:
        if is_wanted(file.path):
            click.echo(printable(f"ignored: {file.path}: {file.why}"), err=True)
    apart = {file.path for file in ignored}
    errors = sum(one.severity is Severity.ERROR and one.path not in apart for one in found.outcome.diagnostics)
    if errors:
        said = counted(errors, "error")
        click.echo(f"{said}: what is referred to only in an invalid file may not be listed; run `tiphys lint`", err=True)
