"""The package of a chart: its files, the one archive that they make, and how two packages differ.

`helm package` stamps the time of day on every file. Here the same files always make the same bytes, so
that a package can be known by its digest.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import posixpath
import tarfile
import zlib
from collections.abc import Mapping
from typing import Any, NamedTuple

MAX_BYTES = 100 * 1024 * 1024
"""How much a package may hold, unpacked: what Helm itself takes."""

METADATA = "Chart.yaml"

OPEN = "0.0.0"
"""The version that a service's own chart has in the workspace when the spec is to say it."""


class NoPackageError(Exception):
    """These bytes are no package of a chart; the message says why not."""


class Package(NamedTuple):
    """One version of a chart, as it lies in a chart repository."""

    name: str
    version: str
    content: bytes
    """The archive."""
    provenance: bytes = b""
    """What `helm package --sign` says of the archive; empty if it is not signed."""

    @property
    def file(self) -> str:
        """The name of the archive's file, as Helm chooses it."""
        return f"{self.name}-{self.version}.tgz"

    @property
    def digest(self) -> str:
        """The digest by which an OCI registry knows the archive, and an index lists it without its prefix."""
        return f"sha256:{hashlib.sha256(self.content).hexdigest()}"


def opened(content: bytes) -> dict[str, bytes]:
    """Return the files of a package by their path in the chart; raises NoPackageError."""
    found: dict[str, bytes] = {}
    try:
        with gzip.open(io.BytesIO(content)) as packed_file:
            raw = packed_file.read(MAX_BYTES + 1)
        if len(raw) > MAX_BYTES:
            raise NoPackageError(f"it holds more than {MAX_BYTES // (1024 * 1024)} MiB")
        with tarfile.open(fileobj=io.BytesIO(raw), mode="r:") as archive:
            for member in archive:
                file = archive.extractfile(member) if member.isfile() else None
                path = _in_chart(member.name)
                if file is not None and path:
                    found[path] = file.read()
    except (tarfile.TarError, zlib.error, OSError, EOFError, ValueError) as error:
        raise NoPackageError(str(error) or "it is no archive") from None
    if METADATA not in found:
        raise NoPackageError(f"it has no {METADATA}")
    return found


def _in_chart(name: str) -> str:
    """Return the path of a file in its chart; empty for one that is in none."""
    parts = name.split("/")
    return "" if "" in parts or ".." in parts else "/".join(part for part in parts if part != ".").partition("/")[2]


def packed(name: str, files: Mapping[str, bytes]) -> bytes:
    """Return the archive of a chart's files: the same bytes for the same files, whoever packs them, when and where."""
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for path in sorted(files, key=lambda path: (path != METADATA, path)):  # Helm puts it first, too
            member = tarfile.TarInfo(f"{name}/{path}")
            member.size, member.mode = len(files[path]), 0o644
            archive.addfile(member, io.BytesIO(files[path]))
    return gzip.compress(raw.getvalue(), compresslevel=9, mtime=0)


def metadata(files: Mapping[str, bytes]) -> dict[str, Any]:
    """Return what Chart.yaml says; empty if it is no map."""
    data = _read(files.get(METADATA, b""))
    return data if isinstance(data, dict) else {}


def differing(ours: Mapping[str, bytes], theirs: Mapping[str, bytes]) -> list[str]:
    """Return the paths whose content is not the same, sorted.

    Helm writes Chart.yaml and Chart.lock anew when it packs, each version of Helm in its own way: there
    it is the data that counts.
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
    """Return YAML as data; None for what is none."""
    import yaml

    try:
        return yaml.safe_load(content)
    except (yaml.YAMLError, ValueError):
        return None
