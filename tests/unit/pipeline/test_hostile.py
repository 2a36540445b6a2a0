"""Hostile and unlucky specs: each is refused at its line in one clear message, or read as it is written.

The files are one edit away from a plain spec each; index.yaml says what is found in them. What is too
large to keep is made here.
"""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest
import yaml

from generator.pipeline.run import Mode, Request, run
from generator.syntax.emit import emit
from support.trees import read_tree, write_tree
from support.workspace import workspace

HERE = Path(__file__).with_name("hostile")
INDEX = yaml.safe_load((HERE / "index.yaml").read_text(encoding="utf-8")) if (HERE / "index.yaml").exists() else {}
FILES = sorted(path.name for path in HERE.glob("*.yaml") if path.name != "index.yaml")

BASE = (HERE / "001-baseline-minimal.yaml").read_bytes()
LARGE = {
    "20,000 keys": (BASE + b"".join(b"  k%d: x\n" % number for number in range(20_000)), "TP006"),
    "a scalar of a megabyte": (BASE.replace(b"LOG_LEVEL: info", b"LOG_LEVEL: " + b"x" * 1_000_000), "TP006"),
    "a comment of a megabyte": (BASE + b"# " + b"x" * 1_000_000, "TP006"),
    "a megabyte of blanks": (b" " * 1_000_000, "TP006"),
    "50,000 levels": (b"a: " + b"[" * 50_000, "TP006"),
    "100,000 dashes": (b"-" * 100_000, "TP015"),
    "aliases that grow to a hundred megabytes": (b"a: &a " + b"x" * 15_000 + b"\nb: [" + b"*a, " * 7000 + b"]\n", "TP008"),
    "20,000 comments": (BASE + b"# x\n" * 20_000, None),
    "100,000 blank lines": (BASE + b"\n" * 100_000, None),
    "9,000 tabs": (BASE + b"\t" * 9_000 + b"x: 1\n", "TP005"),
    "5,000 quoted keys and a no-break space on each line": (
        b"".join(b'"k%d": "a"\xc2\xa0\n' % number for number in range(5_000)),
        "TP005",
    ),
}


CHART = {
    "charts/service/Chart.yaml": "apiVersion: v2\nname: service\nversion: 0.0.0\n",
    "charts/service/templates/all.yaml": "{{ toYaml .Values }}\n",
}
"""A chart that takes all values, in the place of the one that ships, so that these tests are about YAML alone."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a workspace whose one spec is replaced by each case in turn."""
    made = workspace(tmp_path_factory.mktemp("hostile") / "w")
    shutil.rmtree(made / "services" / "web")
    (made / "services" / "it").mkdir()
    write_tree(made, CHART)
    return made


def found_in(folder: Path, raw: bytes) -> list:
    (folder / "services" / "it" / "pipeline.yaml").write_bytes(raw)
    before = read_tree(folder)
    start = time.process_time()
    outcome = run(Request(str(folder), Mode.LINT))
    assert time.process_time() - start < 5, "bounded in time, with much room for a slow machine"
    assert read_tree(folder) == before
    # The spec has few replicas for its weights, and the image of an example: true, and beside the point.
    return [item for item in outcome.diagnostics if item.rule not in ("TP048", "TP714")]


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_spec_is_refused_at_its_line_and_an_odd_but_good_one_is_read(name, folder, request):
    diagnostics = found_in(folder, (HERE / name).read_bytes())
    found = [f"{item.span.line}:{item.span.column} {item.rule}" for item in diagnostics[:3]]
    if request.config.getoption("--update-golden"):
        INDEX[name] = found
        (HERE / "index.yaml").write_text(
            "# What is found in each file, the first three; [] for what is read.\n" + emit(INDEX), encoding="utf-8"
        )
        pytest.fail("rewritten, read it before you commit")
    assert found == INDEX[name]
    for item in diagnostics:
        assert "\n" not in item.message + item.hint
        assert item.path == "services/it/pipeline.yaml"


def test_every_file_is_in_the_index_and_most_are_refused():
    assert sorted(INDEX) == FILES
    assert sum(bool(found) for found in INDEX.values()) > 150
    assert sum(not found for found in INDEX.values()) > 20


@pytest.mark.parametrize("name", LARGE)
def test_what_is_large_is_bounded_in_time_and_refused_once(name, folder):
    raw, rule = LARGE[name]
    diagnostics = found_in(folder, raw)
    assert (diagnostics[0].rule if diagnostics else None) == rule
    assert len(diagnostics) <= 100
