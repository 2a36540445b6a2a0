"""The subsets of Istio's DestinationRules, by the Services that these are about."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from generator.kubernetes.backends import ISTIO, service_of
from generator.kubernetes.namespaces import ByNamespace
from generator.kubernetes.objects import Objects, maps
from generator.syntax.wording import listed

_ANYWHERE = None
"""In the place of a namespace: the rules of all."""


def of(objects: Objects) -> Subsets:
    """Return the subsets of all DestinationRules, which are gone through once."""
    return objects.once("subsets", Subsets)


class Subsets:
    """What DestinationRules say of a Service: those that name it in its namespace, and those with a wildcard."""

    def __init__(self, objects: Objects) -> None:
        self._of_all: set[str] = set()
        """The subsets of rules whose host has a wildcard, which may be about any Service."""
        self._titles_of_all: list[str] = []
        self._named: dict[tuple[str, str | None], set[str]] = {}
        """Subsets by the name and the namespace of the Service."""
        self._titles: dict[str, ByNamespace[str]] = {}
        self._said: dict[tuple[str, str], str] = {}
        for rule in objects.of(ISTIO, "DestinationRule"):
            host = rule.spec.get("host")
            names = {str(subset.get("name")) for _, subset in maps(rule.spec.get("subsets"))}
            service = service_of(host)
            if isinstance(host, str) and "*" in host:
                self._titles_of_all.append(rule.title)
                self._of_all |= names
            elif service is not None:
                name, namespace = service[0], service[1] or objects.namespace_of(rule)
                self._titles.setdefault(name, ByNamespace()).add(namespace, rule.title)
                for where in (namespace, _ANYWHERE):
                    self._named.setdefault((name, where), set()).update(names)

    def have(self, service: str, namespace: str, subset: str) -> bool:
        """Tell whether a rule that is, or may be, about a Service has a subset."""
        return any(subset in names for names in self._parts(service, namespace))

    def known(self, service: str, namespace: str) -> Iterator[str]:
        """Yield the subsets of all rules that are, or may be, about a Service."""
        return chain.from_iterable(self._parts(service, namespace))

    def titles(self, service: str, namespace: str) -> str:
        """Return the rules that are, or may be, about a Service, as a part of a sentence; empty if there are none."""
        named = self._titles.get(service)
        key = (service, namespace) if named is not None else ("", "")
        if key not in self._said:
            titles = [*self._titles_of_all, *(named.near(namespace) if named is not None else ())]
            self._said[key] = listed(titles) if titles else ""
        return self._said[key]

    def _parts(self, service: str, namespace: str) -> Iterator[set[str]]:
        yield self._of_all
        for where in (namespace, "") if namespace else (_ANYWHERE,):
            yield self._named.get((service, where), set())
