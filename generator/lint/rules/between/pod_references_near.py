"""The rule TP642, pod-references-near."""

from __future__ import annotations

from collections.abc import Iterator

from generator.kubernetes.objects import KubeObject, Objects
from generator.kubernetes.pod_references import makers, references
from generator.kubernetes.workloads import pods_held_by
from generator.lint.rules.rule import Finding
from generator.syntax.wording import slip


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """A reference to a ConfigMap, Secret, claim or ServiceAccount should not be a near miss of an existing name.

    Such an object may come from anywhere, so an unknown name is allowed. A name that differs from a known
    one by one letter is most likely a typo: the pods would wait for it indefinitely. Secrets that an
    ExternalSecret, a SealedSecret or a Certificate creates in the cluster are known too.
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
        near = slip(reference.name, known) if reference.name not in known else ""
        if near:
            message = f"{item.title} refers to {reference.kind} `{reference.name}`, but `{near}` exists"
            yield Finding(reference.pointer, message, f"did you mean `{near}`?")


def _known(kind: str, item: KubeObject, objects: Objects) -> list[str]:
    if kind != "Secret":
        return objects.names("", kind, item)
    return [*objects.names("", kind, item), *(name for maker, name in makers(objects) if objects.together(maker, item))]
