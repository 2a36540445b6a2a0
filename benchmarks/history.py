"""Measure `history` and `status` against `git log`, as ratios within one run.

    python benchmarks/history.py [--commits 10000] [--services 300] [--runs 5]

Makes a repository by `git fast-import`: N services in three environments, a commit for each bump of one
of them, with its generated files, and a merge every tenth. Then whole processes are timed against
`git log` of the path of one spec, in turn, so that a busy machine slows all of them. Absolute times are
this machine's on this day; quote the ratios.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from run import SPEC

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENTS = ("dev", "staging", "prod")
START = 1_600_000_000


def repository(folder: Path, commits: int, services: int) -> None:
    """Make the repository, packed as a clone would be."""
    folder.mkdir()
    git = ["git", "-C", str(folder)]
    subprocess.run([*git, "init", "-q", "-b", "main"], check=True)
    with subprocess.Popen([*git, "fast-import", "--quiet"], stdin=subprocess.PIPE) as process:
        assert process.stdin
        for chunk in stream(commits, services):
            process.stdin.write(chunk)
    assert process.returncode == 0
    subprocess.run([*git, "repack", "-adq"], check=True)
    subprocess.run([*git, "reset", "-q", "--hard"], check=True)


def stream(commits: int, services: int):
    """Yield what fast-import reads; the same for the same numbers."""
    chance = random.Random(1)
    tags = {(number, env): 0 for number in range(services) for env in ENVIRONMENTS}
    files = {"tiphys.yaml": b"apiVersion: tiphys/v1\nkind: Workspace\nspec: {repoURL: https://example.com/r}\n"}
    files |= {f"environments/{env}.yaml": (ROOT / "environments" / f"{env}.yaml").read_bytes() for env in ENVIRONMENTS}
    for number in range(services):
        files |= written(number, tags)
    yield commit("main", 0, "start", files)
    for index in range(1, commits):
        number = chance.randrange(services)
        env = chance.choices(ENVIRONMENTS, (6, 3, 1))[0]
        tags[number, env] += 1
        message = f"Bump {name(number)} in {env}\n\nTiphys-Service: {name(number)}\nTiphys-Environment: {env}\n"
        if index % 10:
            yield commit("main", index, message, written(number, tags, env))
        else:
            yield b"reset refs/heads/side\nfrom refs/heads/main\n"
            yield commit("side", index, message, written(number, tags, env))
            yield commit("main", index, "Merge a pull request", written(number, tags, env), merge="side")


def name(number: int) -> str:
    """Return the name of a service."""
    return f"service-{number:04d}"


def written(number: int, tags: dict[tuple[int, str], int], only: str = "") -> dict[str, bytes]:
    """Return the spec of a service, and what stands for its generated files, of one environment or all."""
    text = SPEC.format(name=name(number), number=number, team=number % 20, port=8080, rollout="", kind="")
    for env in ENVIRONMENTS:
        at = text.index(f"    {env}:")
        end = text.index('"}', at)
        start = text.rindex('"', at, end)
        text = f"{text[: start + 1]}1.{tags[number, env]}.0{text[end:]}"
    files = {f"services/{name(number)}/pipeline.yaml": text.encode()}
    for env in ENVIRONMENTS:
        if only in ("", env):
            files[f"generated/{env}/{name(number)}/values.yaml"] = f"{env} {number} {tags[number, env]}\n{text}".encode()
    return files


def commit(branch: str, index: int, message: str, files: dict[str, bytes], merge: str = "") -> bytes:
    """Return a commit as fast-import reads it."""
    who = f"Author {index % 17} <a{index % 17}@example.com> {START + index * 600} +0000"
    text = message.encode()
    parts = [f"commit refs/heads/{branch}\nauthor {who}\ncommitter {who}\ndata {len(text)}\n".encode(), text, b"\n"]
    if merge:
        parts.append(f"merge refs/heads/{merge}\n".encode())
    for path, content in files.items():
        parts += [f"M 100644 inline {path}\ndata {len(content)}\n".encode(), content, b"\n"]
    return b"".join(parts)


def taken(command: list[str], folder: Path) -> tuple[float, float]:
    """Return the time on the clock, and in user and system mode, of a whole process and those that it started."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"} | {"PYTHONPATH": str(ROOT)}
    before, start = os.times(), time.perf_counter()
    subprocess.run(command, cwd=folder, env=env, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    clock, after = time.perf_counter() - start, os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return clock, used


def last_night(commits: int) -> str:
    """Return the time twelve hours before the last commit."""
    return datetime.fromtimestamp(START + (commits - 1) * 600 - 12 * 3600, UTC).isoformat()


def main() -> None:
    """Make the repository, and print a line per command."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--commits", type=int, default=10_000)
    arguments.add_argument("--services", type=int, default=300)
    arguments.add_argument("--runs", type=int, default=5)
    asked = arguments.parse_args()
    tiphys = [sys.executable, "-m", "generator"]
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "r"
        os.environ["TIPHYS_CACHE_DIR"] = f"{temporary}/cache"
        repository(folder, asked.commits, asked.services)
        path = f"services/{name(7)}/pipeline.yaml"
        base = ["git", "log", "--format=%H %s", "--", path]
        commands = [base, ["git", "log", "--follow", "--format=%H %s", "--", path], [*tiphys, "history", name(7), "--env", "prod"],
                    [*tiphys, "history", name(7), "--env", "dev"],
                    [*tiphys, "history", "--env", "prod", "--since", last_night(asked.commits)],
                    [*tiphys, "history", "--env", "prod"], [*tiphys, "metrics"], [*tiphys, "status"], [*tiphys, "status", "--no-cache"]]  # fmt: skip
        rounds = [[taken(command, folder) for command in commands] for _ in range(asked.runs + 1)][1:]
        print(
            f"{asked.commits:,} commits, {asked.services:,} services x {len(ENVIRONMENTS)} environments; medians of {asked.runs}"
        )
        print(f"{'':56}  clock             user+sys")
        for number, command in enumerate(commands):
            shown = " ".join(command).removeprefix(" ".join(tiphys[:-1]) + " ")
            print(f"{shown[:56]:56} {line([(one[number], one[0]) for one in rounds])}")


def line(pairs: list[tuple[tuple[float, float], tuple[float, float]]]) -> str:
    """Return the medians of times, and of their ratios to those of git in the same round."""
    parts = []
    for which in (0, 1):
        seconds = statistics.median(one[which] for one, _ in pairs)
        parts.append(f"{seconds:6.2f} s {statistics.median(one[which] / git[which] for one, git in pairs):6.2f} x")
    return "  ".join(parts)


if __name__ == "__main__":
    main()
