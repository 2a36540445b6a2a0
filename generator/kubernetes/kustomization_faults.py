"""What kustomize would read as something else in a kustomization, or refuse, apart from the files that it names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from generator.diagnostics import Pointer, dotted
from generator.kubernetes import kustomization
from generator.kubernetes.kustomization_fields import FIELDS, odd_keys
from generator.kubernetes.kustomization_shapes import misshapen
from generator.syntax.schema.values import described
from generator.syntax.wording import a, listed, suggestion

_VERSIONS = {"Kustomization": "kustomize.config.k8s.io/v1beta1", "Component": "kustomize.config.k8s.io/v1alpha1"}
"""The version of each kind. Source: kustomize, api/types/kustomization.go, EnforceFields"""


class Fault(NamedTuple):
    """What is wrong with a field."""

    at: Pointer
    message: str
    hint: str
    at_key: bool = False


def faults(document: Any) -> Iterator[Fault]:
    """Yield what is wrong with the fields of a kustomization; None is an empty one."""
    if not isinstance(document, dict):
        if document is not None:
            yield Fault((), "a kustomization must be a mapping", "write `resources:` and a list")
        return
    for at, shape, value in misshapen(document):
        hint = "quote it" if shape == "string" and isinstance(value, int | float) else f"write {a(shape)}"
        found = "a string" if isinstance(value, str) else described(value)  # the string may be a secret
        yield Fault(at, f"`{dotted(at)}` must be {a(shape)}, not {found}", hint)
    inflating = kustomization.is_inflating(document)
    if inflating:
        message = "kustomize would render a Helm chart, which Argo CD does only with `--enable-helm` in its settings"
        yield Fault(inflating, message, "deploy the chart by `chart`, in a service of its own")
    yield from _names(document)
    yield from _kind(document)


def _names(document: Mapping[str, Any]) -> Iterator[Fault]:
    odd = dict(odd_keys(document))
    for at, known in odd.items():
        yield Fault(at, f"kustomize reads `{dotted(at)}` as `{known}`", f"write `{known}`")
    for field in document:
        if field not in FIELDS and (field,) not in odd:
            hint = suggestion(field, FIELDS, "remove it")
            yield Fault((field,), f"`{field}` is not a field of a kustomization", hint, at_key=True)


def _kind(document: Mapping[str, Any]) -> Iterator[Fault]:
    kind, version = document.get("kind") or "Kustomization", document.get("apiVersion")
    if not isinstance(kind, str) or kind not in _VERSIONS:
        message = f"the kind must be {listed(_VERSIONS, last='or')}"
        yield Fault(("kind",), message, "write `kind: Kustomization`, or remove it")
    elif version and version != _VERSIONS[kind]:
        yield Fault(("apiVersion",), f"the apiVersion of a {kind} must be `{_VERSIONS[kind]}`", "write that, or remove it")
