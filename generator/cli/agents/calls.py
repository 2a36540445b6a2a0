"""Calls of tools: arguments checked and turned into a command line, and its output turned into an answer."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from generator.cli.agents.tools import READING, WRITING, Tool
from generator.report.table import printable
from generator.syntax.wording import listed, suggestion
from generator.system.program import Done

MOST = 100_000
"""Characters of an answer: more does not fit into the context of an agent."""
SECONDS = 300.0
"""How long a tool may take."""
MOST_READ = 16 * 1024 * 1024
"""Bytes that are read of an answer before its length is known."""
_MOST_NOTES = 4_000
_MOST_FINDINGS = 50
"""Findings that the text of an error lists."""
_BUG = 3


class Answer(NamedTuple):
    """What a tool answers."""

    text: str
    data: Any = None
    """The JSON document, valid against the schema of the command; None without one."""
    is_error: bool = False
    notes: str = ""
    """What the command said on stderr."""


def find(name: str, *, allow_writes: bool) -> Tool | Answer:
    """Return a tool, or the answer to a call of an unknown one."""
    known: dict[str, Tool] = {tool.name: tool for tool in (*READING, *(WRITING if allow_writes else ()))}
    if name in known:
        return known[name]
    if any(tool.name == name for tool in WRITING):
        return _error(f"`{name}` writes, and this server only reads", "start it with `tiphys mcp --allow-writes`")
    shown = printable(name[:100])
    return _error(f"unknown tool `{shown}`", suggestion(shown, known, f"known: {', '.join(known)}"))


def command_line(tool: Tool, arguments: Mapping[str, Any]) -> list[str] | Answer:
    """Return the words after the name of the program, or the answer that an argument is not valid.

    Values are words of their own after `--`, or in the same word as their option, so that none is read as an option.
    """
    problems = [*_problems(tool, arguments)]
    if problems:
        return Answer("\n".join(problems), is_error=True)
    options, words = [*tool.fixed], list[str]()
    for name, argument in tool.arguments.items():
        value = arguments.get(name)
        for one in value if isinstance(value, list) else [value]:
            if one is None or one is False:
                continue
            if not argument.option:
                words.append(str(one))
            else:
                options.append(argument.option if one is True else f"{argument.option}={one}")
    return [tool.name, "--format=json", *options, *(["--", *words] if words else [])]


def _problems(tool: Tool, arguments: Mapping[str, Any]) -> Iterator[str]:
    from jsonschema import Draft202012Validator

    for error in list(Draft202012Validator(tool.input_schema).iter_errors(dict(arguments)))[:10]:
        where = ".".join(map(str, error.absolute_path))
        yield printable(f"argument `{where}`: {_said(error)}" if where else _said(error))
    for name, value in arguments.items():
        texts = value if isinstance(value, list) else [value]
        if any(isinstance(text, str) and not text.isprintable() for text in texts):
            yield printable(f"argument `{name[:100]}` contains a character that cannot be printed")
    if tool.needs:
        needing, *others = tool.needs
        if needing in arguments and not any(name in arguments for name in others):
            yield f"argument `{needing}` needs {listed(others, last='or')}"


def _said(error: Any) -> str:
    """Return what is wrong with an argument, without repeating one of any length."""
    if error.validator == "pattern":
        return f"{_short(error.instance)} is not allowed here; it must match {error.validator_value}"
    if error.validator in ("maxLength", "maxItems"):
        return f"it has {len(error.instance):,} characters or items, more than {error.validator_value:,}"
    return str(error.message)[:300]


def _short(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= 80 else f"{text[:79]}…"


def answer_of(tool: Tool, done: Done) -> Answer:
    """Return the answer from the output of the command."""
    if done.code == _BUG:
        return _error(
            f"`tiphys {tool.name}` failed because of a bug in Tiphys", "run it in a terminal, which prints what to report"
        )
    data = _document(done.out)
    notes = _notes(done.err)
    if data is None:
        said = _notes(done.out.decode("utf-8", "replace"))  # a report as text, if tiphys.yaml itself is not valid
        return Answer("\n".join(filter(None, [said, notes])) or f"`tiphys {tool.name}` printed nothing", is_error=True)
    if done.code and not tool.reports:
        return Answer("\n".join(filter(None, [*_findings(data), notes])), is_error=True)
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    if len(text) > MOST:
        return too_long(tool, len(text))
    return Answer(text, data, notes=notes)


def too_long(tool: Tool, size: int) -> Answer:
    """Return the answer that an answer is too long, with what makes it shorter."""
    return _error(f"the answer has {size:,} characters, more than {MOST:,}", tool.narrow or "ask for less")


def _document(out: bytes) -> Any:
    try:
        return json.loads(out)
    except ValueError:
        return None


def _notes(text: str) -> str:
    """Return what a command said, without how it is called."""
    usage, is_usage, problem = text.partition("\nError: ")
    said = problem if is_usage and usage.startswith("Usage:") else text
    lines = [line.removeprefix("tiphys: ") for line in said.strip().splitlines()]
    whole = "\n".join(map(printable, lines))
    return whole if len(whole) <= _MOST_NOTES else f"{whole[: _MOST_NOTES - 1]}…"


def _findings(data: Any) -> Sequence[str]:
    """Return the errors of a report, each in one line with its hint."""
    found = data.get("diagnostics", []) if isinstance(data, dict) else []
    errors = [one for one in found if one["severity"] == "error"] or found
    lines = [
        f"{one['path']}:{one['line']}:{one['column']}: {one['severity']}[{one['rule']}]: {one['message']}"
        + (f" (hint: {one['hint']})" if one["hint"] else "")
        for one in errors[:_MOST_FINDINGS]
    ]
    more = len(errors) - len(lines)
    return [*map(printable, lines), *([f"… and {more:,} more"] if more else [])]


def _error(message: str, hint: str) -> Answer:
    return Answer(f"{message}\n  = hint: {hint}", is_error=True)
