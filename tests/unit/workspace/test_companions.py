"""What `init` wants added to the files that a repository has already: lines that are right where they are pasted."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from generator.workspace import companions
from generator.workspace.starting import files_of

CASES = yaml.safe_load(Path(__file__).with_name("companions.yaml").read_text(encoding="utf-8"))
FILES = files_of("quickstart")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_team_is_told_exactly_what_its_own_files_lack(case):
    path, below = case["path"], case.get("below", "")
    wanted = companions.adapted(path, FILES[path], below).decode() if path in FILES else ""
    found = companions.additions(path, case["found"], wanted, "generated")
    assert [one.where for one in found] == [one["where"] for one in case["added"]]
    for one, expected in zip(found, case["added"], strict=True):
        assert one.text.endswith("\n")
        assert one.text == expected.get("is", one.text)
        assert one.text.startswith(expected.get("begins", ""))
        assert all(part in one.text for part in expected.get("contains", ())), one.text


def contains(after, before):
    """Tell whether all that was in some data is still there."""
    if isinstance(before, dict):
        return all(contains(after[key], value) for key, value in before.items())
    if isinstance(before, list):
        return after[: len(before)] == before
    return set(before.split()) <= set(after.split()) if isinstance(before, str) else after == before


@pytest.mark.parametrize(
    "case",
    [case for case in CASES if case["path"].endswith((".yaml", ".yml", ".yamllint")) and case["found"] != "repos: [\n"],
    ids=lambda case: case["name"],
)
def test_a_yaml_file_with_the_lines_added_has_what_it_lacked_and_all_that_it_had(case):
    path = case["path"]
    wanted = companions.adapted(path, FILES[path], case.get("below", "")).decode() if path in FILES else ""
    text = case["found"]
    for one in companions.additions(path, text, wanted, "generated"):
        if one.where.startswith("in place of line "):
            lines = text.splitlines(keepends=True)
            lines[int(one.where.rpartition(" ")[2]) - 1] = one.text
            text = "".join(lines)
        else:
            text += one.text
    assert contains(yaml.safe_load(text), yaml.safe_load(case["found"]))
    assert companions.additions(path, text, wanted, "generated") == []
