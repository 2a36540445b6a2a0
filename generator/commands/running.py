"""Run the pipeline for a command, and print what came of it."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click

from generator.diagnostics import Severity
from generator.errors import ConfigError
from generator.files import Folder, UnreadableFileError, roots
from generator.load import Loader, find_root
from generator.model import Workspace
from generator.pipeline import Outcome, Progress
from generator.report import Style, render

if TYPE_CHECKING:
    from collections.abc import Mapping

    from generator.settings import Asked

_PATIENCE = 1.0
"""Seconds before a progress line appears: shorter runs need none."""
_SUMMARY = 1024 * 1024
"""Bytes that GitHub takes for the summary of a step."""
_LEAST = 4096
"""Bytes without which a summary says too little to be worth it."""


def workspace_root(ctx: click.Context) -> str:
    """Return the root of the workspace that -C, or the working directory, is in."""
    return find_root(ctx.obj)


def opened(ctx: click.Context) -> tuple[str, Loader, Workspace]:
    """Return the root of the workspace, a loader for it, and what tiphys.yaml says; raises Rejected where that is at fault."""
    root = workspace_root(ctx)
    loader = Loader(root)
    return root, loader, loader.workspace()


def table_width() -> int:
    """Return the columns of the terminal that a table has to fit; 0 where nobody looks, so that nothing is cut."""
    from shutil import get_terminal_size

    return get_terminal_size((80, 24)).columns if sys.stdout.isatty() else 0


def called_as(ctx: click.Context) -> str:
    """Return how to call tiphys again for the same workspace, for the hints that name a command."""
    return "tiphys" if ctx.obj == "." else f"tiphys -C {_shell_word(ctx.obj)}"


def _shell_word(text: str) -> str:
    from shlex import quote

    return quote(text)


def style(
    ctx: click.Context,
    root: str,
    overlay: Mapping[str, bytes] | None = None,
    *,
    color: bool,
    on_github: bool = False,
    text: Callable[[str], str] | None = None,
) -> Style:
    """Return how a report is written for this call; `text` returns the text of a file that is not in a workspace."""
    texts = {path: raw.decode("utf-8", "replace") for path, raw in (overlay or {}).items()}
    lines: dict[str, list[str]] = {}

    def text_of(path: str) -> str:
        if path not in texts:
            texts[path] = text(path) if text else _text(root, path)
        return texts[path]

    def line_of(path: str, line: int) -> str:
        if path not in lines:
            lines[path] = [line.removesuffix("\r") for line in text_of(path).removeprefix("\ufeff").split("\n")]
        return lines[path][line - 1] if 0 < line <= len(lines[path]) else ""

    return Style(line_of, called_as(ctx), color, text_of, _below_repository(root), on_github)


def _text(root: str, path: str) -> str:
    from generator import resources

    if path.startswith("tiphys:"):
        path = path.removeprefix("tiphys:")
        return resources.read(path).decode("utf-8") if resources.is_file(path) else ""
    return Folder(root).text(path)


def _below_repository(root: str) -> str:
    """Return the path from the root of the Git repository to the workspace, with a slash at its end; empty for the root."""
    repository = roots.above(root, ".git")
    below = roots.below(root, repository) if repository else "."
    return "" if below == "." else f"{below}/"


def report(
    ctx: click.Context,
    outcome: Outcome,
    root: str,
    formats: list[tuple[str, str]],
    color: str,
    added: Callable[[str, str], str] = lambda _form, text: text,
    overlay: Mapping[str, bytes] | None = None,
    text: Callable[[str], str] | None = None,
) -> None:
    """Print the outcome in each of the formats, to stdout or to the file that was named.

    `added` returns the text of a format with what a command has to say beside it.
    """
    from generator.commands.options import wants_color

    for name, path in formats:
        how = style(ctx, root, overlay, color=not path and wants_color(color), on_github=not path and on_github(), text=text)
        put(added(name, render(outcome, name, how)), path)
        if name == "github":
            _summarize(outcome, how)


def put(text: str, path: str) -> None:
    """Print text to stdout, or write it to the file that was named."""
    if path:
        write_text(path, text)
    else:
        click.echo(_encodable(text), nl=False, color=True)


def stdin(limit: int) -> bytes:
    """Return the bytes of stdin; raises ConfigError if there are more than `limit`."""
    raw = sys.stdin.buffer.read(limit + 1)
    if len(raw) > limit:
        raise ConfigError(f"stdin has more than {limit:,} bytes, the maximum", "split the input")
    return raw


def stdout_is_taken(formats: list[tuple[str, str]]) -> bool:
    """Tell whether stdout holds a document for programs, beside which nothing else may be said there."""
    return any(not path and name not in ("text", "concise", "github") for name, path in formats)


def _encodable(text: str) -> str:
    """Return text in which what is left of a file name that is no UTF-8 is written as an escape."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode("utf-8")


def on_github() -> bool:
    """Tell whether GitHub's runner reads what is printed."""
    return bool(os.environ.get("GITHUB_ACTIONS"))


def _summarize(outcome: Outcome, how: Style) -> None:
    """Add the report to the summary of a GitHub step, as far as there is room in that."""
    path = os.environ.get("GITHUB_STEP_SUMMARY")
    if not path:
        return
    from generator.report.as_markdown import as_markdown

    taken = roots.size(path)
    if taken < _SUMMARY - _LEAST:
        write_text(path, as_markdown(outcome, how._replace(color=False), _SUMMARY - taken - 1) + "\n", append=True)


def write_text(path: str, text: str, *, append: bool = False) -> None:
    """Write a file that the user named; raises click.FileError where it cannot be written."""
    content = text.encode("utf-8", "backslashreplace")
    try:
        named(path).write(content, append=append)
    except UnreadableFileError as error:
        raise click.FileError(path, error.about("it")) from None
    except OSError as error:
        raise click.FileError(path, error.strerror or str(error)) from None


def named(path: str) -> roots.Named:
    """Return how a path of the command line is opened: through no link in the repository."""
    ctx = click.get_current_context(silent=True)
    chosen = str(ctx.find_root().params.get("directory") or ".") if ctx else "."
    return roots.named(path, [".", chosen])


def summary(outcome: Outcome) -> str:
    """Return the counts of a run's problems: `2 errors and 1 warning in 3 files`."""
    from generator.wording import counted

    numbers = [(sum(item.severity is severity for item in outcome.diagnostics), severity.value) for severity in Severity]
    parts = [counted(number, noun) for number, noun in numbers if number]
    files = len({item.path for item in outcome.diagnostics})
    return f"{' and '.join(parts)} in {counted(files, 'file')}" if parts else "no problems"


def fails(outcome: Outcome) -> bool:
    """Tell whether what was found makes the exit code of `lint` 1: what blocks, unless nothing is to fail it."""
    never = outcome.judge is not None and outcome.judge.fail_level == "never"
    return outcome.blocked and (outcome.workspace is None or not never)


def asked(select: tuple[str, ...] = (), ignore: tuple[str, ...] = (), fail_level: str | None = None) -> Asked | None:
    """Return what the command line says of rules, None for nothing; raises ConfigError for a rule that there is not."""
    if not (select or ignore or fail_level):
        return None
    from generator.settings import Asked, problem_with

    for option, words in (("--select", select), ("--ignore", ignore)):
        for word in words:
            message, hint = problem_with(word, switches_off=option == "--ignore")
            if message:
                raise ConfigError(f"{option}: {message}", hint)
    return Asked(select, ignore, fail_level or "")


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
