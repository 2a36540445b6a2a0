"""The rule TP103, secrets-elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

from generator import masking
from generator.build import Built
from generator.diagnostics import Severity
from generator.rules.rule import Finding, Rule


def check(built: Built) -> Iterator[Finding]:
    """Values should hold no secret: Git keeps it for ever, and whoever reads the repository has it.

    A value is taken for a secret by its key (`DB_PASSWORD`), or by its look: a private key, a token of a known
    kind, a password in an address. What only names a Secret, or is filled in later (`$(DB_PASSWORD)`), is none.
    Wrong:
        spec:
          image: {repository: ghcr.io/acme/web, tag: "1.0.0"}
          values:
            env: {DB_PASSWORD: hunter2}
    Right:
        spec:
          image: {repository: ghcr.io/acme/web, tag: "1.0.0"}
          values:
            env:
              DB_PASSWORD: {valueFrom: {secretKeyRef: {name: web-db, key: password}}}
    Source: kubernetes.io, Good practices for Kubernetes Secrets
    """
    values = built.resolved.data.get("values") or {}
    for pointer in masking.places(values):
        hint = "refer to a Secret that something else brings (External Secrets, Sealed Secrets), and change this one: it is known now"
        yield Finding(("values", *pointer), f"`{masking.called(values, pointer)}` looks like a secret in plain text", hint)


RULE = Rule("TP103", "secrets-elsewhere", Severity.WARNING, check)
