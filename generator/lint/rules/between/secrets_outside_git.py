"""The rule TP645, secrets-outside-git."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.diagnostics import Pointer
from generator.kubernetes.objects import KubeObject, Objects
from generator.kubernetes.workloads import pods_held_by
from generator.lint.rules.rule import Finding
from generator.syntax.merge import lookup
from generator.syntax.secrets import masking
from generator.syntax.secrets.looks import is_filled_in
from generator.syntax.wording import listed

_HINT = "provide it with External Secrets or Sealed Secrets, and rotate it: everyone who reads Git knows it"

_LABEL = "argocd.argoproj.io/secret-type"
_OF_ARGO_CD = (
    *("password", "sshPrivateKey", "githubAppPrivateKey", "bearerToken", "tlsClientCertKey", "gcpServiceAccountKey"),
    "config",
)
"""The keys of a repository or a cluster of Argo CD that are secret; its name and address are not."""
_NOTHING = ("", "none", "null", "false", "true", "nan")
"""Values that hold no secret."""


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """Manifests must not contain secrets in plain text: Git keeps them permanently.

    In a Secret, every value counts, base64 or not; of one that describes a repository or a cluster for Argo CD, only
    passwords, keys and tokens. In a ConfigMap and in the variables of pods, a value counts
    if its name suggests a secret, such as DB_PASSWORD, or if it is a private key, a token of a known kind, or a
    password in an address. With `output: rendered`, what Helm or kustomize renders counts, too. Values that are filled in later, and files that SOPS has encrypted, do not count.
    Wrong:
        kind: Secret
        metadata: {name: web-db}
        stringData: {password: hunter2}
    Right:
        kind: Deployment
        spec:
          template:
            spec:
              containers:
                - name: app
                  env: [{name: DB_PASSWORD, valueFrom: {secretKeyRef: {name: web-db, key: password}}}]
    Source: kubernetes.io, Good practices for Kubernetes Secrets
    """
    if "sops" in item.data:
        return
    settings = _LABEL in item.labels
    for base, part in _parts(item, objects):
        found: list[tuple[Pointer, str]] = []
        for pointer in masking.places(part):
            value, name = lookup(part, pointer)[1], masking.called(part, pointer)
            if str(value).strip().lower() in _NOTHING or is_filled_in(str(value)) or (settings and name not in _OF_ARGO_CD):
                continue
            found.append(((*base, *pointer), name))
        if item.kind == "Secret" and found:
            yield Finding(found[0][0], f"{item.title} contains {listed(name for _, name in found)} in plain text", _HINT)
        for where, name in found if item.kind != "Secret" else ():
            yield Finding(where, f"{item.title} contains `{name}` in plain text", _HINT)


def _parts(item: KubeObject, objects: Objects) -> Iterator[tuple[Pointer, Any]]:
    """Yield the parts of an object that can contain a secret, with their pointers."""
    if item.kind in ("Secret", "ConfigMap"):
        yield (), {"kind": item.kind, **{key: item.data[key] for key in ("data", "stringData") if item.data.get(key)}}
        return
    pods = pods_held_by(item, objects)
    if pods is not None:
        for pointer, container in pods.containers():
            yield pointer, {"env": container.get("env")}
