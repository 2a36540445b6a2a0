"""Compare a cold generate, and checks, with `cp -r` of the same files and with `kapitan compile` of as many, by turns.

    python benchmarks/peers.py --kapitan PATH [--services 1000] [--runs 3]

Each turn writes all files anew with each program. The inventory of kapitan has a target for each service, which makes
the three files of each of three environments from Jinja2 templates; it is as small as it can be, with values that a
target overrides. `pip install kapitan` into a virtual environment of its own.
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
from pathlib import Path

from run import _settle, make_workspace

TIPHYS = [str(Path(sys.executable).parent / "tiphys")]
ENVIRONMENTS = ("dev", "staging", "prod")


def main() -> None:
    """Make both trees, and print the medians with their ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kapitan", required=True)
    parser.add_argument("--services", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=3)
    arguments = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryDirectory() as name:
        ours, theirs = Path(name) / "tiphys", Path(name) / "kapitan"
        ours.mkdir()
        os.environ["TIPHYS_CACHE_DIR"] = str(Path(name) / "cache")
        make_workspace(ours, arguments.services)
        subprocess.run([*TIPHYS, "generate", "-q"], cwd=ours, check=True, capture_output=True)
        _inventory(theirs, ours / "generated", arguments.services)
        measure(ours, theirs, arguments.kapitan, arguments.runs)


def measure(ours: Path, theirs: Path, kapitan: str, runs: int) -> None:
    """Print a line for each program."""
    commands = {
        "cp -r": (["cp", "-r", "generated", "copied"], ours, ours / "copied"),
        "generate, cold": ([*TIPHYS, "generate", "-q", "--no-cache"], ours, ours / "generated"),
        "kapitan compile": ([kapitan, "compile"], theirs, theirs / "compiled"),
        "check, cold": ([*TIPHYS, "check", "--no-cache"], ours, None),
        "check, nothing changed": ([*TIPHYS, "check"], ours, None),
    }
    taken: dict[str, list[float]] = {title: [] for title in commands}
    aside = ours.parent / "aside"
    for _ in range(runs):
        for title, (command, folder, made) in commands.items():
            if made is not None and made.exists():
                made.rename(aside)
            if title == "check, nothing changed":
                _settle(ours, TIPHYS)
            os.sync()
            start = time.perf_counter()
            subprocess.run(command, cwd=folder, check=True, capture_output=True)
            taken[title].append(time.perf_counter() - start)
            shutil.rmtree(aside, ignore_errors=True)
    found = {title: statistics.median(times) for title, times in taken.items()}
    files = [sum(path.is_file() for path in folder.rglob("*")) for folder in (ours / "generated", theirs / "compiled")]
    print(f"{files[0]:,} files, {files[1]:,} by kapitan; medians of {runs} turns")
    for title, seconds in found.items():
        of = [f"{seconds / found['cp -r']:9.2f} × cp -r", f"{found['kapitan compile'] / seconds:9.1f} × faster than kapitan"]
        print(f"{title:24}{seconds:9.3f} s{''.join(of)}")


def _inventory(folder: Path, generated: Path, services: int) -> None:
    """Write an inventory whose files have the contents that Tiphys generates for one service, but for its name."""
    (folder / "inventory" / "classes").mkdir(parents=True)
    (folder / "inventory" / "targets").mkdir()
    name = "svc-00001"
    compiled = ""
    for environment in ENVIRONMENTS:
        templates = folder / "templates" / environment
        templates.mkdir(parents=True)
        for path in [*(generated / environment / name).iterdir(), generated / environment / "applications" / f"{name}.yaml"]:
            text = path.read_text().replace(name, "{{ inventory.parameters.name }}")
            (templates / path.name.replace(name, "application")).write_text(text)
        compiled += f"      - {{input_type: jinja2, input_paths: [templates/{environment}], output_path: {environment}}}\n"
    common = f"parameters:\n  kapitan:\n    vars: {{target: '${{name}}'}}\n    compile:\n{compiled}"
    (folder / "inventory" / "classes" / "common.yml").write_text(common)
    for number in range(services):
        target = f"svc-{number:05}"
        text = f"classes: [common]\nparameters:\n  name: {target}\n"
        (folder / "inventory" / "targets" / f"{target}.yml").write_text(text)


if __name__ == "__main__":
    main()
