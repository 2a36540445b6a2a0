"""From every line of a generated file back to the line to edit.

Layers are walked down together with what they were merged to, so that one walk tells who won at each
key. A value that Tiphys or a template fills in has the link of its parent.
"""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from typing import Any, NamedTuple

from generator.diagnostics import Pointer
from generator.report.site.lines import address, page_of
from generator.syntax.emit import lines_of
from generator.syntax.reader import Source
from generator.workspace.model import Layer, Resolved

NOWHERE = "<i></i>"
"""In the place of a link, where tiphys itself wrote a line."""

KINDS = {
    "s": ("spec", "the spec, for all environments"),
    "o": ("spec", "the spec, for this environment"),
    "p": ("preset", "a rollout preset"),
    "e": ("", "the environment"),
    "c": ("config", "tiphys.yaml"),
    "a": ("analysis", "a file with an AnalysisTemplate"),
}
"""Who can have said a line, by the class of its link: the word in the link, and what it means."""

_Block = tuple[Any, Any, list[str]]


class _LineLinks(dict[int, str]):
    """Links to the lines of one file, each made when it is first asked for."""

    def __init__(self, kind: str, page: str, word: str) -> None:
        super().__init__()
        self._head, self._word = f'<a class="{kind}" href="{page}#L', word

    def __missing__(self, line: int) -> str:
        link = self[line] = f'{self._head}{line}">{self._word}:{line}</a>'
        return link


class Speaker:
    """One file that says something: the links to its lines, and those of whole blocks of which it alone speaks."""

    __slots__ = ("blocks", "lines", "links", "root", "source", "voices")

    def __init__(self, source: Source, kind: str, page: str, word: str) -> None:
        self.source = source
        self.links = _LineLinks(kind, page, word)
        self.blocks: dict[tuple[int, int], _Block] = {}
        self.voices: dict[tuple[str, ...], Voices] = {}
        self.root: Any = source.data
        self.lines: dict[int, Any] = source.lines
        """By the id of a node of the root: the line of each key, or of each item."""
        if kind == "p":  # its file is the rollout block, without the key
            self.root = {"rollout": source.data["spec"]}
            self.lines = {**source.lines, id(self.root): {"rollout": source.line_of(("spec",))}}


class Voice(NamedTuple):
    """What a file says at one place, next to others that say something there."""

    speaker: Speaker
    line: int
    place: Any
    """The node as it was read, whose lines the speaker knows."""
    data: Any
    """The same with its placeholders replaced."""

    @property
    def link(self) -> str:
        """The link to the place."""
        return self.speaker.links[self.line]


Voices = tuple[Voice, ...]
"""All that speak of the same place, the one that counts last."""


class Links:
    """The links of one service; `shared` are the speakers that are no spec, by file and kind, and the same for all."""

    def __init__(self, spec: Source, shared: dict[tuple[int, str], Speaker]) -> None:
        self._spec = spec
        self._shared = shared
        self._own: dict[str, Speaker] = {}
        self.visited: dict[str, None] = {}
        """The paths of the files that speak of it, and that are not the spec."""

    def speaker(self, source: Source, kind: str) -> Speaker:
        """Return a file as one that speaks of the service."""
        if source is self._spec:
            if kind not in self._own:
                self._own[kind] = Speaker(source, kind, "", KINDS[kind][0])
            return self._own[kind]
        self.visited[source.path] = None
        key = (id(source), kind)
        if key not in self._shared:
            word = KINDS[kind][0] or posixpath.splitext(posixpath.basename(source.path))[0]
            self._shared[key] = Speaker(source, kind, f"../{address(page_of(source.path))}", word)
        return self._shared[key]

    def voice(self, source: Source, kind: str, *pointer: str) -> Voices:
        """Return a file that sets a place, or no file."""
        speaker = self.speaker(source, kind)
        if pointer not in speaker.voices:
            voices: Voices = (Voice(speaker, 1, source.data, source.data),)
            for part in pointer:
                voices = below(voices, part)
            speaker.voices[pointer] = voices
        return speaker.voices[pointer]

    def to_pointer(self, source: Source, kind: str, pointer: Pointer) -> str:
        """Return the link to a place in a file, or to what is around it."""
        return self.speaker(source, kind).links[source.line_of(pointer)]


def kind_of(layer: Layer, resolved: Resolved) -> str:
    """Return who a layer is, as the class of its links."""
    if layer.source is resolved.spec.source:
        return "s" if len(layer.at) == 1 else "o"
    return "p" if layer.restarts_rollout else "e"


def voices_of(resolved: Resolved, links: Links) -> Voices:
    """Return who speaks of a service in an environment, lowest first."""
    return tuple(_voice(layer, kind_of(layer, resolved), links) for layer in resolved.layers)


def _voice(layer: Layer, kind: str, links: Links) -> Voice:
    speaker = links.speaker(layer.source, kind)
    if layer.restarts_rollout:
        return Voice(speaker, 1, speaker.root, layer.data)
    line, place = layer.source.line_of(layer.at), speaker.root
    for part in layer.at:
        place = place[part]
    return Voice(speaker, line, place, layer.data)


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
    found = []
    for speaker, _, place, data in voices:
        if isinstance(data, dict):
            value = data.get(part)
            if value is not None:
                found.append(Voice(speaker, speaker.lines[id(place)][part], place[part], value))
        elif isinstance(data, list) and isinstance(part, int) and part < len(data):
            found.append(Voice(speaker, speaker.lines[id(place)][part], place[part], data[part]))
    return tuple(found)


class Trail:
    """The links of the lines of one document, in order."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def entry(self, value: Any, voices: Voices, link: str) -> None:
        """Add the lines of a key and its value: `link` is the fallback if no layer sets it."""
        self._value(value, voices, voices[-1].link if voices else link)

    def _value(self, value: Any, voices: Voices, link: str) -> None:
        if isinstance(value, dict | list) and value:
            self.lines.append(link)
            self.block(value, voices, link)
        elif isinstance(value, str) and "\n" in value:
            self.lines += [link] * lines_of(value)
        else:
            self.lines.append(link)

    def block(self, node: Any, voices: Voices, link: str) -> None:
        """Add the lines of a map or list that has lines of its own."""
        if len(voices) != 1:
            self._block(node, voices, link)
            return
        speaker, _, place, _ = voices[0]
        key = (id(node), id(place))
        known = speaker.blocks.get(key)
        if known is None:
            since = len(self.lines)
            self._block(node, voices, link)
            speaker.blocks[key] = (node, place, self.lines[since:])
        else:
            self.lines += known[2]

    def _block(self, node: Any, voices: Voices, link: str) -> None:
        if isinstance(node, dict):
            for key, value in node.items():
                if isinstance(value, dict | list) and value:
                    self.entry(value, below(voices, key), link)
                else:  # most lines: who speaks last is all that is asked
                    self._value(value, (), _last_link(voices, key) or link)
            return
        last = voices[-1:]
        for index, value in enumerate(node):
            item = below(last, index)
            here = item[-1].link if item else link
            if isinstance(value, dict | list) and value:
                self.block(value, item, here)
            else:
                self._value(value, (), here)

    def heading(self, since: int) -> None:
        """Give a line of tiphys's own the link of the first one below it that has one."""
        own: Sequence[str] = self.lines[since + 1 :]
        self.lines[since] = next((link for link in own if link != NOWHERE), NOWHERE)


def _last_link(voices: Voices, key: str) -> str:
    """Return the link to the place that sets a key; empty if it is not set."""
    for speaker, _, place, data in reversed(voices):
        if isinstance(data, dict) and data.get(key) is not None:
            link: str = speaker.links[speaker.lines[id(place)][key]]
            return link
    return ""
