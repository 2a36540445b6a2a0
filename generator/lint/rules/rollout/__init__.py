"""Rules for Rollouts and the workloads that they manage."""

from __future__ import annotations

from functools import partial

from generator.diagnostics import Severity
from generator.kubernetes.pods.places import HOLDERS, KEYS
from generator.kubernetes.rollouts import ROLLOUT
from generator.kubernetes.workloads import SELECTING
from generator.lint.rules.rule import Rule

_rule = partial(Rule, __name__)

RULES: tuple[Rule, ...] = (
    _rule("TP201", "canary-weights-rise", Severity.WARNING, ROLLOUT, needs=frozenset(["setWeight"]), before_helm=True),
    _rule("TP202", "strategy-is-one", Severity.ERROR, ROLLOUT, before_helm=True),
    _rule(
        "TP203",
        "strategy-services-differ",
        Severity.ERROR,
        ROLLOUT,
        needs=frozenset(["activeService", "canaryService", "previewService", "pongService"]),
        before_helm=True,
    ),
    _rule(
        "TP204", "canary-can-move", Severity.ERROR, ROLLOUT, needs=frozenset(["maxSurge", "maxUnavailable"]), before_helm=True
    ),
    _rule(
        "TP205",
        "canary-needs-router",
        Severity.ERROR,
        ROLLOUT,
        needs=frozenset(
            ["scaleDownDelaySeconds", "dynamicStableScale", "setCanaryScale", "setHeaderRoute", "setMirrorRoute", "experiment"]
        ),
        before_helm=True,
    ),
    _rule(
        "TP206",
        "deployment-strategy-is-one",
        Severity.ERROR,
        (("apps", "Deployment"), ("apps", "StatefulSet"), ("apps", "DaemonSet")),
    ),
    _rule(
        "TP207",
        "deadline-fits-probes",
        Severity.WARNING,
        (("apps", "Deployment"), *ROLLOUT),
        needs=frozenset(["initialDelaySeconds", "startupProbe", "workloadRef"]),
    ),
    _rule("TP208", "hook-fits-grace-period", Severity.WARNING, SELECTING, needs=frozenset(["preStop"])),
    _rule(
        "TP701",
        "rollout-numbers",
        Severity.ERROR,
        ROLLOUT,
        needs=frozenset(["replicas", "minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds"]),
        before_helm=True,
    ),
    _rule("TP702", "selector-stated", Severity.ERROR, ROLLOUT, before_helm=True),
    _rule("TP703", "pod-template-runs", Severity.ERROR, HOLDERS, needs=KEYS, before_helm=True),
    _rule("TP704", "resources-fit", Severity.ERROR, HOLDERS, needs=frozenset(["resources", "job"]), before_helm=True),
    _rule("TP705", "readiness-is-probed", Severity.WARNING, ROLLOUT, needs=frozenset(["steps"]), before_helm=True),
    _rule("TP706", "pod-values-allowed", Severity.ERROR, HOLDERS, needs=KEYS),
    _rule("TP707", "cron-schedule", Severity.ERROR, (("batch", "CronJob"),), before_helm=True),
    _rule(
        "TP711",
        "surge-is-no-percentage",
        Severity.WARNING,
        ROLLOUT,
        needs=frozenset(["maxSurge", "maxUnavailable"]),
        before_helm=True,
    ),
    _rule("TP712", "surge-rounds-away", Severity.NOTE, ROLLOUT, needs=frozenset(["maxSurge", "maxUnavailable"])),
    _rule("TP713", "weight-drains-canary", Severity.WARNING, ROLLOUT, needs=frozenset(["setWeight"]), before_helm=True),
    _rule("TP714", "weights-reachable", Severity.WARNING, ROLLOUT, needs=frozenset(["setWeight"]), before_helm=True),
    _rule("TP715", "last-weight-jumps", Severity.NOTE, ROLLOUT, needs=frozenset(["setWeight"])),
    _rule("TP716", "surge-without-effect", Severity.NOTE, ROLLOUT, needs=frozenset(["trafficRouting"])),
    _rule("TP717", "anti-affinity-is-one", Severity.ERROR, ROLLOUT, needs=frozenset(["antiAffinity"]), before_helm=True),
    _rule("TP718", "abort-delay", Severity.WARNING, ROLLOUT, needs=frozenset(["abortScaleDownDelaySeconds"]), before_helm=True),
    _rule(
        "TP719",
        "progress-threshold",
        Severity.WARNING,
        ROLLOUT,
        needs=frozenset(["replicaProgressThreshold"]),
        before_helm=True,
    ),
    _rule("TP721", "step-is-one-action", Severity.ERROR, ROLLOUT, needs=frozenset(["steps"]), before_helm=True),
    _rule(
        "TP722",
        "step-skips-action",
        Severity.WARNING,
        ROLLOUT,
        needs=frozenset(["setCanaryScale", "setHeaderRoute", "setMirrorRoute", "plugin"]),
        before_helm=True,
    ),
    _rule(
        "TP723",
        "weight-in-range",
        Severity.ERROR,
        ROLLOUT,
        needs=frozenset(["setWeight", "maxTrafficWeight"]),
        before_helm=True,
    ),
    _rule("TP724", "pause-duration", Severity.ERROR, ROLLOUT, needs=frozenset(["pause"]), before_helm=True),
    _rule("TP725", "canary-scale-sensible", Severity.WARNING, ROLLOUT, needs=frozenset(["setCanaryScale"]), before_helm=True),
    _rule("TP726", "canary-has-pods", Severity.WARNING, ROLLOUT, needs=frozenset(["trafficRouting"]), before_helm=True),
    _rule(
        "TP727",
        "managed-routes",
        Severity.ERROR,
        ROLLOUT,
        needs=frozenset(["setHeaderRoute", "setMirrorRoute"]),
        before_helm=True,
    ),
    _rule(
        "TP728",
        "route-match-is-one",
        Severity.ERROR,
        ROLLOUT,
        needs=frozenset(["setHeaderRoute", "setMirrorRoute"]),
        before_helm=True,
    ),
    _rule("TP731", "router-needs-services", Severity.ERROR, ROLLOUT, needs=frozenset(["trafficRouting"]), before_helm=True),
    _rule("TP732", "ping-pong", Severity.ERROR, ROLLOUT, needs=frozenset(["pingPong"]), before_helm=True),
    _rule("TP733", "router-object-is-one", Severity.ERROR, ROLLOUT, needs=frozenset(["trafficRouting"]), before_helm=True),
    _rule("TP734", "router-is-known", Severity.ERROR, ROLLOUT, needs=frozenset(["trafficRouting"]), before_helm=True),
    _rule("TP735", "stable-scale-is-one", Severity.ERROR, ROLLOUT, needs=frozenset(["dynamicStableScale"]), before_helm=True),
    _rule("TP736", "services-without-router", Severity.WARNING, ROLLOUT, needs=frozenset(["stableService"]), before_helm=True),
    _rule("TP737", "experiment-weight", Severity.ERROR, ROLLOUT, needs=frozenset(["experiment"]), before_helm=True),
    _rule("TP738", "abort-ends", Severity.ERROR, ROLLOUT, needs=frozenset(["minPodsPerReplicaSet"]), before_helm=True),
    _rule("TP739", "traffic-keeps-pods", Severity.ERROR, ROLLOUT, needs=frozenset(["dynamicStableScale"]), before_helm=True),
    _rule(
        "TP741", "scale-down-limit", Severity.ERROR, ROLLOUT, needs=frozenset(["scaleDownDelayRevisionLimit"]), before_helm=True
    ),
    _rule(
        "TP742", "auto-promotion-counts", Severity.WARNING, ROLLOUT, needs=frozenset(["autoPromotionSeconds"]), before_helm=True
    ),
    _rule(
        "TP743",
        "strategy-numbers",
        Severity.WARNING,
        ROLLOUT,
        needs=frozenset(
            [
                "scaleDownDelaySeconds",
                "abortScaleDownDelaySeconds",
                "scaleDownDelayRevisionLimit",
                "minPodsPerReplicaSet",
                "previewReplicaCount",
                "autoPromotionSeconds",
                "setMirrorRoute",
                "stickinessConfig",
            ]
        ),
        before_helm=True,
    ),
    _rule("TP744", "rollback-window", Severity.WARNING, ROLLOUT, needs=frozenset(["rollbackWindow"]), before_helm=True),
    _rule("TP745", "blue-green-beside-alb", Severity.WARNING, ROLLOUT, needs=frozenset(["activeService"])),
    _rule("TP746", "pod-variables-valid", Severity.ERROR, HOLDERS, needs=KEYS),
    _rule("TP747", "pod-volumes-valid", Severity.ERROR, HOLDERS, needs=KEYS),
    _rule("TP748", "pod-placement-valid", Severity.ERROR, HOLDERS, needs=KEYS),
    _rule("TP749", "pod-security-valid", Severity.ERROR, HOLDERS, needs=KEYS),
)
"""Sorted by id."""
