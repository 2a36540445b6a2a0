"""Measure the rendered diff against the bare `helm template` calls of the Applications that it is about.

    python benchmarks/rendered_diff.py [--services 1000] [--runs 5]

1. Three of N services change, which reaches six Applications: `tiphys diff` beside `tiphys check` and twelve calls of Helm.
2. Environments change under the 33 Applications of examples/online-boutique: beside 66 calls of Helm.

All sides use every core and take turns. Each diff begins with an empty cache; the last row is the same diff again.
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
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from run import commit, make_workspace

ROOT = Path(__file__).resolve().parent.parent
TOUCHED = 3
TIPHYS = [sys.executable, "-m", "generator"]


def helm_calls(folder: Path, services: Sequence[str] = ()) -> list[list[str]]:
    """Return the `helm template` command of every Application of some services, or of all."""
    beside = Path(sys.executable).parent / "helm"
    helm = str(beside) if beside.exists() else shutil.which("helm")
    assert helm, "helm is not installed"
    calls = []
    for of in sorted((folder / "generated").glob("*/*/")):
        values = [word for name in ("values.yaml", "rollout.yaml") if (of / name).exists() for word in ("-f", str(of / name))]
        if values and (not services or of.name in services):
            chart = str(ROOT / "templates" / "chart")
            calls.append([helm, "template", of.name, chart, "--kube-version", "v1.35.0", "--include-crds", *values])
    return calls


def in_parallel(calls: list[list[str]]) -> None:
    """Run commands on all cores."""

    def run(command: list[str]) -> None:
        subprocess.run(command, check=True, capture_output=True)

    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        list(pool.map(run, calls))


def medians(rows: dict[str, Callable[[], object]], runs: int) -> dict[str, float]:
    """Return the median seconds of each row; the rows take turns."""
    taken: dict[str, list[float]] = {title: [] for title in rows}
    for _ in range(runs):
        for title, work in rows.items():
            start = time.perf_counter()
            work()
            taken[title].append(time.perf_counter() - start)
    return {title: statistics.median(some) for title, some in taken.items()}


def compared(title: str, folder: Path, calls: list[list[str]], runs: int, *, with_check: bool) -> None:
    """Print the seconds of the rows, and the ratio that the target is about."""

    def tiphys(*words: str, cache: str) -> None:
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": cache}
        done = subprocess.run([*TIPHYS, *words], cwd=folder, env=environment, capture_output=True, check=False)
        assert done.returncode in (0, 1), done.stderr.decode()

    def cold() -> None:
        with tempfile.TemporaryDirectory() as cache:
            tiphys("diff", "HEAD~1..HEAD", "--rendered", "--offline", cache=cache)

    with tempfile.TemporaryDirectory() as cache:
        rows = {
            "diff, rendered": cold,
            f"{len(calls)} helm template": lambda: in_parallel(calls),
            "check": lambda: tiphys("check", cache=cache),
            "the same diff again": lambda: tiphys("diff", "HEAD~1..HEAD", "--rendered", "--offline", cache=cache),
        }
        rows["the same diff again"]()
        found = medians(rows, runs)
    print(f"{title}, medians of {runs} runs")
    for row, seconds in found.items():
        print(f"  {row:24}{seconds:8.3f} s")
    diff, helm, check, _ = found.values()
    beside = helm + check if with_check else helm
    print(f"  diff / {'(helm + check)' if with_check else 'helm'}: {diff / beside:.2f}")


def main() -> None:
    """Make both repositories, and print seconds and ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--services", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name, "many")
        folder.mkdir()
        make_workspace(folder, arguments.services)
        _generate(folder)
        touched = sorted(folder.glob("services/*/*/pipeline.yaml"))[:TOUCHED]
        for spec in touched:
            spec.write_text(spec.read_text().replace("LOG_LEVEL: info", "LOG_LEVEL: warn"))
        _generate(folder)
        calls = [one for one in helm_calls(folder, [spec.parent.name for spec in touched]) if "/dev/" not in one[-1]]
        title = f"{TOUCHED} of {arguments.services:,} services"
        compared(title, folder, [*calls, *calls], arguments.runs, with_check=True)

        shop = Path(name, "shop")
        shutil.copytree(ROOT / "examples" / "online-boutique", shop)
        subprocess.run(["git", "init", "-q", "-b", "main"], cwd=shop, check=True)
        _generate(shop)
        for environment in sorted(shop.glob("environments/*.yaml")):
            text = environment.read_text()
            environment.write_text(text.replace("fsGroup: 1000", "fsGroup: 2000"))
        _generate(shop)
        calls = helm_calls(shop)
        compared(f"environments of {len(calls)} Applications", shop, [*calls, *calls], arguments.runs, with_check=False)


def _generate(folder: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run([*TIPHYS, "generate", "-q"], cwd=folder, check=True, env=environment, capture_output=True)
    commit(folder)


if __name__ == "__main__":
    main()
