"""The rule TP822, ignored-narrowly."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.diagnostics import Pointer
from generator.kubernetes.objects import KubeObject, Objects, maps, texts
from generator.lint.rules.rule import Finding

_ROUTES = (
    "VirtualService", "HTTPRoute", "GRPCRoute", "TCPRoute", "TLSRoute", "TraefikService", "ApisixRoute", "*",
)  # fmt: skip
_PART = r"(http|tls|tcp|rules|weighted)"
_BELOW = r"(route|backendRefs|services|backends)"
_WHOLE = (
    rf"/?\Z|/spec(/{_PART}(/[0-9]+)?(/{_BELOW}(/[0-9]+)?)?)?\Z"
    rf"|\.\Z|\.spec(\.{_PART}(\[[0-9]*\])?(\.{_BELOW}(\[[0-9]*\])?)?)?\Z"
)


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """`ignoreDifferences` should ignore only the weights of a route.

    With RespectIgnoreDifferences, ignored fields are not applied either: if the whole list of routes is
    ignored, later edits of hosts, paths and timeouts never reach the cluster. A field manager also owns such
    a list as a whole.
    Wrong:
        kind: Application
        spec:
          project: default
          destination: {name: in-cluster}
          source: {repoURL: "https://example.com/web.git", path: deploy}
          ignoreDifferences: [{group: networking.istio.io, kind: VirtualService, jsonPointers: [/spec/http]}]
    Right:
        kind: Application
        spec:
          project: default
          destination: {name: in-cluster}
          source: {repoURL: "https://example.com/web.git", path: deploy}
          ignoreDifferences:
            - {group: networking.istio.io, kind: VirtualService, jqPathExpressions: [".spec.http[].route[].weight"]}
    Source: argo-rollouts, docs/features/traffic-management/istio.md; issue 3854; argo-cd issue 9678
    """
    for index, rule in maps(item.spec.get("ignoreDifferences")):
        here: Pointer = ("spec", "ignoreDifferences", index)
        kind = rule.get("kind")
        if kind not in _ROUTES:
            continue
        for field in ("jsonPointers", "jqPathExpressions"):
            for number, path in texts(rule.get(field)):
                if re.match(_WHOLE, path):
                    message = (
                        f"`{path}` ignores more than the weights of {kind} objects"
                        if kind != "*"
                        else f"`{path}` is ignored for all kinds"
                    )
                    hint = "ignore only the weights, such as .spec.http[].route[].weight"
                    yield Finding((*here, field, number), message, hint)
        for number, manager in texts(rule.get("managedFieldsManagers")) if kind != "*" else ():
            message = f"`{manager}` manages the whole list of routes in {kind} objects"
            yield Finding((*here, "managedFieldsManagers", number), message, "ignore the weights with jqPathExpressions")
