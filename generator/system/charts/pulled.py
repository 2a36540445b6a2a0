"""Check a package from a chart repository against the request and against the index."""

from __future__ import annotations

import hashlib
import os

from generator.syntax import semver
from generator.system.charts import package as chart_package
from generator.system.charts.limits import MAX_PACKED, MIB, NoPackageError, shown
from generator.system.charts.package import Package


def package(path: str, name: str, version: str) -> Package:
    """Return the package in a file; raises NoPackageError unless it can be opened and is the requested chart."""
    content, provenance = _bytes(path, MAX_PACKED), _bytes(f"{path}.prov", MIB)
    found = chart_package.identity(chart_package.opened(content))
    if found.name != name or not fits(found.version, version):
        raise NoPackageError(f"its {chart_package.METADATA} says that it is {shown(found.name)} {found.version}")
    return Package(name, found.version, content, provenance)


def fits(version: str, wanted: str) -> bool:
    """Tell whether a version is the requested one, or in the range; other notations are left to Helm."""
    parsed, exact = semver.parse(version), semver.parse(wanted)
    if parsed is None or exact is not None:
        return parsed is not None and parsed == exact
    return not wanted or semver.satisfies(parsed, wanted) is not False


def is_listed(path: str, index: str) -> bool:
    """Tell whether an index has the digest of a package; one without any digest lists whatever there is."""
    with open(path, "rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest().encode("ascii")
    before, has_digests = b"", False
    with open(index, "rb") as file:
        while piece := file.read(MIB):
            text = before + piece
            if digest in text:
                return True
            has_digests = has_digests or b"digest:" in text
            before = text[-len(digest) :]
    return not has_digests


def _bytes(path: str, most: int) -> bytes:
    """Return the bytes of a file, none if it is not there; raises NoPackageError where there are too many."""
    if not os.path.exists(path):
        return b""
    with open(path, "rb") as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise NoPackageError(f"it is larger than {most // MIB} MiB")
    return content
