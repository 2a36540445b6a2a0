"""Objects that a chart makes differently each time, and what it asks a cluster for that Argo CD does not show to it.

Argo CD renders a chart at every refresh, with `helm template`: what is made up is never what runs, and each sync writes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from generator.diagnostics import Severity, dotted, json_pointer
from generator.kubernetes.applications import has_option, ignored
from generator.kubernetes.identity import Key, key_of
from generator.kubernetes.objects import KubeObject, at, texts
from generator.kubernetes.phases import HELM_HOOK, HOOK
from generator.syntax.leaves import Path, pointer_of
from generator.syntax.wording import listed
from generator.verify.findings import OfChart, OfObject
from generator.verify.template_calls import LOOKUP, UNORDERED, Call, Calls

DIFFERS = "TP662"
CLUSTER = "TP663"
UNREPEATABLE = "TP665"
_MOST_FIELDS = 4
_MOST_CALLS = 3
_TEMPLATES: tuple[Path, ...] = (("spec", "template"), ("spec", "jobTemplate"))
_RUN_ONCE = ("Job", "Pod")
_ANSWERS = {
    LOOKUP: "`lookup` finds nothing",
    ".Release.IsUpgrade": "`.Release.IsUpgrade` is always false",
    ".Release.IsInstall": "`.Release.IsInstall` is always true",
    ".Release.Revision": "`.Release.Revision` is always 1",
}


class Made(NamedTuple):
    """What is known of a chart that rendered objects."""

    name: str
    calls: Calls


def differing(
    items: Sequence[KubeObject], unsteady: Mapping[Key, Sequence[Path]], charts: Sequence[Made], application: KubeObject
) -> Iterator[OfObject]:
    """Yield the objects of an Application that differ each time, with their fields.

    Fields that Argo CD is told to leave alone are left out, and so are jobs that run as hooks.
    """
    namespace = str(at(application.data, "spec", "destination", "namespace") or "")
    told: set[str] = set()
    for item in items:
        paths = [path for path in unsteady.get(key_of(item, namespace), ()) if not _is_left_alone(item, path, application)]
        hook = bool(item.annotations.get(HOOK) or item.annotations.get(HELM_HOOK))
        if not paths or (hook and item.kind in _RUN_ONCE):
            continue
        pointer = pointer_of(item.data, paths[0]) or ("metadata", "name")
        what = _what(item, paths, hook=hook)
        calls = _responsible(item, paths, charts)
        if what not in told:  # each object with a new name would be one more
            yield OfObject(
                item, pointer, DIFFERS, Severity.ERROR, what, _hint(calls, charts, ignorable=() not in paths and not hook)
            )
        told.add(what)


def unrepeatable(
    items: Sequence[KubeObject], unsteady: Mapping[Key, Sequence[Path]], charts: Sequence[Made], namespace: str
) -> Iterator[OfObject]:
    """Yield the objects that cannot be committed, as they are rendered differently each time, with their fields."""
    told: set[str] = set()
    for item in items:
        paths = unsteady.get(key_of(item, namespace), ())
        if not paths:
            continue
        fields = "its name" if () in paths else listed(map(dotted, paths), most=_MOST_FIELDS)
        title = f"{item.kind} {_stem(item)}…" if () in paths else item.title
        verb = "differs" if len(paths) == 1 else "differ"
        message = f"{title}: {fields} {verb} each time it is rendered, so it cannot be committed"
        pointer = pointer_of(item.data, paths[0]) or ("metadata", "name")
        hint = _hint(_responsible(item, paths, charts), charts, ignorable=False)
        if message not in told:
            yield OfObject(item, pointer, UNREPEATABLE, Severity.ERROR, message, f"{hint}; or write `output: sources`")
        told.add(message)


def _stem(item: KubeObject) -> str:
    """Return what stays of a name that differs each time."""
    return item.name.rpartition("-")[0] + "-" if "-" in item.name else item.name[:1]


def _what(item: KubeObject, paths: Sequence[Path], *, hook: bool) -> str:
    if () in paths:
        other = "makes another one" if item.kind in _RUN_ONCE else "makes another one and prunes the last"
        return f"{item.kind} {_stem(item)}…: its name differs each time the chart is rendered, so every sync {other}"
    fields = listed(map(dotted, paths), most=_MOST_FIELDS)
    verb = "differs" if len(paths) == 1 else "differ"
    return f"{item.title}: {fields} {verb} each time the chart is rendered, so {_consequence(paths, hook=hook)}"


def asking(items: Iterable[KubeObject], charts: Iterable[Made]) -> Iterator[OfChart]:
    """Yield what templates that render objects ask the cluster or the release for, once for each chart."""
    origins = {item.origin for item in items}
    for name, calls in charts:
        used: dict[str, list[str]] = {}
        for call in calls.cluster:
            part = f"{name}/{call.path}".rpartition("templates/")[0]
            if call.scope == call.path and any(origin.startswith(f"{part}templates/") for origin in origins):
                used.setdefault(_ANSWERS[call.name], []).append(f"{name}/{call.path}:{call.line}")
        if used:
            said = ", ".join(f"{what} ({', '.join(_few(places))})" for what, places in used.items())
            message = f"the chart depends on what Argo CD does not provide: {said}"
            yield OfChart(CLUSTER, Severity.NOTE, message, "set in the values what the chart would find in the cluster")


def _few(places: Sequence[str]) -> list[str]:
    more = len(places) - _MOST_CALLS
    return [*places[:_MOST_CALLS], *([f"{more} more"] if more > 0 else [])]


def _consequence(paths: Sequence[Path], *, hook: bool) -> str:
    if hook:
        return "every sync replaces it, as it is a hook"
    if any(path[: len(template)] == template for path in paths for template in _TEMPLATES):
        return "every sync replaces its pods"
    return "it is never in sync, and every sync changes it"


def _hint(calls: Sequence[tuple[str, Call]], charts: Sequence[Made], *, ignorable: bool) -> str:
    parts = []
    if calls:
        where = dict.fromkeys(f"`{call.name}` in {name}/{call.path}:{call.line}" for name, call in calls)
        parts.append(f"it comes from {', '.join(_few(list(where)))}")
    lists = [call.name in UNORDERED for _, call in calls]
    named = dict.fromkeys(value for _, call in calls for value in call.values if call.name not in UNORDERED)
    what = f"set {listed(named, last='or', most=_MOST_FIELDS)} in the values" if named else "set a fixed value"
    if any(lists):
        what = "sort the list with `sortAlpha` in the chart" + ("" if all(lists) else f", {what}")
    parts.append(f"{what}, or ignore the field with RespectIgnoreDifferences=true" if ignorable else what)
    scopes = {(name, call.scope) for name, call in calls}
    if any((name, call.scope) in scopes for name, known in charts for call in known.cluster if call.name == LOOKUP):
        parts.append("`lookup` in the same template finds nothing under Argo CD")
    return "; ".join(parts)


def _responsible(item: KubeObject, paths: Sequence[Path], charts: Sequence[Made]) -> list[tuple[str, Call]]:
    """Return the calls that the template of an object reaches: those at the keys that differ, or else all."""
    found: list[tuple[str, Call]] = []
    for name, calls in charts:
        path = item.origin.removeprefix(f"{name}/")
        if path != item.origin:
            reached = calls.reached([path])
            found += ((name, call) for call in (*calls.random, *calls.unordered) if call.scope in reached)
    keys = {str(path[-1]) for path in paths if path}
    return [(name, call) for name, call in found if call.key in keys] or found


def _is_left_alone(item: KubeObject, path: Path, application: KubeObject) -> bool:
    """Tell whether an Application ignores a field of an object, and leaves it as it is when it syncs."""
    if not path or not has_option(application, "RespectIgnoreDifferences=true"):
        return False
    # The API server moves what is in stringData into data.
    at_index = ["data" if part == "stringData" else part for part in pointer_of(item.data, path)]
    pointer, words = json_pointer(tuple(at_index)), ".".join(str(part) for part in at_index)
    for rule in ignored(application, item.group, item.kind):
        if any(rule.get(name) not in (None, "", of) for name, of in (("name", item.name), ("namespace", item.namespace))):
            continue
        pointers = (text.replace("/stringData", "/data", 1).rstrip("/") for _, text in texts(rule.get("jsonPointers")))
        if any(f"{pointer}/".startswith(f"{one}/") for one in pointers):
            return True
        if any(f"{words}.".startswith(f"{_plain(text)}.") for _, text in texts(rule.get("jqPathExpressions"))):
            return True
    return False


def _plain(expression: str) -> str:
    """Return a jq expression that is a path as words: `data.a.b` for `.data["a.b"]`."""
    return expression.replace('["', ".").replace('"]', "").replace("stringData", "data").strip(". ")
