"""The governed road as one story: ranges and pins, a freeze, two services in order, a pull request, and what is told after."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess

import pytest

from support import forked
from support import release_workspace as rw
from support.remotes import ENVIRONMENT, git
from support.trees import write_tree

WHY = "INC-4711: payments fail"
CODE = "0123456789abcdef0123456789abcdef01234567"
FREEZE = {"kind": "deny", "schedule": "0 0 * * *", "duration": "24h", "reason": "year end"}
OWN_TAG = {
    "templates/profiles/own-tag/profile.yaml": (
        "apiVersion: tiphys/v1\nkind: ChartProfile\nmetadata: {name: own-tag}\nspec: {image: appVersion}\n"
    ),
    "templates/profiles/own-tag/values.yaml": 'replicaCount: "{{ replicas or 1 }}"\n',
    "templates/profiles/own-tag/rollout.yaml": 'rollout: {strategy: "{{ strategy }}"}\n',
}


def chart_of_ferry(version):
    return rw.chart("ferry", version, **{"values.yaml": rw.VALUES.replace("none\n  tag: none", f'ferry\n  tag: "{version}"')})


def ferry():
    spec = {
        "chart": {"name": "ferry", "profile": "own-tag"},
        "environments": {"dev": {"chart": {"version": "*"}}, "prod": {"chart": {"version": "3.0.0"}}},
    }
    text = {"apiVersion": "tiphys/v1", "kind": "Pipeline", "metadata": {"name": "ferry"}, "spec": spec}
    return {"services/ferry/pipeline.yaml": json.dumps(text, indent=2)}


def edited(path, **fields):
    data = json.loads(path.read_text())
    data["spec"].update(fields)
    path.write_text(json.dumps(data, indent=2))


@pytest.fixture
def road(oci, helm, helm_home, tmp_path):
    """Return a clone: dev takes `ferry` by a range, `web` needs a newer `api` in prod, and prod is frozen."""
    first = rw.workspace(tmp_path / "first", oci("dev"), oci("prod"))
    write_tree(first, {**OWN_TAG, **ferry(), **chart_of_ferry("3.0.0")})
    edited(first / "environments/dev.yaml", policy={"chartVersion": "range"})
    edited(first / "environments/prod.yaml", promotion={"from": "dev"}, windows=[FREEZE])
    needs = {"dev": {"dependsOn": []}, "prod": {}}
    edited(first / "services/web/pipeline.yaml", dependsOn=[{"service": "api", "version": ">=1.9"}], environments=needs)
    git(first, "init", "-q", "-b", "main")
    tiphys(first, "generate")
    git(first, "add", "-A")
    git(first, "commit", "-qm", "first")
    tiphys(first, "release", "--env", "dev")
    tiphys(first, "release", "--from", "dev", "--env", "prod")
    subprocess.run(["git", "clone", "-q", "--bare", first, tmp_path / "remote.git"], env=ENVIRONMENT, check=True)
    subprocess.run(["git", "clone", "-q", tmp_path / "remote.git", tmp_path / "clone"], env=ENVIRONMENT, check=True)
    return tmp_path / "clone"


def tiphys(folder, *arguments, code=0):
    home = {name: os.environ[name] for name in os.environ if name.startswith(("HELM_", "XDG_")) or name == "PATH"}
    done = forked.run(arguments, folder, {**ENVIRONMENT, **home})
    assert done.returncode == code, (arguments, done.stdout, done.stderr)
    return done.stdout + done.stderr


def test_a_frozen_production_gets_what_was_tested_by_a_pull_request_and_everything_is_told(road, tmp_path):
    # dev: a chart by its range, and two services by their tags, with the code that they were built from
    write_tree(road, chart_of_ferry("3.1.0"))
    git(road, "add", "-A")
    git(road, "commit", "-qm", "the chart 3.1.0 of ferry")
    assert "1 chart released" in tiphys(road, "release", "ferry", "--env", "dev")
    code = ("--code-commit", CODE, "--code-repository", "https://github.com/acme/shop")
    for service in ("api", "web"):
        tiphys(road, "bump", service, "--env", "dev", "--image-tag", "1.9.0", *code, "--commit")
    tiphys(road, "publish", "--push")
    assert "* (now 3.1.0)" in tiphys(road, "status", "ferry")

    # prod: each gate refuses, and nothing is left behind
    tiphys(road, "release", "--from", "dev", "--env", "prod")
    promote = ("promote", "--from", "dev", "--to", "prod")
    assert "prod is closed for `api`" in tiphys(road, *promote, "api", "--commit", code=1)
    assert "year end" in tiphys(road, *promote, "api", "--commit", code=1)
    skip = ("--ignore-window", "--reason", WHY)
    told = tiphys(road, *promote, "web", *skip, "--commit", code=1)
    assert "api" in told
    assert ">=1.9" in told
    assert git(road, "status", "--porcelain") == ""

    # all of it together, on a branch for a pull request, which somebody merges
    body = tmp_path / "body.md"
    pull = ("--branch", "promote/prod", "--push", "--body", str(body))
    before = git(road, "rev-parse", "HEAD")
    told = tiphys(road, *promote, "--all", *skip, *pull)
    assert "ferry prod: chart 3.0.0 → 3.1.0" in told
    assert git(road, "rev-parse", "HEAD") == before
    text = body.read_text(encoding="utf-8")
    for part in ("Promote prod: 3 services", "payments fail", "image 1.8.0 → 1.9.0", "tiphys rollback web --env prod"):
        assert part in text
    git(road, "fetch", "-q", "origin")
    git(road, "merge", "-q", "--no-ff", "-m", "Merge pull request 7", "origin/promote/prod")
    git(road, "push", "-q", "origin", "main")
    assert "no drift" in tiphys(road, "check")
    assert "behind" not in tiphys(road, "status").replace("0 behind", "")

    # a bad release is rolled back in the freeze
    tiphys(road, "rollback", "web", "--env", "prod", *skip, "--commit")
    tiphys(road, "publish", "--push")
    _is_told(road, tmp_path / "site")


def _is_told(road, site):
    history = json.loads(
        tiphys(road, "history", "--env", "prod", "--since", "12h", "--format", "json").partition("\n}")[0] + "\n}"
    )
    events = [(one["service"], one["image"]["tag"], one["promotedFrom"]) for one in history["releases"] if one["overrides"]]
    assert events[0] == ("web", "1.8.0", None)
    assert sorted(event[0] for event in events[1:]) == ["api", "ferry", "web"]
    assert {event[2] for event in events[1:]} == {"dev"}
    reasons = {(one["gate"], one["reason"]) for event in history["releases"] for one in event["overrides"]}
    assert reasons == {("window", WHY)}
    assert CODE[:7] in tiphys(road, "history", "api", "--env", "prod", "--code")

    rows = list(csv.DictReader(io.StringIO(tiphys(road, "metrics", "--format", "csv"))))
    (prod,) = [row for row in rows if row["environment"] == "prod" and not row["service"]]
    assert (prod["rollbacks"], prod["failed"]) == ("1", "1")
    assert prod["overrides:window"] == "4"

    tiphys(road, "report", "-o", str(site))
    page = "".join(path.read_text(encoding="utf-8") for path in site.rglob("*.html") if path.name.startswith("web"))
    assert WHY in page
    assert f"https://github.com/acme/shop/commit/{CODE}" in page
