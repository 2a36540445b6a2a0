"""Run mooring and kill it, as kill -9 does, just before its n-th call that writes.

    python killing.py N COUNT_FILE ARGUMENTS…

Every call that changes a disk goes through one of a few functions of os and open; each is counted, and
the n-th never happens. With N = 0 nothing is killed, and the number of calls is written to COUNT_FILE.
"""

from __future__ import annotations

import builtins
import os
import signal
import subprocess
import sys

LIMIT = int(sys.argv[1])
COUNT = sys.argv[2]
count = 0
plain_open = builtins.open


def counted(real, writes=lambda *_arguments, **_more: True):
    def call(*arguments, **more):
        global count
        if writes(*arguments, **more):
            count += 1
            if count == LIMIT:
                os.kill(os.getpid(), signal.SIGKILL)
        return real(*arguments, **more)

    return call


def creates(_path, flags=0, *_more, **_named):
    return bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))


def for_writing(_path, mode="r", *_more, **_named):
    return not set(mode).isdisjoint("wxa+")


os.open = counted(os.open, creates)
builtins.open = counted(builtins.open, for_writing)
for name in ("write", "replace", "rename", "unlink", "rmdir", "mkdir", "fsync", "link", "symlink", "truncate", "utime"):
    setattr(
        os,
        name,
        counted(getattr(os, name), (lambda descriptor, *_: descriptor > 2) if name == "write" else lambda *_, **__: True),
    )

subprocess.run = counted(subprocess.run)  # git writes, too

sys.argv = ["mooring", *sys.argv[3:]]
from generator.cli import main  # noqa: E402 - after the functions are in place

try:
    main()
finally:
    if not LIMIT:
        with plain_open(COUNT, "w") as file:
            file.write(str(count))
