"""The package of a chart: its files, the one archive that they make, and how two packages differ.

`helm package` stamps the time of day on every file. Here the same files always make the same bytes, so
that a package can be known by its digest.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import posixpath
import re
import tarfile
from collections.abc import Mapping
from typing import Any, NamedTuple

from generator.syntax import semver
from generator.system.charts.archive import members
from generator.system.charts.limits import Budget, NoPackageError, Paths, shown
from generator.system.charts.references import check_schemas

__all__ = [
    "METADATA",
    "OPEN",
    "Identity",
    "NoPackageError",
    "Package",
    "check",
    "differing",
    "fits",
    "identity",
    "opened",
    "packed",
]

METADATA = "Chart.yaml"

OPEN = "0.0.0"
"""The version that a service's own chart has in the workspace when the spec is to say it."""


def fits(version: str, wanted: str) -> bool:
    """Tell whether a version is the one, or one of those, that is wanted; that of a service's own chart may be any."""
    return version == OPEN or semver.fits(version, wanted)


_NESTED = re.compile(r"(?:charts/[^/]+/)*charts/[^/_.][^/]*\.tgz\Z")
"""Packages in a package, which Helm opens as well."""

_MOST_NESTED = 4


class Package(NamedTuple):
    """One version of a chart, as it lies in a chart repository."""

    name: str
    version: str
    content: bytes
    """The archive."""
    provenance: bytes = b""
    """The provenance file of `helm package --sign`; empty if it is not signed."""

    @property
    def file(self) -> str:
        """The name of the archive's file, as Helm chooses it."""
        return f"{self.name}-{self.version}.tgz"

    @property
    def digest(self) -> str:
        """The digest by which an OCI registry knows the archive, and an index lists it without its prefix."""
        return f"sha256:{hashlib.sha256(self.content).hexdigest()}"


def opened(content: bytes) -> dict[str, bytes]:
    """Return the files of a package by their path in the chart; raises NoPackageError.

    The packages of other charts in it are opened as well, as Helm will do it, but not taken apart.
    """
    return _opened(content, Budget(), 0)


def _opened(content: bytes, budget: Budget, depth: int) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    paths, root = Paths(), ""
    for name, file in members(content, budget):
        folder, slash, path = name.partition("/")
        root = root or folder
        if folder != root or not (path or file is None) or (slash and not path):
            raise NoPackageError(f"{shown(name)} is not in the chart's directory, {shown(root)}")
        Paths().add(folder, is_folder=True)
        if path:
            paths.add(path, is_folder=file is None)
        if file is not None:
            found[path] = file
    if METADATA not in found:
        raise NoPackageError(f"it has no {METADATA}")
    _check(found, budget, depth)
    return found


def check(files: Mapping[str, bytes]) -> None:
    """Raise NoPackageError for files of a chart that Helm would open without bounds, or follow out of the chart."""
    _check(files, Budget(), 0)


def _check(files: Mapping[str, bytes], budget: Budget, depth: int) -> None:
    check_schemas(files)
    for path in files:
        if _NESTED.match(path):
            _open_nested(path, files[path], budget, depth + 1)


def _open_nested(path: str, content: bytes, budget: Budget, depth: int) -> None:
    if depth > _MOST_NESTED:
        raise NoPackageError(f"{shown(path)} is a package nested more than {_MOST_NESTED} levels deep")
    try:
        _opened(content, budget, depth)
    except NoPackageError as error:
        raise NoPackageError(f"{shown(path)}: {error}") from None


def packed(name: str, files: Mapping[str, bytes]) -> bytes:
    """Return the archive of a chart's files: the same bytes for the same files, regardless of who packs them, when and where."""
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for path in sorted(files, key=lambda path: (path != METADATA, path)):  # Helm puts it first, too
            member = tarfile.TarInfo(f"{name}/{path}")
            member.size, member.mode = len(files[path]), 0o644
            archive.addfile(member, io.BytesIO(files[path]))
    return gzip.compress(raw.getvalue(), compresslevel=9, mtime=0)


_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,249}\Z")


def is_name(name: str) -> bool:
    """Tell whether a chart can have a name, so that the name is one part of a path and leads nowhere else."""
    return _NAME.match(name) is not None


class Identity(NamedTuple):
    """The name and version of a chart."""

    name: str
    version: str


def identity(files: Mapping[str, bytes]) -> Identity:
    """Return the name and the version that Chart.yaml gives; raises NoPackageError."""
    from generator.syntax.reader.foreign import yaml_data

    try:
        data = yaml_data(files[METADATA])
    except ValueError as error:
        raise NoPackageError(f"its {METADATA} cannot be read: {error}") from None
    name, version = (data.get(key) for key in ("name", "version")) if isinstance(data, dict) else (None, None)
    if not isinstance(name, str) or not isinstance(version, str) or semver.parse(version) is None:
        raise NoPackageError(f"its {METADATA} must have a `name` and a SemVer `version`, both strings")
    if not is_name(name):
        raise NoPackageError(f"{shown(name)} in its {METADATA} is not a valid chart name")
    return Identity(name, version)


def metadata(files: Mapping[str, bytes]) -> dict[str, Any]:
    """Return the data of Chart.yaml; empty if it is invalid or not a mapping."""
    data = _read(files.get(METADATA, b""))
    return data if isinstance(data, dict) else {}


def differing(ours: Mapping[str, bytes], theirs: Mapping[str, bytes]) -> list[str]:
    """Return the paths with different content, sorted.

    Helm writes Chart.yaml and Chart.lock again when it packs, each version of Helm in its own way: there
    only the data is compared.
    """
    return sorted(path for path in ours.keys() | theirs.keys() if not _same(path, ours.get(path), theirs.get(path)))


def _same(path: str, ours: bytes | None, theirs: bytes | None) -> bool:
    if ours == theirs or ours is None or theirs is None:
        return ours == theirs
    if posixpath.basename(path) not in (METADATA, "Chart.lock"):
        return False
    data = _read(ours)
    return data is not None and data == _read(theirs)


def _read(content: bytes) -> Any:
    """Return YAML as data, as Helm reads it; None for what cannot be read within bounds."""
    from generator.syntax.reader.foreign import yaml_data

    try:
        return yaml_data(content)
    except ValueError:
        return None
