"""The specs of docs/fit.md deploy, object by object, what an Application written by hand deployed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from support.fit import ROWS, SHOWN, anchor, lay_out
from support.paths import ROOT

HERE = Path(__file__).with_name("fit")
CASES = {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(HERE.glob("*.yaml"))}
TITLES = {anchor(title): title for title in SHOWN}
NOT_COMPARED = {
    "a-rollout-for-a-chart-that-has-none": "the Rollout is new",
    "an-analysistemplate-that-exists-already": "the shipped chart renders the Rollout that it belongs to",
    "a-root-application-with-its-own-name-folder-and-retries": "a root Application deploys Applications",
    "two-charts-in-one-application": "one of the two moves to an Application of its own",
    "helm-secrets-and-other-encrypted-values-files": "the Secret comes from elsewhere now",
}
"""Sections that no Application before can be compared with, each with the reason."""


def application(given: dict) -> dict:
    """Return an Application by hand; a case says what is its own."""
    whole = {"apiVersion": "argoproj.io/v1alpha1", "kind": "Application", **given}
    place = {"server": "https://kubernetes.default.svc", "namespace": "shop-prod"}
    whole["metadata"] = {"name": "web-prod", "namespace": "argocd", **given.get("metadata", {})}
    whole["spec"] = {"project": "shop", "destination": place, **given["spec"]}
    return whole


@pytest.mark.parametrize("case", CASES)
def test_not_one_object_of_an_application_by_hand_is_changed(case, git, helm, tiphys, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", f"{Path(helm).parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder, charts, given = lay_out(TITLES[case], tmp_path / "w"), tmp_path / "charts", CASES[case]
    shutil.copytree(ROOT / "templates" / "chart", charts / "service")
    shutil.copytree(HERE / "rabbit", charts / "rabbit")
    shutil.copytree(folder / "charts" / "web", charts / "web")
    (folder / "before").mkdir()
    for number, one in enumerate(given["before"]):
        text = yaml.safe_dump(one if "kind" in one else application(one), sort_keys=False)
        (folder / "before" / f"{number}.yaml").write_text(text, encoding="utf-8")
    for path, text in given.get("files", {}).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    shutil.copytree(charts / "web", tmp_path / "clone" / "stable" / "web")
    subprocess.run([git, "init", "-q", str(folder)], check=True)  # charts and folders count from the root of the repository
    clone = f"https://git.example.com/charts.git={tmp_path / 'clone'}"
    more = ["--charts", str(charts), "--repo", clone, "--format", "json"]
    done = tiphys("diff", "--against", "before", *more, cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(done.stdout)
    assert (found["differences"], found["notCarried"]) == ([], [])
    assert found["objects"] == given["objects"]


def test_each_section_that_shows_a_spec_is_compared_or_says_why_not():
    assert CASES.keys() <= TITLES.keys()
    assert CASES.keys() | NOT_COMPARED.keys() == TITLES.keys()
    assert {at for row in ROWS for title, at in row.links if title in SHOWN} == TITLES.keys()
