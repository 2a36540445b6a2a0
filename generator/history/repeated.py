"""The images of a service that its spec states again: they move with it where they run the same version."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from generator.diagnostics import Pointer, dotted
from generator.history import moves
from generator.history.images import Image, ImageMove
from generator.history.moves import Move
from generator.service.images import images_of
from generator.service.repeats import WITHIN, Repeat, obstacle, place_for_environment, repeats, written_at
from generator.service.resolve import DESTINATIONS
from generator.syntax.edit import Edit
from generator.syntax.merge import lookup
from generator.workspace.model import Resolved


class Repeated(NamedTuple):
    """An image that is stated again with the version that a move changes."""

    repeat: Repeat
    edits: tuple[Edit, ...]
    """The edits that move it; none if it cannot be moved."""
    why: str = ""
    """Why it cannot be moved."""

    where: str = ""
    """The file, line and column at which it is written, if it cannot be moved."""

    @property
    def shown(self) -> str:
        """Its place, as a path of the service."""
        return dotted(self.repeat.pointer)


def companions(move: Move, stand: Resolved) -> Move:
    """Return the move with those further images that run what the image of the service runs: same repository and version."""
    image, now = stand.data.get("image") or {}, moves.version_of(stand)
    then = moves.moved(now, move)
    if then[:2] == now[:2] or not image.get("repository"):
        return move
    asked = {one.name for one in move.images}
    named: Mapping[str, Any] = stand.data.get("images") or {}
    same = [
        ImageMove(one.name, then.image_tag, then.image_digest or None)
        for one in now.images
        if one.name not in asked
        and named[one.name].get("repository") == image["repository"]
        and (one.tag, one.digest) == (now.image_tag, now.image_digest)
    ]
    return move._replace(images=(*move.images, *same)) if same else move


def repeated(move: Move, stand: Resolved) -> Iterator[Repeated]:
    """Yield the images that are stated again with a version that the move changes."""
    now = moves.version_of(stand)
    then = moves.moved(now, move)
    changed: dict[str, list[tuple[Image, Image]]] = {}
    for pointer, image in images_of(stand):
        name = "" if pointer == ("image",) else str(pointer[-1])
        pair = (now.image(name), then.image(name)) if name else (Image("", *now[:2]), Image("", *then[:2]))
        if pair[0] != pair[1] and isinstance(image.get("repository"), str):
            changed.setdefault(image["repository"], []).append(pair)
    if not changed:
        return
    for part in WITHIN:
        for repeat in repeats(stand.data.get(part), (part,), changed):
            yield from _moved(repeat, changed[repeat.repository], place_for_environment(stand, repeat.pointer), stand)
    special: Pointer = ("spec", "environments", stand.environment.name, DESTINATIONS)
    for repeat in repeats(lookup(stand.spec.source.data, special)[1], special, changed):
        yield from _moved(repeat, changed[repeat.repository], repeat.pointer, stand)


def _moved(repeat: Repeat, pairs: list[tuple[Image, Image]], place: Pointer | None, stand: Resolved) -> Iterator[Repeated]:
    new = next((new for old, new in pairs if repeat.runs(old.tag, old.digest)), None)
    if new is None:
        return
    if place is None:
        yield Repeated(repeat, (), f"it is {obstacle(stand, repeat.pointer)}", written_at(stand, repeat.pointer))
        return
    edits = tuple(_edits(repeat, new, place))
    if edits:
        yield Repeated(repeat, edits)


def _edits(repeat: Repeat, new: Image, place: Pointer) -> Iterator[Edit]:
    tag = new.tag if repeat.tag or not new.digest else ""
    digest = new.digest if repeat.digest else ""
    if not repeat.is_mapping:
        wanted = str(repeat._replace(tag=tag, digest=digest))
        if wanted != str(repeat):
            yield Edit(place, wanted)
        return
    if tag != repeat.tag:
        yield Edit((*place, "tag"), tag)
    if digest != repeat.digest:
        yield Edit((*place, "digest"), digest or None)
