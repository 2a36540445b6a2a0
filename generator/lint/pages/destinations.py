"""Environments on several clusters: manual pages for findings that do not come from a rule."""

from __future__ import annotations

from generator.diagnostics import Severity
from generator.lint.pages.check import Check

CHECKS = (
    Check(
        "TP058",
        "unknown-destination",
        Severity.ERROR,
        """A destination that a wave or a spec names must be one of its environment.

    An environment lists its clusters in `argocd.destinations`. One without is a single cluster, in which no part of a spec can differ.
    Wrong:
        # environments/prod.yaml
        spec:
          argocd:
            project: shop
            destination: {namespace: shop}
            destinations: {eu: {name: prod-eu}, us: {name: prod-us}}
            waves: [[eu], [usa]]
            syncPolicy: {automated: {}}
    Right:
        # environments/prod.yaml
        spec:
          argocd:
            project: shop
            destination: {namespace: shop}
            destinations: {eu: {name: prod-eu}, us: {name: prod-us}}
            waves: [[eu], [us]]
            syncPolicy: {automated: {}}
    Source: docs/destinations.md
    """,
        fixed=True,
    ),
    Check(
        "TP059",
        "destinations-apart",
        Severity.ERROR,
        """Each destination must be one cluster of its own, in exactly one wave.

    Two Applications that deploy to the same namespace of the same cluster would overwrite each other's objects. A destination without a wave, or with two, has no place in the order in which releases reach it, and a sync wave that a spec sets for one destination must not change that order. `argocd.destination` names no cluster next to `argocd.destinations`.
    Wrong:
        # environments/prod.yaml
        spec:
          argocd:
            project: shop
            destination: {namespace: shop}
            destinations: {eu: {name: prod-eu}, us: {name: prod-us}}
            waves: [[eu]]
            syncPolicy: {automated: {}}
    Right:
        # environments/prod.yaml
        spec:
          argocd:
            project: shop
            destination: {namespace: shop}
            destinations: {eu: {name: prod-eu}, us: {name: prod-us}}
            waves: [[eu], [us]]
            syncPolicy: {automated: {}}
    Source: docs/destinations.md
    """,
        fixed=True,
    ),
)
