"""The extension for VS Code is of this version, and gets only packages that somebody has looked at."""

from __future__ import annotations

import json
import re

from generator import __version__
from support.paths import ROOT

HERE = ROOT / "editors" / "vscode"
MANIFEST = json.loads((HERE / "package.json").read_text(encoding="utf-8"))
LOCK = json.loads((HERE / "package-lock.json").read_text(encoding="utf-8"))


def test_the_extension_has_the_version_of_the_server_that_it_was_tested_with():
    assert MANIFEST["version"] == LOCK["version"] == LOCK["packages"][""]["version"] == __version__


def test_each_package_has_one_version_and_a_hash():
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in MANIFEST["devDependencies"].values())
    assert "dependencies" not in MANIFEST, "what it needs is in the bundle"
    assert LOCK["packages"][""]["devDependencies"] == MANIFEST["devDependencies"]
    entries = {path: entry for path, entry in LOCK["packages"].items() if path}
    assert len(entries) > 100
    for path, entry in entries.items():
        assert entry["integrity"].startswith("sha512-"), path
        assert entry.get("resolved", "https://registry.npmjs.org/").startswith("https://registry.npmjs.org/"), path


def test_the_editor_that_it_asks_for_has_the_interface_that_it_was_compiled_for():
    assert MANIFEST["engines"]["vscode"] == f"^{MANIFEST['devDependencies']['@types/vscode']}"
