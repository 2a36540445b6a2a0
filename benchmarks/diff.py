"""Measure `tiphys diff` of a branch that touches three services of many, and of one that touches all.

    python benchmarks/diff.py [--services 1000] [--runs 5]

Makes a Git repository of N services × 3 environments with everything generated and committed, and puts the
comparison beside `tiphys check`, and beside `tiphys affected`, which renders both sides whole.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from run import commit, make_workspace, timed

TOUCHED = 3


def main() -> None:
    """Make the repository, and print seconds and ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--services", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    tiphys = [sys.executable, "-m", "generator"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_workspace(folder, arguments.services)
        subprocess.run([*tiphys, "generate", "-q"], cwd=folder, check=True)
        commit(folder)
        for spec in sorted(folder.glob("services/*/*/pipeline.yaml"))[:TOUCHED]:
            spec.write_text(spec.read_text().replace("LOG_LEVEL: info", "LOG_LEVEL: warn"))
        commit(folder)
        environment = folder / "environments" / "prod.yaml"
        environment.write_text(environment.read_text().replace("selfHeal: true", "selfHeal: false"))
        commit(folder)
        rows = {
            "check": [*tiphys, "check"],
            f"diff, {TOUCHED} services": [*tiphys, "diff", "HEAD~2..HEAD~1", "--no-rendered"],
            "the same, rendered again": [*tiphys, "diff", "HEAD~2..HEAD~1", "--offline"],
            "diff, an environment": [*tiphys, "diff", "HEAD~1..HEAD"],
            "affected, an environment": [*tiphys, "affected", "--since", "HEAD~1", "--until", "HEAD"],
        }
        found = {title: timed(command, folder, arguments.runs, ok=(0, 1)) for title, command in rows.items()}
    first = next(iter(found.values()))
    print(f"{arguments.services:,} services × 3 environments, medians of {arguments.runs} runs")
    for title, taken in found.items():
        print(f"{title:28}{taken:8.3f} s{taken / first:10.2f} ×")


if __name__ == "__main__":
    main()
