"""The pre-commit hook, by the real pre-commit in real repositories.

pre-commit passes a hook that only creates files, skips it when the commit only deletes, and stashes
what is not staged. In each case a commit must not get through without the manifests that belong to it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.paths import ROOT
from support.pre_commit import CONFIG
from support.programs import program
from support.trees import read_tree, write_tree
from support.workspace import workspace

SPEC = "services/web/pipeline.yaml"
VALUES = "generated/prod/web/values.yaml"


class Repository:
    """A Git repository with the hook installed."""

    def __init__(self, folder: Path, home: Path) -> None:
        self.folder = folder
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("GIT_", "PRE_COMMIT"))}
        self.env = kept | {
            "PYTHONPATH": str(ROOT), "PRE_COMMIT_HOME": str(home), "HOME": str(home), "NO_COLOR": "1",
            "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.com", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.com",
            "GIT_CONFIG_GLOBAL": os.devnull,
        }  # fmt: skip

    def run(self, *command: str) -> subprocess.CompletedProcess:
        return subprocess.run(command, cwd=self.folder, env=self.env, capture_output=True, text=True, check=False)

    def git(self, *arguments: str) -> str:
        done = self.run("git", *arguments)
        assert done.returncode == 0, done.stderr + done.stdout
        return done.stdout

    def commit(self, message: str = "change") -> tuple[bool, str]:
        """Try to commit what is staged; return whether it got through, and what was said."""
        done = self.run("git", "commit", "-m", message)
        return done.returncode == 0, done.stdout + done.stderr

    def edit(self, old: str, new: str, path: str = SPEC) -> None:
        file = self.folder / path
        text = file.read_text()
        assert old in text
        file.write_text(text.replace(old, new))

    def status(self) -> list[str]:
        return self.git("status", "--porcelain", "--untracked-files=all").splitlines()


@pytest.fixture
def repository(tmp_path):
    """Return a committed, clean repository with pre-commit installed."""
    program("git")
    pre_commit = program("pre-commit")
    made = Repository(workspace(tmp_path / "w"), tmp_path / "home")
    (tmp_path / "home").mkdir()
    (made.folder / ".pre-commit-config.yaml").write_text(CONFIG.format(python=sys.executable))
    made.git("init", "-q", "-b", "main")
    assert made.run(sys.executable, "-m", "generator", "generate").returncode == 0
    made.git("add", "-A")
    made.git("commit", "-qm", "start", "--no-verify")
    assert made.run(pre_commit, "install").returncode == 0
    return made


def test_a_commit_with_nothing_to_generate_goes_through(repository):
    (repository.folder / "README.md").write_text("hello\n")
    repository.git("add", "-A")
    passed, said = repository.commit()
    assert passed, said


def test_an_edited_spec_without_its_manifests_is_stopped_and_goes_through_once_they_are_added(repository):
    repository.edit('"1.0.0"', '"1.0.1"')
    repository.git("add", SPEC)
    passed, said = repository.commit()
    assert not passed
    assert f"update {VALUES}" in said
    assert "git add --all generated" in said
    assert f" M {VALUES}" in repository.status(), "the hook writes, and never stages"
    repository.git("add", "--all", "generated")
    passed, said = repository.commit()
    assert passed, said
    assert repository.status() == []


def test_new_manifests_are_not_let_through_though_git_diff_does_not_see_them(repository):
    folder = repository.folder / "services" / "api"
    folder.mkdir()
    (folder / "pipeline.yaml").write_text((repository.folder / SPEC).read_text().replace("name: web", "name: api"))
    repository.git("add", "services")
    passed, said = repository.commit()
    assert not passed
    assert "add generated/prod/api/values.yaml" in said


def test_a_second_try_without_adding_them_is_stopped_too(repository):
    repository.edit("environments:", "rollout: {preset: blue-green}\n  environments:")
    repository.git("add", SPEC)
    assert not repository.commit()[0]
    for _ in range(2):  # nothing is left to write now, but the new file is still not in the commit
        passed, said = repository.commit()
        assert not passed
        assert "add generated/prod/web/rollout.yaml" in said
    repository.git("add", "--all", "generated")
    assert repository.commit()[0]


def test_a_deleted_spec_is_not_skipped(repository):
    (repository.folder / "services" / "api").mkdir()
    spec = repository.folder / "services" / "api" / "pipeline.yaml"
    spec.write_text((repository.folder / SPEC).read_text().replace("name: web", "name: api"))
    assert repository.run(sys.executable, "-m", "generator", "generate").returncode == 0
    repository.git("add", "-A")
    assert repository.commit()[0]
    repository.git("rm", "-q", "services/api/pipeline.yaml")
    passed, said = repository.commit()
    assert not passed
    assert "Applications would be removed" in said
    assert (repository.folder / "generated/prod/api/values.yaml").exists()
    assert repository.run(sys.executable, "-m", "generator", "generate", "--allow-delete").returncode == 0
    passed, said = repository.commit()
    assert not passed, "the removals are not staged yet"
    repository.git("add", "--all", "generated")
    assert repository.commit()[0]
    assert repository.git("ls-files", "generated/prod/api") == ""


def test_a_partly_staged_spec_is_generated_from_what_is_staged_and_the_rest_is_kept(repository):
    repository.edit('prod: {image: {tag: "1.0.0"}}', 'prod: {image: {tag: "1.0.1"}}')
    repository.git("add", SPEC)
    repository.edit('dev: {image: {tag: "1.1.0"}}', 'dev: {image: {tag: "9.9.9"}}')
    unstaged = (repository.folder / SPEC).read_text()
    assert not repository.commit()[0]
    assert (repository.folder / SPEC).read_text() == unstaged
    assert "9.9.9" not in (repository.folder / "generated/dev/web/values.yaml").read_text()
    assert "1.0.1" in (repository.folder / VALUES).read_text()
    repository.git("add", "--all", "generated")
    passed, said = repository.commit()
    assert passed, said
    assert (repository.folder / SPEC).read_text() == unstaged
    assert '"1.0.1"' in repository.git("show", f"HEAD:{SPEC}")
    assert "9.9.9" not in repository.git("show", f"HEAD:{SPEC}")


def test_work_in_progress_that_git_does_not_know_stops_no_commit(repository):
    (repository.folder / "services" / "draft").mkdir()
    (repository.folder / "services" / "draft" / "pipeline.yaml").write_text("not: finished\n")
    (repository.folder / "generated" / "prod" / "draft").mkdir()
    (repository.folder / "generated" / "prod" / "draft" / "values.yaml").write_text(
        "# Code generated by tiphys from services/draft/pipeline.yaml; DO NOT EDIT.\n"
    )
    (repository.folder / "README.md").write_text("hello\n")
    repository.git("add", "README.md")
    passed, said = repository.commit()
    assert passed, said
    assert (repository.folder / "generated" / "prod" / "draft" / "values.yaml").exists()


def test_committing_one_path_alone_is_stopped_and_leaves_the_index_as_it_was(repository):
    repository.edit('"1.0.0"', '"1.0.1"')
    done = repository.run("git", "commit", "-m", "one", SPEC)
    assert done.returncode != 0
    assert repository.git("diff", "--cached", "--name-only") == ""
    assert sorted(repository.status()) == sorted([f" M {VALUES}", f" M {SPEC}"])


def test_a_hand_edit_of_a_manifest_does_not_get_in(repository):
    repository.edit("1.0.0", "6.6.6", VALUES)
    repository.git("add", VALUES)
    passed, said = repository.commit()
    assert not passed
    assert f"update {VALUES}" in said
    assert "6.6.6" not in (repository.folder / VALUES).read_text()


def test_a_broken_spec_shows_its_place_and_writes_nothing(repository):
    repository.edit('"1.0.0"', "1.0")
    repository.git("add", SPEC)
    before = read_tree(repository.folder / "generated")
    passed, said = repository.commit()
    assert not passed
    assert f"{SPEC}:9:25: error[TP012]" in said
    assert read_tree(repository.folder / "generated") == before


def test_all_files_in_ci_passes_on_a_clean_tree_and_fails_on_drift(repository):
    pre_commit = program("pre-commit")
    assert repository.run(pre_commit, "run", "--all-files").returncode == 0
    repository.edit("1.0.0", "6.6.6", VALUES)
    repository.git("add", VALUES)
    assert repository.run(pre_commit, "run", "--all-files").returncode == 1


def test_a_workspace_below_the_root_of_the_repository_works_the_same(repository):
    folder = repository.folder
    (folder / "deploy").mkdir()
    for name in ("tiphys.yaml", "environments", "services", "generated"):
        repository.git("mv", name, f"deploy/{name}")
    config = folder / ".pre-commit-config.yaml"
    config.write_text(
        config.read_text()
        .replace("-m generator generate", "-m generator -C deploy generate")
        .replace("-m generator lint", "-m generator -C deploy lint")
    )
    repository.git("add", "-A")
    passed, said = repository.commit()
    assert passed, said
    repository.edit('"1.0.0"', '"1.0.1"', f"deploy/{SPEC}")
    repository.git("add", "-A")
    passed, said = repository.commit()
    assert not passed
    assert f"update {VALUES}" in said
    assert "git -C deploy add --all generated" in said


@pytest.mark.parametrize("below", ["", "deploy/"])
def test_the_lines_that_init_prints_for_a_repository_with_hooks_of_its_own_are_all_that_pre_commit_needs(below, tmp_path):
    program("git")
    pre_commit = program("pre-commit")
    (tmp_path / "home").mkdir()
    made = Repository(tmp_path / "w", tmp_path / "home")
    hook = "    - {id: mine, name: mine, entry: 'true', language: system}\n"
    write_tree(made.folder, {".pre-commit-config.yaml": f"repos:\n- repo: local\n  hooks:\n{hook}", "README.md": "# Mine\n"})
    made.git("init", "-q", "-b", "main")
    done = made.run(sys.executable, "-m", "generator", "init", below or ".")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.partition("# .pre-commit-config.yaml, at the end of the list `repos`:\n")[2].partition("\n\n")[0]
    config = made.folder / ".pre-commit-config.yaml"
    config.write_text(config.read_text() + lines.replace("entry: tiphys", f"entry: {sys.executable} -m generator") + "\n")
    made.git("add", "-A")
    done = made.run(pre_commit, "run", "--all-files")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("Passed") == 3
    made.edit('"1.0.0"', '"1.0.1"', f"{below}services/hello/pipeline.yaml")
    made.git("add", "-A")
    done = made.run(pre_commit, "run")
    assert done.returncode == 1
    assert "update generated/prod/hello/values.yaml" in done.stdout


def test_the_published_hook_installs_from_this_repository_and_runs(tmp_path):
    """Install through .pre-commit-hooks.yaml as a user would, from a clone of this working tree."""
    program("git")
    pre_commit = program("pre-commit")
    source = Repository(tmp_path / "source", tmp_path / "home")
    (tmp_path / "home").mkdir()
    source.folder.mkdir()
    files = subprocess.run(
        ["git", "ls-files", "-z", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, check=True
    ).stdout
    for name in files.decode().split("\0"):
        origin, target = ROOT / name, source.folder / name
        if name and not name.startswith("tests/") and origin.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(origin.read_bytes())
    source.git("init", "-q", "-b", "main")
    source.git("add", "-A")
    source.git("commit", "-qm", "all")
    source.git("tag", "v0.0.1")
    user = Repository(workspace(tmp_path / "w"), tmp_path / "home")
    config = f"repos:\n  - repo: file://{source.folder}\n    rev: v0.0.1\n    hooks: [{{id: tiphys-generate}}, {{id: tiphys-lint}}]\n"
    (user.folder / ".pre-commit-config.yaml").write_text(config)
    user.env.pop("PYTHONPATH")
    user.git("init", "-q", "-b", "main")
    user.git("add", "-A")
    done = user.run(pre_commit, "run", "--all-files")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "add generated/prod/web/values.yaml" in done.stdout, done.stdout + done.stderr
    assert "lint pipeline specs" in done.stdout
    user.git("add", "-A")
    done = user.run(pre_commit, "run", "--all-files")
    assert done.returncode == 0, done.stdout + done.stderr
