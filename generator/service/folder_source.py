"""A kustomization or a directory of plain manifests in the place of a chart: where it is, and what it holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from generator.diagnostics import Pointer
from generator.kubernetes.images import repository_of
from generator.kubernetes.objects import KubeObject, at, maps
from generator.service.analyses import UnbuildableError
from generator.service.chart import elsewhere
from generator.service.chart_objects import SETTINGS, ChartObjects
from generator.service.images import images_of, named_in_vain
from generator.service.resolve import of_destination
from generator.syntax.merge import lookup
from generator.syntax.named_tuples import NamedTuple
from generator.workspace.model import Problem, Resolved

if TYPE_CHECKING:
    from generator.workspace.folders import Stock

KUSTOMIZE, DIRECTORY = "kustomize", "directory"

_OWN = ("path", "repoURL", "revision", "recurse", "workload")
"""What a spec says of a folder that is not a setting of the Application for kustomize."""

NOT_FOUND, IMPOSSIBLE, INCOMPLETE = "TP600", "TP311", "TP313"


class FolderSource(NamedTuple):
    """The folder that a service is deployed from."""

    kind: str
    """`kustomize` or `directory`."""
    path: str
    """Relative to the root of its repository."""
    git: str
    """The address of the Git repository; empty for this one."""
    revision: str
    recurse: bool
    workload: str
    """The name of the Deployment that the service is; empty if it is found."""
    settings: Mapping[str, Any] = {}
    """What the Application sets for kustomize besides images and replicas."""

    @property
    def at(self) -> Pointer:
        """The pointer of its settings in a resolved service."""
        return ("source", self.kind)


def folder_of(resolved: Resolved) -> FolderSource | None:
    """Return the folder that a service is deployed from; None for a chart."""
    source: dict[str, Any] = resolved.data.get("source") or {}
    for kind in (KUSTOMIZE, DIRECTORY):
        given = source.get(kind)
        if isinstance(given, dict):
            git, revision = elsewhere(given, resolved)
            recurse = kind == KUSTOMIZE or given.get("recurse") is True
            workload, settings = str(given.get("workload") or ""), {key: given[key] for key in given if key not in _OWN}
            return FolderSource(kind, str(given["path"]), git, revision, recurse, workload, settings)
    return None


def refused(source: FolderSource, resolved: Resolved) -> Iterator[Problem]:
    """Yield what a spec says that its folder cannot have."""
    data, is_plain = resolved.data, source.kind == DIRECTORY
    if is_plain:
        yield from named_in_vain(resolved)
    if "revision" in data["source"][source.kind] and "repoURL" not in data["source"][source.kind]:
        hint = "add `repoURL`, or remove it: this repository is deployed at the revision of tiphys.yaml"
        yield Problem("TP401", (*source.at, "revision"), "`revision` is for a different Git repository", hint)
    if data.get("values"):
        message = f"`values` are for Helm charts; {'these manifests have' if is_plain else 'a kustomization has'} none"
        yield Problem(IMPOSSIBLE, ("values",), message, "change the files in the folder, or write a patch")
    if resolved.strategy and resolved.rollout.get("mode") == "values":
        message = "`mode: values` needs a chart that has a Rollout, but this service deploys a folder"
        hint = "remove `mode`: the Rollout then runs the pods of the Deployment in the folder"
        yield Problem(IMPOSSIBLE, ("rollout", "mode"), message, hint)
    if "autoscaling" in data and (is_plain or not resolved.strategy):
        message = "only a Rollout of a kustomization gets an autoscaler from Tiphys"
        hint = "add a HorizontalPodAutoscaler to the folder or to `manifests`, and write `autoscaling: null`"
        yield Problem(IMPOSSIBLE, ("autoscaling",), message, hint)
    if is_plain and data.get("image"):
        message = "`image` has no effect on plain manifests, which name their own images"
        yield Problem(IMPOSSIBLE, ("image",), message, "remove it, or use a kustomization")
    if is_plain and "replicas" in data and not resolved.strategy:
        message = "`replicas` has no effect on plain manifests, which set their own replicas"
        yield Problem(IMPOSSIBLE, ("replicas",), message, "remove them, write `replicas: null`, or use a kustomization")


def unusable(source: FolderSource, stock: Stock) -> list[Problem]:
    """Return why a folder of this repository cannot be built."""
    if stock.missing:
        return [Problem(NOT_FOUND, (*source.at, "path"), stock.missing, "add the files, or fix the path")]
    return [Problem(NOT_FOUND, (*source.at, *one.pointer), one.message, one.hint) for one in stock.refused]


def folder_objects(source: FolderSource, stock: Stock | None, resolved: Resolved) -> ChartObjects:
    """Return the workload and the Services of a folder; raises UnbuildableError for what a rollout needs and it lacks.

    Without `stock`, the folder is in a different repository.
    """
    asked = bool(resolved.strategy) or ("replicas" in resolved.data and source.kind == KUSTOMIZE)
    if stock is None and resolved.strategy:
        message = "a rollout needs the labels of the pods, which Tiphys cannot read in a different repository"
        raise UnbuildableError([Problem(INCOMPLETE, ("rollout",), message, "move the folder into this repository")])
    if not asked or stock is None:
        if asked and not source.workload:
            message = "Tiphys cannot read the Deployments of another repository, so it cannot set their replicas"
            raise UnbuildableError(
                [Problem(INCOMPLETE, ("replicas",), message, f"set source.{source.kind}.workload to its name")]
            )
        workload = source.workload or resolved.service
        return ChartObjects(resolved.service, workload, "Deployment", _roles(resolved.service), {}, {}, [])
    deployment = _deployment(source, stock, resolved)
    service, others = _services(stock, deployment)
    expanded = _roles(service.name if service is not None else resolved.service)
    return ChartObjects(
        resolved.service,
        deployment.name,
        deployment.kind,
        expanded,
        {name: deployment.spec[name] for name in SETTINGS if deployment.spec.get(name) is not None}
        if resolved.strategy
        else {},
        _map(at(deployment.data, "spec", "selector", "matchLabels")),
        [_port(port) for _, port in maps(service.spec.get("ports"))] if service is not None else [],
        frozenset(others),
    )


def _deployment(source: FolderSource, stock: Stock, resolved: Resolved) -> KubeObject:
    kinds = ("Deployment",) if resolved.strategy else ("Deployment", "StatefulSet")
    found = [one for one in stock.objects if one.group == "apps" and one.kind in kinds]
    wanted = source.workload or (resolved.service if len(found) > 1 else "")
    fitting = [one for one in found if wanted in ("", one.name)]
    if len(fitting) == 1:
        return fitting[0]
    at_fault: Pointer = (*source.at, "workload") if source.workload else source.at
    names = ", ".join(f"`{one.name}`" for one in found)
    if not found:
        message, hint = f"{source.path} has no Deployment that could be rolled out or scaled", "write `rollout: null`"
    elif len(fitting) > 1:
        message, hint = f"{source.path} has {len(fitting)} Deployments `{fitting[0].name}`", "rename one of them"
    else:
        message = f"{source.path} has no Deployment `{wanted}`; it has {names}"
        hint = f"set source.{source.kind}.workload to the one of this service"
    raise UnbuildableError([Problem(INCOMPLETE, at_fault, message, hint)])


def deployment_in(stock: Stock | None, name: str) -> KubeObject | None:
    """Return the Deployment of a name, or else the only one of a folder, if it has one."""
    found = [one for one in stock.objects if (one.group, one.kind) == ("apps", "Deployment")] if stock else []
    return next((one for one in found if one.name == name), found[0] if len(found) == 1 else None)


def _services(stock: Stock, deployment: KubeObject) -> tuple[KubeObject | None, list[str]]:
    """Return the Service of a Deployment, the one of its name before others, and the names of all Services."""
    labels = _map(at(deployment.data, "spec", "template", "metadata", "labels"))
    services = [one for one in stock.objects if (one.group, one.kind) == ("", "Service")]
    fitting = [one for one in services if _selects(one.spec.get("selector"), labels)]
    own = next((one for one in fitting if one.name == deployment.name), fitting[0] if fitting else None)
    return own, [one.name for one in services]


def _map(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _selects(selector: Any, labels: dict[str, Any]) -> bool:
    return isinstance(selector, dict) and bool(selector) and all(labels.get(key) == value for key, value in selector.items())


def _roles(name: str) -> dict[str, str]:
    return {"stable": name, "canary": f"{name}-canary", "active": name, "preview": f"{name}-preview"}


_PORT = ("name", "port", "targetPort", "protocol", "appProtocol")


def _port(port: dict[str, Any]) -> dict[str, Any]:
    return {field: port[field] for field in _PORT if field in port}


def rollout_problems(
    source: FolderSource, stock: Stock | None, chart: ChartObjects, resolved: Resolved, namespace: str, *, services: bool
) -> Iterator[Problem]:
    """Yield what is missing for the Rollout of a folder's Deployment, and for the Services of its strategy."""
    if "replicas" not in resolved.data and "autoscaling" not in resolved.data:
        message = "without `replicas` or `autoscaling`, a Rollout next to the Deployment would run one pod"
        yield Problem(INCOMPLETE, ("rollout",), message, "add `replicas` or `autoscaling`")
    if not chart.selector:
        message = f"Deployment {chart.workload} in {source.path} has no spec.selector.matchLabels"
        yield Problem(INCOMPLETE, source.at, message, "add the labels by which it selects its pods")
    if services and not chart.ports:
        message = (
            f"the strategy switches between Services, but no Service in {source.path} selects the pods of {chart.workload}"
        )
        yield Problem(INCOMPLETE, ("rollout",), message, "add a Service for it")
    yield from _namespace_problems(source, stock, chart.workload, namespace)


def _namespace_problems(source: FolderSource, stock: Stock | None, workload: str, namespace: str) -> Iterator[Problem]:
    """Yield the problem of a Deployment that is not where its Rollout goes, which takes over only one of its own namespace."""
    for one in stock.objects if stock else ():
        if (one.kind, one.name) == ("Deployment", workload) and one.namespace not in ("", namespace):
            message = (
                f"{source.path} puts Deployment {workload} into namespace `{one.namespace}`, its Rollout goes to `{namespace}`"
            )
            yield Problem(INCOMPLETE, (*source.at, "path"), message, "remove the namespace from the files, or deploy to it")


def application_source(
    source: FolderSource, stock: Stock | None, resolved: Resolved, chart: ChartObjects, replicas: int | None
) -> dict[str, Any]:
    """Return the fields of the Application's source that say what to build: everything but the repository."""
    if source.kind == DIRECTORY:
        directory = {"include": "{*.yaml,*.yml,*.json}"} | ({"recurse": True} if source.recurse else {})
        return {"path": source.path, "directory": directory}
    images = list(_images(stock, resolved))
    kustomize: dict[str, Any] = {**source.settings, **({"images": images} if images else {})}
    if replicas is not None:
        kustomize["replicas"] = [{"name": chart.workload, "count": replicas}]
    return {"path": source.path, **({"kustomize": kustomize} if kustomize else {})}


def _images(stock: Stock | None, resolved: Resolved) -> Iterator[str]:
    """Yield the images of a service as Argo CD gives them to `kustomize edit set image`: `repository:tag`, or `name=…`.

    Source: argo-cd, pkg/apis/application/v1alpha1/types.go, KustomizeImage
    """
    for pointer, image in images_of(resolved):
        repository, version = image["repository"], ""
        if image.get("digest") or image.get("tag"):
            version = f"@{image['digest']}" if image.get("digest") else f":{image['tag']}"
        if version or "name" in image:
            name = image.get("name") or _name_in_files(stock, resolved, (*pointer, "repository"))
            yield f"{name}={repository}{version}" if name != repository else f"{name}{version}"


def _name_in_files(stock: Stock | None, resolved: Resolved, at: Pointer) -> str:
    """Return what the files of a kustomization call an image: a destination or an environment may have its own registry.

    Where no file has the image, or the files are in another repository, it is what the layers below the destination say.
    """
    given = [(layer, lookup(layer.data, at)[1]) for layer in reversed(resolved.layers)]
    names = [(layer, str(name)) for layer, name in given if name]
    if stock is not None:
        from generator.kubernetes.kustomization import placeholder_of

        run = _run(stock)
        for _, name in names:
            called = placeholder_of(stock.data, name)
            if called != name or name in run:
                return called
    return next((name for layer, name in names if not of_destination(layer)), names[0][1])


def _run(stock: Stock) -> set[str]:
    """Return the images, without tag and digest, of the containers in files."""
    from generator.kubernetes.pods.places import pods_in

    found = set()
    for pod in (pod for one in stock.objects for pod in pods_in(one)):
        for kind in ("containers", "initContainers"):
            for _, container in maps(_map(pod.template.get("spec")).get(kind)):
                found.add(repository_of(str(container.get("image") or "")))
    return found
