"""The examples of the pages that only whole commands know are what they claim to be."""

from __future__ import annotations

import json
import shutil

import pytest

from generator.lint import catalogue
from support.examples import BY_COMMAND, files
from support.paths import ROOT
from support.trees import write_tree
from support.workspace import workspace

PAGES = {page.id: page for page in catalogue.pages()}
BY_LINT = {"TP070", "TP071"}
BESIDE = {"TP071": {"TP072"}}
"""What an example stands for by name alone: the schema in that of TP071 is empty."""


def found_in(folder, example, id_, tiphys):
    write_tree(folder, files(example))
    chart = shutil.copytree(ROOT / "templates" / "chart", folder / "charts" / "service")
    command = ["lint"] if id_ in BY_LINT else ["verify", "--offline", *([] if id_ == "TP600" else ["--chart", chart])]
    done = tiphys(*command, "--format", "json", cwd=folder)
    return {item["rule"] for item in json.loads(done.stdout)["diagnostics"]}


@pytest.mark.parametrize("id_", sorted(BY_COMMAND))
def test_the_wrong_example_of_a_page_has_its_problem_and_the_right_one_does_not(id_, tmp_path, tiphys):
    page = PAGES[id_]
    assert id_ in found_in(workspace(tmp_path / "wrong"), page.wrong, id_, tiphys)
    assert found_in(workspace(tmp_path / "right"), page.right, id_, tiphys) == BESIDE.get(id_, set())
