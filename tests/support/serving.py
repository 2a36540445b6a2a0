"""A running server of the report."""

from __future__ import annotations

import http.client
import json
import os
import re
import subprocess
import sys

from support.paths import ROOT
from support.processes import kill, start


class Served:
    """A running `tiphys serve`."""

    def __init__(self, root, by=(), port=0, more=()):
        self.root = root
        env = {**os.environ, "PYTHONPATH": str(ROOT), "GIT_CEILING_DIRECTORIES": str(root.parent)}
        command = [*by, sys.executable, "-m", "generator", "-C", str(root), "serve", "--port", str(port), *more]
        self.process = start(command, stderr=subprocess.PIPE, text=True, env=env)
        self.said, found = "", None
        while line := self.process.stderr.readline():
            self.said += line
            if found := re.search(r"127\.0\.0\.1:(\d+)", line):
                break
        if found is None:
            raise AssertionError(f"it does not serve: {self.said}{kill(self.process)[1]}")
        self.port = int(found[1])
        self.host = f"127.0.0.1:{self.port}"

    def ask(self, method, path, body=None, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=40)
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body=body, headers={"Host": self.host, **given})
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer, content.decode("utf-8")

    def token(self):
        return re.search(r'data-token="([^"]+)"', self.ask("GET", "/playground.html")[1])[1]

    def attempt(self, text, path="services/web/pipeline.yaml", **headers):
        given = {"Origin": f"http://{self.host}", "X_Tiphys_Token": self.token(), **headers}
        return self.ask("POST", "/try", json.dumps({"path": path, "text": text}), **given)
