"""The fields that Argo CD must ignore, because Argo Rollouts or an autoscaler writes them.

They are derived from the strategy: if too few are ignored, a sync during a canary resets its weights; if
too many, later edits never reach the cluster.
Source: argo-rollouts docs/features/traffic-management; argo-cd docs/user-guide/diffing.md
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from generator.kubernetes import strategy as strategies

Rule = dict[str, Any]

_POD_HASH = '"rollouts-pod-template-hash"'


def ignore_differences(
    workload: Mapping[str, str],
    strategy: Mapping[str, Any],
    *,
    autoscaled: bool,
    server_side_apply: bool,
    reference: str = "",
) -> list[Rule]:
    """Return the `spec.ignoreDifferences` of this workload; empty if Git owns every field.

    `reference` is the Deployment that a Rollout takes over and scales down, if any.
    """
    rules: list[Rule] = []
    if autoscaled:
        group = "argoproj.io" if workload["kind"] == "Rollout" else "apps"
        rules.append(_rule(group, workload["kind"], workload["name"], jsonPointers=["/spec/replicas"]))
    if reference:
        rules.append(_rule("apps", "Deployment", reference, jsonPointers=["/spec/replicas"]))
    router = strategies.routing(strategy)
    for name, derive in _BY_ROUTER.items():
        if router.get(name) is not None:
            rules.extend(derive(router[name], router, strategy))
    if server_side_apply:
        # A Service's selector is one atomic field for server-side apply: each sync would drop the hash.
        path = f".spec.selector.{_POD_HASH}"
        rules += [_rule("", "Service", name, jqPathExpressions=[path]) for name in strategies.services(strategy)]
    return rules


def _rule(group: str, kind: str, name: str, **what: list[str]) -> Rule:
    head = {"group": group} if group else {}
    return {**head, "kind": kind, "name": name, **what}


def _managed(router: Mapping[str, Any]) -> list[str]:
    return [route["name"] for route in router.get("managedRoutes") or []]


def _istio(istio: Mapping[str, Any], router: Mapping[str, Any], strategy: Mapping[str, Any]) -> Iterator[Rule]:
    single = istio.get("virtualService")
    for service in [single] if single else istio.get("virtualServices") or []:
        paths = [".spec.http[].route[].weight"]
        if service.get("tlsRoutes"):
            paths = [".spec.tls[].route[].weight"] + (paths if service.get("routes") else [])
        if service.get("tcpRoutes"):
            paths = [".spec.tcp[].route[].weight"] + (paths if service.get("routes") or service.get("tlsRoutes") else [])
        paths += [f'.spec.http[] | select(.name == "{name}")' for name in _managed(router)]
        yield _rule("networking.istio.io", "VirtualService", service["name"].split(".")[0], jqPathExpressions=paths)
    rule = istio.get("destinationRule")
    if rule:
        path = f".spec.subsets[].labels.{_POD_HASH}"
        yield _rule("networking.istio.io", "DestinationRule", rule["name"], jqPathExpressions=[path])


def _alb(alb: Mapping[str, Any], router: Mapping[str, Any], strategy: Mapping[str, Any]) -> Iterator[Rule]:
    single = alb.get("ingress")
    prefix = alb.get("annotationPrefix") or "alb.ingress.kubernetes.io"
    action = alb.get("rootService") or strategies.body(strategy).get("stableService") or ""
    written = [f"{prefix}/actions.{action}"] + [
        f"{prefix}/{part}.{name}" for name in _managed(router) for part in ("actions", "conditions")
    ]
    written.append("rollouts.argoproj.io/managed-alb-actions")
    pointers = ["/metadata/annotations/" + name.replace("~", "~0").replace("/", "~1") for name in written]
    for ingress in [single] if single else alb.get("ingresses") or []:
        yield _rule("networking.k8s.io", "Ingress", ingress, jsonPointers=pointers)


def _traefik(traefik: Mapping[str, Any], router: Mapping[str, Any], strategy: Mapping[str, Any]) -> Iterator[Rule]:
    name = traefik["weightedTraefikServiceName"]
    yield _rule("traefik.io", "TraefikService", name, jqPathExpressions=[".spec.weighted.services[].weight"])


def _apisix(apisix: Mapping[str, Any], router: Mapping[str, Any], strategy: Mapping[str, Any]) -> Iterator[Rule]:
    route = apisix.get("route")
    if route:
        paths = [".spec.http[].backends[].weight"]
        paths += [f'.spec.http[] | select(.name == "{name}")' for name in _managed(router)]
        yield _rule("apisix.apache.org", "ApisixRoute", route["name"], jqPathExpressions=paths)


def _app_mesh(mesh: Mapping[str, Any], router: Mapping[str, Any], strategy: Mapping[str, Any]) -> Iterator[Rule]:
    service = mesh.get("virtualService")
    if service:
        paths = [f".spec.routes[].{kind}Route.action.weightedTargets[].weight" for kind in ("http", "http2", "grpc", "tcp")]
        yield _rule("appmesh.k8s.aws", "VirtualRouter", service["name"], jqPathExpressions=paths)
    group = mesh.get("virtualNodeGroup") or {}
    for field in ("canaryVirtualNodeRef", "stableVirtualNodeRef"):
        if group.get(field):
            path = f".spec.podSelector.matchLabels.{_POD_HASH}"
            yield _rule("appmesh.k8s.aws", "VirtualNode", group[field]["name"], jqPathExpressions=[path])


_ROUTE_KINDS = (("httpRoute", "HTTPRoute"), ("grpcRoute", "GRPCRoute"), ("tcpRoute", "TCPRoute"), ("tlsRoute", "TLSRoute"))


def _plugins(plugins: Mapping[str, Any], router: Mapping[str, Any], strategy: Mapping[str, Any]) -> Iterator[Rule]:
    gateway = plugins.get(strategies.GATEWAY_API)
    if not isinstance(gateway, dict):
        return
    for field, kind in _ROUTE_KINDS:
        names = [gateway[field]] if gateway.get(field) else []
        names += [route["name"] for route in gateway.get(f"{field}s") or [] if isinstance(route, dict) and route.get("name")]
        paths = [".spec.rules[].backendRefs[].weight"]
        paths += [f'.spec.rules[] | select(.name == "{name}")' for name in _managed(router)]
        for name in dict.fromkeys(names):
            yield _rule("gateway.networking.k8s.io", kind, str(name), jqPathExpressions=paths)


# nginx, SMI and ambassador: the controller owns the objects it writes, so there is nothing to ignore.
_BY_ROUTER = {
    "istio": _istio,
    "alb": _alb,
    "traefik": _traefik,
    "apisix": _apisix,
    "appMesh": _app_mesh,
    "plugins": _plugins,
}
