"""The charts that can be released: those in the workspace, and the one that ships with tiphys."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from generator import chart_package, disk, resources, semver
from generator.chart_package import METADATA
from generator.diagnostics import START, Diagnostic, Severity, Span
from generator.errors import Rejected
from generator.files import Folder, UnreadableFileError
from generator.reader.characters import MAX_BYTES
from generator.verify.charts import SHIPPED

UNFIT = "TP652"


class Source(NamedTuple):
    """A chart in a folder."""

    name: str
    version: str
    """As Chart.yaml says it."""
    folder: str
    shown: str
    """The folder for people: relative to the root of the workspace."""
    version_at: Span = START
    """Where Chart.yaml says the version."""

    @property
    def shipped(self) -> bool:
        """Whether it is the chart that ships with tiphys, which nobody can change."""
        return self.shown.startswith("tiphys:")

    @property
    def said(self) -> str:
        """What it is and in which version, as part of a sentence."""
        where = "as it ships with tiphys" if self.shipped else f"in {self.shown}"
        return f"the chart `{self.name}` is {self.version} {where}"


def find(root: str, chart: Mapping[str, Any]) -> Source | None:
    """Return the source of the chart that a service asks for; None if it is not here.

    Raises Rejected if what is here cannot be released.
    """
    name, path = chart["name"], chart.get("path")
    local = path or f"charts/{name}"
    if Folder(root).exists(f"{local}/{METADATA}"):
        try:
            Folder(root).check_plain(local)
        except UnreadableFileError as error:
            where = disk.unreadable(f"{local}/{METADATA}", error)
            message = error.about("the chart") + ", which Helm would follow"
            raise Rejected([where._replace(path=error.at or where.path, rule=UNFIT, message=message)]) from None
        return _read(posixpath.join(root, local), local, name)
    if name == SHIPPED:
        return _read(resources.path("templates", "chart"), "tiphys:templates/chart", name)
    return None


def _read(folder: str, shown: str, name: str) -> Source:
    path = f"{shown}/{METADATA}"
    try:
        raw = Folder(folder).read(METADATA, MAX_BYTES)
    except UnreadableFileError as error:
        message = f"the file {error.message}, and without it this is no chart"
        raise Rejected([Diagnostic(path, START, UNFIT, Severity.ERROR, message, "add it, or correct chart.path")]) from None
    text = raw.decode("utf-8", "replace")
    data = chart_package.metadata({METADATA: raw})
    wrong = [
        Diagnostic(path, line_of(text, key), UNFIT, Severity.ERROR, message, hint)
        for key, message, hint in _problems(data, name)
    ]
    if wrong:
        raise Rejected(wrong)
    return Source(name, data["version"], folder, shown, line_of(text, "version"))


def _problems(data: Mapping[str, Any], name: str) -> list[tuple[str, str, str]]:
    """Return (key, what is wrong, what to do) for what a chart needs to be released."""
    if not data:
        return [("", "this is no map of a chart's metadata", "a chart needs apiVersion, name and version")]
    found = []
    if data.get("apiVersion") not in ("v1", "v2"):
        found.append(("apiVersion", "a chart's apiVersion is v1 or v2", "write apiVersion: v2"))
    if data.get("name") != name:
        found.append(
            (
                "name",
                f"the chart is called `{data.get('name')}` here and `{name}` by its specs",
                f"write name: {name}, or rename",
            )
        )
    version = data.get("version")
    if not isinstance(version, str) or semver.parse(version) is None:
        shown = f"`{version}` is no version" if version is not None else "the chart has no version"
        found.append(("version", f"{shown}: it takes three numbers, as SemVer has them", "write a version such as 1.4.2"))
    return found


def line_of(text: str, key: str) -> Span:
    """Return where a key of the first level stands in a YAML file; its start if it is not there."""
    match = re.search(rf"^{re.escape(key)}(?=\s*:)", text, re.MULTILINE) if key else None
    if match is None:
        return START
    line = text.count("\n", 0, match.start()) + 1
    return Span(line, 1, line, len(key) + 1)
