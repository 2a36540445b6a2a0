"""Find the problems of one application after Helm has rendered it. Nothing here touches a disk."""

from __future__ import annotations

import posixpath
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from generator.diagnostics import Diagnostic, Pointer, Severity, dotted
from generator.kubernetes.applications import place_of, sources
from generator.kubernetes.helm_sources import other_sources
from generator.kubernetes.images import repository_of
from generator.kubernetes.objects import KubeObject, Objects, at
from generator.kubernetes.target import of
from generator.lint.engine import Dispatch, dispatch, examine
from generator.lint.registry import rendered_rules
from generator.lint.schema_rules import rule_of
from generator.lint.schemas import Schemas
from generator.service.build import Built
from generator.service.folder_source import folder_of
from generator.service.images import images_of
from generator.verify import complaints, shapes, stream
from generator.verify.findings import Found, OfObject, OfValue, without
from generator.verify.known_values import UNKNOWN_VALUE, KnownValues, Unknown
from generator.verify.linting import Complaint
from generator.verify.provenance import WORKLOADS, Provenance
from generator.verify.rendering import Job, all_values, given_values
from generator.verify.steadiness import Made, asking, differing
from generator.verify.telling import Application, is_plain, placed_in_spec, told
from generator.verify.twice import unsteady
from generator.workspace.model import Problem

REFUSED = "TP601"
TEXT = "TP603"
IMAGE = "TP607"
NOT_RENDERED = "TP661"

_RULES = dispatch(rendered_rules())


class Verdict(NamedTuple):
    """What came of an application."""

    diagnostics: list[Diagnostic]
    checked: int
    """Objects that were held against a schema."""
    unknown: tuple[str, ...]
    """Kinds without a schema."""


class Given(NamedTuple):
    """What one chart of an application was rendered with."""

    job: Job
    from_spec: Mapping[str, Any]
    """The values that come from the spec."""
    known: KnownValues


def verify(application: Application, values: Sequence[Given], schemas: Schemas, own: Dispatch | None = None) -> Verdict:
    """Return what is wrong with an application that Helm rendered; `own` are the rules of the workspace itself."""
    items = [*application.stream.objects, *application.made]
    by_object = {id(item): schemas.problems(item) for item in items}
    unknown = sorted({f"{item.api_version} {item.kind}" for item in items if by_object[id(item)] is None})
    found = [
        *_placed(application, _text(application), Severity.ERROR),
        *told(application, by_schema([item for item in items if not is_plain(item)], by_object)),
        *_placed(application, _images_run(application), Severity.ERROR),
        *told(application, (one for chart in values for one in _unknown_values(application, chart))),
        *told(application, by_shape(application.stream.objects, [chart.job for chart in values], by_object)),
        *_placed(application, _not_rendered(application.built), Severity.WARNING),
        *told(application, by_rules(_set(application), own)),
    ]
    return Verdict(found, len(items) - sum(wrong is None for wrong in by_object.values()), tuple(unknown))


def repeated(application: Application, texts: Sequence[str], charts: Sequence[Made]) -> list[Diagnostic]:
    """Return what differs each time that the charts of an application are rendered, and what they ask a cluster for."""
    items, deployed = application.stream.objects, KubeObject(application.built.deployed)
    _, namespace = place_of(deployed.data, "")
    different = unsteady(items, (stream.read(text).objects for text in texts), namespace)
    return [*told(application, (*differing(items, different, charts, deployed), *asking(items, charts)))]


def refused(built: Built, provenance: Provenance, known: KnownValues, said: str, origin: str) -> list[Diagnostic]:
    """Return what Helm says of an application that it did not render."""
    found = complaints.problems(said, origin, provenance, known)
    return [placed_in_spec(built, problem, Severity.ERROR) for problem in found]


def unbuilt(built: Built, said: str) -> Diagnostic:
    """Return what kustomize says of a folder that it did not build."""
    source = folder_of(built.resolved)
    at: Pointer = (*source.at, "path") if source else ()
    text = " ".join(said.split())
    problem = Problem(
        REFUSED, at, f"kustomize does not build {source.path if source else ''}: {text}", "correct the kustomization"
    )
    return placed_in_spec(built, problem, Severity.ERROR)


def linted(
    built: Built, provenance: Provenance, known: KnownValues, said: Iterable[Complaint], origin: str
) -> list[Diagnostic]:
    """Return what `helm lint --strict` says of an application; each of its warnings fails a run."""
    return [
        placed_in_spec(built, problem, Severity.ERROR)
        for item in said
        if is_told_by_lint(item)
        for problem in complaints.problems(item.text, origin, provenance, known, complaints.LINT)
    ]


def is_told_by_lint(said: Complaint) -> bool:
    """Tell whether a complaint is reported: that an API is gone is not, as the schemas say so, of the right version."""
    return " is deprecated in v" not in said.text


def _placed(application: Application, problems: Iterable[Problem], severity: Severity) -> Iterator[Diagnostic]:
    return (placed_in_spec(application.built, without(problem, application.known()), severity) for problem in problems)


def _text(application: Application) -> Iterator[Problem]:
    for said in application.stream.problems:
        yield Problem(TEXT, ("chart",), f"Helm renders invalid YAML: {said}", f"correct the chart: {application.origin}")


def by_schema(items: Iterable[KubeObject], by_object: Mapping[int, Any]) -> Iterator[OfObject]:
    """Yield what the schemas say of objects; `by_object` are the problems by the identity of each."""
    for item in items:
        for wrong in by_object[id(item)] or ():
            rule, severity = rule_of(item, wrong)
            message = f"{item.title}: {'' if wrong.at_key else _at(wrong.pointer)}{wrong.message}"
            yield OfObject(item, wrong.pointer, rule, severity, message, wrong.hint, at_key=wrong.at_key)


def _at(pointer: Pointer) -> str:
    return f"{dotted(pointer)}: " if pointer else ""


def _images_run(application: Application) -> Iterator[Problem]:
    """Yield a problem for each image of the spec that no container runs."""
    own_version = application.built.profile.image == "appVersion"
    specs = [item.spec for item in application.stream.objects if item.kind in WORKLOADS]
    main = list(_images(specs, ("containers",)))
    every = list(_images(specs, ("containers", "initContainers")))
    for pointer, image in images_of(application.built.resolved):
        reference, wanted = image["repository"], _references(image)
        running = main if pointer == ("image",) else every  # the service itself does not run in an init container
        if (own_version or "name" in image) and wanted == {reference}:  # any tag of it is that of the chart, or of the files
            short = [name for name in running if reference in (repository_of(name), repository_of(name).partition("/")[2])]
            wanted = set(short) or wanted
        empty = not application.stream.objects
        if (every or empty) and not any(name in wanted or name.partition("/")[2] in wanted for name in running):
            shown = "nothing at all" if empty else ", ".join(f"`{name}`" for name in dict.fromkeys(running)) or "none"
            what, hint = "the chart", "correct the chart's profile, or the values that set another image"
            if application.built.stock:
                what = application.origin
                hint = f"set `name` to what the manifests call {reference}, or add `newName: {reference}` to `images` of the kustomization"
            yield Problem(IMAGE, pointer, f"no container runs `{min(wanted)}`; {what} runs {shown}", hint)


def _references(image: Mapping[str, str]) -> set[str]:
    """Return how a container may name an image."""
    reference, tag, digest = image["repository"], image.get("tag"), image.get("digest")
    if digest:
        return {f"{reference}@{digest}", f"{reference}:{tag}@{digest}"}
    return {f"{reference}:{tag}" if tag else reference}


def _images(spec: Any, kinds: Sequence[str]) -> Iterator[str]:
    """Yield the images of the containers of some kinds, at any depth of the specs of workloads."""
    if isinstance(spec, dict):
        for key, value in spec.items():
            if key in kinds and isinstance(value, list):
                yield from (str(one["image"]) for one in value if isinstance(one, dict) and "image" in one)
            else:
                yield from _images(value, kinds)
    elif isinstance(spec, list):
        for value in spec:
            yield from _images(value, kinds)


def unknown_value(unknown: Unknown, origin: str) -> OfValue:
    """Return that a chart does not use a value; `origin` names the chart."""
    return OfValue(unknown.path, UNKNOWN_VALUE, Severity.WARNING, *unknown.words(origin), at_key=True)


def _unknown_values(application: Application, chart: Given) -> Iterator[OfValue]:
    """Yield what the chart of a source does not use of the spec's own values; a profile writes the others."""
    own = {key: value for key, value in (application.built.resolved.data.get("values") or {}).items() if key in chart.from_spec}
    return (unknown_value(unknown, application.origin) for unknown in chart.known.unknown(own))


def _not_rendered(built: Built) -> Iterator[Problem]:
    """Yield the sources that a template of the workspace adds, and that Helm does not render."""
    ours = posixpath.dirname(next((item.path for item in built.documents if "/manifests/" in item.path), ""))
    folder = folder_of(built.resolved)
    for pointer in other_sources(built.rendered_from, ours):
        path = at(built.rendered_from, *pointer, "path")
        if folder is not None and path == folder.path:
            continue  # it is in the place of a chart, and was built
        message = f"source `{path}` of the Application is not a chart, so its objects are not checked"
        yield Problem(NOT_RENDERED, (), message, f"check it by itself: tiphys lint --manifests {shlex.quote(str(path))}")
    if ours and not any(source.get("path") == ours for _, source in sources(KubeObject(built.rendered_from))):
        message = f"no source of the Application reads {ours}, so Argo CD does not apply what is in it"
        yield Problem(NOT_RENDERED, (), message, "add the source to templates/application.yaml: {{ application.sources[1] }}")


def by_shape(items: Sequence[KubeObject], jobs: Sequence[Job], by_object: Mapping[int, Any]) -> Iterator[Found]:
    """Yield the values of charts that arrive in objects as something else; `by_object` are the problems that schemas have."""

    def schema(item: KubeObject, pointer: Pointer) -> bool | None:
        problems = by_object[id(item)]
        return None if any(one.pointer == pointer for one in problems or ()) else problems is not None

    texts = shapes.suspects(items)
    yield from shapes.misprinted(texts)
    for job in jobs:
        given = given_values(job)
        if texts:
            yield from shapes.changed(texts, all_values(job), given)
        yield from shapes.unquoted(items, given, schema)


def by_rules(objects: Objects, own: Dispatch | None) -> Iterator[OfObject]:
    """Yield what the rules over rendered objects find, and those of the workspace itself."""
    for one in (*examine(objects, _RULES), *(examine(objects, own) if own else ())):
        found = one.finding
        said = (found.pointer, one.rule.id, one.severity, found.message, found.hint)
        yield OfObject(one.object, *said, is_of_service=not one.is_of_rule)


def _set(application: Application) -> Objects:
    _, namespace = place_of(application.built.deployed, "")
    target = of(application.built.resolved.environment.spec.get("target"))
    return Objects(application.objects, complete=True, namespace=namespace, target=target)
