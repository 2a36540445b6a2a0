"""The rule TP738, abort-ends."""

from __future__ import annotations

from collections.abc import Iterator

from generator.kubernetes.arithmetic import weighted
from generator.kubernetes.objects import KubeObject, Objects
from generator.kubernetes.rollouts import canary, number, routing, weights, whole_weight
from generator.kubernetes.target import first_of
from generator.lint.rules.rule import Finding

_MOST = 100_000


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """An abort must be able to give all traffic back to the stable version.

    With `dynamicStableScale`, Argo Rollouts 1.9 and newer go back over the weights of the steps: the canary gets the
    last weight that needs fewer pods than the canary has. `minPodsPerReplicaSet` never lets it have fewer. If a weight
    of the steps needs fewer pods than that, the canary keeps that weight and those pods until the Rollout changes. An
    `abortScaleDownDelaySeconds` above 0 ends it from 1.10 on. `tiphys plan --abort-at` shows the way back.
    Wrong:
        kind: Rollout
        spec:
          replicas: 10
          strategy:
            canary:
              dynamicStableScale: true
              minPodsPerReplicaSet: 2
              trafficRouting: {nginx: {stableIngress: web}}
              steps: [{setWeight: 10}, {pause: {}}, {setWeight: 50}, {pause: {}}]
    Right:
        kind: Rollout
        spec:
          replicas: 10
          strategy:
            canary:
              dynamicStableScale: true
              minPodsPerReplicaSet: 2
              trafficRouting: {nginx: {stableIngress: web}}
              steps: [{setWeight: 20}, {pause: {}}, {setWeight: 50}, {pause: {}}]
    Source: argo-rollouts, utils/replicaset/canary.go, GetDesiredCanaryWeight
    """
    given, stated = canary(item), objects.target.release("rollouts")
    least, replicas = number(given.get("minPodsPerReplicaSet")), number(item.spec.get("replicas"))
    if given.get("dynamicStableScale") is not True or least is None or replicas is None or not routing(item):
        return
    if (stated is not None and stated < first_of("1.9")) or number(given.get("abortScaleDownDelaySeconds")):
        return
    whole, kept = whole_weight(item), min(least, replicas)
    for pointer, weight in reversed(list(weights(item))):
        if not 0 <= weight <= whole or replicas > _MOST:
            return
        pods = weighted(replicas, weight, whole)
        if pods < kept:
            if weight > 0:
                message = (
                    f"an abort never ends: it keeps weight {weight}, which needs {pods} of the {kept} pods that "
                    "`minPodsPerReplicaSet` keeps"
                )
                hint = f"set `minPodsPerReplicaSet` to {pods} or less, raise this weight, or set `abortScaleDownDelaySeconds`"
                yield Finding(pointer, message, hint)
            return
