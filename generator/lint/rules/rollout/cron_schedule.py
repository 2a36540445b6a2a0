"""The rule TP707, cron-schedule."""

from __future__ import annotations

from collections.abc import Iterator

from generator.kubernetes.objects import KubeObject, Objects
from generator.kubernetes.schedules import faults
from generator.lint.rules.rule import Finding


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """A CronJob must have a schedule and a time zone that Kubernetes can read.

    The API server refuses any other, and the sync with it. A schedule has five fields: numbers, ranges, lists and
    steps, with names of three letters for months and days of the week, which count from 0, Sunday, to 6. Or it is
    @hourly, @daily, @weekly, @monthly or @yearly, or @every with a duration. The time zone is a field of its own.
    Wrong:
        apiVersion: batch/v1
        kind: CronJob
        metadata: {name: report}
        spec: {schedule: "TZ=Europe/Berlin 99 3 * * *"}
    Right:
        apiVersion: batch/v1
        kind: CronJob
        metadata: {name: report}
        spec: {schedule: "30 3 * * *", timeZone: Europe/Berlin}
    Source: kubernetes, pkg/apis/batch/validation/validation.go, validateScheduleFormat; robfig/cron, parser.go
    """
    for field, message, hint in faults(item.spec):
        yield Finding(("spec", field), message, hint)
