"""Every string reaches real Helm with its type and its text."""

from __future__ import annotations

import base64
import json
import subprocess
from pathlib import Path

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.syntax.emit import emit
from support.paths import DATA
from support.strings import everyday_strings, probe, swept_strings

CHART = DATA / "probe"


def read_by_helm(helm: str, text: str, folder: Path) -> dict:
    values = folder / "values.yaml"
    values.write_text(text, encoding="utf-8", newline="\n")
    done = subprocess.run([helm, "template", "x", str(CHART), "-f", str(values)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    printed = yaml.safe_load(done.stdout)
    assert set(printed["kinds"]) <= {"s"}, "Helm read something else than text"
    return json.loads(base64.b64decode(printed["values"]))


def test_strings_that_yaml_readers_disagree_on_reach_helm_unchanged(helm, tmp_path, request):
    longest, longest_number = (3, 6) if request.config.getoption("--exhaustive") else (3, 5)
    strings = list(dict.fromkeys(everyday_strings() + swept_strings(longest, longest_number)))
    data = probe(strings)
    assert read_by_helm(helm, emit(data), tmp_path) == data["probe"]


@settings(max_examples=1, deadline=None, derandomize=True)
@given(st.data())
def test_random_strings_reach_helm_unchanged(helm, tmp_path_factory, data):
    strings = data.draw(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=60), min_size=400, max_size=400))
    values = probe(strings)
    assert read_by_helm(helm, emit(values), tmp_path_factory.mktemp("probe")) == values["probe"]
