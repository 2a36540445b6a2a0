"""What Helm and kustomize render of services, as files to commit, and why some of it cannot be committed.

Argo CD treats the objects of a directory as those of a chart: hooks, their weights and deletion policies, sync waves and
`helm.sh/resource-policy` are annotations, which it reads after rendering. So objects are kept as they are. Pods of
`helm test` are left out, which it ignores in both cases.
Source: argo-cd, gitops-engine/pkg/sync/ignore/ignore.go, hook/helm/type.go; reposerver/repository/repository.go
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from generator.diagnostics import Diagnostic, Pointer, Severity
from generator.kubernetes.applications import place_of
from generator.kubernetes.identity import Key, key_of
from generator.kubernetes.objects import KubeObject, Objects
from generator.lint.engine import dispatch, examine
from generator.lint.registry import between
from generator.service.build import Built
from generator.syntax import names
from generator.syntax.wording import counted
from generator.verify import stream
from generator.verify.checks import TEXT
from generator.verify.findings import OfObject
from generator.verify.object_files import stems
from generator.verify.renderings import Chartless, Rendered, Renderings
from generator.verify.run import applied, charts_of, refused, without_chart
from generator.verify.steadiness import unrepeatable
from generator.verify.telling import Application, placed_in_spec, told
from generator.verify.twice import unsteady
from generator.workspace.model import Document, Problem
from generator.workspace.templates import Templates

UNFIT = "TP666"
MOST = 5_000
"""Objects of one service in one environment."""
_NOT_IN_GIT = "leave it out of the chart and take it from External Secrets or Sealed Secrets, or write `output: sources`"

Progress = Callable[[int, int], None]


class Committed(NamedTuple):
    """What came of one service in one environment."""

    built: Built
    documents: tuple[Document, ...]
    diagnostics: tuple[Diagnostic, ...]
    is_missing: bool = False
    """Whether its chart or folder cannot be had, so that nothing is known of it."""


def commit(root: str, renderings: Renderings, progress: Progress) -> Iterator[Committed]:
    """Yield what is rendered of each application that has begun; raises ConfigError where a program is missing."""
    renderings.begin_again()
    templates = Templates(root)
    found = [*renderings]
    again = renderings.again()
    for number, item in enumerate(found):
        progress(number, len(found))
        if isinstance(item, Chartless):
            yield Committed(item.built, (), (without_chart(item),), is_missing=True)
        elif item.failed:
            yield Committed(item.built, (), tuple(refused(item, templates)))
        else:
            yield _committed(item, applied(item, templates), again.get(item.parts[0].job.key, ()))
    progress(len(found), len(found))


def _committed(item: Rendered, application: Application, again: Sequence[str]) -> Committed:
    built = item.built
    objects = [one for one in application.stream.objects if not stream.is_test(one)]
    _, namespace = place_of(built.deployed, "")
    problems = [*_unreadable(application), *_unfit(objects, namespace, application.provenance.origin)]
    diagnostics = [placed_in_spec(built, problem, Severity.ERROR) for problem in problems]
    others = [[one for one in stream.read(text).objects if not stream.is_test(one)] for text in again]
    different = unsteady(objects, others, namespace)
    diagnostics += told(application, unrepeatable(objects, different, charts_of(item), namespace))
    diagnostics += told(application, _secrets(objects, namespace))
    if problems:
        return Committed(built, (), tuple(diagnostics))
    environment = built.resolved.environment
    place = built.resolved.spec.source.path, built.resolved.service, environment.name, environment.destination
    files = zip(stems(list(_keys(objects, namespace))), objects, strict=True)
    documents = tuple(Document(f"{built.rendered_folder}/{name}.yaml", one.data, *place) for name, one in files)
    return Committed(built, documents, tuple(diagnostics))


def _keys(objects: Sequence[KubeObject], namespace: str) -> Iterator[Key]:
    """Yield what identifies objects, of several that the cluster completes the same name of with their number."""
    seen: Counter[Key] = Counter()
    for one in objects:
        group, kind, where, name = key = key_of(one, namespace)
        seen[key] += 1
        yield (group, kind, where, f"{name}{seen[key]}") if seen[key] > 1 else key


def _unreadable(application: Application) -> Iterator[Problem]:
    at = application.provenance.origin
    for said in application.stream.problems:
        yield Problem(TEXT, at, f"invalid YAML is rendered: {said}", f"correct {application.origin}")


def _unfit(objects: Sequence[KubeObject], namespace: str, at: Pointer) -> Iterator[Problem]:
    """Yield why objects cannot be files: what Kubernetes calls them has to be known, and different.

    Git keeps no empty directories, and Argo CD reports an error for one that does not exist.
    """
    if not objects:
        yield Problem(UNFIT, at, "nothing is rendered, so Argo CD would not find the directory", "correct the values")
    if len(objects) > MOST:
        message = f"{counted(len(objects), 'object')} are rendered; with `output: rendered` the maximum is {MOST:,}"
        yield Problem(UNFIT, at, message, "write `output: sources` for this environment")
        return
    seen: set[Key] = set()
    for one in objects:
        key = key_of(one, namespace)
        if not (one.kind and one.api_version and key[-1]):
            message = f"an object without {_lacks(one)} is rendered by {one.origin or 'kustomize'}, so its file has no name"
            yield Problem(UNFIT, at, message, "correct the chart")
        elif key in seen and one.name:
            message = f"{one.title} is rendered twice, and only one of the two can be in the cluster"
            yield Problem(UNFIT, at, message, "rename one of them, or remove it")
        elif why := names.unusable_file(stems([key])[0]):
            message = f"{one.title} cannot be written to a file of its name: {why}"
            yield Problem(UNFIT, at, message, "rename the object")
        seen.add(key)


def _lacks(item: KubeObject) -> str:
    fields = {"apiVersion": item.api_version, "kind": item.kind, "metadata.name": item.name}
    return next(name for name, value in fields.items() if not value)


def _secrets(objects: Sequence[KubeObject], namespace: str) -> Iterator[OfObject]:
    """Yield what would be in Git in plain text, by the rule for plain manifests."""
    rule = between("secrets-outside-git")
    for one in examine(Objects(objects, complete=True, namespace=namespace), dispatch([rule])):
        message = f"{one.finding.message}, and `output: rendered` would commit it"
        yield OfObject(one.object, one.finding.pointer, rule.id, one.severity, message, _NOT_IN_GIT)
