"""The documentation as a site, built and served once for all tests of a process."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from support.browsers import needed
from support.paths import ROOT
from support.programs import PATIENCE

STRICT = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'"
"""What a site may demand of the worker of the playground: no code and no request but its own."""


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """Return the folder of the built site; a warning of MkDocs, such as for a dead link, is an error."""
    needed("mkdocs")
    target = tmp_path_factory.mktemp("site")
    kept = {key: value for key, value in os.environ.items() if not key.startswith("TIPHYS_SOURCE")}
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(target)]
    done = subprocess.run(command, cwd=ROOT, env=kept, capture_output=True, text=True, check=False, timeout=PATIENCE)
    assert done.returncode == 0, done.stdout + done.stderr
    return target


@pytest.fixture(scope="session")
def site_address(site):
    """Serve the site, as any web server does."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, directory=str(site))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


class _Handler(SimpleHTTPRequestHandler):
    def end_headers(self):
        if self.path.startswith("/playground/"):
            self.send_header("Content-Security-Policy", STRICT)
        super().end_headers()

    def log_message(self, *_arguments):
        """Say nothing."""
