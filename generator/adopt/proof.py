"""What differs between the objects of an Application before and after, and in the Application itself."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from functools import cache
from itertools import zip_longest
from typing import Any

from generator.adopt.grouping import Cell
from generator.adopt.model import Difference, Found
from generator.adopt.settings import DERIVED_LABELS
from generator.diagnostics import dotted
from generator.kubernetes.identity import Key, key_of
from generator.kubernetes.objects import KubeObject, texts
from generator.kubernetes.phases import WAVE
from generator.kubernetes.rollouts import table
from generator.kubernetes.secret_values import in_objects
from generator.service.application import GENERATE_PATHS, IN_CLUSTER, SYNC_OPTIONS
from generator.service.root import FINALIZER, FOR_WAVES
from generator.syntax.alignment import canonical
from generator.syntax.leaves import ABSENT, differences
from generator.syntax.merge import without_nulls
from generator.syntax.secrets.ingredients import known_in
from generator.syntax.secrets.known import Known
from generator.syntax.secrets.masking import hidden


def compared(
    cell: Cell, before: Sequence[KubeObject], after: Sequence[KubeObject], made_up: Collection[Key] = ()
) -> Iterator[Difference]:
    """Yield what differs of the objects of a cell; `made_up` are those whose names are new at every rendering."""
    namespace = str(cell.found.destination.get("namespace") or "")
    old, new = (_by_key(items, namespace) for items in (before, after))
    if made_up:
        alike = {_nameless(key) for key in made_up}
        new = _gathered(new, lambda key: key not in old and _nameless(key) in alike)
        old = _gathered(old, made_up.__contains__)
    every = [*before, *after]
    made_of = (item.ingredients for item in every if item.ingredients is not None)
    known = cache(lambda: known_in([in_objects(every), *made_of]))
    for key in [*old, *(key for key in new if key not in old)]:
        for one, other in _paired(old.get(key, []), new.get(key, [])):
            yield from (_told(found, known()) for found in _of_object(cell, one, other))


def made_up(cell: Cell, one: Sequence[KubeObject], other: Sequence[KubeObject]) -> frozenset[Key]:
    """Return the objects of the first of two renderings of the same that the second does not have."""
    namespace = str(cell.found.destination.get("namespace") or "")
    old, new = (_by_key(items, namespace) for items in (one, other))
    return frozenset(old.keys() - new.keys())


def _nameless(key: Key) -> Key:
    return *key[:3], ""


def _gathered(found: dict[Key, list[KubeObject]], wanted: Callable[[Key], bool]) -> dict[Key, list[KubeObject]]:
    """Return objects with some of them below a key without a name, in the order of their names."""
    result: dict[Key, list[KubeObject]] = {}
    for key in sorted(found, key=lambda key: key[3]):
        result.setdefault(_nameless(key) if wanted(key) else key, []).extend(found[key])
    return result


def _by_key(items: Sequence[KubeObject], namespace: str) -> dict[Key, list[KubeObject]]:
    found: dict[Key, list[KubeObject]] = {}
    for item in items:
        found.setdefault(key_of(item, namespace), []).append(item)
    return found


def _paired(old: list[KubeObject], new: list[KubeObject]) -> Iterator[tuple[KubeObject | None, KubeObject | None]]:
    """Yield objects with one name in pairs: several may have one that the cluster completes. Equal ones are pairs."""
    if len(old) > 1 or len(new) > 1:
        texts_of_new = [canonical(item.data) for item in new]
        for item in list(old):
            if (text := canonical(item.data)) in texts_of_new:
                index = texts_of_new.index(text)
                del texts_of_new[index]
                yield old.pop(old.index(item)), new.pop(index)
    yield from zip_longest(old, new)


def _told(found: Difference, known: Known) -> Difference:
    """Return a difference without the secrets that went into the objects."""
    values = known.hidden(found.before), known.hidden(found.after)
    return found._replace(object=known.masked(found.object), path=known.masked(found.path), before=values[0], after=values[1])


def _of_object(cell: Cell, old: KubeObject | None, new: KubeObject | None) -> Iterator[Difference]:
    one = old or new
    assert one is not None  # noqa: S101 - one of the two is
    title = one.title if one.name else f"{one.kind} {one.metadata.get('generateName') or ''}…"
    if old is None or new is None:
        title = f"{title} in namespace {one.namespace}" if one.namespace else title
        yield Difference(*cell.key, title, "", *(("present", None) if old else (None, "present")))
        return
    for leaf in differences(hidden(old.data), hidden(new.data)):
        before, after = (None if value is ABSENT else value for value in (leaf.old, leaf.new))
        yield Difference(*cell.key, title, dotted(leaf.path), before, after)


def application(cell: Cell, after: dict[str, Any]) -> tuple[list[Difference], list[Difference]]:
    """Return what differs in an Application itself: what must not, and what is intended."""
    found: list[Difference] = []
    intended: list[Difference] = []
    for leaf in differences(hidden(_plain(cell.found.data)), hidden(_plain(after))):
        path = dotted(leaf.path)
        old, new = (None if value is ABSENT else value for value in (leaf.old, leaf.new))
        one = Difference(*cell.key, f"Application {cell.found.name}", path, old, new)
        is_step = cell.found.step is not None and leaf.path == ("metadata", "annotations", WAVE)
        (intended if is_step or _is_intended(leaf.path, old) else found).append(one)
    return found, intended


def root(environment: str, old: Found, new: dict[str, Any]) -> list[Difference]:
    """Return what differs of the root Application of an environment; what it reads and its own marks are meant to."""
    sides = []
    for data in (old.data, new):
        plain = _plain(data)
        destination = plain["spec"]["destination"]
        if destination.get("name") == "in-cluster":
            plain["spec"]["destination"] = {"server": IN_CLUSTER, "namespace": destination.get("namespace")}
        kept = {field: plain["metadata"][field] for field in ("name", "namespace", "finalizers")}
        sides.append({**kept, "spec": _without_derived(plain["spec"], old)})
    return [
        Difference(
            "", environment, old.title, dotted(leaf.path), *(None if one is ABSENT else one for one in (leaf.old, leaf.new))
        )
        for leaf in differences(hidden(sides[0]), hidden(sides[1]))
    ]


def _without_derived(spec: dict[str, Any], old: Found) -> dict[str, Any]:
    """Return the spec of a root Application without the sync option that Tiphys adds for waves, unless the old one has it."""
    given, policy = (table(data, "syncPolicy") for data in (old.item.spec, spec))
    options = [
        text for _, text in texts(policy.get("syncOptions")) if text != FOR_WAVES or text in given.get("syncOptions", ())
    ]
    rest = {key: value for key, value in policy.items() if key != "syncOptions"}
    return {**spec, "syncPolicy": rest | ({"syncOptions": options} if options else {})}


def _plain(application: dict[str, Any]) -> dict[str, Any]:
    """Return what an Application says, in one form: what Argo CD takes for the same is the same."""
    item = KubeObject(application)
    spec = {key: value for key, value in without_nulls(item.spec).items() if value not in ({}, [])}
    spec = {"project": "default", **spec, "syncPolicy": _policy(table(spec, "syncPolicy"))}
    several = spec.pop("source", None)
    sources = spec.pop("sources", None) or [several]
    destination = dict(table(application, "spec", "destination"))
    if str(destination.get("server") or "").endswith("/"):
        destination["server"] = destination["server"].rstrip("/")
    metadata = {"name": item.name, "finalizers": _finalizers(item)}
    metadata["namespace"] = item.namespace or "argocd"
    annotations = {key: value for key, value in item.annotations.items() if not key.startswith("kubectl.kubernetes.io/")}
    if annotations.get(WAVE) == "0":
        del annotations[WAVE]
    labels = dict(item.labels)
    return {
        "metadata": {**metadata, "annotations": annotations, "labels": labels},
        "spec": {**spec, "destination": destination},
        "sources": [source for source in sources if source],
    }


def _policy(given: dict[str, Any]) -> dict[str, Any]:
    """Return a sync policy without defaults, and without `automated` where that is disabled."""
    automated = given.get("automated")
    if not isinstance(automated, dict):
        return given
    rest = {key: value for key, value in given.items() if key != "automated"}
    kept = {key: value for key, value in automated.items() if value is not (key == "enabled")}
    return rest if automated.get("enabled") is False else {**rest, "automated": kept}


def _finalizers(item: KubeObject) -> list[str]:
    """Return the finalizers of an Application that delete its workload; the others are of Argo CD itself."""
    return sorted(name for _, name in texts(item.metadata.get("finalizers")) if name.partition("/")[0] == FINALIZER)


def _is_intended(path: tuple[str | int, ...], old: Any) -> bool:
    """Tell whether a difference of an Application comes with Tiphys: its labels, the sources, and fields that it derives."""
    if path[:1] == ("sources",):
        return True
    if path[:2] == ("metadata", "labels"):
        return path[-1] in DERIVED_LABELS
    if path[:2] == ("metadata", "annotations"):
        return path[2:3] in ((GENERATE_PATHS,), (SYNC_OPTIONS,))
    if path == ("spec", "destination", "namespace") and old is None:
        return True  # a spec must have one; no object without a namespace of its own was deployed without it
    derived = (("spec", "ignoreDifferences"), ("spec", "syncPolicy", "syncOptions"))
    return old is None and any(path[: len(start)] == start for start in derived)


def same_in_both(one: Difference, other: Sequence[Difference]) -> bool:
    """Tell whether a field also differs between two renderings of the same: the chart makes it up at each."""
    return any((one.object, one.path) == (again.object, again.path) for again in other)
