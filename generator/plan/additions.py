"""What the shipped chart runs besides the service: workers, jobs and schedules.

Source: argo-cd, docs/user-guide/sync-waves.md (phases and hooks)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from generator.kubernetes.schedules import faults
from generator.syntax.wording import counted

HOOKS: Mapping[str, tuple[str, str]] = {
    "PreSync": ("before", "runs before anything changes; if it fails, the release does not start"),
    "Sync": ("with", "runs when the release starts, and does not wait for it"),
    "PostSync": ("after", "runs after the release, once all objects are healthy"),
    "SyncFail": ("onFailure", "runs only if the sync fails"),
    "PreDelete": ("onDeletion", "runs only before the Application is deleted"),
    "PostDelete": ("onDeletion", "runs only after the Application is deleted"),
    "Skip": ("never", "is never run by Argo CD"),
}
"""When a hook runs, for programs and for people."""

_DEFAULT_HOOK = "PreSync"
_EARLY = ("before", "runs before the service changes; if it fails, the release does not start")
_LATE = ("after", "runs once the service and all else in earlier waves is healthy")


class Addition(NamedTuple):
    """One thing that runs besides the pods of the release."""

    kind: str
    """Deployment, Job or CronJob."""
    name: str
    when: str
    """`before`, `with`, `after`, `onFailure`, `onDeletion`, `scheduled` or `never`."""
    pods: int
    """The most pods at once, not counted in the plan."""
    sentence: str


def additions(values: Any, name: str, *, gradual: bool) -> tuple[Addition, ...]:
    """Return what the values of the shipped chart add to a workload, in the order in which it runs.

    `gradual`: whether the release is a canary or blue-green, which workers take no part in.
    """
    if not isinstance(values, Mapping):
        return ()
    jobs = [_job(f"{name}-{key}", job) for key, job in _maps(values.get("jobs"))]
    found = [item for item in jobs if item.when == "before"]
    found += [_worker(f"{name}-{key}", worker, gradual=gradual) for key, worker in _maps(values.get("workers"))]
    found += [item for item in jobs if item.when != "before"]
    found += [_schedule(f"{name}-{key}", job) for key, job in _maps(values.get("cronJobs"))]
    return tuple(found)


def _worker(name: str, worker: Mapping[str, Any], *, gradual: bool) -> Addition:
    scaling = worker.get("autoscaling")
    scaled = isinstance(scaling, Mapping) and scaling.get("enabled") is True
    most = (
        _count(scaling.get("maxReplicas"), 10)
        if scaled and isinstance(scaling, Mapping)
        else _count(worker.get("replicaCount"), 1)
    )
    pods = f"up to {counted(most, 'pod')}" if scaled else counted(most, "pod")
    update = "gets the new version at once, by a rolling update"
    if worker.get("image") or worker.get("imageName"):
        update = "runs an image of its own"
    elif gradual:
        update += "; it takes no part in the steps"
    return Addition("Deployment", name, "with", most, f"Deployment `{name}` ({pods}) {update}")


def _job(name: str, job: Mapping[str, Any]) -> Addition:
    hook = str(job.get("hook", _DEFAULT_HOOK))
    when, what = HOOKS.get(hook, HOOKS[_DEFAULT_HOOK])
    wave = _wave(job)
    if hook == "Sync" and wave:
        when, what = _EARLY if wave < 0 else _LATE
    hook = f"{hook}, wave {wave}" if wave else hook
    return Addition("Job", name, when, _parallel(job), f"Job `{name}` ({hook}) {what}")


def _wave(job: Mapping[str, Any]) -> int:
    wave = job.get("syncWave")
    return wave if isinstance(wave, int) and not isinstance(wave, bool) else 0


def _schedule(name: str, job: Mapping[str, Any]) -> Addition:
    if job.get("suspend") is True:
        return Addition("CronJob", name, "never", 0, f"CronJob `{name}` is suspended")
    wrong = next(faults({field: job.get(field) or None for field in ("schedule", "timeZone")}), None)
    if wrong:
        return Addition("CronJob", name, "never", 0, f"CronJob `{name}` never runs, and the sync fails: {wrong.message}")
    zone = f" {job['timeZone']}" if job.get("timeZone") else ""
    version = (
        "" if job.get("image") or job.get("imageName") else "; its next run has the new version, whatever the release does"
    )
    sentence = f"CronJob `{name}` runs at `{job.get('schedule', '')}`{zone}{version}"
    return Addition("CronJob", name, "scheduled", _parallel(job), sentence)


def _parallel(job: Mapping[str, Any]) -> int:
    most = _count(job.get("parallelism"), 1)
    completions = job.get("completions")
    return min(most, _count(completions, most)) if completions is not None else most


def _count(value: Any, default: int) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else default


def _maps(node: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if isinstance(node, Mapping):
        for key in sorted(node, key=str):
            body = node[key]
            yield str(key), body if isinstance(body, Mapping) else {}
