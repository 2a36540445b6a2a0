"""Build the documents of a resolved service from structural templates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from generator.diagnostics import START, Diagnostic, Pointer, Severity, dotted
from generator.errors import Rejected
from generator.kubernetes import strategy as strategies
from generator.service.analyses import Analysis, UnbuildableError, analyses_of, template_facts
from generator.service.application import ARGOCD, IN_CLUSTER, application
from generator.service.chart_objects import SERVICES, ChartObjects, FindTemplate, chart_objects, reference_problems, rendered
from generator.service.completeness import missing
from generator.service.derived import by_tag, metrics
from generator.service.folder_source import (
    application_source,
    folder_objects,
    folder_of,
    namespace_problems,
    refused,
    rollout_problems,
)
from generator.service.manifests import Manifest, Read, documents_of, manifests_of, path_of, taken
from generator.service.reference import add_reference
from generator.service.shapes import shaped
from generator.syntax import placeholders
from generator.syntax.reader import Source
from generator.syntax.secrets import addresses
from generator.workspace.model import Document, Environment, Problem, Profile, Resolved, Workspace

if TYPE_CHECKING:
    from generator.workspace.folders import Stock

APPLICATIONS = "applications"
"""The folder of each environment that holds Applications and nothing else."""


class Built(NamedTuple):
    """A service in one environment with everything generated for it."""

    resolved: Resolved
    profile: Profile
    chart: ChartObjects
    """The names of the objects in its chart."""
    referenced: bool
    """Whether a Rollout is generated that takes over the chart's Deployment."""
    strategy: dict[str, Any]
    analyses: tuple[Analysis, ...]
    application: dict[str, Any]
    documents: tuple[Document, ...]
    manifests: tuple[Manifest, ...] = ()
    """The plain manifests that the service brings along; they are documents as well."""
    stock: Stock | None = None
    """What is in the folder that the service has in the place of a chart, if it is in this workspace."""


def build(
    resolved: Resolved,
    workspace: Workspace,
    profile: Profile,
    find_template: FindTemplate,
    files: Mapping[str, Source | None],
    plain: Read = MappingProxyType({}),
    stock: Stock | None = None,
) -> Built:
    """Return the documents of one service in one environment; raises UnbuildableError or Rejected.

    `files` are the AnalysisTemplates that specs refer to, `plain` their files of manifests, and `stock` is what the
    folder holds that the service has in the place of a chart.
    """
    if profile.image == "required" and "image" not in resolved.data:
        raise UnbuildableError([missing("image", resolved)])
    source = folder_of(resolved)
    _insist(refused(source, resolved) if source else ())
    referenced = _referenced(resolved, profile)
    context = _context(resolved, referenced=referenced)
    chart = folder_objects(source, stock, resolved) if source else chart_objects(profile, resolved, context, find_template)
    strategy = strategies.with_services(resolved.strategy, chart.services) if resolved.strategy else {}
    analyses = analyses_of(resolved, files)
    workload = {"kind": "Rollout" if strategy else "Deployment", "name": chart.workload}
    if referenced:
        switches = bool(strategies.services(strategy))
        lacking = rollout_problems(source, chart, resolved, services=switches) if source else ()
        _insist(lacking if source else reference_problems(chart, profile, resolved, services=switches))
        workload |= {"name": resolved.service, "reference": chart.workload}
    manifests = manifests_of(resolved, plain, f"{workspace.output}/{resolved.environment.name}/{resolved.service}")
    folder = application_source(source, stock, resolved, chart, context["workload"]["replicas"]) if source else None
    beside = bool(analyses or manifests) or referenced
    facts = application(resolved, workspace, workload, strategy, manifests=beside, folder=folder, stock=stock)
    if source is not None and referenced:
        _insist(namespace_problems(source, stock, chart.workload, str(facts["destination"].get("namespace"))))
    context |= {"strategy": strategy or None, "application": facts}
    documents = _Documents(resolved, workspace, context, find_template)
    documents.add(f"{APPLICATIONS}/{resolved.service}.yaml", "application.yaml")
    if source is None:
        documents.add_values(profile, rollout=bool(strategy) and not referenced)
    documents.add_analyses(analyses)
    if referenced:
        add_reference(documents, chart, resolved, strategy)
    made = (*documents.made, *documents_of(manifests, documents.made, resolved))
    return Built(resolved, profile, chart, referenced, strategy, analyses, facts, made, tuple(manifests), stock)


def _insist(problems: Iterable[Problem]) -> None:
    found = list(problems)
    if found:
        raise UnbuildableError(found)


def _referenced(resolved: Resolved, profile: Profile) -> bool:
    """Tell whether the Rollout is generated outside the chart; raises UnbuildableError if the mode is impossible."""
    mode = resolved.rollout.get("mode") or profile.mode
    if resolved.strategy and mode == "values" and profile.mode != "values":
        message = f"`mode: values` requires a chart with a Rollout, but by profile `{profile.name}` it only has a Deployment"
        hint = "remove `mode`: a Rollout is then generated next to the chart"
        raise UnbuildableError([Problem("TP311", ("rollout", "mode"), message, hint)])
    return bool(resolved.strategy) and mode == "workloadRef"


def _context(resolved: Resolved, *, referenced: bool) -> dict[str, Any]:
    """Return the context of every template, without the parts that depend on the profile."""
    data = resolved.data
    return {
        "service": resolved.service,
        "environment": resolved.environment.name,
        "labels": resolved.spec.labels,
        "image": data.get("image"),
        "imageByTag": by_tag(data["image"]) if "image" in data else {},
        "replicas": data.get("replicas"),
        "autoscaling": data.get("autoscaling"),
        "metrics": metrics(data.get("autoscaling") or {}),
        "chart": data.get("chart"),
        "values": data.get("values") or {},
        "strategy": resolved.strategy or None,
        "rollbackWindow": resolved.rollout.get("rollbackWindow"),
        "workload": _workload(resolved, referenced=referenced),
    }


def _workload(resolved: Resolved, *, referenced: bool) -> dict[str, Any]:
    """Return the workload that the chart itself renders.

    A Deployment next to an autoscaled Rollout gets 0 replicas, because nothing would scale it down; one that
    already runs keeps its own.
    """
    strategy, replicas = resolved.strategy, resolved.data.get("replicas")
    named = strategies.with_services(strategy, SERVICES) if strategy else {}
    return {
        "kind": "Rollout" if strategy and not referenced else "Deployment",
        "name": resolved.service,
        "referenced": referenced,
        "replicas": replicas if "autoscaling" not in resolved.data else 0 if referenced else None,
        "hasServices": bool(strategies.services(named)),
    }


class _Documents:
    """Collects the documents of one service."""

    def __init__(self, resolved: Resolved, workspace: Workspace, context: dict[str, Any], find_template: FindTemplate) -> None:
        self.made: list[Document] = []
        self.resolved = resolved
        self.context = context
        self.find_template = find_template
        self.environment = f"{workspace.output}/{resolved.environment.name}"
        self.folder = f"{self.environment}/{resolved.service}"

    def add(self, path: str, template: str, **more: Any) -> None:
        self._add(f"{self.environment}/{path}", self._render(template, more))

    def add_manifest(self, name: str, template: str, at: Pointer, **more: Any) -> None:
        """Add an object, in a file named after it; raises UnbuildableError for an unusable file name."""
        problem = taken(self.made, path_of(self.folder, name), name, at)
        if problem:
            raise UnbuildableError([problem])
        self._add(path_of(self.folder, name), self._render(template, more))

    def add_analyses(self, analyses: Iterable[Analysis]) -> None:
        for index, analysis in enumerate(analyses):
            at: Pointer = ("rollout", "analysisTemplates", index)
            name = f"analysistemplate-{analysis.name}"
            self.add_manifest(name, "analysistemplate.yaml", at, analysis=template_facts(analysis))

    def add_values(self, profile: Profile, *, rollout: bool) -> None:
        """Add values.yaml and rollout.yaml: the derived values, with the spec's own values added.

        Values below a key of rollout.yaml go there, so that no chart depends on how Helm merges files.
        """
        free = dict(self.resolved.data.get("values") or {})
        problems: list[Problem] = []
        files = {"rollout": "rollout.yaml"} if rollout else {}
        owned = {name: self._of_profile(profile, file) for name, file in files.items()}
        apart = {key: free.pop(key) for name in owned for key in owned[name] if key in free}
        values = _overlaid(self._of_profile(profile, "values.yaml"), free, ("values",), problems)
        self._add(f"{self.folder}/values.yaml", values)
        for name, data in owned.items():
            mixed = _overlaid(data, {key: apart[key] for key in data if key in apart}, ("values",), problems, depth=2)
            self._add(f"{self.folder}/{files[name]}", mixed)
        if problems:
            raise UnbuildableError(problems)

    def _of_profile(self, profile: Profile, file: str) -> dict[str, Any]:
        return rendered(f"{profile.folder}/{file}", self.resolved, self.context, self.find_template)

    def _render(self, name: str, more: dict[str, Any]) -> dict[str, Any]:
        data = shaped(self.find_template(name), name, {**self.context, **more} if more else self.context)
        for at in addresses.places(data):
            message = f"template {name} writes an address with credentials to `{dotted(at)}`"
            raise UnbuildableError([Problem("TP051", (), message, "remove the credentials from its inputs")])
        return data

    def _add(self, path: str, data: dict[str, Any]) -> None:
        resolved = self.resolved
        self.made.append(Document(path, data, resolved.spec.source.path, resolved.service, resolved.environment.name))


def _overlaid(
    owned: dict[str, Any], free: dict[str, Any], at: Pointer, problems: list[Problem], depth: int = 32
) -> dict[str, Any]:
    """Return the derived values with the spec's own values added; a value that both set is a problem.

    Mappings deeper than `depth` count as one value: a strategy merged from two sources would be invalid.
    """
    if not free:
        return owned
    result = dict(owned)
    for key, value in free.items():
        here = (*at, key)
        if key not in owned:
            result[key] = value
        elif depth > 1 and isinstance(owned[key], dict) and isinstance(value, dict):
            result[key] = _overlaid(owned[key], value, here, problems, depth - 1)
        elif owned[key] != value or type(owned[key]) is not type(value):
            message = f"`{dotted(here)}` is set by Tiphys from other fields of the spec"
            problems.append(Problem("TP301", here, message, "set that field instead (image, replicas, autoscaling, rollout)"))
    return result


def build_root(environment: Environment, workspace: Workspace, find_template: FindTemplate) -> Document:
    """Return the root Application of an environment: it reads the folder of Applications.

    Raises Rejected if its project cannot be determined.
    """
    argocd = environment.spec["argocd"]
    project = argocd.get("rootProject") or argocd["project"]
    if placeholders.holds_placeholder(project):
        at = ("spec", "argocd", "project")
        message = "argocd.project varies by service, so the root Application cannot use it"
        hint = "set argocd.rootProject to a project that permits Argo CD's own namespace"
        source = environment.source
        raise Rejected([Diagnostic(source.path, source.span_of(at), "TP035", Severity.ERROR, message, hint, at)])
    namespace = argocd.get("namespace") or ARGOCD
    namespace = ARGOCD if placeholders.holds_placeholder(namespace) else namespace
    root = {
        "namespace": namespace,
        "project": project,
        "destination": {"server": IN_CLUSTER, "namespace": namespace},
        "path": f"{workspace.output}/{environment.name}/{APPLICATIONS}",
        "repoURL": workspace.repo_url,
        "targetRevision": workspace.target_revision,
        "prune": argocd.get("onDelete") == "cascade",
    }
    data = shaped(find_template("root.yaml"), "root.yaml", {"environment": environment.name, "root": root})
    for written in addresses.places(data):
        message = f"template root.yaml writes an address with credentials to `{dotted(written)}`"
        raise Rejected([Diagnostic(environment.source.path, START, "TP051", Severity.ERROR, message, "remove the credentials")])
    path = f"{workspace.output}/{environment.name}/root.yaml"
    return Document(path, data, environment.source.path, "", environment.name)
