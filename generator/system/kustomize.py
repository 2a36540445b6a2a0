"""The real kustomize: which one, and how it builds files that others wrote."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from typing import NamedTuple

from generator.errors import ConfigError
from generator.system import bounded, program, verbose
from generator.system.bounded import Limits, Stopped
from generator.system.charts import folder as chart_folder
from generator.system.program import Done

GET = "install kustomize 5 (https://kubectl.docs.kubernetes.io/installation/kustomize), or kubectl, which contains it"

BUILDING = Limits(seconds=60, output=16 * 1024 * 1024)
"""The limits for one build; Argo CD itself gives up after 90 seconds."""

_VERSION = re.compile(r"v?(\d{1,9}\.\d{1,9}\.\d{1,9})")

_NO_NETWORK = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), "http://127.0.0.1:9")
"""Nothing listens there, so nothing is fetched: neither by kustomize nor, without a PATH, by Git."""


class Checked(NamedTuple):
    """Files that kustomize may be given, as `kubernetes.kustomization_files` alone makes them."""

    files: Mapping[str, bytes]
    path: str
    """The directory of the kustomization to build."""


class Kustomize(NamedTuple):
    """A kustomize that can be called."""

    command: tuple[str, ...]
    """The program, and how it is asked to build: `kustomize build` or `kubectl kustomize`."""
    release: str
    """Its version."""

    def build(self, given: Checked) -> Done:
        """Return what a kustomization builds, given all files that it is made from.

        It works on a copy in a new directory, without the network, and sees nothing of the environment.
        """
        with tempfile.TemporaryDirectory(prefix="tiphys-kustomize-") as folder:
            root = os.path.realpath(folder)
            chart_folder.write(given.files, os.path.join(root, "files"))
            home = os.path.join(root, "home")
            os.mkdir(home)
            environment = {**_NO_NETWORK, "HOME": home, "PATH": home, "TMPDIR": home, "LANG": "C"}
            restricted = ("--load-restrictor", "LoadRestrictionsRootOnly")
            target = os.path.join(root, "files", *given.path.split("/"))
            try:
                done = bounded.run([*self.command, *restricted, target], environment, BUILDING, os.sep)
            except OSError as error:
                raise ConfigError(f"{self.command[0]} cannot be started: {error.strerror or error}", GET) from None
            shown = done.err.replace(os.path.join(root, "files") + os.sep, "").replace(root, "")
        if isinstance(done, Stopped):
            return Stopped(done.code, b"", f"kustomize was stopped: {shown}")
        return Done(done.code, done.out, re.sub(r"^(?:Error|error): ", "", shown.strip()))


def find() -> Kustomize:
    """Return the kustomize on the PATH, or the one in kubectl; raises ConfigError if both are absent."""
    path = path_of()
    if path is None:
        raise ConfigError("neither kustomize nor kubectl is on the PATH", GET)
    asked, builds = (["version"], "build") if shutil.which("kustomize") else (["version", "--client"], "kustomize")
    found = Kustomize((path, builds), _version([path, *asked]))
    verbose.tell("kustomize", f"{found.release} at {path}")
    return found


def path_of() -> str | None:
    """Return the path of the kustomize, or else the kubectl, that `find` takes; None if both are absent."""
    found = shutil.which("kustomize") or shutil.which("kubectl")
    return os.path.abspath(found) if found else None


def _version(command: list[str]) -> str:
    try:
        done = program.run(command)
    except OSError as error:
        raise ConfigError(f"{command[0]} cannot be started: {error.strerror or error}", GET) from None
    said = done.out.decode("utf-8", "replace")
    lines = [line for line in said.splitlines() if "kustomize" in line.lower()] or said.splitlines()
    match = _VERSION.search(lines[0] if lines else "")
    if not done.ok or match is None:
        raise ConfigError(f"{command[0]} does not look like kustomize: it printed no version", GET)
    return match[1]
