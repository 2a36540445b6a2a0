"""Chart repositories, OCI and HTTP, as far as Helm talks to them."""

from __future__ import annotations

import os
import re
from urllib.parse import urlsplit

from generator.errors import MooringError
from generator.external.helm import Helm, said
from generator.external.program import Done

_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class ChartRepositoryError(MooringError):
    """A chart could not be had or put; the message says why, in one line."""


class NoSuchChartError(ChartRepositoryError):
    """The repository answers, and does not have this chart in this version."""

    exit_code = 1


def is_oci(repository: str) -> bool:
    """Tell whether a repository is an OCI registry."""
    return repository.startswith("oci://")


def pull(helm: Helm, repository: str, name: str, version: str, folder: str) -> str:
    """Return the path of the package that was fetched into a folder, which holds no other.

    Raises NoSuchChartError or ChartRepositoryError. Credentials are Helm's own.
    """
    os.makedirs(folder, exist_ok=True)
    which = ["--version", version] if version else []
    where = [f"{repository}/{name}"] if is_oci(repository) else [name, "--repo", repository]
    done = helm.run("pull", *where, *which, "--destination", folder, *plain_http(repository))
    if not done.ok:
        raise _error(done, repository, name, version)
    (package,) = (entry for entry in os.listdir(folder) if entry.endswith(".tgz"))
    return os.path.join(folder, package)


def check_has(helm: Helm, repository: str, name: str, version: str) -> None:
    """Return if a repository has a chart in a version; raises NoSuchChartError or ChartRepositoryError if not."""
    where = [f"{repository}/{name}"] if is_oci(repository) else [name, "--repo", repository]
    done = helm.run("show", "chart", *where, "--version", version, *plain_http(repository))
    if not done.ok:
        raise _error(done, repository, name, version)


def plain_http(repository: str) -> list[str]:
    """Return the flag for a registry on this machine, which has no certificate."""
    return ["--plain-http"] if is_oci(repository) and urlsplit(repository).hostname in _LOOPBACK else []


_MISSING = re.compile(
    r"not found|no chart version found|no chart name found|MANIFEST_UNKNOWN|NAME_UNKNOWN|could not locate a version",
    re.IGNORECASE,
)
_DENIED = re.compile(r"401|403|unauthorized|denied|forbidden|basic credential", re.IGNORECASE)


def _error(done: Done, repository: str, name: str, version: str) -> ChartRepositoryError:
    what = f"{name} {version}".strip()
    if _DENIED.search(done.err):
        host = urlsplit(repository).netloc
        login = f"`helm registry login {host}`" if is_oci(repository) else "`helm repo add` with a user, or a netrc file"
        return ChartRepositoryError(f"{repository} does not let us have {what}: {said(done)}", f"log in first: {login}")
    if _MISSING.search(done.err):
        message = f"{repository} has no chart {what}: {said(done)}"
        return NoSuchChartError(message, "release it there, or ask for a version that is there")
    return ChartRepositoryError(f"{repository} cannot be reached for {what}: {said(done)}", "check the address and the network")
