"""docs/trouble.md quotes what the tool says: each mistake is made, and the message is looked for in what is printed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from support import newcomers
from support.paths import ROOT
from support.programs import program

PAGE = (ROOT / "docs" / "trouble.md").read_text(encoding="utf-8")
QUOTED = dict(re.findall(r"^### ([^\n]*)\n\n```text\n(.*?)\n```$", PAGE, re.MULTILINE | re.DOTALL))
MADE = yaml.safe_load(Path(__file__).with_name("trouble.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    return newcomers.workspace(tmp_path_factory.mktemp("trouble"))


def test_each_message_of_the_page_is_looked_for_and_no_other():
    assert sorted(QUOTED) == sorted(MADE)


@pytest.mark.parametrize("section", MADE)
def test_a_message_that_people_look_up_is_said_in_these_words(section, workspace, tmp_path):
    if "verify" in MADE[section]:
        program("helm")
    printed = newcomers.pasted(MADE[section], workspace, tmp_path).stdout
    assert re.search(".*".join(map(re.escape, QUOTED[section].split("…"))), printed), printed
