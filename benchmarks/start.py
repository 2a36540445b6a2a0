"""Measure what a start costs: the help, and the check of a workspace with one spec.

    python benchmarks/start.py [--runs 21]

Each program is run once in turn, so that all of them meet the same machine. Absolute times are this machine's on this
day; quote the ratios to `python -c pass` and to a click program that prints its help.
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

HELLO = "import click\n@click.command()\ndef main():\n    'Say hello.'\nmain(['--help'])\n"
NOTHING, CLICK = "python -c pass", "click hello --help"


def programs(tiphys: list[str]) -> dict[str, list[str]]:
    """Return what is run, by its title."""
    return {
        NOTHING: [sys.executable, "-c", "pass"],
        CLICK: [sys.executable, "-c", HELLO],
        "tiphys --help": [*tiphys, "--help"],
        "tiphys check --help": [*tiphys, "check", "--help"],
        "tiphys --version": [*tiphys, "--version"],
        "check one spec, nothing changed": [*tiphys, "check"],
        "check one spec, --no-cache": [*tiphys, "check", "--no-cache"],
        "lint one spec, --no-cache": [*tiphys, "lint", "--no-cache"],
    }


def seconds(command: list[str], folder: Path) -> float:
    """Return the wall time of a whole process; raises SystemExit if it fails."""
    start = time.perf_counter()
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    taken = time.perf_counter() - start
    if done.returncode:
        raise SystemExit(f"{command}: exit {done.returncode}\n{done.stderr.decode()[-2000:]}")
    return taken


def main() -> None:
    """Print the median of each program, and its ratios."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=21)
    runs = parser.parse_args().runs
    tiphys = [str(Path(sys.executable).parent / "tiphys")]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "w"
        os.environ["TIPHYS_CACHE_DIR"] = f"{name}/cache"
        subprocess.run([*tiphys, "init", str(folder)], check=True, capture_output=True)
        time.sleep(2.5)  # until files are older than the granule of file systems, within which their times say nothing
        wanted = programs(tiphys)
        taken: dict[str, list[float]] = {title: [] for title in wanted}
        for number in range(runs + 1):
            for title, command in wanted.items():
                found = seconds(command, folder)
                if number:  # the first run warms up
                    taken[title].append(found)
    medians = {title: statistics.median(times) for title, times in taken.items()}
    print(f"{'':34}{'median ms':>10}{'/ python':>10}{'/ click':>10}")
    for title, median in medians.items():
        print(f"{title:34}{1000 * median:10.1f}{median / medians[NOTHING]:10.2f}{median / medians[CLICK]:10.2f}")


if __name__ == "__main__":
    main()
