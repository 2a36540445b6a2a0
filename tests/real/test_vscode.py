"""The extension for VS Code: its own tests, which speak with the real server, and the package that is published."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from support.paths import ROOT
from support.programs import IN_CI, PATIENCE, program

HERE = ROOT / "editors" / "vscode"
MANIFEST = json.loads((HERE / "package.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def extension(tmp_path_factory):
    """Return a copy of the extension with the packages of its lock: TIPHYS_VSCODE_MODULES, or those of the tree."""
    program("npm")
    modules = Path(os.environ.get("TIPHYS_VSCODE_MODULES") or HERE / "node_modules")
    if not (modules / "esbuild").is_dir():
        message = f"the packages of the extension are not installed: npm ci --prefix {HERE}"
        (pytest.fail if IN_CI else pytest.skip)(message)
    folder = tmp_path_factory.mktemp("vscode") / "extension"
    shutil.copytree(HERE, folder, ignore=shutil.ignore_patterns("node_modules", "dist", "out", "*.vsix"))
    (folder / "node_modules").symlink_to(modules)
    return folder


def npm(folder, *arguments, **environment):
    done = subprocess.run(
        [program("npm"), "--offline", *arguments],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_extension_starts_the_real_server_and_shows_what_it_says(extension, tmp_path):
    tiphys = tmp_path / "tiphys"
    tiphys.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m tiphys "$@"\n')
    tiphys.chmod(0o755)
    said = npm(extension, "test", TIPHYS=str(tiphys), TMPDIR=str(tmp_path))
    passed = int(re.search(r"^(?:#|ℹ) pass (\d+)$", said, re.MULTILINE)[1])
    assert passed >= 17, "a test was left out"


def test_the_package_holds_the_bundle_and_nothing_of_the_machine_that_made_it(extension):
    npm(extension, "run", "package")
    with zipfile.ZipFile(extension / f"tiphys-{MANIFEST['version']}.vsix") as package:
        names = {name.removeprefix("extension/") for name in package.namelist() if name.startswith("extension/")}
        bundle = package.read("extension/dist/extension.js").decode()
        manifest = json.loads(package.read("extension/package.json"))
    assert names == {"package.json", "readme.md", "LICENSE.txt", "ThirdPartyNotices.txt", "dist/extension.js"}
    assert str(extension) not in bundle
    assert str(ROOT) not in bundle
    assert manifest["main"] == "./dist/extension.js"


def test_every_package_in_the_bundle_is_named_with_its_licence(extension):
    npm(extension, "run", "build", "--", "--metafile=meta.json")
    inputs = json.loads((extension / "meta.json").read_text())["inputs"]
    bundled = {
        found[1] for path in inputs if (found := re.search(r"node_modules/((?:@[^/]+/)?[^/]+)/(?!.*node_modules/)", path))
    }
    notices = (HERE / "ThirdPartyNotices.txt").read_text(encoding="utf-8")
    lock = json.loads((HERE / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    for name in bundled:
        assert f"\n{name} {lock[f'node_modules/{name}']['version']}\n" in notices, name
    assert len(bundled) > 4
