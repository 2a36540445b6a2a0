"""The road of a set, with real git remotes and real Helm: planned, promoted from a commit, and rolled back to one."""

from __future__ import annotations

import json
import os
import subprocess

import pytest

from support import forked, release_workspace
from support.remotes import ENVIRONMENT, git


@pytest.fixture
def road(oci, helm, helm_home, tmp_path):
    """Return a clone of a config repository in which `web` needs a newer `api`; prod asks for an hour of soak."""
    first = release_workspace.workspace(tmp_path / "first", oci("dev"), oci("prod"))
    edited(first / "environments/prod.yaml", promotion={"from": "dev", "soak": "1h"})
    edited(first / "services/web/pipeline.yaml", dependsOn=[{"service": "api", "version": ">=1.9"}])
    edited(first / "services/web/pipeline.yaml", environments={"dev": {"dependsOn": []}, "prod": {}})
    git(first, "init", "-q", "-b", "main")
    tiphys(first, "generate")
    committed(first, "first", 1)
    tiphys(first, "release", "--env", "dev")
    tiphys(first, "release", "--from", "dev", "--env", "prod")
    subprocess.run(["git", "clone", "-q", "--bare", first, tmp_path / "remote.git"], env=ENVIRONMENT, check=True)
    subprocess.run(["git", "clone", "-q", tmp_path / "remote.git", tmp_path / "clone"], env=ENVIRONMENT, check=True)
    return tmp_path / "clone"


def edited(path, **fields):
    data = json.loads(path.read_text())
    data["spec"].update(fields)
    path.write_text(json.dumps(data, indent=2))


def days(number):
    return {f"GIT_{who}_DATE": f"2026-01-{number:02}T00:00:00Z" for who in ("AUTHOR", "COMMITTER")}


def committed(folder, subject, day):
    git(folder, "add", "-A")
    environment = {**ENVIRONMENT, **days(day)}
    subprocess.run(["git", "commit", "-qm", subject], cwd=folder, env=environment, check=True)


def tiphys(folder, *arguments, code=0, **variables):
    home = {name: os.environ[name] for name in os.environ if name.startswith(("HELM_", "XDG_")) or name == "PATH"}
    done = forked.run(arguments, folder, {**ENVIRONMENT, **home, **variables})
    assert done.returncode == code, (arguments, done.stdout, done.stderr)
    return done.stdout + done.stderr


def running(folder, environment):
    """Return the image tags that the ledger says for an environment."""
    found = json.loads(tiphys(folder, "status", "--format", "json"))["services"]
    return {one["service"]: one["environments"][environment]["image"]["tag"] for one in found}


def test_what_was_seen_to_work_together_goes_to_production_and_back(road):
    before = git(road, "rev-parse", "HEAD")
    assert "TP506" in tiphys(road, "lint"), "prod lacks what web needs"
    for service in ("web", "api"):
        tiphys(road, "bump", service, "--env", "dev", "--image-tag", "1.9.0", "--commit", **days(2))
    tested = git(road, "rev-parse", "HEAD")
    tiphys(road, "bump", "api", "--env", "dev", "--image-tag", "2.0.0", "--commit", **days(3))
    tiphys(road, "publish", "--push")

    up = ["--from", "dev", "--to", "prod"]
    said = tiphys(road, "promote", "web", *up, "--commit", code=1)
    assert "web needs api >=1.9, but prod has 1.8.0, which is not in the range" in said
    plan = tiphys(road, "plan", "--promote", "dev:prod", "--at", tested)
    assert f"prod after a promotion from dev at commit {tested[:8]}: 2 services in 2 stages" in plan

    said = tiphys(road, "promote", "--all", "--at", tested[:12], *up, "--commit")
    assert "together there for 24h, until the first was replaced" in said
    assert running(road, "prod") == {"web": "1.9.0", "api": "1.9.0", "shop": "2.4.0-build.7"}
    assert git(road, "log", "-1", "--format=%s") == "Promote prod: 2 services"
    assert git(road, "status", "--porcelain") == ""
    tiphys(road, "publish", "--push")

    assert "web in prod needs api >=1.9" in tiphys(road, "rollback", "api", "--env", "prod", "--commit", code=1)
    said = tiphys(road, "rollback", "--all", "--env", "prod", "--to", before, "--commit")
    assert "web prod: image 1.9.0 → 1.8.0" in said
    assert running(road, "prod") == {"web": "1.8.0", "api": "1.8.0", "shop": "2.4.0-build.7"}
    assert "Override" not in git(road, "log", "-1", "--format=%B")
    tiphys(road, "publish", "--push")
    assert "no drift" in tiphys(road, "check")
    releases = json.loads(tiphys(road, "history", "api", "--env", "prod", "--format", "json"))["releases"]
    assert [(one["image"]["tag"], one["promotedFrom"]) for one in releases] == [
        ("1.8.0", None),
        ("1.9.0", "dev"),
        ("1.8.0", None),
    ]


def test_a_set_whose_chart_the_target_lacks_is_refused_whole(road):
    edited(road / "services/web/pipeline.yaml", chart={"profile": "plain", "name": "app", "version": "1.0.0"})
    spec = json.loads((road / "services/web/pipeline.yaml").read_text())["spec"]
    spec["environments"]["dev"] = {"dependsOn": [], "chart": {"version": "9.9.9"}}
    edited(road / "services/web/pipeline.yaml", environments=spec["environments"])
    tiphys(road, "generate")
    committed(road, "a chart that nobody released", 4)
    head = git(road, "rev-parse", "HEAD")
    said = tiphys(
        road,
        "promote",
        "--all",
        "--at",
        head,
        "--from",
        "dev",
        "--to",
        "prod",
        "--ignore-dependencies",
        "--reason",
        "test",
        "--commit",
        code=1,
    )
    assert "has no chart app 9.9.9, which Argo CD would pull from there" in said
    assert (git(road, "rev-parse", "HEAD"), git(road, "status", "--porcelain")) == (head, "")
