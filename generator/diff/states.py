"""Compare two states, and yield every change as a sentence."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from generator.diff.application import application_changes
from generator.diff.model import Change, State
from generator.diff.outlook import outlook_changes
from generator.diff.strategy import is_about_a_gate, strategy_changes, strategy_words
from generator.diff.values import one_change, value_changes
from generator.diff.version import further_image, further_image_changes, image_changes, scale, scaling_changes
from generator.kubernetes import strategy as strategies
from generator.service.derived import by_tag
from generator.service.root import FINALIZER
from generator.syntax.alignment import canonical
from generator.syntax.leaves import ABSENT, Leaf, Path, is_same
from generator.syntax.merge import lookup
from generator.syntax.secrets.masking import hidden


def changes(old: State | None, new: State | None) -> list[Change]:
    """Return what changes from one state to the other; None for an absent state."""
    if old is None or new is None:
        return [] if old is new else [_all_of_it(old, new)]
    documents = old.documents.keys() & new.documents.keys()
    same = {part for part in documents if is_same(old.documents[part], new.documents[part])}
    return list(_between(_hidden(old, same), _hidden(new, same)))


def _hidden(state: State, same: Collection[str]) -> State:
    """Return a state in which secrets are hidden, seen as wholes: what a value is can depend on what is above it.

    Nothing is left of the documents that are the same on both sides.
    """
    return state._replace(
        image=hidden(state.image),
        images=hidden(state.images),
        strategy=hidden(state.strategy),
        application=hidden(state.application),
        documents={part: {} if part in same else hidden(data) for part, data in state.documents.items()},
    )


def _between(old: State, new: State) -> Iterator[Change]:
    images = [*image_changes(old.image, new.image), *further_image_changes(old.images, new.images)]
    typed = [*images, *scaling_changes(old.scaling, new.scaling)]
    kind_changed = strategies.kind(old.strategy) != strategies.kind(new.strategy)
    released = [*strategy_changes(old.strategy, new.strategy)]
    yield from typed
    follows = (_files(old) ^ _files(new)) | _told(typed)
    yield from application_changes(old.application, new.application, follows=follows, name_of=(old.name_of, new.name_of))
    yield from released
    gates_told = any(map(is_about_a_gate, released))
    yield from outlook_changes(old.workload, new.workload, gates_told=gates_told)
    explained = _Explained(old, new, typed, kind_changed=kind_changed)
    for part in [*new.documents, *(part for part in old.documents if part not in new.documents)]:
        yield from _document(part, old, new, explained)


def _told(typed: Iterable[Change]) -> set[str]:
    """Return the settings of a kustomization that only follow from what has been told of image and scale."""
    return {"images" if item.path.startswith("image") else "replicas" for item in typed}


def _files(state: State) -> set[str]:
    """Return which of the files are there that an Application names only if they are."""
    manifests = {"manifests"} if any(" " in part for part in state.documents) else set()
    return manifests | ({"rollout"} & set(state.documents))


def _document(part: str, old: State, new: State, explained: _Explained) -> Iterator[Change]:
    before, after = old.documents.get(part, ABSENT), new.documents.get(part, ABSENT)
    if " " in part and ABSENT in (before, after):
        if not (part.startswith("Rollout ") and explained.kind_changed):
            made = one_change(part, Leaf((), before, after))
            yield made._replace(sentence=f"{part} {'added' if before is ABSENT else 'removed'}")
        return
    whole: list[Any] = [{} if side is ABSENT else side for side in (before, after)]
    if part == "rollout" and explained.kind_changed:  # that it came or went is what the sentence on the kind says
        whole = [{} if list(side) == ["rollout"] and not side["rollout"] else side for side in whole]
    yield from value_changes(part, whole[0], whole[1], lambda leaf: explained(part, leaf))


class _Explained:
    """Tells which differences of values only follow from what the spec says of image, scale and strategy.

    A value that the spec does not write itself is written from those fields. It needs no sentence if one
    has told just that: the old text with the old tag, the new one with the new.
    """

    def __init__(self, old: State, new: State, typed: Iterable[Change], *, kind_changed: bool) -> None:
        self.kind_changed = kind_changed
        self._free = (old.free, new.free)
        told = list(typed)
        named = {name: (old.images.get(name), new.images.get(name)) for name in {*old.images, *new.images}}
        every: list[tuple[Any, Any]] = [(old.images or ABSENT, new.images or ABSENT)]
        self._images = [_pairs(old.image, new.image), every, *(_pairs(*sides) for sides in named.values())]
        self._old: set[str] = set()
        self._new: set[str] = set()
        if any(item.path.startswith("scale") for item in told):
            self._old |= _scalars(old.scaling)
            self._new |= _scalars(new.scaling)
        if kind_changed:
            self._old |= {canonical("Rollout" if old.strategy else "Deployment")}
            self._new |= {canonical("Rollout" if new.strategy else "Deployment")}

    def __call__(self, part: str, leaf: Leaf) -> bool:
        """Tell whether a difference of a document is told already."""
        if part == "values" and any(_is_free(free, leaf.path) for free in self._free):
            return False
        return self._by_image(leaf) or self._by_scale(leaf)

    def _by_image(self, leaf: Leaf) -> bool:
        if any((leaf.old, leaf.new) == pair for pairs in self._images for pair in pairs):
            return True
        if not (isinstance(leaf.old, str) and isinstance(leaf.new, str)):
            return False
        return any(
            _replaced(leaf.old, pairs) == leaf.new or _replaced(leaf.new, [pair[::-1] for pair in pairs]) == leaf.old
            for pairs in self._images
        )

    def _by_scale(self, leaf: Leaf) -> bool:
        olds = {canonical(leaf.old)} if not isinstance(leaf.old, dict) and leaf.old is not ABSENT else _scalars(leaf.old)
        news = {canonical(leaf.new)} if not isinstance(leaf.new, dict) and leaf.new is not ABSENT else _scalars(leaf.new)
        if not (self._old or self._new) or leaf.order:
            return False
        return olds <= self._old and news <= self._new


def _pairs(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> list[tuple[Any, Any]]:
    """Return what of an image differs, as a pair of both sides, in each of the forms that a chart's values may have."""
    sides = [{} if image is None else {**image, **_joined(image)} for image in (old, new)]
    pairs = [(sides[0].get(field, ABSENT), sides[1].get(field, ABSENT)) for field in {**sides[0], **sides[1]}]
    whole = [] if old is not None and new is not None else [(ABSENT if old is None else old, ABSENT if new is None else new)]
    return whole + [pair for pair in pairs if pair[0] != pair[1]]


def _joined(image: Mapping[str, Any]) -> dict[str, str]:
    is_plain = "repository" in image and all(isinstance(part, str) for part in image.values())
    return {f"{field} with digest": text for field, text in by_tag(image).items()} if is_plain else {}


def _replaced(text: str, pairs: Iterable[tuple[Any, Any]]) -> str:
    """Return a text with all that differs of an image replaced at once, so that no tag is replaced in a repository."""
    known = {old: new for old, new in pairs if isinstance(old, str) and old and isinstance(new, str)}
    longest_first = "|".join(re.escape(old) for old in sorted(known, key=len, reverse=True))
    return re.sub(longest_first, lambda match: known[match[0]], text) if known else text


def _scalars(value: Any) -> set[str]:
    """Return the values of a flat map, with what the chart's own switch for it would be."""
    if not isinstance(value, Mapping):
        return set()
    return {canonical(item) for item in value.values()} | ({canonical(True)} if "maxReplicas" in value else set())


def _is_free(free: Mapping[str, Any], path: Path) -> bool:
    """Tell whether the spec itself writes the value at a path, or a non-mapping above it."""
    node: Any = free
    for part in path:
        if not isinstance(node, Mapping):
            return True
        if part not in node:
            return False
        node = node[part]
    return True


def _all_of_it(old: State | None, new: State | None) -> Change:
    """Return the one sentence for a service, or an environment, that came or went as a whole."""
    state = new or old
    assert state is not None  # noqa: S101 - the caller has one
    what = "service" if state.service else "environment"
    words = _words(state)
    if new is None:
        fate = "Argo CD deletes its workloads" if _cascades(state) else "its workloads keep running unmanaged"
        text = f"removed: {fate} (was {words})" if state.service else "root Application removed"
        return Change(text, what, words, ABSENT, f"{what}-removed")
    text = f"new: {words}" if state.service else "root Application added"
    return Change(text, what, ABSENT, words, f"{what}-added")


def _cascades(state: State) -> bool:
    finalizers = lookup(dict(state.application), ("metadata", "finalizers"))[1] or []
    return any(str(name).startswith(FINALIZER) for name in finalizers)


def _words(state: State) -> str:
    if not state.service:
        return str(lookup(dict(state.application), ("spec", "project"))[1])
    image = state.image.get("tag") or state.image.get("digest") or "no tag"
    parts = [f"image {image}"] if state.image else []
    parts += [f"image {name} {further_image(one)}" for name, one in state.images.items()]
    _, chart = lookup(dict(state.application), ("spec", "sources", "chart"))
    if isinstance(chart, dict):
        parts.append(f"chart {chart.get('chart') or chart.get('path')} {chart.get('targetRevision') or ''}".rstrip())
    parts.append(f"replicas {scale(state.scaling)}")
    parts.append(strategy_words(state.strategy))
    return ", ".join(parts)
