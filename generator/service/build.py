"""Build the documents of a resolved service from structural templates."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from generator.kubernetes import strategy as strategies
from generator.kubernetes import target
from generator.service import images
from generator.service.analyses import Analysis, UnbuildableError, analyses_of
from generator.service.application import application, of_rendered_files
from generator.service.chart import ChartSource, chart_of
from generator.service.chart_objects import ChartObjects, FindTemplate, chart_objects
from generator.service.context import context_of
from generator.service.derived import deletion_finalizers
from generator.service.documents import Documents, insist
from generator.service.folder_source import application_source, folder_objects, folder_of, refused
from generator.service.manifests import Manifest, Read, documents_of, manifests_of
from generator.service.naming import forced_name, settings
from generator.service.reference import reference_lacks
from generator.service.resolve import with_fullname
from generator.service.root import applications_folder, own_folder
from generator.syntax.named_tuples import NamedTuple
from generator.syntax.reader import Source
from generator.workspace.model import Document, Problem, Profile, Resolved, Workspace
from generator.workspace.output import RENDERED, is_rendered

if TYPE_CHECKING:
    from generator.workspace.folders import Stock


class Built(NamedTuple):
    """A service in one environment with everything generated for it."""

    resolved: Resolved
    profile: Profile
    chart: ChartObjects
    """The names of the objects in its chart."""
    origin: ChartSource
    """Where its chart comes from."""
    referenced: bool
    """Whether a Rollout is generated that takes over the chart's Deployment."""
    strategy: dict[str, Any]
    analyses: tuple[Analysis, ...]
    application: dict[str, Any]
    """The input of the Application's template, with what is rendered as its sources."""
    documents: tuple[Document, ...]
    """The Application first."""
    manifests: tuple[Manifest, ...] = ()
    """The plain manifests that the service brings along; they are documents as well."""
    stock: Stock | None = None
    """What is in the folder that the service has in the place of a chart, if it is in this workspace."""
    folder: str = ""
    """The folder of its generated files, but for the Application."""
    sourced: dict[str, Any] | None = None
    """The Application of `output: sources`, where another one is generated, for rendered files; None where it is generated."""

    @property
    def deployed(self) -> dict[str, Any]:
        """The Application as it is generated, which decides what Argo CD does; a workspace may have its own template."""
        return self.documents[0].data

    @property
    def rendered_from(self) -> dict[str, Any]:
        """The Application with the sources that Helm or kustomize renders, whether Argo CD or Tiphys starts them."""
        return self.documents[0].data if self.sourced is None else self.sourced

    @property
    def is_rendered(self) -> bool:
        """Whether what Helm or kustomize renders is generated as well, and deployed."""
        return self.sourced is not None

    @property
    def rendered_folder(self) -> str:
        """The folder of what Helm or kustomize renders, if that is generated."""
        return f"{self.folder}/{RENDERED}"

    @property
    def rollout_name(self) -> str:
        """The name of the Rollout, which may be another than that of the Deployment that it takes over."""
        return self.chart.fullname if self.referenced else self.chart.workload

    @property
    def is_stateful(self) -> bool:
        """Whether a StatefulSet runs its pods."""
        return not self.strategy and self.chart.kind == "StatefulSet"

    @property
    def rollouts(self) -> str:
        """The version of Argo Rollouts that its environment states; empty if it does not."""
        return target.of(self.resolved.environment.spec.get("target")).rollouts


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

    `files` are AnalysisTemplates, `plain` manifests, and `stock` is what a folder in the place of the chart holds.
    """
    source = folder_of(resolved)
    insist(refused(source, resolved) if source else images.problems(resolved, profile, find_template, plain))
    referenced, argocd, origin = _referenced(resolved, profile), settings(resolved), chart_of(resolved)
    names = {"release": argocd["releaseName"], "fullnameOverride": forced_name(resolved)}
    context = {**_context(resolved, referenced=referenced), **names}
    chart = folder_objects(source, stock, resolved) if source else chart_objects(profile, resolved, context, find_template)
    if (named := with_fullname(resolved, chart.fullname)) is not resolved:
        resolved, context = named, {**_context(named, referenced=referenced), **names}
    strategy = strategies.with_services(resolved.strategy, chart.services) if resolved.strategy else {}
    analyses, workload = analyses_of(resolved, files), _workload(chart, strategy, referenced=referenced)
    if referenced:
        insist(reference_lacks(source, stock, chart, profile, resolved, argocd, strategy))
    manifests = manifests_of(resolved, plain, folder := own_folder(resolved, workspace))
    facts = application(
        resolved,
        origin,
        workspace,
        argocd,
        workload,
        strategy,
        manifests=bool(analyses or manifests) or referenced,
        hooks=deletion_finalizers(resolved, profile),
        in_place=application_source(source, stock, resolved, chart, context["workload"]["replicas"]) if source else None,
        stock=stock,
    )
    context |= {"fullname": chart.fullname, "strategy": strategy or None, "application": facts}
    documents = Documents(resolved, workspace, context, find_template)
    rest = (None if source else profile, analyses, chart if referenced else None, strategy)
    sourced = _add_all(documents, workspace, facts, *rest)
    made = (*documents.made, *documents_of(manifests, documents.made, resolved))
    parts = (facts, made, tuple(manifests), stock, folder, sourced)
    return Built(resolved, profile, chart, origin, referenced, strategy, analyses, *parts)


def _add_all(documents: Documents, workspace: Workspace, facts: dict[str, Any], *rest: Any) -> dict[str, Any] | None:
    """Add all documents; return the Application of sources, if one of rendered files takes its place."""
    home = _applications(documents.resolved, workspace)
    documents.add_all(home, *rest)
    if not is_rendered(documents.resolved.environment):
        return None
    return documents.replace_application(home, of_rendered_files(facts, documents.resolved, workspace))


def _applications(resolved: Resolved, workspace: Workspace) -> str:
    """Return the folder of the Application; raises UnbuildableError if it is that of the service's other files."""
    environment = resolved.environment
    folder = applications_folder(environment, workspace)
    if folder == f"{workspace.output}/{environment.name}/{resolved.service}":
        message = f"`{folder}` is the folder of this service and, by root.path, that of the Applications in {environment.name}"
        hint = f"rename the service, or set another root.path in {environment.part(('spec', 'root', 'path')).path}"
        raise UnbuildableError([Problem("TP037", (), message, hint)])
    return folder


def _workload(chart: ChartObjects, strategy: dict[str, Any], *, referenced: bool) -> dict[str, str]:
    """Return the workload of a service as its Application knows it; `reference` is the Deployment that a Rollout takes over."""
    if referenced:
        return {"kind": "Rollout", "name": chart.fullname, "reference": chart.workload}
    return {"kind": "Rollout" if strategy else chart.kind, "name": chart.workload}


def _referenced(resolved: Resolved, profile: Profile) -> bool:
    """Tell whether the Rollout is generated outside the chart; raises UnbuildableError if the mode is impossible."""
    mode = resolved.rollout.get("mode") or profile.mode
    if resolved.strategy and mode == "values" and profile.mode != "values":
        message = f"`mode: values` requires a chart with a Rollout, but according to profile `{profile.name}`, it has only a Deployment"
        hint = "remove `mode`: a Rollout is then generated next to the chart"
        raise UnbuildableError([Problem("TP311", ("rollout", "mode"), message, hint)])
    return bool(resolved.strategy) and mode == "workloadRef"


def _context(resolved: Resolved, *, referenced: bool) -> dict[str, Any]:
    """Return the context of every template, without the parts that depend on the profile."""
    environment = resolved.environment
    return context_of(
        resolved.data,
        resolved.service,
        environment.name,
        resolved.spec.labels,
        destination=environment.destination,
        referenced=referenced,
    )
