"""Run the rules over built services."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from generator.diagnostics import Diagnostic, Pointer
from generator.kubernetes.applications import APPLICATION, PROJECT
from generator.kubernetes.objects import ROLLOUTS, KubeObject, Objects
from generator.kubernetes.phases import WAVE
from generator.kubernetes.target import Target, of
from generator.lint.engine import Examined, dispatch, examine
from generator.lint.registry import BEFORE_HELM, SPEC_RULES, between
from generator.lint.rules import application
from generator.lint.rules.rule import EVERY_KIND, About, Rule
from generator.pipeline import applications
from generator.pipeline.plain import Plain
from generator.pipeline.shipped_pods import ShippedPods
from generator.service.application import GENERATE_PATHS, GUARDS, SYNC_OPTIONS
from generator.service.manifests import placed
from generator.service.place import place
from generator.syntax.secrets.ingredients import Ingredients
from generator.workspace.model import SHIPPED, Document, Environment, Problem

if TYPE_CHECKING:
    from generator.pipeline.release_windows import Agreement
    from generator.service.build import Built

AGREE = "TP844"
"""The id of what an environment and an AppProject say differently about windows."""
_OURS = frozenset([(ROLLOUTS, "AnalysisTemplate")])
"""Kinds whose objects are all known before Helm; Services and others may also come from the chart."""


class Linter:
    """Runs the rules, and remembers the last sets of objects without findings.

    A fleet has few strategies, so most services and environments have one that was already checked.
    """

    def __init__(self, projects: Sequence[KubeObject] = (), own: Sequence[Rule] = (), crds: Sequence[KubeObject] = ()) -> None:
        self._projects = projects
        self._known = _OURS | {*PROJECT} if projects else _OURS
        permits = _permits() if projects else ()
        self._of_applications = dispatch([*_FOR_APPLICATIONS, *permits])
        self._rules = dispatch([*BEFORE_HELM, *permits])
        self._own = dispatch(own) if own else None
        self._pods = ShippedPods()
        self._plain = Plain(projects, crds)
        self._agreement = _agreement(projects)
        self._clean: deque[list[tuple[str, Any]]] = deque(maxlen=_REMEMBERED)
        self._last: tuple[list[tuple[str, Any]], list[str], list[Examined]] = ([], [], [])
        """The last set with findings, and the names in it, which messages say: most services have one in all environments."""
        self._targets: dict[str, Target] = {}

    def lint(self, built: Built) -> Iterator[Diagnostic]:
        """Yield the findings of one service and environment, placed in the files that cause them."""
        resolved = built.resolved
        for about in _present(built):
            for rule in _BY_SUBJECT[about]:
                for finding in rule.check(built):
                    problem = Problem(rule.id, finding.pointer, finding.message, finding.hint, finding.layer)
                    yield place(problem, rule.severity, resolved.spec, resolved.environment, resolved.layers)
        target = self._target(resolved.environment)
        objects = Objects(_objects(built), known=self._known, elsewhere=self._projects, target=target)
        told = [(_name(item), item.data.get("spec")) for item in objects if item.kind != "Application"]
        told += [(one.path, one.item.data) for one in built.manifests]
        told += [("target", target), *([("folder", id(built.stock))] if built.stock else [])]
        found = self._examined(objects, told)
        found += _besides(objects, by_own_template=built.documents[0].by_own_template)
        found += examine(objects, self._own) if self._own else ()  # they may look at names, which the sets of above leave out
        for one in found:
            yield one.attributed(_placed(built, one))
        yield from self._pods.problems(built)
        yield from self._plain.problems(built)
        if self._agreement is not None:
            yield from self._agreement.problems(built)

    def _examined(self, objects: Objects, told: list[tuple[str, Any]]) -> list[Examined]:
        """Return what is found in a set; what is not an Application is only looked at if no set with the same was before."""
        names = [item.title for item in objects if item.kind != "Application"]
        others = [] if told in self._clean else self._last[2] if self._last[:2] == (told, names) else None
        if others is not None:
            return [*others, *examine(objects, self._of_applications, APPLICATION)]
        found = examine(objects, self._rules)
        others = [one for one in found if one.object.kind != "Application"]
        if others:
            self._last = (told, names, others)
        else:
            self._clean.append(told)
        return found

    def _target(self, environment: Environment) -> Target:
        """Return the versions that an environment states; read once for all services."""
        if environment.name not in self._targets:
            self._targets[environment.name] = of(environment.spec.get("target"))
        return self._targets[environment.name]

    def lint_root(self, root: Document, environment: Environment) -> Iterator[Diagnostic]:
        """Yield the findings in the root Application of an environment, placed in the files that cause them.

        Whether its project permits the repository is told at the services.
        """
        objects = Objects(
            [KubeObject(root.data)], known=self._known, elsewhere=self._projects, target=self._target(environment)
        )
        besides = _besides(objects, by_own_template=root.by_own_template)
        for one in (*examine(objects, self._of_applications), *besides):
            if one.finding.pointer[:2] != ("spec", "source") or root.by_own_template:
                yield applications.of_root(root, environment, one)


def _agreement(projects: Sequence[KubeObject]) -> Agreement | None:
    """Return what compares windows with those of projects; None, and nothing imported, if no project has any."""
    if not any(one.spec.get("syncWindows") for one in projects):
        return None
    from generator.pipeline.release_windows import Agreement

    return Agreement(projects)


def lint_projects(projects: Sequence[KubeObject], target: Target) -> Iterator[Diagnostic]:
    """Yield the findings in AppProjects themselves, at their own lines."""
    if projects:
        for one in examine(Objects(projects, target=target), dispatch(_of_projects())):
            source, found = one.object.source, one.finding
            if source is not None:
                span = source.span_of(found.pointer)
                yield Diagnostic(source.path, span, one.rule.id, one.severity, found.message, found.hint, found.pointer)


def rules_run(*, with_projects: bool) -> frozenset[str]:
    """Return the ids of all rules that run over services, and over AppProjects if the workspace has any."""
    rules = [*SPEC_RULES, *BEFORE_HELM]
    if with_projects:
        rules += [*_permits(), *_of_projects()]
    return frozenset(rule.id for rule in rules) | (frozenset([AGREE]) if with_projects else frozenset())


def _of_projects() -> Sequence[Rule]:
    """Return the rules over AppProjects themselves."""
    from generator.lint.rules import project

    return [
        *(rule for rule in project.RULES if rule.kinds == PROJECT),
        *(rule for rule in BEFORE_HELM if rule.kinds == EVERY_KIND),
    ]


def _permits() -> Sequence[Rule]:
    """Return the rules that check Applications against their project; imported only if there are projects."""
    from generator.lint.rules import project

    return [rule for rule in project.RULES if rule.kinds == APPLICATION]


def _besides(objects: Objects, *, by_own_template: bool) -> Iterator[Examined]:
    """Yield what only some Applications can have: a fault of a template of the workspace, or in annotations of their own."""
    if by_own_template:
        yield from examine(objects, dispatch(_OF_TEMPLATES))
    for item in objects.of(*APPLICATION[0]):
        if any(
            str(key).startswith(_OF_ARGO_CD) and _DERIVED.get(key) not in (value, "") for key, value in item.annotations.items()
        ):
            yield from examine(Objects([item]), dispatch([between("hook-words-known")]))


_OF_ARGO_CD = ("argocd.argoproj.io/", "helm.sh/")
_DERIVED = {GENERATE_PATHS: "", WAVE: "", SYNC_OPTIONS: ",".join(GUARDS)}
"""What Tiphys writes itself; nothing for what can have any value."""


def _name(item: KubeObject) -> str:
    """Return how other objects refer to an object; none refers to a Rollout by its name."""
    return item.name if item.kind == "AnalysisTemplate" else item.kind


def _placed(built: Built, one: Examined) -> Diagnostic:
    resolved, rule, item, found = built.resolved, one.rule, one.object, one.finding
    if item.source is not None or item.at:
        return placed(resolved, item, found.pointer, rule.id, one.severity, found.message, found.hint)
    if item.kind == "Application":
        return applications.of_service(built, one)
    problem = Problem(rule.id, _words(built, item, found.pointer), found.message, found.hint)
    return place(problem, one.severity, resolved.spec, resolved.environment, resolved.layers)


_REMEMBERED = 12
_OF_TEMPLATES = [rule for rule in application.RULES if not rule.before_helm]
"""Rules that the shipped templates cannot break; what a spec says of its sources is checked in its own words."""
_FOR_APPLICATIONS = [rule for rule in BEFORE_HELM if rule.kinds == EVERY_KIND or APPLICATION[0] in rule.kinds]

_BY_SUBJECT = {about: [rule for rule in SPEC_RULES if rule.looks_at is about] for about in About}


def _present(built: Built) -> Iterator[About]:
    """Yield the subjects that rules can check."""
    resolved = built.resolved
    yield About.SERVICE
    if "autoscaling" in resolved.data:
        yield About.AUTOSCALING
    if resolved.environment.policy:
        yield About.POLICY


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


_HOMES: dict[Pointer, Pointer] = {
    ("spec", "strategy"): ("rollout", "strategy"),
    ("spec", "rollbackWindow"): ("rollout", "rollbackWindow"),
    ("spec", "replicas"): ("replicas",),
}
"""Of a Rollout."""


def _words(built: Built, item: KubeObject, pointer: Pointer) -> Pointer:
    """Return the pointer, into the resolved service, that a value of an object comes from."""
    if item.kind == "AnalysisTemplate":
        names = [analysis.name for analysis in built.analyses]
        return ("rollout", "analysisTemplates", names.index(item.name), *pointer) if item.name in names else ()
    if item.kind == "CronJob":
        return ("values", "cronJobs", item.name, *pointer[1:])
    home = _HOMES.get(pointer[:2]) if item.kind == "Rollout" else None
    return (*home, *pointer[2:]) if home else ()
