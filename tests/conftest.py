"""What tests share: the command line, golden files, and the real programs."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

pytest_plugins = ["chart_repositories"]

ROOT = Path(__file__).resolve().parent.parent
IN_CI = bool(os.environ.get("CI"))


def pytest_addoption(parser):
    parser.addoption("--update-golden", action="store_true", help="rewrite expected files, then fail, so that they are read")
    parser.addoption("--exhaustive", action="store_true", help="run the long version of the sweeps and property tests")


PATIENCE = 600
"""Seconds for one command; only a failing test waits that long."""

HOW = {
    "chromium": "apt-get install chromium brings it",
    "gcc": "your system's packages have it",
    "docker-registry": "apt-get install docker-registry brings it",
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


@pytest.fixture(scope="session")
def helm() -> str:
    return program("helm")


@pytest.fixture(scope="session")
def git() -> str:
    return program("git")


@pytest.fixture
def tiphys(tmp_path):
    """Return a function that runs the real command line in tmp_path and returns the finished process."""

    def run(*arguments, cwd=tmp_path, env=None, stdin=None):
        environment = {key: value for key, value in os.environ.items() if not key.startswith(("GIT_", "GITHUB_", "PRE_COMMIT"))}
        environment |= {"PYTHONPATH": str(ROOT), "NO_COLOR": "1", **(env or {})}
        command = [sys.executable, "-m", "generator", *map(str, arguments)]
        done = subprocess.run(
            command, cwd=cwd, env=environment, input=stdin, capture_output=True, text=True, check=False, timeout=PATIENCE
        )
        if done.stdout.startswith('{\n  "version": 1,\n  "diagnostics"'):
            report_validator().validate(json.loads(done.stdout))
        return done

    return run


@cache
def report_validator():
    """Return what holds every JSON report that a test sees against the published schema, with nothing more in it."""
    from jsonschema import Draft7Validator

    text = (ROOT / "schemas" / "report.schema.json").read_text(encoding="utf-8")
    return Draft7Validator(json.loads(text.replace('"additionalProperties": true', '"additionalProperties": false')))


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


def write_tree(root: Path, files: dict[str, str | bytes]) -> Path:
    """Write files below a folder, by relative path."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return root


def read_tree(root: Path) -> dict[str, bytes]:
    """Return every file below a folder with its bytes, by relative path."""
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}
