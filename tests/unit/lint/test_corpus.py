"""What the manuals of Argo Rollouts and Argo CD show as valid gives no error, whatever else is to be said of it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from generator.diagnostics import Severity
from generator.kubernetes import manifests
from generator.lint import manifests as plain
from generator.lint.schema_versions import installed
from generator.lint.schemas import Schemas
from support.objects import VALID, over, written

HERE = Path(__file__).with_name("corpus")
SETS = {
    f"{path.stem}: {name}": given
    for path in sorted(HERE.glob("*.yaml"))
    for name, given in yaml.safe_load(path.read_text()).items()
}
BASES = {**VALID, "set": SETS["argocd: a list of applications"]["objects"][0]}
SCHEMAS = Schemas("", only_argo=not installed())
ONLY_ARGO = Schemas("", only_argo=True)
"""For what Kubernetes has no more, and Argo still reads."""


def spelt(item):
    if isinstance(item, dict) and item.get("like") in BASES:
        return over(BASES[item["like"]], {key: value for key, value in item.items() if key != "like"})
    return written(item)


SECRETS = "TP645"
"""Manuals show Secrets with their values in plain text: valid manifests, and an error in Git."""


@pytest.mark.parametrize("name", SETS)
def test_what_a_manual_shows_as_valid_is_no_error(name):
    text = yaml.safe_dump_all([spelt(item) for item in SETS[name]["objects"]])
    read = manifests.read("corpus.yaml", text.encode(), named=True)
    assert read.diagnostics == []
    found = plain.lint(read.objects, ONLY_ARGO if SETS[name].get("kubernetes") == "gone" else SCHEMAS)
    assert [f"{one.rule} {one.message}" for one in found if one.severity is Severity.ERROR and one.rule != SECRETS] == []


def test_the_corpus_covers_the_manuals():
    documents = [item for given in SETS.values() for item in given["objects"]]
    pages = {given["page"] for given in SETS.values()}
    assert len(documents) > 150
    assert len(pages) > 60
    assert all(page.startswith(("docs/", "examples/")) for page in pages)
