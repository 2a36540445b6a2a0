"""Real chart repositories for tests: an OCI registry and an HTTP server, on free ports of this machine."""

from __future__ import annotations

import base64
import json
import socket
import subprocess
import threading
import time
import urllib.request
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

import pytest

from generator.system.helm import Helm
from support.processes import kill, start
from support.programs import program

READER = ("reader", "secret")
_HTPASSWD = "reader:$2b$04$te.ARii7AdDvDej2aLVF/OSdR53sFeLHZO2YrQTWSiYu/xIE46Kby\n"
"""The password `secret`, by bcrypt, which is all that the registry knows."""

CHART_LAYER = "application/vnd.cncf.helm.chart.content.v1.tar+gzip"
PROVENANCE_LAYER = "application/vnd.cncf.helm.chart.provenance.v1.prov"
_MANIFEST = "application/vnd.oci.image.manifest.v1+json"


class OciRepository(NamedTuple):
    """A folder of a real registry, as spec.chart.repository names it."""

    address: str

    @property
    def host(self) -> str:
        return self.address.removeprefix("oci://").partition("/")[0]

    def layers(self, name: str, version: str) -> dict[str, str]:
        """Return media type to digest of what the registry itself says it stores."""
        path = self.address.removeprefix("oci://").partition("/")[2]
        url = f"http://{self.host}/v2/{path}/{name}/manifests/{version.replace('+', '_')}"
        with urllib.request.urlopen(urllib.request.Request(url, headers={"Accept": _MANIFEST})) as answer:
            return {layer["mediaType"]: layer["digest"] for layer in json.load(answer)["layers"]}


class HttpRepository(NamedTuple):
    """A folder that is served."""

    folder: Path
    address: str


def logged_in(helm: Helm, host: str) -> list[str]:
    """Log Helm in to a locked registry of this machine, and return the words of the command that a hint advises."""
    user, password = READER
    command = ["registry", "login", host, *(["--plain-http"] if helm.version >= (4,) else [])]
    words = [helm.path, *command, "-u", user, "--password-stdin"]
    assert subprocess.run(words, input=b"wrong", capture_output=True, check=False).returncode != 0
    subprocess.run(words, input=password.encode(), check=True, capture_output=True)
    return ["helm", *command]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start_registry(program: str, folder: Path, *, locked: bool = False) -> tuple[subprocess.Popen, str]:
    """Return a registry's process, and its host with the port."""
    folder.mkdir(parents=True)
    for _ in range(5):  # another program, such as that of a test beside this one, may take the port first
        host = f"127.0.0.1:{free_port()}"
        (folder / "config.yml").write_text(json.dumps(_settings(folder, host, locked=locked)))
        with (folder / "log").open("wb") as log:
            process = start([program, "serve", str(folder / "config.yml")], stdout=log, stderr=log)
        if _listens(process, host):
            return process, host
        kill(process)
    raise AssertionError(f"the registry did not start: {(folder / 'log').read_text()}")


def _settings(folder: Path, host: str, *, locked: bool) -> dict[str, object]:
    settings: dict[str, object] = {
        "version": 0.1,
        "log": {"level": "error", "accesslog": {"disabled": True}},
        "storage": {"filesystem": {"rootdirectory": str(folder / "storage")}},
        "http": {"addr": host},
    }
    if locked:
        (folder / "htpasswd").write_text(_HTPASSWD)
        settings["auth"] = {"htpasswd": {"realm": "charts", "path": str(folder / "htpasswd")}}
    return settings


def _listens(process: subprocess.Popen, host: str) -> bool:
    """Wait until somebody answers, and say whether that is the process."""
    for _ in range(600):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", int(host.rpartition(":")[2]))) == 0:
                time.sleep(0.1)  # one that did not get the port ends at once
                return process.poll() is None
        if process.poll() is not None:
            return False
        time.sleep(0.05)
    return False


def _registry(tmp_path_factory, *, locked: bool):
    process, host = start_registry(program("docker-registry"), tmp_path_factory.mktemp("registry") / "r", locked=locked)
    yield host
    kill(process)


@pytest.fixture(scope="session")
def registry_host(tmp_path_factory):
    yield from _registry(tmp_path_factory, locked=False)


@pytest.fixture(scope="session")
def locked_registry_host(tmp_path_factory):
    """Return the host of a registry that only READER gets into."""
    yield from _registry(tmp_path_factory, locked=True)


@pytest.fixture
def oci(registry_host, request):
    """Return a function that names an empty folder of the registry: `oci("dev").address`."""
    test = "".join(letter if letter.isalnum() else "-" for letter in request.node.nodeid.lower()).strip("-")[-100:].strip("-")
    return lambda name: OciRepository(f"oci://{registry_host}/{test}/{name}")


class _Handler(SimpleHTTPRequestHandler):
    def __init__(self, *arguments, credentials, **more):
        self.credentials = credentials
        super().__init__(*arguments, **more)

    def do_GET(self):
        wanted = "Basic " + base64.b64encode(":".join(self.credentials or ()).encode()).decode()
        if self.credentials and self.headers.get("Authorization") != wanted:
            self.send_error(401)
            return
        super().do_GET()

    def log_message(self, *_arguments):
        pass


@pytest.fixture
def http(tmp_path):
    """Return a function that serves a new folder: `http("dev").address`, with credentials if they are given."""
    servers = []

    def serve(name: str, credentials=None) -> HttpRepository:
        folder = tmp_path / f"http-{name}"
        folder.mkdir()
        server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, directory=str(folder), credentials=credentials))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return HttpRepository(folder, f"http://127.0.0.1:{server.server_address[1]}")

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def helm_home(tmp_path, monkeypatch):
    """Give Helm, and tiphys's cache of charts, a home of their own, without credentials."""
    home = tmp_path / "helm-home"
    for name in ("CACHE", "CONFIG", "DATA"):
        monkeypatch.setenv(f"HELM_{name}_HOME", str(home / name.lower()))
    monkeypatch.setenv("HELM_REGISTRY_CONFIG", str(home / "registry.json"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / "tiphys"))
    return home
