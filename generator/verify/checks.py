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
from generator.kubernetes.objects import ROLLOUTS, KubeObject, Objects, at
from generator.kubernetes.target import of
from generator.lint.engine import Dispatch, dispatch, examine
from generator.lint.registry import rendered_rules
from generator.lint.schemas import Schemas
from generator.service.build import Built
from generator.service.folder_source import folder_of
from generator.service.images import images_of
from generator.service.manifests import placed
from generator.service.place import place
from generator.syntax.merge import lookup
from generator.verify import complaints
from generator.verify.known_values import KnownValues
from generator.verify.linting import Complaint
from generator.verify.provenance import WORKLOADS, Provenance
from generator.verify.stream import Stream
from generator.verify.written_values import unknown_values
from generator.workspace.model import Problem

REFUSED = "TP601"
TEXT = "TP603"
KUBERNETES = "TP604"
ARGO = "TP605"
IMAGE = "TP607"
NOT_RENDERED = "TP661"

_RULES = dispatch(rendered_rules())


class Application(NamedTuple):
    """One application as it would be applied."""

    built: Built
    provenance: Provenance
    stream: Stream
    """What Helm made of the chart."""
    made: tuple[KubeObject, ...]
    """The other generated files: manifests, and the Application itself."""
    origin: str
    """The chart, for people."""

    @property
    def objects(self) -> list[KubeObject]:
        """Everything that Argo CD puts into the namespace."""
        return [*self.stream.objects, *(item for item in self.made if item.kind != "Application")]


class Verdict(NamedTuple):
    """What came of an application."""

    diagnostics: list[Diagnostic]
    checked: int
    """Objects that were held against a schema."""
    unknown: tuple[str, ...]
    """Kinds without a schema."""


def verify(
    application: Application,
    values: Iterable[tuple[Mapping[str, Any], KnownValues]],
    schemas: Schemas,
    own: Dispatch | None = None,
) -> Verdict:
    """Return what is wrong with an application that Helm rendered; `values` are those of each chart, and what it knows.

    `own` are the rules of the workspace itself.
    """
    items = [*application.stream.objects, *application.made]
    by_object = {id(item): schemas.problems(item) for item in items}
    unknown = sorted({f"{item.api_version} {item.kind}" for item in items if by_object[id(item)] is None})
    found = [
        *_placed(application, _text(application), Severity.ERROR),
        *_by_schema(application, items, by_object),
        *_placed(application, _images_run(application), Severity.ERROR),
        *(
            found
            for given, known in values
            for found in _placed(application, _unknown_values(application, given, known), Severity.WARNING)
        ),
        *_placed(application, _not_rendered(application.built), Severity.WARNING),
        *_by_rules(application, own),
    ]
    return Verdict(found, len(items) - sum(wrong is None for wrong in by_object.values()), tuple(unknown))


def refused(built: Built, provenance: Provenance, known: KnownValues, said: str, origin: str) -> list[Diagnostic]:
    """Return what Helm says of an application that it did not render."""
    found = complaints.problems(said, origin, provenance, known)
    return [_place(built, problem, Severity.ERROR) for problem in found]


def unbuilt(built: Built, said: str) -> Diagnostic:
    """Return what kustomize says of a folder that it did not build."""
    source = folder_of(built.resolved)
    at: Pointer = (*source.at, "path") if source else ()
    text = " ".join(said.split())
    problem = Problem(
        REFUSED, at, f"kustomize does not build {source.path if source else ''}: {text}", "correct the kustomization"
    )
    return _place(built, problem, Severity.ERROR)


def linted(
    built: Built, provenance: Provenance, known: KnownValues, said: Iterable[Complaint], origin: str
) -> list[Diagnostic]:
    """Return what `helm lint --strict` says of an application; each of its warnings fails a run.

    That an API is gone is left out: the schemas say so, of the version that the environment has.
    """
    return [
        _place(built, problem, Severity.ERROR)
        for item in said
        if " is deprecated in v" not in item.text
        for problem in complaints.problems(item.text, origin, provenance, known, complaints.LINT)
    ]


def _place(built: Built, problem: Problem, severity: Severity) -> Diagnostic:
    resolved = built.resolved
    return place(problem, severity, resolved.spec, resolved.environment, resolved.layers)


def _placed(application: Application, problems: Iterable[Problem], severity: Severity) -> Iterator[Diagnostic]:
    return (_place(application.built, problem, severity) for problem in problems)


def _text(application: Application) -> Iterator[Problem]:
    for said in application.stream.problems:
        yield Problem(TEXT, ("chart",), f"Helm renders invalid YAML: {said}", f"correct the chart: {application.origin}")


def _by_schema(application: Application, items: Iterable[KubeObject], by_object: Mapping[int, Any]) -> Iterator[Diagnostic]:
    for item in items:
        for wrong in () if _is_plain(item) else by_object[id(item)] or ():
            rule = ARGO if item.group == ROLLOUTS else KUBERNETES
            message = f"{item.title}: {'' if wrong.at_key else _at(wrong.pointer)}{wrong.message}"
            yield _told(application, item, wrong.pointer, rule, Severity.ERROR, message, wrong.hint, at_key=wrong.at_key)


def _told(
    application: Application,
    item: KubeObject,
    pointer: Pointer,
    rule: str,
    severity: Severity,
    message: str,
    hint: str,
    *,
    at_key: bool = False,
) -> Diagnostic:
    """Return a finding about an object, in the file that holds it or at the words of the spec that made it so."""
    built = application.built
    home = item if _is_plain(item) else _home(built, item, pointer)
    if home is not None:
        return placed(built.resolved, home, pointer, rule, severity, message, hint)
    words = application.provenance.of_object(item, pointer)
    hint = "; ".join(part for part in (hint, _rendered_by(item)) if part)
    return _place(built, Problem(rule, words, message, hint, at_key=at_key), severity)


def _home(built: Built, item: KubeObject, pointer: Pointer) -> KubeObject | None:
    """Return the object in a file of a kustomization that a built one comes from; None if what is at fault is not in it."""
    for one in built.stock.objects if built.stock else ():
        if (one.group, one.kind, one.name) == (item.group, item.kind, item.name) and one.source is not None:
            here, value = lookup(one.source.data, (*one.at, *pointer))
            return one if here and value == lookup(item.data, pointer)[1] else None
    return None


def _is_plain(item: KubeObject) -> bool:
    """Tell whether an object is a plain manifest of the service, whose fields were checked before Helm was started."""
    return item.source is not None or bool(item.at)


def _at(pointer: Pointer) -> str:
    return f"{dotted(pointer)}: " if pointer else ""


def _rendered_by(item: KubeObject) -> str:
    return f"rendered by {item.origin}" if item.origin else ""


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


def _unknown_values(application: Application, values: Mapping[str, Any], known: KnownValues) -> Iterator[Problem]:
    """Yield what the chart of a source does not use of the spec's own values; a profile writes the others."""
    own = {key: value for key, value in (application.built.resolved.data.get("values") or {}).items() if key in values}
    return unknown_values(own, known, lambda: application.provenance, application.origin)


def _not_rendered(built: Built) -> Iterator[Problem]:
    """Yield the sources that a template of the workspace adds, and that Helm does not render."""
    ours = posixpath.dirname(next((item.path for item in built.documents if "/manifests/" in item.path), ""))
    folder = folder_of(built.resolved)
    for pointer in other_sources(built.deployed, ours):
        path = at(built.deployed, *pointer, "path")
        if folder is not None and path == folder.path:
            continue  # it is in the place of a chart, and was built
        message = f"source `{path}` of the Application is not a chart, so its objects are not checked"
        yield Problem(NOT_RENDERED, (), message, f"check it by itself: tiphys lint --manifests {shlex.quote(str(path))}")
    if ours and not any(source.get("path") == ours for _, source in sources(KubeObject(built.deployed))):
        message = f"no source of the Application reads {ours}, so Argo CD does not apply what is in it"
        yield Problem(NOT_RENDERED, (), message, "add the source to templates/application.yaml: {{ application.sources[1] }}")


def _by_rules(application: Application, own: Dispatch | None) -> Iterator[Diagnostic]:
    _, namespace = place_of(application.built.deployed, "")
    target = of(application.built.resolved.environment.spec.get("target"))
    objects = Objects(application.objects, complete=True, namespace=namespace, target=target)
    for one in (*examine(objects, _RULES), *(examine(objects, own) if own else ())):
        found = one.finding
        yield _told(application, one.object, found.pointer, one.rule.id, one.severity, found.message, found.hint)
