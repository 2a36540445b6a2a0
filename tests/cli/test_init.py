"""`tiphys init` in a repository that has files already."""

from __future__ import annotations

import subprocess

import pytest

from support.trees import read_tree, write_tree

OTHERS = {
    ".pre-commit-config.yaml": "repos: []\n",
    ".gitattributes": "*.sh text eol=lf\n",
    ".github/workflows/ci.yaml": "on: push\n",
    ".vscode/settings.json": "{\n  // mine\n}\n",
    ".yamllint": "extends: default\n",
    ".prettierignore": "dist/\n",
    "README.md": "# Mine\n",
}


def test_a_repository_with_files_of_other_tools_gets_a_workspace_and_keeps_them(tiphys, tmp_path):
    folder = write_tree(tmp_path / "w", OTHERS)
    done = tiphys("init", cwd=folder)
    assert done.returncode == 0, done.stderr
    tree = read_tree(folder)
    assert {path: tree[path].decode() for path in OTHERS} == OTHERS
    for path in (".gitattributes", ".pre-commit-config.yaml", ".yamllint", ".prettierignore"):
        assert f"\n# {path}, " in done.stdout
    assert "\n// .vscode/settings.json, after the first brace:\n" in done.stdout
    assert ".github" not in done.stdout
    assert {".github/workflows/tiphys.yaml", "tiphys.yaml", "services/hello/pipeline.yaml"} <= tree.keys()
    assert tiphys("check", cwd=folder).returncode == 0


def test_below_the_root_of_a_repository_nothing_is_written_that_only_the_root_is_read_for(tiphys, tmp_path):
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    done = tiphys("init", "deploy/k8s", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    hidden = {path for path in read_tree(tmp_path / "deploy/k8s") if path.startswith(".") and not path.startswith(".tiphys/")}
    assert hidden == {".gitattributes"}
    assert "\n# .pre-commit-config.yaml, in a new file:\n" in done.stdout
    assert "run: tiphys -C deploy/k8s check\n" in done.stdout


@pytest.mark.parametrize(
    "path", ["environments/qa.yaml", "services/old/pipeline.yaml", "strategies/x.yaml", "rules/x.yml", "generated/x/app.yaml"]
)
def test_files_that_a_workspace_would_read_are_not_taken_for_its_own(path, tiphys, tmp_path):
    folder = write_tree(tmp_path / "w", {path: "kind: Something\n"})
    done = tiphys("init", cwd=folder)
    assert (done.returncode, f"would read `{path}`" in done.stderr) == (1, True), done.stderr
    assert list(read_tree(folder)) == [path]


def test_a_workspace_is_told_apart_from_a_folder_with_a_file_in_the_way(tiphys, tmp_path):
    folder = tmp_path / "w"
    assert tiphys("init", folder).returncode == 0
    (folder / "tiphys.yaml").write_text("apiVersion: tiphys/v1\nkind: Workspace\n")
    done = tiphys("init", folder)
    assert done.returncode == 1
    assert "tiphys add SERVICE" in done.stderr


def test_the_example_of_the_readme_has_no_warning_in_a_new_workspace(tiphys, tmp_path):
    assert tiphys("init", "w", cwd=tmp_path).returncode == 0
    from support.paths import ROOT

    spec = (ROOT / "README.md").read_text(encoding="utf-8").partition("```yaml\n")[2].partition("```")[0]
    write_tree(tmp_path / "w", {"services/checkout/pipeline.yaml": spec})
    done = tiphys("lint", "services/checkout/pipeline.yaml", "--ignore", "TP071", cwd=tmp_path / "w")
    assert (done.returncode, done.stdout) == (0, "")
