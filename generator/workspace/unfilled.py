"""Placeholders in environments that have no value for any service."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics import Diagnostic, Pointer, Severity
from generator.syntax import placeholders
from generator.syntax.reader import Source
from generator.syntax.wording import closest
from generator.workspace.model import Environment

_KNOWN = ("service", "environment", "destination")
_HINT = "use one of `{service}`, `{environment}` and `{labels.<name>}`, or `{destination}` with `argocd.destinations`"
_ARGOCD: Pointer = ("spec", "argocd")
_DEFAULTS: Pointer = ("spec", "defaults")


def unknown_placeholders(source: Source) -> Iterator[Diagnostic]:
    """Yield a diagnostic for each placeholder in the `argocd` of a file that is not one."""
    for at, name in placeholders.named_in(source.data["spec"].get("argocd"), _ARGOCD):
        if name not in _KNOWN and not name.startswith("labels."):
            meant = closest(name, _KNOWN)
            hint = f"did you mean `{{{meant}}}`?" if meant else _HINT
            yield _problem(source, at, f"unknown placeholder `{{{name}}}`", hint)


def idle_destination(environment: Environment) -> Iterator[Diagnostic]:
    """Yield a diagnostic for each `{destination}` in an environment that has no destinations."""
    argocd = environment.spec.get("argocd") or {}
    if "destinations" in argocd:
        return
    named = (*placeholders.named_in(argocd, _ARGOCD), *placeholders.named_in(environment.spec.get("defaults"), _DEFAULTS))
    for at, name in named:
        if name == "destination":
            message = f"`{environment.name}` uses `{{destination}}`, but it has no destinations"
            yield _problem(environment.part(at), at, message, "remove it, or add `argocd.destinations`")


def _problem(source: Source, at: Pointer, message: str, hint: str) -> Diagnostic:
    return Diagnostic(source.path, source.span_of(at), "TP035", Severity.ERROR, message, hint, at)
