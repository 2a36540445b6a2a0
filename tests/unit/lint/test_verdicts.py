"""What upstream's own programs refuse is an error, at the field at fault, and what they accept is not."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path

import pytest
import yaml

from generator.diagnostics import Severity, dotted
from generator.kubernetes import manifests
from generator.lint import manifests as plain
from generator.lint.catalogue import names
from generator.lint.schemas import of_version
from support.objects import changed, spelt

HERE = Path(__file__).with_name("verdicts")
EXCEPTIONS = yaml.safe_load((HERE / "exceptions.yaml").read_text())
CASES = {
    f"{path.stem}: {name}": case
    for path in sorted(HERE.glob("*.yaml"))
    if path.stem != "exceptions"
    for name, case in yaml.safe_load(path.read_text()).items()
}


def errors(text):
    read = manifests.read("verdict.yaml", text.encode(), named=True)
    found = [*read.diagnostics, *plain.lint(read.objects, of_version(""))]
    return [one for one in found if one.severity is Severity.ERROR]


@pytest.mark.parametrize("name", CASES)
def test_what_upstream_refuses_is_an_error_at_the_field_at_fault_and_nothing_else_is(name):
    case = CASES[name]
    objects = [changed(kind, given) for kind, given in case.items() if kind not in ("errors", "layer", "objects")]
    objects += map(spelt, case.get("objects", ()))
    found = errors(yaml.safe_dump_all(objects))
    assert sorted(f"{one.rule} {dotted(one.pointer)}" for one in found) == sorted(case["errors"])
    assert bool(case["errors"]) is bool(case.get("layer"))


def test_every_exception_has_a_reason_and_a_source_and_every_case_names_known_rules():
    for group in EXCEPTIONS.values():
        assert all(one["reason"] and (one.get("ids") or one.get("layers")) for one in group)
    assert all(one["unseen"] and one["source"] for one in EXCEPTIONS["accepted"]), "what the recorded run covers, it decides"
    assert {error.partition(" ")[0] for case in CASES.values() for error in case["errors"]} <= set(names())
    assert min(sum(bool(case["errors"]) is kind for case in CASES.values()) for kind in (True, False)) >= 20


DATA = os.environ.get("TIPHYS_VERDICTS", "")
"""The verdicts of upstream's programs over thousands of texts, where someone has them: a .jsonl.gz."""


def test_verdicts_of_upstream_that_are_at_hand_are_met_but_for_the_stated_exceptions():
    lines = gzip.decompress(Path(DATA).read_bytes()).splitlines() if DATA else ()
    wrong = [f"{kind}: {row['id']}" for row in map(json.loads, lines) if (kind := _differs(row))]
    assert wrong == []


def _differs(row):
    """Return how the linter differs from the verdict on a text: `missed`, `false alarm` or nothing."""
    judged = row.get("judged", "").partition(":")[0]
    wanted = row["rejected"] if not judged else judged == "error"
    found = bool(errors(row["text"]))
    if judged == "open" or found is wanted:
        return ""
    excused = EXCEPTIONS["rejected" if wanted else "accepted"]
    if any(row["id"] in one.get("ids", ()) or set(row["layers"]) & set(one.get("layers", ())) for one in excused):
        return ""
    return "missed" if wanted else "false alarm"
