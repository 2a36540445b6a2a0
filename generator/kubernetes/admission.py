"""ValidatingAdmissionPolicies and their bindings: which objects they are about.

Source: kubernetes, staging/src/k8s.io/apiserver/pkg/admission/plugin/policy/matching/matching.go and
plugin/webhook/predicates
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from generator.kubernetes.beside import CLUSTER_WIDE
from generator.kubernetes.objects import KubeObject, at, maps, texts
from generator.kubernetes.rollouts import table
from generator.kubernetes.selectors import is_empty, matches

GROUP = "admissionregistration.k8s.io"
POLICY, BINDING = "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"
EXEMPT = (POLICY, BINDING)
"""Kinds that no policy is asked about."""
_NAME_LABEL = "kubernetes.io/metadata.name"
_PLURALS = {"Endpoints": "endpoints"}
_VOWELS = "aeiou"


class UnknownMatchError(Exception):
    """Whether a policy is about an object depends on what is not known here; the text says on what."""


class Subject(NamedTuple):
    """An object that is applied, as admission sees it."""

    item: KubeObject
    namespace: str
    """Empty for one of the whole cluster, and where it is not known."""
    home: KubeObject | None
    """Its Namespace, if that is known."""

    @property
    def is_namespaced(self) -> bool:
        """Whether it is in a namespace."""
        return self.item.kind not in CLUSTER_WIDE

    @property
    def version(self) -> str:
        """The version of its API."""
        return self.item.api_version.rpartition("/")[2]

    @property
    def resource(self) -> str:
        """The plural name of its kind."""
        return plural(self.item.kind)


def plural(kind: str) -> str:
    """Return the resource of a kind, as Kubernetes forms it: `networkpolicies`."""
    word = kind.lower()
    if kind in _PLURALS:
        return _PLURALS[kind]
    if word.endswith(("s", "x", "ch", "sh")):
        return f"{word}es"
    return f"{word[:-1]}ies" if word.endswith("y") and word[-2:-1] not in _VOWELS else f"{word}s"


def bound(items: Iterable[KubeObject]) -> Iterator[tuple[KubeObject, list[KubeObject]]]:
    """Yield each policy with the bindings that name it."""
    known = [item for item in items if item.kind in EXEMPT and item.group == GROUP]
    bindings: dict[str, list[KubeObject]] = {}
    for item in known:
        if item.kind == BINDING:
            bindings.setdefault(str(item.spec.get("policyName")), []).append(item)
    for item in known:
        if item.kind == POLICY:
            yield item, bindings.get(item.name, [])


def groups_of(constraints: dict[str, Any]) -> frozenset[str] | None:
    """Return the API groups that a policy may be about; None for all."""
    found: set[str] = set()
    for _, rule in maps(constraints.get("resourceRules")):
        named = rule.get("apiGroups")
        found.update(word for word in named if isinstance(word, str)) if isinstance(named, list) else None
    return None if "*" in found else frozenset(found)


def operation(constraints: dict[str, Any], subject: Subject) -> str:
    """Return the operation of an apply that a policy is about: CREATE, or UPDATE if it names that alone; empty for none.

    Raises UnknownMatchError.
    """
    found: set[str] = set()
    for _, rule in maps(constraints.get("resourceRules")):
        if _names(rule, subject, constraints):
            found |= {text for _, text in texts(rule.get("operations"))}
    if not found or any(_names(rule, subject, constraints) for _, rule in maps(constraints.get("excludeResourceRules"))):
        return ""
    if not _selected(constraints, subject):
        return ""
    return "CREATE" if found & {"CREATE", "*"} else "UPDATE" if "UPDATE" in found else ""


def narrows(constraints: dict[str, Any], subject: Subject) -> bool:
    """Tell whether the matchResources of a binding leave an object out; raises UnknownMatchError."""
    rules = list(maps(constraints.get("resourceRules")))
    if rules and not any(_names(rule, subject, constraints) for _, rule in rules):
        return True
    excluded = any(_names(rule, subject, constraints) for _, rule in maps(constraints.get("excludeResourceRules")))
    return excluded or not _selected(constraints, subject)


def _names(rule: dict[str, Any], subject: Subject, constraints: dict[str, Any]) -> bool:
    if not _holds(rule.get("apiGroups"), subject.item.group) or not _is_resource(rule, subject):
        return False
    if rule.get("scope") not in (None, "*", "Namespaced" if subject.is_namespaced else "Cluster"):
        return False
    named = [text for _, text in texts(rule.get("resourceNames"))]
    if named and subject.item.name not in named:
        return False
    if not _holds(rule.get("apiVersions"), subject.version):
        if constraints.get("matchPolicy") == "Exact":
            return False
        raise UnknownMatchError(f"it names other versions of {subject.item.kind} than {subject.version}")
    return True


def _holds(words: Any, word: str) -> bool:
    return isinstance(words, list) and ("*" in words or word in words)


def _is_resource(rule: dict[str, Any], subject: Subject) -> bool:
    return any(text in ("*", "*/*", subject.resource) for _, text in texts(rule.get("resources")))


def _selected(constraints: dict[str, Any], subject: Subject) -> bool:
    selector = constraints.get("objectSelector")
    if not is_empty(selector) and not matches(selector, subject.item.labels):
        return False
    selector = constraints.get("namespaceSelector")
    if is_empty(selector) or (not subject.is_namespaced and subject.item.kind != "Namespace"):
        return True
    return _in_namespace(table(constraints, "namespaceSelector"), subject)


def _in_namespace(selector: dict[str, Any], subject: Subject) -> bool:
    home = subject.item if subject.item.kind == "Namespace" else subject.home
    if home is not None:
        return matches(selector, {**home.labels, _NAME_LABEL: home.name})
    asked = {*table(selector, "matchLabels"), *(at(one, "key") for _, one in maps(selector.get("matchExpressions")))}
    if not subject.namespace or asked != {_NAME_LABEL}:
        raise UnknownMatchError("it selects namespaces by labels, and the Namespace of an object is not among the manifests")
    return matches(selector, {_NAME_LABEL: subject.namespace})
