"""The Kubernetes objects of a service that are known before Helm, and what rules find in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from generator.kubernetes.applications import APPLICATION, PROJECT
from generator.kubernetes.objects import ROLLOUTS, KubeObject, Objects
from generator.kubernetes.phases import WAVE
from generator.kubernetes.target import Target, of
from generator.lint.engine import Examined, dispatch, examine, examine_by
from generator.lint.registry import BEFORE_HELM, between
from generator.lint.rules import application
from generator.lint.rules.rule import EVERY_KIND, Rule
from generator.pipeline.verdicts import Verdicts, application_says, others_say
from generator.service.application import GENERATE_PATHS, GUARDS, SYNC_OPTIONS
from generator.syntax.secrets.ingredients import Ingredients
from generator.workspace.model import SHIPPED, Document, Environment

if TYPE_CHECKING:
    from generator.service.build import Built

_OURS = frozenset([(ROLLOUTS, "AnalysisTemplate")])
"""Kinds whose objects are all known before Helm; Services and others may also come from the chart."""


class ObjectSets:
    """Runs the rules over the objects of services, and remembers which of them found something."""

    def __init__(self, projects: Sequence[KubeObject] = (), own: Sequence[Rule] = ()) -> None:
        self._projects = projects
        self._known = _OURS | {*PROJECT} if projects else _OURS
        permitting = permits() if projects else ()
        self._of_applications = dispatch([*_FOR_APPLICATIONS, *permitting])
        self._rules = dispatch([*BEFORE_HELM, *permitting])
        self._own, self._begin = dispatch(own) if own else None, [rule.begin for rule in own]
        self._verdicts = Verdicts()
        self._targets: dict[str, Target] = {}

    def begin(self) -> None:
        """Begin with the next service."""
        for begin in self._begin:
            begin()

    def in_service(self, built: Built) -> Sequence[Examined]:
        """Return the findings in the objects of a service and environment, after those in its Application."""
        target, items = self._target(built.resolved.environment), [*_objects(built)]
        others = [item for item in items if item.data is not built.deployed]
        told = others_say([*_told(built, others), target], built.chart.fullname)
        said = self._said(built, others, told)
        known, known_of_own = self._verdicts.on(told), self._verdicts.on(said)
        if known == () == known_of_own and not self._own:
            return ()
        objects = Objects(items, known=self._known, elsewhere=self._projects, target=target)
        own = [item for item in items if item.data is built.deployed]
        if known_of_own is None:
            found = [*examine(objects, self._of_applications, own), *_besides(objects, built.documents[0])]
            self._verdicts.learn(said, own, found)
        else:
            found = examine_by(objects, ((own[number], rule) for number, rule in known_of_own))
        if known is None:
            more = examine(objects, self._rules, others)
            self._verdicts.learn(told, others, more)
        else:
            more = examine_by(objects, ((others[number], rule) for number, rule in known))
        return [*found, *more, *(examine(objects, self._own) if self._own else ())]

    def in_root(self, root: Document, environment: Environment) -> list[Examined]:
        """Return the findings in the root Application of an environment."""
        item, target = KubeObject(root.data), self._target(environment)
        objects = Objects([item], known=self._known, elsewhere=self._projects, target=target)
        return [*examine(objects, self._of_applications), *_besides(objects, root)]

    def _said(self, built: Built, others: Sequence[KubeObject], told: str) -> str:
        """Return what the Application of a service says next to the others; empty where rules may judge its names as well."""
        is_judged_by_name = self._projects or built.documents[0].by_own_template
        if is_judged_by_name or any(item.kind == "Application" for item in others):
            return ""
        return application_says(built.deployed, told, built.chart.fullname)

    def _target(self, environment: Environment) -> Target:
        """Return the versions that an environment states; read once for all services."""
        if environment.name not in self._targets:
            self._targets[environment.name] = of(environment.spec.get("target"))
        return self._targets[environment.name]


def permits() -> Sequence[Rule]:
    """Return the rules that check Applications against their project; imported only if there are projects."""
    from generator.lint.rules import project

    return [rule for rule in project.RULES if rule.kinds == APPLICATION]


def _besides(objects: Objects, document: Document) -> Iterator[Examined]:
    """Yield what only some Applications can have: a fault of a template of the workspace, or in annotations of their own."""
    if document.by_own_template:
        yield from examine(objects, dispatch(_OF_TEMPLATES))
    for item in objects.of(*APPLICATION[0]):
        if any(
            str(key).startswith(_OF_ARGO_CD) and _DERIVED.get(key) not in (value, "") for key, value in item.annotations.items()
        ):
            yield from examine(Objects([item]), dispatch([between("hook-words-known")]))


_OF_ARGO_CD = ("argocd.argoproj.io/", "helm.sh/")
_DERIVED = {GENERATE_PATHS: "", WAVE: "", SYNC_OPTIONS: ",".join(GUARDS)}
"""What Tiphys writes itself; nothing for what can have any value."""


def _told(built: Built, others: Sequence[KubeObject]) -> list[Any]:
    """Return what rules are told of objects: each with what others call it, and all of those that the service brings along."""
    told: list[Any] = [(_name(item), item.data.get("spec")) for item in others]
    told += [(one.path, one.item.data) for one in built.manifests]
    return [*told, id(built.stock)] if built.stock else told


def _name(item: KubeObject) -> dict[str, str]:
    """Return how other objects refer to an object; none refers to a Rollout by its name."""
    return {"templateName": item.name} if item.kind == "AnalysisTemplate" else {"kind": item.kind}


_OF_TEMPLATES = [rule for rule in application.RULES if not rule.before_helm]
"""Rules that the shipped templates cannot break; what a spec says of its sources is checked in its own words."""
_FOR_APPLICATIONS = [rule for rule in BEFORE_HELM if rule.kinds == EVERY_KIND or APPLICATION[0] in rule.kinds]


def _objects(built: Built) -> Iterator[KubeObject]:
    """Yield the Kubernetes objects that are known before Helm: the generated ones, and the chart's Rollout with its strategy."""
    files = {analysis.name: analysis.source for analysis in built.analyses}
    yield from (one.item for one in built.manifests)
    if built.stock and not built.stock.data:  # what kustomize builds of its files is not known yet
        yield from built.stock.objects
    plain = {one.path for one in built.manifests}
    kinds = set()
    ingredients = Ingredients(lambda _budget: (built.resolved.data,))
    for document in built.documents:
        kind = document.data.get("kind")
        if isinstance(kind, str) and "apiVersion" in document.data and document.path not in plain:
            kinds.add(kind)
            item = KubeObject(document.data, ingredients=ingredients)
            yield item._replace(source=files.get(item.name)) if kind == "AnalysisTemplate" else item
    if "rollout" in built.resolved.data and "Rollout" not in kinds:
        yield KubeObject(_skeleton(built), whole=False, ingredients=ingredients)
    if built.profile.name == SHIPPED:
        yield from _cron_jobs(built)


def _cron_jobs(built: Built) -> Iterator[KubeObject]:
    """Yield what is known of the CronJobs of the shipped chart, called by their keys."""
    given = (built.resolved.data.get("values") or {}).get("cronJobs")
    for name, job in given.items() if isinstance(given, dict) else ():
        spec = {field: job[field] for field in ("schedule", "timeZone") if job.get(field)} if isinstance(job, dict) else {}
        yield KubeObject({"apiVersion": "batch/v1", "kind": "CronJob", "metadata": {"name": name}, "spec": spec}, whole=False)


def _skeleton(built: Built) -> dict[str, object]:
    resolved = built.resolved
    spec: dict[str, object] = {"strategy": built.strategy}
    if "autoscaling" not in resolved.data and resolved.data.get("replicas") is not None:
        spec["replicas"] = resolved.data["replicas"]
    if resolved.rollout.get("rollbackWindow"):
        spec["rollbackWindow"] = resolved.rollout["rollbackWindow"]
    return {"apiVersion": f"{ROLLOUTS}/v1alpha1", "kind": "Rollout", "metadata": {"name": built.rollout_name}, "spec": spec}
