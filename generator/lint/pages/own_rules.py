"""Rules of the user: manual pages for what they find, and for what is wrong with them."""

from __future__ import annotations

from generator.diagnostics import Severity
from generator.lint.pages.check import Check

CHECKS = (
    Check(
        "TP691",
        "own-rule",
        Severity.ERROR,
        """Every object must pass the rules of the workspace itself.

    A file in rules/ is a rule: a condition in the Common Expression Language, and the kinds that it is about. Its
    name is at the start of each finding, and its severity is that of the file. The rules of a workspace see the
    objects that are known before Helm in `lint`, `generate` and `check`, and all others in `verify`; plain manifests
    are checked with `lint --manifests PATH --rules rules/`.
    Wrong:
        # rules/owner.yaml
        apiVersion: tiphys/v1
        kind: Rule
        metadata: {name: owner}
        spec:
          message: an Application needs the label owner
          match: {kinds: [{group: argoproj.io, kind: Application}]}
          expression: has(object.metadata) && has(object.metadata.labels) && has(object.metadata.labels.owner)
          cases: [{object: {apiVersion: argoproj.io/v1alpha1, kind: Application}, passes: false}]
    Right:
        # rules/owner.yaml
        apiVersion: tiphys/v1
        kind: Rule
        metadata: {name: owner}
        spec:
          message: an Application needs the label owner
          match: {kinds: [{group: argoproj.io, kind: Application}]}
          expression: has(object.metadata) && has(object.metadata.labels) && has(object.metadata.labels.owner)
          cases: [{object: {apiVersion: argoproj.io/v1alpha1, kind: Application}, passes: false}]
        # services/web/pipeline.yaml
        spec:
          argocd: {labels: {owner: shop}}
    Source: docs/own-rules.md
    """,
    ),
    Check(
        "TP692",
        "own-rule-valid",
        Severity.ERROR,
        """A rule of the workspace must be valid, and each of its cases must come out as it says.

    A rule that finds nothing by mistake is worse than none: so each has at least one case, and one with a case that
    fails does not run.
    Wrong:
        # rules/replicas.yaml
        apiVersion: tiphys/v1
        kind: Rule
        metadata: {name: replicas}
        spec:
          message: a Deployment needs at least two replicas
          match: {kinds: [{group: apps, kind: Deployment}]}
          expression: object.spec.replicas > 0
          cases: [{object: {apiVersion: apps/v1, kind: Deployment, spec: {replicas: 1}}, passes: false}]
    Right:
        # rules/replicas.yaml
        apiVersion: tiphys/v1
        kind: Rule
        metadata: {name: replicas}
        spec:
          message: a Deployment needs at least two replicas
          match: {kinds: [{group: apps, kind: Deployment}]}
          expression: object.spec.replicas > 1
          cases: [{object: {apiVersion: apps/v1, kind: Deployment, spec: {replicas: 1}}, passes: false}]
    Source: docs/own-rules.md
    """,
    ),
)
