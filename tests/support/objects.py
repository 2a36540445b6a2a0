"""Kubernetes objects as the cases of rules write them."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path

import yaml

from support.paths import DATA

SHARED = yaml.safe_load((DATA / "objects.yaml").read_text())


def written(item):
    """Return the object of a case: whole, by its name among the shared ones, or by what differs from one of those."""
    if isinstance(item, str):
        return deepcopy(SHARED[item])
    change = {key: value for key, value in item.items() if key != "like"}
    return over(SHARED[item["like"]], change) if "like" in item else deepcopy(item)


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
  spec: {metrics: [{name: rate, provider: {prometheus: {address: "http://p", query: up}}}]}
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
