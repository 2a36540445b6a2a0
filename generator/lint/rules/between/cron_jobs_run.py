"""The rule TP648, cron-jobs-run."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics import Severity
from generator.kubernetes.objects import KubeObject, Objects
from generator.lint.rules.rule import Finding, Rule
from generator.syntax import time_zones
from generator.syntax.cron import has_zone, is_schedule_or_word
from generator.syntax.wording import suggestion


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """A CronJob must have a schedule and a time zone that Kubernetes can read.

    The schedule has five fields, or is a word such as `@daily`; weekdays are 0 to 6. The time zone is a name of
    the IANA database, in `timeZone` and not in the schedule. The API server refuses anything else.
    Wrong:
        kind: CronJob
        spec: {schedule: "0 3 * *", timeZone: Europe/Berln}
    Right:
        kind: CronJob
        spec: {schedule: "0 3 * * *", timeZone: Europe/Berlin}
    Source: kubernetes, pkg/apis/batch/validation/validation.go, validateCronJobSpec
    """
    schedule, zone = item.spec.get("schedule"), item.spec.get("timeZone")
    if isinstance(schedule, str):
        if has_zone(schedule):
            hint = "write it into `timeZone`"
            yield Finding(("spec", "schedule"), "Kubernetes accepts no time zone in the schedule", hint)
        elif not is_schedule_or_word(schedule):
            hint = "write five fields, such as 0 22 * * *"
            yield Finding(("spec", "schedule"), f"`{schedule}` is not a valid schedule", hint)
    if isinstance(zone, str) and (not zone or zone.lower() == "local" or not time_zones.is_known(zone)):
        hint = suggestion(zone, time_zones.names(), "write a name of the IANA database, such as Europe/Berlin")
        yield Finding(("spec", "timeZone"), f"`{zone}` is not a time zone", hint)


RULE = Rule("TP648", "cron-jobs-run", Severity.ERROR, (("batch", "CronJob"),), check)
