"""From every line of a generated file back to the line that a person would change.

Layers are walked down together with what they were merged to, so that one walk tells who won at each
key. What nobody said, because mooring or a template fills it in, has the link of what is around it.
"""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from typing import Any, NamedTuple

from generator.diagnostics import Pointer
from generator.emit import lines_of
from generator.model import Layer, Resolved
from generator.reader import Source
from generator.reader.outline import Outline, nearest, outline
from generator.report.site.lines import address, page_of

NOWHERE = "<i></i>"
"""In the place of a link, where mooring itself wrote a line."""

KINDS = {
    "s": ("spec", "the spec, for all environments"),
    "o": ("spec", "the spec, for this environment"),
    "p": ("preset", "a rollout preset"),
    "e": ("", "the environment"),
    "c": ("config", "mooring.yaml"),
    "a": ("analysis", "a file with an AnalysisTemplate"),
}
"""Who can have said a line, by the class of its link: the word in the link, and what it means."""

_SPECS = ("s", "o")


class Voice(NamedTuple):
    """What one file says at one place, next to others that say something there."""

    source: Source
    place: Outline
    data: Any
    kind: str


Voices = tuple[Voice, ...]
"""All that speak of the same place, the one that counts last."""

_Block = tuple[Any, Outline, list[str]]


class Shared:
    """What services share: the outlines of files that are no spec, links to them, and the links of whole blocks."""

    def __init__(self) -> None:
        self.outlines: dict[int, tuple[Source, Outline]] = {}
        self.links: dict[tuple[int, str, int], str] = {}
        self.blocks: dict[tuple[int, int], _Block] = {}


class Links:
    """The links of one service."""

    def __init__(self, spec: Source, shared: Shared) -> None:
        self._spec = spec
        self._shared = shared
        self._outline: Outline | None = None
        self._links: dict[tuple[int, str, int], str] = {}
        self._blocks: dict[tuple[int, int], _Block] = {}
        self.visited: dict[str, None] = {}
        """The paths of files that are linked to, and that are not the spec."""

    def outline_of(self, source: Source) -> Outline:
        """Return the outline of a file."""
        if source is self._spec:
            self._outline = self._outline or outline(source.text)
            return self._outline
        known = self._shared.outlines.get(id(source))
        if known is None:
            known = self._shared.outlines[id(source)] = (source, outline(source.text))
        return known[1]

    def blocks_of(self, source: Source) -> dict[tuple[int, int], _Block]:
        """Return the memory for blocks that a file alone speaks of: that of the service, or of all."""
        return self._blocks if source is self._spec else self._shared.blocks

    def voice(self, source: Source, kind: str, *pointer: str) -> Voices:
        """Return a file that speaks of a place; nobody if it does not."""
        voices: Voices = (Voice(source, self.outline_of(source), source.data, kind),)
        for part in pointer:
            voices = below(voices, part)
        return voices

    def to(self, voice: Voice) -> str:
        """Return the link to where a voice speaks."""
        return self.to_line(voice.source, voice.kind, voice.place.line)

    def to_pointer(self, source: Source, kind: str, pointer: Pointer) -> str:
        """Return the link to a place in a file, or to what is around it."""
        return self.to_line(source, kind, nearest(self.outline_of(source), pointer))

    def to_line(self, source: Source, kind: str, line: int) -> str:
        """Return the link to a line of a file."""
        key = (id(source), kind, line)
        known = self._links.get(key)
        if known is not None:
            return known
        if source is self._spec:
            link = f'<a class="{kind}" href="#L{line}">spec:{line}</a>'
        else:
            self.visited[source.path] = None
            link = self._shared.links.get(key) or _link(source.path, kind, line)
            self._shared.links[key] = link
        self._links[key] = link
        return link


def _link(path: str, kind: str, line: int) -> str:
    name = KINDS[kind][0] or posixpath.splitext(posixpath.basename(path))[0]
    return f'<a class="{kind}" href="../{address(page_of(path))}#L{line}">{name}:{line}</a>'


def kind_of(layer: Layer, resolved: Resolved) -> str:
    """Return who a layer is, as the class of its links."""
    if layer.source is resolved.spec.source:
        return "s" if len(layer.at) == 1 else "o"
    return "p" if layer.restarts_rollout else "e"


def voices_of(resolved: Resolved, links: Links) -> Voices:
    """Return who speaks of a service in an environment, lowest first."""
    return tuple(_voice(layer, kind_of(layer, resolved), links) for layer in resolved.layers)


def _voice(layer: Layer, kind: str, links: Links) -> Voice:
    place = links.outline_of(layer.source)
    for part in layer.at:
        place = place.below[str(part)] if isinstance(place.below, dict) else place
    if layer.restarts_rollout:  # its file is the rollout block, without the key
        place = Outline(place.line, {"rollout": place})
    return Voice(layer.source, place, layer.data, kind)


def voices_at(resolved: Resolved, voices: Voices, pointer: Pointer) -> Voices:
    """Return who speaks of a place in a resolved service."""
    if pointer[:1] == ("rollout",):
        first = max((index for index, layer in enumerate(resolved.layers) if layer.restarts_rollout), default=0)
        voices = voices[first:]
    for part in pointer:
        voices = below(voices, part)
    return voices


def below(voices: Voices, part: str | int) -> Voices:
    """Return who speaks of a key, or an item, below the place that all of these speak of."""
    if not voices:
        return ()
    found = []
    for source, place, data, kind in voices:
        inner: Any = place.below
        if isinstance(data, dict):
            value = data.get(part)
            if value is not None:
                found.append(Voice(source, inner[part], value, kind))
        elif isinstance(data, list) and isinstance(part, int) and part < len(data):
            found.append(Voice(source, inner[part], data[part], kind))
    return tuple(found)


class Trail:
    """The links of the lines of one document, in order."""

    def __init__(self, links: Links) -> None:
        self._links = links
        self.lines: list[str] = []

    def entry(self, value: Any, voices: Voices, link: str) -> None:
        """Add the lines of a key and its value: `link` counts where nobody speaks of it."""
        if voices:
            link = self._links.to(voices[-1])
        if isinstance(value, dict | list) and value:
            self.lines.append(link)
            self.block(value, voices, link)
        else:
            self.lines += [link] * lines_of(value)

    def block(self, node: Any, voices: Voices, link: str) -> None:
        """Add the lines of a map or list that has lines of its own."""
        if len(voices) != 1:
            self._block(node, voices, link)
            return
        source, place, _, kind = voices[0]
        memory, key = self._links.blocks_of(source), (id(node), id(place))
        known = memory.get(key)
        if known is None:
            since = len(self.lines)
            self._block(node, voices, link)
            memory[key] = (node, place, self.lines[since:])
        else:
            self.lines += known[2]
            self._links.to_line(source, kind, place.line)

    def _block(self, node: Any, voices: Voices, link: str) -> None:
        if isinstance(node, dict):
            for key, value in node.items():
                self.entry(value, below(voices, key), link)
            return
        last = voices[-1:]
        for index, value in enumerate(node):
            item = below(last, index)
            here = self._links.to(item[-1]) if item else link
            if isinstance(value, dict | list) and value:
                self.block(value, item, here)
            else:
                self.lines += [here] * lines_of(value)

    def heading(self, since: int) -> None:
        """Give a line of mooring's own the link of the first one below it that has one."""
        own: Sequence[str] = self.lines[since + 1 :]
        self.lines[since] = next((link for link in own if link != NOWHERE), NOWHERE)
