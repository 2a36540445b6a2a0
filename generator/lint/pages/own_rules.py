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
    Check(
        "TP693",
        "admission-policy",
        Severity.ERROR,
        """Every object must pass the ValidatingAdmissionPolicies that it will meet in the cluster.

    A policy counts if a binding among the manifests names it: `Deny` is an error, `Warn` a warning, `Audit` a note. An
    object is evaluated as it is created, with the defaults that the API server adds to workloads. What depends on the
    cluster, such as the user, the old object, or a Namespace that is not among the manifests, is not decided, and told
    once as a note. A workspace names policies in `spec.lint.policies`; `lint --manifests` finds those among the
    manifests, and at `--rules`.
    Wrong:
        # tiphys.yaml
        spec:
          lint: {policies: [policies/owner.yaml]}
        # policies/owner.yaml
        apiVersion: admissionregistration.k8s.io/v1
        kind: ValidatingAdmissionPolicy
        metadata: {name: owner}
        spec:
          matchConstraints:
            resourceRules:
              - {apiGroups: [argoproj.io], apiVersions: [v1alpha1], operations: [CREATE], resources: [applications]}
          validations: [{expression: "has(object.metadata.labels) && 'owner' in object.metadata.labels"}]
        ---
        apiVersion: admissionregistration.k8s.io/v1
        kind: ValidatingAdmissionPolicyBinding
        metadata: {name: owner}
        spec: {policyName: owner, validationActions: [Deny]}
    Right:
        # tiphys.yaml
        spec:
          lint: {policies: [policies/owner.yaml]}
        # policies/owner.yaml
        apiVersion: admissionregistration.k8s.io/v1
        kind: ValidatingAdmissionPolicy
        metadata: {name: owner}
        spec:
          matchConstraints:
            resourceRules:
              - {apiGroups: [argoproj.io], apiVersions: [v1alpha1], operations: [CREATE], resources: [applications]}
          validations: [{expression: "has(object.metadata.labels) && 'owner' in object.metadata.labels"}]
        ---
        apiVersion: admissionregistration.k8s.io/v1
        kind: ValidatingAdmissionPolicyBinding
        metadata: {name: owner}
        spec: {policyName: owner, validationActions: [Deny]}
        # services/web/pipeline.yaml
        spec:
          argocd: {labels: {owner: shop}}
    Source: docs/own-rules.md, Admission policies; kubernetes.io, Validating Admission Policy
    """,
    ),
)
