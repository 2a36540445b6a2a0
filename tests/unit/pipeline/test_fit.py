"""What teams already have in their Applications is deployed the same by the spec that docs/fit.md shows for it."""

from __future__ import annotations

import pytest
import yaml

from generator.diagnostics import Severity
from generator.pipeline.run import Mode, Request, run
from support.fit import PAGE, ROWS, SECTIONS, SHOWN, anchor, lay_out


def lacks(wanted, found, at=""):
    """Yield where data is not as it is shown; a mapping may have more keys, a list must have as many items."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        for key, value in wanted.items():
            yield from lacks(value, found.get(key), f"{at}.{key}")
    elif isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        for index, value in enumerate(wanted):
            yield from lacks(value, found[index], f"{at}[{index}]")
    elif wanted != found:
        yield f"{at}: {wanted!r} is shown, {found!r} is generated"


@pytest.mark.parametrize("title", SHOWN)
def test_what_a_team_already_has_is_deployed_the_same(title, tmp_path):
    folder = lay_out(title, tmp_path / "w")
    built = []
    outcome = run(Request(str(folder), Mode.WRITE, on_built=built.append))
    assert [found.message for found in outcome.diagnostics if found.severity is not Severity.NOTE] == []
    wanted = {path: text for path, text in SHOWN[title] if path.startswith("generated/")}
    assert wanted, "nothing is shown of what is generated"
    for path, text in wanted.items():
        generated = yaml.safe_load((folder / path).read_text(encoding="utf-8"))
        assert list(lacks(yaml.safe_load(text), generated)) == [], path
    applications = [one for one in wanted if "/applications/" in one]
    assert len(applications) in (0, len(built)), "each Application of the example is shown, or none"


REASONS = PAGE.partition("## What does not fit")[2]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.have)
def test_whatever_was_found_in_the_wild_has_a_spec_or_a_reason(row):
    for title, at in row.links:
        assert title in SECTIONS, f"docs/fit.md has no section `{title}`"
        assert at == anchor(title)
    explained = [title for title, _ in row.links if f"### {title}\n" in REASONS]
    shown = [title for title, _ in row.links if title in SHOWN and title not in explained]
    assert {"yes": not explained and shown, "no": explained and not shown, "partly": explained and shown}[row.answer]


def test_no_section_of_the_page_is_without_a_row_and_a_test_or_a_reason():
    assert len(ROWS) == PAGE.count("| yes") + PAGE.count("| no") + PAGE.count("| partly")
    assert {title for row in ROWS for title, _ in row.links} == SECTIONS.keys()
    assert all(title in SHOWN or f"### {title}\n" in REASONS for title in SECTIONS)
    assert all(text.count("```yaml\n") == len(SHOWN.get(title, ())) for title, text in SECTIONS.items())
