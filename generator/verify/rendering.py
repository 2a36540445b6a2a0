"""Helm on one application after the other, called as Argo CD calls it.

Source: argo-cd, util/helm/cmd.go (template) and reposerver/repository/repository.go (helmTemplate)
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Sequence
from functools import cache as cache_forever
from typing import Any, NamedTuple

from generator.external.helm import Helm
from generator.external.program import Done
from generator.merge import merge
from generator.verify.cache import Cache, digest, folder_digest
from generator.verify.charts import Chart

BUILT_IN_APIS = (
    "v1",
    "admissionregistration.k8s.io/v1",
    "apiextensions.k8s.io/v1",
    "apps/v1",
    "autoscaling/v1",
    "autoscaling/v2",
    "autoscaling/v2/HorizontalPodAutoscaler",
    "batch/v1",
    "batch/v1/CronJob",
    "certificates.k8s.io/v1",
    "coordination.k8s.io/v1",
    "discovery.k8s.io/v1",
    "events.k8s.io/v1",
    "networking.k8s.io/v1",
    "networking.k8s.io/v1/Ingress",
    "networking.k8s.io/v1/NetworkPolicy",
    "node.k8s.io/v1",
    "policy/v1",
    "policy/v1/PodDisruptionBudget",
    "rbac.authorization.k8s.io/v1",
    "scheduling.k8s.io/v1",
    "storage.k8s.io/v1",
    "argoproj.io/v1alpha1",
    "argoproj.io/v1alpha1/Rollout",
    "argoproj.io/v1alpha1/AnalysisTemplate",
)
"""What every cluster that is meant here has. Argo CD tells Helm of the cluster's APIs; bare Helm guesses older ones."""


class Job(NamedTuple):
    """What Helm is asked to render."""

    key: str
    """A name for it that is fit for a folder: `prod/checkout`."""
    chart: Chart
    release: str
    namespace: str
    kubernetes: str
    """The version of the cluster; empty for Helm's own idea."""
    apis: tuple[str, ...]
    """API versions that the cluster has beside the usual ones."""
    files: tuple[str, ...]
    """Paths of the values files, lowest first."""
    values: tuple[dict[str, Any], ...]
    """The same as data."""
    skip_crds: bool = False


def template(helm: Helm, job: Job, cache: Cache) -> Done:
    """Return what `helm template` says, with the flags that Argo CD uses."""
    key = _key(helm, job, "template")
    done = cache.get(key)
    if done is None:
        done = _template(helm, job)
        cache.put(key, done)
    return done


def _key(helm: Helm, job: Job, what: str) -> str:
    """Return a name for all that an answer of Helm depends on."""
    values = json.dumps([job.values, job.release, job.namespace, job.kubernetes, job.apis, job.skip_crds, BUILT_IN_APIS])
    return digest([what.encode(), helm.said.encode(), chart_digest(job.chart.folder).encode(), values.encode()])


@cache_forever
def chart_digest(folder: str) -> str:
    """Return a name for the content of a chart, looked at once."""
    return folder_digest(folder)


def _template(helm: Helm, job: Job) -> Done:
    flags = ["--namespace", job.namespace] if job.namespace else []
    flags += ["--kube-version", job.kubernetes] if job.kubernetes else []
    flags += [part for api in (*BUILT_IN_APIS, *job.apis) for part in ("--api-versions", api)]
    flags += [part for path in job.files for part in ("--values", path)]
    flags += [] if job.skip_crds else ["--include-crds"]
    return helm.run("template", job.chart.folder, "--name-template", job.release, *flags)


class Complaint(NamedTuple):
    """One line of `helm lint`."""

    level: str
    """ERROR or WARNING."""
    text: str


def lint(helm: Helm, jobs: Sequence[Job], folder: str, cache: Cache) -> dict[str, list[Complaint]]:
    """Return what `helm lint --strict` says of each job, by key; all jobs must be for one version and namespace."""
    found: dict[str, list[Complaint]] = {}
    for job in jobs:
        done = cache.get(_key(helm, job, "lint"))
        if done is not None:
            found[job.key] = [Complaint(*item) for item in json.loads(done.out)]
    missing = [job for job in jobs if job.key not in found]
    if missing:
        for key, complaints in _lint(helm, missing, folder).items():
            found[key] = complaints
            job = next(job for job in missing if job.key == key)
            cache.put(_key(helm, job, "lint"), Done(0, json.dumps(complaints).encode(), ""))
    return found


def _lint(helm: Helm, jobs: Sequence[Job], folder: str) -> dict[str, list[Complaint]]:
    """Return what Helm says of jobs whose words are not kept.

    Helm is started once: each job gets a folder in which the chart is linked, with its own values in the
    place of the chart's. It is what `helm lint CHART --values FILE` looks at, at a third of the time.
    """
    places = {_chart_with_values(job, os.path.join(folder, str(number))): job for number, job in enumerate(jobs)}
    first = jobs[0]
    flags = ["--namespace", first.namespace] if first.namespace else []
    flags += ["--kube-version", first.kubernetes] if first.kubernetes else []
    done = helm.run("lint", "--strict", *places, *flags)
    found = complaints_by_chart(done.out.decode("utf-8", "replace"))
    if not done.ok and not any(found.values()):
        found = {place: [Complaint("ERROR", done.err.strip() or "helm lint failed")] for place in places}
    return {job.key: found.get(place, []) for place, job in places.items()}


_NOT_LINTED = ("values.schema.json", "README.md", "ci")
"""What need not be read again. `helm template` has held the same values against the schema."""


def _chart_with_values(job: Job, folder: str) -> str:
    """Return a folder that is the chart of a job, but for the defaults: these are the job's values."""
    os.makedirs(folder)
    values: dict[str, Any] = {}
    for entry in os.scandir(job.chart.folder):
        if entry.name == "values.yaml":
            values = _defaults(entry.path)
        elif entry.name not in _NOT_LINTED:
            os.symlink(entry.path, os.path.join(folder, entry.name))
    for layer in job.values:
        values = merge(values, layer, [])
    with open(os.path.join(folder, "values.yaml"), "w", encoding="utf-8") as file:
        json.dump(values, file, ensure_ascii=False)
    return folder


@cache_forever
def _defaults(path: str) -> dict[str, Any]:
    from generator.verify import stream

    with open(path, encoding="utf-8") as file:
        found = stream.read(file.read()).objects
    return found[0].data if found else {}


_COMPLAINT = re.compile(r"\[(ERROR|WARNING)\] (.*)")


def complaints_by_chart(text: str) -> dict[str, list[Complaint]]:
    """Return what `helm lint` printed, by the folder of the chart."""
    found: dict[str, list[Complaint]] = {}
    current: list[Complaint] = []
    for line in text.splitlines():
        if line.startswith("==> Linting "):
            current = found.setdefault(line.removeprefix("==> Linting "), [])
        elif match := _COMPLAINT.match(line):
            current.append(Complaint(match[1], match[2]))
        elif line.strip() and current and not line.startswith("[INFO]"):
            current[-1] = current[-1]._replace(text=f"{current[-1].text}\n{line}")
    return found


def batches(jobs: Iterable[Job], number: int) -> list[list[Job]]:
    """Return the jobs in groups that one call of `helm lint` can take, at least `number` if there are as many."""
    alike: dict[tuple[str, str], list[Job]] = {}
    for job in jobs:
        alike.setdefault((job.namespace, job.kubernetes), []).append(job)
    total = sum(map(len, alike.values()))
    size = max(1, -(-total // max(1, number)))
    return [group[start : start + size] for group in alike.values() for start in range(0, len(group), size)]
