"""`tiphys --version` says what a bug report needs: the versions of all that results depend on."""

from __future__ import annotations

import re

from generator import __version__
from support.programs import program


def test_the_first_line_of_the_version_is_for_programs_and_the_rest_for_people(tiphys, tmp_path):
    program("helm")
    done = tiphys("--version", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    first, python, helm, schemas = done.stdout.splitlines()
    assert first == f"tiphys {__version__}"
    assert re.fullmatch(r"Python 3\.\d+\.\d+\S*", python)
    assert re.fullmatch(r"Helm \d+\.\d+(\.\d+)? \(/.*\)", helm)
    assert re.fullmatch(r"schemas: tiphys/v1, Kubernetes 1\.\d+ to 1\.\d+", schemas)


def test_a_machine_without_helm_is_told_so_and_the_version_is_still_said(monkeypatch):
    from generator.cli import about

    monkeypatch.setattr(about.helm, "path_of", lambda _named="": None)
    monkeypatch.setattr(about.schema_versions, "installed", lambda: False)
    assert about.text().splitlines()[2:] == [
        "Helm: helm is not on the PATH",
        "schemas: tiphys/v1, without those of Kubernetes, which the extra `verify` brings",
    ]
