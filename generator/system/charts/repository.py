"""Chart repositories, OCI and HTTP: list and download charts.

All access goes through Helm, with Helm's own credentials: `helm registry login` for OCI, `helm repo add`
for HTTP, and the HELM_* variables. They are neither read nor asked for here.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from generator.syntax import semver
from generator.system.charts import pulled
from generator.system.charts.failures import ChartRepositoryError, MissingChartError, failure
from generator.system.charts.limits import shown
from generator.system.charts.package import METADATA, NoPackageError, Package, is_name
from generator.system.helm import Helm, said
from generator.system.program import Done


class Repository(NamedTuple):
    """A chart repository: `oci://host/path`, or the HTTP address of the folder that holds an index.yaml."""

    address: str
    plain_http: bool = False
    """Speak plain HTTP with an OCI registry, as is always done with one on this machine."""

    @classmethod
    def of(cls, environment: Mapping[str, Any]) -> Repository:
        """Return the repository that an environment's spec names; without an address if it names none."""
        chart = environment.get("chart") or {}
        return cls((chart.get("repository") or "").rstrip("/"), bool(chart.get("plainHTTP")))

    @property
    def is_oci(self) -> bool:
        """Whether it is an OCI registry; else it is a folder behind HTTP, with an index."""
        return self.address.startswith("oci://")

    @property
    def host(self) -> str:
        """The host with its port, as `helm registry login` wants it."""
        return urlsplit(self.address).netloc

    def flags(self) -> list[str]:
        """Return the flags that Helm needs to talk with this OCI registry."""
        name = urlsplit(self.address).hostname or ""
        here = name in ("localhost", "::1") or re.fullmatch(r"127(\.\d+){3}", name) or name.endswith(".localhost")
        return ["--plain-http"] if self.is_oci and (here or self.plain_http) else []

    def login(self, helm: Helm) -> str:
        """Return how to log in; Helm 3 finds out that an address has no TLS, and Helm 4 wants to be told."""
        if not self.is_oci:
            return f"helm repo add NAME {self.address} --username USER"
        return " ".join(["helm registry login", self.host, *(self.flags() if helm.version >= (4,) else [])])


def pull(helm: Helm, repository: Repository, name: str, version: str, folder: str, *, ask: bool = True) -> str:
    """Return the path of the chart's package, which is downloaded into the folder with its provenance, if it has one.

    `version` is one version or a range. Raises MissingChartError, NoAccessError or UnreachableError;
    with `ask`, the repository is asked which versions it has instead of a missing one.
    """
    if not is_name(name):
        raise ChartRepositoryError(f"{shown(name)} is not a valid chart name", "write the name that it has in its repository")
    with tempfile.TemporaryDirectory(dir=folder) as private:
        with _reference(helm, repository, name) as chart:
            flags = [f"--version={version}", "--prov", f"--destination={private}", *chart.flags]
            done = helm.ask("pull", *flags, operands=[chart.reference])
            if not done.ok and _is_missing(done):
                raise _missing(repository, name, version, _versions(helm, repository, chart) if ask else [])
            if not done.ok:
                raise failure(repository.address, repository.login(helm), done, f"{name} {version}".strip())
            packages = [file for file in os.listdir(private) if file.endswith(".tgz")]
            if len(packages) != 1:
                raise _unusable(repository, name, version, "it is not a file that ends in .tgz")
            # Helm does not compare what it gets with what the index says.
            if chart.listing and not pulled.is_listed(os.path.join(private, packages[0]), chart.listing):
                message = f"{repository.address} serves a different package for {name} {version} than its index lists"
                hint = "find out how the package was replaced, then regenerate the index with `helm repo index`"
                raise ChartRepositoryError(message, hint)
        for file in os.listdir(private):
            os.replace(os.path.join(private, file), os.path.join(folder, file))
    return os.path.join(folder, packages[0])


def package(helm: Helm, repository: Repository, name: str, version: str, *, ask: bool = True) -> Package:
    """Return a chart's package, with the version that it says it has; raises as `pull` does.

    It is readable and the requested chart; otherwise ChartRepositoryError has the problem.
    """
    with tempfile.TemporaryDirectory(prefix="tiphys-pull-") as folder:
        path = pull(helm, repository, name, version, folder, ask=ask)
        try:
            return pulled.package(path, name, version)
        except NoPackageError as error:
            raise _unusable(repository, name, version, str(error)) from None


def _unusable(repository: Repository, name: str, version: str, reason: str) -> ChartRepositoryError:
    what = f"{name} {version}".strip()
    message = f"{repository.address} serves a package for {what} that cannot be used: {reason}"
    return ChartRepositoryError(message, "inspect it with `helm pull`, and report it to the owner of the repository")


def push(helm: Helm, repository: Repository, package: Package) -> None:
    """Put a package, and its provenance if it has one, into an OCI registry; raises ChartRepositoryError."""
    with tempfile.TemporaryDirectory(prefix="tiphys-push-") as folder:
        path = os.path.join(folder, package.file)
        for target, content in ((path, package.content), (f"{path}.prov", package.provenance)):
            if content:
                with open(target, "wb") as file:
                    file.write(content)
        done = helm.ask("push", *repository.flags(), operands=[path, repository.address])
    if not done.ok:
        raise failure(repository.address, repository.login(helm), done)


def versions(helm: Helm, repository: Repository, name: str) -> list[str]:
    """Return the versions of a chart, newest first; none if it does not exist.

    Helm cannot list an OCI registry: of one, these are only the newest version and, where that is a
    pre-release, the newest release. Raises NoAccessError or UnreachableError.
    """
    with _reference(helm, repository, name) as chart:
        return _versions(helm, repository, chart)


def newest(helm: Helm, repository: Repository, name: str, wanted: str) -> str:
    """Return the newest version of a chart in a range, as Helm and Argo CD resolve it; empty if no version fits.

    Raises NoAccessError or UnreachableError, and ChartRepositoryError for a package whose version is not in the range: Helm
    compares the range with the index alone.
    """
    if not is_name(name):
        return ""
    with _reference(helm, repository, name) as chart:
        found = _newest(helm, repository, chart, wanted)
    if found and not pulled.fits(found, wanted):
        raise _unusable(repository, name, wanted, f"its {METADATA} says that it is version {shown(found)}")
    return found


class _Chart(NamedTuple):
    """Helm's name for a chart, and the flags to find it."""

    reference: str
    flags: list[str]
    listing: str = ""
    """The index that was fetched; empty for OCI, which has none."""


@contextmanager
def _reference(helm: Helm, repository: Repository, name: str) -> Iterator[_Chart]:
    """Give what Helm calls a chart of this repository.

    An HTTP repository's index is fetched into a cache of our own: Helm's is not safe against two who
    write it at once. The entry that `helm repo add` has made for it is used where there is one, as the
    credentials are in it.
    """
    if repository.is_oci:
        yield _Chart(f"{repository.address}/{name}", repository.flags())
        return
    with tempfile.TemporaryDirectory(prefix="tiphys-") as private:
        flags = [f"--repository-cache={os.path.join(private, 'cache')}"]
        entry = _entry(helm, repository)
        if entry:
            # Helm 4 always fails for a repository that it cannot update, and has no flag for it.
            fails = ["--fail-on-repo-update-fail"] if helm.version < (4,) else []
            done = helm.ask("repo update", *fails, *flags, operands=[entry])
            reasons = _NOT_UPDATED.findall(done.out.decode("utf-8", "replace"))
            done = done._replace(err="\n".join(reasons) or done.err)
        else:
            entry = "tiphys"
            flags += [f"--repository-config={os.path.join(private, 'repositories.yaml')}"]
            done = helm.ask("repo add", *flags, operands=[entry, repository.address])
        if not done.ok:
            raise failure(repository.address, repository.login(helm), done)
        yield _Chart(f"{entry}/{name}", flags, os.path.join(private, "cache", f"{entry}-index.yaml"))


def _entry(helm: Helm, repository: Repository) -> str:
    """Return the name that the user has given to an HTTP repository; empty if Helm does not know it."""
    import json

    done = helm.ask("repo list", "--output=json")
    if not done.ok:  # that there are none is an error to some versions
        return ""
    entries = json.loads(done.out or b"[]") or []
    return next((entry["name"] for entry in entries if entry["url"].rstrip("/") == repository.address), "")


def _versions(helm: Helm, repository: Repository, chart: _Chart) -> list[str]:
    import json

    if not repository.is_oci:
        done = helm.ask("search repo", "--versions", "--devel", "--output=json", *chart.flags, operands=[chart.reference])
        if not done.ok:
            raise failure(repository.address, repository.login(helm), done)
        # The search is for words, so that it also finds charts with a longer name.
        found = [entry["version"] for entry in json.loads(done.out or b"[]") if entry["name"] == chart.reference]
        return [version for version in found if semver.parse(version)]
    newest = [_newest(helm, repository, chart, wanted) for wanted in (">=0.0.0-0", "*")]
    return list(dict.fromkeys(version for version in newest if semver.parse(version)))


def _newest(helm: Helm, repository: Repository, chart: _Chart, wanted: str) -> str:
    done = helm.ask("show chart", f"--version={wanted}", *chart.flags, operands=[chart.reference], folder=os.sep)
    if done.ok:
        match = _CHART_VERSION.search(done.out.decode("utf-8", "replace"))
        return match[1] if match else ""
    if _is_missing(done):
        return ""
    raise failure(repository.address, repository.login(helm), done)


def _missing(repository: Repository, name: str, version: str, found: Sequence[str]) -> MissingChartError:
    if not found:
        message = f"{repository.address} has no chart `{name}`"
        return MissingChartError(message, "check the chart name, or release the chart there", found)
    shown = ", ".join(found[:5]) + (f" and {len(found) - 5} more" if len(found) > 5 else "")
    hint = (
        f"the newest version there is {shown}" if repository.is_oci else f"there {'is' if len(found) == 1 else 'are'} {shown}"
    )
    message = f"{repository.address} has no version {version} of the chart `{name}`"
    return MissingChartError(message, hint, found)


def _is_missing(done: Done) -> bool:
    return bool(_MISSING.search(said(done)))


_CHART_VERSION = re.compile(r"""^version: ["']?([^"'\s]+)""", re.MULTILINE)
_MISSING = re.compile(
    r": not found$|could not locate a version|no chart (?:version|name) found|(?:manifest|name)[ _]unknown"
    r"|/tags/list\S* ?: .*\b404\b|no versioned releases|unable to locate any tags",
    re.IGNORECASE,
)
_NOT_UPDATED = re.compile(r"^\t(.+)$", re.MULTILINE)
"""Why `helm repo update` fails, which it prints to its output."""
