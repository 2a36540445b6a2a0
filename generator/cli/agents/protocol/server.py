"""The server: tools run as processes of their own, so that one that takes long, or fails, leaves the others alone."""

from __future__ import annotations

import io
import json
import logging
import signal
import sys
import threading
from functools import cache
from typing import Any, BinaryIO, NamedTuple, cast

import anyio
import anyio.to_thread
import mcp_types as types
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.shared.exceptions import MCPError

from generator import __version__
from generator.cli.agents import calls, resources
from generator.cli.agents.calls import Answer
from generator.cli.agents.protocol.lines import Lines
from generator.cli.agents.tools import READING, WRITING, Tool
from generator.errors import ConfigError
from generator.syntax import shipped
from generator.system import again
from generator.system.bounded import Limits, Stopped
from generator.system.program import Done

_Context = ServerRequestContext[dict[str, Any]]
_AT_ONCE = 4
"""Tools that run at the same time; others wait."""
_GLANCE = 0.05
"""Seconds between looks at whether a process has ended."""
_INTERRUPTED = 130
_LIMITS = Limits(calls.SECONDS, output=calls.MOST_READ)


class Asked(NamedTuple):
    """What the user asks of the server."""

    root: str
    """The root of the workspace; no tool looks elsewhere."""
    allow_writes: bool = False


class Tools:
    """The tools of one server."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._room = anyio.CapacityLimiter(_AT_ONCE)
        self._pen = anyio.Lock()

    async def offered(self, _context: _Context, _params: types.PaginatedRequestParams | None) -> types.ListToolsResult:
        """Return the tools that may be called."""
        known = (*READING, *(WRITING if self._asked.allow_writes else ()))
        return types.ListToolsResult(tools=[_as_tool(tool) for tool in known])

    async def call(self, _context: _Context, params: types.CallToolRequestParams) -> types.CallToolResult:
        """Run a tool."""
        tool = calls.find(params.name, allow_writes=self._asked.allow_writes)
        if isinstance(tool, Answer):
            return _as_result(tool)
        words = calls.command_line(tool, params.arguments or {})
        if isinstance(words, Answer):
            return _as_result(words)
        return _as_result(await (self._write(tool, words) if tool.writes else self._read(tool, words)))

    async def _write(self, tool: Tool, words: list[str]) -> Answer:
        """Run a tool that writes, one at a time and to its end: what is half done is of no use."""
        async with self._pen:
            return await self._run(tool, words)

    async def _read(self, tool: Tool, words: list[str]) -> Answer:
        """Run a tool that reads; once its request is cancelled, interrupt its process, and wait for its end."""
        cancelled, ended = threading.Event(), threading.Event()
        ended.set()
        try:
            return await self._run(tool, words, cancelled, ended)
        except anyio.get_cancelled_exc_class():
            cancelled.set()
            with anyio.CancelScope(shield=True):
                while not ended.is_set():
                    await anyio.sleep(_GLANCE)
            raise

    async def _run(
        self, tool: Tool, words: list[str], cancelled: threading.Event | None = None, ended: threading.Event | None = None
    ) -> Answer:
        def start() -> Done:
            if ended:
                ended.clear()
            try:
                if cancelled and cancelled.is_set():
                    return Stopped(_INTERRUPTED, b"", "it was cancelled")
                return again.run(words, self._asked.root, _LIMITS, cancelled)
            finally:
                if ended:
                    ended.set()

        with anyio.CancelScope(shield=cancelled is None):
            done = await anyio.to_thread.run_sync(start, abandon_on_cancel=cancelled is not None, limiter=self._room)
        if isinstance(done, Stopped):
            hint = tool.narrow or "ask for less"
            return Answer(f"`tiphys {tool.name}` was stopped: {done.err}\n  = hint: {hint}", is_error=True)
        return calls.answer_of(tool, done)


def _as_result(answer: Answer) -> types.CallToolResult:
    texts = [types.TextContent(text=text) for text in (answer.text, answer.notes) if text]
    content = cast("list[types.ContentBlock]", texts)
    return types.CallToolResult(content=content, structured_content=answer.data, is_error=answer.is_error)


def _as_tool(tool: Tool) -> types.Tool:
    return types.Tool(
        name=tool.name,
        title=tool.title,
        description=tool.description,
        input_schema=tool.input_schema,
        output_schema=_output_schema(tool.name),
        annotations=types.ToolAnnotations(
            title=tool.title,
            read_only_hint=not tool.writes,
            destructive_hint=tool.writes,
            idempotent_hint=tool.idempotent,
            open_world_hint=tool.writes or tool.reaches_out,  # writing asks whether a chart exists
        ),
    )


@cache
def _output_schema(name: str) -> dict[str, Any]:
    """Return the schema of what a tool returns, without what only people read: every client loads those of all tools."""
    schema: dict[str, Any] = _bare(json.loads(shipped.read("schemas", "output", f"{name}.json")))
    return schema


def _bare(node: Any, *, names: bool = False) -> Any:
    if isinstance(node, list):
        return [_bare(item) for item in node]
    if not isinstance(node, dict):
        return node
    kept = {key: value for key, value in node.items() if names or key not in ("description", "title", "$id")}
    return {key: _bare(value, names=not names and key in ("properties", "$defs")) for key, value in kept.items()}


async def _list_resources(_context: _Context, _params: types.PaginatedRequestParams | None) -> types.ListResourcesResult:
    found = [
        types.Resource(uri=one.uri, name=one.uri.removeprefix(resources.SCHEME), title=one.title, mime_type=one.kind)
        for one in resources.listed().values()
    ]
    return types.ListResourcesResult(resources=found)


async def _list_templates(
    _context: _Context, _params: types.PaginatedRequestParams | None
) -> types.ListResourceTemplatesResult:
    page = types.ResourceTemplate(uri_template=resources.RULE, name="rule", title="Page of a rule", mime_type="text/markdown")
    return types.ListResourceTemplatesResult(resource_templates=[page])


async def _read_resource(_context: _Context, params: types.ReadResourceRequestParams) -> types.ReadResourceResult:
    try:
        text, kind = resources.read(params.uri)
    except ConfigError as error:
        raise MCPError(types.INVALID_PARAMS, f"{error.message}; {error.hint}") from None
    return types.ReadResourceResult(contents=[types.TextResourceContents(uri=params.uri, mime_type=kind, text=text)])


def _server(asked: Asked) -> Server[dict[str, Any]]:
    tools = Tools(asked)
    kinds = "reads and writes" if asked.allow_writes else "only reads"
    return Server(
        "tiphys",
        version=__version__,
        title="Tiphys",
        instructions=f"Tiphys generates and lints Argo CD and Argo Rollouts manifests from one spec per service. This server {kinds}.",
        on_list_tools=tools.offered,
        on_call_tool=tools.call,
        on_list_resources=_list_resources,
        on_list_resource_templates=_list_templates,
        on_read_resource=_read_resource,
    )


def serve(asked: Asked, stdin: BinaryIO, stdout: BinaryIO) -> int:
    """Serve until stdin ends or a signal comes; return the exit code."""
    logging.getLogger("mcp").setLevel(logging.CRITICAL)  # what a client sends is answered to the client
    return anyio.run(_serve, asked, stdin, stdout)


async def _serve(asked: Asked, stdin: BinaryIO, stdout: BinaryIO) -> int:
    code = 0
    async with anyio.create_task_group() as group:

        async def end_on_signal() -> None:
            nonlocal code
            with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
                async for _ in signals:
                    code = _INTERRUPTED
                    group.cancel_scope.cancel()

        group.start_soon(end_on_signal)
        server = _server(asked)
        lines = cast("anyio.AsyncFile[str]", Lines(stdin))
        out = anyio.wrap_file(io.TextIOWrapper(stdout, encoding="utf-8"))
        try:
            async with stdio_server(lines, out) as (reading, writing):
                await server.run(reading, writing, server.create_initialization_options())
        except BrokenPipeError:
            pass  # the client is gone
        group.cancel_scope.cancel()
    sys.stderr.flush()
    return code
