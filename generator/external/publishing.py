"""Putting charts where an environment gets them from: a registry, a folder that is served, or a branch."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, Protocol

from generator.chart_package import Package
from generator.errors import ConfigError
from generator.external import chart_repository
from generator.external.chart_branch import Branch
from generator.external.chart_repository import ChartRepositoryError, MissingChartError, NoAccessError, Repository
from generator.external.helm import Helm
from generator.external.shelf import Shelf
from generator.files import UnreadableFileError, roots, writing

_MOST = 64 * 1024 * 1024
"""The limit of a package, and of an index, in bytes."""


class Target(Protocol):
    """A place that charts are released to."""

    title: str
    """Where it is, for people."""

    left_to_do: str
    """The command that makes a release there seen by others; empty if it is."""

    def find(self, name: str, version: str) -> Package | None:
        """Return a package, of a range the newest; None if it is not there. Raises ChartRepositoryError."""

    def put(self, packages: Sequence[Package]) -> Iterable[Package]:
        """Give each package once it is there; raises TakenError or ChartRepositoryError."""


def target(helm: Helm, root: str, name: str, spec: Mapping[str, Any], *, push: bool) -> Target:
    """Return where the charts of an environment are released to; raises ConfigError if nobody has said.

    `spec` is the environment's; `push` is for a branch, which else stays local.
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
        f"{name} has an HTTP chart repository, and nothing says where its files are written",
        f"set spec.chart.publish of the environment {name}: a `directory`, or a branch in `git`",
    )


class Registry:
    """An OCI registry."""

    def __init__(self, helm: Helm, repository: Repository) -> None:
        self.title = repository.address
        self.left_to_do = ""
        self._helm = helm
        self._repository = repository

    def find(self, name: str, version: str) -> Package | None:
        """Return a package of the registry; None if it is not there."""
        try:
            return chart_repository.package(self._helm, self._repository, name, version, ask=False)
        except MissingChartError:
            return None
        except NoAccessError as error:
            error.hint += "; where a registry denies what is not there yet, put the first version there with `helm push`"
            raise

    def put(self, packages: Sequence[Package]) -> Iterator[Package]:
        """Give each package once it was pushed and came back the same."""
        for package in packages:
            chart_repository.push(self._helm, self._repository, package)
            # An OCI registry knows a layer by its digest: what comes back with it is what is stored.
            stored = chart_repository.package(self._helm, self._repository, package.name, package.version)
            if stored.digest != package.digest:
                message = (
                    f"{self.title} gives {stored.digest} for {package.name} {package.version}, and {package.digest} was pushed"
                )
                raise ChartRepositoryError(message, "find out who pushed the same version at the same time")
            yield package


class Directory:
    """A folder that somebody serves over HTTP."""

    def __init__(self, helm: Helm, folder: str, title: str, root: str = ".") -> None:
        """Take the folder, by which name people know it, and the workspace that names it: in that no link is followed."""
        self.title = title
        self.left_to_do = ""
        self._helm = helm
        self._root, self._path, _ = roots.named(folder, [root])

    def find(self, name: str, version: str) -> Package | None:
        """Return a package of the folder; None if it is not there."""
        self._check()
        return self._shelf().find(name, version)

    def put(self, packages: Sequence[Package]) -> list[Package]:
        """Return the packages, which are in the folder and its index now."""
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
                f"{self.title} cannot be written: {error.strerror or error}", "check its permissions, and run this again"
            ) from None
        return list(packages)

    def _check(self) -> None:
        try:
            self._root.check_way(self._path)
        except UnreadableFileError as error:
            raise ConfigError(error.about(self.title), error.hint) from None
        if not self._root.is_folder(self._path):
            raise ConfigError(
                f"there is no folder {self.title}", "make it, and serve it at the address of the chart repository"
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
        """Replace a file in one step: clients see the old one or the new one."""
        writing.replace(self._root, f"{self._path}/{name}", content)


def _lock(descriptor: int) -> None:
    """Wait until no other process writes into a folder. The kernel's lock ends with the descriptor."""
    with suppress(ImportError):  # this system has no such locks
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX)
