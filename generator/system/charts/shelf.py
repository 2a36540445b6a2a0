"""An HTTP chart repository as the files that are served: packages next to an index.yaml."""

from __future__ import annotations

import os
import posixpath
import tempfile
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from generator.syntax import semver
from generator.syntax.reader.foreign import yaml_texts
from generator.syntax.wording import counted, listed
from generator.system.charts import package as chart_package
from generator.system.charts.failures import ChartRepositoryError
from generator.system.charts.limits import MIB, shown
from generator.system.charts.package import NoPackageError, Package
from generator.system.helm import Helm, said

INDEX = "index.yaml"

_MOST_INDEX = 8 * MIB


class TakenError(ChartRepositoryError):
    """The version is there with different content: a guard refused it."""

    exit_code = 1


class Shelf(NamedTuple):
    """The files of a repository at one moment."""

    title: str
    """Where they are, for messages."""
    read: Callable[[str], bytes | None]
    """Returns the bytes of a file, by its path below index.yaml; None if it does not exist."""

    def find(self, name: str, version: str) -> Package | None:
        """Return a package, of a range the newest; None if it is not there.

        Raises ChartRepositoryError if only the index has it.
        """
        known = self.listed()
        version = _newest([one for found, one in known if found == name], version)
        listed_at = known.get((name, version))
        standard = Package(name, version, b"").file
        path = standard if listed_at is None or "://" in listed_at else posixpath.normpath(listed_at)
        if not _is_below(path):
            raise ChartRepositoryError(
                f"{self.title}: {INDEX} lists {name} {version} at {shown(path)}, which is not in this folder",
                f"correct the entry in {INDEX}, or remove it",
            )
        content = self.read(path)
        if content is not None:
            return Package(name, version, content, self.read(f"{path}.prov") or b"")
        if listed_at is None:
            return None
        raise ChartRepositoryError(
            f"{self.title}: {INDEX} lists {name} {version} at {listed_at}, which is not in this folder",
            f"put the package here, or remove the entry from {INDEX}",
        )

    def additions(self, helm: Helm, packages: Iterable[Package]) -> dict[str, bytes]:
        """Return the files to write so that the packages are there, index.yaml last; none if they are.

        What is listed already keeps its entry, with the time that it was made at. Raises TakenError.
        """
        known = self.listed()
        files: dict[str, bytes] = {}
        for package in packages:
            found = self.find(package.name, package.version)
            if found is not None:
                refuse_other(self.title, package, found)
            if (package.name, package.version) not in known:
                there = found or package
                files[there.file] = there.content
                if there.provenance:
                    files[f"{there.file}.prov"] = there.provenance
        return {**files, INDEX: self._indexed(helm, files)} if files else {}

    def listed(self) -> dict[tuple[str, str], str]:
        """Return the location of each (name, version) in index.yaml."""
        raw = self.read(INDEX)
        if raw is None:
            return {}
        try:
            # Texts alone: a version must not become a number, nor a name a boolean.
            entries = yaml_texts(raw, most=_MOST_INDEX)["entries"] or {}
            return {(name, entry["version"]): _first_url(entry) for name, found in entries.items() for entry in found}
        except (TypeError, KeyError, AttributeError, ValueError) as error:
            why = f": {error}" if isinstance(error, ValueError) else ""
            raise ChartRepositoryError(
                f"{self.title}: {INDEX} is not a valid chart index{why}", "regenerate it with `helm repo index`, or restore it"
            ) from None

    def _indexed(self, helm: Helm, files: dict[str, bytes]) -> bytes:
        """Return the index with the new packages in it.

        Helm makes entries for the new packages alone: it would give a new time to all that it finds.
        """
        before = self.read(INDEX)
        with tempfile.TemporaryDirectory(prefix="tiphys-index-") as folder:
            new, old = os.path.join(folder, "new"), os.path.join(folder, "old.yaml")
            os.mkdir(new)
            for name, content in {**files, **({"../old.yaml": before} if before else {})}.items():
                with open(os.path.join(new, name), "wb") as file:
                    file.write(content)
            done = helm.run("repo index", *([f"--merge={old}"] if before else []), operands=[new])
            if not done.ok:
                raise ChartRepositoryError(f"{self.title}: {said(done)}", "check it with `helm repo index`")
            with open(os.path.join(new, INDEX), "rb") as file:
                return file.read()


def _is_below(path: str) -> bool:
    """Tell whether a path of an index is that of a file below it."""
    inside = posixpath.normpath(path) == path and not path.startswith(("/", ".."))
    return inside and path.isprintable() and "\\" not in path


def refuse_other(title: str, ours: Package, theirs: Package) -> None:
    """Raise TakenError if the package that is there has other content."""
    paths = other_files(ours, theirs)
    if paths:
        raise TakenError(
            f"{title} has {ours.name} {ours.version} with different content: {counted(len(paths), 'file')}, {listed(paths)}",
            "bump the chart version: a released chart never changes",
        )


def other_files(ours: Package, theirs: Package) -> list[str]:
    """Return the paths of the files that are not the same in two packages; raises ChartRepositoryError for no package."""
    if ours.content == theirs.content:
        return []
    try:
        return chart_package.differing(chart_package.opened(ours.content), chart_package.opened(theirs.content))
    except NoPackageError as error:
        raise ChartRepositoryError(
            f"the released {theirs.file} is not a valid chart package: {error}", "inspect it with `helm show chart`"
        ) from None


def _newest(versions: Iterable[str], wanted: str) -> str:
    """Return the newest version that a range lets in; `wanted` itself if it is not a range, or matches none."""
    if semver.parse(wanted) is not None:
        return wanted
    parsed = {one: number for one in versions if (number := semver.parse(one)) and semver.satisfies(number, wanted)}
    return max(parsed, key=lambda one: parsed[one].order, default=wanted)


def _first_url(entry: Any) -> str:
    urls = entry.get("urls") or [""]
    return str(urls[0])
