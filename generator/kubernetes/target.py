"""The versions that manifests are applied to, as `target` of an environment or `--target` states them."""

from __future__ import annotations

import re
from typing import Any

from generator.syntax.named_tuples import NamedTuple
from generator.syntax.wording import listed, suggestion

PRODUCTS = {"kubernetes": "Kubernetes", "argocd": "Argo CD", "rollouts": "Argo Rollouts", "helm": "Helm"}
"""What has a version, by the word that it is stated with."""

SUPPORTED = {"kubernetes": "1.35", "argocd": "3.3", "rollouts": "1.8"}
"""The oldest release that got fixes when this table was made, in November 2026.

Source: kubernetes.io/releases/patch-releases; argo-cd, docs/developer-guide/release-process-and-cadence.md (the three
newest releases); argo-rollouts, tags of patch releases in 2026
"""

TOOLS = {
    "2.10": ("3.14", "5.2"),
    "2.11": ("3.14", "5.2"),
    "2.12": ("3.15", "5.4"),
    "2.13": ("3.15", "5.4"),
    "2.14": ("3.16", "5.4"),
    "3.0": ("3.17", "5.6"),
    "3.1": ("3.18", "5.7"),
    "3.2": ("3.18", "5.7"),
    "3.3": ("3.19", "5.8"),
    "3.4": ("3.19", "5.8"),
    "3.5": ("4.2", "5.8"),
    "3.6": ("4.2", "5.8"),
}
"""The Helm and the kustomize in the image of a release of Argo CD.

Source: argo-cd, hack/tool-versions.sh at the first and the newest patch of each release up to 3.5.1, and at 37ee0097 for 3.6
"""

_VERSION = re.compile(r"v?[0-9]{1,4}\.[0-9]{1,4}(?:\.[0-9]{1,6})?")
_NEWEST_PATCH = 10**9

Release = tuple[int, int, int]
"""A version to compare. One without a patch counts as the newest patch of its release."""


class Target(NamedTuple):
    """A version of each product; empty where it is not stated, and then nothing depends on it."""

    kubernetes: str = ""
    argocd: str = ""
    rollouts: str = ""
    helm: str = ""

    def release(self, product: str) -> Release | None:
        """Return the stated version of a product, to compare; None if it is not stated."""
        stated: str = getattr(self, product)
        return release(stated) if stated else None


UNSTATED = Target()


def of(stated: Any) -> Target:
    """Return the target that an environment states; what is not a version there is left out."""
    found = stated if isinstance(stated, dict) else {}
    return Target(**{name: found[name] for name in PRODUCTS if isinstance(found.get(name), str) and is_version(found[name])})


def parse(text: str) -> Target:
    """Return a target written as `argocd=3.5,rollouts=1.8`; raises ValueError, with what is wrong."""
    found: dict[str, str] = {}
    for entry in text.split(","):
        product, separator, version = entry.strip().partition("=")
        if not separator:
            raise ValueError(f"`{entry.strip()}` is not PRODUCT=VERSION; write it like argocd=3.5")
        if product not in PRODUCTS:
            hint = suggestion(product, PRODUCTS, f"use {listed(PRODUCTS, last='or')}")
            raise ValueError(f"unknown product `{product}`: {hint}")
        if not is_version(version):
            raise ValueError(
                f"`{version}` is not a version of {PRODUCTS[product]}; write it like {product}={_EXAMPLES[product]}"
            )
        found[product] = version
    return Target(**found)


_EXAMPLES = {"kubernetes": "1.35", "argocd": "3.5", "rollouts": "1.9", "helm": "3.19"}


def is_version(text: str) -> bool:
    """Tell whether a text is a version, with a patch or without."""
    return _VERSION.fullmatch(text) is not None


def release(version: str) -> Release:
    """Return a version to compare."""
    numbers = [int(part) for part in version.removeprefix("v").split(".")]
    return numbers[0], numbers[1], numbers[2] if len(numbers) > 2 else _NEWEST_PATCH


def first_of(version: str) -> Release:
    """Return a version to compare, the first patch of its release if it has none."""
    return (*release(version)[:2], 0) if version.count(".") == 1 else release(version)


def tools_of(argocd: str) -> tuple[str, str] | None:
    """Return the Helm and the kustomize that a version of Argo CD renders with, each without its patch; None if unknown."""
    return TOOLS.get(".".join(map(str, release(argocd)[:2])))


def outdated(target: Target) -> list[tuple[str, str, str]]:
    """Return the products whose release gets no more fixes: each with its version, and the oldest one that does."""
    return [
        (product, getattr(target, product), oldest)
        for product, oldest in SUPPORTED.items()
        if (stated := target.release(product)) is not None and stated < first_of(oldest)
    ]
