"""What a kill -9 leaves behind, at every write-class system call of a command and of all that it starts.

A command is run whole, with `writes.c` preloaded; that copies the folder it works in just before each call that
changes a disk. A kill keeps what was written and nothing else, so each copy is the state after a kill at that call.

Where one state in several is judged, the others are not copied: the command is run once before to count them.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import struct
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from support.processes import kill, start
from support.programs import program

UNREAD = re.compile(r"(tmp_obj_|tmp_pack_|tmp_idx_|/tiphys-publish-\d+-)")
"""Files of an unfinished run that nothing reads: states which differ only in these are one. `writes.c` has them, too."""

NEVER = 2**62
"""A number that no state has."""

TAIL = 4
"""Two runs of a command differ by a call or two, so that a few states are copied to have the last."""

PATIENCE = 900
"""Seconds for a command with all its copies; only a failing test waits that long."""


def kill_at_every_write(
    make: Callable[[Path], Path],
    command: Callable[[Path], list[str]],
    environment: dict[str, str],
    judge: Callable[[Path], None],
    *,
    in_place: bool = False,
    one_in: int = 1,
    undo: Callable[[Path], None] = lambda _start: None,
) -> tuple[int, int]:
    """Run a command and judge every state that a kill can leave; return how many calls there are, and different states.

    `make` makes the folder to begin from and returns where in it the command works; `judge` gets that place in
    each state, and may do to it as it likes. With `in_place` each state is put where it comes from, one after the
    other, for what is kept by the path of a folder. Of several states, judge one in `one_in`, and the last. `undo` gets
    the folder once the command has ended.
    """
    base = Path(tempfile.mkdtemp(prefix="killing-")).resolve()  # the C library names open files so
    try:
        folder = make(base / "start")
        inside = folder.relative_to(base / "start")
        seen: set[bytes] = set()
        end = NEVER if one_in == 1 else _counted(base, command(folder), folder, environment) - TAIL
        found = _states(base, command(folder), folder, environment, one_in, end)
        states = [state for state in found if _is_new(state, seen)]
        states = [state for state in states[:-1] if _number(state) % one_in == 0] + states[-1:]
        undo(base / "start")
        with ThreadPoolExecutor(1 if in_place else os.cpu_count()) as pool:  # only now: who looks must find the process gone
            place = base / "start" if in_place else None
            for _ in pool.map(lambda state: _judged(state, inside, judge, place), states):
                pass
        return _counts(base)[0], len(states)
    finally:
        shutil.rmtree(base)


def _compiled(base: Path) -> Path:
    library = base / "writes.so"
    source = Path(__file__).with_name("writes.c")
    subprocess.run([program("gcc"), "-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"], check=True)
    return library


def _counted(base: Path, command: list[str], folder: Path, environment: dict[str, str]) -> int:
    """Return how many states a command has in a copy of what it begins from, which is at the same place meanwhile."""
    (base / "start").rename(base / "kept")
    subprocess.run(["cp", "-a", base / "kept", base / "start"], check=True)
    for state in _states(base, command, folder, environment, NEVER, NEVER):
        shutil.rmtree(state)
    shutil.rmtree(base / "start")
    (base / "kept").rename(base / "start")
    return _counts(base)[1]


def _states(base: Path, command: list[str], folder: Path, environment: dict[str, str], one_in: int, end: int) -> Iterator[Path]:
    """Yield the copies, of one state in several and of all from one on, each as soon as it is whole.

    They are the caller's.
    """
    (base / "states").mkdir(exist_ok=True)
    (base / "count").write_bytes(bytes(4096))
    settings = {"FOLDER": base / "start", "INTO": base / "states", "COUNT": base / "count", "ONE_IN": one_in, "FROM": end}
    variables = {f"WRITES_{name}": str(value) for name, value in settings.items()} | {"LD_PRELOAD": str(_compiled(base))}
    with (base / "said").open("wb") as said:
        process = start(command, cwd=folder, env=environment | variables, stdout=said, stderr=said)
        try:
            yield from _copies(process, base)
        finally:
            kill(process)
    assert process.returncode == 0, (base / "said").read_text()


def _copies(process: subprocess.Popen, base: Path) -> Iterator[Path]:
    given, last = 0, time.monotonic() + PATIENCE
    while True:
        ended = process.poll() is not None
        whole = _counts(base)[0] - (not ended)  # the last is being copied as long as the command runs
        for state in sorted((base / "states").iterdir()):
            if given < _call(state) <= whole:
                yield state
        given = max(given, whole)
        if ended:
            return
        assert time.monotonic() < last, f"it does not end: {(base / 'said').read_text()}"
        time.sleep(0.01)


def _call(state: Path) -> int:
    """Return the number of the call before which a state was copied."""
    return int(state.name.split("-")[0])


def _number(state: Path) -> int:
    """Return how many different states were before this one, as far as `writes.c` can tell."""
    return int(state.name.split("-")[1])


def _counts(base: Path) -> tuple[int, int]:
    """Return how many calls and states there are so far."""
    calls, states = struct.unpack("qq", (base / "count").read_bytes()[:16])
    return calls, states


def _is_new(state: Path, seen: set[bytes]) -> bool:
    digest = hashlib.sha256()
    for path, content in _contents(state):
        digest.update(os.fsencode(path) + b"\0" + hashlib.sha256(content).digest())
    if digest.digest() in seen:
        shutil.rmtree(state)
        return False
    seen.add(digest.digest())
    return True


def _contents(state: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the name and content of whatever is in a state; there are hundreds of states with hundreds of files."""
    for folder, folders, files in os.walk(state):
        below = os.path.relpath(folder, state)
        folders.sort()
        for name in (*folders, *sorted(files)):
            path = name if below == "." else f"{below}/{name}"
            known = UNREAD.search(f"/{path}")
            if known is None:
                yield path, _content(os.path.join(folder, name))
            elif "tiphys-publish" in known[0]:
                yield "a folder of its own", b""


def _content(path: str) -> bytes:
    if not os.path.isfile(path):
        return b"folder"
    with open(path, "rb") as file:
        return file.read()


def _judged(state: Path, inside: Path, judge: Callable[[Path], None], place: Path | None) -> None:
    here = state
    if place is not None:
        shutil.rmtree(place, ignore_errors=True)
        here = state.rename(place)
    try:
        judge(here / inside)
    except AssertionError as error:
        raise AssertionError(f"killed before call {_call(state)}: {error}") from error
    shutil.rmtree(here)
