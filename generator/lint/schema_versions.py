"""Where the schemas of Kubernetes are, by version: those of the package kubernetes-validate."""

from __future__ import annotations

import os
import re
from functools import lru_cache

from generator.errors import ConfigError
from generator.system.installation import with_extra


def installed() -> bool:
    """Tell whether the schemas of Kubernetes itself are installed."""
    from importlib.util import find_spec

    return find_spec("kubernetes_validate") is not None


@lru_cache(maxsize=1)
def package() -> str:
    """Return the folder of the schemas; raises ConfigError if they are not installed."""
    from importlib.util import find_spec  # importing the package itself takes a tenth of a second

    spec = find_spec("kubernetes_validate")
    if spec is None or not spec.submodule_search_locations:
        raise ConfigError("the schemas of Kubernetes are not installed", with_extra("verify"))
    return os.path.join(spec.submodule_search_locations[0], "kubernetes-json-schema")


@lru_cache(maxsize=1)
def versions() -> list[str]:
    """Return the versions of Kubernetes whose schemas are installed, oldest first."""
    names = (re.fullmatch(r"v(\d+\.\d+)\.0-local-strict", name) for name in os.listdir(package()))
    return sorted((match[1] for match in names if match), key=release)


def release(version: str) -> tuple[int, int]:
    """Return a version as numbers, which compare."""
    major, minor = version.split(".")
    return int(major), int(minor)


@lru_cache(maxsize=8)
def nearest(wanted: str) -> str:
    """Return the newest version with schemas that is not newer than the wanted one; the newest of all for none."""
    known = [release(version) for version in versions()]
    if not known:
        raise ConfigError("the schemas of Kubernetes are not where Tiphys expects them", with_extra("verify", upgrade=True))
    match = re.match(r"v?(\d+)\.(\d+)", wanted)
    limit = (int(match[1]), int(match[2])) if match else known[-1]
    fitting = [version for version in known if version <= limit] or known[:1]
    return ".".join(map(str, fitting[-1]))
