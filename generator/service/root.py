"""The root Application of an environment, and the folder of Applications that it reads."""

from __future__ import annotations

import posixpath
from typing import Any

from generator.diagnostics import START, Diagnostic, Pointer, Severity
from generator.errors import Rejected
from generator.service.chart_objects import FindTemplate
from generator.service.naming import ARGOCD, IN_CLUSTER
from generator.service.shapes import shaped
from generator.syntax import names, placeholders
from generator.syntax.merge import merge
from generator.syntax.secrets import addresses
from generator.workspace.destinations import waves_of
from generator.workspace.model import Document, Environment, Resolved, Workspace

FINALIZER = "resources-finalizer.argocd.argoproj.io"
"""Argo CD deletes in the foreground by it, as by the one with `/foreground`.

Source: argo-cd, controller/appcontroller.go, finalizeApplicationDeletion
"""

FOR_WAVES = "ApplyOutOfSyncOnly=true"
"""The sync option that a root Application has where a release reaches its destinations in waves."""

APPLICATIONS = "applications"
"""The folder of each environment that holds Applications and nothing else, if the environment does not name another."""


def applications_folder(environment: Environment, workspace: Workspace) -> str:
    """Return the folder of an environment's Applications, which its root Application reads.

    It is the usual one if root.path is wrong, which `build_root` reports.
    """
    path = _given(environment).get("path")
    if path is None:
        return f"{workspace.output}/{environment.name}/{APPLICATIONS}"
    folder = posixpath.normpath(path.replace("{environment}", environment.name))
    return folder if not _misplaced(folder, environment, workspace) else f"{workspace.output}/{environment.name}/{APPLICATIONS}"


def own_folder(resolved: Resolved, workspace: Workspace) -> str:
    """Return the folder of what is generated for a service in an environment, in one of its destinations if it has any."""
    return f"{workspace.output}/{resolved.environment.name}/{resolved.service}" + (
        f"/{resolved.environment.destination}" if resolved.environment.destination else ""
    )


def build_root(environment: Environment, workspace: Workspace, find_template: FindTemplate) -> Document:
    """Return the root Application of an environment: it reads the folder of Applications.

    Raises Rejected if its project, name or path cannot be determined.
    """
    argocd = environment.spec["argocd"]
    project = argocd.get("rootProject") or argocd["project"]
    if placeholders.holds_placeholder(project):
        message = "argocd.project varies by service, so the root Application cannot use it"
        hint = "set argocd.rootProject to a project that permits Argo CD's own namespace"
        raise _rejected(environment, ("argocd", "project"), "TP035", message, hint)
    namespace = argocd.get("namespace") or ARGOCD
    namespace = ARGOCD if placeholders.holds_placeholder(namespace) else namespace
    root = {
        "name": _name(environment),
        "namespace": namespace,
        "omit": _given(environment).get("omit") or [],
        "project": project,
        "destination": {"server": IN_CLUSTER, "namespace": namespace},
        "path": _path(environment, workspace),
        "repoURL": workspace.repo_url,
        "targetRevision": workspace.target_revision,
        "prune": _prunes(environment),
        "syncPolicy": _sync_policy(environment),
        "finalizers": finalizers(_given(environment).get("onDelete") or "orphan"),
    }
    template = find_template("root.yaml")
    data = shaped(template, "root.yaml", {"environment": environment.name, "root": root})
    for written in addresses.places(data):
        message = f"template root.yaml writes an address with credentials to `{'.'.join(map(str, written))}`"
        raise Rejected([Diagnostic(environment.source.path, START, "TP051", Severity.ERROR, message, "remove the credentials")])
    path = f"{workspace.output}/{environment.name}/root.yaml"
    return Document(path, data, environment.source.path, "", environment.name, by_own_template=template.own)


def _given(environment: Environment) -> dict[str, Any]:
    given: dict[str, Any] = environment.spec.get("root") or {}
    return given


def _name(environment: Environment) -> str:
    """Return the name of the root Application; raises Rejected for one that Kubernetes refuses."""
    name = _expanded(environment, "name", "{environment}-root")
    if not names.is_subdomain(name):
        message = f'root.name becomes "{name}", which is not a valid Kubernetes name'
        raise _rejected(environment, ("root", "name"), "TP403", message, "use lowercase letters, digits, hyphens and dots")
    return name


def _path(environment: Environment, workspace: Workspace) -> str:
    """Return the folder that the root Application reads; raises Rejected if nothing can be written to it."""
    folder = _expanded(environment, "path", f"{workspace.output}/{environment.name}/{APPLICATIONS}")
    why = _misplaced(posixpath.normpath(folder), environment, workspace)
    if why:
        hint = f"set it to a folder in {workspace.output}/{environment.name}, or remove it"
        raise _rejected(environment, ("root", "path"), "TP023", f"root.path is `{folder}`, {why}", hint)
    return applications_folder(environment, workspace)


def _misplaced(folder: str, environment: Environment, workspace: Workspace) -> str:
    """Return why Applications cannot be written to a folder; empty if they can."""
    home, _, name = folder.rpartition("/")
    if home != f"{workspace.output}/{environment.name}":
        return f"but Tiphys writes the Applications of {environment.name} to a folder in {workspace.output}/{environment.name}"
    why = names.unusable_file(name) or ("Tiphys writes the root Application there" if name == "root.yaml" else "")
    return f"which cannot be the name of a folder: {why}" if why else ""


def _expanded(environment: Environment, field: str, default: str) -> str:
    try:
        return placeholders.expand(_given(environment).get(field) or default, {"environment": environment.name})
    except placeholders.UnknownPlaceholderError as error:
        message = f"unknown placeholder `{{{error.name}}}` in root.{field}"
        hint = "use `{environment}`: a root Application belongs to no service"
        raise _rejected(environment, ("root", field), "TP035", message, hint) from None


def _prunes(environment: Environment) -> bool:
    """Tell whether removing a service from Git may delete its Application, and the workload with it."""
    return (environment.spec["argocd"].get("onDelete") or "orphan") != "orphan"


def _sync_policy(environment: Environment) -> dict[str, Any]:
    """Return how the root Application syncs: by itself, unless the environment says otherwise."""
    given = _given(environment)
    if "retry" in given and "retry" in (given.get("syncPolicy") or {}):
        message = "`root.syncPolicy.retry` and `root.retry` both say how the root Application retries"
        raise _rejected(environment, ("root", "syncPolicy", "retry"), "TP023", message, "keep one of the two", at_key=True)
    usual = {"automated": {"prune": _prunes(environment), "selfHeal": True}}
    policy = merge(usual, given.get("syncPolicy") or {}, [])
    if len(waves_of(environment)) > 1:
        # otherwise every wave also waits for the Applications that do not change, and one at fault stops all services
        policy = with_options(policy, FOR_WAVES)
    return merge(policy, {"retry": given["retry"]}, []) if "retry" in given else policy


def finalizers(on_delete: str) -> list[str]:
    """Return the finalizers of an Application that deletes, or keeps, what it deployed."""
    if on_delete == "orphan":
        return []
    return [f"{FINALIZER}/{on_delete}" if on_delete in ("foreground", "background") else FINALIZER]


def with_options(policy: dict[str, Any], *derived: str) -> dict[str, Any]:
    """Return a sync policy with sync options that are derived, unless it sets them itself."""
    given = list(policy.get("syncOptions") or [])
    names_given = {option.partition("=")[0] for option in given}
    return {**policy, "syncOptions": given + [option for option in derived if option.partition("=")[0] not in names_given]}


def _rejected(environment: Environment, at: Pointer, rule: str, message: str, hint: str, *, at_key: bool = False) -> Rejected:
    pointer: Pointer = ("spec", *at)
    source = environment.part(pointer)
    span = source.span_of_key(pointer) if at_key else source.span_of(pointer)
    return Rejected([Diagnostic(source.path, span, rule, Severity.ERROR, message, hint, pointer)])
