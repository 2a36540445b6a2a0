"""Write docs/rules/: an index of all rules, and one page per family.

Run it after a change to a rule or its page:

    python -m tools.rule_pages [--check]
"""

from __future__ import annotations

import sys
from pathlib import Path

from generator.lint import catalogue

TARGET = Path(__file__).resolve().parent.parent / "docs" / "rules"


def main() -> int:
    """Write the pages, or with --check say whether they are fresh."""
    wanted = catalogue.documents()
    found = {path.name: path.read_text(encoding="utf-8") for path in TARGET.glob("*.md")}
    if "--check" in sys.argv[1:]:
        return 0 if found == wanted else 1
    TARGET.mkdir(exist_ok=True)
    for name in found.keys() - wanted.keys():
        (TARGET / name).unlink()
    for name, text in wanted.items():
        (TARGET / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
