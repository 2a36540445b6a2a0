"""Fuzz tiphys: thousands of broken workspaces, through every command, in processes with limits.

    .venv/bin/python tests/fuzz/run.py --runs 100000 --jobs 2
    .venv/bin/python tests/fuzz/run.py --seconds 60 --target specs,templates --seed 7
    .venv/bin/python tests/fuzz/run.py --replay fuzz-found/NAME/case.json

A run is one changed input and every command that meets it. It is at fault when a command crashes, ends with
another exit code than 0, 1 or 2, takes more than 5 s or 500 MB, writes though it fails, writes outside of
the workspace, or leaves after `generate` what `check` complains of. Faults are made smaller, and kept with
their number in a folder; the exit code is 1.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import random
import selectors
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent.parent)]
sys.setrecursionlimit(1000)  # what the program has

import calls  # noqa: E402
import cases  # noqa: E402
import processes  # noqa: E402
import seeds  # noqa: E402
from area import Area, snapshot  # noqa: E402
from processes import Found  # noqa: E402
from shrink import shrunk  # noqa: E402

BATCH = 160


class Plan(NamedTuple):
    """What is to be done."""

    seed: int
    runs: int
    end: float
    jobs: int
    targets: tuple[str, ...]
    folder: str
    tries: int


def main() -> int:
    """Run the fuzzer, and return its exit code."""
    asked = _arguments()
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    folder = tempfile.mkdtemp(prefix="tiphys-fuzz-", dir=memory)
    try:
        calls.settle_in(folder)
        _prepare(Area(os.path.join(folder, "seeds")))
        if asked.replay:
            return _again(Area(os.path.join(folder, "replay")), cases.loaded(Path(asked.replay).read_text(encoding="utf-8")))
        targets = tuple(name for name in asked.target.split(",") if name) or tuple(cases.WEIGHTS)
        if asked.case:
            seed, index = map(int, asked.case.split("/"))
            return _again(Area(os.path.join(folder, "replay")), cases.made(seed, index, targets))
        end = time.monotonic() + asked.seconds if asked.seconds else float("inf")
        plan = Plan(asked.seed, asked.runs, end, asked.jobs, targets, folder, asked.tries)
        print(f"seed {plan.seed}: {plan.runs:,} runs at most, {plan.jobs} at once, of {', '.join(targets)}", flush=True)
        return _told(plan, Path(asked.save), time.monotonic())
    finally:
        os.chdir("/")
        shutil.rmtree(folder, ignore_errors=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument(
        "--seed", type=int, default=random.SystemRandom().randrange(10**9), help="another one each time unless given"
    )
    parser.add_argument("--seconds", type=float, default=0, help="stop after so many; 0 for when all runs are done")
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--tries", type=int, default=80, help="how often a case that is at fault is run to make it smaller")
    parser.add_argument("--target", default="", help=f"some of {','.join(cases.WEIGHTS)}")
    parser.add_argument("--save", default="fuzz-found", help="the folder for what is found")
    parser.add_argument(
        "--case", default="", help="the number of one run, such as 7/1234, to be run once more with the same targets"
    )
    parser.add_argument("--replay", default="", help="a case.json, to be run once more")
    return parser.parse_args()


def _prepare(area: Area) -> None:
    """Generate every workspace once, which loads every module before the first fork, and call what loads the rest."""
    for name, files in seeds.workspaces().items():
        root = area.lay(name, files)
        os.chdir(root)
        calls.call("generate")
        cases.trees[name] = {path: raw for path, (_, raw) in snapshot(root).items()}
    area.commit("quickstart", cases.trees["quickstart"])
    os.chdir(area.root("quickstart"))
    every = [word for form in ("text", "json", "sarif", "github", "gitlab", "junit", "markdown") for word in ("--format", form)]
    for words in (("plan", "--env=prod"), ("diff",), ("status",), ("affected", "--since=HEAD"), ("lint", *every), ("bump", "hello", "--env=dev", "--image-tag=7.7.7"),
                  ("report", "-o", area.at("site", "s")), ("lint", "--manifests", "generated"), ("lint", "--manifests", "."), ("explain", "hello", "--env=prod", "image")):  # fmt: skip
        calls.call(*words)
    import generator.editor.protocol.features  # noqa: F401

    seeds.words()
    seeds.pairs()
    seeds.manifests()
    calls.slowest.clear()
    gc.collect()
    gc.freeze()


def _told(plan: Plan, folder: Path, start: float) -> int:
    first: dict[str, Found] = {}
    counts: Counter[str] = Counter()
    slowest: dict[str, float] = {}
    done, said = 0, start
    for record in _all(plan):
        if "done" in record:
            done += record["done"]
        elif "slowest" in record:
            slowest = {name: max(took, slowest.get(name, 0)) for name, took in {**slowest, **record["slowest"]}.items()}
        else:
            found = Found(record["mark"], record["story"], cases.loaded(record["case"]))
            counts[found.mark] += 1
            if found.mark not in first:
                first[found.mark] = found
                print(
                    f"FAULT {found.mark} (run {found.case.number}, {found.case.target} in {found.case.base or '-'})", flush=True
                )
        if time.monotonic() - said > 30:
            said = time.monotonic()
            print(f"{done:,} runs, {done / (said - start):.0f} a second, {len(first)} faults", flush=True)
    seconds = time.monotonic() - start
    print(f"{done:,} runs in {seconds:.0f} s: {done / seconds:.1f} a second; seed {plan.seed}")
    print(
        "slowest, in seconds of the processor: "
        + ", ".join(f"{name} {took:.2f}" for name, took in sorted(slowest.items(), key=lambda one: -one[1])[:8])
    )
    area = Area(os.path.join(plan.folder, "shrink"))
    for mark, found in sorted(first.items()):
        where = _kept(area, folder, found, plan.tries)
        print(f"{counts[mark]:6,} x {mark}\n         {where}", flush=True)
    print(f"{len(first)} faults")
    return 1 if first else 0


def _all(plan: Plan) -> Iterator[dict[str, Any]]:
    """Yield what all jobs have to tell."""
    selector, buffers = selectors.DefaultSelector(), {}
    for job in range(plan.jobs):
        reading, writing = os.pipe()
        if os.fork() == 0:
            os.close(reading)
            _job(plan, job, writing)
        os.close(writing)
        selector.register(reading, selectors.EVENT_READ)
        buffers[reading] = b""
    while buffers:
        for key, _ in selector.select():
            raw = os.read(key.fd, 1 << 16)
            *lines, buffers[key.fd] = (buffers[key.fd] + raw).split(b"\n")
            yield from map(json.loads, lines)
            if not raw:
                selector.unregister(key.fd)
                del buffers[key.fd]
                os.close(key.fd)
                os.wait()


def _job(plan: Plan, job: int, writing: int) -> None:
    """Take every so many-th batch, tell what is found, and end this process."""
    area = Area(os.path.join(plan.folder, f"job{job}"))
    with os.fdopen(writing, "w", encoding="utf-8") as out:
        for start in range(job * BATCH, plan.runs, plan.jobs * BATCH):
            if time.monotonic() > plan.end:
                break
            some = [cases.made(plan.seed, index, plan.targets) for index in range(start, min(start + BATCH, plan.runs))]
            for found in processes.batch(area, some):
                record = (
                    {"mark": found.mark, "story": found.story, "case": found.case.dumped()}
                    if isinstance(found, Found)
                    else {"slowest": found}
                )
                print(json.dumps(record), file=out)
            print(json.dumps({"done": len(some)}), file=out, flush=True)
    os._exit(0)


def _kept(area: Area, folder: Path, found: Found, most: int) -> Path:
    """Make a case smaller, and keep it."""
    tries = min(most, 10) if "over" in found.mark or "memory" in found.mark else most
    case = shrunk(found.case, lambda candidate: processes.mark_of(area, candidate)[0] == found.mark, tries)
    name = "".join(letter if letter.isalnum() else "-" for letter in found.mark)[:80].strip("-")
    where = folder / name
    shutil.rmtree(where, ignore_errors=True)
    for path, raw in case.files.items():
        (where / "files" / path).parent.mkdir(parents=True, exist_ok=True)
        (where / "files" / path).write_bytes(raw)
    where.mkdir(parents=True, exist_ok=True)
    (where / "case.json").write_text(case.dumped(), encoding="utf-8")
    (where / "story.txt").write_text(
        f"run {case.number}\n\n{processes.mark_of(area, case)[1] or found.story}", encoding="utf-8"
    )
    return where


def _again(area: Area, case: cases.Case) -> int:
    mark, story = processes.mark_of(area, case)
    print(f"{mark or 'no fault'}\n{story}")
    return 1 if mark else 0


if __name__ == "__main__":
    sys.exit(main())
