"""A new workspace whose placeholders are replaced, in one commit, and a shell in a copy of it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from generator.workspace.starting import files_of
from support import forked
from support.programs import PATIENCE
from support.trees import write_tree

SPEC = "services/hello/pipeline.yaml"
_GIT = {
    "GIT_CONFIG_GLOBAL": os.devnull, "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.com",
    "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.com",
}  # fmt: skip
_OWN = (("oci://registry.example.com", "oci://127.0.0.1:9"), ("ghcr.io/acme", "ghcr.io/shop"), ("com/acme", "com/shop"))
"""What stands for the placeholders: no registry answers at port 9."""


def workspace(root: Path) -> Path:
    """Make the workspace in a folder `w`, next to a program `tiphys` in `bin`, and return the folder of both."""
    write_tree(root / "w", files_of("quickstart"))
    for path in (root / "w" / "tiphys.yaml", root / "w" / SPEC, *(root / "w" / "environments").iterdir()):
        for old, new in _OWN:
            path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    write_tree(root / "bin", {"tiphys": forked.client()[0]})
    (root / "bin" / "tiphys").chmod(0o755)
    assert forked.run(["generate", "-q"], root / "w", os.environ).returncode == 0
    for words in (["init", "-q", "-b", "main"], ["add", "--all", "--force"], ["commit", "-q", "-m", "a"]):
        subprocess.run(["git", *words], cwd=root / "w", env={**os.environ, **_GIT}, check=True)
    return root


def pasted(script: str, made: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a script in a copy of the workspace, and return how it ended, with all that it printed as its stdout."""
    shutil.copytree(made / "w", folder / "w")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("GIT_", "GITHUB_", "PRE_COMMIT"))}
    path = f"{made / 'bin'}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-c", script],
        cwd=folder / "w",
        env={**kept, **_GIT, "PATH": path, "SPEC": SPEC, "NO_COLOR": "1", "HOME": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=PATIENCE,
        pass_fds=[forked.client()[1]],
    )
