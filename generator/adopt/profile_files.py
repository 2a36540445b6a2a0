"""The profile of a chart as files of a workspace, by what was found out about the chart."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from generator.adopt.inferring import Inferred
from generator.adopt.paths import Path, put

TARGETS = ("targetCPUUtilizationPercentage", "targetMemoryUtilizationPercentage")
"""What an autoscaler aims at."""


class Facts(NamedTuple):
    """What a profile is written from."""

    chart: str
    found: Inferred
    is_alone: bool
    """Whether all charts of this name have the profile."""
    has_version: bool
    """Whether the chart has an image of its own, which some services leave to it."""
    pinned: bool
    """Whether this has a digest, which would win over a tag."""


def written(name: str, facts: Facts) -> dict[str, dict[str, Any]]:
    """Return the data of profile.yaml, values.yaml and, if the chart takes a strategy, rollout.yaml."""
    chart, found = facts.chart, facts.found
    spec: dict[str, Any] = {"charts": [chart]} if facts.is_alone and chart != name else {}
    image = "optional" if not found.knows_image else "appVersion" if facts.has_version else "required"
    spec |= {"mode": "values" if found.strategy else "workloadRef", "image": image}
    spec |= {"workload": {"kind": found.kind}} if found.kind != "Deployment" else {}
    refuses = list(_refuses(chart, found))
    profile = {
        "apiVersion": "tiphys/v1",
        "kind": "ChartProfile",
        "metadata": {"name": name, "description": f"The chart {chart}, as `tiphys import` found that it reads its values."},
        "spec": spec | ({"refuses": refuses} if refuses else {}),
    }
    files = {"profile.yaml": profile, "values.yaml": _values(found, has_version=facts.has_version, pinned=facts.pinned)}
    if found.strategy:
        part = ".".join(("strategy", *found.part))
        files["rollout.yaml"] = _at(found.strategy, "{{ " + part + " }}")
    return files


_WHOLE_OR_NONE = "{{ imageByTag.repository ~ ':' ~ imageByTag.tag if imageByTag.tag | default(none) else omit }}"


def _values(found: Inferred, *, has_version: bool, pinned: bool) -> dict[str, Any]:
    values: dict[str, Any] = {}
    image = "image" if found.digest else "imageByTag"  # a chart without a field for the digest gets it in the tag
    unless = f" if {image} else omit" if has_version else ""
    repository = f"{image}.repository"
    digest = f"image.digest | default({repr('') if pinned and found.tag else 'omit'})"
    for path, text in (
        (found.whole, _WHOLE_OR_NONE if has_version else "{{ imageByTag.repository }}:{{ imageByTag.tag }}"),
        (found.repository, f"{{{{ {repository}{unless} }}}}"),
        (found.registry, f"{{{{ {repository}.split('/', 1)[0]{unless} }}}}"),
        (found.name, f"{{{{ {repository}.split('/', 1)[1]{unless} }}}}"),
        (found.tag, f"{{{{ {image}.tag | default(omit){unless if found.digest else ''} }}}}"),
        (found.digest, f"{{{{ {digest}{unless} }}}}"),
        (found.replicas, "{{ workload.replicas if workload.replicas is not none else omit }}"),
    ):
        values = put(values, path, text) if path else values
    if found.enabled:
        values = put(values, found.enabled, "{{ autoscaling is not none and not workload.referenced }}")
    for field, path in found.autoscaling.items():
        values = put(values, path, "{{ autoscaling." + field + " if autoscaling and not workload.referenced else omit }}")
    return values


def _at(path: Path, text: str) -> dict[str, Any]:
    return put({}, path, text)


def _refuses(chart: str, found: Inferred) -> list[dict[str, str]]:
    refuses = []
    if not found.knows_image:
        refuses.append(_refusal("image is not none", "image", f"it is not known where the chart `{chart}` reads its image"))
    elif found.fixed:
        message = f"the templates of the chart `{chart}` set the repository of the image: {found.fixed}"
        hint = f"set it to {found.fixed}, or change the chart"
        refuses.append(_refusal(f"image.repository != '{found.fixed}'", "image.repository", message, hint))
    elif found.registry:
        message = f"the chart `{chart}` reads the registry of the image apart, so its repository needs one"
        hint = "write it before a slash: docker.io/library/nginx"
        refuses.append(_refusal("image is not none and '/' not in image.repository", "image.repository", message, hint))
    if found.digest and not found.tag:
        message = f"it is not known where the chart `{chart}` reads a tag"
        refuses.append(
            _refusal("image is not none and 'tag' in image", "image.tag", message, "set `digest`, or complete the profile")
        )
    if not found.replicas:
        message = f"it is not known where the chart `{chart}` reads its replicas"
        refuses.append(_refusal("replicas is not none", "replicas", message))
    refuses += _of_autoscaler(chart, found)
    if found.strategy and found.part:
        wanted = " and ".join(
            f"'{part}' in strategy{'.' + '.'.join(found.part[:n]) if n else ''}" for n, part in enumerate(found.part)
        )
        message = f"the chart `{chart}` only takes rollout.strategy.{'.'.join(found.part)}"
        refuses.append(
            _refusal(f"strategy is not none and not ({wanted})", "rollout.strategy", message, "use a canary strategy")
        )
    if not found.strategy:
        message = f"it is not known how the chart `{chart}` could be rolled out"
        refuses.append(_refusal("strategy is not none", "rollout", message, "write `rollout: null`"))
    return refuses


def _of_autoscaler(chart: str, found: Inferred) -> Iterator[dict[str, str]]:
    """Yield the refusals of an autoscaler: all of it, or its fields that the chart does not have, or that it must have."""
    if not found.autoscaling:
        yield _refusal(
            "autoscaling is not none", "autoscaling", f"it is not known where the chart `{chart}` reads its autoscaler"
        )
    for field in TARGETS if found.autoscaling else ():
        if field in found.autoscaling:
            message = f"the chart `{chart}` has a default for {field}, which a missing one would not remove"
            yield _refusal(f"autoscaling is not none and '{field}' not in autoscaling", "autoscaling", message, f"add {field}")
        else:
            message = f"it is not known where the chart `{chart}` reads {field}"
            yield _refusal(f"autoscaling is not none and '{field}' in autoscaling", f"autoscaling.{field}", message)


def _refusal(when: str, at: str, message: str, hint: str = "set it under `values`, or complete the profile") -> dict[str, str]:
    return {"when": "{{ " + when + " }}", "at": at, "message": message, "hint": hint}
