"""Calls of tools: what an agent sends becomes a command line, and what the command prints an answer."""

from __future__ import annotations

import json

import pytest

from generator.cli.agents import calls
from generator.cli.agents.calls import Answer, answer_of, command_line, find
from generator.cli.agents.tools import READING, WRITING, Tool
from generator.cli.main import COMMANDS
from generator.system.program import Done

TOOLS = {tool.name: tool for tool in (*READING, *WRITING)}
GATES = {"push", "reason", "force", "skip-soak", "ignore-window", "ignore-dependencies", "allow-delete", "output", "body"}


def test_an_agent_cannot_pass_an_option_in_a_value():
    line = command_line(TOOLS["promote"], {"services": ["web"], "from": "dev", "to": "prod", "dry_run": True, "commit": False})
    assert line == ["promote", "--format=json", "--from=dev", "--to=prod", "--dry-run", "--", "web"]
    line = command_line(TOOLS["diff"], {"revisions": "main...HEAD", "environments": ["dev", "prod"]})
    assert line == ["diff", "--format=json", "--no-rendered", "--offline", "--env=dev", "--env=prod", "--", "main...HEAD"]
    for tool in TOOLS.values():
        for name, argument in tool.arguments.items():
            kind = argument.schema["type"]
            for bad in ("--help", "-C/", "a\nb", "", "x" * 5000):
                value = [bad] if kind == "array" else bad
                assert isinstance(command_line(tool, {name: value}), Answer), (tool.name, name, bad)


@pytest.mark.parametrize("tool", TOOLS.values(), ids=TOOLS)
def test_every_tool_is_a_command_with_these_options_and_skips_no_gate(tool: Tool):
    from importlib import import_module

    assert tool.name in COMMANDS
    known = {
        option
        for one in import_module(f"generator.cli.{tool.name}").command.params
        for option in [*one.opts, *one.secondary_opts]
    }
    used = {*tool.fixed, *(argument.option for argument in tool.arguments.values() if argument.option)}
    assert used <= known
    assert not {option.removeprefix("--") for option in used} & GATES
    assert tool.writes == (tool in WRITING)
    assert tool.description.endswith(".")


def test_an_answer_that_does_not_fit_says_what_to_narrow():
    data = {"version": 1, "services": ["x" * 100] * 2000}
    answer = answer_of(TOOLS["status"], Done(0, json.dumps(data).encode(), ""))
    assert answer.is_error
    assert answer.data is None
    assert answer.text.endswith(f"more than {calls.MOST:,}\n  = hint: name fewer services or environments")


FINDING = {"severity": "error", "rule": "TP011", "path": "a.yaml", "line": 1, "column": 2, "message": "m\x1b[2J", "hint": "h"}


@pytest.mark.parametrize(
    ("done", "text"),
    [
        (
            Done(1, json.dumps({"diagnostics": [FINDING]}).encode(), "1 error\n"),
            "a.yaml:1:2: error[TP011]: m\\x1b[2J (hint: h)\n1 error",
        ),
        (Done(1, json.dumps({"diagnostics": [FINDING] * 60}).encode(), ""), "… and 10 more"),
        (
            Done(2, b"", "Usage: tiphys plan [OPTIONS]\nTry 'tiphys plan --help' for help.\n\nError: Missing option\n"),
            "Missing option",
        ),
        (Done(1, b"", "tiphys: it is closed\n  = hint: wait\n"), "it is closed\n  = hint: wait"),
        (Done(2, b"tiphys.yaml:3:1: error\n", "1 error in 1 file\n"), "tiphys.yaml:3:1: error\n1 error in 1 file"),
        (Done(0, b"", ""), "`tiphys plan` printed nothing"),
        (Done(3, b"", "Traceback (most recent call last):\n"), "because of a bug in Tiphys"),
    ],
    ids=["findings", "many findings", "usage", "refusal", "text", "nothing", "bug"],
)
def test_what_a_command_refuses_is_an_error_that_says_how_to_fix_it(done, text):
    answer = answer_of(TOOLS["plan"], done)
    assert answer.is_error
    assert text in answer.text
    assert "Traceback" not in answer.text
    assert "\x1b" not in answer.text


def test_findings_are_the_answer_of_a_tool_that_looks_for_them():
    answer = answer_of(TOOLS["lint"], Done(1, json.dumps({"diagnostics": [FINDING]}).encode(), "1 error\n"))
    assert not answer.is_error
    assert answer.data["diagnostics"] == [FINDING]
    assert answer.notes == "1 error"


def test_a_tool_that_writes_is_not_found_unless_the_user_allows_it():
    assert isinstance(find("bump", allow_writes=False), Answer)
    assert find("bump", allow_writes=True) is TOOLS["bump"]
    assert "did you mean `status`" in find("statsu", allow_writes=False).text
