"""The CI recipes work as they stand: their shell lines run, and no text of a stranger becomes part of a script."""

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
from support.remotes import ENVIRONMENT, clone, git, make_remote

TEXT = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
BLOCKS = {block.splitlines()[0].lstrip("# /"): block for block in re.findall(r"```\w+\n(.*?)```", TEXT, re.DOTALL)}
ACTION = yaml.safe_load((ROOT / "action.yml").read_text())
PULL = yaml.safe_load(BLOCKS[".github/workflows/tiphys.yaml"])
DIFF = yaml.safe_load(BLOCKS[".github/workflows/tiphys-diff.yaml"])
DEPLOY = yaml.safe_load(BLOCKS[".github/workflows/deploy-dev.yaml"])
GITLAB = yaml.safe_load(BLOCKS[".gitlab-ci.yml"])
SHARDS = yaml.safe_load(BLOCKS[".github/workflows/tiphys-shards.yaml"])
PARALLEL = yaml.safe_load(BLOCKS[".gitlab-ci.yml in four jobs"])
JENKINS = BLOCKS["Jenkinsfile in four shards"]
STARTED = yaml.safe_load((ROOT / "examples/quickstart/.github/workflows/tiphys.yaml").read_text())


def steps():
    yield from (("action.yml", step) for step in ACTION["runs"]["steps"])
    for name, workflow in (
        ("pull request", PULL),
        ("diff", DIFF),
        ("deploy", DEPLOY),
        ("shards", SHARDS),
        ("quickstart", STARTED),
    ):
        for job in workflow["jobs"].values():
            yield from ((name, step) for step in job["steps"])


SCRIPTS = [(name, step["run"]) for name, step in steps() if "run" in step]
SCRIPTS += [("gitlab", line) for line in GITLAB["tiphys"]["script"]]
SCRIPTS += [("gitlab shards", line) for line in PARALLEL["tiphys"]["script"]]
SCRIPTS += [("jenkins shards", re.search(r"sh '([^']+)'", JENKINS)[1])]
SCRIPTS += [("jenkins", re.search(r"script: '([^']+)'", TEXT)[1])]


@pytest.mark.parametrize(("name", "script"), SCRIPTS)
def test_no_text_of_a_stranger_becomes_part_of_a_script(name, script):
    assert "${{" not in script, name
    assert subprocess.run(["bash", "-n", "-c", script], check=False).returncode == 0


def test_a_check_may_read_and_only_what_publishes_may_write():
    assert PULL["permissions"] == SHARDS["permissions"] == STARTED["permissions"] == {"contents": "read"}
    assert DIFF["permissions"] == {"contents": "read"}
    assert DIFF["jobs"]["comment"]["permissions"] == {"pull-requests": "write"}
    assert not any("checkout" in step.get("uses", "") for step in DIFF["jobs"]["comment"]["steps"]), "it reads no branch"
    assert DEPLOY["permissions"] == {"contents": "read"}
    assert DEPLOY["jobs"]["bump"]["permissions"] == {"contents": "write"}
    assert "pull_request_target" not in [*PULL[True], *DIFF[True], *DEPLOY[True], *SHARDS[True]]
    for name, step in steps():
        if "checkout" in step.get("uses", "") and name != "deploy":
            assert step["with"]["persist-credentials"] is False


@pytest.fixture
def runner(tmp_path):
    """Return a function that runs a script as a CI runner does, with tiphys on the PATH."""
    bin_ = tmp_path / "bin"
    bin_.mkdir()
    (bin_ / "tiphys").write_text(f'#!/bin/sh\nexec {sys.executable} -m generator "$@"\n')
    (bin_ / "pip").write_text("#!/bin/sh\nexit 0\n")
    for name in ("tiphys", "pip"):
        (bin_ / name).chmod(0o755)
    output = tmp_path / "output"
    output.touch()
    path = f"{bin_}:{os.environ['PATH']}"

    def run(folder, script, **variables):
        environment = {**ENVIRONMENT, "PATH": path, "GITHUB_OUTPUT": str(output), "RUNNER_TEMP": str(tmp_path), **variables}
        done = subprocess.run(["bash", "-c", script], cwd=folder, env=environment, capture_output=True, text=True, check=False)
        return done, dict(line.partition("=")[::2] for line in output.read_text().splitlines())

    return run


@pytest.fixture
def mine(tmp_path):
    return clone(make_remote(tmp_path), "mine")


def test_the_job_after_a_build_deploys_to_dev(mine, runner):
    script = DEPLOY["jobs"]["bump"]["steps"][-1]["run"]
    done, _ = runner(mine, script, SERVICE="api", TAG="1.2.3")
    assert done.returncode == 0, done.stderr
    assert git(mine, "log", "-1", "--format=%s", "origin/main") == "api dev: image 0.0.0 → 1.2.3"
    hostile, _ = runner(mine, script, SERVICE="api", TAG='1"; touch owned; echo "')
    assert hostile.returncode == 2
    assert not (mine / "owned").exists()


def test_the_matrix_of_a_pull_request_is_what_it_affects(mine, runner):
    base = git(mine, "rev-parse", "HEAD")
    git(mine, "switch", "-qc", "feature")
    spec = mine / "services/api/pipeline.yaml"
    spec.write_text(spec.read_text().replace("0.0.0", "0.1.0"))
    runner(mine, "tiphys generate")
    git(mine, "commit", "-qam", "more")
    for step in PULL["jobs"]["affected"]["steps"]:
        if "run" in step:
            done, outputs = runner(mine, step["run"], BASE=base)
            assert done.returncode == 0, done.stderr
    shards = json.loads(outputs["shards"])
    assert shards == [{"number": 1, "arguments": ["api", "--env", "dev"]}]
    verify = PULL["jobs"]["verify"]["steps"][-1]["run"].replace("tiphys verify", "tiphys check")
    done, _ = runner(mine, verify, ARGUMENTS=" ".join(shards[0]["arguments"]))
    assert done.returncode == 0, done.stderr
    assert "of 1 service: no drift" in done.stderr


def test_a_pull_request_that_affects_nothing_starts_no_job(mine, runner):
    step = PULL["jobs"]["affected"]["steps"][-1]["run"]
    _, outputs = runner(mine, step, BASE=git(mine, "rev-parse", "HEAD"))
    assert f"needs.affected.outputs.shards != '{outputs['shards']}'" == PULL["jobs"]["verify"]["if"]


def test_the_jobs_of_each_recipe_are_all_shards(mine, runner):
    """Without Helm's part: the charts of this workspace are nowhere."""
    four = [f"{number}/4" for number in (1, 2, 3, 4)]
    assert SHARDS["jobs"]["shard"]["strategy"]["matrix"]["shard"] == four
    assert re.findall(r"'(\d/\d)'", JENKINS) == four
    assert PARALLEL["tiphys"]["parallel"] == 4
    lines = [line for line in PARALLEL["tiphys"]["script"] if "verify" not in line]
    jobs = [
        ("\n".join(lines), {"CI_NODE_INDEX": "2", "CI_NODE_TOTAL": "4"}),
        (re.sub(r"tiphys verify.*", "", SHARDS["jobs"]["shard"]["steps"][-1]["run"]), {"SHARD": "1/4"}),
        (dict(SCRIPTS)["jenkins shards"].partition(" && tiphys verify")[0], {"SHARD": "4/4"}),
    ]
    for script, variables in jobs:
        done, _ = runner(mine, script, **variables)
        assert done.returncode == 0, done.stderr
        number = variables.get("SHARD") or "2/4"
        assert f"shard {number}" in done.stderr
    assert (mine / "junit.xml").stat().st_size > 0


GH = """\
#!/bin/sh
echo "$*" >> "$CALLS"
case "$*" in *--paginate*) cat "$FOUND";; esac
"""


def test_a_reviewer_has_one_comment_that_is_written_anew(mine, runner, tmp_path):
    base = git(mine, "rev-parse", "HEAD")
    git(mine, "switch", "-qc", "feature")
    spec = mine / "services/api/pipeline.yaml"
    spec.write_text(spec.read_text().replace("0.0.0", "0.1.0"))
    git(mine, "commit", "-qam", "more")
    summary = tmp_path / "summary"
    done, _ = runner(mine, DIFF["jobs"]["diff"]["steps"][2]["run"], BASE=base, GITHUB_STEP_SUMMARY=str(summary))
    assert done.returncode == 0, done.stderr
    text = (mine / "tiphys-diff.md").read_text(encoding="utf-8")
    assert text.startswith("<!-- tiphys:diff -->\n")
    assert "image 0.0.0 → 0.1.0" in text
    assert summary.read_text(encoding="utf-8") == text
    (tmp_path / "bin" / "gh").write_text(GH)
    (tmp_path / "bin" / "gh").chmod(0o755)
    for found, last in (("", "--method POST of/pull"), ("41\n42\n", "--method PATCH one/41")):
        (tmp_path / "found").write_text(found)
        more = {"CALLS": str(tmp_path / "calls"), "FOUND": str(tmp_path / "found"), "COMMENTS": "of/pull", "COMMENT": "one"}
        done, _ = runner(mine, DIFF["jobs"]["comment"]["steps"][1]["run"], **more)
        assert done.returncode == 0, done.stderr
        assert (tmp_path / "calls").read_text().splitlines()[-1] == f"api --silent {last} --field body=@tiphys-diff.md"


def test_the_action_runs_the_command_and_tells_one_exit_code_from_another(mine, runner, tmp_path):
    (tmp_path / "tiphys/bin").mkdir(parents=True)
    (tmp_path / "tiphys/bin/tiphys").symlink_to(tmp_path / "bin/tiphys")
    script = ACTION["runs"]["steps"][1]["run"]
    done, outputs = runner(mine, script, ARGS="check", SRC=".", SARIF="")
    assert (done.returncode, outputs["exit-code"]) == (0, "0")
    (mine / "generated/dev/api/values.yaml").write_text("# Code generated by tiphys from x; DO NOT EDIT.\n")
    done, outputs = runner(mine, script, ARGS="check", SRC=".", SARIF="found.sarif")
    assert (done.returncode, outputs["exit-code"]) == (1, "1")
    assert json.loads((mine / "found.sarif").read_text())["version"] == "2.1.0"
    done, outputs = runner(mine, script, ARGS="check --nonsense", SRC=".", SARIF="")
    assert (done.returncode, outputs["exit-code"]) == (2, "2")


def test_the_lines_for_gitlab_and_jenkins_leave_the_reports_that_they_name(mine, runner):
    for line in GITLAB["tiphys"]["script"]:
        assert runner(mine, line)[0].returncode == 0
    for name in GITLAB["tiphys"]["artifacts"]["reports"].values():
        assert (mine / name).stat().st_size > 0
    assert runner(mine, SCRIPTS[-1][1])[0].returncode == 0
    assert Path(mine / "tiphys.sarif").exists()
