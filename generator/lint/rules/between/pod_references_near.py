"""The rule TP642, pod-references-near."""

from __future__ import annotations

from collections.abc import Iterator

from generator.kubernetes.objects import KubeObject, Objects
from generator.kubernetes.pod_references import PodReference, made_secrets, maker_of, references
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
        near = "" if _is_here(reference, item, objects) else _slip(reference, item, objects)
        if near:
            message = f"{item.title} refers to {reference.kind} `{reference.name}`, but `{near}` exists"
            yield Finding(reference.pointer, message, f"did you mean `{near}`?")


def _is_here(reference: PodReference, item: KubeObject, objects: Objects) -> bool:
    if objects.find("", reference.kind, reference.name, item) is not None:
        return True
    return reference.kind == "Secret" and maker_of(reference.name, item, objects) is not None


def _slip(reference: PodReference, item: KubeObject, objects: Objects) -> str:
    near = slip(reference.name, objects.names("", reference.kind, item))
    return near or (slip(reference.name, made_secrets(item, objects)) if reference.kind == "Secret" else "")
