"""Print the commands of the README's first code block, one per line: .ci/run runs them as they stand there."""

from __future__ import annotations

import re
from pathlib import Path

README = Path(__file__).resolve().parent.parent / "README.md"


def commands(text: str) -> list[str]:
    """Return the lines of the block below the heading "Two commands", comments left out."""
    block = re.search(r"^## Two commands\n.*?```sh\n(.*?)```", text, re.MULTILINE | re.DOTALL)
    if block is None:
        raise SystemExit("the README has no block of two commands")
    return [line for line in block[1].splitlines() if line.strip() and not line.startswith("#")]


if __name__ == "__main__":
    found = commands(README.read_text(encoding="utf-8"))
    if len(found) != 2:
        raise SystemExit(f"the README has {len(found)} commands where it should have two")
    print("\n".join(found))
