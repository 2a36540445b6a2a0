"""The objects of one application before and after, field by field."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from generator.diagnostics import dotted
from generator.diff.model import Change
from generator.diff.rendered.effects import TEMPLATE, Effect, Releases
from generator.diff.rendered.model import SYNC_FAILS, Cause, Difference
from generator.diff.rendered.noise import NOISE, noise
from generator.diff.risks import ROUTINE
from generator.diff.values import one_change
from generator.kubernetes.identity import Key, key_of
from generator.kubernetes.immutable import is_recreated, is_refused
from generator.kubernetes.objects import KubeObject
from generator.syntax.leaves import ABSENT, Leaf, Path, differences
from generator.syntax.secrets.known import NOTHING, Known
from generator.syntax.secrets.masking import hidden

FindCause = Callable[[KubeObject, Leaf], Cause]


class Compared(NamedTuple):
    """What came of the objects of one application."""

    differences: tuple[Difference, ...]
    objects: int
    unchanged: int


class Frame(NamedTuple):
    """What all objects of an application have in common."""

    namespace: str
    """The one that objects without a namespace of their own go to."""
    fullname: str
    """What its objects are called, wholly or at the beginning."""
    releases: Releases
    cause: FindCause
    random: frozenset[tuple[Key, Path]] = frozenset()
    """What differs between two renderings of the same."""
    known: Callable[[], Known] = lambda: NOTHING
    """Returns the secrets that went into the objects on either side."""


def compared(before: Sequence[KubeObject], after: Sequence[KubeObject], frame: Frame) -> Compared:
    """Return what differs between the objects of an application, object by object in the order of the new ones.

    An object of a new name is told as renamed if one of its kind went and nothing else of the two differs.
    """
    old, new = ({key_of(item, frame.namespace): item for item in items} for items in (before, after))
    renamed = _renamed(old, new)
    found: list[Difference] = []
    total = 0
    for key in [*new, *(key for key in old if key not in new)]:
        if key not in renamed.values():
            total += 1
            found += _of_object(key, old.get(renamed.get(key, key)), new.get(key), frame)
    found += _replaced_pods(found)
    shown = tuple(_without_following(found))
    changed = {(one.kind, one.namespace, one.name) for one in shown if not one.noise}
    return Compared(shown, total, total - len(changed))


def _renamed(old: dict[Key, KubeObject], new: dict[Key, KubeObject]) -> dict[Key, Key]:
    """Return the old key of each new object that is the only one of its kind with this content under another name."""
    gone = [key for key in old if key not in new]
    found: dict[Key, Key] = {}
    for key, item in new.items():
        if key in old:
            continue
        same = [one for one in gone if one[:2] == key[:2] and _content(old[one]) == _content(item)]
        if len(same) == 1 and same[0] not in found.values():
            found[key] = same[0]
    return found


def _content(item: KubeObject) -> object:
    return {name: part for name, part in item.data.items() if name not in ("metadata", "apiVersion")}


def _of_object(key: Key, old: KubeObject | None, new: KubeObject | None, frame: Frame) -> Iterator[Difference]:
    item = new or old
    assert item is not None  # noqa: S101 - one of the two is
    if old is None or new is None:
        yield _whole(old, item, frame)
        return
    if key_of(old, frame.namespace) != key:
        sentence = (
            f"renamed from {old.name}" if old.name != new.name else f"moved from namespace {old.namespace or frame.namespace}"
        )
        masked = frame.known().masked
        before, after = (masked(f"{one.namespace}/{one.name}") for one in (old, new))
        change = Change(masked(sentence), new.title, before, after, "name-changed")
        yield _difference(change, item, Leaf(("metadata", "name"), old.name, new.name), frame)
        return
    random = frozenset(path for one, path in frame.random if one == key)
    sides = [hidden(_applied(one, frame.namespace)) for one in (old, new)]
    for leaf in differences(*sides):
        rule = noise(item.kind, leaf, random=random)
        refused = not rule and is_refused(old, new, leaf.path)
        known = frame.known()
        said = leaf._replace(old=known.hidden(leaf.old), new=known.hidden(leaf.new))
        made = one_change(known.masked(item.title), said, known.masked(_short(leaf.path)), SYNC_FAILS if refused else "")
        if made.risk == ROUTINE and leaf.path[-1:] == ("image",):
            made = made._replace(risk="image-changed")
        yield _difference(made, old if leaf.new is ABSENT else new, leaf, frame, rule)


def _applied(item: KubeObject, namespace: str) -> dict[str, Any]:
    """Return an object as it is applied: without nulls at its top, and without the namespace that it gets anyway."""
    metadata = {name: value for name, value in item.metadata.items() if (name, value) != ("namespace", namespace)}
    return {name: value for name, value in item.data.items() if value is not None} | (
        {"metadata": metadata} if metadata else {}
    )


def _whole(old: KubeObject | None, item: KubeObject, frame: Frame) -> Difference:
    """Return the one difference of an object that came or went."""
    said = "removed" if old else "added"
    what = f"runs as a hook, {said}" if is_recreated(item) and "hook" in str(item.annotations) else said
    risk = "object-removed" if old else "object-added"
    title = frame.known().masked(item.title)
    before, after = (title, ABSENT) if old else (ABSENT, title)
    return _difference(Change(what, item.title, before, after, risk), item, Leaf((), before, after), frame)


def _difference(change: Change, item: KubeObject, leaf: Leaf, frame: Frame, rule: str = "") -> Difference:
    namespace = key_of(item, frame.namespace)[2]
    general = "{service}" + item.name[len(frame.fullname) :] if item.name.startswith(frame.fullname) else item.name
    effect = frame.releases.effect(item, leaf.path) if leaf.path else None
    said = frame.known().masked
    change = change._replace(path=said(change.path))
    names = said(item.name), said(namespace), said(general)
    return Difference(change, item.kind, *names, effect, frame.cause(item, leaf), rule)


def _short(path: Path) -> str:
    """Return the way to a field as a reviewer reads it: without what the kind of the object says anyway."""
    rest = path[len(TEMPLATE) :] if path[:2] == TEMPLATE and len(path) > len(TEMPLATE) else path
    pod = rest is not path
    if rest[:1] == ("spec",) and len(rest) > 1:
        rest = rest[1:]
    text = dotted(rest)
    return f"pod {text}" if pod and type(rest[0]) is str and rest[0] == "metadata" else text


def _without_following(found: Sequence[Difference]) -> Iterator[Difference]:
    """Yield the differences, with those shown that are noise only next to others, and have no others here.

    A label or a checksum of a pod replaces the pod, so one that nothing else explains must be seen.
    """
    shown = any(not one.noise for one in found)
    for one in found:
        if one.noise and NOISE[one.noise].follows and not shown:
            yield one._replace(noise="")
        else:
            yield one


def _replaced_pods(found: Sequence[Difference]) -> Iterator[Difference]:
    """Yield one difference for each workload of which only noise changes in its pods: they are replaced all the same."""
    by_object: dict[tuple[str, str, str], list[Difference]] = {}
    for one in found:
        if one.effect in (Effect.RELEASE, Effect.UPDATE):
            by_object.setdefault((one.kind, one.namespace, one.name), []).append(one)
    for items in by_object.values():
        loud = [one for one in items if one.noise not in ("", "order", "default", "same-quantity")]
        if loud and not any(one.noise == "" for one in items):
            first = loud[0]
            names = ", ".join(dict.fromkeys(str(one.change.path.rpartition(": ")[2]) for one in loud))
            yield first._replace(
                change=Change(
                    f"its pods are replaced, though only {names} changes", first.title, first.change.before, first.change.after
                ),
                noise="",
            )
