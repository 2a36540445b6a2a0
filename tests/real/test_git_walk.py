"""Long histories are read by several processes of git, and are the same commits."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from generator.system.git import read as git
from generator.system.git import walk
from support.repositories import Repository

pytestmark = pytest.mark.usefixtures("git")

STORIES = yaml.safe_load(Path(__file__).with_name("ledger.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("below", ["", "deploy/a b"], ids=["at the top", "in a folder"])
@pytest.mark.parametrize("story", STORIES)
def test_no_commit_of_a_long_history_is_lost_or_told_otherwise(story, below, tmp_path, monkeypatch):
    monkeypatch.setattr(walk, "_PIECE", 2)
    repository = Repository(tmp_path / "r", below)
    repository.play(STORIES[story]["steps"])
    root = str(repository.root)
    paths = git.literal_paths(["services", "environments", "apps", "tiphys.yaml"])
    found = walk.first_parents(root, paths)
    assert found
    assert found == git.log(root, paths)
    base = f"^{found[-1].id}"
    assert walk.first_parents(root, paths, "HEAD", base) == git.log(root, paths, "HEAD", base)


def test_a_repository_without_commits_has_no_history(tmp_path):
    assert walk.first_parents(str(Repository(tmp_path / "r").root), git.literal_paths(["services"])) == []
