"""A server for one person: it answers on the loopback address, by its own name, and writes nothing."""

from __future__ import annotations

import json
import secrets
import sys
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

from generator.errors import ConfigError
from generator.report.serve.board import Board

HOST = "127.0.0.1"
MOST = 1024 * 1024
"""Bytes of a text that is tried out: specs are a few thousand."""
_HEARD_OUT = 64 * MOST
"""Bytes that are read of what is refused."""
_PATIENCE = 25.0
"""Seconds after which a browser that waits asks again."""

_KINDS = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "txt": "text/plain; charset=utf-8",
}


class Service(NamedTuple):
    """What is served."""

    board: Board
    policy: str
    token: str
    """Only pages of this very run know it, and nothing is tried out without it."""
    attempt: Callable[[str, str], str]
    """From the path and the unsaved text of a spec to markup that says what would come of it."""


class Server(ThreadingHTTPServer):
    """The server; raises ConfigError where the port is taken."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, port: int, service: Service) -> None:
        self.service = service
        try:
            super().__init__((HOST, port), Handler)
        except OSError as error:
            raise ConfigError(
                f"cannot listen on {HOST}:{port}: {error.strerror or error}", "use a different --port; 0 picks a free one"
            ) from None
        self.names = {f"{name}:{self.server_port}" for name in (HOST, "localhost")}
        """How the server may be called: another name is a page elsewhere that has been pointed here."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Do not log a browser that disconnected."""


def new_token() -> str:
    """Return a random token."""
    return secrets.token_urlsafe(24)


class Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    server: Server
    protocol_version = "HTTP/1.1"
    timeout = 60

    def version_string(self) -> str:
        """Return what serves; not with which version of what."""
        return "tiphys"

    def log_message(self, format: str, *args: Any) -> None:
        """Keep quiet: the terminal is for what goes wrong."""

    def do_GET(self) -> None:
        """Answer with a page, or with the number of the newest pages."""
        if not self._is_meant_for_us():
            return
        address = urlsplit(self.path)
        path = unquote(address.path).lstrip("/") or "index.html"
        if path == "events":
            self._wait(parse_qs(address.query).get("after", ["0"])[0])
            return
        content = self.server.service.board.files.get(path)
        if content is None:
            self._say(HTTPStatus.NOT_FOUND, b"there is no such page\n", "txt")
        else:
            self._say(HTTPStatus.OK, content, path.rpartition(".")[2])

    do_HEAD = do_GET  # noqa: N815 - the name that http.server looks for

    def do_POST(self) -> None:
        """Try out the text of a spec; nothing is written."""
        self.close_connection = True
        if not self._is_meant_for_us() or not self._may_try():
            self._hear_out()
            return
        try:
            asked = json.loads(self.rfile.read(self._size() or 0))
            path, text = asked["path"], asked["text"]
            if not isinstance(path, str) or not isinstance(text, str):
                raise TypeError
        except (ValueError, TypeError, KeyError, RecursionError):
            self._say(HTTPStatus.BAD_REQUEST, b"a path and a text are asked for, as JSON\n", "txt")
            return
        markup = self.server.service.attempt(path, text)
        self._say(HTTPStatus.OK, markup.encode("utf-8", "backslashreplace"), "html")

    def _size(self) -> int | None:
        """Return how many bytes are sent; None where that is not said."""
        said = self.headers.get("Content-Length") or ""
        if not said.isascii() or not said.isdigit():
            return None
        return int(said) if len(said) < 10 else sys.maxsize

    def _hear_out(self) -> None:
        """Read a rejected body to its end: a client that is cut off while sending never sees the response."""
        left = min(self._size() or 0, _HEARD_OUT)
        self.connection.settimeout(2.0)
        with suppress(OSError):
            while left > 0 and (sent := self.rfile.read(min(left, 65536))):
                left -= len(sent)

    def _is_meant_for_us(self) -> bool:
        """Refuse what was sent to another name, as by a page whose address was made to lead here."""
        if self.headers.get("Host") in self.server.names:
            return True
        self._say(HTTPStatus.MISDIRECTED_REQUEST, b"this server is called localhost\n", "txt")
        return False

    def _may_try(self) -> bool:
        """Refuse what does not come from a page of ours, and what is too large."""
        origin, size = self.headers.get("Origin"), self._size()
        known = secrets.compare_digest((self.headers.get("X-Tiphys-Token") or "").encode(), self.server.service.token.encode())
        if urlsplit(self.path).path != "/try":
            self._say(HTTPStatus.NOT_FOUND, b"there is nothing to send anything to\n", "txt")
        elif not known or origin not in {f"http://{name}" for name in self.server.names}:
            self._say(HTTPStatus.FORBIDDEN, b"only the playground may ask this; load it again\n", "txt")
        elif size is None:
            self._say(HTTPStatus.LENGTH_REQUIRED, b"how long the text is has to be said\n", "txt")
        elif size > MOST:
            self._say(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, b"that is too long for a spec\n", "txt")
        else:
            return True
        return False

    def _wait(self, after: str) -> None:
        board = self.server.service.board
        number = board.wait(int(after) if after.isascii() and after.isdigit() and len(after) < 10 else 0, _PATIENCE)
        text = json.dumps({"number": number, "name": board.name, "age": board.age, "trouble": board.trouble})
        self._say(HTTPStatus.OK, text.encode(), "json")

    def _say(self, status: HTTPStatus, content: bytes, kind: str) -> None:
        self.send_response(status)
        headers = {
            "Content-Type": _KINDS.get(kind, "application/json"),
            "Content-Length": str(len(content)),
            "Content-Security-Policy": f"{self.server.service.policy}; frame-ancestors 'none'",
            "Cache-Control": "no-store",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
        }
        for name, value in headers.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)
