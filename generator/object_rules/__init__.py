"""What must hold of Kubernetes objects, one file per rule, by id."""

from __future__ import annotations

from generator.object_rules import (
    analysis_arguments_given,
    analysis_template_known,
    backends_exist,
    budget_allows_eviction,
    budget_selects_pods,
    canary_can_move,
    canary_needs_router,
    canary_weights_rise,
    gateway_routes_canary,
    ingress_routes_canary,
    istio_routes_canary,
    mesh_routes_canary,
    monitor_selects_port,
    object_twice,
    pod_ports_exist,
    pod_references_near,
    replicas_beside_autoscaler,
    scaler_target_exists,
    selector_matches_template,
    service_ports_exist,
    service_selects_pods,
    strategy_is_one,
    strategy_services_differ,
    strategy_services_exist,
    workload_reference,
)
from generator.object_rules.rule import ObjectFinding, ObjectRule

__all__ = ["OBJECT_RULES", "ObjectFinding", "ObjectRule"]

OBJECT_RULES: tuple[ObjectRule, ...] = (
    canary_weights_rise.RULE,
    strategy_is_one.RULE,
    strategy_services_differ.RULE,
    canary_can_move.RULE,
    canary_needs_router.RULE,
    analysis_template_known.RULE,
    analysis_arguments_given.RULE,
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
)
