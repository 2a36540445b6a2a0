"""The instructions of docs/install.md, as pasted: from a commit of a Git repository into an empty folder."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from generator import __version__
from support.paths import ROOT
from support.programs import IN_CI, PATIENCE

TEXT = (ROOT / "docs" / "install.md").read_text(encoding="utf-8")
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")


def block(heading):
    return re.search(rf"^## {re.escape(heading)}\n.*?```sh\n(.*?)```", TEXT, re.MULTILINE | re.DOTALL)[1]


@pytest.fixture
def asked(tmp_path):
    """Return the environment of a user who has set an address and a commit; Git takes the address for a folder here."""
    if not IN_CI:
        pytest.skip("it downloads packages; CI has them at hand")
    source = tmp_path / "origin"
    source.mkdir()
    files = subprocess.run(["git", "ls-files", "-z", ":!tests"], cwd=ROOT, capture_output=True, check=True).stdout
    archive = subprocess.run(["tar", "c", "--null", "-T", "-"], cwd=ROOT, input=files, capture_output=True, check=True).stdout
    subprocess.run(["tar", "x"], cwd=source, input=archive, check=True)
    who = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
    for command in (["init", "-q"], ["add", "--all", "--force"], [*who, "commit", "-qm", "a"]):
        subprocess.run(["git", *command], cwd=source, check=True)
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=source, capture_output=True, text=True, check=True)
    address, commit = "https://git.example/acme/tiphys", head.stdout.strip()
    given = {"TIPHYS": f"git+{address}@{commit}", "REPOSITORY": address, "COMMIT": commit}
    settings = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": f"url.file://{source}.insteadOf", "GIT_CONFIG_VALUE_0": address}
    return given | settings


@pytest.mark.parametrize("heading", ["pip, in a virtual environment", "Locked, each package by its hash"])
def test_the_pasted_commands_install_a_program_that_works(heading, asked, tmp_path):
    python = tmp_path / "bin" / "python3"
    python.parent.mkdir()
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    environment |= asked
    environment["PATH"] = f"{python.parent}{os.pathsep}{environment['PATH']}"
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", block(heading)],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stderr
    works(tmp_path / ".venv" / "bin" / "tiphys", tmp_path)


@pytest.mark.parametrize("installer", ["pipx", "uv"])
def test_one_command_installs_a_program_that_is_on_the_path(installer, asked, tmp_path):
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "tools"], check=True)
    subprocess.run([tmp_path / "tools/bin/pip", "install", "--quiet", installer], check=True, timeout=PATIENCE)
    places = {
        "PIPX_HOME": "home",
        "PIPX_BIN_DIR": "bin",
        "UV_TOOL_DIR": "home",
        "UV_TOOL_BIN_DIR": "bin",
        "UV_CACHE_DIR": "cache",
    }
    # As CI tells pip: packages are at hand, and no index is asked.
    at_hand = {"UV_NO_INDEX": "PIP_NO_INDEX", "UV_FIND_LINKS": "PIP_FIND_LINKS"}
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"} | asked
    environment |= {name: str(tmp_path / folder) for name, folder in places.items()}
    environment |= {name: os.environ[of_pip] for name, of_pip in at_hand.items() if of_pip in os.environ}
    environment["PATH"] = os.pathsep.join([str(tmp_path / "bin"), str(tmp_path / "tools/bin"), environment["PATH"]])
    command = block(installer)
    assert len(command.splitlines()) == 2, "one command installs it, the other one shows that it is on the PATH"
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", command], cwd=tmp_path, env=environment, timeout=PATIENCE, check=False
    )
    assert done.returncode == 0
    works(tmp_path / "bin" / "tiphys", tmp_path)
    done = subprocess.run(
        [tmp_path / "bin/tiphys", "-C", "w", "mcp"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    again = "pipx install --force" if installer == "pipx" else "uv tool install --force"
    assert done.returncode == 2
    assert f"{again} 'tiphys[lsp,mcp,verify] @ " in done.stderr, "pip would install it where this program does not look"


def works(tiphys, tmp_path):
    """Check that an installed program has its version, and begins and checks a workspace."""
    said = subprocess.run([tiphys, "--version"], capture_output=True, text=True, check=True).stdout
    assert said.startswith(f"tiphys {__version__}\n")
    subprocess.run([tiphys, "init", "w"], cwd=tmp_path, capture_output=True, check=True)
    assert subprocess.run([tiphys, "-C", "w", "check"], cwd=tmp_path, check=False).returncode == 0


def test_the_image_is_of_a_fixed_base_runs_without_privileges_and_fetches_from_registries_alone():
    bases = re.findall(r"^(?:ARG PYTHON=|FROM )(\S+)", DOCKERFILE, re.MULTILINE)
    assert re.fullmatch(r"docker\.io/library/python:3\.1\d-slim@sha256:[0-9a-f]{64}", bases[0])
    assert set(bases[1:]) == {"${PYTHON}"}
    users = re.findall(r"^USER (\S+)", DOCKERFILE.rpartition("FROM ")[2], re.MULTILINE)
    assert users == ["tiphys"]
    assert not re.search(r"\b(curl|wget|ADD)\b|https?://", DOCKERFILE)
    assert all("--require-hashes" in line or "--no-deps" in line for line in DOCKERFILE.splitlines() if "pip install" in line)


def test_the_image_is_built_of_all_that_the_package_is_built_of():
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    taken = {line[1:] for line in ignored if line.startswith("!")}
    assert "*" in ignored
    assert taken >= {"generator", "schemas", "templates", "environments", "examples", "tiphys.py", "README.md", "LICENSE"}
    assert all((ROOT / path).exists() for path in taken)
    for path in re.findall(r"^COPY (?!--from)(\S+)", DOCKERFILE, re.MULTILINE):
        assert path == "." or path in taken
