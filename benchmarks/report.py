"""Measure `report` against `check` of the same workspace and against copying the same files, in one run.

    python benchmarks/report.py [--services 1000] [--runs 5]

The aim: a report takes less than three times as long as a check, and besides that as long as it takes to
write its files. User and system time are told, too, as they depend less on what else the machine does.
Each run writes into a new folder, by turns with the others.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from run import commit, make_workspace

TIPHYS = [sys.executable, "-m", "generator"]
ROOT = Path(__file__).resolve().parent.parent


def taken(command: list[str], folder: Path) -> tuple[float, float]:
    """Return the seconds of a whole process: on the clock, and of all cores."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run(command, cwd=folder, check=True, capture_output=True, env=env)
    clock, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return clock, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure(folder: Path, runs: int) -> dict[str, tuple[float, float]]:
    """Return the medians of everything, a warm-up left out.

    What comes just before a command decides how much warm memory it finds, which counts for tens of
    megabytes of files. So the report and the copy of its files each come after a command that writes nothing.
    """
    found: dict[str, list[tuple[float, float]]] = {}
    old, site, copy = folder / "site-old", folder / "site", folder / "copy"
    taken([*TIPHYS, "report", "-q", "-o", str(old)], folder / "w")
    for number in range(runs + 1):
        commands = {
            "check": [*TIPHYS, "check", "--no-cache"],
            "report": [*TIPHYS, "report", "-q", "-o", str(site)],
            "report, nothing changed": [*TIPHYS, "report", "-q", "-o", str(site)],
            "status": [*TIPHYS, "status"],
            "cp of its files": ["cp", "-r", str(old), str(copy)],
        }
        for name, command in commands.items():
            times = taken(command, folder / "w")
            if number:
                found.setdefault(name, []).append(times)
        shutil.rmtree(site)
        shutil.rmtree(copy)
    return {name: tuple(map(statistics.median, zip(*times, strict=True))) for name, times in found.items()}


def sizes(site: Path) -> None:
    """Print how large the site is, and its largest pages."""
    files = [path for path in site.rglob("*") if path.is_file()]
    total = sum(path.stat().st_size for path in files)
    index = (site / "index.html").read_text(encoding="utf-8")
    page = statistics.median(path.stat().st_size for path in (site / "services").iterdir())
    print(f"{len(files):,} files, {total / 1e6:.1f} MB; a service {page / 1e3:.0f} kB (median)")
    print(f"index.html {len(index.encode()) / 1e3:.0f} kB, {index.count('<') - index.count('</'):,} elements")


def main() -> None:
    """Make the workspace, and print a line per command."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--services", type=int, default=1000)
    arguments.add_argument("--runs", type=int, default=5)
    asked = arguments.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "w").mkdir()
        make_workspace(folder / "w", asked.services)
        taken([*TIPHYS, "generate", "-q"], folder / "w")
        commit(folder / "w")
        found = measure(folder, asked.runs)
        clock, cores = found["check"]
        print(f"{asked.services:,} services x 3 environments, medians of {asked.runs}")
        print(f"{'':26}{'clock s':>9}{'/ check':>9}{'user+sys s':>12}{'/ check':>9}")
        for name, (one, other) in found.items():
            print(f"{name:26}{one:9.2f}{one / clock:9.2f}{other:12.2f}{other / cores:9.2f}")
        both = [(found["report"][n] - found["cp of its files"][n]) / found["check"][n] for n in (0, 1)]
        print(f"report without writing: {both[0]:.2f} x check on the clock, {both[1]:.2f} x in user+sys; the aim is 3")
        sizes(folder / "site-old")


if __name__ == "__main__":
    main()
