"""A client of the language server: the real process, and the protocol as it is on the wire."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from pathlib import Path

from support.paths import ROOT
from support.processes import start

PATIENCE = 60
"""Seconds to wait for a message that must come; only a failing test waits that long."""

ABILITIES = {
    "general": {"positionEncodings": ["utf-16"]},
    "workspace": {"workspaceEdit": {"documentChanges": True}, "didChangeWatchedFiles": {"dynamicRegistration": True}},
    "textDocument": {
        "completion": {"completionItem": {"snippetSupport": True, "insertTextModeSupport": {"valueSet": [1, 2]}}},
        "publishDiagnostics": {"relatedInformation": True},
        "hover": {"contentFormat": ["markdown", "plaintext"]},
    },
}


class AnswerError(Exception):
    """The server answered with an error."""


class Client:
    """Sends messages, and keeps what comes in."""

    def __init__(self, cwd, *arguments, env=None):
        environment = {key: value for key, value in os.environ.items() if not key.startswith(("GIT_", "GITHUB_"))}
        environment |= {"PYTHONPATH": str(ROOT), **(env or {})}
        command = [sys.executable, "-m", "generator", "lsp", *arguments]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        self.process = start(command, cwd=cwd, env=environment, **pipes)
        self.came = queue.Queue()
        self.held = []
        self.versions = {}
        self.last = 0
        self.errors = []
        self.readers = [threading.Thread(target=work, daemon=True) for work in (self._read, self._read_errors)]
        for reader in self.readers:
            reader.start()

    def _read(self):
        while True:
            length = None
            while (line := self.process.stdout.readline()).strip():
                name, _, value = line.decode("ascii").partition(":")
                length = int(value) if name.lower() == "content-length" else length
            if not line or length is None:
                self.came.put(None)
                return
            self.came.put(json.loads(self.process.stdout.read(length)))

    def _read_errors(self):
        self.errors += self.process.stderr.read().decode("utf-8", "replace").splitlines()

    def send(self, **message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.process.stdin.flush()

    def take(self, wanted):
        """Return the next message that is wanted; others are kept, and requests of the server are answered."""
        for message in self.held:
            if wanted(message):
                self.held.remove(message)
                return message
        while True:
            message = self.came.get(timeout=PATIENCE)
            assert message is not None, "the server has gone:\n" + "\n".join(self.errors)
            if "id" in message and "method" in message:
                self.send(id=message["id"], result=None)
            if wanted(message):
                return message
            self.held.append(message)

    def ask(self, method, **params):
        self.last += 1
        self.send(id=self.last, method=method, params=params)
        answer = self.take(lambda message: message.get("id") == self.last and "method" not in message)
        if "error" in answer:
            raise AnswerError(answer["error"])
        return answer["result"]

    def tell(self, method, **params):
        self.send(method=method, params=params)

    def start(self, *folders, abilities=ABILITIES):
        where = [{"uri": Path(folder).as_uri(), "name": Path(folder).name} for folder in folders]
        said = self.ask("initialize", processId=os.getpid(), rootUri=None, workspaceFolders=where, capabilities=abilities)
        self.tell("initialized")
        return said["capabilities"]

    def open(self, path, text=None):
        """Open a file and return its findings."""
        self.versions[path] = 1
        text = Path(path).read_bytes().decode("utf-8") if text is None else text
        self.tell("textDocument/didOpen", textDocument={"uri": uri(path), "languageId": "yaml", "version": 1, "text": text})
        return self.findings(path)

    def change(self, path, text, *, wait=True):
        """Type a text and return the findings of just that version."""
        self.versions[path] += 1
        named = {"uri": uri(path), "version": self.versions[path]}
        self.tell("textDocument/didChange", textDocument=named, contentChanges=[{"text": text}])
        return self.findings(path) if wait else None

    def close(self, path):
        self.tell("textDocument/didClose", textDocument={"uri": uri(path)})
        del self.versions[path]
        return self.findings(path)

    def findings(self, path):
        """Return what is told next of a file; of an open one, of the version that it has now."""

        def wanted(message):
            if message.get("method") != "textDocument/publishDiagnostics" or message["params"]["uri"] != uri(path):
                return False
            return path not in self.versions or message["params"].get("version") == self.versions[path]

        return self.take(wanted)["params"]["diagnostics"]

    def rules(self, path, *wanted):
        """Wait until just these rules are told of a file, and return the findings."""
        found = self.findings(path)
        while [one["code"] for one in found] != list(wanted):
            found = self.findings(path)
        return found

    def at(self, method, path, line, column, **more):
        """Ask about a place: line and column count from 0, the column in the units of the protocol."""
        return self.ask(method, textDocument={"uri": uri(path)}, position={"line": line, "character": column}, **more)

    def stop(self):
        """Say goodbye and return the exit code."""
        self.ask("shutdown")
        self.tell("exit")
        return self.gone()

    def gone(self):
        """Wait until the process has ended and return its exit code."""
        try:
            code = self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        for reader in self.readers:
            reader.join(PATIENCE)
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            pipe.close()
        return code


def uri(path):
    return path if isinstance(path, str) else path.as_uri()


def places(found):
    """Return findings as (rule, line, column, end column), from 0."""
    return [
        (item["code"], item["range"]["start"]["line"], item["range"]["start"]["character"], item["range"]["end"]["character"])
        for item in found
    ]
