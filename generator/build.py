"""A resolved service to its documents, through structural templates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from generator import placeholders
from generator import strategy as strategies
from generator.analyses import Analysis, UnbuildableError, analyses_of, template_facts
from generator.application import ARGOCD, IN_CLUSTER, application
from generator.diagnostics import Diagnostic, Pointer, Severity, dotted
from generator.errors import Rejected
from generator.model import Document, Environment, Problem, Profile, Resolved, Workspace
from generator.reader import Source
from generator.templates import Template

APPLICATIONS = "applications"
"""The folder of each environment that holds Applications and nothing else."""

FindTemplate = Callable[[str], Template]


class Built(NamedTuple):
    """A service in one environment with all that is generated for it."""

    resolved: Resolved
    profile: Profile
    strategy: dict[str, Any]
    analyses: tuple[Analysis, ...]
    application: dict[str, Any]
    documents: tuple[Document, ...]


def build(
    resolved: Resolved, workspace: Workspace, profile: Profile, find_template: FindTemplate, files: Mapping[str, Source | None]
) -> Built:
    """Return the documents of one service in one environment; raises UnbuildableError or Rejected."""
    names = service_names(profile, resolved)
    strategy = strategies.with_services(resolved.strategy, names) if resolved.strategy else {}
    analyses = analyses_of(resolved, files)
    mode = resolved.rollout.get("mode") or profile.mode
    workload = {"kind": "Rollout" if strategy else "Deployment", "name": resolved.service}
    by_reference = bool(strategy) and mode == "workloadRef"
    if by_reference:
        workload["reference"] = _expanded((profile.spec.get("workload") or {}).get("name") or "{service}", resolved)
    manifests = bool(analyses) or by_reference
    facts = application(resolved, workspace, workload, strategy, manifests=manifests)
    context = _context(resolved, strategy, workload, facts)
    documents = _Documents(resolved, workspace, context, find_template)
    documents.add(f"{APPLICATIONS}/{resolved.service}.yaml", "application.yaml")
    documents.add_values(profile, rollout=bool(strategy) and not by_reference)
    for analysis in analyses:
        documents.add_manifest(f"analysistemplate-{analysis.name}", "analysistemplate.yaml", analysis=template_facts(analysis))
    if by_reference:
        _add_by_reference(documents, profile, resolved, strategy, names, workload["reference"])
    return Built(resolved, profile, strategy, analyses, facts, tuple(documents.made))


def service_names(profile: Profile, resolved: Resolved) -> dict[str, str]:
    """Return the names that the chart gives to its Services: stable, canary, active, preview."""
    defaults = {"stable": "{service}", "canary": "{service}-canary", "active": "{service}", "preview": "{service}-preview"}
    given = {**defaults, **(profile.spec.get("services") or {})}
    return {role: _expanded(name, resolved) for role, name in given.items()}


def _expanded(node: Any, resolved: Resolved) -> Any:
    return placeholders.expand_known(node, resolved.known)


def _context(resolved: Resolved, strategy: dict[str, Any], workload: dict[str, str], facts: dict[str, Any]) -> dict[str, Any]:
    data = resolved.data
    return {
        "service": resolved.service,
        "environment": resolved.environment.name,
        "labels": resolved.spec.labels,
        "image": data["image"],
        "replicas": data.get("replicas"),
        "autoscaling": data.get("autoscaling"),
        "chart": data["chart"],
        "strategy": strategy or None,
        "rollbackWindow": resolved.rollout.get("rollbackWindow"),
        "workload": workload,
        "application": facts,
    }


class _Documents:
    """The documents of one service in the making."""

    def __init__(self, resolved: Resolved, workspace: Workspace, context: dict[str, Any], find_template: FindTemplate) -> None:
        self.made: list[Document] = []
        self.resolved = resolved
        self.context = context
        self.find_template = find_template
        self.environment = f"{workspace.output}/{resolved.environment.name}"
        self.folder = f"{self.environment}/{resolved.service}"

    def add(self, path: str, template: str, **more: Any) -> None:
        self._add(f"{self.environment}/{path}", self._render(template, more))

    def add_manifest(self, name: str, template: str, **more: Any) -> None:
        self._add(f"{self.folder}/manifests/{name}.yaml", self._render(template, more))

    def add_values(self, profile: Profile, *, rollout: bool) -> None:
        """Add values.yaml and rollout.yaml: what the tool says, with the spec's free values around it.

        Values below a key of rollout.yaml go there, so that no chart depends on how Helm merges files.
        """
        free = dict(self.resolved.data.get("values") or {})
        problems: list[Problem] = []
        files = {"rollout": "rollout.yaml"} if rollout else {}
        owned = {name: self._render(f"{profile.folder}/{file}", {}) for name, file in files.items()}
        apart = {key: free.pop(key) for name in owned for key in owned[name] if key in free}
        values = _overlaid(self._render(f"{profile.folder}/values.yaml", {}), free, ("values",), problems)
        self._add(f"{self.folder}/values.yaml", values)
        for name, data in owned.items():
            mixed = _overlaid(data, {key: apart[key] for key in data if key in apart}, ("values",), problems, depth=2)
            self._add(f"{self.folder}/{files[name]}", mixed)
        if problems:
            raise UnbuildableError(problems)

    def _render(self, template: str, more: dict[str, Any]) -> dict[str, Any]:
        return self.find_template(template).render({**self.context, **more} if more else self.context)

    def _add(self, path: str, data: dict[str, Any]) -> None:
        resolved = self.resolved
        self.made.append(Document(path, data, resolved.spec.source.path, resolved.service, resolved.environment.name))


def _overlaid(
    owned: dict[str, Any], free: dict[str, Any], at: Pointer, problems: list[Problem], depth: int = 32
) -> dict[str, Any]:
    """Return the tool's values with the free ones added; a value that both give is a problem.

    Maps deeper than `depth` are one value: half a strategy from here and half from there is none.
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
            message = f"`{dotted(here)}` is written by mooring, from the fields of the spec"
            problems.append(
                Problem("MR301", here, message, "set the field of the spec instead (image, replicas, autoscaling, rollout)")
            )
    return result


def _add_by_reference(
    documents: _Documents, profile: Profile, resolved: Resolved, strategy: dict[str, Any], names: dict[str, str], target: str
) -> None:
    """Add the Rollout that takes over the chart's Deployment, and the Services that it switches."""
    selector = _expanded(profile.spec.get("selector") or {}, resolved)
    ports = _expanded(profile.spec.get("ports") or [], resolved)
    documents.add_manifest(
        "rollout", "rollout.yaml", reference={"name": target, "selector": selector, "scaleDown": "progressively"}
    )
    given = {names["stable"], names["active"]}  # the chart's own Service
    for name in strategies.services(strategy):
        if name not in given:
            documents.add_manifest(
                f"service-{name}", "service.yaml", sibling={"name": name, "selector": selector, "ports": ports}
            )


def build_root(environment: Environment, workspace: Workspace, find_template: FindTemplate) -> Document:
    """Return the root Application of an environment: it reads the folder of Applications.

    Raises Rejected when nobody has said which project it is in.
    """
    argocd = environment.spec["argocd"]
    project = argocd.get("rootProject") or argocd["project"]
    if placeholders.holds_placeholder(project):
        at = ("spec", "argocd", "project")
        message = "the project differs from service to service, so it is none for the root Application"
        hint = "add argocd.rootProject, a project that permits Argo CD's own namespace"
        source = environment.source
        raise Rejected([Diagnostic(source.path, source.span_of(at), "MR035", Severity.ERROR, message, hint, at)])
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
    data = find_template("root.yaml").render({"environment": environment.name, "root": root})
    path = f"{workspace.output}/{environment.name}/root.yaml"
    return Document(path, data, environment.source.path, "", environment.name)
