"""The command `tiphys lsp`."""

from __future__ import annotations

import gc
import os
import signal
import sys

import click

from generator.errors import ConfigError
from generator.syntax.wording import with_extra

_EXTRA = ("pygls", "lsprotocol", "cattrs", "attrs", "attr")
"""The packages that the extra brings, with what those need."""


@click.command("lsp")
@click.option("--stdio", is_flag=True, help="Speak over stdin and stdout. There is nothing else; editors may say so.")
def command(*, stdio: bool) -> int:  # noqa: ARG001 - editors pass what is the case anyway
    r"""Serve an editor by the Language Server Protocol, over stdin and stdout.

    Findings as of `tiphys lint` while a spec is typed, what a field means and where a value comes from,
    completion of fields and names, definitions, fixes. Editors start it by themselves; docs/editor.md says how to
    tell them. It needs the extra `lsp` of tiphys.

    \b
    tiphys lsp
    """
    try:
        from generator.editor.protocol.features import serve
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _EXTRA:
            raise
        raise ConfigError(f"the language server needs {error.name}, which is not installed", with_extra("lsp")) from None

    gc.enable()  # unlike a command, it runs all day
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # nothing is being written that would have to be finished
    # Whatever else is printed would be taken for a message.
    stdin, stdout = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    sys.stdout.flush()
    return serve(stdin, stdout)
