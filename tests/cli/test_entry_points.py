"""The ways to start Tiphys besides its command, and the systems on which it does not start."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from support.paths import ROOT


def start(*arguments, cwd):
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run([sys.executable, *arguments], cwd=cwd, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("module", ["tiphys", "generator"])
def test_python_dash_m_is_the_same_program(module, tmp_path):
    done = start("-m", module, "check", "--format", "json", cwd=ROOT / "examples/quickstart")
    assert (done.returncode, done.stderr) == (0, "11 files of 1 service: no drift\n")
    assert start("-m", module, "nonsense", cwd=tmp_path).stderr.startswith("Usage: tiphys ")


@pytest.mark.parametrize("name", ["generator/__init__.py", "json.py", "click.py"])
def test_python_dash_m_tiphys_runs_no_module_of_the_repository_that_it_checks(name, tmp_path):
    module = tmp_path / name
    module.parent.mkdir(exist_ok=True)
    module.write_text("open('owned', 'w')\n")
    done = start("-m", "tiphys", "--version", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert not (tmp_path / "owned").exists()


@pytest.mark.parametrize("module", ["tiphys", "generator"])
def test_native_windows_is_told_to_use_wsl_in_one_sentence(module, tmp_path):
    program = (
        f"import runpy, sys; sys.platform = 'win32'; sys.path.insert(0, ''); runpy.run_module('{module}', run_name='__main__')"
    )
    done = start("-c", program, "check", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr == ("tiphys: native Windows is not supported: install and run Tiphys in WSL, which is a Linux system\n")
