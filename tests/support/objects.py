"""Kubernetes objects as the cases of rules write them."""

from __future__ import annotations

import re
from copy import deepcopy
from pathlib import Path

import yaml

from support.paths import DATA

SHARED = yaml.safe_load((DATA / "objects.yaml").read_text())


def written(item):
    """Return the object of a case: whole, by its name among the shared ones, or by what differs from one of those.

    `300000 characters` as a value stands for a text of that length.
    """
    item = lengthened(item)
    if isinstance(item, str):
        return deepcopy(SHARED[item])
    change = {key: value for key, value in item.items() if key != "like"}
    return over(SHARED[item["like"]], change) if "like" in item else deepcopy(item)


def lengthened(node):
    """Return data with its long texts written out."""
    if isinstance(node, dict):
        return {key: lengthened(value) for key, value in node.items()}
    if isinstance(node, list):
        return [lengthened(value) for value in node]
    stated = re.fullmatch("([0-9]+) characters", node) if isinstance(node, str) else None
    return "x" * int(stated[1]) if stated else node


def over(base, change):
    """Return data with a change laid over it; null takes away."""
    if not isinstance(base, dict) or not isinstance(change, dict):
        return deepcopy(change)
    merged = {key: over(base[key], change[key]) if key in change else deepcopy(base[key]) for key in base}
    merged |= {key: over({}, value) for key, value in change.items() if key not in base}
    return {key: value for key, value in merged.items() if value is not None}


VALID = yaml.safe_load("""
rollout:
  apiVersion: argoproj.io/v1alpha1
  kind: Rollout
  metadata: {name: web}
  spec:
    selector: {matchLabels: {app: web}}
    template:
      metadata: {labels: {app: web}}
      spec: {containers: [{name: app, image: "x:1", ports: [{name: http, containerPort: 8080}]}]}
    strategy: {canary: {}}
template:
  apiVersion: argoproj.io/v1alpha1
  kind: AnalysisTemplate
  metadata: {name: rate}
  spec: {metrics: [{name: rate, successCondition: "result[0] > 0.95", provider: {prometheus: {address: "http://p", query: up}}}]}
experiment:
  apiVersion: argoproj.io/v1alpha1
  kind: Experiment
  metadata: {name: web}
  spec: {templates: [{name: a, selector: {matchLabels: {a: b}}, template: {spec: {containers: [{name: app, image: x}]}}}]}
application:
  apiVersion: argoproj.io/v1alpha1
  kind: Application
  metadata: {name: web}
  spec: {project: default, destination: {name: in-cluster, namespace: a}, source: {repoURL: "https://a", path: b}}
project:
  apiVersion: argoproj.io/v1alpha1
  kind: AppProject
  metadata: {name: shop}
  spec: {sourceRepos: ["*"], destinations: [{server: "*", namespace: "*"}]}
""")


def cases_of_rules(folder: Path) -> list[tuple[str, str, dict]]:
    """Return every case of a folder with one file for each rule: the name of the rule, that of the case, and the case."""
    files = {path.stem: yaml.safe_load(path.read_text()) for path in sorted(folder.glob("*.yaml"))}
    return [(rule, name, case) for rule, cases in files.items() for name, case in cases.items()]


def _rollout(spec):
    return over(VALID["rollout"], {"spec": spec})


def _of_canary(canary):
    return _rollout({"strategy": {"canary": canary}})


_SHORT = {
    "spec": _rollout,
    "canary": _of_canary,
    "blueGreen": lambda given: _rollout({"strategy": {"canary": None, "blueGreen": given}}),
    "steps": lambda given: _of_canary({"steps": given}),
    "routing": lambda given: _of_canary({"stableService": "web", "canaryService": "web-new", "trafficRouting": given}),
    "pod": lambda given: _rollout({"template": {"spec": given}}),
    "container": lambda given: _rollout(
        {"template": {"spec": {"containers": [over({"name": "app", "image": "x:1"}, given)]}}},
    ),
    "metric": lambda given: over(
        VALID["template"], {"spec": {"metrics": [over(VALID["template"]["spec"]["metrics"][0], given)]}}
    ),
    **{
        name: lambda given, name=name: over(VALID[name], {"spec": given})
        for name in ("template", "experiment", "application", "project")
    },
}


def changed(kind, given):
    """Return something valid with one part of it changed: a Rollout's pod, container, steps and so on, or a kind."""
    return _SHORT[kind](given)


def spelt(item):
    """Return an object of a case: whole, or by what differs from something valid."""
    if isinstance(item, dict) and item.get("like") in VALID:
        return over(VALID[item["like"]], {key: value for key, value in item.items() if key != "like"})
    return written(item)
