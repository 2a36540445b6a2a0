"""Thousands of broken workspaces go through every command: without a crash, a hang, or a byte that should not be there."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys

import pytest
from conftest import ROOT

SECONDS = 35
FUZZER = ROOT / "tests" / "fuzz" / "run.py"


def fuzz(folder, *options):
    command = [sys.executable, str(FUZZER), "--jobs", "2", "--save", str(folder / "found"), *map(str, options)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=900)


@pytest.mark.parametrize("seed", [1, random.SystemRandom().randrange(10**9)], ids=["known", "new"])
def test_no_file_of_a_pull_request_crashes_hangs_or_makes_a_command_write_what_it_should_not(seed, tmp_path, request):
    seconds, runs = (0, 100_000) if request.config.getoption("--exhaustive") else (SECONDS, 1500 if seed == 1 else 100_000)
    done = fuzz(tmp_path, "--seed", seed, "--seconds", seconds, "--runs", runs)
    stories = "\n".join(
        path.read_text(encoding="utf-8", errors="replace")[-3000:] for path in tmp_path.glob("found/*/story.txt")
    )
    assert done.returncode == 0, f"{done.stdout}{done.stderr}\n{stories}"
    print(done.stdout)


BROKEN = """\
import sys
sys.path[:0] = [{fuzz!r}, {root!r}]
from generator import pipeline
real = pipeline.run
def run(request):
    outcome = real(request)
    {fault}
    return outcome
from generator.commands import check, generate, lint
for module in (check, generate, lint):
    module.run = run
sys.argv = ["run.py", "--seed", "1", "--runs", "80", "--jobs", "1", "--target", "specs", "--save", {save!r}]
import run as fuzzer
sys.exit(fuzzer.main())
"""
FAULTS = {
    "a crash": ("if outcome.errors: raise KeyError('x')", "KeyError"),
    "a hang": ("while outcome.errors: pass", "over 5 s"),
    "memory": ("kept = outcome.errors and bytearray(2**30)", "MemoryError"),
    "a write of a run that fails": ("outcome.errors and open(request.root + '/x', 'w').close()", "writes and fails"),
    "a write elsewhere": ("open(request.root + '/../../outside/x', 'w').close()", "written outside"),
    "an unclean check": (
        "outcome = outcome._replace(changes=[]) if request.mode.name != 'CHECK' else real(request)._replace(changes=['x'])",
        "",
    ),
    "an end": ("import os; outcome.errors and os.abort()", "SIGABRT"),
}


@pytest.mark.parametrize("name", [name for name in FAULTS if name != "an unclean check"])
def test_the_fuzzer_sees_what_it_is_for(name, tmp_path):
    fault, mark = FAULTS[name]
    limit = 6 if name == "a hang" else 80
    text = BROKEN.format(fuzz=str(FUZZER.parent), root=str(ROOT), fault=fault, save=str(tmp_path / "found"))
    text = text.replace('"80"', f'"{limit}"')
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 1, done.stdout + done.stderr
    assert mark in done.stdout
    cases = list(tmp_path.glob("found/*/case.json"))
    assert cases
    assert json.loads(cases[0].read_text(encoding="utf-8"))["number"].startswith("1/")
    assert os.listdir(cases[0].parent / "files")
