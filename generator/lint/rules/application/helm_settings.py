"""The rule TP806, helm-settings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.diagnostics import Pointer, Severity
from generator.kubernetes.applications import sources
from generator.kubernetes.objects import KubeObject, Objects
from generator.kubernetes.rollouts import table
from generator.lint.rules.rule import Finding


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """Helm settings must be ones that Argo CD uses.

    It ignores `values` if valuesObject is set. The Helm version is v3 or v4: with any other, nothing is rendered, so
    this is an error; so are `values` that are not valid YAML or not a mapping, and a release name above 53 characters, which is the
    name of the Application unless `releaseName` is set. kubeVersion has no leading `v`.
    Wrong:
        kind: Application
        spec:
          source: {repoURL: "https://example.com/web.git", path: chart, helm: {version: v2}}
    Right:
        kind: Application
        spec:
          source: {repoURL: "https://example.com/web.git", path: chart, helm: {version: v3}}
    Source: argo-cd, util/helm/cmd.go; pkg/apis/application/v1alpha1/types.go, ValuesIsEmpty
    """
    dry = ("spec", "sourceHydrator", "drySource")
    hydrated = [(dry, table(item.data, *dry))] if "sourceHydrator" in item.spec else []
    for pointer, source in (*sources(item), *hydrated):
        helm = table(source, "helm")
        here: Pointer = (*pointer, "helm")
        if helm.get("values") and helm.get("valuesObject"):
            yield Finding((*here, "values"), "`values` is ignored because valuesObject is set", "merge it into valuesObject")
        yield from _release(item, source, here)
        yield from _values(helm.get("values"), (*here, "values"))
        version, kubernetes = helm.get("version"), helm.get("kubeVersion")
        if version not in (None, "", "v3", "v4"):
            message = f"Argo CD has no Helm version `{version}`"
            yield Finding((*here, "version"), message, "write v3 or v4, or remove it", severity=Severity.ERROR)
        if isinstance(kubernetes, str) and kubernetes.startswith("v"):
            yield Finding((*here, "kubeVersion"), "kubeVersion has a leading `v`", f"write {kubernetes[1:]}")


def _release(item: KubeObject, source: dict[str, Any], here: Pointer) -> Iterator[Finding]:
    given = table(source, "helm").get("releaseName")
    name, where = (given, (*here, "releaseName")) if given else (item.name, ("metadata", "name"))
    is_chart = source.get("chart") or source.get("helm")
    if is_chart and isinstance(name, str) and len(name) > _LONGEST:
        message = f"the Helm release would be called `{name}`, {len(name)} characters; the maximum is {_LONGEST}"
        yield Finding(where, message, "set a shorter `helm.releaseName`", severity=Severity.ERROR)


def _values(text: Any, here: Pointer) -> Iterator[Finding]:
    if not isinstance(text, str) or not text.strip():
        return
    from generator.syntax.reader.stream import read_stream  # imported late: few Applications have values as text

    part = next(read_stream("values", text), None)
    for one in part.problems[:1] if part else ():
        if one.rule == _SYNTAX:
            reason = one.message.removeprefix("not valid YAML: ")
            message = f"`values` is not valid YAML: {reason} at its line {one.span.line}"
            yield Finding(here, message, "correct it, or use `valuesObject`", severity=Severity.ERROR)
        elif one.rule == _REPEATED:
            yield Finding(
                here, f"{one.message} in `values`, at its line {one.span.line}: Helm takes the last one", "keep one of the two"
            )
    if part and not part.problems and not isinstance(part.source.data, dict | None):
        yield Finding(
            here, "`values` is not a mapping, so Helm renders nothing", "write keys and values", severity=Severity.ERROR
        )


_LONGEST = 53
_SYNTAX, _REPEATED = "TP001", "TP007"
