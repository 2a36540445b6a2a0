"""Read versions from the files of one commit: the service of a spec, and its version in an environment."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from generator.history import moves
from generator.history.images import Image, Images, agree, images_of
from generator.history.ledger.chains import Chains
from generator.history.ledger.shapes import VERSIONS, Form, Shape, Shapes
from generator.service.resolve import Resolver, UnresolvedError
from generator.syntax.merge import lookup
from generator.syntax.reader import Source, try_parse
from generator.workspace.model import ANY, Environment, ServiceSpec

RELEASED = ("image", "images", "chart", "source")
"""The parts of a service that make a release; everything else is left out before layers are merged."""


class Version(NamedTuple):
    """The declared version of a service in an environment; empty where unset."""

    image_tag: str = ""
    digest: str = ""
    chart_name: str = ""
    chart_version: str = ""
    images: Images = ()
    """The further images, by name."""

    @property
    def movable(self) -> moves.Version:
        """The version as a move has it, which keeps the chart that the service uses now."""
        return moves.Version(self.image_tag, self.digest, self.chart_version, self.images)

    def has_images_of(self, other: Version) -> bool:
        """Tell whether it has the images of another version, those aside that only one of the two has."""
        return self[:2] == other[:2] and agree(self.images, other.images)

    def agrees_with(self, other: Version) -> bool:
        """Tell whether it is the same version, but for images that only one of the two has and that are not promoted."""
        return self[:4] == other[:4] and agree(self.images, other.images)

    def __str__(self) -> str:
        """Return it for display: the image, and after a plus sign the chart."""
        image = ", ".join([self.image_tag or self.digest or "no image tag", *(image.shown for image in self.images)])
        return f"{image} + {self.chart_name} {self.chart_version}".rstrip(" +")


class UnreadableVersionError(Exception):
    """The files of that commit do not resolve to a service, so nothing could be generated from them."""


class _Ground(NamedTuple):
    """An environment that specs are merged over."""

    environment: Environment
    resolver: Resolver
    strings: Collection[str] | None
    """What a version in a spec may be equal to; None where it makes versions of placeholders, which can be anything."""


_Answer = Version | None | UnreadableVersionError
"""What a spec has in an environment; None where it is not deployed there."""
_Key = tuple[Shape, tuple[str, ...], str, str]
"""The shape of a spec, its strings that are relevant to an environment, and the name and files of that environment."""


_NEXT_KEY = re.compile(rb"^[^\s#]", re.MULTILINE)
_NAME = re.compile(rb"(?:^|[{,\s])name:[ \t]+[\"']?([a-z][-a-z0-9]*)[\"']?[ \t]*(?:[,}\r\n]|$)")


def service_of(raw: bytes) -> str:
    """Return the service that a spec describes; empty if it names none.

    Most specs state it in a way that can be read without a parser, which matters for thousands of specs.
    """
    start = raw.find(b"metadata:")
    if start >= 0 and raw[start - 1 : start] in (b"", b"\n") and raw.count(b"metadata") == 1:
        start += len(b"metadata:")
        end = _NEXT_KEY.search(raw, start + 1)
        block = raw[start : end.start() if end else len(raw)]
        match = _NAME.search(block)
        if match and block.count(b"name") == 1 and b"\\" not in block:
            return match[1].decode("ascii")
    source, _ = try_parse("", raw)
    name = lookup(source.data, ("metadata", "name"))[1] if source else None
    return name if isinstance(name, str) else ""


class Versions:
    """Reads versions from the contents of files, by object id, each file once."""

    def __init__(self, contents: Mapping[str, bytes], shapes: Shapes | None = None) -> None:
        self._contents = dict(contents)
        self.shapes = shapes or Shapes(part_of_spec)
        """The parsed specs, shared so that no text is parsed twice."""
        self._forms: dict[str, Form] = {}
        self._specs: dict[str, ServiceSpec | None] = {}
        self._environments: dict[tuple[str, str], _Ground | None] = {}
        self._answers: dict[_Key, _Answer] = {}
        self._of_forms: dict[_Key, _Answer] = {}
        """The same for texts with marks in place of versions."""
        self._parts: dict[str, dict[str, Any] | None] = {}
        self.chains = Chains(self._contents)

    def add(self, raw: bytes) -> str:
        """Add contents that Git may not have, and return the object id that Git would give them.

        So a file that is identical on disk and in a commit is read once.
        """
        import hashlib

        object_id = hashlib.sha1(b"blob %d\0" % len(raw) + raw, usedforsecurity=False).hexdigest()
        self._contents[object_id] = raw
        return object_id

    def version(self, spec_id: str, environment: str, environment_id: str) -> Version | None:
        """Return the version of the spec's service; None if the spec does not deploy to the environment.

        `environment_id` has the object ids of the environment's files, as `chains` returns them; it is empty for an
        environment without a file. Raises UnreadableVersionError for an invalid file.
        """
        if not spec_id:
            return None
        form = self._forms.get(spec_id) or self._form(spec_id)
        slots = form.shape.slots_of(environment)
        key = (form.shape, tuple([form.texts[slot] for slot in slots]), environment, environment_id)
        if key not in self._answers:
            self._answers[key] = self._answer(form, slots, environment, environment_id)
        found = self._answers[key]
        if isinstance(found, UnreadableVersionError):
            raise UnreadableVersionError
        return found

    def _answer(self, form: Form, slots: Sequence[int], environment: str, environment_id: str) -> _Answer:
        ground = self._ground(environment, environment_id)
        if ground is None or ground.strings is None:
            return _of_form(form, environment, ground)
        marked = form.labelled(slots, ground.strings)
        key = (form.shape, marked.texts, environment, environment_id)
        if key not in self._of_forms:
            self._of_forms[key] = _of_form(marked, environment, ground)
        found = self._of_forms[key]
        return (_named(found, form) or _of_form(form, environment, ground)) if isinstance(found, Version) else found

    def _form(self, spec_id: str) -> Form:
        if spec_id not in self._forms:
            self._forms[spec_id] = self.shapes.form(self._contents.get(spec_id, b""))
        return self._forms[spec_id]

    def spec(self, spec_id: str) -> ServiceSpec | None:
        """Return a spec reduced to the parts that make a release; None if it is invalid."""
        if spec_id not in self._specs:
            data = self._form(spec_id).filled()
            self._specs[spec_id] = ServiceSpec(data["metadata"]["name"], Source("", "", data)) if data else None
        return self._specs[spec_id]

    def _ground(self, name: str, environment_id: str) -> _Ground | None:
        key = (name, environment_id)
        if key not in self._environments:
            self._environments[key] = self._read_ground(name, environment_id)
        return self._environments[key]

    def _read_ground(self, name: str, environment_id: str) -> _Ground | None:
        parts = [self._part(object_id) for object_id in environment_id.split(" ")]
        if None in parts:
            return None
        *extended, own = (Source("", "", {"metadata": {"name": name}, "spec": part}) for part in parts)
        environment = Environment(name, own, own.data["spec"], extended=tuple(extended), destination=ANY)
        texts = [*_texts(parts)]
        makes_versions = any(field in VERSIONS and "{" in text for field, text in texts)
        return _Ground(environment, Resolver({}), None if makes_versions else frozenset(text for _, text in texts))

    def _part(self, object_id: str) -> dict[str, Any] | None:
        """Return what makes a release in one file of an environment, nothing without a file; None if it is invalid."""
        if object_id not in self._parts:
            spec: Any = (self._data(object_id) or {}).get("spec") if object_id else {}
            valid = isinstance(spec, dict) and isinstance(spec.get("chart") or {}, dict)
            part = {"chart": spec.get("chart"), "defaults": _released(spec.get("defaults"))} if valid else None
            self._parts[object_id] = part
        return self._parts[object_id]

    def _data(self, object_id: str) -> dict[str, Any] | None:
        source, problems = try_parse("", self._contents.get(object_id, b""))
        return source.data if source is not None and not problems and isinstance(source.data, dict) else None


def _of_form(form: Form, environment: str, ground: _Ground | None) -> _Answer:
    data = form.filled()
    if data is None:
        return UnreadableVersionError()
    spec = ServiceSpec(data["metadata"]["name"], Source("", "", data))
    if environment not in spec.environments:
        return None
    if ground is None:
        return UnreadableVersionError()
    try:
        return _version(ground.resolver.resolve(spec, ground.environment).data)
    except (UnresolvedError, UnreadableVersionError):
        return UnreadableVersionError()


def _named(version: Version, form: Form) -> Version | None:
    """Return a version of marks with the strings of a text; None if a mark is only a part of one of its fields."""
    fields = [form.named(text) for text in version[:4]]
    images = [[form.named(part) for part in image] for image in version.images]
    if None in fields or any(None in image for image in images):
        return None
    tag, digest, name, number = (field or "" for field in fields)
    return Version(tag, digest, name, number, tuple(Image(*(part or "" for part in image)) for image in images))


def _texts(node: Any, field: str = "") -> Iterator[tuple[str, str]]:
    """Yield the strings of a node, each with the field that holds it."""
    if isinstance(node, str):
        yield field, node
    elif isinstance(node, dict | list):
        for key, value in node.items() if isinstance(node, dict) else ((field, one) for one in node):
            yield from _texts(value, str(key))


def part_of_spec(data: Any) -> dict[str, Any] | None:
    """Return the parts of a spec that make a release, at their pointers; None if they are malformed."""
    if not isinstance(data, dict) or not isinstance(data.get("spec"), dict) or not isinstance(data.get("metadata"), dict):
        return None
    spec, metadata = data["spec"], data["metadata"]
    overlays = spec.get("environments") or {}
    labels = metadata.get("labels") or {}
    if not isinstance(overlays, dict) or not isinstance(labels, dict) or not isinstance(metadata.get("name"), str):
        return None
    part = {**_released(spec), "environments": {name: _released(overlay) for name, overlay in overlays.items()}}
    return {"metadata": {"name": metadata["name"], "labels": labels}, "spec": part}


def _released(block: Any) -> dict[str, Any]:
    return {part: block[part] for part in RELEASED if part in block} if isinstance(block, dict) else {}


def _version(data: Mapping[str, Any]) -> Version:
    chart = data.get("chart")
    version = moves.chart_field(chart) if isinstance(chart, dict) else "version"
    pointers = (("image", "tag"), ("image", "digest"), ("chart", "name"), ("chart", version))
    found = [lookup(data, pointer)[1] for pointer in pointers]
    if any(value is not None and not isinstance(value, str) for value in found):
        raise UnreadableVersionError
    try:
        images = images_of(data)
    except ValueError:
        raise UnreadableVersionError from None
    tag, digest, name, number = (value or "" for value in found)
    return Version(tag, digest, name, number, images)
