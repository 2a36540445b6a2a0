"""Build the documents of a resolved service from structural templates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from generator.diagnostics import Pointer, dotted
from generator.kubernetes import strategy as strategies
from generator.service import images
from generator.service.analyses import Analysis, UnbuildableError, analyses_of, template_facts
from generator.service.application import application, inlined
from generator.service.chart_objects import SERVICES, ChartObjects, FindTemplate, chart_objects, rendered
from generator.service.derived import by_tag, deletion_finalizers, metrics
from generator.service.folder_source import application_source, folder_objects, folder_of, refused
from generator.service.manifests import Manifest, Read, documents_of, manifests_of, path_of, taken
from generator.service.naming import forced_name, settings
from generator.service.reference import add_reference, reference_lacks
from generator.service.resolve import with_fullname
from generator.service.root import applications_folder, own_folder
from generator.service.shapes import shaped
from generator.syntax.merge import merge
from generator.syntax.reader import Source
from generator.syntax.secrets import addresses
from generator.workspace.model import Document, Problem, Profile, Resolved, Workspace

if TYPE_CHECKING:
    from generator.workspace.folders import Stock


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
    """The input of the Application's template."""
    documents: tuple[Document, ...]
    """The Application first."""
    manifests: tuple[Manifest, ...] = ()
    """The plain manifests that the service brings along; they are documents as well."""
    stock: Stock | None = None
    """What is in the folder that the service has in the place of a chart, if it is in this workspace."""

    @property
    def deployed(self) -> dict[str, Any]:
        """The Application as it is generated, which decides what Argo CD does; a workspace may have its own template."""
        return self.documents[0].data

    @property
    def rollout_name(self) -> str:
        """The name of the Rollout, which may be another than that of the Deployment that it takes over."""
        return self.chart.fullname if self.referenced else self.chart.workload

    @property
    def is_stateful(self) -> bool:
        """Whether a StatefulSet runs its pods."""
        return not self.strategy and self.chart.kind == "StatefulSet"


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
    _insist(refused(source, resolved) if source else images.problems(resolved, profile, find_template))
    referenced, argocd = _referenced(resolved, profile), settings(resolved)
    names = {"release": argocd["releaseName"], "fullnameOverride": forced_name(resolved)}
    context = {**_context(resolved, referenced=referenced), **names}
    chart = folder_objects(source, stock, resolved) if source else chart_objects(profile, resolved, context, find_template)
    resolved = with_fullname(resolved, chart.fullname)
    context = {**_context(resolved, referenced=referenced), **names, "fullname": chart.fullname}
    strategy = strategies.with_services(resolved.strategy, chart.services) if resolved.strategy else {}
    analyses = analyses_of(resolved, files)
    workload = {"kind": "Rollout" if strategy else chart.kind, "name": chart.workload}
    if referenced:
        _insist(reference_lacks(source, stock, chart, profile, resolved, argocd, strategy))
        workload |= {"name": chart.fullname, "reference": chart.workload}
    manifests = manifests_of(resolved, plain, own_folder(resolved, workspace))
    facts = application(
        resolved,
        workspace,
        argocd,
        workload,
        strategy,
        manifests=bool(analyses or manifests) or referenced,
        hooks=deletion_finalizers(resolved, profile),
        in_place=application_source(source, stock, resolved, chart, context["workload"]["replicas"]) if source else None,
        stock=stock,
    )
    context |= {"strategy": strategy or None, "application": facts}
    documents = _Documents(resolved, workspace, context, find_template)
    home = _applications(resolved, workspace)
    if not documents.inline:
        documents.add_application(home)
    documents.add_rest(profile if source is None else None, analyses, chart if referenced else None, strategy)
    if documents.inline:
        inlined(facts["sources"], documents.values())
        documents.add_application(home)
    made = (*documents.made, *documents_of(manifests, documents.made, resolved))
    return Built(resolved, profile, chart, referenced, strategy, analyses, facts, made, tuple(manifests), stock)


def _applications(resolved: Resolved, workspace: Workspace) -> str:
    """Return the folder of the Application; raises UnbuildableError if it is that of the service's other files."""
    environment = resolved.environment
    folder = applications_folder(environment, workspace)
    if folder == f"{workspace.output}/{environment.name}/{resolved.service}":
        message = f"`{folder}` is the folder of this service and, by root.path, that of the Applications in {environment.name}"
        hint = f"rename the service, or set another root.path in {environment.part(('spec', 'root', 'path')).path}"
        raise UnbuildableError([Problem("TP037", (), message, hint)])
    return folder


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
        "images": data.get("images") or {},
        "imagesByTag": {name: by_tag(image) for name, image in (data.get("images") or {}).items()},
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
        self.folder = own_folder(resolved, workspace)
        self.inline = bool(resolved.environment.destination)
        """Whether the Application has the values in itself, so that they have no files."""

    def add_application(self, folder: str) -> None:
        """Add the Application, before all others."""
        name = "-".join(filter(None, (self.resolved.service, self.resolved.environment.destination)))
        self.made.insert(0, self._document(f"{folder}/{name}.yaml", self._render("application.yaml", {})))

    def values(self) -> dict[str, Any]:
        """Return the values that have no files, the strategy among them."""
        values: dict[str, Any] = {}
        for document in self.made:
            if document.inline:
                values = merge(values, document.data, [])
        return values

    def add_manifest(self, name: str, template: str, at: Pointer, **more: Any) -> None:
        """Add an object, in a file named after it; raises UnbuildableError for an unusable file name."""
        path = path_of(self.folder, name)
        _insist(taken(self.made, path, name, at))
        self._add(path, self._render(template, more))

    def add_rest(
        self, profile: Profile | None, analyses: Iterable[Analysis], reference: ChartObjects | None, strategy: dict[str, Any]
    ) -> None:
        """Add the values for a chart, the AnalysisTemplates, and the Rollout that takes over the Deployment of `reference`."""
        if profile is not None:
            self.add_values(profile, rollout=bool(strategy) and reference is None)
        for index, analysis in enumerate(analyses):
            at: Pointer = ("rollout", "analysisTemplates", index)
            name = f"analysistemplate-{analysis.name}"
            self.add_manifest(name, "analysistemplate.yaml", at, analysis=template_facts(analysis))
        if reference is not None:
            add_reference(self, reference, self.resolved, strategy)

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
        self._add(f"{self.folder}/values.yaml", values, inline=self.inline)
        for name, data in owned.items():
            mixed = _overlaid(data, {key: apart[key] for key in data if key in apart}, ("values",), problems, depth=2)
            self._add(f"{self.folder}/{files[name]}", mixed, inline=self.inline)
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

    def _add(self, path: str, data: dict[str, Any], *, inline: bool = False) -> None:
        self.made.append(self._document(path, data, inline=inline))

    def _document(self, path: str, data: dict[str, Any], *, inline: bool = False) -> Document:
        resolved, environment = self.resolved, self.resolved.environment
        origin = resolved.spec.source.path
        return Document(path, data, origin, resolved.service, environment.name, environment.destination, inline)


_NAMES = ("fullnameOverride", "applicationName", "forceRename")
_NAMED = "set `chart.fullname` instead, or `chart.fullname: null` to leave the names to the chart and its values"


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
            hint = "set that field instead (image, images, replicas, autoscaling, rollout)"
            problems.append(Problem("TP301", here, message, _NAMED if key in _NAMES else hint))
    return result
