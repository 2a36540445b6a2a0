"""What the API server adds to workloads before admission policies see them.

Source: kubernetes, pkg/apis/core/v1/defaults.go, pkg/apis/apps/v1/defaults.go and pkg/apis/batch/v1/defaults.go
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generator.kubernetes.objects import KubeObject, at
from generator.kubernetes.pods.places import pods_in

Defaults = Mapping[str, Any]

_ROLLING: Defaults = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"}}
_WORKLOADS: Mapping[tuple[str, str], Defaults] = {
    ("apps", "Deployment"): {
        "replicas": 1,
        "strategy": _ROLLING,
        "revisionHistoryLimit": 10,
        "progressDeadlineSeconds": 600,
    },
    ("apps", "StatefulSet"): {
        "replicas": 1,
        "podManagementPolicy": "OrderedReady",
        "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 0}},
        "revisionHistoryLimit": 10,
    },
    ("apps", "DaemonSet"): {
        "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1}},
        "revisionHistoryLimit": 10,
    },
    ("batch", "Job"): {
        "parallelism": 1,
        "completions": 1,
        "backoffLimit": 6,
        "completionMode": "NonIndexed",
        "suspend": False,
    },
    ("batch", "CronJob"): {
        "concurrencyPolicy": "Allow",
        "suspend": False,
        "successfulJobsHistoryLimit": 3,
        "failedJobsHistoryLimit": 1,
    },
    ("", "Pod"): {"enableServiceLinks": True},
}
_POD: Defaults = {
    "restartPolicy": "Always",
    "dnsPolicy": "ClusterFirst",
    "terminationGracePeriodSeconds": 30,
    "securityContext": {},
    "schedulerName": "default-scheduler",
}
_CONTAINER: Defaults = {
    "resources": {},
    "terminationMessagePath": "/dev/termination-log",
    "terminationMessagePolicy": "File",
}
_PROBE: Defaults = {"timeoutSeconds": 1, "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3}
_PROBES = ("startupProbe", "livenessProbe", "readinessProbe")


def is_known(item: KubeObject) -> bool:
    """Tell whether all defaults of an object are known: a field that is absent then is absent in the cluster, too."""
    return (item.group, item.kind) in _WORKLOADS


def with_defaults(item: KubeObject) -> dict[str, Any]:
    """Return an object as the API server completes it; unchanged if its defaults are not known."""
    if not is_known(item):
        return item.data
    data: dict[str, Any] = _copied(item.data)
    _complete(data.setdefault("spec", {}), _WORKLOADS[item.group, item.kind])
    for pod in pods_in(item._replace(data=data)):
        spec = at(data, *pod.base, "spec")
        if isinstance(spec, dict):
            _complete(spec, _POD)
            for field in ("initContainers", "containers"):
                for container in spec[field] if isinstance(spec.get(field), list) else ():
                    _complete(container, _CONTAINER)
                    _complete_container(container)
    return data


def _complete_container(container: Any) -> None:
    if not isinstance(container, dict):
        return
    name = str(container.get("image") or "").rpartition("/")[2]
    latest = name.partition("@")[0].partition(":")[2] in ("", "latest") and "@" not in name
    container.setdefault("imagePullPolicy", "Always" if latest else "IfNotPresent")
    for port in container["ports"] if isinstance(container.get("ports"), list) else ():
        _complete(port, {"protocol": "TCP"})
    for probe in _PROBES:
        _complete(container.get(probe), _PROBE)
        _complete(at(container, probe, "httpGet"), {"scheme": "HTTP", "path": "/"})


def _complete(node: Any, defaults: Defaults) -> None:
    """Add what a mapping lacks; a null is a field that is not set."""
    if isinstance(node, dict):
        for name, value in defaults.items():
            if node.get(name) is None:
                node[name] = _copied(value)


def _copied(node: Any) -> Any:
    """Return data of its own, without the fields that are null."""
    if isinstance(node, dict):
        return {name: _copied(value) for name, value in node.items() if value is not None}
    return [_copied(value) for value in node] if isinstance(node, list) else node
