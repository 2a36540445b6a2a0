"""The rule TP842, project-windows."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics import Pointer
from generator.kubernetes.objects import KubeObject, Objects, maps
from generator.lint.rules.rule import Finding
from generator.syntax import cron, time_zones
from generator.syntax.durations import go_seconds
from generator.syntax.recurrence import recurrence
from generator.syntax.wording import suggestion


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """A sync window must have a kind, a schedule, a duration and at least one target.

    The kind is allow or deny, the schedule has five cron fields, and the duration is a Go duration, which has no
    unit for days. Without applications, namespaces or clusters a window applies to nothing. The API of Argo CD
    refuses to save such a window; what Git or kubectl applies is not checked. A time zone that Argo CD does not
    know counts as UTC, so the window opens at a different hour. A schedule that never occurs, such as that of the 30th of
    February, keeps the window open all the time.
    Wrong:
        kind: AppProject
        spec:
          syncWindows: [{kind: deny, schedule: "0 22 * * *", duration: 1d, applications: ["*"]}]
    Right:
        kind: AppProject
        spec:
          syncWindows: [{kind: deny, schedule: "0 22 * * *", duration: 24h, applications: ["*"]}]
    Source: argo-cd, pkg/apis/application/v1alpha1/types.go, SyncWindow.Validate and SyncWindows.active
    """
    seen: set[str] = set()
    for index, window in maps(item.spec.get("syncWindows")):
        here: Pointer = ("spec", "syncWindows", index)
        same = repr(sorted(window.items(), key=str))
        if same in seen:
            yield Finding(here, "this window is already in the list above", "remove it")
        seen.add(same)
        if window.get("kind") not in ("allow", "deny"):
            hint = suggestion(str(window.get("kind")), ("allow", "deny"), "write allow or deny")
            yield Finding((*here, "kind"), f"`{window.get('kind')}` is not a valid kind of window", hint)
        schedule, duration = window.get("schedule"), window.get("duration")
        wrong = cron.fault(schedule, descriptors=False) if isinstance(schedule, str) else "it is not a string"
        if wrong:
            message = f"`{schedule}` is not a valid schedule: {wrong}"
            yield Finding((*here, "schedule"), message, "write five fields, such as 0 22 * * *")
        elif (starts := recurrence(str(schedule))) and starts.next(0) is None:
            message = f"`{schedule}` never occurs; Argo CD then treats the window as always open"
            yield Finding((*here, "schedule"), message, "correct the date")
        if go_seconds(duration) is None:
            yield Finding((*here, "duration"), f"`{duration}` is not a valid duration", "write hours and minutes, such as 24h")
        zone = window.get("timeZone")
        if isinstance(zone, str) and not time_zones.is_known(zone):
            hint = suggestion(zone, time_zones.names(), "write a name of the IANA database, such as Europe/Berlin")
            yield Finding((*here, "timeZone"), f"`{zone}` is not a time zone, so the schedule is read in UTC", hint)
        if not any(window.get(field) for field in ("applications", "namespaces", "clusters")):
            yield Finding(here, "the window applies to nothing", "add applications, namespaces or clusters: ['*']")
