"""The rule TP811, sync-options-known."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics import Severity
from generator.kubernetes.applications import APPLICATION, sync_options
from generator.kubernetes.objects import KubeObject, Objects
from generator.lint.rules.rule import Finding, Rule
from generator.syntax.wording import suggestion

_KNOWN = frozenset(
    [
        "Validate=false",
        "Validate=true",
        *("CreateNamespace=true", "CreateNamespace=false", "PruneLast=true", "ApplyOutOfSyncOnly=true"),
        *(f"PrunePropagationPolicy={policy}" for policy in ("foreground", "background", "orphan")),
        *("RespectIgnoreDifferences=true", "SkipDryRunOnMissingResource=true", "Replace=true", "FailOnSharedResource=true"),
        *("ServerSideApply=true", "ServerSideApply=false", "ClientSideApplyMigration=false", "ClientSideApplyMigration=true"),
        *("Prune=false", "Prune=confirm", "Delete=false", "Delete=confirm"),
    ]
)


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """A sync option must be spelt exactly as Argo CD expects it.

    Argo CD does not reject a different spelling or an extra space, as in `= true`: the option silently has no
    effect.
    Wrong:
        kind: Application
        spec:
          syncPolicy: {syncOptions: [CreateNamespaces=true]}
    Right:
        kind: Application
        spec:
          syncPolicy: {syncOptions: [CreateNamespace=true]}
    Source: argo-cd, docs/user-guide/sync-options.md; gitops-engine, pkg/sync/common
    """
    for pointer, option in sync_options(item):
        if option not in _KNOWN:
            plain = option.replace(" ", "")
            hint = suggestion(plain, _KNOWN, "remove it; Argo CD's manual lists the options")
            yield Finding(pointer, f"Argo CD has no sync option `{option}`", hint)


RULE = Rule(
    "TP811", "sync-options-known", Severity.WARNING, APPLICATION, check, needs=frozenset(["syncOptions"]), before_helm=True
)
