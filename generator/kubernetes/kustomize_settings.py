"""The settings that an Application has for kustomize, and the kustomization that Argo CD makes of them.

Argo CD runs `kustomize edit` for each of them, and adds patches itself.
Source: argo-cd, util/kustomize/kustomize.go; kustomize, kustomize/commands/edit
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from generator.diagnostics import Pointer, dotted
from generator.kubernetes.objects import maps

_NAMES = ("namePrefix", "nameSuffix", "namespace")
_MAPS = ("commonLabels", "commonAnnotations")
_SWITCHES = {
    "forceCommonLabels": "commonLabels",
    "labelWithoutSelector": "commonLabels",
    "labelIncludeTemplates": "commonLabels",
    "forceCommonAnnotations": "commonAnnotations",
}
"""By the setting without which they do nothing."""
_LISTS = {"components": str, "patches": dict}
OPTIONS = (*_NAMES, *_MAPS, *_SWITCHES, *_LISTS)
"""The settings besides images and replicas, as a spec has them too."""

_DIGITS = re.compile(r"\d{1,10}", re.ASCII)
MOST_PODS = 2**31 - 1
"""The largest number of replicas that Kubernetes reads."""


NO_OPTIONS: Mapping[str, Any] = MappingProxyType({})


class Settings(NamedTuple):
    """What an Application sets."""

    images: tuple[str, ...] = ()
    replicas: tuple[Mapping[str, Any], ...] = ()
    options: Mapping[str, Any] = NO_OPTIONS
    """The others, those that are empty left out."""


class SettingError(ValueError):
    """A setting that Argo CD does not read, or that kustomize refuses."""

    def __init__(self, pointer: Pointer, message: str, hint: str = "correct it") -> None:
        super().__init__(message)
        self.pointer = pointer
        self.message = message
        self.hint = hint


def settings(given: Any) -> Settings:
    """Return the `kustomize` of an Application; raises SettingError for what Argo CD does not read."""
    if not isinstance(given, dict):
        raise SettingError((), "`kustomize` must be a mapping")
    images, replicas = (_list(given, field) for field in ("images", "replicas"))
    for index, item in enumerate(images):
        _insist(isinstance(item, str), ("images", index), "a string")
    counts = tuple(_count(item, index) for index, item in enumerate(replicas))
    options = {field: given[field] for field in OPTIONS if _is_set(given, field)}
    idle = [field for field, of in _SWITCHES.items() if of not in options]
    return Settings(tuple(images), counts, {field: value for field, value in options.items() if field not in idle})


def _is_set(given: Mapping[str, Any], field: str) -> bool:
    """Tell whether a setting does anything; raises SettingError."""
    value = given.get(field)
    if field in _LISTS:
        noun = "a string" if _LISTS[field] is str else "a mapping"
        for index, item in enumerate(_list(given, field)):
            _insist(isinstance(item, _LISTS[field]), (field, index), noun)
    elif value is not None:
        kind, noun = (
            (str, "a string") if field in _NAMES else (dict, "a mapping") if field in _MAPS else (bool, "true or false")
        )
        _insist(isinstance(value, kind), (field,), noun)
    for key, text in value.items() if field in _MAPS and value else ():
        _insist(isinstance(text, str), (field, key), "a string")
    return bool(value)


def _list(given: Mapping[str, Any], field: str) -> list[Any]:
    value = given.get(field) or []
    _insist(isinstance(value, list), (field,), "a list")
    return list(value)


def _insist(is_so: bool, pointer: Pointer, noun: str) -> None:
    if not is_so:
        raise SettingError(pointer, f"`{dotted(('kustomize', *pointer))}` must be {noun}")


def _count(item: Any, index: int) -> dict[str, Any]:
    at: Pointer = ("replicas", index)
    if not isinstance(item, dict) or not isinstance(item.get("name"), str):
        raise SettingError(at, f"`{dotted(('kustomize', *at))}` must have a name")
    count = item.get("count")
    if isinstance(count, str) and _DIGITS.fullmatch(count):
        count = int(count)
    if type(count) is not int or not 0 <= count <= MOST_PODS:
        raise SettingError(
            (*at, "count"), f"`{dotted(('kustomize', *at, 'count'))}` must be an integer from 0 to {MOST_PODS:,}"
        )
    return {"name": item["name"], "count": count}


def edited(data: Mapping[str, Any], given: Settings) -> dict[str, Any]:
    """Return a kustomization with settings made as Argo CD makes them; raises SettingError for what kustomize refuses."""
    made = dict(data)
    options = given.options
    made |= {field: options[field] for field in _NAMES if field in options}
    if given.images:
        made["images"] = _with_images(data, given.images)
    if given.replicas:
        counts = {str(one["name"]): dict(one) for one in given.replicas}
        kept = [item for _, item in maps(data.get("replicas")) if str(item.get("name")) not in counts]
        made["replicas"] = [*kept, *counts.values()]
    if "commonLabels" in options:
        made |= _with_labels(data, options)
    if "commonAnnotations" in options:
        made["commonAnnotations"] = _added(data, options, "commonAnnotations")
    if "patches" in options:
        made["patches"] = [*(data.get("patches") or []), *options["patches"]]
    if "components" in options:
        made["components"] = list(dict.fromkeys([*(data.get("components") or []), *options["components"]]))
    return made


def _with_images(data: Mapping[str, Any], images: Iterable[str]) -> list[dict[str, Any]]:
    found = {one["name"]: one for one in map(image, images)}
    kept = [item for _, item in maps(data.get("images")) if str(item.get("name")) not in found]
    return sorted([*kept, *found.values()], key=lambda one: str(one.get("name")))


def image(text: str) -> dict[str, str]:
    """Return an entry of `images` for `name=repository:tag`, or `repository@digest`, as kustomize reads it."""
    name, equals, rest = text.partition("=")
    reference = rest if equals else name
    repository, at_sign, digest = reference.partition("@")
    tag = ""
    if not at_sign and ":" in repository.rpartition("/")[2]:
        repository, _, tag = repository.rpartition(":")
    entry = {"name": name if equals else repository}
    entry |= {"newName": repository} if equals else {}
    return {**entry, **({"digest": digest} if digest else {"newTag": tag} if tag else {})}


def _with_labels(data: Mapping[str, Any], options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the field that labels go to: `commonLabels`, or `labels` for those that are no part of selectors."""
    if not options.get("labelWithoutSelector"):
        if options.get("labelIncludeTemplates"):
            message = "`labelIncludeTemplates` needs `labelWithoutSelector`, so `kustomize edit` refuses it"
            raise SettingError(("labelIncludeTemplates",), message, "set `labelWithoutSelector: true`, or remove it")
        return {"commonLabels": _added(data, options, "commonLabels")}
    in_pods = options.get("labelIncludeTemplates") is True
    lists = [dict(item) for _, item in maps(data.get("labels"))]
    fitting = (one for one in lists if not one.get("includeSelectors") and bool(one.get("includeTemplates")) is in_pods)
    entry = next(fitting, None)
    if entry is None:
        entry = {"includeTemplates": True} if in_pods else {}
        lists.append(entry)
    entry["pairs"] = _added({"commonLabels": entry.get("pairs")}, options, "commonLabels")
    return {"labels": lists}


def _added(data: Mapping[str, Any], options: Mapping[str, Any], field: str) -> dict[str, Any]:
    """Return labels or annotations of a kustomization with those of the settings; raises SettingError for those it has."""
    own = data.get(field)
    own = dict(own) if isinstance(own, dict) else {}
    switch = f"force{field[0].upper()}{field[1:]}"
    for key in options[field]:
        if key in own and not options.get(switch):
            message = f"the kustomization sets `{key}` too, so `kustomize edit` refuses to add it"
            raise SettingError((field, key), message, f"remove one of the two, or set `{switch}: true`")
    return {**own, **options[field]}
