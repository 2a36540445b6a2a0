"""Arguments in, text and exit code out."""

from __future__ import annotations

import errno
import os
import sys
from importlib import import_module
from typing import Any

import click

from generator import __version__
from generator.cli.ending import end
from generator.errors import Rejected, TiphysError

COMMANDS = {
    "init": "Create a working, commented workspace.",
    "import": "Write the workspace of an existing config repository.",
    "add": "Add the spec of a new service.",
    "generate": "Validate, lint, render and write: all or nothing.",
    "check": "Check that every generated file matches its spec.",
    "lint": "Run all rules over the specs.",
    "render": "Print what is generated for one service and environment.",
    "plan": "Show a release before it happens: traffic, pods, waits, gates.",
    "verify": "Render the charts with Helm, and check every object.",
    "bump": "Set the version of a service in an environment, and regenerate.",
    "publish": "Commit generated files, and push them on top of the remote.",
    "release": "Push charts to an environment's chart repository.",
    "promote": "Copy images and chart version to the next environment.",
    "rollback": "Return to an earlier release, as a new change.",
    "history": "List the releases of a service in an environment, from Git.",
    "metrics": "Measure releases from Git: how often, fast and safely.",
    "status": "Show which release is where, and how far behind, from Git.",
    "codeowners": "Print the lines of CODEOWNERS that follow from owners.",
    "affected": "List the services and environments that a change affects.",
    "diff": "Show what changes in the deployment between two revisions.",
    "report": "Write a report of the workspace as a static site.",
    "serve": "Serve the report locally, updated as files change.",
    "explain": "Print the page of a rule, or where a value comes from.",
    "upgrade": "Renew the schemas in .tiphys/ for the installed version.",
    "schema": "Print the JSON schema of a file format.",
    "rules": "List the rules, or print the page of one.",
    "config": "Show the settings that take effect, and their origin.",
    "cache": "Show or remove what Tiphys keeps between runs.",
    "lsp": "Run the language server for editors.",
    "mcp": "Run the server of the Model Context Protocol, for agents.",
    "completion": "Print the completion script for a shell.",
}

_OF_OTHERS = {
    "new": "add", "create": "add", "update": "upgrade", "validate": "check", "template": "render", "build": "generate",
    "test": "verify", "log": "history", "owners": "codeowners", "server": "serve", "simulate": "plan",
}  # fmt: skip
"""What other programs call it."""
_NOT_HERE = ("migrate", "deploy", "apply", "sync", "delete", "remove")
"""Words that resemble a command which does something else."""

EXIT_INTERRUPTED = 130
QUOTED = "\n  | "
"""How a line begins that another program said, in the message of an error."""
EXIT_BUG = 3
_OUTPUT_FAILS = (errno.EPIPE, errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EBADF)
_NO_THREAD = "can't start new thread"
"""What Python says where the limit of processes is reached, or where threads do not exist."""
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class Commands(click.Group):
    """The commands, each imported only when it runs: a hook spends most of its time on imports."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; an invalid tiphys.yaml stops every command, with the same report."""
        try:
            return super().invoke(ctx)
        except Rejected as rejected:
            from generator.cli import running
            from generator.pipeline.request import Outcome

            root = running.workspace_root(ctx)
            running.report(ctx, Outcome(None, list(rejected.diagnostics)), root, [("text", "")], "auto")
            ctx.exit(2)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the workflow."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, importing its module."""
        if cmd_name not in COMMANDS:
            return None
        module = f"{cmd_name}_" if cmd_name == "import" else cmd_name  # `import` cannot be the name of a module
        command: click.Command = import_module(f"generator.cli.{module}").command
        # click keeps line breaks after a \b character, which a docstring cannot contain.
        for one in (command, *getattr(command, "commands", {}).values()):
            one.help = (one.help or "").replace("\\b\n", "\b\n")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command; for an unknown one, suggest the closest."""
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            from generator.syntax.wording import closest

            meant = _OF_OTHERS.get(name) or ("" if name in _NOT_HERE else closest(name, COMMANDS))
            ctx.fail(f"unknown command `{name}`" + (f"; did you mean `{meant}`?" if meant else ""))
        found = super().resolve_command(ctx, args)
        if "--timings" not in args:
            return found
        from generator.cli.timing import bare

        return (*found[:2], bare(found[2]))


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("-C", "--root", "directory", metavar="DIR", default=".", help="Use the workspace that contains DIR.")
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=lambda ctx, _param, value: _tell_versions(ctx, asked=value),
    help="Show the versions of Tiphys and of what it uses.",
)
@click.pass_context
def program(ctx: click.Context, directory: str) -> None:
    """Generate Helm values, rollout strategies and Argo CD Applications from one spec per service.

    Exit codes: 0 success, 1 findings, drift or a refusal, 2 cannot run, 3 a bug.
    """
    ctx.obj = directory


def _tell_versions(ctx: click.Context, *, asked: bool) -> None:
    if asked and not ctx.resilient_parsing:
        from generator.cli import about

        click.echo(about.text())
        ctx.exit()


def main() -> None:
    """Run the program and exit with its exit code."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by the caller: the next file opened would get its descriptor
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - as long as the process lives
    if os.environ.get("_TIPHYS_COMPLETE", "").startswith("powershell"):
        from generator.cli import powershell

        powershell.register()
    if os.environ.get("GITHUB_ACTIONS"):
        from generator.cli import runner

        runner.guard()
    end(run_command)


def run_command() -> int:
    """Run the command of `sys.argv`, with its messages on stdout and stderr; return its exit code."""
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
        click.echo(f"tiphys: {_inert(error.message)}", err=True)
        if error.hint:
            click.echo(f"  = hint: {_inert(error.hint)}", err=True)
        return error.exit_code
    except Exception as error:
        if _is_of_the_output(error):
            raise
        message, hint = _of_the_system(error)
        if not message:
            _confess()
            return EXIT_BUG
        click.echo(f"tiphys: {message}\n  = hint: {hint}", err=True)
        return 2
    return result if isinstance(result, int) else 0


def _inert(text: str) -> str:
    """Return a message that is safe to print; only lines that quote another program stay lines of their own."""
    from generator.report.as_text import printable

    return QUOTED.join(map(printable, text.split(QUOTED)))


def _of_the_system(error: Exception) -> tuple[str, str]:
    """Return what the system refuses, and a hint; two empty texts if it is not the system that stopped the command."""
    if isinstance(error, OSError) and error.errno in _FULL:
        return f"{_written(error)} cannot be written: {error.strerror}", "free space on the disk, and run the command again"
    if isinstance(error, RuntimeError) and str(error) == _NO_THREAD:
        return "the system starts no thread", "raise the limit of processes of the user or container; a browser has no threads"
    return "", ""


def _is_of_the_output(error: Exception) -> bool:
    """Tell whether writing to stdout or stderr failed: an error of any other file carries its name."""
    return isinstance(error, OSError) and error.filename is None and error.errno in _OUTPUT_FAILS


def _written(error: OSError) -> str:
    from generator.report.as_text import printable

    return printable(str(error.filename)) if error.filename else "a file"


def _confess() -> None:
    import platform
    import traceback

    click.echo(
        f"tiphys: internal error; this is a bug in Tiphys, not a problem with your files.\n"
        f"Open an issue with the following text:\n\n"
        f"tiphys {__version__}, Python {platform.python_version()}, {platform.platform()}\n"
        f"{traceback.format_exc()}",
        err=True,
    )
