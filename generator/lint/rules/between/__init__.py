"""Rules over objects that refer to each other."""

from __future__ import annotations

from functools import partial

from generator.diagnostics import Severity
from generator.kubernetes.autoscalers import SCALERS
from generator.kubernetes.backends import GATEWAY, ISTIO, ROUTES
from generator.kubernetes.objects import ROLLOUTS
from generator.kubernetes.rollouts import ROLLOUT
from generator.kubernetes.workloads import KINDS, SELECTING
from generator.lint.rules.rule import EVERY_KIND, Rule

_rule = partial(Rule, __name__)

RULES: tuple[Rule, ...] = (
    _rule("TP610", "object-twice", Severity.ERROR, EVERY_KIND),
    _rule("TP611", "selector-matches-template", Severity.ERROR, SELECTING),
    _rule("TP612", "service-selects-pods", Severity.ERROR, (("", "Service"),)),
    _rule("TP613", "strategy-services-exist", Severity.ERROR, ((ROLLOUTS, "Rollout"),), referring="services"),
    _rule("TP615", "service-ports-exist", Severity.ERROR, (("", "Service"),)),
    _rule("TP616", "pod-ports-exist", Severity.ERROR, KINDS),
    _rule(
        "TP617",
        "monitor-selects-port",
        Severity.WARNING,
        (("monitoring.coreos.com", "ServiceMonitor"), ("monitoring.coreos.com", "PodMonitor")),
    ),
    _rule("TP618", "backends-exist", Severity.ERROR, ROUTES, referring="named"),
    _rule("TP619", "policy-selects-port", Severity.ERROR, (("networking.k8s.io", "NetworkPolicy"),)),
    _rule("TP620", "ingress-routes-canary", Severity.ERROR, ((ROLLOUTS, "Rollout"),), referring="ingresses"),
    _rule("TP621", "istio-routes-canary", Severity.ERROR, ((ROLLOUTS, "Rollout"),), referring="referred"),
    _rule("TP622", "mesh-routes-canary", Severity.ERROR, ((ROLLOUTS, "Rollout"),), referring="routes"),
    _rule("TP623", "gateway-routes-canary", Severity.ERROR, ((ROLLOUTS, "Rollout"),), referring="routes"),
    _rule("TP624", "controller-objects-absent", Severity.ERROR, ((ROLLOUTS, "Rollout"),)),
    _rule("TP625", "managed-by-one-rollout", Severity.ERROR, ((ROLLOUTS, "Rollout"), (ISTIO, "VirtualService"))),
    _rule("TP626", "sync-waves-fit", Severity.WARNING, ROLLOUT),
    _rule("TP627", "selector-lasts", Severity.WARNING, (("", "Service"), *SELECTING)),
    _rule("TP628", "stable-service-unrouted", Severity.ERROR, ROUTES),
    _rule("TP630", "scaler-target-exists", Severity.ERROR, SCALERS, referring="targets"),
    _rule(
        "TP631",
        "replicas-beside-autoscaler",
        Severity.WARNING,
        ((ROLLOUTS, "Rollout"), ("apps", "Deployment"), ("apps", "StatefulSet"), ("apps", "ReplicaSet")),
    ),
    _rule("TP632", "budget-selects-pods", Severity.ERROR, (("policy", "PodDisruptionBudget"),)),
    _rule("TP633", "budget-allows-eviction", Severity.WARNING, (("policy", "PodDisruptionBudget"),)),
    _rule("TP634", "workload-reference", Severity.ERROR, ((ROLLOUTS, "Rollout"),), referring="workload"),
    _rule("TP635", "workloads-apart", Severity.WARNING, SELECTING),
    _rule("TP636", "taken-over-rests", Severity.WARNING, (("apps", "Deployment"), ("apps", "ReplicaSet"))),
    _rule("TP637", "autoscaler-has-requests", Severity.WARNING, SCALERS),
    _rule("TP638", "claims-fit-surge", Severity.WARNING, (("apps", "Deployment"), (ROLLOUTS, "Rollout"))),
    _rule("TP639", "routes-apart", Severity.WARNING, (("networking.k8s.io", "Ingress"), (GATEWAY, "HTTPRoute"))),
    _rule("TP642", "pod-references-near", Severity.WARNING, KINDS),
    _rule("TP643", "config-keys-exist", Severity.ERROR, KINDS),
    _rule("TP644", "labels-valid", Severity.ERROR, EVERY_KIND),
    _rule("TP645", "secrets-outside-git", Severity.ERROR, (*KINDS, ("", "Secret"), ("", "ConfigMap"))),
    _rule("TP646", "metadata-valid", Severity.ERROR, EVERY_KIND),
    _rule("TP647", "hook-words-known", Severity.ERROR, EVERY_KIND),
    _rule("TP648", "object-size-fits", Severity.WARNING, EVERY_KIND),
    _rule("TP649", "needs-come-first", Severity.WARNING, KINDS),
)
"""By id."""
