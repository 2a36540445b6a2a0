"""Real programs, and how long a test waits for them."""

from __future__ import annotations

import os
import shutil
import sys
from importlib import import_module
from pathlib import Path

import pytest

IN_CI = bool(os.environ.get("CI"))

PATIENCE = 600
"""Seconds for one command; only a failing test waits that long."""

HELM_3 = "helm"
HELM_4 = "helm4"
"""What the two are called on a machine that has both."""

HOW = {
    HELM_4: "`go install helm.sh/helm/v4/cmd/helm@v4.3.1`, called `helm4` on the PATH, brings it",
    "chromium": "apt-get install chromium brings it",
    "gcc": "your system's packages have it",
    "docker-registry": "apt-get install docker-registry brings it",
    "kustomize": "`go install sigs.k8s.io/kustomize/kustomize/v5@v5.8.1` brings it",
    "bash": "your system's packages have it",
    "zsh": "apt-get install zsh brings it",
    "fish": "apt-get install fish brings it",
    "node": "your system's packages have it",
    "npm": "your system's packages have it",
    "git": "your system's packages have it",
}
"""How to get a program that pip does not bring."""


def program(name: str) -> str:
    """Return the path of a real program; without it the test fails in CI and skips on a laptop."""
    beside = Path(sys.executable).parent / name
    found = str(beside) if beside.exists() else shutil.which(name)
    if found is None:
        how = HOW.get(name, "pip install -e '.[test]' brings it")
        message = f"{name} is not installed: {how}"
        if IN_CI:
            pytest.fail(message)
        pytest.skip(message)
    return found


def build_backend() -> None:
    """Ask for what builds the package; without it the test fails in CI and skips on a laptop."""
    try:
        import_module("hatchling")
    except ModuleNotFoundError:
        message = "hatchling is not installed: pip install -e '.[test]' brings it"
        if IN_CI:
            pytest.fail(message)
        pytest.skip(message)
