"""Kubernetes objects that are applied together, and how they are found among each other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

from generator.diagnostics import Pointer
from generator.kubernetes.api_groups import BUILT_IN
from generator.kubernetes.namespaces import ByNamespace, may_be_same
from generator.kubernetes.reading import Reading
from generator.kubernetes.target import UNSTATED, Target
from generator.syntax.named_tuples import NamedTuple
from generator.syntax.reader import Source

if TYPE_CHECKING:
    from generator.kubernetes.applicationsets.model import Made
    from generator.syntax.secrets.ingredients import Ingredients

Found = TypeVar("Found")

ROLLOUTS = "argoproj.io"
"""The API group of Argo Rollouts and Argo CD alike."""


class KubeObject(NamedTuple):
    """One Kubernetes object, and where it comes from."""

    data: dict[str, Any]
    source: Source | None = None
    """The file it is in; None for one that Helm or Tiphys rendered."""
    at: Pointer = ()
    """Where in that file: () for a document of its own, ("items", 3) in a List."""
    origin: str = ""
    """The template of a chart that it was rendered by, such as service/templates/ingress.yaml."""
    whole: bool = True
    """False when only a part of it is known yet, such as a Rollout before its chart is rendered."""
    patches: tuple[KubeObject, ...] = ()
    """Documents that kustomize merged over it; the last one that sets a value wins."""
    made: Made | None = None
    """What an ApplicationSet made it of; its source and place are then those of the set."""
    ingredients: Ingredients | None = None
    """What a program or a template made it of; None for what is as its file has it."""

    @property
    def api_version(self) -> str:
        """`group/version`, or the version alone for the core group."""
        return _text(self.data.get("apiVersion"))

    @property
    def group(self) -> str:
        """The API group; empty for the core group."""
        return _text(self.data.get("apiVersion")).rpartition("/")[0]

    @property
    def is_built_in(self) -> bool:
        """Whether its API is one of Kubernetes itself; the core group has v1 alone."""
        return self.group in BUILT_IN if self.group else self.api_version == "v1"

    @property
    def kind(self) -> str:
        """The kind, such as Rollout."""
        return _text(self.data.get("kind"))

    @property
    def metadata(self) -> dict[str, Any]:
        """Its metadata; empty where it has none."""
        return _map(self.data.get("metadata"))

    @property
    def name(self) -> str:
        """Its name; empty where it has none."""
        return _text(self.metadata.get("name"))

    @property
    def namespace(self) -> str:
        """The namespace it sets; empty if that is decided when it is applied."""
        return str(self.metadata.get("namespace") or "")

    @property
    def spec(self) -> dict[str, Any]:
        """Its spec; empty where it has none."""
        return _map(self.data.get("spec"))

    @property
    def labels(self) -> dict[str, Any]:
        """Its labels."""
        return _map(self.metadata.get("labels"))

    @property
    def annotations(self) -> dict[str, Any]:
        """Its annotations."""
        return _map(self.metadata.get("annotations"))

    @property
    def title(self) -> str:
        """What people call it: `Service checkout-canary`."""
        return f"{self.kind} {self.name}".rstrip()


class Reference(NamedTuple):
    """A reference from one object to another, by the name at a pointer; `role` is the field for people: stableService."""

    pointer: Pointer
    group: str
    kind: str
    name: str
    role: str
    near: bool = True
    """Whether it is looked for in the namespace of the object; not so for what the cluster has one of."""
    namespace: str = ""


def at(node: Any, *path: str | int) -> Any:
    """Return the value at a path of any data; None if it does not exist."""
    for part in path:
        if isinstance(node, dict):
            node = node.get(part)
        elif isinstance(node, list) and isinstance(part, int) and part < len(node):
            node = node[part]
        else:
            return None
    return node


def maps(node: Any) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the maps in a list, with their indexes; nothing of anything that is not a list, or no map in it."""
    if isinstance(node, list):
        for index, item in enumerate(node):
            if isinstance(item, dict):
                yield index, item


def texts(node: Any) -> Iterator[tuple[int, str]]:
    """Yield the texts in a list that are not empty, with their indexes."""
    if isinstance(node, list):
        for index, item in enumerate(node):
            if isinstance(item, str) and item:
                yield index, item


def _text(value: Any) -> str:
    """Return a value as text, as almost all are."""
    return value if type(value) is str else str(value or "")


def _map(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _by_name(objects: Objects) -> dict[tuple[str, str, str], ByNamespace[KubeObject]]:
    found: dict[tuple[str, str, str], ByNamespace[KubeObject]] = {}
    for item in (*objects, *objects.elsewhere):
        named = found.setdefault((item.group, item.kind, item.name), ByNamespace())
        named.add(objects.namespace_of(item), item)
    return found


class Objects:
    """Objects that are applied together, by kind, name and namespace."""

    def __init__(
        self,
        objects: Iterable[KubeObject],
        *,
        complete: bool = False,
        known: frozenset[tuple[str, str]] | None = None,
        namespace: str = "",
        elsewhere: Iterable[KubeObject] = (),
        target: Target = UNSTATED,
    ) -> None:
        self.all = tuple(objects)
        self.elsewhere = tuple(elsewhere)
        """Objects that references can mean, and that are linted elsewhere."""
        self.known = known
        """The kinds that are complete; None for every kind that occurs."""
        self.complete = complete
        """Whether the set is complete: a reference that is not found here is then broken."""
        self.namespace = namespace
        """The namespace of objects that set none; empty if unknown."""
        self.target = target
        self.reading = Reading()
        """What rules read of the objects that others refer to."""
        self._once: dict[str, Any] = {}
        self._by_kind: dict[tuple[str, str], list[KubeObject]] = {}
        for item in (*self.all, *self.elsewhere):
            self._by_kind.setdefault((item.group, item.kind), []).append(item)

    def __iter__(self) -> Iterator[KubeObject]:
        """Iterate over all objects, in the order in which they were given."""
        return iter(self.all)

    def of(self, group: str, *kinds: str) -> list[KubeObject]:
        """Return the objects of an API group and kind; versions make no difference."""
        return [item for kind in kinds for item in self._by_kind.get((group, kind), ())]

    def once(self, key: str, make: Callable[[Objects], Found]) -> Found:
        """Return what `make` makes of these objects, made the first time that it is asked for."""
        if key not in self._once:
            with self.reading.limited(limit=False):  # it is made once, and must then be whole
                self._once[key] = make(self)
        found: Found = self._once[key]
        return found

    def namespace_of(self, item: KubeObject) -> str:
        """Return the namespace of an object; empty if unknown."""
        return item.namespace or self.namespace

    def together(self, first: KubeObject, second: KubeObject) -> bool:
        """Tell whether two objects are in one namespace, or may be: where it is unknown, they are."""
        return may_be_same(self.namespace_of(first), self.namespace_of(second))

    def holds(self, group: str, kind: str) -> bool:
        """Tell whether a reference to this kind can be judged: there are some here, or all there are is here."""
        return self.complete or (group, kind) in (self._by_kind if self.known is None else self.known)

    def is_whole(self, group: str, kind: str) -> bool:
        """Tell whether all objects of a kind that may be referred to are here."""
        return self.complete or (self.known is not None and (group, kind) in self.known)

    def names(self, group: str, kind: str, near: KubeObject | None = None) -> list[str]:
        """Return the names of the objects of a kind, in the namespace of `near`."""
        return self._named(group, kind).near(self.namespace_of(near) if near is not None else "")

    def find(self, group: str, kind: str, name: str, near: KubeObject | None = None) -> KubeObject | None:
        """Return an object by its name, in the namespace of `near`; None if it is not here."""
        return self._find((group, kind, name), near and self.namespace_of(near))

    def referred(self, reference: Reference, of: KubeObject) -> KubeObject | None:
        """Return what a reference of an object means; None if it is not here."""
        namespace = reference.namespace or self.namespace_of(of)
        return self._find((reference.group, reference.kind, reference.name), namespace if reference.near else None)

    def judges(self, reference: Reference, of: KubeObject) -> bool:
        """Tell whether what a reference of an object does not find here does not exist.

        What a namespace holds that the reference states, or that the object states and the others do not go
        to, is never known from here as a whole.
        """
        own = self.namespace_of(of)
        if reference.namespace not in ("", own):
            return False
        if not reference.near or own == self.namespace or not self.namespace:
            return self.holds(reference.group, reference.kind)
        return self._named(reference.group, reference.kind).surely(own) is not None

    def missing(self, references: Iterable[Reference], of: KubeObject) -> Iterator[tuple[Reference, list[str]]]:
        """Yield the references of an object to missing objects, with the existing names."""
        for reference in references:
            if self.judges(reference, of) and self.referred(reference, of) is None:
                yield reference, self.names(reference.group, reference.kind, of if reference.near else None)

    def _find(self, key: tuple[str, str, str], namespace: str | None) -> KubeObject | None:
        """Return the object that is surely in a namespace, or else the first that may be."""
        found = self.once("by name", _by_name).get(key)
        best = found.best(namespace) if found is not None else None
        if best is not None:
            self.reading.pay_for(best.spec)
        return best

    def _named(self, group: str, kind: str) -> ByNamespace[str]:
        """Return the names of the objects of a kind."""
        return self.once(
            f"names of {group}/{kind}",
            lambda _: ByNamespace((self.namespace_of(one), one.name) for one in self.of(group, kind)),
        )
