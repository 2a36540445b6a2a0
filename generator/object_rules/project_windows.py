"""The rule MR842, project-windows."""

from __future__ import annotations

from collections.abc import Iterator

from generator.applications import PROJECT
from generator.diagnostics import Pointer, Severity
from generator.durations import go_seconds
from generator.object_rules.rule import ObjectFinding, ObjectRule
from generator.objects import KubeObject, Objects, maps
from generator.wording import suggestion


def check(item: KubeObject, objects: Objects) -> Iterator[ObjectFinding]:
    """A sync window must allow or deny, at a time of five fields, for a duration of Go, and something.

    `1d` is no duration. Without applications, namespaces or clusters a window applies to nothing.
    Source: argo-cd, pkg/apis/application/v1alpha1/types.go, SyncWindow.Validate
    """
    for index, window in maps(item.spec.get("syncWindows")):
        here: Pointer = ("spec", "syncWindows", index)
        if window.get("kind") not in ("allow", "deny"):
            hint = suggestion(str(window.get("kind")), ("allow", "deny"), "write allow or deny")
            yield ObjectFinding((*here, "kind"), f"`{window.get('kind')}` is no kind of window", hint)
        schedule, duration = window.get("schedule"), window.get("duration")
        if not isinstance(schedule, str) or not (len(schedule.split()) == 5 or schedule.startswith("@")):
            yield ObjectFinding((*here, "schedule"), f"`{schedule}` is no schedule", "write five fields, such as 0 22 * * *")
        if go_seconds(duration) is None:
            yield ObjectFinding((*here, "duration"), f"`{duration}` is no duration", "write hours and minutes, such as 24h")
        if not any(window.get(field) for field in ("applications", "namespaces", "clusters")):
            yield ObjectFinding(here, "the window applies to nothing", "add applications, namespaces or clusters: ['*']")


RULE = ObjectRule("MR842", "project-windows", Severity.ERROR, PROJECT, check)
