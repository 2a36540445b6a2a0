"""docs/programs.md: what it tells programs and agents is so."""

from __future__ import annotations

import json
import re

from generator.cli.agents.calls import MOST, SECONDS
from generator.cli.agents.tools import READING, WRITING
from generator.cli.main import program
from support.paths import ROOT

PAGE = (ROOT / "docs" / "programs.md").read_text(encoding="utf-8")


def test_the_configurations_of_clients_are_json_that_starts_the_server():
    blocks = [json.loads(text) for text in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)]
    assert len(blocks) == 3
    for block in blocks:
        ((_, servers),) = block.items()
        server = servers["tiphys"]
        assert server["command"] == "tiphys"
        context = program.make_context("tiphys", [*server["args"], "--help"], resilient_parsing=True)
        assert program.resolve_command(context, server["args"][-1:])[0] == "mcp"


def test_the_page_lists_the_tools_that_there_are_and_their_limits():
    reading, writing = re.search(r"\| tools \| are there \|\n\|---\|---\|\n\| (.*?) \| always.*?\n\| (.*?) \|", PAGE).groups()
    assert re.findall(r"`(\w+)`", reading) == [tool.name for tool in READING]
    assert re.findall(r"`(\w+)`", writing) == [tool.name for tool in WRITING]
    assert f"at most {MOST:,} characters" in PAGE
    assert f"({SECONDS / 60:.0f} minutes)" in PAGE
