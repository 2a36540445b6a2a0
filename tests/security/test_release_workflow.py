"""What publishes a release: least permissions, pinned actions, no stored credential, and no text of others in a script."""

from __future__ import annotations

import re
import subprocess

import pytest
import yaml

from support.paths import ROOT

NAMES = ["ci", "release"]
TEXTS = {name: (ROOT / ".github" / "workflows" / f"{name}.yaml").read_text(encoding="utf-8") for name in NAMES}
WORKFLOWS = {name: yaml.safe_load(text) for name, text in TEXTS.items()}
RELEASE = WORKFLOWS["release"]
PERMISSIONS = {
    "build": {"contents": "read"},
    "attest": {"id-token": "write", "attestations": "write"},
    "publish": {"id-token": "write"},
    "announce": {"contents": "write"},
}


def steps(name):
    return [(job, step) for job, content in WORKFLOWS[name]["jobs"].items() for step in content["steps"]]


@pytest.mark.parametrize("name", NAMES)
def test_no_moved_tag_of_an_action_runs_where_releases_are_made(name):
    used = re.findall(r"uses: ([^\n]+)", TEXTS[name])
    assert used
    for one in used:
        assert one == "./" or re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", one), one


def test_an_action_has_one_commit_in_all_workflows_and_recipes():
    texts = [*TEXTS.values(), *((ROOT / name).read_text(encoding="utf-8") for name in ("docs/ci.md", "docs/pull-requests.md"))]
    pinned = dict.fromkeys(found for text in texts for found in re.findall(r"uses: ([\w-]+/[\w-]+)@([0-9a-f]{40})", text))
    assert len({name for name, _ in pinned}) == len(pinned), sorted(pinned)


def test_no_job_can_do_more_than_its_part_of_a_release():
    assert RELEASE["permissions"] == {}
    assert {name: job["permissions"] for name, job in RELEASE["jobs"].items()} == PERMISSIONS
    assert WORKFLOWS["ci"]["permissions"] == {"contents": "read"}


def test_only_a_tag_starts_a_release_and_a_reviewer_approves_it():
    assert RELEASE[True] == {"push": {"tags": ["v*"]}}
    assert RELEASE["jobs"]["publish"]["environment"] == "pypi"
    order = [RELEASE["jobs"][name]["needs"] for name in ("attest", "publish", "announce")]
    assert order == ["build", "attest", "publish"]


def test_code_of_the_repository_and_of_packages_runs_only_where_nothing_can_be_signed_or_published():
    for job, step in steps("release"):
        if "checkout" in step.get("uses", ""):
            assert job == "build"
            assert step["with"]["persist-credentials"] is False
        assert job == "build" or not re.search(r"\bpip\b|\bpython|tools/|npm ", step.get("run", ""))


def test_no_credential_is_stored_for_a_release():
    assert "secrets." not in TEXTS["release"]
    assert "password" not in TEXTS["release"]


@pytest.mark.parametrize("name", NAMES)
def test_no_text_of_a_stranger_becomes_part_of_a_script_of_ours(name):
    for _, step in steps(name):
        script = step.get("run", "")
        assert "${{" not in script
        assert subprocess.run(["bash", "-n", "-c", script], check=False).returncode == 0


def test_what_makes_a_release_is_installed_by_hash():
    (install,) = (step["run"] for _, step in steps("release") if "pip" in step.get("run", ""))
    assert "--require-hashes --only-binary=:all: -r requirements/release.txt" in install


def test_everything_that_is_built_is_attested():
    inputs = [step["with"] for job, step in steps("release") if job == "attest" and "attest@" in step.get("uses", "")]
    assert {"subject-checksums": "dist/SHA256SUMS"} in inputs
    assert any("sbom-path" in given for given in inputs)


def script(tree, *, ref=""):
    """Run tools/build_release.sh with a Python that only says what it is asked."""
    environment = {"PATH": "/usr/bin:/bin", "GITHUB_REF": ref, "HOME": str(tree)}
    return subprocess.run(
        ["bash", "tools/build_release.sh", "echo"], cwd=tree, env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture
def tree(tmp_path):
    folder = tmp_path / "tree"
    for name in ("tools/build_release.sh", "generator/__init__.py", "CHANGELOG.md"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes((ROOT / name).read_bytes())
    who = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
    for command in (["init", "-q"], ["add", "."], [*who, "commit", "-qm", "a"]):
        subprocess.run(["git", *command], cwd=folder, check=True)
    return folder


def test_a_release_is_never_made_of_uncommitted_files_old_files_or_under_a_wrong_tag(tree):
    assert "the tag is v9.9.9, and generator/__init__.py has " in script(tree, ref="refs/tags/v9.9.9").stderr
    (tree / "extra").write_text("")
    assert "the working tree has changes" in script(tree).stderr
    (tree / "extra").unlink()
    (tree / ".gitignore").write_text("dist\n")
    subprocess.run(["git", "add", "."], cwd=tree, check=True)
    subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-qm", "b"], cwd=tree, check=True)
    (tree / "dist").mkdir()
    assert "dist/ exists" in script(tree).stderr
    assert not any((tree / "dist").iterdir())


def test_every_step_of_the_manual_of_releases_is_a_command_that_a_shell_reads():
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / "RELEASING.md").read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) > 5
    for block in blocks:
        assert subprocess.run(["bash", "-n", "-c", block], check=False).returncode == 0
        for path in re.findall(r"(?:^|\s)((?:tools|requirements|generator|\.ci)/[\w./]+)", block):
            assert (ROOT / path).is_file(), path
