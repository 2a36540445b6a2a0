"""The rule TP619, policy-selects-port."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.diagnostics import Pointer
from generator.kubernetes.label_index import Bits
from generator.kubernetes.objects import KubeObject, Objects, at, maps
from generator.kubernetes.pod_index import is_slip_of, near_pods, pod_index, ports_by_name, selected
from generator.lint.rules.rule import Finding
from generator.syntax.wording import suggestion


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """A NetworkPolicy must select existing pods, and name ports that they have.

    A policy that selects no pods protects nothing. A rule with a port name that no pod has allows nothing, so
    the traffic that it is meant for is blocked.
    Wrong:
        kind: NetworkPolicy
        spec: {podSelector: {matchLabels: {app: web}}, ingress: [{ports: [{port: web}]}]}
        ---
        kind: Deployment
        spec:
          template:
            metadata: {labels: {app: web}}
            spec: {containers: [{name: app, ports: [{name: http, containerPort: 8080}]}]}
    Right:
        kind: NetworkPolicy
        spec: {podSelector: {matchLabels: {app: web}}, ingress: [{ports: [{port: http}]}]}
        ---
        kind: Deployment
        spec:
          template:
            metadata: {labels: {app: web}}
            spec: {containers: [{name: app, ports: [{name: http, containerPort: 8080}]}]}
    Source: kubernetes.io/docs/concepts/services-networking/network-policies
    """
    chosen = item.spec.get("podSelector")
    found = selected(chosen if chosen is not None else {}, item, objects)
    if not found:
        near = near_pods(item, objects)
        if near and is_slip_of(_keys(chosen), near, objects):
            hint = "select by labels that the pods have"
            yield Finding(("spec", "podSelector"), f"{item.title} selects no pods", hint)
        return
    for index, rule in maps(item.spec.get("ingress")):
        yield from _ports(item, rule, ("spec", "ingress", index), found, objects)
    for index, rule in maps(item.spec.get("egress")):
        peers = [peer for _, peer in maps(rule.get("to"))]
        if peers and all(set(peer) == {"podSelector"} for peer in peers):
            to = 0
            for peer in peers:
                to |= selected(peer["podSelector"], item, objects)
            yield from _ports(item, rule, ("spec", "egress", index), to, objects)


def _keys(selector: Any) -> set[str]:
    named = at(selector, "matchLabels")
    keys = set(named) if isinstance(named, dict) else set()
    return keys | {str(one.get("key")) for _, one in maps(at(selector, "matchExpressions"))}


def _ports(item: KubeObject, rule: dict[str, object], pointer: Pointer, found: Bits, objects: Objects) -> Iterator[Finding]:
    known = ports_by_name(objects)
    for index, entry in maps(rule.get("ports")):
        port, here = entry.get("port"), (*pointer, "ports", index, "port")
        if isinstance(port, str) and port.isdecimal():
            message = f'{item.title} allows the port name "{port}", but a name cannot be a number'
            yield Finding(here, message, f"write {port} without quotes")
        elif isinstance(port, str) and found and not known.of(port) & found:
            owner = pod_index(objects).first(found).owner.title
            message = f"{item.title} allows port `{port}`, which no container of {owner} has"
            yield Finding(here, message, suggestion(port, known.among(found), "use the name or number of a container's port"))
