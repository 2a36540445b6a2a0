"""The road by ranges: dev takes the newest chart of its repository, and later environments pin what was tested."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from support import release_workspace as rw
from support.trees import write_tree

pytestmark = pytest.mark.usefixtures("helm_home")

OWN_TAG = {
    "templates/profiles/own-tag/profile.yaml": (
        "apiVersion: tiphys/v1\nkind: ChartProfile\nmetadata: {name: own-tag}\nspec: {image: appVersion}\n"
    ),
    "templates/profiles/own-tag/values.yaml": 'replicaCount: "{{ replicas or 1 }}"\n',
    "templates/profiles/own-tag/rollout.yaml": 'rollout: {strategy: "{{ strategy }}"}\n',
}


@pytest.fixture(autouse=True)
def _real_programs(helm, monkeypatch):
    monkeypatch.setenv("PATH", f"{Path(helm).parent}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture(params=["oci", "http"])
def road(request, tmp_path):
    """Return a committed workspace in which `ferry` has a chart that owns its tag, and its two repositories are empty."""
    place = request.getfixturevalue(request.param)
    dev, prod = place("dev"), place("prod")
    if request.param == "http":
        for empty in (dev, prod):
            write_tree(empty.folder, {"index.yaml": "apiVersion: v1\nentries: {}\n"})
    ranges = {"policy": {"chartVersion": "range"}}
    files = {
        "tiphys.yaml": "apiVersion: tiphys/v1\nkind: Workspace\nspec: {repoURL: https://git.example.com/deploy.git}\n",
        **rw.PROFILE,
        **OWN_TAG,
        **rw.environment("dev", rw.repository(dev), **ranges),
        **rw.environment("prod", rw.repository(prod), promotion={"from": "dev"}),
        **ferry({"dev": {"chart": {"version": "*"}}, "prod": {"chart": {"version": "3.0.0"}}}),
        **chart_of("3.0.0"),
    }
    folder = write_tree(tmp_path / "w", files)
    rw.git(folder, "init", "-q")
    return folder


def ferry(environments, **spec) -> dict[str, str]:
    text = {
        "apiVersion": "tiphys/v1",
        "kind": "Pipeline",
        "metadata": {"name": "ferry"},
        "spec": {"chart": {"name": "ferry", "profile": "own-tag"}, **spec, "environments": environments},
    }
    return {"services/ferry/pipeline.yaml": json.dumps(text, indent=2)}


def chart_of(version: str) -> dict[str, str]:
    values = rw.VALUES.replace("none\n  tag: none", f'ferry\n  tag: "{version}"')
    return rw.chart("ferry", version, **{"values.yaml": values})


@pytest.fixture
def run(tiphys, road):
    def run(*words, code=0):
        done = tiphys(*words, cwd=road)
        assert done.returncode == code, (words, done.stdout, done.stderr)
        return done.stdout + done.stderr

    return run


def committed(run, road):
    run("generate")
    rw.git(road, "add", "-A")
    rw.git(road, "commit", "-qm", "all")


def test_a_release_is_all_that_dev_needs_and_prod_gets_the_version_that_was_tested(run, road):
    committed(run, road)
    assert "1 chart released" in run("release", "--env", "dev")
    write_tree(road, chart_of("3.1.0"))
    assert "1 chart released" in run("release", "--env", "dev")
    rw.git(road, "add", "-A")
    rw.git(road, "commit", "-qm", "the chart 3.1.0")
    assert "no drift" in run("check")
    status = run("status")
    assert "* (now 3.1.0)" in status
    assert "chart not as in dev" in status
    assert 'image: "ghcr.io/acme/ferry:3.1.0"' in run("render", "ferry", "--env", "dev", "--helm")

    assert "3.0.0 → 3.1.0" in run("diff", "--promote", "dev:prod", "--no-rendered")
    told = run("promote", "ferry", "--from", "dev", "--to", "prod", "--commit", code=1)
    assert "has no chart ferry 3.1.0, which Argo CD would pull from there" in told
    assert "2 charts released" in run("release", "--from", "dev", "--env", "prod"), "3.0.0 is still requested there"
    assert "ferry prod: chart 3.0.0 → 3.1.0" in run("promote", "--all", "--from", "dev", "--to", "prod", "--commit")
    spec = json.loads((road / "services/ferry/pipeline.yaml").read_text())["spec"]["environments"]
    assert spec == {"dev": {"chart": {"version": "*"}}, "prod": {"chart": {"version": "3.1.0"}}}
    assert "Tiphys-Chart-Version: 3.1.0" in rw.git(road, "log", "-1", "--format=%B")
    assert "prod already has the versions of dev" in run("promote", "--all", "--from", "dev", "--to", "prod")
    assert "chart not as in dev" not in run("status"), "prod has the version that the range stands for"
    told = json.loads(run("status", "--format", "json"))["services"][0]["environments"]
    assert (told["dev"]["chartNewest"], told["prod"]["chartNewest"]) == ("3.1.0", None)


def test_status_goes_on_without_a_repository_that_answers(run, road):
    committed(run, road)
    for path in (road / "environments").glob("*.yaml"):
        spec = json.loads(path.read_text())
        spec["spec"]["chart"] = {"profile": "plain", "repository": "http://127.0.0.1:9/charts"}
        path.write_text(json.dumps(spec))
    committed(run, road)
    told = run("status")
    assert "the newest version is left out" in told
    assert "(now" not in told
    assert "left out" not in run("status", "--offline")


def test_nothing_is_promoted_that_nobody_could_ask_about(run, road):
    committed(run, road)
    told = run("promote", "ferry", "--from", "dev", "--to", "prod", code=1)
    assert 'has no version of the chart `ferry` in the range "*" of dev' in told
    assert "tiphys release ferry --env dev" in told
    told = run("promote", "ferry", "--from", "dev", "--to", "prod", "--offline", "--reason", "INC-1", code=2)
    assert 'dev takes the chart `ferry` by the range "*", and only' in told
    told = run("diff", "--promote", "dev:prod", "--offline", "--no-rendered")
    assert 'dev takes its chart by the range "*", and no chart repository was asked: left out' in told
    assert rw.git(road, "status", "--porcelain") == ""


def test_the_time_in_dev_is_not_made_up_for_a_range(run, road):
    prod = road / "environments/prod.yaml"
    spec = json.loads(prod.read_text())
    spec["spec"]["promotion"]["soak"] = "1h"
    prod.write_text(json.dumps(spec))
    write_tree(road, ferry({"dev": {"chart": {"version": ">=3.0.0"}}, "prod": {"chart": {"version": "3.0.0"}}}))
    committed(run, road)
    run("release", "--env", "dev")
    write_tree(road, chart_of("3.1.0"))
    run("release", "--env", "dev")
    told = run("promote", "ferry", "--from", "dev", "--to", "prod", code=1)
    assert "Git does not say since when it has been 3.1.0; prod requires 1h" in told
    assert "`tiphys bump ferry --env dev --chart-version 3.1.0`" in told
    run("release", "--from", "dev", "--env", "prod")
    run("promote", "ferry", "--from", "dev", "--to", "prod", "--skip-soak", "--reason", "INC-7", "--commit")
    assert "Tiphys-Override: soak: INC-7" in rw.git(road, "log", "-1", "--format=%B")


def test_a_range_stays_a_range_and_must_admit_what_is_promoted(run, road):
    prod = road / "environments/prod.yaml"
    spec = json.loads(prod.read_text())
    spec["spec"]["policy"] = {"chartVersion": "range"}
    prod.write_text(json.dumps(spec))
    write_tree(road, ferry({"dev": {"chart": {"version": "*"}}, "prod": {"chart": {"version": "~3.0"}}}))
    committed(run, road)
    told = run("promote", "ferry", "--from", "dev", "--to", "prod")
    assert "`tiphys release ferry --from dev --env prod` is all that a new version takes" in told
    assert "nothing to change" in told
    write_tree(road, ferry({"dev": {"chart": {"version": "4.0.0"}}, "prod": {"chart": {"version": "~3.0"}}}))
    committed(run, road)
    told = run("promote", "ferry", "--from", "dev", "--to", "prod", code=1)
    assert 'ferry: the range "~3.0" of prod does not include 4.0.0 of dev' in told


def test_a_release_says_when_the_spec_keeps_the_old_image(run, road):
    image = {"image": {"repository": "ghcr.io/acme/ferry", "tag": "1.0.0"}}
    files = ferry({"dev": {"chart": {"version": ">=3.0.0"}}}, **image)
    write_tree(road, {path: text.replace("own-tag", "plain") for path, text in files.items()})
    committed(run, road)
    told = run("release", "--env", "dev")
    assert "TP656" in told
    assert "dev keeps the image tag 1.0.0: it is set here, and overrides `image.tag: 3.0.0` of the chart 3.0.0" in told
    assert "1 chart released" in told


def test_a_chart_without_a_version_of_its_own_is_not_taken_by_a_range(run, road):
    write_tree(road, {**ferry({"dev": {"chart": {"version": ">=0.0.0-0"}}}), **chart_of("0.0.0")})
    committed(run, road)
    told = run("release", "--env", "dev", code=1)
    assert '">=0.0.0-0" is not an exact version' in told
    assert "give it a version of its own in charts/ferry/Chart.yaml" in told


def test_a_bump_to_a_chart_that_nobody_has_is_refused(run, road):
    write_tree(road, ferry({"dev": {"chart": {"version": "3.0.0"}}}))
    committed(run, road)
    run("release", "--env", "dev")
    bump = ("bump", "ferry", "--env", "dev", "--commit", "--chart-version")
    told = run(*bump, "9.9.9", code=1)
    assert "has no chart ferry 9.9.9, which Argo CD would pull from there" in told
    assert "or release this one first with `tiphys release`" in told
    assert rw.git(road, "status", "--porcelain") == ""

    write_tree(road, chart_of("3.1.0"))
    rw.git(road, "add", "-A")
    rw.git(road, "commit", "-qm", "the chart 3.1.0")
    assert "chart 3.0.0 → 3.1.0" in run(*bump, "3.1.0"), "what `release` is going to put there need not be there"
    run("release", "--env", "dev")
    write_tree(road, chart_of("3.2.0"))
    assert "no change" in run(*bump, "3.1.0"), "what is declared is not asked for"

    told = run(*bump, "9.9.9", "--offline", code=2)
    assert "--offline skips a gate: add --reason TEXT" in told
    told = run(*bump, "9.9.9", "--offline", "--reason", "mirror down")
    assert "warning: did not check that" in told
    assert "Tiphys-Override: chart: mirror down" in rw.git(road, "log", "-1", "--format=%B")
