"""The recipes for pull requests work as they stand: one request for each promotion, opened once and then updated."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys

import pytest
import yaml

from support.paths import ROOT
from support.remotes import ENVIRONMENT, clone, git, make_remote, tiphys

TEXT = (ROOT / "docs" / "pull-requests.md").read_text(encoding="utf-8")
BLOCKS = {
    block.splitlines()[0].lstrip("# /").partition(":")[0]: block for block in re.findall(r"```\w+\n(.*?)```", TEXT, re.DOTALL)
}
GITHUB = yaml.safe_load(BLOCKS[".github/workflows/promote.yaml"])
STEPS = GITHUB["jobs"]["promote"]["steps"]
GITLAB = yaml.safe_load(BLOCKS[".gitlab-ci.yml"])["promote"]
JENKINS = re.search(r"sh '''(.*?)'''", BLOCKS["Jenkinsfile.promote"], re.DOTALL)[1].replace("\\\\", "\\")

GH = """\
#!/bin/sh
printf '%s\\n' "$*" >> "$CALLS"
case "$1 $2" in "pr list") cat "$FOUND";; esac
"""
GLAB = """\
#!/bin/sh
printf '%s\\n' "$1 $2 $3 $4 $5" >> "$CALLS"
case "$1" in api) cat "$FOUND";; esac
"""


@pytest.fixture
def mine(tmp_path):
    """Return a clone, without a branch that is checked out, of a workspace in which api waits in dev for prod."""
    remote = make_remote(tmp_path)
    folder = clone(remote, "before")
    spec = folder / "services/api/pipeline.yaml"
    shutil.copytree(ROOT / "templates/chart", folder / "charts/service")  # so that no chart repository has to be asked
    text = spec.read_text().replace("spec:\n", "spec:\n  chart: {name: service, path: charts/service}\n")
    spec.write_text(text + '    prod: {image: {tag: "0.0.0-rc.1"}}\n')
    assert tiphys(folder, "generate").returncode == 0
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "to prod")
    git(folder, "push", "-q", "origin", "main")
    found = clone(remote, "mine")
    git(found, "switch", "-q", "--detach")
    return found


@pytest.fixture
def runner(tmp_path):
    """Return a function that runs a script as a runner does, and returns the calls of the forge's program."""
    bin_ = tmp_path / "bin"
    bin_.mkdir()
    scripts = {"tiphys": f'#!/bin/sh\nexec {sys.executable} -m generator "$@"\n', "pip": "#!/bin/sh\n", "gh": GH, "glab": GLAB}
    for name, script in scripts.items():
        (bin_ / name).write_text(script)
        (bin_ / name).chmod(0o755)

    def run(folder, script, found, **variables):
        (tmp_path / "found").write_text(found)
        (tmp_path / "calls").write_text("")
        (tmp_path / "body.md").unlink(missing_ok=True)
        usual = {
            "SERVICE": "api",
            "FROM": "dev",
            "TO": "prod",
            "BASE": "main",
            "RUNNER_TEMP": str(tmp_path),
            "CI_PROJECT_ID": "7",
        }
        usual |= {"CI_SERVER_URL": f"file://{tmp_path}", "CI_PROJECT_PATH": "remote", "CI_DEFAULT_BRANCH": "main"}
        files = {"CALLS": str(tmp_path / "calls"), "FOUND": str(tmp_path / "found"), "PATH": f"{bin_}:{os.environ['PATH']}"}
        environment = {**ENVIRONMENT, **usual, **files, **variables}
        done = subprocess.run(["bash", "-c", script], cwd=folder, env=environment, capture_output=True, text=True, check=False)
        return done, (tmp_path / "calls").read_text().splitlines()

    return run


SCRIPTS = {"GitHub": STEPS[-1]["run"], "GitLab": "\n".join(GITLAB["script"]), "Jenkins": JENKINS}
OPENED = {
    "GitHub": "pr create --head promote/api-prod --base main --title Promote api prod: image 0.0.0-rc.1 → 0.0.0 --body-file ",
    "GitLab": "mr create --source-branch promote/api-prod --target-branch",
    "Jenkins": "pr create --head promote/api-prod --base main --title Promote api prod: image 0.0.0-rc.1 → 0.0.0 --body-file ",
}
OPEN = {"GitHub": ("", "41\n"), "Jenkins": ("", "41\n")}
OPEN["GitLab"] = ("[]", json.dumps([{"iid": 3, "source_project_id": 8}, {"iid": 41, "source_project_id": 7}]))


@pytest.mark.parametrize("forge", SCRIPTS)
def test_a_promotion_opens_one_request_and_later_ones_update_it(forge, mine, runner):
    none, one = OPEN[forge]
    done, calls = runner(mine, SCRIPTS[forge], none)
    assert done.returncode == 0, done.stderr
    assert any(call.startswith(OPENED[forge]) for call in calls), calls
    remote = mine.parent / "remote.git"
    assert git(remote, "log", "--format=%s", "main..promote/api-prod") == "Promote api prod: image 0.0.0-rc.1 → 0.0.0"
    assert not any(" edit " in call or " update " in call for call in calls)
    first = git(remote, "rev-parse", "promote/api-prod")
    done, calls = runner(mine, SCRIPTS[forge], one)
    assert done.returncode == 0, done.stderr
    assert git(remote, "rev-parse", "promote/api-prod") == first
    assert any(call.startswith(("pr edit 41 --title", "mr update 41 --title")) for call in calls), calls
    assert not any(" create " in call for call in calls)


@pytest.mark.parametrize("forge", SCRIPTS)
def test_a_name_of_a_stranger_is_neither_an_option_nor_a_command(forge, mine, runner):
    for service in ("--help", '$(touch owned)"; touch owned; "', "--skip-soak"):
        done, calls = runner(mine, SCRIPTS[forge], OPEN[forge][0], SERVICE=service)
        assert done.returncode in (1, 2), done.stdout
        assert not any("create" in call for call in calls)
        assert not (mine / "owned").exists()


def test_a_promotion_that_is_done_opens_nothing(mine, runner):
    spec = mine / "services/api/pipeline.yaml"
    spec.write_text(spec.read_text().replace("0.0.0-rc.1", "0.0.0"))
    assert tiphys(mine, "generate").returncode == 0
    git(mine, "commit", "-qam", "done")
    for forge, script in SCRIPTS.items():
        done, calls = runner(mine, script, OPEN[forge][0])
        assert (done.returncode, [call for call in calls if " create" in call]) == (0, []), done.stderr


def test_each_job_has_no_more_rights_than_it_needs():
    assert GITHUB["permissions"] == {"contents": "read"}
    assert GITHUB["jobs"]["promote"]["permissions"] == {"contents": "write", "pull-requests": "write"}
    assert STEPS[0]["with"]["persist-credentials"] is False
    assert [step for step in STEPS[:-1] if "GH_TOKEN" in step.get("env", {})] == [], "only the last step has the token"
    assert list(GITHUB[True]) == ["workflow_dispatch"]
    for script in SCRIPTS.values():
        assert "${{" not in script
        assert "${params" not in script


def test_the_helper_of_gitlab_gives_git_the_token_and_writes_it_nowhere(tmp_path):
    variables = {name: value.replace("$$", "$") for name, value in GITLAB["variables"].items() if name.startswith("GIT_CONFIG")}
    environment = {**ENVIRONMENT, **variables, "GITLAB_TOKEN": "secret", "GIT_TERMINAL_PROMPT": "0"}
    asked = "protocol=https\nhost=gitlab.example.com\n\n"
    done = subprocess.run(
        ["git", "credential", "fill"], input=asked, env=environment, capture_output=True, text=True, check=True
    )
    assert "password=secret" in done.stdout.splitlines()
