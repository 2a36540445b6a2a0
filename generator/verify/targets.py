"""The Helm at work next to the one that the environments say their Argo CD has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from generator.kubernetes.target import tools_of
from generator.system.helm import Helm
from generator.system.kustomize import Kustomize


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


def other_tools(argocd: str, helm: Helm | None, kustomize: Kustomize | None) -> Iterator[str]:
    """Yield a sentence for each program at work, None if it is not, that is of another minor version than in an Argo CD."""
    known = tools_of(argocd)
    if known is None:
        yield f"the Helm and the kustomize of Argo CD {argocd} are not known"
        return
    if helm is not None and _minor(helm.release) != known[0]:
        yield f"Argo CD {argocd} renders with Helm {known[0]}, not {helm.release}: compare with that one, by --against helm=BIN"
    if kustomize is not None and _minor(kustomize.release) != known[1]:
        yield f"Argo CD {argocd} builds with kustomize {known[1]}, not {kustomize.release}"


def _minor(version: str) -> str:
    return ".".join(version.strip().removeprefix("v").split(".")[:2])
