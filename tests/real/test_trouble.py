"""docs/trouble.md quotes what the tool says: each mistake is made, and the message is looked for in what is printed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from generator.workspace.starting import files_of
from support import forked
from support.paths import ROOT
from support.programs import PATIENCE, program
from support.trees import write_tree

PAGE = (ROOT / "docs" / "trouble.md").read_text(encoding="utf-8")
QUOTED = dict(re.findall(r"^### ([^\n]*)\n\n```text\n(.*?)\n```$", PAGE, re.MULTILINE | re.DOTALL))
MADE = yaml.safe_load(Path(__file__).with_name("trouble.yaml").read_text(encoding="utf-8"))
SPEC = "services/hello/pipeline.yaml"
GIT = {
    "GIT_CONFIG_GLOBAL": os.devnull, "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.com",
    "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.com",
}  # fmt: skip


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    """Return a folder with a workspace whose placeholders are replaced, in one commit, and a program `tiphys`."""
    root = tmp_path_factory.mktemp("trouble")
    write_tree(root / "w", files_of("quickstart"))
    places = (("oci://registry.example.com", "oci://127.0.0.1:9"), ("ghcr.io/acme", "ghcr.io/shop"), ("com/acme", "com/shop"))
    for path in (root / "w" / "tiphys.yaml", root / "w" / SPEC, *(root / "w" / "environments").iterdir()):
        for old, new in places:
            path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    assert forked.run(["generate", "-q"], root / "w", os.environ).returncode == 0
    write_tree(root / "bin", {"tiphys": forked.client()[0]})
    (root / "bin" / "tiphys").chmod(0o755)
    for words in (["init", "-q", "-b", "main"], ["add", "--all", "--force"], ["commit", "-q", "-m", "a"]):
        subprocess.run(["git", *words], cwd=root / "w", env={**os.environ, **GIT}, check=True)
    return root


def test_each_message_of_the_page_is_looked_for_and_no_other():
    assert sorted(QUOTED) == sorted(MADE)


@pytest.mark.parametrize("section", MADE)
def test_a_message_that_people_look_up_is_said_in_these_words(section, workspace, tmp_path):
    if "verify" in MADE[section]:
        program("helm")
    shutil.copytree(workspace / "w", tmp_path / "w")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("GIT_", "GITHUB_", "PRE_COMMIT"))}
    path = f"{workspace / 'bin'}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", MADE[section]],
        cwd=tmp_path / "w",
        env={**kept, **GIT, "PATH": path, "SPEC": SPEC, "NO_COLOR": "1", "HOME": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=PATIENCE,
        pass_fds=[forked.client()[1]],
    )
    said = ".*".join(map(re.escape, QUOTED[section].split("…")))
    assert re.search(said, done.stdout), done.stdout
