"""A page of commands and what they print, run from its first block to its last in one shell."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

_FENCE = re.compile(r"^```(sh|text)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_ENDED = re.compile(r"^\x1e(\d+)\n", re.MULTILINE)
_OWN = (
    (re.compile(r"\b[0-9a-f]{7,64}\b(?=[^0-9a-f.-]|$)"), "<id>"),
    (re.compile(r"\b\d{4}-\d\d-\d\d( \d\d:\d\d)?\b"), "<time>"),
    (re.compile(r"\bwait \S+ more\b"), "wait <duration> more"),  # what has aged for no second yet waits for 24h
    (re.compile(r"\b(?:(?:\d+h)?\d+m)?\d+s\b"), "<duration>"),
    (re.compile(r"\bHelm \d+\.\d+\.\d+"), "Helm <version>"),
)
"""What differs from one run to the next."""
_FAILED = re.compile(r"^(tiphys: |.*error\[TP\d+\]|.*Failed$)", re.MULTILINE)
"""What a page shows of commands that fail as they should."""


class Block(NamedTuple):
    """Commands of a page, and what it shows of their output."""

    script: str
    shown: str | None
    """None if the page shows nothing."""
    span: tuple[int, int]
    """Where in the page the shown output is."""


class Said(NamedTuple):
    """What a block printed, and the exit code of its last command."""

    text: str
    code: int


def blocks_of(page: str) -> list[Block]:
    """Return the blocks of commands in order, each with the output that follows it."""
    found: list[Block] = []
    for match in _FENCE.finditer(page):
        if match[1] == "sh":
            found.append(Block(match[2], None, (0, 0)))
        else:
            found[-1] = Block(found[-1].script, match[2], match.span(2))
    return found


def run(blocks: list[Block], folder: Path, environment: Mapping[str, str], patience: float) -> list[Said]:
    """Run all blocks in one shell; fewer results than blocks mean that it ended early."""
    script = "\n".join(f"{block.script}printf '\\x1e%d\\n' \"$?\"" for block in blocks)
    done = subprocess.run(
        ["bash", "-c", f"exec 2>&1\n{script}\n"],
        cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=patience,
    )  # fmt: skip
    parts = _ENDED.split(done.stdout)
    return [Said(text, int(code)) for text, code in zip(parts[0::2], parts[1::2], strict=False)]


def is_as_shown(shown: str, printed: str) -> bool:
    """Tell whether a page shows what was printed; a line `…` stands for any lines."""
    pattern = "".join(r"(?:.*\n)*?" if line.strip() == "…" else re.escape(line + "\n") for line in _lines(shown))
    return re.fullmatch(pattern, "".join(line + "\n" for line in _lines(printed))) is not None


def _lines(text: str) -> list[str]:
    for pattern, name in _OWN:
        text = pattern.sub(name, text)
    return [line.rstrip() for line in text.splitlines()]


def as_printed(page: str, said: list[Said]) -> str:
    """Return the page with what was printed in the place of what differs from it."""
    for block, printed in reversed(list(zip(blocks_of(page), said, strict=True))):
        if block.shown is not None and not is_as_shown(block.shown, printed.text):
            start, end = block.span
            page = page[:start] + "\n".join(line.rstrip() for line in printed.text.splitlines()) + "\n" + page[end:]
    return page


def may_fail(block: Block) -> bool:
    """Tell whether the page shows that a block ends with an error."""
    return bool(block.shown and _FAILED.search(block.shown))
