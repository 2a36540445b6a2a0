"""Find the problems of one application after Helm has rendered it. Nothing here touches a disk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from generator.diagnostics import Diagnostic, Pointer, Severity, dotted
from generator.kubernetes.objects import ROLLOUTS, KubeObject, Objects
from generator.lint.engine import dispatch, examine
from generator.lint.registry import rendered_rules
from generator.lint.schemas import Schemas
from generator.service.build import Built
from generator.service.manifests import placed
from generator.service.place import place
from generator.syntax.merge import lookup
from generator.verify import complaints
from generator.verify.known_values import KnownValues
from generator.verify.linting import Complaint
from generator.verify.provenance import WORKLOADS, Provenance
from generator.verify.stream import Stream
from generator.workspace.model import Problem

TEXT = "TP603"
KUBERNETES = "TP604"
ARGO = "TP605"
UNKNOWN_VALUE = "TP606"
IMAGE = "TP607"

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


def verify(application: Application, values: Mapping[str, Any], known: KnownValues, schemas: Schemas) -> Verdict:
    """Return what is wrong with an application that Helm rendered."""
    items = [*application.stream.objects, *application.made]
    by_object = {id(item): schemas.problems(item) for item in items}
    unknown = sorted({f"{item.api_version} {item.kind}" for item in items if by_object[id(item)] is None})
    found = [
        *_placed(application, _text(application), Severity.ERROR),
        *_placed(application, _by_schema(application, items, by_object), Severity.ERROR),
        *_placed(application, _image(application), Severity.ERROR),
        *_placed(application, _unknown_values(application, values, known), Severity.WARNING),
        *_by_rules(application),
    ]
    return Verdict(found, len(items) - sum(wrong is None for wrong in by_object.values()), tuple(unknown))


def refused(built: Built, provenance: Provenance, known: KnownValues, said: str, origin: str) -> list[Diagnostic]:
    """Return what Helm says of an application that it did not render."""
    found = complaints.problems(said, origin, provenance, known)
    return [_place(built, problem, Severity.ERROR) for problem in found]


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


def _by_schema(application: Application, items: Iterable[KubeObject], by_object: Mapping[int, Any]) -> Iterator[Problem]:
    for item in items:
        for wrong in () if _is_plain(item) else by_object[id(item)] or ():
            rule = ARGO if item.group == ROLLOUTS else KUBERNETES
            pointer = application.provenance.of_object(item, wrong.pointer)
            message = f"{item.title}: {'' if wrong.at_key else _at(wrong.pointer)}{wrong.message}"
            hint = "; ".join(part for part in (wrong.hint, _rendered_by(item)) if part)
            yield Problem(rule, pointer, message, hint, at_key=wrong.at_key)


def _is_plain(item: KubeObject) -> bool:
    """Tell whether an object is a plain manifest of the service, whose fields were checked before Helm was started."""
    return item.source is not None or bool(item.at)


def _at(pointer: Pointer) -> str:
    return f"{dotted(pointer)}: " if pointer else ""


def _rendered_by(item: KubeObject) -> str:
    return f"rendered by {item.origin}" if item.origin else ""


def _image(application: Application) -> Iterator[Problem]:
    """Yield a problem if no container runs the image that the spec names."""
    image = application.built.resolved.data.get("image")
    if image is None:
        return
    reference = image["repository"]
    wanted = (
        {f"{reference}@{image['digest']}", f"{reference}:{image.get('tag')}@{image['digest']}"}
        if image.get("digest")
        else set()
    )
    wanted = wanted or {f"{reference}:{image['tag']}" if image.get("tag") else reference}
    running = [name for item in application.stream.objects if item.kind in WORKLOADS for name in _images(item.spec)]
    if application.built.profile.image == "appVersion" and wanted == {reference}:  # any tag of it is the chart's own
        wanted = {name for name in running if reference in (_without_tag(name), _without_tag(name).partition("/")[2])} or wanted
    if running and not any(name in wanted or name.partition("/")[2] in wanted for name in running):
        message = (
            f"no container runs `{min(wanted)}`; the chart runs {', '.join(f'`{name}`' for name in dict.fromkeys(running))}"
        )
        yield Problem(IMAGE, ("image",), message, "correct the chart's profile, or the values that set another image")


def _without_tag(reference: str) -> str:
    name = reference.partition("@")[0]
    return name.rpartition(":")[0] if ":" in name.rpartition("/")[2] else name


def _images(spec: Any) -> Iterator[str]:
    """Yield the images of all containers at any depth of a workload's spec."""
    if isinstance(spec, dict):
        for key, value in spec.items():
            if key == "containers" and isinstance(value, list):
                yield from (str(one["image"]) for one in value if isinstance(one, dict) and "image" in one)
            else:
                yield from _images(value)
    elif isinstance(spec, list):
        for value in spec:
            yield from _images(value)


def _unknown_values(application: Application, values: Mapping[str, Any], known: KnownValues) -> Iterator[Problem]:
    own = application.built.resolved.data.get("values") or {}
    for unknown in known.unknown(values):
        if not lookup(own, unknown.path)[0]:
            continue  # the profile writes it; whether the chart runs the image of the spec is checked by itself
        message = f"the chart does not use the value `{'.'.join(unknown.path)}`"
        hint = f"did you mean `{unknown.meant}`?" if unknown.meant else f"nothing in {application.origin} reads it: remove it"
        yield Problem(UNKNOWN_VALUE, application.provenance.of_value(unknown.path), message, hint, at_key=True)


def _by_rules(application: Application) -> Iterator[Diagnostic]:
    namespace = str(application.built.application["destination"]["namespace"])
    for rule, item, finding in examine(Objects(application.objects, complete=True, namespace=namespace), _RULES):
        if _is_plain(item):
            where = (application.built.resolved, item, finding.pointer)
            yield placed(*where, rule.id, rule.severity, finding.message, finding.hint)
            continue
        pointer = application.provenance.of_object(item, finding.pointer)
        hint = "; ".join(part for part in (finding.hint, _rendered_by(item)) if part)
        yield _place(application.built, Problem(rule.id, pointer, finding.message, hint), rule.severity)
