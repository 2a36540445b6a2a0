"""Charts rendered again, to see what comes out differently each time that Argo CD renders them.

Only charts whose templates call something that may differ are rendered again. What asks for the time is asked as if a
year, a month, a day, an hour, a minute and a second had passed, as two renderings of one run are too close to tell.
"""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterable, Sequence
from threading import Lock

from generator.kubernetes.identity import Key, key_of
from generator.kubernetes.objects import KubeObject
from generator.syntax.leaves import Path, differences
from generator.system.charts import folder as chart_folder
from generator.system.files import Folder
from generator.system.helm import Helm
from generator.system.program import Done
from generator.verify import rendering
from generator.verify.cache import Cache
from generator.verify.chart_calls import NOW, Calls, calls_of, is_template_of_random
from generator.verify.charts import Chart
from generator.verify.rendering import Job

_LATER = f"((({NOW}).AddDate 1 1 1).Add 3661000000000)"
_TIMES_FOR_ORDER = 3
"""How often a chart is rendered again whose lists have no order: one of two keys is the first in every second rendering."""


class Repeater:
    """Renders again what may be different each time."""

    def __init__(self, cache: Cache, folder: str) -> None:
        """Begin with what Helm said before, and a folder for charts in which it is later."""
        self._cache = cache
        self._folder = folder
        self._lock = Lock()
        self._later: dict[str, Chart] = {}

    def texts(self, helm: Helm, parts: Sequence[tuple[Job, Done]]) -> list[str]:
        """Return what Helm prints of the sources of an application when it is asked again; nothing if that is the same."""
        which = [bool(job.chart.folder) and _may_differ(job) for job, _ in parts]
        if not any(which):
            return []
        unordered = any(calls_of(job.chart.folder).unordered for (job, _), again in zip(parts, which, strict=True) if again)
        found = []
        for number in range(_TIMES_FOR_ORDER if unordered else 1):
            done = [
                rendering.template(helm, job._replace(chart=self._at_a_later_time(job.chart)), self._cache, f"again-{number}")
                if again
                else first
                for (job, first), again in zip(parts, which, strict=True)
            ]
            if all(one.ok for one in done):  # a chart can refuse the date
                found.append("".join(one.out.decode("utf-8", "replace") for one in done))
        return found

    def _at_a_later_time(self, chart: Chart) -> Chart:
        """Return the chart with a time to come in the place of the present one."""
        calls = calls_of(chart.folder)
        if not calls.times:
            return chart
        with self._lock:
            if chart.folder not in self._later:
                folder = posixpath.join(self._folder, str(len(self._later)), chart.name)
                chart_folder.write(_later(chart.folder, calls), folder)
                self._later[chart.folder] = chart._replace(folder=folder)
            return self._later[chart.folder]


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


def _may_differ(job: Job) -> bool:
    calls = calls_of(job.chart.folder)
    if calls.may_differ or not calls.evaluates:
        return calls.may_differ
    given = [json.dumps(layer, ensure_ascii=False) for layer in job.values]
    return any(is_template_of_random(text) for text in (*given, *job.flags, *(one.text for one in job.contents)))


def _later(folder: str, calls: Calls) -> dict[str, bytes]:
    """Return the files of a chart in which it is later."""
    files = {path: content for path, content in Folder(folder).read_tree("").items() if content is not None}
    for path in dict.fromkeys(path for path, _ in calls.times if path in files):
        text = files[path].decode("utf-8", "replace")
        for at in sorted((at for file, at in calls.times if file == path), reverse=True):
            text = text[:at] + _LATER + text[at + len(NOW) :]
        files[path] = text.encode("utf-8", "replace")
    return files
