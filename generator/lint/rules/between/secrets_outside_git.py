"""The rule TP645, secrets-outside-git."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.diagnostics import Pointer, Severity
from generator.kubernetes.objects import KubeObject, Objects
from generator.kubernetes.workloads import KINDS, pods_held_by
from generator.lint.rules.rule import Finding, Rule
from generator.syntax.merge import lookup
from generator.syntax.secrets import masking
from generator.syntax.secrets.looks import is_filled_in

_HINT = "let External Secrets or Sealed Secrets bring it, and change it: whoever reads Git knows this one"


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """No secret must stand in plain text in what is applied: Git keeps it for ever.

    In a Secret that is every value, base64 or not; in a ConfigMap and in the variables of pods it is what a name
    like DB_PASSWORD announces, a private key, a token of a known kind, or a password in an address. What is
    filled in later, and files that SOPS has encrypted, are none.
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
    for base, part in _parts(item, objects):
        for pointer in masking.places(part):
            value = lookup(part, pointer)[1]
            if value not in ("", None) and not is_filled_in(str(value)):
                message = f"{item.title} holds `{masking.called(part, pointer)}` in plain text"
                yield Finding((*base, *pointer), message, _HINT)


def _parts(item: KubeObject, objects: Objects) -> Iterator[tuple[Pointer, Any]]:
    """Yield what of an object can hold a secret, with its pointer."""
    if item.kind in ("Secret", "ConfigMap"):
        yield (), {"kind": item.kind, **{key: item.data[key] for key in ("data", "stringData") if item.data.get(key)}}
        return
    pods = pods_held_by(item, objects)
    if pods is not None:
        for pointer, container in pods.containers():
            yield pointer, {"env": container.get("env")}


RULE = Rule("TP645", "secrets-outside-git", Severity.ERROR, (*KINDS, ("", "Secret"), ("", "ConfigMap")), check)
