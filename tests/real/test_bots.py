"""Bots that raise versions: what the shipped configuration of Renovate finds in specs, and what it changes."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from support.paths import ROOT
from support.programs import IN_CI, program
from support.remotes import ENVIRONMENT, clone, git, make_remote

HERE = Path(__file__).with_name("bots")
CONFIG = json.loads((ROOT / "bots/renovate.json").read_text(encoding="utf-8"))
CASES = yaml.safe_load((HERE / "extracted.yaml").read_text(encoding="utf-8"))
SPECS = [
    ROOT / "examples" / path
    for path in ("quickstart/services/hello/pipeline.yaml", "online-boutique/services/adservice/pipeline.yaml")
]
MANAGERS = {"images": CONFIG["customManagers"][0], "charts": CONFIG["customManagers"][1]}


@pytest.fixture(scope="session")
def found_by():
    """Return a function that returns what a manager finds in a text: Renovate's language, in its own implementation."""
    node = program("node")
    if subprocess.run([node, "-e", "require('jsonata')"], capture_output=True, check=False).returncode:
        message = "jsonata is not installed: npm ci --prefix DIR with tests/real/bots/package-lock.json, and NODE_PATH"
        (pytest.fail if IN_CI else pytest.skip)(message)

    def found_by(manager, text):
        asked = {"queries": manager["matchStrings"], "documents": list(yaml.safe_load_all(text))}
        run = subprocess.run([node, HERE / "extract.js"], input=json.dumps(asked), capture_output=True, text=True, check=True)
        given = {"datasource": manager["datasourceTemplate"]} if "datasourceTemplate" in manager else {}
        return [{**given, **one} for some in json.loads(run.stdout) for one in some]

    return found_by


def line(dependency) -> str:
    more = [dependency["datasource"], dependency.get("packageName") or dependency.get("registryUrl", "")]
    words = [f"{dependency['depType']}:", dependency["depName"], dependency["currentValue"]]
    return " ".join([*words, *(more if any(more[1:]) else ())])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_renovate_finds_the_versions_of_a_spec_and_nothing_else(case, found_by):
    for name, manager in MANAGERS.items():
        assert [line(one) for one in found_by(manager, case["text"])] == case.get(name, []), name


def replaced(found_by, manager, text, index, new):
    """Return a text after an update of one dependency, as Renovate makes it.

    It replaces the old version where it stands, one place after the other, until what it finds then is the update.
    """
    before = found_by(manager, text)
    old = before[index]["currentValue"]
    wanted = [{**one, "currentValue": new} if number == index else one for number, one in enumerate(before)]
    for place in (match.start() for match in re.finditer(re.escape(old), text)):
        after = text[:place] + new + text[place + len(old) :]
        if found_by(manager, after) == wanted:
            return after
    return None


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.parent.name)
def test_renovate_changes_one_tag_of_one_environment_and_keeps_all_else(path, found_by):
    text = path.read_text(encoding="utf-8")
    found = found_by(MANAGERS["images"], text)
    assert found
    for index, one in enumerate(found):
        after = replaced(found_by, MANAGERS["images"], text, index, "99.0.0")
        changed = [pair for pair in zip(text.splitlines(), after.splitlines(), strict=True) if pair[0] != pair[1]]
        assert len(changed) == 1
        environment = one["depType"]
        read = yaml.safe_load(after)["spec"]
        at = read if environment == "all" else read["environments"][environment]
        assert at["image"]["tag"] == "99.0.0"


def test_renovate_finds_what_status_says(found_by, tiphys):
    workspace = ROOT / "examples/quickstart"
    status = json.loads(tiphys("status", "--format", "json", cwd=workspace).stdout)
    told = {row["service"]: row["environments"] for row in status["services"]}
    text = (workspace / "services/hello/pipeline.yaml").read_text(encoding="utf-8")
    found = {one["depType"]: one["currentValue"] for one in found_by(MANAGERS["images"], text)}
    assert found == {environment: cell["image"]["tag"] for environment, cell in told["hello"].items()}


@pytest.mark.parametrize(
    ("path", "managers"),
    [
        ("services/web/pipeline.yaml", ["images", "charts"]),
        ("pipeline.yaml", ["images", "charts"]),
        ("environments/prod.yaml", ["charts"]),
        ("generated/prod/web/values.yaml", []),
        ("services/web/pipeline.yaml.bak", []),
    ],
)
def test_renovate_reads_specs_and_environments_and_no_other_file(path, managers):
    matched = [
        name
        for name, manager in MANAGERS.items()
        if any(re.search(pattern.strip("/"), path) for pattern in manager["managerFilePatterns"])
    ]
    assert matched == managers


PAGE = (ROOT / "docs/bots.md").read_text(encoding="utf-8")
BLOCKS = {block.splitlines()[0].lstrip("# "): block for block in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)}


def test_image_updater_is_led_to_a_tag_that_exists(tiphys, tmp_path):
    assert tiphys("init", "w", cwd=tmp_path).returncode == 0
    path = tmp_path / "w/environments/dev.yaml"
    asked = yaml.safe_load(BLOCKS["environments/dev.yaml"])["spec"]["argocd"]["annotations"]
    text = path.read_text(encoding="utf-8")
    assert "annotations" not in text
    written = "".join(f"      {key}: {value}\n" for key, value in asked.items())
    path.write_text(text.replace("  argocd:\n", f"  argocd:\n    annotations:\n{written}", 1), encoding="utf-8")
    done = tiphys("generate", cwd=tmp_path / "w")
    assert done.returncode == 0, done.stdout + done.stderr
    application = yaml.safe_load((tmp_path / "w/generated/dev/applications/hello.yaml").read_text(encoding="utf-8"))
    prefix = "argocd-image-updater.argoproj.io/"
    got = {key.removeprefix(prefix): value for key, value in application["metadata"]["annotations"].items() if prefix in key}
    assert len(got) == len(asked)
    node = yaml.safe_load((tmp_path / "w" / got["write-back-target"].removeprefix("helmvalues:/")).read_text(encoding="utf-8"))
    for key in (got["app.helm.image-name"], got["app.helm.image-tag"]):
        at = node
        for part in key.split("."):
            at = at[part]
        assert isinstance(at, str)


def test_the_generated_files_follow_a_bot_on_its_branch(tiphys, tmp_path):
    workflow = yaml.safe_load(BLOCKS[".github/workflows/tiphys-bots.yaml"])
    assert workflow["permissions"] == {"contents": "read"}
    scripts = [step["run"] for step in workflow["jobs"]["generate"]["steps"] if "run" in step]
    assert not any("${{" in script for script in scripts)
    folder = clone(make_remote(tmp_path), "clone")
    git(folder, "checkout", "-qb", "renovate/api")
    spec = folder / "services/api/pipeline.yaml"
    raised, count = re.subn(r'tag: "?[\w.-]+"?', 'tag: "9.9.9"', spec.read_text(encoding="utf-8"), count=1)
    assert count == 1
    spec.write_text(raised, encoding="utf-8")
    git(folder, "commit", "-qam", "Update ghcr.io/acme/api")
    git(folder, "push", "-q", "-u", "origin", "renovate/api")
    bin_ = tmp_path / "bin"
    bin_.mkdir()
    (bin_ / "tiphys").write_text(f'#!/bin/sh\nexec {sys.executable} -m generator "$@"\n')
    (bin_ / "tiphys").chmod(0o755)
    environment = {**ENVIRONMENT, "PATH": f"{bin_}:{os.environ['PATH']}"}
    for _ in range(2):  # its own push starts it once more, and then there is nothing to do
        done = subprocess.run(
            ["bash", "-c", scripts[-1]], cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
    assert git(folder, "rev-parse", "origin/renovate/api") == git(folder, "rev-parse", "HEAD")
    assert git(folder, "log", "-3", "--format=%s").splitlines()[:2] == ["Regenerate", "Update ghcr.io/acme/api"]
    assert tiphys("check", cwd=folder).returncode == 0
