"""Names that files use to refer to each other: where they can be used, and which exist."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from enum import Enum
from typing import NamedTuple

from generator.diagnostics import START, Pointer, Span
from generator.editor.outline import Key


class Thing(Enum):
    """The kind of thing that a name refers to."""

    ENVIRONMENT = "environment"
    EXTENDABLE = "environment file"
    """Any environment, the abstract ones included."""
    PRESET = "rollout preset"
    CHART = "chart"
    PROFILE = "chart profile"
    CHART_FOLDER = "chart directory"
    RULE = "rule"
    FILE = "file"
    IMAGE = "image"
    KUSTOMIZATION = "kustomization"
    DIRECTORY = "directory of manifests"
    INSTANCE = "Argo CD"
    DESTINATION = "destination"
    SERVICE = "service"


class Name(NamedTuple):
    """Something that has a name."""

    name: str
    detail: str
    """The detail shown with it: its origin or its kind."""
    path: str = ""
    """The file that describes it: relative to the workspace, or `tiphys:` and the path of a shipped one."""
    of: str = ""
    """The environment of a destination."""
    at: Span = START
    """Where in the file it is described."""


Names = dict[Thing, tuple[Name, ...]]


def named_by_value(kind: str, pointer: Pointer) -> Thing | None:
    """Return what the value at a pointer names, in a file of a kind; None where it names nothing."""
    end = tuple(part for part in pointer[-3:] if isinstance(part, str))
    if kind == "workspace":
        return Thing.RULE if pointer[1:2] == ("lint",) and pointer[-2:-1] in (("select",), ("ignore",)) else None
    if kind == "environment" and pointer == ("spec", "promotion", "from"):
        return Thing.ENVIRONMENT
    if kind == "environment" and pointer == ("spec", "argocd", "instance"):
        return Thing.INSTANCE
    if kind == "environment" and len(pointer) == 5 and pointer[:3] == ("spec", "argocd", "waves"):
        return Thing.DESTINATION
    if kind == "environment" and pointer[:2] == ("spec", "extends"):
        return Thing.EXTENDABLE if len(pointer) == 3 else None
    if "values" in pointer:
        return None
    if pointer[-2:-1] == ("manifests",) and isinstance(pointer[-1], int):
        return Thing.FILE
    return _NAMES.get(end[-2:])


_NAMES: Mapping[tuple[str, ...], Thing] = {
    ("rollout", "preset"): Thing.PRESET,
    ("chart", "name"): Thing.CHART,
    ("chart", "profile"): Thing.PROFILE,
    ("chart", "path"): Thing.CHART_FOLDER,
    ("analysisTemplates", "file"): Thing.FILE,
    ("kustomize", "path"): Thing.KUSTOMIZATION,
    ("directory", "path"): Thing.DIRECTORY,
    ("dependsOn", "service"): Thing.SERVICE,
}


def named_by_keys(kind: str, pointer: Pointer) -> Thing | None:
    """Return what the keys of the map at a pointer name; None where they are fields or free."""
    if kind == "pipeline" and pointer == ("spec", "environments"):
        return Thing.ENVIRONMENT
    if kind == "pipeline" and _are_images(pointer):
        return Thing.IMAGE
    if kind == "pipeline" and _are_destinations(pointer):
        return Thing.DESTINATION
    return Thing.RULE if kind == "workspace" and pointer[1:2] == ("lint",) and pointer[-1:] == ("severity",) else None


def _are_destinations(pointer: Pointer) -> bool:
    """Tell whether the keys of the map at a pointer of a spec are the names of destinations."""
    return len(pointer) == 4 and pointer[:2] == ("spec", "environments") and pointer[3] == "destinations"


def meant_by_keys(kind: str, pointer: Pointer, names: Names) -> tuple[Name, ...]:
    """Return the names that the keys of the map at a pointer can have; none where they are fields or free."""
    thing = named_by_keys(kind, pointer)
    found = names.get(thing, ()) if thing else ()
    return tuple(one for one in found if not one.of or one.of == pointer[2])


def _are_images(pointer: Pointer) -> bool:
    """Tell whether the keys of the map at a pointer of a spec are the names of further images."""
    if pointer[:2] != ("spec", "environments"):
        return pointer == ("spec", "images")
    return pointer[3:] == ("images",) or (pointer[5:] == ("images",) and _are_destinations(pointer[:4]))


def images_in(keys: Iterable[Pointer]) -> tuple[Name, ...]:
    """Return the further images that a spec names anywhere, given the pointers of its keys."""
    found = {str(pointer[-1]) for pointer in keys if pointer and _are_images(pointer[:-1])}
    return tuple(Name(name, "one of `images` in this spec") for name in sorted(found))


def destinations_in(keys: Iterable[Key], path: str, known: Iterable[Name]) -> tuple[Name, ...]:
    """Return the destinations of an environment, given the keys of its file: its own, and those that it inherits.

    `known` are the destinations of all environments, as they were when each could be read.
    """
    environment = posixpath.splitext(posixpath.basename(path))[0]
    written = {
        str(key.pointer[-1]): Span(key.line, key.column, key.line, key.end)
        for key in keys
        if key.pointer[:-1] == ("spec", "argocd", "destinations")
    }
    own = {name: Name(name, "destination of this environment", path, environment, at) for name, at in written.items()}
    return tuple({**own, **{one.name: one for one in known if one.of == environment and one.name not in own}}.values())


def find(names: Names, thing: Thing, name: str) -> Name | None:
    """Return the thing of a name; None if absent."""
    return next((one for one in names.get(thing, ()) if one.name == name), None)
