"""Run the pipeline for a command, and print what came of it."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Sequence

import click

from generator.diagnostics import Severity
from generator.errors import Rejected
from generator.load import Loader, find_root
from generator.model import Workspace
from generator.pipeline import Outcome, Progress
from generator.report import Style, render

_PATIENCE = 1.0
"""Seconds before a progress line appears: shorter runs need none."""


def workspace_root(ctx: click.Context) -> str:
    """Return the root of the workspace that -C, or the working directory, is in."""
    return find_root(ctx.obj)


def opened(ctx: click.Context) -> tuple[str, Loader, Workspace]:
    """Return the root of the workspace, a loader for it, and what mooring.yaml says; ends the run where it is at fault."""
    root = workspace_root(ctx)
    loader = Loader(root)
    try:
        return root, loader, loader.workspace()
    except Rejected as rejected:
        report(ctx, Outcome(None, list(rejected.diagnostics)), root, [("text", "")], "auto")
        ctx.exit(2)


def table_width() -> int:
    """Return the columns of the terminal that a table has to fit; 0 where nobody looks, so that nothing is cut."""
    from shutil import get_terminal_size

    return get_terminal_size((80, 24)).columns if sys.stdout.isatty() else 0


def called_as(ctx: click.Context) -> str:
    """Return how to call mooring again for the same workspace, for the hints that name a command."""
    return "mooring" if ctx.obj == "." else f"mooring -C {_shell_word(ctx.obj)}"


def _shell_word(text: str) -> str:
    from shlex import quote

    return quote(text)


def style(ctx: click.Context, root: str, *, color: bool, texts: dict[str, list[str]] | None = None) -> Style:
    """Return how a report is written for this call; `texts` are the lines of what is in no file."""
    texts = {} if texts is None else texts

    def line_of(path: str, line: int) -> str:
        if path not in texts:
            texts[path] = _lines(root, path)
        lines = texts[path]
        return lines[line - 1] if 0 < line <= len(lines) else ""

    return Style(line_of, called_as(ctx), color)


def _lines(root: str, path: str) -> list[str]:
    from generator import resources
    from generator.disk import UnreadableFileError, read_bytes

    where = resources.path(path.removeprefix("mooring:")) if path.startswith("mooring:") else os.path.join(root, path)
    try:
        text = read_bytes(where).removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
    except UnreadableFileError:
        return []
    return [line.removesuffix("\r") for line in text.split("\n")]


def report(
    ctx: click.Context,
    outcome: Outcome,
    root: str,
    formats: list[tuple[str, str]],
    color: str,
    added: Callable[[str, str], str] = lambda _form, text: text,
    texts: dict[str, list[str]] | None = None,
) -> None:
    """Print the outcome in each of the formats, to stdout or to the file that was named.

    `added` returns the text of a format with what a command has to say beside it.
    """
    from generator.commands.options import wants_color

    for name, path in formats:
        text = render(outcome, name, style(ctx, root, color=not path and wants_color(color), texts=texts))
        put(added(name, text), path)


def put(text: str, path: str) -> None:
    """Print text to stdout, or write it to the file that was named."""
    if not path:
        click.echo(text, nl=False, color=True)
        return
    try:
        with open(path, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except OSError as error:
        raise click.FileError(path, error.strerror or str(error)) from None


def summary(outcome: Outcome) -> str:
    """Return the counts of a run's problems: `2 errors and 1 warning in 3 files`."""
    from generator.wording import counted

    warnings = sum(item.severity is Severity.WARNING for item in outcome.diagnostics)
    parts = [counted(outcome.errors, "error")] if outcome.errors else []
    parts += [counted(warnings, "warning")] if warnings else []
    files = len({item.path for item in outcome.diagnostics})
    return f"{' and '.join(parts)} in {counted(files, 'file')}" if parts else "no problems"


def progress_line(verb: str, what: str = "services") -> Progress:
    """Return a progress callback: a line on stderr once a run takes long, if somebody watches."""
    watched = sys.stderr.isatty() and not any(os.environ.get(name) for name in ("CI", "PRE_COMMIT"))
    if not watched:
        return lambda _done, _total: None
    start = time.monotonic()
    last = start

    def show(done: int, total: int) -> None:
        nonlocal last
        now = time.monotonic()
        if done == total and last > start:
            sys.stderr.write("\r\x1b[K")
        elif now - start > _PATIENCE and now - last > 0.1:
            last = now
            sys.stderr.write(f"\r\x1b[K{verb} {done:,} of {total:,} {what}")
        sys.stderr.flush()

    return show


def tell_completed(paths: Sequence[str]) -> None:
    """Say which files were written because an earlier run was interrupted."""
    from generator.wording import listed

    if paths:
        click.echo(f"completed what an interrupted run had begun: {listed(paths)}", err=True)
