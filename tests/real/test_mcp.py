"""The MCP server as an agent meets it: the real process, asked over stdin and stdout."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import time

import pytest
from mcp.shared.exceptions import MCPError

from support import agents
from support.agents import PATIENCE, Wire, with_client
from support.outputs import problems
from support.paths import ROOT
from support.repositories import Repository, environment, spec

pytestmark = pytest.mark.usefixtures("git")
SECRET = "hunter2-Zx81kQ"
CALLS = {
    "status": {"services": ["web"]},
    "history": {"service": "web", "environments": ["dev"], "limit": 5},
    "metrics": {"since": "2020-01-01"},
    "plan": {"service": "web", "environment": "prod", "abort_at": 0},
    "diff": {"revisions": "HEAD~1", "services": ["web"]},
    "affected": {"since": "HEAD~1"},
    "lint": {"rules": ["TP2"]},
    "check": {"services": ["web"], "environments": ["prod"]},
    "render": {"service": "web", "environment": "prod"},
    "explain": {"service": "web", "environment": "prod", "path": "values.env.PASSWORD"},
    "rules": {"rule": "TP201"},
}
WRITES = {"generate", "bump", "promote", "rollback"}
PROD = f'{{image: {{tag: "1.0.0"}}, values: {{env: {{PASSWORD: {SECRET}}}}}, rollout: {{preset: slow}}}}'
SLOW = "apiVersion: tiphys/v1\nkind: Strategy\nmetadata: {name: slow}\nspec: {strategy: {canary: {steps: [{setWeight: 20}, {pause: {}}]}}}\n"
FREEZE = '  promotion: {from: dev}\n  windows: [{kind: deny, schedule: "0 0 * * *", duration: 24h, reason: freeze}]\n'


@pytest.fixture(scope="module")
def begun(tmp_path_factory):
    made = Repository(tmp_path_factory.mktemp("mcp") / "r")
    made.write(
        "tiphys.yaml",
        "apiVersion: tiphys/v1\nkind: Workspace\nspec: {repoURL: https://example.com/r, lint: {severity: {TP103: warning}}}\n",
    )
    made.write("environments/prod.yaml", environment("prod", more=FREEZE))
    made.write("strategies/slow.yaml", SLOW)
    made.write("services/web/pipeline.yaml", spec("web", dev="1.0.0", prod=PROD))
    made.commit("Begin")
    made.write("services/web/pipeline.yaml", spec("web", dev="1.1.0", prod=PROD))
    made.commit("Bump")
    return made


@pytest.fixture
def root(begun, tmp_path):
    return shutil.copytree(begun.root, tmp_path / "r")


@pytest.fixture
def wire(root):
    """Return a function that starts a server."""
    started = []

    def begin(*options, **more):
        started.append(Wire(root, *options, **more))
        return started[-1]

    yield begin
    for one in started:
        one.gone()


def text_of(result):
    return "\n".join(part.text for part in result.content)


def test_an_agent_gets_each_reading_tool_with_its_schema_and_valid_answers(begun):
    async def work(client):
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        return tools, {name: await client.call_tool(name, arguments) for name, arguments in CALLS.items()}

    tools, answers = with_client(begun.root, work)
    assert tools.keys() == CALLS.keys()
    for name, tool in tools.items():
        assert tool.annotations.read_only_hint is True
        assert tool.annotations.destructive_hint is False
        assert tool.input_schema["additionalProperties"] is False
        assert tool.output_schema["type"] == "object"
        assert len(tool.description) < 300
        assert not answers[name].is_error, (name, text_of(answers[name]))
        assert problems(name, answers[name].structured_content) == []
    assert begun.git("status", "--porcelain") == "", "nothing was written"
    shown = text_of(answers["render"]) + text_of(answers["explain"])
    assert "PASSWORD" in shown
    assert SECRET not in str(answers), "secrets are masked"


def test_an_agent_reads_schemas_and_pages_of_rules_and_no_other_files(begun):
    async def work(client):
        listed = [one.uri for one in (await client.list_resources()).resources]
        read = {uri: (await client.read_resource(uri)).contents[0].text for uri in [*listed, "tiphys://rules/TP201"]}
        for uri in ("tiphys://schemas/../tiphys.yaml", "file:///etc/passwd", "tiphys://rules/TP999", "x" * 5000):
            with pytest.raises(MCPError, match="unknown"):
                await client.read_resource(uri)
        return read

    read = with_client(begun.root, work)
    assert '"$id": "urn:tiphys:v1:output/status"' in read["tiphys://schemas/output/status"]
    assert read["tiphys://rules/TP201"].startswith("# TP201")
    assert all(read.values())


def test_a_server_that_reads_refuses_to_write(root):
    async def work(client):
        return {
            name: await client.call_tool(name, {"service": "web", "environment": "dev", "image_tag": "2.0.0"})
            for name in WRITES
        }

    for name, answer in with_client(root, work).items():
        assert answer.is_error
        assert (
            text_of(answer)
            == f"`{name}` writes, and this server only reads\n  = hint: start it with `tiphys mcp --allow-writes`"
        )
    assert not (root / "generated").exists()


def test_writing_tools_commit_here_respect_gates_and_never_push(root, tmp_path):
    remote = Repository(tmp_path / "remote")
    remote.git("config", "receive.denyCurrentBranch", "ignore")
    here = Repository.__new__(Repository)
    here.root, here.clock, here.env = root, 9, remote.env
    here.git("remote", "add", "origin", str(remote.root))
    here.git("config", "user.name", "Ann")
    here.git("config", "user.email", "ann@example.com")
    before, refs = here.git("rev-parse", "HEAD"), remote.git("for-each-ref")

    async def work(client):
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert tools.keys() == CALLS.keys() | WRITES
        assert {name for name, tool in tools.items() if not tool.annotations.read_only_hint} == WRITES
        offered = {name for tool in tools.values() for name in tool.input_schema["properties"]}
        assert not offered & {"push", "reason", "force", "skip_soak", "ignore_window", "ignore_dependencies", "allow_delete"}
        place = {"service": "web", "environment": "dev"}
        return [
            await client.call_tool("generate", {}),
            await client.call_tool("bump", {**place, "image_tag": "1.2.0", "dry_run": True}),
            await client.call_tool("bump", {**place, "image_tag": "1.2.0", "commit": True}),
            await client.call_tool("bump", {**place, "image_tag": "1.3.0", "branch": "web-1.3.0"}),
            await client.call_tool("rollback", {**place, "dry_run": True}),
            await client.call_tool("bump", {**place, "environment": "prod", "image_tag": "1.2.0"}),
            await client.call_tool("promote", {"services": ["web"], "from": "prod", "to": "dev"}),
        ]

    generated, dry, done, branch, back, frozen, against = with_client(root, work, "--allow-writes")
    names = ("generate", "bump", "bump", "bump", "rollback")
    for name, answer in zip(names, (generated, dry, done, branch, back), strict=True):
        assert not answer.is_error, text_of(answer)
        assert problems(name, answer.structured_content) == []
    assert generated.structured_content["generated"]["written"]
    assert dry.structured_content["move"]["commit"] is None
    assert here.git("rev-parse", "HEAD") == done.structured_content["move"]["commit"] != before
    assert here.git("rev-parse", "web-1.3.0") == branch.structured_content["move"]["commit"]
    assert frozen.is_error
    assert "freeze" in text_of(frozen), "the window of prod refuses"
    assert against.is_error
    assert remote.git("for-each-ref") == refs, "nothing was pushed"


HOSTILE = [
    ("status", {"services": ["--help"]}, "must match"),
    ("status", {"services": ["web\n"]}, "cannot be printed"),
    ("status", {"environments": ["dev\x00"]}, "must match"),
    ("explain", {"service": "web", "environment": "dev", "path": "a\x00b"}, "cannot be printed"),
    ("diff", {"revisions": "--output=/tmp/x"}, "must match"),
    ("diff", {"revisions": "HEAD; touch x"}, ""),
    ("diff", {"services": ["web"]}, "argument `services` needs `promote` or `revisions`"),
    ("affected", {"since": "-h"}, "must match"),
    ("affected", {}, "'since' is a required property"),
    ("history", {"service": "w" * 100_000}, "it has 100,000 characters or items, more than 200"),
    ("status", {"services": ["web"] * 1000}, "it has 1,000 characters or items, more than 100"),
    ("plan", {"environment": "prod", "replicas": 10**30}, "is greater than the maximum of 10000"),
    ("plan", {"environment": "prod", "root": "/etc"}, "'root' was unexpected"),
    ("plan", {}, "Missing option '--env'"),
    ("render", {"service": "../../etc", "environment": "prod"}, "must match"),
    ("render", {"service": "nope", "environment": "prod"}, "unknown service `nope`"),
    ("lint", {"rules": 5}, "5 is not of type 'array'"),
    ("nope\x1b[2J", {}, "unknown tool"),
]


def test_hostile_arguments_and_messages_are_answered_without_a_traceback(root, wire):
    wire = wire()
    for number, (name, arguments, said) in enumerate(HOSTILE, 1):
        wire.call(number, name, **arguments)
        result = wire.take(number)["result"]
        assert result["isError"], (name, arguments)
        text = result["content"][0]["text"]
        assert said in text
        assert text.replace("\n", "").isprintable()
        assert len(text) < 5000
    for line in (
        b"",
        b"{",
        b"\x00\xff",
        b"[]",
        b'{"jsonrpc": "2.0", "id": 1}',
        b'{"x": "' + b"y" * 3_000_000 + b'"}',
        b"[" * 9000,
        b'{"jsonrpc": "2.0", "id": 2, "method": "\\ud800"}',
    ):
        wire.raw(line)
    wire.send(id="s", method="tools/call", params={"name": 5})
    assert "error" in wire.take("s")
    wire.send(id=999, method="no/such")
    assert wire.take(999)["error"]["code"] == -32601
    wire.send(id=1000, method="ping")
    assert wire.take(1000)["result"] == {}
    assert wire.end() == 0
    assert not [line for line in wire.errors if "Traceback" in line]
    assert sorted(path.name for path in root.iterdir()) == [".git", "environments", "services", "strategies", "tiphys.yaml"]


def test_errors_in_files_are_told_by_line_with_a_hint(root, wire):
    path = root / "services/web/pipeline.yaml"
    path.write_text(path.read_text().replace('tag: "1.1.0"', "tag: 1.1"))
    wire = wire()
    wire.call(1, "plan", service="web", environment="dev")
    plan = wire.take(1)["result"]
    assert plan["isError"]
    assert "services/web/pipeline.yaml:7:24: error[TP0" in plan["content"][0]["text"]
    assert '(hint: write "1.1")' in plan["content"][0]["text"]
    wire.call(2, "lint")
    lint = wire.take(2)["result"]
    assert not lint["isError"], "findings are what lint answers"
    assert lint["structuredContent"]["summary"]["errors"] == 1
    (root / "tiphys.yaml").write_text("apiVersion: tiphys/v1\nkind: Workspace\nspec: {repoURL: 5}\n")
    wire.call(3, "status")
    status = wire.take(3)["result"]
    assert status["isError"]
    assert "tiphys.yaml:3:" in status["content"][0]["text"]
    assert wire.end() == 0


@pytest.fixture
def slow(tmp_path):
    """Return an environment in which git takes a minute, and the file with the ids of its processes."""
    folder, ids = tmp_path / "bin", tmp_path / "ids"
    folder.mkdir()
    script = folder / "git"
    script.write_text(f'#!/bin/sh\necho $$ >> "{ids}"\nexec sleep 60\n')
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    return {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}, ids


def _started(ids):
    end = time.monotonic() + PATIENCE
    while not (ids.exists() and ids.read_text().strip()):
        assert time.monotonic() < end, "git was never started"
        time.sleep(0.05)
    return int(ids.read_text().split()[0])


def _is_gone(number):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            os.kill(number, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("how", ["cancel", "eof", "sigterm"])
def test_a_slow_tool_blocks_nothing_and_ends_with_its_request(slow, wire, how):
    more, ids = slow
    wire = wire(**more)
    wire.call(1, "status")
    number = _started(ids)
    wire.send(id=2, method="ping")
    assert wire.take(2)["result"] == {}
    if how == "cancel":
        wire.send(method="notifications/cancelled", params={"requestId": 1})
        assert _is_gone(number)
        wire.call(3, "rules", rule="TP201")
        assert not wire.take(3)["result"]["isError"]
    if how == "sigterm":
        wire.process.send_signal(signal.SIGTERM)
        assert wire.process.wait(PATIENCE) == 130
    else:
        assert wire.end() == 0
    assert _is_gone(number)
    assert not [line for line in wire.errors if "Traceback" in line]


def test_a_tool_that_writes_completes_when_the_client_leaves(root, tmp_path, wire):
    folder, real = tmp_path / "bin", shutil.which("git")
    folder.mkdir()
    script = folder / "git"
    script.write_text(f'#!/bin/sh\necho $$ >> "{tmp_path}/ids"\nsleep 0.05\nexec "{real}" "$@"\n')
    script.chmod(0o755)
    people = {f"GIT_{role}_{key}": "ann@example.com" for role in ("AUTHOR", "COMMITTER") for key in ("NAME", "EMAIL")}
    one = wire("--allow-writes", PATH=f"{folder}{os.pathsep}{os.environ['PATH']}", **people)
    one.call(1, "bump", service="web", environment="dev", image_tag="1.2.0", commit=True)
    _started(tmp_path / "ids")
    one.send(method="notifications/cancelled", params={"requestId": 1})
    assert one.end() == 0
    made = subprocess.run([real, "log", "--format=%s", "-1"], cwd=root, capture_output=True, text=True, check=True).stdout
    assert made == "web dev: image 1.1.0 → 1.2.0\n"


def test_outside_of_a_workspace_the_server_does_not_start(tiphys, tmp_path):
    (tmp_path / "empty").mkdir()
    done = tiphys("mcp", cwd=tmp_path / "empty")
    assert done.returncode == 2
    assert "tiphys.yaml" in done.stderr
    assert done.stdout == ""


def test_without_the_extra_one_sentence_tells_how_to_install_it(tmp_path):
    (tmp_path / "tiphys.yaml").write_text("apiVersion: tiphys/v1\nkind: Workspace\nspec: {repoURL: https://example.com/r}\n")
    (tmp_path / "mcp_types.py").write_text("raise ModuleNotFoundError('No module named mcp_types', name='mcp_types')\n")
    path = f"{tmp_path}{os.pathsep}{ROOT}"
    done = subprocess.run(
        [sys.executable, "-m", "generator", "mcp"],
        cwd=tmp_path,
        env=agents.environment(PYTHONPATH=path),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "needs mcp_types, which is not installed" in done.stderr
    assert "tiphys[mcp]" in done.stderr
