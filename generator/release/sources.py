"""Find the charts that can be released: those in the workspace, and the one that ships with Tiphys."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from generator.diagnostics import START, Diagnostic, Severity, Span
from generator.errors import Rejected
from generator.syntax import semver, shipped
from generator.syntax.reader.foreign import yaml_data, yaml_texts
from generator.system.charts import folder as chart_folder
from generator.system.charts.folder import UnfitFolderError
from generator.system.charts.package import METADATA
from generator.system.files import Folder
from generator.verify.charts import SHIPPED

UNFIT = "TP652"

_MOST_SHOWN = 80


class Source(NamedTuple):
    """A chart in a folder."""

    name: str
    version: str
    """As in Chart.yaml."""
    folder: str
    shown: str
    """The folder as shown in messages: relative to the root of the workspace."""
    version_at: Span = START
    """The place of the version in Chart.yaml."""

    @property
    def shipped(self) -> bool:
        """Whether it is the chart that ships with Tiphys, which users cannot change."""
        return self.shown.startswith("tiphys:")

    @property
    def said(self) -> str:
        """The chart, its version and its place, as part of a sentence."""
        where = "as shipped with Tiphys" if self.shipped else f"in {self.shown}"
        return f"the chart `{self.name}` is {self.version} {where}"


def find(root: str, chart: Mapping[str, Any]) -> Source | None:
    """Return the source of the chart that a service uses; None if it is not in the workspace.

    Raises Rejected if the chart cannot be released.
    """
    name, path = chart["name"], chart.get("path")
    local = path or f"charts/{name}"
    if Folder(root).exists(f"{local}/{METADATA}"):
        try:
            raw = chart_folder.read_file(root, local, METADATA)
        except UnfitFolderError as error:
            raise Rejected([unfit(local, error)]) from None
        return _read(raw or b"", posixpath.join(root, local), local, name)
    if name == SHIPPED:
        raw = shipped.read("templates", "chart", METADATA)
        return _read(raw, shipped.path("templates", "chart"), "tiphys:templates/chart", name)
    return None


def unfit(shown: str, error: UnfitFolderError) -> Diagnostic:
    """Return the diagnostic for a chart, or a file of one, that cannot be read."""
    what = "the file" if error.path else "the folder of the chart"
    path = f"{shown}/{error.path or METADATA}"
    return Diagnostic(path, START, UNFIT, Severity.ERROR, f"{what} {error.message}", error.hint)


def _read(raw: bytes, folder: str, shown: str, name: str) -> Source:
    path = f"{shown}/{METADATA}"
    text = raw.decode("utf-8", "replace")
    try:
        data = yaml_data(raw)
    except ValueError as error:
        message = f"not valid chart metadata: {error}"
        raise Rejected([Diagnostic(path, START, UNFIT, Severity.ERROR, message, "fix the file")]) from None
    data = data if isinstance(data, dict) else {}
    wrong = [
        Diagnostic(path, line_of(text, key), UNFIT, Severity.ERROR, message, hint)
        for key, message, hint in _problems(data, name, raw)
    ]
    if wrong:
        raise Rejected(wrong)
    return Source(name, data["version"], folder, shown, line_of(text, "version"))


def _problems(data: Mapping[str, Any], name: str, raw: bytes) -> list[tuple[str, str, str]]:
    """Return (key, message, hint) for each problem that prevents a release."""
    if not data:
        return [("", "chart metadata must be a mapping", "set apiVersion, name and version")]
    found = []
    if data.get("apiVersion") not in ("v1", "v2"):
        found.append(("apiVersion", "`apiVersion` must be v1 or v2", "write apiVersion: v2"))
    if data.get("name") != name:
        found.append(
            (
                "name",
                f"the chart is named `{_short(data.get('name'))}` here and `{name}` in specs",
                f"write name: {name}, or change the specs",
            )
        )
    version = data.get("version")
    if not isinstance(version, str) or semver.parse(version) is None:
        written = _short(yaml_texts(raw)["version"]) if version is not None else ""
        shown = f"`{written}` is not a valid version" if written else "the chart has no version"
        found.append(("version", f"{shown}: SemVer requires three numbers", "write a version such as 1.4.2"))
    return found


def _short(value: Any) -> str:
    """Return a value for a message, shortened."""
    text = str(value)
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}…"


def line_of(text: str, key: str) -> Span:
    """Return the place of a top-level key in a YAML file; the start of the file if it is missing."""
    match = re.search(rf"^{re.escape(key)}(?=\s*:)", text, re.MULTILINE) if key else None
    if match is None:
        return START
    line = text.count("\n", 0, match.start()) + 1
    return Span(line, 1, line, len(key) + 1)
