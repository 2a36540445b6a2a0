"""Where pods may run: selectors of nodes, affinity, tolerations and spread.

Source: kubernetes, pkg/apis/core/validation/validation.go, validateAffinity, ValidateTolerations and
validateTopologySpreadConstraints
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.diagnostics import Pointer
from generator.kubernetes.names import DNS_LABEL, DNS_NAME, KEY, LABEL_VALUE
from generator.kubernetes.objects import maps
from generator.kubernetes.pods.places import Pod
from generator.kubernetes.pods.shapes import (
    Check,
    Fault,
    at_least,
    between,
    both,
    choice,
    each,
    entries,
    fields,
    filled,
    text,
    unique,
)
from generator.kubernetes.selectors import faults as faults_of_selector

_LARGEST = 2**31 - 1


def _operators(selector: Any, here: Pointer) -> Iterator[Fault]:
    for pointer, message, hint in faults_of_selector(selector) if isinstance(selector, dict) else ():
        yield Fault((*here, *pointer), message, hint)


label_selector: Check = both(
    fields(
        matchLabels=entries(KEY, LABEL_VALUE),
        matchExpressions=each(fields(key=text(KEY), values=each(text(LABEL_VALUE)))),
    ),
    _operators,
)
"""A check of a selector of labels."""


def _node_expression(expression: Any, here: Pointer) -> Iterator[Fault]:
    if not isinstance(expression, dict) or not isinstance(expression.get("operator"), str):
        return
    operator, values = expression["operator"], expression.get("values")
    pointer: Pointer = (*here, "operator")
    if operator not in ("In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"):
        yield Fault(pointer, f"`{operator}` is not a valid operator", "use In, NotIn, Exists, DoesNotExist, Gt or Lt")
    elif operator in ("In", "NotIn") and not values:
        yield Fault(pointer, f"`{operator}` requires values", "list them under `values`")
    elif operator in ("Exists", "DoesNotExist") and values:
        yield Fault((*here, "values"), f"`{operator}` takes no values", "remove them")
    elif operator in ("Gt", "Lt") and not (isinstance(values, list) and len(values) == 1):
        yield Fault(pointer, f"`{operator}` requires one value", "write one integer under `values`")


def _node_field(expression: Any, here: Pointer) -> Iterator[Fault]:
    if not isinstance(expression, dict) or not isinstance(expression.get("operator"), str):
        return
    operator, values = expression["operator"], expression.get("values")
    if operator not in ("In", "NotIn"):
        yield Fault((*here, "operator"), f"`{operator}` is not a valid operator of a field", "use In or NotIn")
    elif not isinstance(values, list) or len(values) != 1:
        yield Fault((*here, "values"), f"`{operator}` of a field requires one value", "list one name under `values`")
    if expression.get("key") != "metadata.name":
        yield Fault((*here, "key"), f"nodes cannot be selected by field `{expression.get('key')}`", "use metadata.name")


_NODES = fields(
    matchExpressions=each(both(fields(key=text(KEY)), _node_expression)),
    matchFields=each(_node_field),
)


def _keys(term: Any, here: Pointer) -> Iterator[Fault]:
    """Yield the faults of label keys that are added to a selector: there must be one, and it must not name them."""
    if not isinstance(term, dict):
        return
    selector = term.get("labelSelector")
    named = (
        {str(expression.get("key")) for _, expression in maps(selector.get("matchExpressions"))}
        if isinstance(selector, dict)
        else set()
    )
    labels = selector.get("matchLabels") if isinstance(selector, dict) else None
    named |= set(labels) if isinstance(labels, dict) else set()
    for field in ("matchLabelKeys", "mismatchLabelKeys"):
        keys = term.get(field)
        if isinstance(keys, list) and keys and selector is None:
            yield Fault((*here, field), f"{field} needs a labelSelector", "add `labelSelector`, or remove it")
            continue
        for index, key in enumerate(keys if isinstance(keys, list) else ()):
            yield from text(KEY)(key, (*here, field, index))
            if isinstance(key, str) and key in named and field == "matchLabelKeys":
                yield Fault((*here, field, index), f"the labelSelector names `{key}` already", "remove it from one of the two")


_TERM = both(
    fields(
        topologyKey=both(filled, text(KEY, empty=True)),
        labelSelector=label_selector,
        namespaceSelector=label_selector,
        namespaces=each(text(DNS_LABEL)),
    ),
    _keys,
)
_PODS = fields(
    requiredDuringSchedulingIgnoredDuringExecution=each(_TERM),
    preferredDuringSchedulingIgnoredDuringExecution=each(fields(weight=between(1, 100), podAffinityTerm=_TERM)),
)


def _terms(required: Any, here: Pointer) -> Iterator[Fault]:
    if isinstance(required, dict) and required.get("nodeSelectorTerms") == []:
        yield Fault((*here, "nodeSelectorTerms"), "nodeSelectorTerms is empty", "add a term, or remove the affinity")


_AFFINITY = fields(
    nodeAffinity=fields(
        requiredDuringSchedulingIgnoredDuringExecution=both(_terms, fields(nodeSelectorTerms=each(_NODES))),
        preferredDuringSchedulingIgnoredDuringExecution=each(fields(weight=between(1, 100), preference=_NODES)),
    ),
    podAffinity=_PODS,
    podAntiAffinity=_PODS,
)


def _toleration(one: Any, here: Pointer) -> Iterator[Fault]:
    if not isinstance(one, dict):
        return
    operator = one.get("operator") or "Equal"
    if not one.get("key") and operator != "Exists" and operator in _TOLERATIONS:
        yield Fault(
            (*here, "operator"), "a toleration without a key must have operator Exists", "set `key`, or `operator: Exists`"
        )
    elif operator == "Exists" and one.get("value"):
        yield Fault((*here, "value"), "a toleration with operator Exists has no value", "remove `value`, or use Equal")
    elif operator == "Equal":
        yield from text(LABEL_VALUE)(one.get("value"), (*here, "value"))
    if one.get("tolerationSeconds") is not None and one.get("effect") != "NoExecute":
        message = "tolerationSeconds needs effect NoExecute"
        yield Fault((*here, "tolerationSeconds"), message, "remove it, or set `effect: NoExecute`")


_TOLERATIONS = ("Equal", "Exists", "Lt", "Gt")
_EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")
_TOLERATED = both(
    fields(key=text(KEY, empty=True), operator=choice("Equal", "Exists", empty=True), effect=choice(*_EFFECTS, empty=True)),
    _toleration,
)


def _domains(spread: Any, here: Pointer) -> Iterator[Fault]:
    if (
        isinstance(spread, dict)
        and spread.get("minDomains") is not None
        and spread.get("whenUnsatisfiable") == "ScheduleAnyway"
    ):
        message = "minDomains needs `whenUnsatisfiable: DoNotSchedule`"
        yield Fault((*here, "minDomains"), message, "remove it, or set `whenUnsatisfiable: DoNotSchedule`")


_SPREAD = both(
    fields(
        maxSkew=at_least(1),
        topologyKey=filled,
        whenUnsatisfiable=choice("DoNotSchedule", "ScheduleAnyway"),
        minDomains=at_least(1),
        nodeAffinityPolicy=choice("Ignore", "Honor"),
        nodeTaintsPolicy=choice("Ignore", "Honor"),
        labelSelector=label_selector,
    ),
    _keys,
    _domains,
)
_SPEC = fields(
    nodeSelector=entries(KEY, LABEL_VALUE),
    nodeName=text(DNS_NAME, empty=True),
    affinity=_AFFINITY,
    tolerations=each(_TOLERATED),
    topologySpreadConstraints=both(each(_SPREAD), unique("topologyKey", "whenUnsatisfiable")),
    priorityClassName=text(DNS_NAME, empty=True),
    preemptionPolicy=choice("Never", "PreemptLowerPriority"),
    runtimeClassName=text(DNS_NAME),
    schedulerName=text(DNS_NAME, empty=True),
    schedulingGates=both(each(fields(name=text(KEY))), unique("name")),
    readinessGates=each(fields(conditionType=text(KEY))),
    activeDeadlineSeconds=between(1, _LARGEST),
)


def faults(pod: Pod) -> Iterator[Fault]:
    """Yield what the API server refuses in where a pod may run."""
    return _SPEC(pod.spec, pod.here)
