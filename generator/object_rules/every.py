"""All rules over Kubernetes objects."""

from __future__ import annotations

from generator.diagnostics import Severity
from generator.object_rules import (
    application_finalizers,
    application_name,
    backends_exist,
    budget_allows_eviction,
    budget_selects_pods,
    chart_address,
    experiment_valid,
    gateway_routes_canary,
    helm_settings,
    hydrator_complete,
    ingress_routes_canary,
    istio_routes_canary,
    last_weight_jumps,
    mesh_routes_canary,
    monitor_selects_port,
    object_twice,
    pod_ports_exist,
    pod_references_near,
    project_patterns,
    project_permits,
    project_permits_namespace,
    project_policies,
    project_windows,
    replicas_beside_autoscaler,
    scaler_target_exists,
    selector_matches_template,
    self_heal_fights_router,
    service_ports_exist,
    service_selects_pods,
    source_is_complete,
    source_kind_is_one,
    source_refs,
    source_revisions_agree,
    strategy_services_exist,
    surge_without_effect,
    workload_reference,
)
from generator.object_rules.before_helm import BEFORE_HELM
from generator.object_rules.rule import ObjectRule

_REST: tuple[ObjectRule, ...] = (
    object_twice.RULE,
    selector_matches_template.RULE,
    service_selects_pods.RULE,
    strategy_services_exist.RULE,
    service_ports_exist.RULE,
    pod_ports_exist.RULE,
    monitor_selects_port.RULE,
    backends_exist.RULE,
    ingress_routes_canary.RULE,
    istio_routes_canary.RULE,
    mesh_routes_canary.RULE,
    gateway_routes_canary.RULE,
    scaler_target_exists.RULE,
    replicas_beside_autoscaler.RULE,
    budget_selects_pods.RULE,
    budget_allows_eviction.RULE,
    workload_reference.RULE,
    pod_references_near.RULE,
    last_weight_jumps.RULE,
    surge_without_effect.RULE,
    experiment_valid.RULE,
    source_is_complete.RULE,
    source_refs.RULE,
    source_kind_is_one.RULE,
    chart_address.RULE,
    source_revisions_agree.RULE,
    helm_settings.RULE,
    self_heal_fights_router.RULE,
    application_finalizers.RULE,
    hydrator_complete.RULE,
    application_name.RULE,
    project_permits.RULE,
    project_permits_namespace.RULE,
    project_patterns.RULE,
    project_windows.RULE,
    project_policies.RULE,
)

OBJECT_RULES: tuple[ObjectRule, ...] = tuple(sorted((*BEFORE_HELM, *_REST), key=lambda rule: rule.id))

NO_NOTES = tuple(rule for rule in OBJECT_RULES if rule.severity is not Severity.NOTE)
"""Those for what Helm renders of a spec: see before_helm."""
