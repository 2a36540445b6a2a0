"""The rule TP642, pod-references-near."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics import Severity
from generator.kubernetes.objects import KubeObject, Objects, at
from generator.kubernetes.pod_references import references
from generator.kubernetes.workloads import KINDS, pods_held_by
from generator.lint.rules.rule import Finding, Rule
from generator.syntax.wording import is_slip

_MAKERS = {
    "external-secrets.io/ExternalSecret": ("spec", "target", "name"),
    "bitnami.com/SealedSecret": ("spec", "template", "metadata", "name"),
    "cert-manager.io/Certificate": ("spec", "secretName"),
}
"""What makes a Secret in the cluster, and where it says the name of that; by default it is its own."""


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """A ConfigMap, Secret, claim or ServiceAccount should not be called nearly like one that is applied with it.

    What a pod refers to may come from anywhere, so an unknown name is fine. One that differs from a
    known one by one letter is most likely meant to be that: the pods would wait for it for ever.
    Secrets that are made in the cluster, by an ExternalSecret, a SealedSecret or a Certificate, are known too.
    Wrong:
        kind: Deployment
        spec:
          template:
            spec:
              containers: [{name: app, envFrom: [{configMapRef: {name: web-setings}}]}]
        ---
        kind: ConfigMap
        metadata: {name: web-settings}
    Right:
        kind: Deployment
        spec:
          template:
            spec:
              containers: [{name: app, envFrom: [{configMapRef: {name: web-settings}}]}]
        ---
        kind: ConfigMap
        metadata: {name: web-settings}
    Source: kubernetes.io/docs/concepts/configuration/configmap
    """
    pods = pods_held_by(item, objects)
    if pods is None:
        return
    for reference in references(pods):
        known = _known(reference.kind, item, objects)
        near = next((name for name in known if is_slip(reference.name, name)), "") if reference.name not in known else ""
        if near:
            message = f"{item.title} refers to the {reference.kind} `{reference.name}`; there is a `{near}`"
            yield Finding(reference.pointer, message, f"did you mean `{near}`?")


def _known(kind: str, item: KubeObject, objects: Objects) -> list[str]:
    if kind != "Secret":
        return objects.names("", kind, item)
    made = objects.once("makers of secrets", _makers)
    return [*objects.names("", kind, item), *(name for maker, name in made if objects.together(maker, item))]


def _makers(objects: Objects) -> list[tuple[KubeObject, str]]:
    found: list[tuple[KubeObject, str]] = []
    for key, path in _MAKERS.items():
        group, _, kind = key.partition("/")
        found += [(maker, str(at(maker.data, *path) or maker.name)) for maker in objects.of(group, kind)]
    return found


RULE = Rule("TP642", "pod-references-near", Severity.WARNING, KINDS, check)
