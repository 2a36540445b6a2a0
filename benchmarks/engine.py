"""Measure what is not done again: after nothing changed, after an edit of a spec, and after one of an environment.

    python benchmarks/engine.py [--services 1000] [--runs 3]

Makes the workspace of run.py, generated and committed. Each row is held against what the aim names: `git status`, a
check from nothing, a report from nothing. A keystroke is sent to the real language server over stdio, and what is timed
ends with the findings for that version of the text.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from run import _edits, _hook, _settle, commit, make_workspace, timed

ROOT = Path(__file__).resolve().parent.parent
TIPHYS = [str(Path(sys.executable).parent / "tiphys")]
SPEC = "services/team-01/svc-00001/pipeline.yaml"


def main() -> None:
    """Make the repository, and print seconds and ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--services", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=3)
    arguments = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryDirectory() as name, tempfile.TemporaryDirectory() as cache:
        folder = Path(name) / "w"
        folder.mkdir()
        os.environ["TIPHYS_CACHE_DIR"] = cache
        make_workspace(folder, arguments.services)
        subprocess.run([*TIPHYS, "generate", "-q"], cwd=folder, check=True, capture_output=True)
        commit(folder)
        print(f"{arguments.services:,} services × 3 environments, medians of {arguments.runs} runs")
        measure(folder, arguments.runs)


def measure(folder: Path, runs: int) -> None:
    """Print a line for each command."""
    status = timed(["git", "status", "--porcelain"], folder, runs)
    cold = timed([*TIPHYS, "check", "--no-cache"], folder, runs)
    _told("git status", status, status, "git status")
    _told("check, from nothing", cold, status, "git status")
    print(f"{'  the most memory of a process':28}{_memory(folder):9.0f} MB")
    _settle(folder, TIPHYS)
    _told("check, nothing changed", timed([*TIPHYS, "check"], folder, runs), status, "git status")
    _told("check, one spec changed", timed([*TIPHYS, "check"], folder, runs, _edits(folder)), status, "git status")
    _told("hook, one spec changed", _hook(folder, TIPHYS, runs), status, "git status")
    subprocess.run(["git", "checkout", "-q", "HEAD", "--", "."], cwd=folder, check=True)
    environment = folder / "environments" / "prod.yaml"
    text = environment.read_text()
    environment.write_text(text.replace("selfHeal: true", "selfHeal: false"))
    _told("diff, an environment", timed([*TIPHYS, "diff", "HEAD", "--no-rendered"], folder, runs), cold, "check")
    _told("affected, an environment", timed([*TIPHYS, "affected", "--since", "HEAD"], folder, runs), cold, "check")
    environment.write_text(text)
    (folder / SPEC).write_text((folder / SPEC).read_text().replace("LOG_LEVEL: info", "LOG_LEVEL: warn"))
    _told("diff, a spec", timed([*TIPHYS, "diff", "HEAD", "--no-rendered"], folder, runs), cold, "check")
    _told("affected, a spec", timed([*TIPHYS, "affected", "--since", "HEAD"], folder, runs), cold, "check")
    subprocess.run(["git", "checkout", "-q", "HEAD", "--", "."], cwd=folder, check=True)
    report = [*TIPHYS, "report", "-q", "-o", str(folder.parent / "site")]
    cold_report = timed([*report, "--no-cache"], folder, runs)
    _told("report, from nothing", cold_report, cold, "check")
    subprocess.run(report, cwd=folder, check=True)
    _told("report, one spec changed", timed(report, folder, runs, _edits(folder)), cold_report, "that")
    first, typed = _typed(folder, runs * 5)
    _told("editor, first findings", first, cold, "check")
    _told("editor, a keystroke", typed, 0.1, "100 ms")


def _told(title: str, taken: float, base: float, of: str) -> None:
    print(f"{title:28}{taken:9.3f}{taken / base:9.2f} × {of}", flush=True)


def _memory(folder: Path) -> float:
    """Return the most memory in megabytes that a check from nothing holds in one of its processes."""
    measured = (
        "import resource, subprocess, sys; subprocess.run(sys.argv[1:], capture_output=True); "
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)"
    )
    command = [sys.executable, "-c", measured, *TIPHYS, "check", "--no-cache"]
    return float(subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout)


def _typed(folder: Path, times: int) -> tuple[float, float]:
    """Return the seconds until an editor has findings of a spec that is opened, and the median after a keystroke."""
    sys.path.insert(0, str(ROOT / "tests"))
    from support.language_client import Client

    client, path = Client(folder), folder / SPEC
    client.start(folder)
    text = path.read_text()
    start = time.perf_counter()
    client.open(path)
    first, taken = time.perf_counter() - start, []
    for number in range(times):
        start = time.perf_counter()
        client.change(path, text.replace("LOG_LEVEL: info", f"LOG_LEVEL: level-{number}"))
        taken.append(time.perf_counter() - start)
    client.stop()
    return first, statistics.median(taken)


if __name__ == "__main__":
    main()
