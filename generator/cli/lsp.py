"""The command `tiphys lsp`."""

from __future__ import annotations

import gc
import signal

import click

from generator.cli import over_stdio
from generator.errors import ConfigError
from generator.system.installation import with_extra

_EXTRA = ("pygls", "lsprotocol", "cattrs", "attrs", "attr")
"""The packages of the extra, and their dependencies."""


@click.command("lsp")
@click.option("--stdio", is_flag=True, help="Use stdin and stdout (the only transport; accepted for compatibility).")
def command(*, stdio: bool) -> int:  # noqa: ARG001 - accepted because editors pass it
    r"""Run the language server, over stdin and stdout.

    It reports the findings of `tiphys lint` while a spec is edited, shows what a field means and where a
    value comes from, and offers completion, definitions and fixes. The editor starts it; docs/editor.md
    describes how to configure that. It needs Tiphys installed with the extra `lsp`.

    \b
    tiphys lsp
    """
    try:
        from generator.editor.protocol.features import serve
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _EXTRA:
            raise
        raise ConfigError(f"the language server needs {error.name}, which is not installed", with_extra("lsp")) from None

    gc.enable()  # unlike the other commands, the server runs for hours
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # there is no write to finish
    return serve(*over_stdio.streams())
