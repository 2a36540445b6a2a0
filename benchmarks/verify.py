"""Measure `tiphys verify` against the bare `helm template` calls that it makes.

    python benchmarks/verify.py [--runs 7]

Both go over the 33 applications of examples/online-boutique and use every core. Runs take turns, so that
a slow minute of the machine is everybody's. Absolute times are this machine's on this day; quote the ratios.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHOP = ROOT / "examples" / "online-boutique"


def helm_calls() -> list[list[str]]:
    """Return the `helm template` command of every application."""
    beside = Path(sys.executable).parent / "helm"
    helm = str(beside) if beside.exists() else shutil.which("helm")
    assert helm, "helm is not installed"
    calls = []
    for folder in sorted((SHOP / "generated").glob("*/*/")):
        values = [
            part for name in ("values.yaml", "rollout.yaml") if (folder / name).exists() for part in ("--values", folder / name)
        ]
        if values:
            head = [helm, "template", ROOT / "templates" / "chart", "--name-template", folder.name]
            calls.append(
                list(map(str, [*head, "--namespace", "online-boutique", "--kube-version", "1.31", *values, "--include-crds"]))
            )
    return calls


def seconds(work) -> float:
    """Return how long some work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> None:
    """Print medians and ratios."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=7)
    runs = parser.parse_args().runs
    calls = helm_calls()
    cores = len(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": folder}
        tiphys = [sys.executable, "-m", "generator", "-C", str(SHOP), "verify", "--quiet"]

        def call(command) -> None:
            subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=True)

        def bare() -> None:
            with ThreadPoolExecutor(cores) as pool:
                list(pool.map(call, calls))

        kinds = {
            f"helm template × {len(calls)}": bare,
            "verify, nothing remembered": lambda: call([*tiphys, "--no-cache"]),
            "verify, all remembered": lambda: call(tiphys),
        }
        for work in kinds.values():
            work()
        times = {name: [] for name in kinds}
        for _ in range(runs):
            for name, work in kinds.items():
                times[name].append(seconds(work))
    base = statistics.median(times[next(iter(times))])
    print(f"{cores} cores, medians of {runs} runs")
    for name, found in times.items():
        print(f"{name:<28}{statistics.median(found):8.3f} s {statistics.median(found) / base:8.2f} ×")


if __name__ == "__main__":
    main()
