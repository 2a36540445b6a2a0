"""Run the pipeline for a command, and print the result."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING

import click

from generator.cli.colors import wants_color
from generator.diagnostics import Severity
from generator.errors import ConfigError
from generator.system import upwards
from generator.system.files import UnreadableFileError, roots
from generator.workspace.root import find_root

if TYPE_CHECKING:
    from collections.abc import Mapping

    from generator.lint.settings import Asked
    from generator.pipeline.request import Outcome
    from generator.pipeline.shards import Shard
    from generator.report import Style
    from generator.workspace.load import Loader
    from generator.workspace.model import Workspace

_SUMMARY = 1024 * 1024
"""The maximum size of a step summary on GitHub, in bytes."""
_LEAST = 4096
"""The minimum room for a useful summary, in bytes."""


def workspace_root(ctx: click.Context) -> str:
    """Return the root of the workspace that -C, or the working directory, is in."""
    return find_root(ctx.obj)


def opened(ctx: click.Context) -> tuple[str, Loader, Workspace]:
    """Return the root of the workspace, a loader for it, and its tiphys.yaml; raises Rejected if that is invalid."""
    from generator.workspace.load import Loader

    root = workspace_root(ctx)
    loader = Loader(root)
    return root, loader, loader.workspace()


def table_width() -> int:
    """Return the width of the terminal that a table must fit; 0 for a pipe or file, so that nothing is cut."""
    from shutil import get_terminal_size

    return get_terminal_size((80, 24)).columns if sys.stdout.isatty() else 0


def called_as(ctx: click.Context) -> str:
    """Return how to call tiphys for the same workspace, for hints that contain a command."""
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
    from generator.report import Style
    from generator.report.texts import texts

    return Style(texts(root, overlay, text), called_as(ctx), color, _below_repository(root), on_github=on_github)


def _below_repository(root: str) -> str:
    """Return the path from the root of the Git repository to the workspace, with a slash at its end; empty for the root."""
    repository = upwards.above(root, ".git")
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
    shard: Shard | None = None,
    *,
    folds: bool = True,
) -> str:
    """Print the outcome in each of the formats, to stdout or to the given file; return what went to stdout.

    `added` returns the text of a format with the command's own additions. With `folds`, the text for people has
    placeholders of a new workspace only once.
    """
    from generator.report import render
    from generator.report.placeholders import folded
    from generator.system import timings

    printed = ""
    for name, path in formats:
        how = style(ctx, root, overlay, color=not path and wants_color(color), on_github=not path and on_github(), text=text)
        how = how._replace(manual=outcome.workspace.lint.get("manual", "") if outcome.workspace else "")
        how = how._replace(part=f"{ctx.info_name}-{shard.number}-of-{shard.of}" if shard else "")
        shown = outcome._replace(diagnostics=folded(outcome.diagnostics)) if folds and name == "text" else outcome
        with timings.stage("report"):
            said = added(name, render(shown, name, how))
        printed += "" if path else said
        put(said, path, commands=name == "github")
        if name == "github":
            _summarize(outcome, how)
    return printed


def of_shard(shard: Shard | None, outcome: Outcome) -> str:
    """Return how the last sentence of a run over one shard begins; empty for a whole run."""
    if not shard:
        return ""
    return f"{shard}: " if outcome.services or outcome.errors else f"{shard} (no services): "


def stopped(ctx: click.Context, outcome: Outcome, root: str, formats: list[tuple[str, str]], color: str) -> bool:
    """Print the problems, and tell whether there are errors, which stop the command.

    A command that goes on prints one JSON document at its end, with the problems in it.
    """
    if not outcome.diagnostics:
        return False
    report(ctx, outcome, root, [one for one in formats if outcome.errors or one[0] != "json"], color)
    if outcome.errors:
        click.echo(f"{summary(outcome)}; nothing was written", err=True)
    return bool(outcome.errors)


def put(text: str, path: str, *, commands: bool = False) -> None:
    """Print text to stdout, or write it to the given file; with `commands`, GitHub's runner executes those in it."""
    if path:
        write_text(path, text)
    elif commands:
        from generator.cli import runner

        runner.obey(_encodable(text))
    else:
        click.echo(_encodable(text), nl=False, color=True)


def guarded_text(text: str, path: str) -> str:
    """Return text for stdout without anything that GitHub's runner would execute; a file gets it as it is."""
    from generator.report import guarded

    return guarded(text) if not path and on_github() else text


def stdin(limit: int) -> bytes:
    """Return the bytes of stdin; raises ConfigError if there are more than `limit`."""
    raw = sys.stdin.buffer.read(limit + 1)
    if len(raw) > limit:
        raise ConfigError(f"stdin has more than {limit:,} bytes, the maximum", "split the input into smaller parts")
    return raw


def _encodable(text: str) -> str:
    """Return text with the undecodable bytes of a file name escaped."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode("utf-8")


def on_github() -> bool:
    """Tell whether GitHub's runner reads the output."""
    return bool(os.environ.get("GITHUB_ACTIONS"))


def _summarize(outcome: Outcome, how: Style) -> None:
    """Add the report to the summary of a GitHub step, as far as it fits."""
    path = os.environ.get("GITHUB_STEP_SUMMARY")
    if not path:
        return
    from generator.report.as_markdown import as_markdown

    taken = roots.size(path)
    if taken < _SUMMARY - _LEAST:
        write_text(path, as_markdown(outcome, how._replace(color=False), _SUMMARY - taken - 1) + "\n", append=True)


def write_text(path: str, text: str, *, append: bool = False) -> None:
    """Write a file that the user named; raises click.FileError if it cannot be written."""
    content = text.encode("utf-8", "backslashreplace")
    try:
        named(path).write(content, append=append)
    except UnreadableFileError as error:
        raise click.FileError(path, error.about("it")) from None
    except OSError as error:
        raise click.FileError(path, error.strerror or str(error)) from None


def named(path: str) -> roots.Named:
    """Return how to open a path of the command line: links inside the repository are not followed."""
    ctx = click.get_current_context(silent=True)
    chosen = str(ctx.find_root().params.get("directory") or ".") if ctx else "."
    return roots.named(path, [".", chosen])


def summary(outcome: Outcome) -> str:
    """Return the counts of a run's problems: `2 errors and 1 warning in 3 files`."""
    from generator.syntax.wording import counted

    numbers = [(sum(item.severity is severity for item in outcome.diagnostics), severity.value) for severity in Severity]
    parts = [counted(number, noun) for number, noun in numbers if number]
    files = len({item.path for item in outcome.diagnostics})
    return f"{' and '.join(parts)} in {counted(files, 'file')}" if parts else "no problems"


def fails(outcome: Outcome) -> bool:
    """Tell whether the findings make `lint` exit with 1: blocking ones do, unless the fail level is `never`."""
    never = outcome.judge is not None and outcome.judge.fail_level == "never"
    return outcome.blocked and (outcome.workspace is None or not never)


def asked(
    select: tuple[str, ...] = (),
    ignore: tuple[str, ...] = (),
    fail_level: str | None = None,
    own: Callable[[], Collection[str]] = tuple,
) -> Asked | None:
    """Return the rule options of the command line, None without any; raises ConfigError for an unknown rule.

    `own` returns the names of the user's rules; it is only called for what no shipped rule is called.
    """
    if not (select or ignore or fail_level):
        return None
    from generator.lint.settings import Asked, problem_with

    for option, words in (("--select", select), ("--ignore", ignore)):
        for word in words:
            message, hint = problem_with(word, switches_off=option == "--ignore")
            if message and word not in own():
                raise ConfigError(f"{option}: {message}", hint)
    return Asked(select, ignore, fail_level or "")


def tell_completed(paths: Sequence[str]) -> None:
    """Report the files that were written to complete an interrupted run."""
    from generator.syntax.wording import listed

    if paths:
        click.echo(f"finished an interrupted run: {listed(paths)}", err=True)
