"""The rule TP727, managed-routes."""

from __future__ import annotations

from collections.abc import Iterator

from generator.kubernetes.objects import KubeObject, Objects, maps
from generator.kubernetes.rollouts import routing, steps
from generator.lint.rules.rule import Finding
from generator.syntax.wording import listed, suggestion

_ABLE = {"setHeaderRoute": ("istio", "alb", "apisix", "plugins"), "setMirrorRoute": ("istio", "plugins")}

_NO_PLUGINS: dict[str, dict[str, str]] = {"plugins": {}}
"""Plugins without a plugin; other routers may be empty."""


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """A header or mirror route needs a router that supports it, and its name in `managedRoutes`.

    Istio, ALB, APISIX and plugins support header routes; Istio and plugins support mirror routes. The
    controller creates these routes itself, in the order of `managedRoutes`, and removes them at the end. If a
    name is missing there, it marks the Rollout InvalidSpec.
    Wrong:
        kind: Rollout
        spec:
          strategy:
            canary:
              trafficRouting: {istio: {virtualService: {name: web}}}
              steps: [{setWeight: 5}, {setHeaderRoute: {name: beta, match: [{headerName: beta, headerValue: {exact: "1"}}]}}]
    Right:
        kind: Rollout
        spec:
          strategy:
            canary:
              trafficRouting: {istio: {virtualService: {name: web}}, managedRoutes: [{name: beta}]}
              steps: [{setWeight: 5}, {setHeaderRoute: {name: beta, match: [{headerName: beta, headerValue: {exact: "1"}}]}}]
    Source: argo-rollouts, pkg/apis/rollouts/validation/validation.go
    """
    router = routing(item)
    if not router:
        return
    names = {str(route.get("name")) for _, route in maps(router.get("managedRoutes"))}
    for pointer, step in steps(item):
        for kind, able in _ABLE.items():
            route = step.get(kind)
            if not isinstance(route, dict):
                continue
            if not any(router.get(name) is not None and router[name] != _NO_PLUGINS.get(name) for name in able):
                message = f"`{kind}` needs {listed(able, last='or')}"
                yield Finding((*pointer, kind), message, "remove it, or use a different router")
            name = route.get("name")
            if str(name) not in names:
                hint = suggestion(str(name), names, f"add `{{name: {name}}}` to `trafficRouting.managedRoutes`")
                yield Finding((*pointer, kind, "name"), f"managedRoutes has no route `{name}`", hint)
