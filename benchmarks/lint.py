"""Measure what the rules cost: lint against check, and a rule where there is nothing for it to look at.

    python benchmarks/lint.py [--services 1000] [--runs 5]

Wall time and processor time (user and system, of all processes) of whole runs over one workspace, and the
processor time of all rules over plain manifests with and without one rule more. Quote the ratios.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from run import ROOT, commit, make_workspace

sys.path.insert(0, str(ROOT))

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}
OBJECTS = 20_000


def spent(command: list[str], folder: Path, runs: int) -> tuple[float, float]:
    """Return the medians of wall time and processor time in seconds, after a warm-up."""
    found = []
    for number in range(runs + 1):
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        done = subprocess.run(command, cwd=folder, capture_output=True, check=False, env=ENVIRONMENT)
        wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
        if done.returncode:
            raise SystemExit(f"{command}: exit {done.returncode}\n{done.stderr.decode()[-2000:]}")
        if number:
            found.append((wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime))
    walls, processor = zip(*found, strict=True)
    return statistics.median(walls), statistics.median(processor)


def of_workspace(services: int, runs: int) -> None:
    """Print what lint costs of what check costs."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_workspace(folder, services)
        tiphys = [sys.executable, "-m", "generator"]
        subprocess.run([*tiphys, "generate"], cwd=folder, check=True, capture_output=True, env=ENVIRONMENT)
        commit(folder)
        print(f"{services:,} services × 3 environments")
        check = spent([*tiphys, "check", "--no-cache"], folder, runs)
        lint = spent([*tiphys, "lint"], folder, runs)
        for what, (wall, processor) in (("check, nothing changed", check), ("lint", lint)):
            print(f"{what:<30} {wall:7.3f} s wall {processor:7.3f} s processor")
        print(f"{'lint / check':<30} {lint[0] / check[0]:7.2f}        {lint[1] / check[1]:7.2f}")


def of_rules(runs: int) -> None:
    """Print what one rule more costs where nothing is of its kind."""
    from generator.diagnostics import Severity
    from generator.kubernetes.objects import KubeObject, Objects
    from generator.lint.engine import dispatch, examine
    from generator.lint.registry import object_rules
    from generator.lint.rules.rule import Rule

    more = [Rule("none", f"XX{n:03}", f"rule-{n}", Severity.ERROR, (("example.com", "Other"),)) for n in range(100)]
    data = [
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": f"c{n}", "labels": {"app": "web"}}}
        for n in range(OBJECTS)
    ]
    sets = {"all rules": dispatch(object_rules()), "and 100 of another kind": dispatch([*object_rules(), *more])}
    print(f"\n{OBJECTS:,} ConfigMaps")
    for what, rules in sets.items():
        times = []
        for _ in range(runs):
            start = time.process_time()
            list(examine(Objects(map(KubeObject, data)), rules))
            times.append(time.process_time() - start)
        print(f"{what:<30} {1e6 * statistics.median(times) / OBJECTS:7.2f} µs an object")


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--services", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=5)
    given = parser.parse_args()
    of_workspace(given.services, given.runs)
    of_rules(given.runs)


if __name__ == "__main__":
    main()
