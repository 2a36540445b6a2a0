"""Helm on one application after the other, called as Argo CD calls it.

Source: argo-cd, util/helm/cmd.go (template) and reposerver/repository/repository.go (helmTemplate)
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterable, Sequence
from functools import cache as cache_forever
from typing import Any, NamedTuple

from generator.kubernetes.helm_sources import HelmSource
from generator.kubernetes.objects import texts
from generator.syntax.merge import merge
from generator.syntax.reader.starts import TOO_MANY, are_too_many
from generator.syntax.secrets import given
from generator.syntax.secrets.ingredients import Ingredients, known_in
from generator.syntax.secrets.known import Known
from generator.syntax.secrets.messages import without
from generator.system.bounded import Stopped
from generator.system.files import scratch
from generator.system.helm import ZONE, Helm
from generator.system.program import Done
from generator.verify.cache import Cache, digest, folder_digest
from generator.verify.chart_ingredients import secrets_of
from generator.verify.charts import Chart
from generator.verify.known_values import yaml_file
from generator.verify.values_files import Layer

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


class Content(NamedTuple):
    """A parameter whose value is the text of a file."""

    name: str
    text: str
    path: str


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
    """Additional API versions of the cluster."""
    files: tuple[str, ...]
    """Paths of the values files, lowest first."""
    values: tuple[dict[str, Any], ...]
    """The same as data."""
    skip_crds: bool = False
    flags: tuple[str, ...] = ()
    """Parameters, which win over the values, and switches, each one word: `--set=name=value`."""
    contents: tuple[Content, ...] = ()


def job_of(
    key: str,
    source: HelmSource,
    chart: Chart,
    layers: Sequence[Layer],
    folder: str,
    *,
    kubernetes: str = "",
    apis: Sequence[str] = (),
    flags: Sequence[str] = (),
) -> Job:
    """Return what Argo CD asks Helm for a source, with its values written as files into a folder.

    `kubernetes` is the version of the cluster, and `apis` are its additional API versions; the source may name others.
    """
    return Job(
        key,
        chart,
        source.release,
        source.namespace,
        str(source.helm.get("kubeVersion") or kubernetes),
        (*apis, *(text for _, text in texts(source.helm.get("apiVersions")))),
        written(layers, folder),
        tuple(layer.data for layer in layers),
        skip_crds=source.helm.get("skipCrds") is True,
        flags=(*source.switches, *flags),
    )


def written(layers: Sequence[Layer], folder: str) -> tuple[str, ...]:
    """Write values into a folder, and return the paths of the files in the same order."""
    paths = []
    for number, layer in enumerate(layers):
        path = posixpath.join(folder, f"{number}-{file_name(layer.name)}")
        scratch.put(path, layer.text.encode("utf-8", "replace"))
        paths.append(path)
    return tuple(paths)


def file_name(path: str) -> str:
    """Return the name of a values file that Helm reads as one: its `--values` takes a list, divided by commas, with quotes."""
    return re.sub(r"[^A-Za-z0-9._-]", "_", posixpath.basename(path))[-100:] or "values"


def is_parameter(name: str) -> bool:
    """Tell whether a name can begin the argument of `--set-file`, in which `a=/etc/passwd,b` would name a second file."""
    return bool(name) and not any(letter in "=,{}\\" or not letter.isprintable() for letter in name)


def template(helm: Helm, job: Job, cache: Cache, what: str = "template") -> Done:
    """Return what `helm template` says, with the flags that Argo CD uses; `what` tells answers to the same question apart."""
    known = key(helm, job, what) if cache.keeps else ""
    done = cache.get(known) if known else None
    if done is None:
        done = _template(helm, job)
        if known and not isinstance(done, Stopped):  # it may be another time
            cache.put(known, done)
    if done.ok and are_too_many(done.out):
        return Done(1, b"", f"Helm prints {TOO_MANY} for the chart {job.chart.name} {job.chart.version}")
    return done


def key(helm: Helm, job: Job, what: str) -> str:
    """Return a name for all that an answer of Helm depends on."""
    asked = [job.values, job.release, job.namespace, job.kubernetes, job.apis, job.skip_crds, job.flags, BUILT_IN_APIS, ZONE]
    asked += [[name, text] for name, text, _ in job.contents]
    values = json.dumps(asked)
    return digest([what.encode(), helm.identity.encode(), chart_digest(job.chart.folder).encode(), values.encode()])


@cache_forever
def chart_digest(folder: str) -> str:
    """Return a name for the content of a chart, looked at once."""
    return folder_digest(folder)


def all_values(job: Job) -> dict[str, Any]:
    """Return the values that the templates of a chart see: its defaults with those of the job over them."""
    return _merged(yaml_file(job.chart.folder, "values.yaml"), job.values)


def given_values(job: Job) -> dict[str, Any]:
    """Return the values that a chart is given."""
    return _merged({}, job.values)


def _merged(below: dict[str, Any], layers: Sequence[dict[str, Any]]) -> dict[str, Any]:
    for layer in layers:
        below = merge(below, layer, [])
    return below


def secrets_in(job: Job) -> Known:
    """Return the secrets that Helm is given with a job, and may quote: also all of a file that is a parameter."""
    whole = given.of_contents((one.name, one.text) for one in job.contents)
    return known_in([ingredients_of(job), defaults_of(job), Ingredients(words=lambda: whole)])


def ingredients_of(job: Job) -> Ingredients:
    """Return what Helm makes objects of for a job, but for what is in the chart."""

    def words() -> Iterable[str]:
        yield from given.of_flags(job.flags)
        yield from given.of_files((one.name, one.text) for one in job.contents)

    size = sum(map(len, job.flags)) + sum(len(one.text) for one in job.contents)
    return Ingredients(lambda _budget: job.values, size, words, opaque=lambda _budget: any(one.text for one in job.contents))


def defaults_of(job: Job) -> Ingredients:
    """Return the secrets in the defaults of the chart of a job, looked for once."""
    return Ingredients(words=lambda: secrets_of(job.chart.folder) if job.chart.folder else ())


def _template(helm: Helm, job: Job) -> Done:
    flags = [f"--namespace={job.namespace}"] if job.namespace else []
    flags += [f"--kube-version={job.kubernetes}"] if job.kubernetes else []
    flags += [f"--api-versions={api}" for api in (*BUILT_IN_APIS, *job.apis)]
    flags += [f"--values={path}" for path in job.files]
    flags += [f"--set-file={one.name}={one.path}" for one in job.contents]
    flags += [*job.flags, *([] if job.skip_crds else ["--include-crds"])]
    # Argo CD calls `--name-template`, but Helm executes that as a template with access to the environment and to DNS.
    # As an argument the same name is only a name, which Helm checks.
    done = helm.run("template", *flags, operands=(job.release, job.chart.folder))
    if not done.ok:
        done = done._replace(err=without(done.err, secrets_in(job)))
    if isinstance(done, Stopped):
        what = f"Helm was stopped on the chart {job.chart.name} {job.chart.version}"
        return Stopped(done.code, b"", f"{what}: {done.err}")
    return done
