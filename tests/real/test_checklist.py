"""docs/checklist.md claims nothing that its command, or the test that it names, does not show."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from support import newcomers
from support.paths import ROOT
from support.programs import program

PAGE = (ROOT / "docs" / "checklist.md").read_text(encoding="utf-8")
ROWS = {int(row[0]): row[1:] for row in re.findall(r"^\| (\d+) \| (.*?) \| (\w+) \| (.*) \|$", PAGE, re.MULTILINE)}
EXPECTED = yaml.safe_load(Path(__file__).with_name("checklist.yaml").read_text(encoding="utf-8"))


def command(number):
    """Return the command of a row; "" if its proof is somewhere else."""
    found = re.match(r"`([^`]+)`", ROWS[number][2])
    return found[1].replace("\\|", "|") if found and not found[1].startswith(("tests/", "pipx ")) else ""


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    return newcomers.workspace(tmp_path_factory.mktemp("checklist"))


def test_the_list_is_whole_and_each_command_of_it_is_run():
    assert sorted(ROWS) == list(range(1, 41))
    assert {mark for _, mark, _ in ROWS.values()} <= {"yes", "partly", "no"}
    assert {number for number in ROWS if command(number)} == set(EXPECTED)


@pytest.mark.parametrize("number", sorted(ROWS))
def test_what_is_not_a_plain_yes_says_what_is_missing_and_a_named_test_exists(number):
    _, mark, shown = ROWS[number]
    assert mark == "yes" or len(re.sub(r"`[^`]*`", "", shown)) > 20
    assert all((ROOT / path).exists() for path in re.findall(r"`(tests/[\w/.]+)`", shown))
    assert command(number) or "tests/" in shown or "](" in shown


@pytest.mark.parametrize("number", sorted(EXPECTED))
def test_a_claim_is_shown_by_its_command(number, workspace, tmp_path):
    if "verify" in command(number) or "version" in command(number):
        program("helm")
    expected, done = EXPECTED[number], newcomers.pasted(command(number), workspace, tmp_path)
    assert done.returncode == expected.get("exit", 0), done.stdout
    assert re.search(expected["prints"], done.stdout), done.stdout
    assert "-" not in expected or not re.search(expected["-"], done.stdout), done.stdout
