"""Charts rendered again, to see what comes out differently each time that Argo CD renders them.

Only charts whose templates call something that may differ are rendered again. What asks for the time is asked as if a
year, a month, a day, an hour, a minute and a second had passed, as two renderings of one run are too close to tell.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterable, Mapping, Sequence
from threading import Lock

from generator.kubernetes.identity import Key, key_of
from generator.kubernetes.objects import KubeObject
from generator.syntax.leaves import Path, differences
from generator.system.charts import folder as chart_folder
from generator.system.charts.package import NoPackageError, identity, opened, packed
from generator.system.files import Folder
from generator.system.helm import Helm
from generator.system.program import Done
from generator.verify import rendering
from generator.verify.cache import Cache
from generator.verify.chart_calls import calls_of, is_packed
from generator.verify.charts import Chart
from generator.verify.rendering import Job
from generator.verify.template_calls import NOW, Calls, is_template_of_random

_SOURCE = re.compile(r"^# Source: (.+)$", re.MULTILINE)
_ORDERS = (" | sortAlpha", " | sortAlpha | reverse")
"""What gives the keys of a map an order: in one of the two a list differs from the first rendering if the order matters."""


class Repeater:
    """Renders again what may be different each time."""

    def __init__(self, cache: Cache, folder: str) -> None:
        """Begin with what Helm said before, and a folder for charts that are changed."""
        self._cache = cache
        self._folder = folder
        self._lock = Lock()
        self._made: dict[tuple[str, int], Chart] = {}

    def texts(self, helm: Helm, parts: Sequence[tuple[Job, Done]]) -> list[str]:
        """Return what Helm prints of the sources of an application when it is asked again; nothing if that is the same."""
        which = [_may_differ(job, done) if job.chart.folder else (False, False) for job, done in parts]
        if not any(again for again, _ in which):
            return []
        found = []
        for number in range(len(_ORDERS) if any(unordered for _, unordered in which) else 1):
            done = [
                rendering.template(helm, job._replace(chart=self._changed(job.chart, number)), self._cache, f"again-{number}")
                if again
                else first
                for (job, first), (again, _) in zip(parts, which, strict=True)
            ]
            if all(one.ok for one in done):  # a chart can refuse the date
                found.append("".join(one.out.decode("utf-8", "replace") for one in done))
        return found

    def _changed(self, chart: Chart, number: int) -> Chart:
        """Return the chart with a time to come in the place of the present one, and the keys of its maps in an order."""
        calls = calls_of(chart.folder)
        if not calls.edits and not calls.orders:
            return chart
        key = (chart.folder, number if calls.orders else 0)
        with self._lock:
            if key not in self._made:
                folder = posixpath.join(self._folder, str(len(self._made)), chart.name)
                chart_folder.write(_files(chart.folder, calls, _ORDERS[number]), folder)
                self._made[key] = chart._replace(folder=folder)
            return self._made[key]


def unsteady(first: Iterable[KubeObject], others: Iterable[Sequence[KubeObject]], namespace: str) -> dict[Key, list[Path]]:
    """Return the fields that differ between renderings of the same, by object; an empty path for an object that is not in all."""
    known = {key_of(item, namespace): item for item in first}
    found: dict[Key, dict[Path, None]] = {}
    for other in others:
        again = {key_of(item, namespace): item for item in other}
        for key, item in known.items():
            paths = [leaf.path for leaf in differences(item.data, again[key].data)] if key in again else [()]
            if paths:
                found.setdefault(key, {}).update(dict.fromkeys(paths))
    return {key: list(paths) for key, paths in found.items()}


def _may_differ(job: Job, done: Done) -> tuple[bool, bool]:
    """Tell whether a chart may be rendered differently with its values, and whether in the order of lists."""
    calls = calls_of(job.chart.folder)
    sources = {match[1].strip() for match in _SOURCE.finditer(done.out.decode("utf-8", "replace"))}
    differs, unordered = calls.may_differ(one.removeprefix(f"{job.chart.name}/") for one in sources)
    if differs or not calls.evaluates:
        return differs, unordered
    given = [json.dumps(layer, ensure_ascii=False) for layer in job.values]
    return any(is_template_of_random(text) for text in (*given, *job.flags, *(one.text for one in job.contents))), False


def _files(folder: str, calls: Calls, order: str) -> dict[str, bytes]:
    """Return the files of a chart in which it is later, and keys of maps have an order."""
    files = {path: content for path, content in Folder(folder).read_tree("").items() if content is not None}
    edits = [(path, at, len(NOW), word) for path, at, word in calls.edits]
    edits += [(path, at, 0, order) for path, at in calls.orders]
    packages = {path: content for path, content in files.items() if is_packed(path)}
    return _edited(files, edits) | {path: _repacked(path, content, edits) for path, content in packages.items()}


Edits = Sequence[tuple[str, int, int, str]]
"""A file, and where how many characters give way to which text."""


def _edited(files: Mapping[str, bytes], edits: Edits) -> dict[str, bytes]:
    found = dict(files)
    for path in dict.fromkeys(path for path, *_ in edits if path in files):
        text = files[path].decode("utf-8", "replace")
        for at, length, word in sorted((edit[1:] for edit in edits if edit[0] == path), reverse=True):
            text = text[:at] + word + text[at + length :]
        found[path] = text.encode("utf-8", "replace")
    return found


def _repacked(path: str, content: bytes, edits: Edits) -> bytes:
    """Return the package of a chart in a chart with its own part of the edits, whose paths are those of a directory."""
    try:
        files = opened(content)
        name = identity(files).name
    except NoPackageError:
        return content  # Helm says what is wrong with it
    home = f"{path.rpartition('/')[0]}/{name}/"
    own = [(one[0].removeprefix(home), *one[1:]) for one in edits if one[0].startswith(home)]
    return packed(name, _edited(files, own)) if own else content
