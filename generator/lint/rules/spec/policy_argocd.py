"""The rule TP113, policy-argocd."""

from __future__ import annotations

from collections.abc import Iterator

from generator.lint.rules.rule import Finding
from generator.service.build import Built
from generator.syntax.merge import lookup


def check(built: Built) -> Iterator[Finding]:
    """A spec must not set a field of `argocd` that the environment locks.

    `policy.argocd.locked` lists the fields that belong to the platform team, such as the project and the
    destination of production. A spec must not set them or remove them with null. The environment's own `argocd`
    and `defaults` still set them.
    Wrong:
        # environments/prod.yaml
        spec:
          policy: {argocd: {locked: [project, destination]}}
        # services/web/pipeline.yaml
        spec:
          argocd: {project: other}
    Right:
        # environments/prod.yaml
        spec:
          policy: {argocd: {locked: [project, destination]}}
        # services/web/pipeline.yaml
        spec:
          replicas: 2
    Source: docs/spec.md, Names
    """
    resolved = built.resolved
    environment = resolved.environment
    for field in (environment.policy.get("argocd") or {}).get("locked") or []:
        for layer in resolved.layers:
            if layer.source is resolved.spec.source and lookup(layer.data, ("argocd", field))[0]:
                message = f"`argocd.{field}` is locked in {environment.name}"
                hint = f"remove it, or ask the owners of {environment.part(('spec', 'argocd', field)).path} to set it there"
                yield Finding(("argocd", field), message, hint, layer=layer)
