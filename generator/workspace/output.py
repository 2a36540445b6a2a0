"""What an environment's Applications deploy: their sources, which Argo CD renders, or files that are rendered before the commit."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics import Diagnostic, Pointer, Severity
from generator.workspace.destinations import waves_of
from generator.workspace.model import Environment, Workspace

RENDERED = "rendered"
"""The value of `output`, and the folder of the rendered files in that of a service."""

_AT: Pointer = ("spec", "output")


def is_rendered(environment: Environment) -> bool:
    """Tell whether what Helm or kustomize renders is committed."""
    return bool(environment.spec.get("output") == RENDERED)


def is_inline(environment: Environment) -> bool:
    """Tell whether the Applications have the values in themselves, so that a change of them waits for its wave."""
    return bool(environment.destination) and not is_rendered(environment)


def wrong_output(environment: Environment) -> Iterator[Diagnostic]:
    """Yield why an environment cannot have rendered files."""
    if not is_rendered(environment):
        return
    if len(waves_of(environment)) > 1:
        message = f"{environment.name} has `output: rendered` and `argocd.waves`, but a commit reaches all destinations at once"
        yield _wrong(environment, "TP059", message, "remove `waves`, or write `output: sources`")
    if not (environment.spec.get("target") or {}).get("kubernetes"):
        message = f"{environment.name} has `output: rendered` without `target.kubernetes`: each version of Helm assumes a different one"
        yield _wrong(environment, "TP022", message, 'add the version of the cluster, such as `target: {kubernetes: "1.35"}`')


def _wrong(environment: Environment, rule: str, message: str, hint: str) -> Diagnostic:
    part = environment.part(_AT)
    return Diagnostic(part.path, part.span_of(_AT), rule, Severity.ERROR, message, hint, _AT)


def checks_codeowners(workspace: Workspace) -> bool:
    """Tell whether tiphys.yaml asks that the CODEOWNERS files that are generated are not stale."""
    return (workspace.source.data.get("spec") or {}).get("codeowners") is True
