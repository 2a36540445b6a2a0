"""The whole road of a release, with real git remotes, real pre-commit, real Helm and a real registry."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from support import forked, release_workspace
from support.pre_commit import CONFIG
from support.programs import program
from support.remotes import ENVIRONMENT, git


@pytest.fixture
def road(oci, helm, helm_home, tmp_path):
    """Return a clone of a config repository whose hook is installed, and a function that runs tiphys in it."""
    first = release_workspace.workspace(tmp_path / "first", oci("dev"), oci("prod"))
    prod = first / "environments/prod.yaml"
    spec = json.loads(prod.read_text())
    spec["spec"]["promotion"] = {"from": "dev", "soak": "1h"}
    prod.write_text(json.dumps(spec, indent=2))
    (first / ".pre-commit-config.yaml").write_text(CONFIG.format(python=sys.executable))
    git(first, "init", "-q", "-b", "main")
    tiphys(first, "generate")
    git(first, "add", "-A")
    days_ago = {f"GIT_{who}_DATE": "2026-01-01T00:00:00Z" for who in ("AUTHOR", "COMMITTER")}
    subprocess.run(["git", "commit", "-qm", "first"], cwd=first, env={**ENVIRONMENT, **days_ago}, check=True)
    subprocess.run(["git", "clone", "-q", "--bare", first, tmp_path / "remote.git"], env=ENVIRONMENT, check=True)
    subprocess.run(["git", "clone", "-q", tmp_path / "remote.git", tmp_path / "clone"], env=ENVIRONMENT, check=True)
    clone = tmp_path / "clone"
    subprocess.run([program("pre-commit"), "install"], cwd=clone, env=ENVIRONMENT, check=True, capture_output=True)
    return clone


def tiphys(folder, *arguments, code=0, **variables):
    home = {name: os.environ[name] for name in os.environ if name.startswith(("HELM_", "XDG_")) or name == "PATH"}
    done = forked.run(arguments, folder, {**ENVIRONMENT, **home, **variables})
    assert done.returncode == code, (arguments, done.stdout, done.stderr)
    return done.stdout + done.stderr


@pytest.mark.both_helms
def test_from_a_built_image_to_production_and_back(road):
    hours_ago = {"GIT_AUTHOR_DATE": "2026-01-02T00:00:00Z", "GIT_COMMITTER_DATE": "2026-01-02T00:00:00Z"}
    assert "web dev: image 1.8.0 → 1.9.0" in tiphys(
        road, "bump", "web", "--env", "dev", "--image-tag", "1.9.0", "--commit", **hours_ago
    )
    assert "origin/main is at" in tiphys(road, "publish", "--push")
    assert "no problems" in tiphys(road, "verify", "--env", "dev")
    assert "2 charts released" in tiphys(road, "release", "--env", "dev")
    assert "behind dev by 1" in tiphys(road, "status", "web")

    said = tiphys(road, "promote", "web", "--from", "dev", "--to", "prod", "--commit", code=1)
    assert "has no chart app 1.0.0, which Argo CD would pull from there" in said
    assert "release it first: tiphys release --from dev --env prod" in said
    assert "2 charts released" in tiphys(road, "release", "--from", "dev", "--env", "prod")
    said = tiphys(road, "promote", "web", "--from", "dev", "--to", "prod", "--dry-run")
    assert "web prod: image 1.8.0 → 1.9.0" in said
    assert git(road, "status", "--porcelain") == ""
    tiphys(road, "promote", "web", "--from", "dev", "--to", "prod", "--commit")
    assert "Tiphys-From: dev" in git(road, "log", "-1", "--format=%B")
    tiphys(road, "publish", "--push")
    assert "behind" not in tiphys(road, "status", "web").replace("0 behind", "")

    tiphys(road, "bump", "web", "--env", "dev", "--image-tag", "1.9.1", "--commit")
    said = tiphys(road, "promote", "web", "--from", "dev", "--to", "prod", code=1)
    assert "prod requires 1h" in said

    said = tiphys(road, "rollback", "web", "--env", "prod", "--commit")
    assert "web prod: image 1.9.0 → 1.8.0" in said
    assert "not rolled back: values, replicas, strategy" in said
    tiphys(road, "publish", "--push")
    assert git(road, "rev-parse", "HEAD") == git(road, "rev-parse", "origin/main") or git(road, "fetch", "-q") == ""
    assert "no drift" in tiphys(road, "check")
    story = json.loads(tiphys(road, "history", "web", "--env", "prod", "--format", "json").partition("\n}")[0] + "\n}")
    told = [(one["number"], one["image"]["tag"], one["promotedFrom"]) for one in story["releases"]]
    assert told == [(3, "1.8.0", None), (2, "1.9.0", "dev"), (1, "1.8.0", None)]


@pytest.mark.parametrize(
    ("edited", "arguments", "code", "said"),
    [
        ("", ["web", "--from", "prod", "--to", "dev"], 1, "dev is the first in its chain"),
        ("", ["web", "--from", "dev", "--to", "stage"], 2, "unknown environment `stage`"),
        ("", ["wep", "--from", "dev", "--to", "prod"], 2, "did you mean `web`?"),
        ("", ["--from", "dev", "--to", "prod"], 2, "name the services to promote, or use --all"),
        ("", ["--all", "--from", "dev", "--to", "prod"], 0, "prod already has the versions of dev"),
        ("generated/dev/web/values.yaml", ["web", "--from", "dev", "--to", "prod"], 1, "dev is not clean"),
    ],
)
def test_a_promotion_is_refused_with_its_reason(edited, arguments, code, said, road):
    if edited:
        (road / edited).write_text((road / edited).read_text() + "extra: true\n")
    before = git(road, "status", "--porcelain")
    assert said in tiphys(road, "promote", *arguments, code=code)
    assert git(road, "status", "--porcelain") == before


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["web", "--env", "prod"], 1, "web in prod has no earlier release in Git"),
        (["web", "--env", "prod", "--to", "9"], 1, "web in prod has no release `9`"),
        (["wep", "--env", "prod"], 2, "did you mean `web`?"),
        (["web", "--env", "prd"], 2, "did you mean `prod`?"),
        (["web", "--env", "prod", "--to", "1"], 0, "web prod: no change"),
    ],
)
def test_a_rollback_says_what_there_is_to_go_back_to(arguments, code, said, road):
    assert said in tiphys(road, "rollback", *arguments, code=code)
    assert git(road, "status", "--porcelain") == ""
