"""A client of the MCP server: the real process, through the client of the package or line by line."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading

import anyio
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client

from support.paths import ROOT
from support.processes import start

PATIENCE = 20
"""Seconds to wait for an answer that must come; only a failing test waits that long."""


def environment(**more):
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("GIT_", "GITHUB_"))}
    return kept | {"PYTHONPATH": str(ROOT), "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, **more}


def words(root, *options):
    return ["-m", "generator", "-C", str(root), "mcp", *options]


def with_client(root, work, *options, **more):
    """Return what `work` returns, which gets a client of the package."""

    async def run():
        server = StdioServerParameters(command=sys.executable, args=words(root, *options), env=environment(**more))
        async with Client(stdio_client(server)) as client:
            return await work(client)

    return anyio.run(run)


class Wire:
    """The protocol as it is on the wire: one JSON object a line."""

    def __init__(self, root, *options, **more):
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        self.process = start([sys.executable, *words(root, *options)], env=environment(**more), **pipes)
        self.came, self.errors = queue.Queue(), []
        self.readers = [threading.Thread(target=work, daemon=True) for work in (self._read, self._read_errors)]
        for reader in self.readers:
            reader.start()
        hello = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
        self.send(id=0, method="initialize", params=hello)
        self.hello = self.take(0)["result"]
        self.send(method="notifications/initialized")

    def _read(self):
        for line in self.process.stdout:
            self.came.put(json.loads(line))
        self.came.put(None)

    def _read_errors(self):
        self.errors += self.process.stderr.read().decode("utf-8", "replace").splitlines()

    def raw(self, line):
        self.process.stdin.write(line + b"\n")
        self.process.stdin.flush()

    def send(self, **message):
        self.raw(json.dumps({"jsonrpc": "2.0", **message}).encode())

    def call(self, number, name, **arguments):
        self.send(id=number, method="tools/call", params={"name": name, "arguments": arguments})

    def take(self, number):
        """Return the answer to a request; others are dropped."""
        while True:
            message = self.came.get(timeout=PATIENCE)
            assert message is not None, "the server has gone:\n" + "\n".join(self.errors)
            if message.get("id") == number:
                return message

    def end(self):
        """Close stdin, and return the exit code."""
        self.process.stdin.close()
        return self.process.wait(PATIENCE)

    def gone(self):
        """End the process if a test has failed, and close its pipes."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(PATIENCE)
        for reader in self.readers:
            reader.join(PATIENCE)
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            pipe.close()
