"""A bare Git repository with a generated workspace, and clones of it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from support import forked
from support.paths import ROOT
from support.trees import write_tree
from support.workspace import workspace

OTHER = """\
apiVersion: tiphys/v1
kind: Pipeline
metadata: {name: NAME}
spec:
  image: {repository: ghcr.io/acme/NAME}
  environments:
    dev: {image: {tag: "0.0.0"}}
"""
ENVIRONMENT = {
    **{key: value for key, value in os.environ.items() if not key.startswith("GIT_")},
    "PYTHONPATH": str(ROOT),
    "NO_COLOR": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "PYTHONDONTWRITEBYTECODE": "1",
    **{f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER") for what, value in (("NAME", "t"), ("EMAIL", "t@t"))},
}


def git(folder, *arguments):
    """Return what git says; it has to succeed."""
    done = subprocess.run(["git", "-C", folder, *arguments], env=ENVIRONMENT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def tiphys(folder, *arguments):
    """Return the finished process of a command in a folder."""
    return forked.run(arguments, folder, ENVIRONMENT)


def make_remote(tmp_path):
    """Return a bare repository that holds a generated workspace with three services."""
    folder = workspace(tmp_path / "first")
    write_tree(folder, {f"services/{name}/pipeline.yaml": OTHER.replace("NAME", name) for name in ("api", "shop")})
    assert tiphys(folder, "generate").returncode == 0
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "first")
    subprocess.run(["git", "clone", "-q", "--bare", folder, tmp_path / "remote.git"], env=ENVIRONMENT, check=True)
    return tmp_path / "remote.git"


def clone(remote, name) -> Path:
    """Return a new clone beside the remote."""
    folder = remote.parent / name
    subprocess.run(["git", "clone", "-q", remote, folder], env=ENVIRONMENT, check=True)
    return folder
