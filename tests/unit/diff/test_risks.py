"""The risks of the code and those of the manual are the same."""

from __future__ import annotations

from generator.diff.risks import RISKS
from support.paths import ROOT


def test_every_risk_is_in_the_manual_as_it_is():
    manual = (ROOT / "docs" / "diff.md").read_text(encoding="utf-8")
    rows = [f"| `{risk.id}` | {risk.level.value} | {risk.why} |" for risk in RISKS.values()]
    section = manual.partition("\n## Risks\n")[2]
    assert [line for line in section.splitlines() if line.startswith("| `") and "tiphys" not in line] == rows
