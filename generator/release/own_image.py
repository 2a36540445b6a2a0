"""The image of a chart itself, and the one that specs set in its place, which a new version does not change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from generator.diagnostics import Diagnostic, Pointer, Severity
from generator.release.agreement import Agreement, asked, placed
from generator.release.stamp import image_values
from generator.service.build import Built
from generator.syntax import semver
from generator.syntax.merge import lookup
from generator.syntax.reader import parse
from generator.syntax.reader.foreign import yaml_data
from generator.system.charts.limits import MAX_READ
from generator.workspace.templates import Templates

STAYS = "TP656"
TAG: Pointer = ("image", "tag")


def values_of_image(root: str, built: Built) -> dict[str, Any]:
    """Return the values of a service that the profile of its chart derives from `image`."""
    template = f"{built.profile.folder}/values.yaml"
    written = next(document for document in built.documents if document.path.endswith("/values.yaml"))
    return image_values(parse(template, Templates(root)(template).raw).data, written.data)


def staying(root: str, agreed: Agreement, files: Mapping[str, bytes]) -> list[Diagnostic]:
    """Return a warning for each service that takes the chart by a range and keeps the image of its spec.

    `files` are those of the package. A release of such a chart is expected to deploy its image.
    """
    takers = [item for item in agreed.users if semver.is_range(asked(item) or agreed.version) and _tag(item)]
    own = _own_values(files) if takers else {}
    return [problem for item in takers for problem in _stays(root, item, agreed.version, own)]


def _tag(built: Built) -> str:
    return str((built.resolved.data.get("image") or {}).get("tag") or "")


def _own_values(files: Mapping[str, bytes]) -> Mapping[str, Any]:
    try:
        data = yaml_data(files.get("values.yaml", b""), most=MAX_READ["values.yaml"])
    except ValueError:  # Helm has read it, so it is one that only Helm understands
        return {}
    return data if isinstance(data, dict) else {}


def _stays(root: str, built: Built, version: str, own: Mapping[str, Any]) -> Iterator[Diagnostic]:
    tag = _tag(built)
    leaves = list(_leaves(values_of_image(root, built)))
    if not _is_same_image(built, leaves, own):
        return
    for pointer, value in leaves:
        is_tag = value == tag or value.endswith(f":{tag}")
        there = lookup(own, pointer)[1]
        if is_tag and isinstance(there, str) and there and there != value:
            name = ".".join(map(str, pointer))
            message = (
                f"{built.resolved.environment.name} keeps the image tag {tag}: it is set here, and overrides "
                f"`{name}: {there}` of the chart {version}"
            )
            hint = "raise it with `tiphys bump`, or leave the tag to the chart, with `image: appVersion` in its profile"
            yield placed(built, message, hint, TAG)._replace(rule=STAYS, severity=Severity.WARNING)
            return


def _is_same_image(built: Built, leaves: Sequence[tuple[Pointer, str]], own: Mapping[str, Any]) -> bool:
    """Tell whether the chart names the repository of the spec: a chart of many services has none, or one that does not exist."""
    repository = str((built.resolved.data.get("image") or {}).get("repository") or "")
    there = [lookup(own, pointer)[1] for pointer, value in leaves if value == repository]
    return all(one == repository for one in there)


def _leaves(values: Mapping[str, Any], above: Sequence[str] = ()) -> Iterator[tuple[Pointer, str]]:
    for key, value in values.items():
        if isinstance(value, dict):
            yield from _leaves(value, (*above, key))
        elif isinstance(value, str):
            yield (*above, key), value
