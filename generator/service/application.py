"""Derive the parts of an Argo CD Application from a resolved service."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from generator.service.chart import ChartSource
from generator.service.folder_source import folder_of
from generator.service.ignored import ignore_differences
from generator.service.root import finalizers, own_folder, with_options
from generator.service.waves import with_wave
from generator.syntax.merge import merge
from generator.workspace.model import Resolved, Workspace
from generator.workspace.output import RENDERED, is_inline, is_rendered

if TYPE_CHECKING:
    from generator.workspace.folders import Stock

IN_CLUSTER = "https://kubernetes.default.svc"
ARGOCD = "argocd"
"""The default namespace of Argo CD."""

SYNC_OPTIONS = "argocd.argoproj.io/sync-options"
DESTINATION = "tiphys/destination"
"""The label of an Application with the destination that it deploys to."""
GUARDS = ("Prune=confirm", "Delete=confirm")
"""The sync options of an Application that keeps what it deployed."""
GENERATE_PATHS = "argocd.argoproj.io/manifest-generate-paths"

DIRECTORY = {"include": "*.yaml"}
"""Makes Argo CD read a folder as plain manifests, whatever its files are named.

Argo CD considers a `directory` without recursion, Jsonnet, include and exclude empty, and drops it.
Source: argo-cd, util/argo/argo.go, NormalizeSource
"""


def application(
    resolved: Resolved,
    chart: ChartSource,
    workspace: Workspace,
    argocd: dict[str, Any],
    workload: dict[str, str],
    strategy: dict[str, Any],
    *,
    manifests: bool,
    hooks: Sequence[str] = (),
    in_place: dict[str, Any] | None = None,
    stock: Stock | None = None,
) -> dict[str, Any]:
    """Return the input of the Application template: names, guards, sources, policy, ignored fields.

    `argocd` are the settings of the service; `hooks` are the finalizers that Argo CD adds for the hooks of its chart.
    `in_place` is what a source says of a folder in the place of a chart, and `stock` what is in it.
    """
    folder, destination = own_folder(resolved, workspace), resolved.environment.destination
    own = {DESTINATION: destination} if destination else {}
    policy, ignored = _policy(resolved, argocd, workload, strategy)
    keeps = argocd["onDelete"] == "orphan"
    in_chart = bool(strategy) and "reference" not in workload
    sources = _sources(resolved, chart, workspace, folder, _release(argocd), in_place, rollout=in_chart, manifests=manifests)
    return {
        "name": argocd["applicationName"],
        "instance": argocd["instance"],
        "release": argocd["releaseName"],
        "namespace": argocd["namespace"],
        "omit": argocd["omit"],
        "labels": {**resolved.spec.labels, **own, **argocd["labels"]},
        "annotations": _annotations(resolved, argocd, _read(resolved, folder, stock), keeps=keeps),
        "finalizers": None if keeps else [*finalizers(argocd["onDelete"]), *hooks],
        "project": argocd["project"],
        "destination": argocd["destination"],
        "repoURL": workspace.repo_url,
        "source": sources[0] if len(sources) == 1 else None,
        "sources": sources,
        "syncPolicy": policy or None,
        "ignoreDifferences": ignored or None,
        "info": resolved.argocd.get("info"),
        "revisionHistoryLimit": resolved.argocd.get("revisionHistoryLimit"),
    }


def _release(argocd: dict[str, Any]) -> dict[str, str]:
    """Return the release name as a Helm source sets it: nothing where Argo CD's default, the Application's name, is left to it."""
    release = argocd["releaseName"]
    return {} if "releaseName" in argocd["omit"] and release == argocd["applicationName"] else {"releaseName": release}


def _policy(
    resolved: Resolved, argocd: dict[str, Any], workload: dict[str, str], strategy: dict[str, Any]
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the sync policy, and the fields that Argo CD ignores."""
    policy = _sync_policy(argocd["syncPolicy"], resolved)
    ignored = ignore_differences(
        workload,
        strategy,
        autoscaled="autoscaling" in resolved.data,
        server_side_apply="ServerSideApply=true" in (policy.get("syncOptions") or []),
        reference=workload.get("reference", ""),
    )
    if ignored:
        policy = with_options(policy, "RespectIgnoreDifferences=true")
    if len(ignored) > ("reference" in workload):
        # Routers and autoscalers write at any time; nothing scales a Deployment once its Rollout has taken it over.
        policy = with_options(policy, "ApplyOutOfSyncOnly=true")
    ignored += [rule for rule in resolved.argocd.get("ignoreDifferences") or [] if rule not in ignored]
    return policy, ignored


def _read(resolved: Resolved, own: str, stock: Stock | None) -> list[str]:
    """Return the folders that an Application is rendered from; Argo CD compares them with the changes in each repository."""
    source = folder_of(resolved)
    if is_rendered(resolved.environment):
        return [own]
    if source is not None:
        return [own, *(stock.folders if stock else (source.path,))]
    path = resolved.data["chart"].get("path") or ""
    return [own, path] if path else [own]


def _annotations(resolved: Resolved, argocd: dict[str, Any], folders: list[str], *, keeps: bool) -> dict[str, str]:
    own, derived = argocd["annotations"], {GENERATE_PATHS: ";".join(f"/{folder}" for folder in folders)}
    if keeps:
        derived[SYNC_OPTIONS] = guarded(own.get(SYNC_OPTIONS, ""))
        own = {name: value for name, value in own.items() if name != SYNC_OPTIONS}
    return with_wave({**derived, **own}, resolved.environment.wave)


def guarded(options: str) -> str:
    """Return sync options with those by which Argo CD asks before the sync of the root Application removes this one.

    A spec may add options, and forbid the removal altogether; only `onDelete` takes the guard off.
    """
    given = [option for option in options.split(",") if option.strip()]
    kept = {option.strip() for option in given}
    return ",".join([*given, *(guard for guard in GUARDS if kept.isdisjoint((guard, guard.replace("confirm", "false"))))])


def _sync_policy(inherited: dict[str, Any], resolved: Resolved) -> dict[str, Any]:
    """Return the environment's sync policy with the service's own merged over it."""
    return merge(inherited, resolved.argocd.get("syncPolicy") or {}, [])


def _of_folder(
    folder: dict[str, Any], resolved: Resolved, workspace: Workspace, own: str, *, manifests: bool
) -> list[dict[str, Any]]:
    """Return the source of a folder in the place of a chart, and that of the manifests next to it."""
    source = folder_of(resolved)
    git = {"repoURL": workspace.repo_url, "targetRevision": workspace.target_revision}
    where = {"repoURL": source.git, "targetRevision": source.revision or "HEAD"} if source and source.git else git
    beside = {**git, "path": f"{own}/manifests", "directory": DIRECTORY}
    return [{**where, **folder}, *([beside] if manifests else [])]


def _sources(
    resolved: Resolved,
    chart: ChartSource,
    workspace: Workspace,
    folder: str,
    release: dict[str, str],
    in_place: dict[str, Any] | None,
    *,
    rollout: bool,
    manifests: bool,
) -> list[dict[str, Any]]:
    """Return the chart's source and, if the chart is from elsewhere, the config repository's, which holds the values.

    The second has a path only if there are plain manifests to apply; `$values` is relative to the root of
    the repository either way. An Application of one of several destinations has its values in itself, where
    `inlined` puts them: what changes in files reaches every destination at once, and only what changes in an
    Application waits for its wave. A chart of this repository needs no second source for its values: Argo CD refuses
    `$values` when a commit lands between the look-ups of two sources of one repository, and may then sync an old
    revision. A path that begins with a slash counts from the root of the repository.
    Source: argo-cd, reposerver/repository/repository.go; argo-cd#29716, argo-cd#27727
    """
    if in_place is not None:
        return _of_folder(in_place, resolved, workspace, folder, manifests=manifests)
    git = {"repoURL": workspace.repo_url, "targetRevision": workspace.target_revision}
    written = [f"{folder}/{name}" for name in (("values.yaml", "rollout.yaml") if rollout else ("values.yaml",))]
    plain: dict[str, Any] = {"path": f"{folder}/manifests", "directory": DIRECTORY} if manifests else {}
    where = "/{}" if chart.folder else "$values/{}"
    inline = is_inline(resolved.environment)
    files = [*chart.value_files, *([] if inline else map(where.format, written))]
    settings = {**release, **({"valueFiles": files} if files else {}), **dict.fromkeys(chart.switches, True)}
    helm = {"helm": settings} if settings else {}  # Argo CD drops an empty one, and would call it a difference
    if chart.folder:
        return [{**git, "path": chart.folder, **helm}, *([{**git, **plain}] if plain else [])]
    if chart.path:
        first = {"repoURL": chart.git, "targetRevision": chart.revision or "HEAD", "path": chart.path, **helm}
    else:
        # Argo CD expects an OCI registry of Helm charts without a scheme, and appends `/` and the chart.
        is_oci = chart.repository.startswith("oci://")
        address = chart.repository.removeprefix("oci://").rstrip("/") if is_oci else chart.repository
        first = {"repoURL": address, "chart": chart.name, "targetRevision": chart.version, **helm}
    if inline:
        return [first, *([{**git, **plain}] if plain else [])]
    return [first, {**git, "ref": "values", **plain}]


def of_rendered_files(application: dict[str, Any], resolved: Resolved, workspace: Workspace) -> dict[str, Any]:
    """Return the input of the Application template for rendered files in the place of what they are rendered from.

    All else stays as it is: Argo CD reads hooks, their weights and `helm.sh/resource-policy` from the annotations of
    objects, whatever kind of source has rendered these.
    Source: argo-cd, gitops-engine/pkg/sync/hook/hook.go, syncwaves/waves.go; controller/appcontroller.go, shouldBeDeleted
    """
    own = own_folder(resolved, workspace)
    git = {"repoURL": workspace.repo_url, "targetRevision": workspace.target_revision}
    beside = any(source.get("path") == f"{own}/manifests" for source in application["sources"])
    folders = [RENDERED, *(["manifests"] if beside else [])]
    sources = [{**git, "path": f"{own}/{folder}", "directory": DIRECTORY} for folder in folders]
    return {**application, "source": sources[0] if len(sources) == 1 else None, "sources": sources}


def inlined(sources: list[dict[str, Any]], values: dict[str, Any]) -> None:
    """Put values into the source of the chart, for an Application that has them in itself."""
    if values:
        sources[0].setdefault("helm", {})["valuesObject"] = values
