"""A chart's values.schema.json, and what Helm asks the network for because of it."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from generator.system.charts.package import NoPackageError, opened
from generator.system.helm import Helm
from support import release_workspace as rw
from support.hostile_packages import member, nested, packed
from support.trees import write_tree

pytestmark = pytest.mark.usefixtures("helm", "helm_home")


@pytest.fixture
def listener():
    """Return the address of a server on this machine, and the list of the paths it was asked for."""
    asked: list[str] = []

    class Listener(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_arguments):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Listener) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()


SCHEMAS = {
    "a reference": '{"$ref": "ADDRESS/a.json"}',
    "a scheme in capitals": '{"$ref": "ADDRESS/a.json"}'.replace("ADDRESS", "HTTPADDRESS"),
    "a definition of it": '{"properties": {"image": {"$ref": "ADDRESS/a.json#/definitions/a"}}}',
    "a relative reference below an address": '{"$id": "ADDRESS/root.json", "$ref": "a.json#/a"}',
    "a query below an address": '{"id": "ADDRESS/root.json", "$ref": "?a"}',
    "a fragment below an address with a fragment": '{"$id": "ADDRESS/root.json#/definitions/a", "$ref": "#"}',
    "the same in the middle": '{"items": {"id": "ADDRESS/root.json#/definitions/a", "$ref": "#"}}',
    "a host without a scheme": '{"$id": "ADDRESS/", "allOf": [{"$ref": "HOST/a.json"}]}',
}
COMMANDS = {
    "verify": ["verify", "--env", "dev", "--offline"],
    "render": ["render", "web", "--env", "dev", "--helm"],
    "release": ["release", "--env", "dev"],
}


def filled(name: str, address: str) -> str:
    host = address.removeprefix("http:")
    return SCHEMAS[name].replace("HTTPADDRESS", f"HTTP:{host}").replace("ADDRESS", address).replace("HOST", host)


def workspace(folder, schema: str, at: str = ""):
    """Write a service with a chart of its own, which has the schema, and render it."""
    files = {
        "tiphys.yaml": "apiVersion: tiphys/v1\nkind: Workspace\nspec: {repoURL: https://git.example.com/deploy.git}\n",
        **rw.PROFILE,
        **rw.environment("dev", rw.repository("http://127.0.0.1:9", {"directory": str(folder.parent / "charts")})),
        **rw.service("web", {"name": "evil", "version": "1.0.0", "path": "charts/evil"}, dev={}),
        **rw.chart("evil"),
        f"charts/evil/{at}values.schema.json": schema,
    }
    if at:
        files[f"charts/evil/{at}Chart.yaml"] = "apiVersion: v2\nname: db\nversion: 1.0.0\n"
    return write_tree(folder, files)


@pytest.mark.both_helms
@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_of_values_makes_no_request_of_the_runner(name, listener, tiphys, tmp_path):
    address, asked = listener
    folder = workspace(tmp_path / "w", filled(name, address))
    done = tiphys(*COMMANDS["verify"], cwd=folder)
    assert asked == []
    assert done.returncode == 1, done.stdout + done.stderr
    assert "charts/evil" in done.stdout
    assert "values.schema.json#/" in done.stdout
    assert "#/definitions/NAME" in done.stdout
    assert done.stdout.count("error[TP600]") == 1


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("at", ["", "charts/db/"])
def test_no_command_that_starts_helm_asks_a_server_for_a_schema(command, at, listener, tiphys, tmp_path):
    address, asked = listener
    folder = workspace(tmp_path / "w", filled("a reference", address), at)
    done = tiphys(*COMMANDS[command], cwd=folder)
    assert asked == []
    assert done.returncode in (1, 2), done.stdout + done.stderr
    assert "values.schema.json#/$ref" in done.stdout + done.stderr


@pytest.mark.parametrize("schema", ['{"$schema": "https://example.com/dialect"}', '{"$id": "https://x.example/a#/b"}'])
def test_a_package_with_a_schema_of_the_network_is_refused(schema):
    wrong = member("evil/values.schema.json", schema.encode())
    for content in (packed(wrong), nested(packed(wrong)), packed(member("evil/charts/a/values.schema.json", schema.encode()))):
        with pytest.raises(NoPackageError, match="which is not in the chart"):
            opened(content)


def test_helm_has_no_way_to_the_network_when_it_renders(tmp_path, monkeypatch):
    fake = tmp_path / "helm"
    fake.write_text("#!/bin/sh\nenv\n")
    fake.chmod(0o755)
    for name in ("NO_PROXY", "no_proxy", "HTTPS_PROXY", "https_proxy", "http_proxy"):
        monkeypatch.setenv(name, "proxy.example.com")
    said = Helm(str(fake), (3, 17, 0)).run("template").out.decode()
    assert {line for line in said.splitlines() if "PROXY" in line.upper()} == {
        "HTTP_PROXY=http://127.0.0.1:1",
        "HTTPS_PROXY=http://127.0.0.1:1",
        "NO_PROXY=",
    }
    asked = Helm(str(fake), (3, 17, 0)).ask("pull").out.decode()
    assert "HTTPS_PROXY=proxy.example.com" in asked, "a repository is reached as the user has set it up"


@pytest.mark.both_helms
@pytest.mark.parametrize("draft", ["draft-04/schema", "draft-06/schema", "draft-07/schema#", "draft/2020-12/schema"])
def test_a_schema_with_fragments_only_still_validates(draft, listener, tiphys, tmp_path):
    schema = {
        "$schema": f"http://json-schema.org/{draft}",
        "$id": "https://example.com/values.json",
        "properties": {"image": {"$ref": "#/definitions/image"}},
        "definitions": {"image": {"type": ["object", "string"]}},
    }
    folder = workspace(tmp_path / "w", json.dumps(schema))
    done = tiphys(*COMMANDS["verify"], cwd=folder)
    assert "values.schema.json" not in done.stdout + done.stderr
    assert listener[1] == []
