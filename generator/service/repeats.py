"""Images of a service that are stated again: in its values, and in the manifests that its spec contains."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from generator.diagnostics import Pointer
from generator.kubernetes.images import repository_of
from generator.syntax.merge import lookup
from generator.syntax.named_tuples import NamedTuple
from generator.syntax.wording import listed
from generator.workspace.model import Layer, Resolved

WITHIN = ("values", "manifests")
"""The parts of a service in which images are looked for."""


class Repeat(NamedTuple):
    """An image with a version, in the form `repository:tag@digest` or as a mapping."""

    pointer: Pointer
    repository: str
    tag: str
    digest: str
    is_mapping: bool = False

    def __str__(self) -> str:
        """Return it as one text."""
        return self.repository + (f":{self.tag}" if self.tag else "") + (f"@{self.digest}" if self.digest else "")

    def runs(self, tag: str, digest: str) -> bool:
        """Tell whether it is a version, given by tag and digest: by the tag if it has one."""
        if self.digest and digest and self.digest != digest:
            return False
        return self.tag == tag if self.tag else self.digest == digest


_MOST_CLEAN = 1_000
"""Maps and lists that are remembered as without images: those of a few services."""


class Looked:
    """Finds images, and remembers the maps and lists without any, so that what environments share is looked at once.

    The memory is by identity: it keeps what it remembers alive, and is emptied for other repositories and when it
    grows large. Data must not change once it was looked at.
    """

    __slots__ = ("_last",)

    def __init__(self) -> None:
        self._last: tuple[frozenset[str], dict[int, Any]] = (frozenset(), {})
        """The repositories, and what has no image of theirs; replaced as one, as threads may ask for different ones."""

    def repeats(self, node: Any, at: Pointer, repositories: Collection[str]) -> list[Repeat]:
        """Return the images with a version that have one of these repositories, at any depth."""
        asked = frozenset(repositories)
        last, clean = self._last
        if asked != last or len(clean) > _MOST_CLEAN:
            clean = {}
            self._last = (asked, clean)
        found: list[Repeat] = []
        if isinstance(node, str):
            found += _text(node, at, asked)
        else:
            _collect(node, at, asked, found, clean)
        return found


def repeats(node: Any, at: Pointer, repositories: Collection[str]) -> list[Repeat]:
    """Return the images with a version that have one of these repositories, at any depth."""
    return Looked().repeats(node, at, repositories)


def _collect(node: Any, at: Pointer, repositories: Collection[str], found: list[Repeat], clean: dict[int, Any]) -> None:
    """Add those in a map or list: all values of all services come by here, so most of them cost no call."""
    if type(node) is dict:
        if "repository" in node:
            found += _mapping(node, at, repositories)
        items: Any = node.items()
    else:
        items = enumerate(node) if type(node) is list else ()
    for key, item in items:
        kind = type(item)
        if kind is dict or kind is list:
            if id(item) not in clean:
                before = len(found)
                _collect(item, (*at, key), repositories, found, clean)
                if len(found) == before:
                    clean[id(item)] = item
        elif kind is str and (":" in item or "@" in item):
            found += _text(item, (*at, key), repositories)


def _text(text: str, at: Pointer, repositories: Collection[str]) -> Iterator[Repeat]:
    repository = repository_of(text)
    if repository != text and repository in repositories:
        name, _, digest = text.partition("@")
        yield Repeat(at, repository, name[len(repository) + 1 :], digest)


def _mapping(node: dict[str, Any], at: Pointer, repositories: Collection[str]) -> Iterator[Repeat]:
    name, registry = node.get("repository"), node.get("registry")
    if not isinstance(name, str):
        return
    names = (name, f"{registry}/{name}" if isinstance(registry, str) and registry else name)
    repository = next((one for one in names if one in repositories), None)
    tag, digest = (value if isinstance(value := node.get(field), str) else "" for field in ("tag", "digest"))
    if repository and (tag or digest):
        yield Repeat(at, repository, tag, digest, is_mapping=True)


def place_for_environment(resolved: Resolved, pointer: Pointer) -> Pointer | None:
    """Return where in the spec a value of a service is set for its environment alone.

    None if it cannot be: lists are replaced as a whole, so an item of one that several environments share, or that
    does not come from the spec, cannot be set for one of them.
    """
    layer = _layer(resolved, pointer)
    if layer is None:
        return None
    own, here = layer.source is resolved.spec.source, resolved.environment.name
    if own and layer.at[:2] == ("spec", "environments"):
        return layer.locate(pointer)
    overlay: Pointer = ("spec", "environments", here)
    cut = _depth(pointer)
    if own and not _others(resolved, pointer[:cut]):
        return layer.locate(pointer)
    return None if cut < len(pointer) else (*overlay, *pointer)


def obstacle(resolved: Resolved, pointer: Pointer) -> str:
    """Return what keeps a value from being set for its environment alone, as the end of a sentence."""
    layer = _layer(resolved, pointer)
    if layer is None or layer.source is resolved.spec.source:
        names = [resolved.environment.name, *_others(resolved, pointer[: _depth(pointer)])]
        return f"in a list that {listed(names)} share"
    return f"in a list that {layer.source.path} sets"


def written_at(resolved: Resolved, pointer: Pointer) -> str:
    """Return the file, line and column at which a value is written."""
    layer = _layer(resolved, pointer)
    source, at = (layer.source, layer.locate(pointer)) if layer else (resolved.spec.source, ())
    span = source.span_of(at)
    return f"{source.path}:{span.line}:{span.column}"


def _layer(resolved: Resolved, pointer: Pointer) -> Layer | None:
    """Return the highest layer that sets a value."""
    return next((one for one in reversed(resolved.layers) if lookup(one.data, pointer)[0]), None)


def _depth(pointer: Pointer) -> int:
    """Return the depth of the outermost list on the way to a value; that of the value itself without one."""
    return next((depth for depth, part in enumerate(pointer) if isinstance(part, int)), len(pointer))


def _others(resolved: Resolved, pointer: Pointer) -> list[str]:
    overlays = resolved.spec.environments
    return [
        name
        for name, overlay in overlays.items()
        if name != resolved.environment.name and not lookup(overlay or {}, pointer)[0]
    ]
