"""The command `tiphys mcp`."""

from __future__ import annotations

import gc

import click

from generator.cli import over_stdio, running
from generator.errors import ConfigError
from generator.system.files import roots
from generator.system.installation import with_extra

_EXTRA = ("mcp", "mcp_types", "anyio", "pydantic", "starlette")
"""The packages of the extra, and their dependencies."""


@click.command("mcp")
@click.option("--allow-writes", is_flag=True, help="Also offer generate, bump, promote and rollback; none of them pushes.")
@click.pass_context
def command(ctx: click.Context, /, *, allow_writes: bool) -> int:
    r"""Run a server of the Model Context Protocol (MCP), over stdin and stdout.

    An agent gets the read-only commands as tools, with JSON output and its schemas, about this workspace alone.
    With --allow-writes, it can also change specs and generated files. No tool pushes, skips a gate, or removes an
    Application. The agent starts the server; docs/programs.md describes how to configure that. It needs Tiphys
    installed with the extra `mcp`.

    \b
    tiphys mcp
    tiphys -C ~/deploy-config mcp --allow-writes
    """
    root = roots.absolute(running.workspace_root(ctx))
    try:
        from generator.cli.agents.protocol.server import Asked, serve
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _EXTRA:
            raise
        raise ConfigError(f"the MCP server needs {error.name}, which is not installed", with_extra("mcp")) from None

    gc.enable()  # unlike the other commands, the server runs for hours
    return serve(Asked(root, allow_writes), *over_stdio.streams())
