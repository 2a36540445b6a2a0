"""What a ValidatingAdmissionPolicy, or its binding, is about: matchConstraints and matchResources.

Rules are read once, and asked once for each kind. Everything that is looked at is paid for: files hold as many rules,
selectors and objects as their authors like, and each meets each.

Source: kubernetes, staging/src/k8s.io/apiserver/pkg/admission/plugin/policy/matching/matching.go and
plugin/webhook/predicates
"""

from __future__ import annotations

from typing import Any, NamedTuple

from generator.kubernetes.admission import NAME_LABEL, Subject
from generator.kubernetes.objects import maps
from generator.kubernetes.rollouts import table
from generator.kubernetes.selectors import Requirements
from generator.syntax.budget import ITEM, STEP, Budget

_Kind = tuple[str, str, str]
_CREATES = frozenset(("CREATE", "*"))
_OF_APPLY = _CREATES | {"UPDATE"}


class UnknownMatchError(Exception):
    """Whether a policy is about an object depends on what is not known here; the text says on what."""


class Constraints:
    """Which objects are meant, and with which operations."""

    __slots__ = ("_excluded", "_named", "_namespaces", "_objects")

    def __init__(self, spec: dict[str, Any], budget: Budget) -> None:
        """Begin with the rules and selectors in any data; raises SpentError."""
        budget.read([spec], factor=2)
        is_exact = spec.get("matchPolicy") == "Exact"
        self._named = _Rules(spec.get("resourceRules"), is_exact=is_exact)
        self._excluded = _Rules(spec.get("excludeResourceRules"), is_exact=is_exact)
        self._objects = Requirements(table(spec, "objectSelector"))
        self._namespaces = Requirements(table(spec, "namespaceSelector"))

    def operation(self, subject: Subject, budget: Budget) -> str:
        """Return the operation of an apply that is meant: CREATE, or UPDATE if that alone is named; empty for none.

        Raises UnknownMatchError and SpentError.
        """
        named = self._named.of(subject, budget)
        if not (named.operations or named.is_unknown) or self._leaves_out(subject, budget):
            return ""
        if named.operations & _CREATES:
            return "CREATE"
        if named.is_unknown:
            raise _other_version(subject)
        return "UPDATE"

    def narrows(self, subject: Subject, budget: Budget) -> bool:
        """Tell whether an object is left out, if rules are only there to name fewer; raises as `operation` does."""
        named = self._named.of(subject, budget)
        if self._named.are_any and not named.is_met and not named.is_unknown:
            return True
        if self._leaves_out(subject, budget):
            return True
        if self._named.are_any and not named.is_met:
            raise _other_version(subject)
        return False

    def _leaves_out(self, subject: Subject, budget: Budget) -> bool:
        """Tell whether an exclusion or a selector leaves an object out; what surely does counts before what may."""
        excluded = self._excluded.of(subject, budget)
        budget.spend(self._objects.cost + self._namespaces.cost)
        if excluded.is_met or not self._objects.are_met(subject.labels) or not self._are_of_namespace(subject):
            return True
        if excluded.is_unknown:
            raise _other_version(subject)
        return False

    def _are_of_namespace(self, subject: Subject) -> bool:
        if self._namespaces.are_none or (not subject.is_namespaced and subject.kind != "Namespace"):
            return True
        if subject.home is not None:
            return self._namespaces.are_met(subject.home.labels)
        if not subject.namespace or self._namespaces.keys != {NAME_LABEL}:
            raise UnknownMatchError(
                "it selects namespaces by labels, and the Namespace of an object is not among the manifests"
            )
        return self._namespaces.are_met({NAME_LABEL: subject.namespace})


def _other_version(subject: Subject) -> UnknownMatchError:
    return UnknownMatchError(f"it names other versions of {subject.kind} than {subject.version}")


class _Verdict(NamedTuple):
    """What rules say of an object."""

    is_met: bool
    """Whether one names it."""
    operations: frozenset[str]
    """The operations that those name."""
    is_unknown: bool
    """Whether one names it in a different version, which the API server may convert it to."""


class _Rule(NamedTuple):
    """One entry of resourceRules."""

    groups: frozenset[str]
    versions: frozenset[str]
    resources: frozenset[str]
    operations: frozenset[str]
    names: frozenset[str]
    """The objects that are meant; all if empty."""
    scope: Any

    def is_about(self, subject: Subject) -> bool:
        """Tell whether it names the kind of an object, in any version and by any name."""
        if self.scope not in (None, "*", "Namespaced" if subject.is_namespaced else "Cluster"):
            return False
        is_resource = "*" in self.resources or "*/*" in self.resources or subject.resource in self.resources
        return is_resource and _holds(self.groups, subject.group)


def _rule(node: dict[str, Any]) -> _Rule:
    groups, versions, resources, operations, names = (
        _words(node.get(field)) for field in ("apiGroups", "apiVersions", "resources", "operations", "resourceNames")
    )
    return _Rule(groups, versions, resources, operations & _OF_APPLY, names - {""}, node.get("scope"))


def _holds(words: frozenset[str], word: str) -> bool:
    return "*" in words or word in words


def _words(node: Any) -> frozenset[str]:
    return frozenset(one for one in node if isinstance(one, str)) if isinstance(node, list) else frozenset()


class _OfKind(NamedTuple):
    """The rules about one kind: what those for all names say, and those for some, each with whether it is unknown."""

    always: _Verdict
    by_name: tuple[tuple[_Rule, bool], ...]


class _Rules:
    __slots__ = ("_by_kind", "_is_exact", "_rules", "are_any")

    def __init__(self, node: Any, *, is_exact: bool) -> None:
        self._rules = [_rule(one) for _, one in maps(node)]
        self._is_exact = is_exact
        self._by_kind: dict[_Kind, _OfKind] = {}
        self.are_any = bool(self._rules)

    def of(self, subject: Subject, budget: Budget) -> _Verdict:
        """Return what the rules say of an object; raises SpentError."""
        kind = (subject.group, subject.version, subject.kind)
        if kind not in self._by_kind:
            self._by_kind[kind] = self._of_kind(subject, budget)
        found, by_name = self._by_kind[kind]
        budget.spend(len(by_name) * ITEM)
        for rule, is_unknown in by_name:
            if subject.name in rule.names:
                found = _with(found, rule, is_unknown=is_unknown)
        return found

    def _of_kind(self, subject: Subject, budget: Budget) -> _OfKind:
        budget.spend(len(self._rules) * STEP + STEP)
        always, by_name = _Verdict(is_met=False, operations=frozenset(), is_unknown=False), []
        for rule in self._rules:
            is_unknown = not _holds(rule.versions, subject.version)
            if not rule.is_about(subject) or (is_unknown and self._is_exact):
                continue
            if rule.names:
                by_name.append((rule, is_unknown))
            else:
                always = _with(always, rule, is_unknown=is_unknown)
        return _OfKind(always, tuple(by_name))


def _with(found: _Verdict, rule: _Rule, *, is_unknown: bool) -> _Verdict:
    if is_unknown:
        return found._replace(is_unknown=True)
    return found._replace(is_met=True, operations=found.operations | rule.operations)
