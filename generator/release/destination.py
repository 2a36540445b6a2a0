"""Push charts to an environment's chart repository: a registry, a served folder, or a branch."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, Protocol

from generator.errors import ConfigError
from generator.system.charts import repository as chart_repository
from generator.system.charts.branch import Branch
from generator.system.charts.failures import ChartRepositoryError, MissingChartError, NoAccessError
from generator.system.charts.package import Package
from generator.system.charts.repository import Repository
from generator.system.charts.shelf import Shelf
from generator.system.files import UnreadableFileError, roots, writing
from generator.system.helm import Helm

_MOST = 64 * 1024 * 1024
"""The maximum size of a package, and of an index, in bytes."""


class Target(Protocol):
    """A place that charts are released to."""

    title: str
    """Its name in messages."""

    left_to_do: str
    """The command that publishes a release there; empty if none is needed."""

    def find(self, name: str, version: str) -> Package | None:
        """Return a package, the newest of a range; None if it does not exist. Raises ChartRepositoryError."""

    def put(self, packages: Sequence[Package]) -> Iterable[Package]:
        """Yield each package after it is stored; raises TakenError or ChartRepositoryError."""


def target(helm: Helm, root: str, name: str, spec: Mapping[str, Any], *, push: bool) -> Target:
    """Return the target for the charts of an environment; raises ConfigError if it is not configured.

    `spec` is the environment's; `push` is for a branch, which otherwise stays local.
    """
    repository = Repository.of(spec)
    if not repository.address:
        raise ConfigError(f"{name} has no chart repository", f"set spec.chart.repository of the environment {name}")
    if repository.is_oci:
        return Registry(helm, repository)
    publish = spec["chart"].get("publish") or {}
    if "directory" in publish:
        return Directory(helm, posixpath.join(root, publish["directory"]), publish["directory"], root)
    if "git" in publish:
        at = publish["git"]
        return Branch(helm, root, at["branch"], path=at.get("path") or "", remote=at.get("remote") or "origin", push=push)
    raise ConfigError(
        f"{name} has an HTTP chart repository, but chart.publish is not set",
        f"set spec.chart.publish of the environment {name}: a `directory`, or a `git` branch",
    )


class Registry:
    """An OCI registry."""

    def __init__(self, helm: Helm, repository: Repository) -> None:
        self.title = repository.address
        self.left_to_do = ""
        self._helm = helm
        self._repository = repository

    def find(self, name: str, version: str) -> Package | None:
        """Return a package of the registry; None if it does not exist."""
        try:
            return chart_repository.package(self._helm, self._repository, name, version, ask=False)
        except MissingChartError:
            return None
        except NoAccessError as error:
            error.hint += (
                "; if the registry denies access to charts that do not exist yet, push the first version with `helm push`"
            )
            raise

    def put(self, packages: Sequence[Package]) -> Iterator[Package]:
        """Yield each package after pushing it and reading it back unchanged."""
        for package in packages:
            chart_repository.push(self._helm, self._repository, package)
            # An OCI registry addresses a layer by its digest, so reading it back proves what is stored.
            stored = chart_repository.package(self._helm, self._repository, package.name, package.version)
            if stored.digest != package.digest:
                message = f"{self.title} returns {stored.digest} for {package.name} {package.version}, but {package.digest} was pushed"
                raise ChartRepositoryError(message, "check for a concurrent push of the same version")
            yield package


class Directory:
    """A folder that a web server serves."""

    def __init__(self, helm: Helm, folder: str, title: str, root: str = ".") -> None:
        """Use a folder, with its name for messages; links inside the workspace `root` are not followed."""
        self.title = title
        self.left_to_do = ""
        self._helm = helm
        self._root, self._path, _ = roots.named(folder, [root])

    def find(self, name: str, version: str) -> Package | None:
        """Return a package of the folder; None if it does not exist."""
        self._check()
        return self._shelf().find(name, version)

    def put(self, packages: Sequence[Package]) -> list[Package]:
        """Add the packages to the folder and its index, and return them."""
        self._check()
        try:
            with self._root.opened(self._path) as descriptor:
                _lock(descriptor)
                for name, content in self._shelf().additions(self._helm, packages).items():
                    self._write(name, content)
        except UnreadableFileError as error:
            raise ConfigError(error.about(self.title), error.hint) from None
        except OSError as error:
            raise ChartRepositoryError(
                f"cannot write to {self.title}: {error.strerror or error}", "check its permissions, then run the command again"
            ) from None
        return list(packages)

    def _check(self) -> None:
        try:
            self._root.check_way(self._path)
        except UnreadableFileError as error:
            raise ConfigError(error.about(self.title), error.hint) from None
        if not self._root.is_folder(self._path):
            raise ConfigError(
                f"folder {self.title} does not exist", "create it, and serve it at the address of the chart repository"
            )

    def _shelf(self) -> Shelf:
        def read(path: str) -> bytes | None:
            try:
                return self._root.read(f"{self._path}/{path}", _MOST)
            except UnreadableFileError as error:
                if not error.is_missing:
                    raise ChartRepositoryError(f"{self.title}: {error.about(path)}", error.hint) from None
                return None

        return Shelf(self.title, read)

    def _write(self, name: str, content: bytes) -> None:
        """Replace a file atomically: clients see the old or the new content."""
        writing.replace(self._root, f"{self._path}/{name}", content)


def _lock(descriptor: int) -> None:
    """Wait until no other process writes to a folder. The kernel releases the lock with the descriptor."""
    with suppress(ImportError):  # Windows has no fcntl
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX)
