"""Arguments in, text and exit code out."""

from __future__ import annotations

import errno
import gc
import os
import sys
from contextlib import suppress
from importlib import import_module
from typing import Any

import click

from generator import __version__
from generator.errors import Rejected, TiphysError

COMMANDS = {
    "init": "Make a working, commented workspace.",
    "generate": "Validate, lint, render and write: all or nothing.",
    "check": "Fail when a committed file differs from what its spec renders to.",
    "lint": "Run all rules over the specs.",
    "render": "Print what is generated for one service and environment.",
    "plan": "Show a release before it happens: traffic, pods, waits and gates.",
    "verify": "Prove with the real Helm that what is generated works.",
    "bump": "Set the version of a service in one environment, and regenerate.",
    "publish": "Commit what is generated, and push it on top of what others have pushed.",
    "release": "Put charts into an environment's chart repository.",
    "promote": "Copy image and chart version from one environment to the next.",
    "rollback": "Write an earlier release of an environment forward.",
    "history": "List the releases of a service in an environment, from Git.",
    "status": "Show which release every service has in every environment, from Git.",
    "affected": "List the services and environments whose output a change can alter.",
    "diff": "Say what changes of what is deployed between two revisions.",
    "report": "Write a report of the workspace as a static site.",
    "serve": "Show the report in the browser, and keep it fresh.",
    "explain": "Print the page of a rule, or where a value comes from.",
    "schema": "Print the JSON schema of a kind of file.",
    "rules": "List the rules, or print the page of one.",
    "lsp": "Serve an editor: findings, completion, hover and definitions while specs are typed.",
    "completion": "Print the completion script of a shell.",
}

EXIT_INTERRUPTED = 130
EXIT_BUG = 3
_OUTPUT_FAILS = (errno.EPIPE, errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EBADF)


class Commands(click.Group):
    """The commands, each imported only when it runs: most of the time of a hook is imports."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; where tiphys.yaml is at fault no command can go on, and each says so alike."""
        try:
            return super().invoke(ctx)
        except Rejected as rejected:
            from generator.cli import running
            from generator.pipeline.request import Outcome

            root = running.workspace_root(ctx)
            running.report(ctx, Outcome(None, list(rejected.diagnostics)), root, [("text", "")], "auto")
            ctx.exit(2)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order in which they are learned."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, importing its module."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"generator.cli.{cmd_name}").command
        # A docstring cannot hold the control character by which click keeps lines as they are.
        command.help = (command.help or "").replace("\\b\n", "\b\n")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that is meant; for a near miss, say which one was."""
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            from generator.syntax.wording import closest

            meant = closest(name, COMMANDS)
            ctx.fail(f"there is no command `{name}`" + (f"; did you mean `{meant}`?" if meant else ""))
        return super().resolve_command(ctx, args)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("-C", "--root", "directory", metavar="DIR", default=".", help="Work in the workspace that DIR is in.")
@click.version_option(__version__, message="tiphys %(version)s")
@click.pass_context
def program(ctx: click.Context, directory: str) -> None:
    """One pipeline spec per service in, reviewed Argo manifests out.

    Renders, for every environment, Helm values, an Argo Rollouts strategy and an Argo CD Application,
    and sees to it that they cannot drift.

    Exit codes: 0 clean or done, 1 findings, drift or a refusal, 2 cannot run, 3 a bug.
    """
    ctx.obj = directory


def main() -> None:
    """Run the program and end the process with its exit code."""
    gc.disable()  # the process is short, and its data has no cycles worth looking for
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # the caller has closed it, and the next file would take its place
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - as long as the process lives
    if os.environ.get("GITHUB_ACTIONS"):
        from generator.cli import runner

        runner.guard()
    try:
        code = _run()
        sys.stdout.flush()
        sys.stderr.flush()
    except BrokenPipeError:
        code = 1  # whoever read the output has seen enough
    except OSError as error:
        with suppress(OSError):
            click.echo(f"tiphys: the output cannot be written: {error.strerror or error}", err=True)
        code = 2
    os._exit(code)  # to take apart what a run has built takes up to a tenth of it, and is of use to nobody


def _run() -> int:
    try:
        result = program.main(prog_name="tiphys", standalone_mode=False)
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.ClickException as error:
        error.show()
        return 2
    except (KeyboardInterrupt, click.Abort):
        click.echo("interrupted", err=True)
        return EXIT_INTERRUPTED
    except TiphysError as error:
        click.echo(f"tiphys: {error.message}", err=True)
        if error.hint:
            click.echo(f"  = hint: {error.hint}", err=True)
        return error.exit_code
    except Exception as error:
        if _is_of_the_output(error):
            raise
        _confess()
        return EXIT_BUG
    return result if isinstance(result, int) else 0


def _is_of_the_output(error: Exception) -> bool:
    """Tell whether what is printed could not be: whatever else is written says which file it was."""
    return isinstance(error, OSError) and error.filename is None and error.errno in _OUTPUT_FAILS


def _confess() -> None:
    import platform
    import traceback

    click.echo(
        f"tiphys: internal error; nothing was reported wrong with your files, this is a bug.\n"
        f"Please paste what follows into an issue:\n\n"
        f"tiphys {__version__}, Python {platform.python_version()}, {platform.platform()}\n"
        f"{traceback.format_exc()}",
        err=True,
    )
