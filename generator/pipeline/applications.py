"""The lines that findings in generated Applications come from: in the spec of a service, in its environment, or in both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.diagnostics import Diagnostic, Pointer
from generator.service.origins import origins
from generator.service.place import place
from generator.syntax.merge import lookup
from generator.syntax.placeholders import holds_placeholder
from generator.syntax.secrets.redaction import told
from generator.workspace.model import Document, Environment, Problem

if TYPE_CHECKING:
    from generator.kubernetes.objects import KubeObject
    from generator.lint.engine import Examined
    from generator.service.build import Built

_HOMES: dict[Pointer, Pointer] = {
    ("metadata", "name"): ("argocd", "applicationName"),
    ("metadata", "annotations"): ("argocd", "annotations"),
    ("metadata", "labels"): ("argocd", "labels"),
    ("metadata", "finalizers"): ("argocd", "onDelete"),
    ("spec", "project"): ("argocd", "project"),
    ("spec", "destination"): ("argocd", "destination"),
    ("spec", "syncPolicy"): ("argocd", "syncPolicy"),
    ("spec", "ignoreDifferences"): ("argocd", "ignoreDifferences"),
    ("spec", "source"): ("chart",),
    ("spec", "sources"): ("chart",),
}
_WHOLE = ("onDelete",)
"""Fields of `argocd` that a list in the Application is made of as a whole."""

_HOMES_OF_ROOT: dict[Pointer, Pointer] = {
    ("metadata", "name"): ("root", "name"),
    ("metadata", "namespace"): ("argocd", "namespace"),
    ("metadata", "finalizers"): ("root", "onDelete"),
    ("spec", "destination"): ("argocd", "project"),
    ("spec", "project"): ("argocd", "project"),
    ("spec", "source"): ("root", "path"),
    ("spec", "syncPolicy", "retry"): ("root", "retry"),
    ("spec", "syncPolicy"): ("root", "syncPolicy"),
}


def of_service(built: Built, one: Examined) -> Diagnostic:
    """Return a finding in the Application of a service, where it is caused.

    What an environment sets alike for all services is one finding in its file. What a template of the workspace
    writes, or an environment with a placeholder, is told in the spec.
    """
    resolved, found = built.resolved, one.finding
    hint, environment = found.hint, resolved.environment
    pointer = _words(built, one.object, found.pointer)
    if pointer[:1] == ("chart",) and not one.rule.before_helm and built.documents[0].by_own_template:
        pointer, hint = (), f"{hint}; see templates/application.yaml"
    elif pointer[:1] == ("argocd",) and next(origins(resolved.layers, pointer), None) is None:
        at = _of_destination(environment, ("spec", *pointer))
        if holds_placeholder(lookup(environment.spec, at[1:])[1]):
            part = environment.part(at)
            span = part.span_of(at)
            hint = f"{hint}; see {part.path}:{span.line}:{span.column}"
        elif lookup(environment.spec, at[1:3])[0]:
            return _in_environment(environment, at, one)
        elif built.documents[0].by_own_template:
            pointer, hint = (), f"{hint}; see templates/application.yaml"
    problem = Problem(one.rule.id, pointer, found.message, hint)
    return place(problem, one.severity, resolved.spec, environment, resolved.layers)


def of_root(document: Document, environment: Environment, one: Examined) -> Diagnostic:
    """Return a finding in the root Application of an environment, in the file that causes it."""
    pointer = one.finding.pointer
    start = next((start for start in _HOMES_OF_ROOT if pointer[: len(start)] == start), pointer)
    home, hint = _HOMES_OF_ROOT.get(start, ("root",)), one.finding.hint
    if home == ("argocd", "project"):
        home = ("argocd", "rootProject") if "rootProject" in environment.spec["argocd"] else home
        if start == ("spec", "destination"):
            hint = f"{hint}, or set argocd.rootProject to one that permits Argo CD's own namespace"
    elif home == ("root", "retry") and not lookup(environment.spec, home)[0]:
        home = ("root", "syncPolicy", "retry")
    rest = () if home[0] == "argocd" else pointer[len(start) :]
    hint = f"{hint}; see templates/root.yaml" if document.by_own_template else hint
    return _in_environment(environment, ("spec", *home, *rest), one._replace(finding=one.finding._replace(hint=hint)))


def _in_environment(environment: Environment, at: Pointer, one: Examined) -> Diagnostic:
    part, found = environment.part(at), one.finding
    span = part.span_of(at)
    diagnostic = Diagnostic(
        part.path, span, one.rule.id, one.severity, found.message, found.hint, at, environment=environment.name
    )
    return told(diagnostic, part.text)


def _of_destination(environment: Environment, at: Pointer) -> Pointer:
    """Return a pointer to the cluster of a destination of an environment, if that sets the value."""
    if environment.destination and at[:3] == ("spec", "argocd", "destination"):
        own: Pointer = ("spec", "argocd", "destinations", environment.destination, *at[3:])
        if lookup(environment.part(own).data, own)[0]:
            return own
    return at


def _words(built: Built, item: KubeObject, pointer: Pointer) -> Pointer:
    """Return the pointer, into the resolved service, that a value of its Application comes from."""
    home = _HOMES.get(pointer[:2])
    if home is None:
        return ()
    if home == ("chart",):
        return _of_source(built, item, pointer)
    if home[-1] in _WHOLE:
        return home
    if home == ("argocd", "ignoreDifferences") and len(pointer) > len(home):
        own = built.resolved.argocd.get("ignoreDifferences") or []
        rule = lookup(item.data, pointer[:3])[1]
        return (*home, own.index(rule), *pointer[3:]) if rule in own else ()
    return (*home, *pointer[2:])


def _of_source(built: Built, item: KubeObject, pointer: Pointer) -> Pointer:
    if pointer[-2:] == ("helm", "releaseName"):
        return ("argocd", "releaseName")
    if pointer[-1:] in (("repoURL",), ("targetRevision",)):
        source = lookup(item.data, pointer[:-1])[1]
        git = built.origin.git
        if git and source.get("repoURL") == git:
            return ("chart", "repoURL" if pointer[-1] == "repoURL" else "revision")
        if "chart" not in source:
            return ()  # the config repository is set in tiphys.yaml
    return ("chart",)
