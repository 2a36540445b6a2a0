"""What changes is said in words that a reviewer can trust: all of it, once, and the same on the way back."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from generator.diff.affected.files import Tree
from generator.diff.compare import Filter, compare_sides
from generator.diff.side import read_side
from support.comparisons import facts

FILE = Path(__file__).with_name("diff_cases.yaml")
CASES = yaml.safe_load(FILE.read_text(encoding="utf-8"))

SPEC = {"image": {"repository": "ghcr.io/acme/web", "tag": "1.0.0"}, "environments": {"prod": {}}}
ENVIRONMENT = {
    "argocd": {"project": "shop", "destination": {"namespace": "shop"}},
    "chart": {"name": "service", "version": "1.0.0", "repository": "oci://registry.example.com/prod"},
}


def laid_over(base, more):
    """Return data with other data laid over it; null takes away, an empty map of an environment stays."""
    if not isinstance(base, dict) or not isinstance(more, dict):
        return more
    mixed = {**base, **{key: laid_over(base.get(key), value) for key, value in more.items()}}
    return {key: value for key, value in mixed.items() if value is not None}


def workspace(folder, spec, environment=None, name="web"):
    """Write a workspace of one service, and of one that nobody touches."""
    files = {
        "tiphys.yaml": ("Workspace", "", {"repoURL": "https://example.com/config.git"}),
        "environments/dev.yaml": ("Environment", "dev", ENVIRONMENT),
        "environments/prod.yaml": (
            "Environment",
            "prod",
            laid_over({**ENVIRONMENT, "promotion": {"from": "dev"}}, environment or {}),
        ),
        f"services/{name}/pipeline.yaml": ("Pipeline", name, laid_over(laid_over(SPEC, {}), spec or {})),
    }
    for path, (kind, metadata, data) in files.items():
        document = {"apiVersion": "tiphys/v1", "kind": kind, "metadata": {"name": metadata}, "spec": data}
        if not metadata:
            del document["metadata"]
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
    return folder


def compared(old, new):
    sides = [read_side(str(folder)) for folder in (old, new)]
    for side in sides:
        assert not side.failed, side.errors
    return compare_sides(*sides, Filter(), Tree(str(old)), Tree(str(new)))


def said(comparison):
    return [
        f"{entry.level.value}: {'' if entry.where[0].service else '(root) '}{entry.change.sentence} [{entry.risk.id}]"
        for entry in comparison.entries
    ]


def pair(name, root):
    case = CASES[name]
    old = workspace(root / "old", case.get("old"), case.get("old_environment"))
    new = workspace(root / "new", case.get("new"), case.get("environment"))
    return old, new


def test_a_reviewer_reads_what_changed_and_nothing_else(tmp_path, golden):
    text = ""
    for number, name in enumerate(CASES):
        found = said(compared(*pair(name, tmp_path / str(number))))
        text += f"{name}\n" + "".join(f"  {line}\n" for line in found or ["nothing"])
    golden(text, FILE.with_suffix(".txt"))


@pytest.mark.parametrize("name", CASES)
def test_the_way_back_undoes_just_what_the_way_there_did(name, tmp_path):
    old, new = pair(name, tmp_path)
    assert facts(compared(old, new)) == facts(compared(new, old), back=True)
    assert said(compared(old, old)) == []
