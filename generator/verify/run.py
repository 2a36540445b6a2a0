"""The order of a verification: charts, Helm for every application, then the checks of what it rendered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, lru_cache, partial
from typing import Any, NamedTuple

from generator.diagnostics import Diagnostic, Severity
from generator.kubernetes.objects import KubeObject
from generator.kubernetes.secret_values import in_objects
from generator.lint import crds, users
from generator.lint.engine import Dispatch, dispatch
from generator.lint.schemas import Schemas
from generator.service.build import Built
from generator.service.place import place
from generator.syntax.budget import Budget
from generator.syntax.secrets.ingredients import LOOKED_AT, Ingredients, known_in
from generator.syntax.secrets.known import Known
from generator.syntax.secrets.masking import places
from generator.system.helm import said
from generator.verify import chart_ingredients, checks, stream
from generator.verify.chart_calls import calls_of
from generator.verify.checks import Given
from generator.verify.known_values import known_of
from generator.verify.provenance import provenance_of
from generator.verify.rendering import defaults_of
from generator.verify.renderings import Chartless, Rendered, Renderings
from generator.verify.steadiness import Made
from generator.verify.stream import Stream
from generator.verify.telling import Application
from generator.workspace import definitions
from generator.workspace.load import Loader
from generator.workspace.templates import Templates

Progress = Callable[[int, int], None]


class Report(NamedTuple):
    """What came of a verification."""

    diagnostics: list[Diagnostic]
    applications: int
    objects: int
    """Objects that were held against a schema."""
    unknown: list[str]
    """Kinds without a schema."""
    tools: str
    """The programs that were at work, with their versions."""


def verify(root: str, renderings: Renderings, progress: Progress) -> Report:
    """Return what is wrong with applications, by Helm and by all that can be said of what it renders."""
    renderings.begin_checks()
    templates, loader = Templates(root), Loader(root)
    own, schemas = _own(loader), lru_cache(maxsize=None)(partial(Schemas, custom=_custom(loader)))
    diagnostics: list[Diagnostic] = []
    verdicts: list[tuple[Rendered, Application | None, checks.Verdict]] = []
    for number, item in enumerate(renderings):
        if isinstance(item, Chartless):
            diagnostics.append(without_chart(item))
        else:
            verdicts.append((item, *_verdict(item, templates, own, schemas)))
        progress(number + 1, len(renderings))
    linted, again = renderings.linted(), renderings.again()
    for item, application, verdict in verdicts:
        diagnostics += verdict.diagnostics
        if application is not None:
            diagnostics += checks.repeated(application, again.get(item.parts[0].job.key, ()), charts_of(item))
        for part in item.parts:
            complaints = linted.get(part.job.key)
            if complaints:
                chart = part.job.chart
                provenance = provenance_of(item.built, templates)
                diagnostics += checks.linted(item.built, provenance, known_of(chart.folder), complaints, chart.origin)
    unknown = sorted({kind for _, _, verdict in verdicts for kind in verdict.unknown})
    return Report(diagnostics, len(verdicts), sum(verdict.checked for _, _, verdict in verdicts), unknown, renderings.tools)


def render(root: str, renderings: Renderings) -> tuple[str, list[Diagnostic]]:
    """Return what Argo CD would apply of the chart of the one application, as YAML; the reasons where Helm refuses it."""
    (item,) = renderings
    if isinstance(item, Chartless):
        return "", [without_chart(item)]
    if item.failed:
        return "", refused(item, Templates(root))
    return stream.without_tests(item.text), []


def without_chart(item: Chartless) -> Diagnostic:
    """Return why an application without a chart has none."""
    resolved = item.built.resolved
    return place(item.problem, Severity.ERROR, resolved.spec, resolved.environment, resolved.layers)


def refused(item: Rendered, templates: Templates) -> list[Diagnostic]:
    """Return why an application is not rendered; nothing if it is."""
    part, built = item.failed, item.built
    if part is None:
        return []
    chart, text = part.job.chart, part.done.err or said(part.done)
    if not chart.folder:
        return [checks.unbuilt(built, text)]
    return checks.refused(built, provenance_of(built, templates), known_of(chart.folder), text, chart.origin)


def applied(item: Rendered, templates: Templates) -> Application:
    """Return an application as it would be applied, of one that is rendered."""
    read = Stream(list(item.objects), []) if item.objects else stream.read(item.text)
    ingredients = _ingredients(item, read)
    if not item.objects:
        read = read._replace(objects=[one._replace(ingredients=ingredients) for one in read.objects])
    provenance, made = provenance_of(item.built, templates), _made(item.built, ingredients)
    return Application(
        item.built, provenance, read, made, item.parts[0].job.chart.origin, cache(lambda: secrets_in([item], read.objects))
    )


def _ingredients(item: Rendered, read: Stream) -> Ingredients:
    """Return all that the objects of an application were made of: its spec, and what Helm or kustomize was given.

    What a template has in itself is part of no ingredient: an object may repeat what is in a Secret next to it.
    """

    def others() -> Iterator[Ingredients]:
        for part in item.parts:
            if part.ingredients is not None:
                yield part.ingredients
            if part.job.chart.folder:
                yield chart_ingredients.ingredients_of(part.job.chart.folder)

    def opaque(budget: Budget) -> bool:
        return bool(read.problems) or any(_holds_a_secret(one, budget) for one in read.objects)

    return _spec(item)._replace(others=others, opaque=opaque)


def _holds_a_secret(item: KubeObject, budget: Budget) -> bool:
    budget.read([item.data], factor=LOOKED_AT)
    return item.kind == "Secret" or bool(places(item.data))


def _spec(item: Rendered) -> Ingredients:
    return Ingredients(lambda _budget: (item.built.resolved.data,))


def secrets_in(items: Iterable[Rendered], objects: Sequence[KubeObject]) -> Known:
    """Return the secrets that went into applications, and those in their objects.

    The names of a service, its environment and its chart are public.
    """
    every = [in_objects(objects)]
    public: set[str] = set()
    for item in items:
        every.append(_spec(item))
        every += [one for part in item.parts for one in (part.ingredients, defaults_of(part.job)) if one is not None]
        resolved = item.built.resolved
        public |= {resolved.service, resolved.environment.name, str(item.built.chart.fullname)}
        public |= {name for part in item.parts for name in (part.job.release, part.job.namespace, part.job.chart.name)}
    return known_in(every, public)


def _made(built: Built, ingredients: Ingredients) -> tuple[KubeObject, ...]:
    plain = {one.path: one.item for one in built.manifests}
    made = (document for document in built.documents if document.data.get("kind") and document.data.get("apiVersion"))
    return tuple(plain.get(document.path) or KubeObject(document.data, ingredients=ingredients) for document in made)


def _own(loader: Loader) -> Dispatch | None:
    """Return the rules of the workspace itself; None without any. What is wrong with them was told before."""
    rules = users.rules_of(loader, loader.workspace()).rules
    return dispatch(rules) if rules else None


def _custom(loader: Loader) -> dict[str, dict[str, Any]]:
    """Return the schemas of custom resources that the workspace names."""
    return crds.schemas(definitions.read(loader, loader.workspace()).objects)


def _verdict(
    item: Rendered, templates: Templates, own: Dispatch | None, schemas: Callable[[str], Schemas]
) -> tuple[Application | None, checks.Verdict]:
    """Return an application as it would be applied, and what is wrong with it; the reasons alone where it is not rendered."""
    if item.failed:
        return None, checks.Verdict(refused(item, templates), 0, ())
    application = applied(item, templates)
    given = [Given(part.job, part.values, known_of(part.job.chart.folder)) for part in item.parts if part.job.chart.folder]
    return application, checks.verify(application, given, schemas(item.parts[0].job.kubernetes), own)


def charts_of(item: Rendered) -> list[Made]:
    """Return what is known of the charts of an application."""
    return [Made(part.job.chart.name, calls_of(part.job.chart.folder)) for part in item.parts if part.job.chart.folder]
