"""Thousands of broken workspaces go through every command: without a crash, a hang, or a byte that should not be there."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys

import pytest

from support.paths import ROOT

SECONDS = 4
FUZZER = ROOT / "tests" / "fuzz" / "run.py"


def fuzz(folder, *options):
    command = [sys.executable, str(FUZZER), "--jobs", "2", "--save", str(folder / "found"), *map(str, options)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=900)


@pytest.mark.parametrize("seed", [1, random.SystemRandom().randrange(10**9)], ids=["known", "new"])
def test_no_file_of_a_pull_request_crashes_hangs_or_makes_a_command_write_what_it_should_not(seed, tmp_path, request):
    seconds, runs = (0, 100_000) if request.config.getoption("--exhaustive") else (SECONDS, 200 if seed == 1 else 100_000)
    done = fuzz(tmp_path, "--seed", seed, "--seconds", seconds, "--runs", runs)
    stories = "\n".join(
        path.read_text(encoding="utf-8", errors="replace")[-3000:] for path in tmp_path.glob("found/*/story.txt")
    )
    assert done.returncode == 0, f"{done.stdout}{done.stderr}\n{stories}"
    print(done.stdout)


BROKEN = """\
import glob, os, sys
sys.path[:0] = [{fuzz!r}, {root!r}]
import rounds
from generator.pipeline import run as pipeline
from generator.cli import check, generate, lint
from generator.errors import ConfigError

real_run, real_round, now = pipeline.run, rounds.run, -1

def run(request):
    outcome = real_run(request)
    if now == 1:
        raise KeyError
    while now == 2:
        pass
    if now == 3:
        bytearray(2**30)
    if now == 4:
        open(request.root + "/x", "w").close()
        raise ConfigError("x")
    if now == 5:
        open(request.root + "/../../outside/x", "w").close()
    if now == 6:
        os.abort()
    if now > 6 and request.mode is pipeline.Mode.WRITE and not outcome.errors:
        open(glob.glob(request.root + "/generated/*/root.yaml")[0], "a").write("x")
    return outcome

def round(area, case):
    global now
    now = int(case.number.partition("/")[2])
    real_round(area, case)

rounds.run = round
for module in (check, generate, lint):
    module.run = run
sys.argv = ["run.py", "--seed", "1", "--runs", "60", "--tries", "1", "--target", "specs", "--save", {save!r}]
import run as fuzzer
sys.exit(fuzzer.main())
"""
FAULTS = {
    "generate: KeyError in generator/": "a crash",
    "generate: over 5 s": "a hang",
    "generate: MemoryError in generator/": "memory",
    "generate writes and fails": "a run that fails and has written",
    "written outside": "a file that is not of the workspace",
    "generate: SIGABRT": "the end of the process",
    "check is not clean after generate": "drift that generate leaves",
}


def test_the_fuzzer_sees_what_it_is_for(tmp_path):
    text = BROKEN.format(fuzz=str(FUZZER.parent), root=str(ROOT), save=str(tmp_path / "found"))
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 1, done.stdout + done.stderr
    for mark, what in FAULTS.items():
        assert f"FAULT {mark}" in done.stdout, f"{what} is not seen\n{done.stdout}{done.stderr}"
    kept = list(tmp_path.glob("found/*/case.json"))
    assert len(kept) >= len(FAULTS)
    for path in kept:
        assert json.loads(path.read_text(encoding="utf-8"))["number"].startswith("1/")
        assert os.listdir(path.parent / "files")
