"""Read the moves of `bump`: from its options, from JSON, or from `service=tag` lines."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from generator.errors import ConfigError
from generator.history.images import ImageMove
from generator.history.moves import Move

_NAME = r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?"
_LINE = re.compile(rf"\s*([a-z][-a-z0-9]*)(?:/({_NAME}))?\s*=\s*(\S+)\s*\Z")
_IMAGE = re.compile(rf"({_NAME})=(\S+)\Z")
_FIELDS = {"imageTag": "image_tag", "imageDigest": "image_digest", "chartVersion": "chart_version"}
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}\Z"), "an image tag"
_DIGEST = re.compile(r"sha256:[a-f0-9]{64}\Z"), "a digest: sha256: and 64 hexadecimal digits"
_FORMS = {
    "image_tag": _TAG,
    "image_digest": _DIGEST,
    "chart_version": (re.compile(r"[-0-9A-Za-z.*+^~<>=!|, ]{1,100}\Z"), "a chart version"),
}


def of_options(service: str, environment: str, asked: Mapping[str, Any]) -> Move:
    """Return the move that options ask for: the fields of a Move, and `images` as `NAME=TAG[@DIGEST]`.

    Raises ConfigError.
    """
    images = []
    for text in asked["images"]:
        match = _IMAGE.match(text)
        if match is None:
            raise ConfigError(f"{text!r} is not an image and its tag", "write --image NAME=TAG, such as --image proxy=0.5.0")
        images.append(_image(service, match[1], match[2]))
    return _checked(Move(service, environment, **{**asked, "images": tuple(images)}))


def of_text(text: str, environment: str) -> list[Move]:
    """Return the moves in a file; raises ConfigError."""
    found = _of_json(text, environment) if text.lstrip()[:1] in ("{", "[") else _of_lines(text, environment)
    return [_checked(move) for move in found]


def _of_lines(text: str, environment: str) -> Iterable[Move]:
    pairs = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.lstrip().startswith("#"):
            match = _LINE.match(line)
            if match is None:
                message = f"line {number} is not `service=tag` or `service/image=tag`: {line.strip()!r}"
                raise ConfigError(message, "write one image per line")
            pairs.append((match[1], match[2] or "", match[3]))
    return _gathered(pairs, environment)


def _of_json(text: str, environment: str) -> Iterable[Move]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"not valid JSON: {error}", 'write {"service": "tag"} or a list of objects') from None
    if isinstance(data, dict):
        wrong = next((json.dumps({name: tag}) for name, tag in data.items() if not isinstance(tag, str)), None)
        if wrong is not None:
            raise ConfigError(f"{wrong} is not a valid move", 'write {"service": "tag"}, with the tag as a string')
        names = ((name, *name.partition("/")[::2]) for name in data)
        return _gathered([(service if image else name, image, data[name]) for name, service, image in names], environment)
    return _of_objects(data, environment)


def _of_objects(items: Iterable[Any], environment: str) -> Iterator[Move]:
    for item in items:
        is_map = isinstance(item, dict) and {*item} <= {"service", "images", *_FIELDS}
        texts = [value for key, value in item.items() if key != "images"] if is_map else []
        images = item.get("images", {}) if is_map else None
        texts += images.values() if isinstance(images, dict) else [None]
        if not is_map or "service" not in item or not all(isinstance(value, str) for value in texts):
            known = f"use the keys service, {', '.join(_FIELDS)} and images, which maps names to tags"
            raise ConfigError(f"{json.dumps(item)} is not a valid move", known)
        service = item["service"]
        moved = tuple(_image(service, name, value) for name, value in images.items()) if images else ()
        fields = {field: item[name] for name, field in _FIELDS.items() if name in item}
        yield Move(service, environment, **fields, images=moved)


def _gathered(pairs: Iterable[tuple[str, str, str]], environment: str) -> list[Move]:
    """Return one move for each service; a pair is a service, the name of a further image or nothing, and a version."""
    found: dict[str, Move] = {}
    for service, image, value in pairs:
        move = found.get(service) or Move(service, environment)
        if not image and move.image_tag:
            raise ConfigError(f"{service} is listed twice", "list each service once")
        more = {"images": (*move.images, _image(service, image, value))} if image else {"image_tag": value}
        found[service] = move._replace(**more)
    return list(found.values())


def _image(service: str, name: str, value: str) -> ImageMove:
    """Return the move of a further image to `TAG`, `TAG@DIGEST` or `@DIGEST`."""
    tag, at, digest = value.partition("@")
    checks = [(tag, _TAG)] if tag or not at else []
    for part, (form, what) in [*checks, *([(digest, _DIGEST)] if at else [])]:
        if not form.match(part):
            raise ConfigError(f"{service}: {part!r} of image `{name}` is not {what}", "correct the value that you pass")
    return ImageMove(name, tag, digest)


def _checked(move: Move) -> Move:
    """Return the move; raises ConfigError if one of its fields is malformed."""
    for field, (form, what) in _FORMS.items():
        value = getattr(move, field)
        if value and not form.match(value):
            raise ConfigError(f"{move.service}: {value!r} is not {what}", "correct the value that you pass")
    names = [image.name for image in move.images]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ConfigError(f"{move.service}: image `{twice}` is listed twice", "list each image once")
    return move
