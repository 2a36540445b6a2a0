"""What must hold of Kubernetes objects, one file per rule, by id."""

from __future__ import annotations

from generator.object_rules import (
    analysis_templates_combine,
    analysis_templates_exist,
    backends_exist,
    budget_allows_eviction,
    budget_selects_pods,
    config_keys_exist,
    controller_objects_absent,
    gateway_routes_canary,
    ingress_routes_canary,
    istio_routes_canary,
    managed_by_one_rollout,
    mesh_routes_canary,
    monitor_selects_port,
    object_twice,
    pod_ports_exist,
    pod_references_near,
    policy_selects_port,
    replicas_beside_autoscaler,
    scaler_target_exists,
    selector_matches_template,
    service_ports_exist,
    service_selects_pods,
    strategy_services_distinct,
    strategy_services_exist,
    workload_reference,
    workloads_apart,
)
from generator.object_rules.rule import ObjectFinding, ObjectRule

__all__ = ["OBJECT_RULES", "ObjectFinding", "ObjectRule"]

OBJECT_RULES: tuple[ObjectRule, ...] = (
    object_twice.RULE,
    selector_matches_template.RULE,
    service_selects_pods.RULE,
    strategy_services_exist.RULE,
    strategy_services_distinct.RULE,
    service_ports_exist.RULE,
    pod_ports_exist.RULE,
    monitor_selects_port.RULE,
    backends_exist.RULE,
    policy_selects_port.RULE,
    ingress_routes_canary.RULE,
    istio_routes_canary.RULE,
    mesh_routes_canary.RULE,
    gateway_routes_canary.RULE,
    controller_objects_absent.RULE,
    managed_by_one_rollout.RULE,
    scaler_target_exists.RULE,
    replicas_beside_autoscaler.RULE,
    budget_selects_pods.RULE,
    budget_allows_eviction.RULE,
    workload_reference.RULE,
    workloads_apart.RULE,
    analysis_templates_exist.RULE,
    analysis_templates_combine.RULE,
    pod_references_near.RULE,
    config_keys_exist.RULE,
)
