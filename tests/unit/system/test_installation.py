"""A hint that names another installer sends the reader to an environment that the program does not run in."""

from __future__ import annotations

import pytest

from generator.system import installation

URL = "<the URL that you installed tiphys from>"


@pytest.mark.parametrize(
    ("left", "present", "said"),
    [
        ("", (), f"pip install 'tiphys[lsp] @ {URL}'"),
        ("", ("kubernetes-validate",), f"pip install 'tiphys[lsp] @ {URL}'"),
        ("pipx_metadata.json", (), f"pipx install --force 'tiphys[lsp] @ {URL}'"),
        ("uv-receipt.toml", (), f"uv tool install --force 'tiphys[lsp] @ {URL}'"),
        ("uv-receipt.toml", ("mcp", "kubernetes-validate"), f"uv tool install --force 'tiphys[lsp,mcp,verify] @ {URL}'"),
    ],
)
def test_the_hint_for_an_extra_names_the_installer_and_loses_no_extra(left, present, said, tmp_path, monkeypatch):
    monkeypatch.setattr(installation, "_is_installed", lambda package: package in present)
    if left:
        (tmp_path / left).write_text("")
    assert installation.with_extra("lsp", str(tmp_path)) == said


def test_an_installed_package_is_found():
    assert installation._is_installed("click")
    assert not installation._is_installed("tiphys-has-no-such-package")


def test_packages_that_are_too_old_are_renewed(tmp_path):
    assert installation.with_extra("verify", str(tmp_path), upgrade=True) == f"pip install --upgrade 'tiphys[verify] @ {URL}'"
