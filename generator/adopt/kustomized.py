"""The images and replicas of a kustomization as fields of a spec, so that they can be moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from generator.adopt.fields import split, valid
from generator.adopt.folder_parts import FromFolder
from generator.adopt.inferring import image_of, workload
from generator.adopt.model import Found, Note
from generator.kubernetes import kustomization, kustomize_settings
from generator.kubernetes.kustomize_settings import Settings
from generator.kubernetes.objects import KubeObject, at, maps, texts
from generator.kubernetes.rollouts import table

_MOST_NAME = 50


class Kustomized(NamedTuple):
    """What a spec says of a kustomization."""

    fields: Mapping[str, Any] = MappingProxyType({})
    """`image`, `images` and `replicas`: those of the Application, and images of the kustomization itself."""
    folder: Mapping[str, Any] = MappingProxyType({})
    """What `source.kustomize` says besides where it is."""
    notes: tuple[Note, ...] = ()


def kustomized(found: Found, service: str, part: FromFolder, before: Sequence[KubeObject]) -> Kustomized:
    """Return what the spec of a service says of its folder; `before` are the objects of it."""
    if part.kind != "kustomize":
        return Kustomized()
    fields, notes = _images(found, service, part, before)
    counts, folder, more = _replicas(found, service, part)
    options = _options(part)
    return Kustomized(fields | counts, {**folder, **options}, (*notes, *more))


def _options(part: FromFolder) -> dict[str, Any]:
    """Return the other settings, which a spec has by the same names."""
    return dict(kustomize_settings.settings(table(part.data, "kustomize")).options)


def _images(found: Found, service: str, part: FromFolder, before: Sequence[KubeObject]) -> tuple[dict[str, Any], list[Note]]:
    given = list(texts(at(part.data, "kustomize", "images")))
    own = {kustomize_settings.image(text)["name"]: index for index, text in given}
    edited = kustomize_settings.edited(part.stock.data, Settings(tuple(text for _, text in given)))
    entries = {str(entry.get("name")): entry for _, entry in maps(edited.get("images"))}
    made = {name: _image(entry, part) for name, entry in entries.items() if _version(entry) or name in own}
    images = [image for image in made.values() if image]
    first = _first(images, service, before)
    fields: dict[str, Any] = {"image": first} if first else {}
    others: dict[str, Any] = {}
    for image in (image for image in images if image is not first):
        others[_free(_name(image["repository"]), others)] = image
    why = "a spec cannot say it: set it in `images` of the kustomization"
    at_fault = (*part.pointer, "kustomize", "images")
    notes = [
        found.note((*at_fault, own[name]), f"image `{name}`", why)
        for name, image in made.items()
        if name in own and image is None
    ]
    return fields | ({"images": others} if others else {}), notes


def _version(entry: dict[str, Any]) -> dict[str, str]:
    fields = (("tag", "newTag"), ("digest", "digest"))
    return {field: str(entry[key]) for field, key in fields if entry.get(key)}


def _image(entry: dict[str, Any], part: FromFolder) -> dict[str, str] | None:
    """Return an entry of `images` as an image of a spec, empty if it changes nothing; None if a spec cannot say it."""
    name = str(entry.get("name"))
    repository = str(entry.get("newName") or name)
    named = {} if kustomization.placeholder_of(part.stock.data, repository) == name else {"name": name}
    version = _version(entry)
    return valid({**named, "repository": repository, **version}) if named or version else {}


def _first(images: Sequence[dict[str, str]], service: str, before: Sequence[KubeObject]) -> dict[str, str] | None:
    """Return the image that the service is: that of its first container, else that of its name, else the first."""
    item = workload(before)
    running = split(image_of(item).partition("@")[0])[0] if item else ""
    fitting = [one for one in images if one["repository"] == running] or [
        one for one in images if one["repository"].rpartition("/")[2] == service
    ]
    return next(iter([*fitting, *images]), None)


def _replicas(found: Found, service: str, part: FromFolder) -> tuple[dict[str, Any], dict[str, Any], list[Note]]:
    """Return the replicas of the one workload that a spec can scale, which workload that is, and what is lost."""
    pointer = (*part.pointer, "kustomize", "replicas")
    given = kustomize_settings.settings(table(part.data, "kustomize"))
    entries = given.replicas
    before, after = (str(given.options.get(field) or "") for field in ("namePrefix", "nameSuffix"))
    names = [one.name for one in part.stock.objects if one.group == "apps" and one.kind in ("Deployment", "StatefulSet")]
    usual = names[0] if len(names) == 1 else service
    # kustomize finds a workload by the name that it has, and by the one in its file
    scaled = {name: one for one in entries for name in (f"{before}{one['name']}{after}", one["name"])}
    workload = next((name for name in (usual, *names) if name in scaled), "")
    chosen = scaled.get(workload)
    why = "a spec sets the replicas of one workload: set these in the kustomization"
    others = [(index, one["name"]) for index, one in enumerate(entries) if one is not chosen]
    notes = [found.note((*pointer, index), f"replicas of `{name}`", why) for index, name in others]
    if chosen is None:
        return {}, {}, notes
    return {"replicas": chosen["count"]}, {} if workload == usual else {"workload": workload}, notes


def _name(repository: str) -> str:
    name = split(repository)[0].rpartition("/")[2].lower().replace("_", "-").replace(".", "-")[:_MOST_NAME].strip("-")
    return name or "image"


def _free(name: str, taken: dict[str, Any]) -> str:
    number, found = 1, name
    while found in taken:
        number += 1
        found = f"{name[: _MOST_NAME - 4]}-{number}"
    return found
