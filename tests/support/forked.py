"""The command line in a process of its own, forked from one that has imported it: as separate, without the time to start.

The process that forks never runs a command itself. Python's own settings are those of its start, so a call that sets
one (PYTHONHASHSEED, a locale) needs a start of its own.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import pkgutil
import select
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from io import FileIO

from support.paths import ROOT
from support.programs import PATIENCE

_OF_PYTHON = ("PYTHON", "LC_", "LANG", "LD_")
_OF_NO_MATTER = {"PYTHONPATH", "PYTHONDONTWRITEBYTECODE"}
_OF_EDITORS = ("generator.cli.lsp", "generator.editor.protocol")
_BOOT = """
import sys
sys.path[:0] = [{root!r}, {tests!r}]
from support.forked import serve
serve({number})
"""


class Forks:
    """A process that forks for each call; it ends with this one."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        boot = _BOOT.format(root=str(ROOT), tests=str(ROOT / "tests"), number=theirs.fileno())
        self._socket = ours
        self._process = subprocess.Popen(
            [sys.executable, "-c", boot], pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, cwd=ROOT
        )
        theirs.close()
        atexit.register(self.end)

    def end(self) -> None:
        self._socket.close()
        self._process.wait()

    def run(
        self,
        arguments: Sequence[str],
        cwd: str,
        environment: Mapping[str, str],
        stdin: str | None,
        patience: float,
        errors: str,
        umask: int,
    ) -> subprocess.CompletedProcess[str]:
        """Return how a command ended, as subprocess.run does; raises TimeoutExpired."""
        ours, theirs = socket.socketpair()
        with ours, tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            given.write((stdin or "").encode())
            given.seek(0)
            with theirs:
                streams = [theirs.fileno(), given.fileno(), out.fileno(), err.fileno()]
                socket.send_fds(self._socket, [b"."], streams)
            with ours.makefile("rw", encoding="utf-8") as line:
                line.write(json.dumps([list(arguments), cwd, dict(environment), umask]) + "\n")
                line.flush()
                ours.settimeout(patience)
                pid = 0
                try:
                    pid = int(line.readline())
                    code = int(line.readline())
                except TimeoutError:
                    with suppress(ProcessLookupError):
                        os.kill(pid, 9)
                    raise subprocess.TimeoutExpired(list(arguments), patience) from None
            out.seek(0)
            err.seek(0)
            texts = [file.read().decode("utf-8", errors).replace("\r\n", "\n").replace("\r", "\n") for file in (out, err)]
        return subprocess.CompletedProcess(list(arguments), code, *texts)

    @property
    def number(self) -> int:
        """The descriptor by which a process that inherits it can ask for commands, as `client` does."""
        return self._socket.fileno()


_CLIENT = """\
#!{python} -IS
import json, os, socket, sys
ours, theirs = socket.socketpair()
asked = socket.socket(fileno={number})
socket.send_fds(asked, [b"."], [theirs.fileno(), 0, 1, 2])
theirs.close()
line = ours.makefile("rw", encoding="utf-8")
line.write(json.dumps([sys.argv[1:], os.getcwd(), dict(os.environ), -1]) + "\\n")
line.flush()
line.readline()
sys.stdout.flush()
os._exit(int(line.readline()) % 256)
"""


def client() -> tuple[str, int]:
    """Return a program that runs the command line as a fork, and the descriptor that it has to inherit for that."""
    if not _FORKS:
        _FORKS.append(Forks())
    return _CLIENT.format(python=sys.executable, number=_FORKS[0].number), _FORKS[0].number


_AT_START = dict(os.environ)
_FORKS: list[Forks] = []


def run(
    arguments: Sequence[object],
    cwd: object,
    environment: Mapping[str, str],
    stdin: str | None = None,
    patience: float = PATIENCE,
    errors: str = "strict",
    umask: int = -1,
) -> subprocess.CompletedProcess[str]:
    """Return how a command ended, in a folder and an environment; raises TimeoutExpired."""
    words = [str(word) for word in arguments]
    if not _can_fork(environment):
        command = [sys.executable, "-m", "generator", *words]
        environment = {"PYTHONPATH": str(ROOT), **environment}
        return subprocess.run(
            command,
            cwd=str(cwd),
            env=environment,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=patience,
            errors=errors,
            umask=umask,
        )
    if not _FORKS:
        _FORKS.append(Forks())
    return _FORKS[0].run(words, str(cwd), environment, stdin, patience, errors, umask)


def _can_fork(environment: Mapping[str, str]) -> bool:
    """Tell whether a call differs in nothing that Python reads at its start."""
    names = {name for name in {*environment, *_AT_START} if name.startswith(_OF_PYTHON)} - _OF_NO_MATTER
    return all(environment.get(name) == _AT_START.get(name) for name in names)


def serve(number: int) -> None:
    """Fork for each call that arrives, and tell how it ended, until the other end is closed."""
    _get_ready()
    ended, note = socket.socketpair()
    note.setblocking(False)
    signal.set_wakeup_fd(note.fileno(), warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    running: dict[int, FileIO] = {}
    with socket.socket(fileno=number) as asked, ended, note:
        while True:
            ready, _, _ = select.select([asked, ended], [], [])
            if ended in ready:
                ended.recv(4096)
                _tell_ended(running)
            if asked in ready:
                message, received, _, _ = socket.recv_fds(asked, 1, 4)
                if not message:
                    return
                line, *streams = received
                call = open(line, "r+b", buffering=0)  # noqa: SIM115 - until the command has ended
                pid = _started(call, streams, [asked, ended, note, *running.values()])
                running[pid] = call
                call.write(f"{pid}\n".encode())


def _get_ready() -> None:
    """Import whatever a command can ask for, and look once at what Tiphys is made of."""
    import generator
    from generator.system import itself, store

    for module in pkgutil.walk_packages(generator.__path__, "generator."):
        if not module.name.startswith(_OF_EDITORS):
            import_module(module.name)
    itself.identity(store.Store(""))
    gc.freeze()  # a collection in a fork would copy all of this


def _started(call: FileIO, streams: Sequence[int], ours: Iterable[socket.socket | FileIO]) -> int:
    """Start the command that is read from a call, without what is ours, and return its id."""
    text = b""
    while not text.endswith(b"\n"):
        text += call.read(65536) or b"\n"
    pid = os.fork()
    if pid == 0:
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for one in (call, *ours):
                one.close()
            _become(*json.loads(text), streams)
        finally:
            os._exit(99)
    for stream in streams:
        os.close(stream)
    return pid


def _tell_ended(running: dict[int, FileIO]) -> None:
    """Tell how the commands ended that have since."""
    for pid in list(running):
        found, status = os.waitpid(pid, os.WNOHANG)
        if found:
            with running.pop(pid) as call, suppress(OSError):
                call.write(f"{os.waitstatus_to_exitcode(status)}\n".encode())


def _become(arguments: Sequence[str], cwd: str, environment: Mapping[str, str], umask: int, streams: Sequence[int]) -> None:
    if umask >= 0:
        os.umask(umask)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(environment)
    sys.stdin = sys.__stdin__ = open(0)  # noqa: SIM115 - as long as the process lives
    sys.stdout = sys.__stdout__ = open(1, "w")  # noqa: SIM115
    sys.stderr = sys.__stderr__ = open(2, "w", errors="backslashreplace", buffering=1)  # noqa: SIM115
    sys.argv = ["tiphys", *arguments]
    from generator.__main__ import main

    main()
