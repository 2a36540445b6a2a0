"""Rules over Argo CD Applications."""

from __future__ import annotations

from functools import partial

from generator.diagnostics import Severity
from generator.kubernetes.applications import APPLICATION
from generator.lint.rules.rule import Rule

_rule = partial(Rule, __name__)

RULES: tuple[Rule, ...] = (
    _rule("TP402", "destination-is-one", Severity.ERROR, APPLICATION, before_helm=True),
    _rule("TP801", "source-is-complete", Severity.ERROR, APPLICATION),
    _rule("TP802", "source-refs", Severity.ERROR, APPLICATION, needs=frozenset(["ref", "valueFiles"])),
    _rule("TP803", "source-kind-is-one", Severity.ERROR, APPLICATION),
    _rule("TP804", "chart-address", Severity.ERROR, APPLICATION),
    _rule("TP805", "source-revisions-agree", Severity.ERROR, APPLICATION, needs=frozenset(["ref"])),
    _rule("TP806", "helm-settings", Severity.WARNING, APPLICATION, needs=frozenset(["helm", "chart"])),
    _rule(
        "TP807", "sources-win", Severity.WARNING, APPLICATION, needs=frozenset(["sources", "sourceHydrator"]), before_helm=True
    ),
    _rule("TP811", "sync-options-known", Severity.WARNING, APPLICATION, needs=frozenset(["syncOptions"]), before_helm=True),
    _rule("TP812", "retry-durations", Severity.ERROR, APPLICATION, needs=frozenset(["retry"]), before_helm=True),
    _rule(
        "TP813",
        "namespace-metadata",
        Severity.WARNING,
        APPLICATION,
        needs=frozenset(["managedNamespaceMetadata"]),
        before_helm=True,
    ),
    _rule("TP814", "ignored-fields", Severity.WARNING, APPLICATION, needs=frozenset(["ignoreDifferences"]), before_helm=True),
    _rule("TP815", "server-side-blue-green", Severity.ERROR, APPLICATION, needs=frozenset(["syncOptions"]), before_helm=True),
    _rule("TP816", "self-heal-fights-router", Severity.WARNING, APPLICATION, needs=frozenset(["automated"]), before_helm=True),
    _rule("TP817", "application-finalizers", Severity.WARNING, APPLICATION),
    _rule("TP818", "application-annotations", Severity.ERROR, APPLICATION, before_helm=True),
    _rule("TP819", "hydrator-complete", Severity.ERROR, APPLICATION, needs=frozenset(["sourceHydrator"])),
    _rule(
        "TP821", "ignored-is-respected", Severity.WARNING, APPLICATION, needs=frozenset(["ignoreDifferences"]), before_helm=True
    ),
    _rule("TP822", "ignored-narrowly", Severity.WARNING, APPLICATION, needs=frozenset(["ignoreDifferences"]), before_helm=True),
    _rule("TP823", "release-name-tracked", Severity.WARNING, APPLICATION, needs=frozenset(["releaseName"])),
    _rule("TP824", "replace-wins", Severity.WARNING, APPLICATION, needs=frozenset(["syncOptions"]), before_helm=True),
)
"""By id."""
