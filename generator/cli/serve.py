"""The command `tiphys serve`."""

from __future__ import annotations

import gc
import signal
import threading
from types import FrameType

import click

from generator.cli import options, remembering, running, verbosity

_LOOK_EVERY = 0.7
"""Seconds between two checks of the files."""


@click.command("serve")
@click.option("--port", type=click.IntRange(0, 65535), default=8421, show_default=True, help="The port; 0 picks a free one.")
@options.no_cache
@verbosity.said_without_times
@click.pass_context
def command(ctx: click.Context, port: int, no_cache: bool) -> int:
    r"""Serve the report locally, updated as files change.

    It listens on the loopback address only, and writes nothing to the workspace. The page Playground shows what a change to
    a spec would generate, before it is saved. Press Ctrl-C to stop.

    \b
    tiphys serve
    tiphys serve --port 0
    """
    from generator.report.serve.board import Board
    from generator.report.serve.playground import Playground
    from generator.report.serve.server import HOST, Server, Service, new_token
    from generator.report.serve.watch import stamps
    from generator.report.site.pages import LIVE_POLICY

    root, _, _ = running.opened(ctx)
    gc.enable()  # unlike most commands, the server runs for hours
    token = new_token()
    playground = Playground(root, token, remembering.of_report(root, wanted=not no_cache))
    board = Board(playground.pages, stamps(root), new_token()[:8])
    server = Server(port, Service(board, LIVE_POLICY, token, playground.attempt))
    threading.Thread(target=board.watch, args=(_LOOK_EVERY,), daemon=True).start()
    try:
        signal.signal(signal.SIGTERM, _end)  # `nohup` and service managers send SIGTERM, not Ctrl-C
        click.echo(f"http://{HOST}:{server.server_port}/ shows {root}; press Ctrl-C to stop", err=True)
        server.serve_forever()
    except KeyboardInterrupt:
        click.echo("stopped", err=True)
    finally:
        board.stop()
        server.server_close()
    return 0


def _end(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
