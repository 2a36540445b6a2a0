"""The fixtures that most tests ask for: the command line, golden files, and the real programs."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from support import forked
from support.outputs import FOLDER, problems
from support.paths import ROOT
from support.programs import HELM_3, HELM_4, program
from support.reports import report_validator

OUTPUTS = {path.stem for path in FOLDER.iterdir()}
"""The commands whose JSON has a schema; every document that a test sees is compared with it."""


@pytest.fixture(scope="session")
def helm(request, tmp_path_factory) -> str:
    """Return the real Helm 3; Helm 4 too, one after the other, for tests that are marked `both_helms`."""
    if getattr(request, "param", HELM_3) == HELM_3:
        return program(HELM_3)
    found, folder = program(HELM_4), tmp_path_factory.mktemp("helm")
    (folder / "helm").symlink_to(found)
    return str(folder / "helm")


@pytest.fixture(autouse=True)
def _helm_that_is_found(request, monkeypatch):
    """Make the Helm that a test asks for the first on the PATH."""
    if "helm" in request.fixturenames:
        folder = Path(request.getfixturevalue("helm")).parent
        monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture(scope="session")
def helm4() -> str:
    return program(HELM_4)


@pytest.fixture(scope="session")
def kustomize() -> str:
    return program("kustomize")


@pytest.fixture(scope="session")
def git() -> str:
    return program("git")


@pytest.fixture
def tiphys(tmp_path):
    """Return a function that runs the real command line in tmp_path and returns the finished process."""

    def run(*arguments, cwd=tmp_path, env=None, stdin=None):
        environment = {key: value for key, value in os.environ.items() if not key.startswith(("GIT_", "GITHUB_", "PRE_COMMIT"))}
        environment |= {"NO_COLOR": "1", **(env or {})}
        done = forked.run(arguments, cwd, environment, stdin)
        if done.stdout.startswith('{\n  "version": 1,\n  "diagnostics"'):
            report_validator().validate(json.loads(done.stdout))
        elif done.stdout.startswith('{\n  "version": 1,\n') and (
            command := next((one for one in arguments if one in OUTPUTS), "")
        ):
            assert problems(command, json.loads(done.stdout)) == []
        return done

    return run


@pytest.fixture
def golden(request):
    """Return a function that compares text with a file, or rewrites the file under --update-golden."""
    update = request.config.getoption("--update-golden")
    rewritten = []

    def compare(text: str, path: Path) -> None:
        expected = path.read_bytes().decode("utf-8") if path.exists() else None
        if text == expected:
            return
        if update:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode("utf-8"))
            rewritten.append(path)
            return
        assert text == expected, f"{path} is not what came out; --update-golden rewrites it"

    yield compare
    if rewritten:
        pytest.fail("rewritten, read them before you commit: " + ", ".join(str(path.relative_to(ROOT)) for path in rewritten))
