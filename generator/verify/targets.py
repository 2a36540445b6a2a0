"""The Helm at work next to the one that the environments say their Argo CD has."""

from __future__ import annotations

from collections.abc import Mapping

from generator.system.helm import Helm


def other_helm(helm: Helm, targets: Mapping[str, str]) -> str:
    """Return a sentence if `target.helm` of some environments has another minor version; `targets` are by environment."""
    here = ".".join(map(str, helm.version[:2]))
    others = [f"{name} {wanted}" for name, wanted in targets.items() if wanted and _minor(wanted) != here]
    if not others:
        return ""
    return (
        f"rendered with Helm {helm.release}, but `target.helm` has a different minor version ({', '.join(others)}): "
        "set --helm, or see what differs with `tiphys verify --against helm=BIN`"
    )


def _minor(version: str) -> str:
    return ".".join(version.strip().removeprefix("v").split(".")[:2])
