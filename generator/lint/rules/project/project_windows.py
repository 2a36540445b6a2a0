"""The rule TP842, project-windows."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics import Pointer, Severity
from generator.kubernetes.applications import PROJECT
from generator.kubernetes.objects import KubeObject, Objects, maps
from generator.lint.rules.rule import Finding, Rule
from generator.syntax.durations import go_seconds
from generator.syntax.wording import suggestion


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """A sync window must have a kind, a schedule, a duration and at least one target.

    The kind is allow or deny, the schedule has five cron fields, and the duration is a Go duration, which has no
    unit for days. Without applications, namespaces or clusters a window applies to nothing. The API of Argo CD
    refuses to save such a window; what Git or kubectl applies is not checked.
    Wrong:
        kind: AppProject
        spec:
          syncWindows: [{kind: deny, schedule: "0 22 * * *", duration: 1d, applications: ["*"]}]
    Right:
        kind: AppProject
        spec:
          syncWindows: [{kind: deny, schedule: "0 22 * * *", duration: 24h, applications: ["*"]}]
    Source: argo-cd, pkg/apis/application/v1alpha1/types.go, SyncWindow.Validate
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
        if not isinstance(schedule, str) or not _is_schedule(schedule):
            yield Finding((*here, "schedule"), f"`{schedule}` is not a valid schedule", "write five fields, such as 0 22 * * *")
        if go_seconds(duration) is None:
            yield Finding((*here, "duration"), f"`{duration}` is not a valid duration", "write hours and minutes, such as 24h")
        if not any(window.get(field) for field in ("applications", "namespaces", "clusters")):
            yield Finding(here, "the window applies to nothing", "add applications, namespaces or clusters: ['*']")


_FIELDS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 6))
"""The minimum and maximum of minutes, hours, days, months and days of the week."""

_NAMES = {3: "    jan feb mar apr may jun jul aug sep oct nov dec", 4: "sun mon tue wed thu fri sat"}
"""The names of months and weekdays, each at four times its number; months count from 1, hence the four spaces."""


def _is_schedule(text: str) -> bool:
    """Tell whether text is a schedule of five fields; Argo CD does not accept words such as @daily.

    Source: argo-cd, pkg/apis/application/v1alpha1/types.go, SyncWindow.Validate; robfig/cron, parser.go
    """
    fields = text.split()
    if fields and fields[0].startswith(("TZ=", "CRON_TZ=")):
        fields = fields[1:]
    return len(fields) == len(_FIELDS) and all(
        _is_field(part, index) for index, field in enumerate(fields) for part in field.split(",")
    )


def _is_field(part: str, index: int) -> bool:
    span, slash, step = part.partition("/")
    if slash and not (step.isdecimal() and int(step[:9]) > 0):
        return False
    if span in ("*", "?"):
        return True
    ends = [_number(end, index) for end in span.split("-")]
    least, most = _FIELDS[index]
    return len(ends) < 3 and least <= ends[0] <= ends[-1] <= most


def _number(text: str, index: int) -> int:
    if text.isdecimal():
        return int(text[:9])
    at = _NAMES.get(index, "").find(text.lower()) if len(text) == _SHORT else -1
    return at // 4 if at % 4 == 0 else -1


_SHORT = 3


RULE = Rule("TP842", "project-windows", Severity.WARNING, PROJECT, check, needs=frozenset(["syncWindows"]))
