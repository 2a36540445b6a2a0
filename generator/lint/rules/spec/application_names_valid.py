"""The rule TP403, application-names-valid."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.diagnostics import Severity
from generator.lint.rules.rule import About, Finding, Rule
from generator.service.build import Built

_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\Z")
_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?\Z")


def check(built: Built) -> Iterator[Finding]:
    """Names with placeholders must become names that Kubernetes accepts.

    An uppercase letter or an underscore is valid in a label, but not in a namespace. Kubernetes would
    reject the Application, or Argo CD the namespace, after the commit.
    Wrong:
        # environments/prod.yaml
        spec:
          argocd: {project: shop, destination: {namespace: "{labels.team}"}}
        # services/web/pipeline.yaml
        metadata: {name: web, labels: {team: Shop_A}}
    Right:
        # environments/prod.yaml
        spec:
          argocd: {project: shop, destination: {namespace: "{labels.team}"}}
        # services/web/pipeline.yaml
        metadata: {name: web, labels: {team: shop-a}}
    Source: kubernetes.io, Object Names and IDs
    """
    facts = built.application
    destination = facts["destination"]
    names = [
        ("applicationName", facts["name"], _SUBDOMAIN, 253),
        ("namespace", facts["namespace"], _LABEL, 63),
        ("project", facts["project"], _SUBDOMAIN, 253),
        ("destination.namespace", destination["namespace"], _LABEL, 63),
    ]
    environment = built.resolved.environment
    for field, name, pattern, longest in names:
        if len(name) > longest or not pattern.match(name):
            message = f'argocd.{field} becomes "{name}", which is not a valid Kubernetes name'
            where = environment.part(("spec", "argocd", *field.split("."))).path
            yield Finding((), message, f"change the label that it uses, or argocd.{field} in {where}")


RULE = Rule("TP403", "application-names-valid", Severity.ERROR, About.SERVICE, check)
