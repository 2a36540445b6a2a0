"""The words of `--against`: the other versions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import click

from generator.kubernetes.target import PRODUCTS, Target, is_version

_FORMS = "helm=BIN, kubernetes=VERSION, argocd=VERSION, rollouts=VERSION, chart=NAME@VERSION or chart=DIR"
_PATH = re.compile(r"[/\\]")
_KUBERNETES = re.compile(r"v?(1\.\d{1,3}(?:\.\d{1,3})?)\Z")
_EXAMPLES = {"kubernetes": "1.36", "argocd": "3.5", "rollouts": "1.9"}


class Versions(NamedTuple):
    """The other versions; empty where it is the same one."""

    helm: str = ""
    kubernetes: str = ""
    argocd: str = ""
    rollouts: str = ""
    chart: str = ""
    """`NAME@VERSION`, or the directory of a chart; one with an `@` in its name is written with a slash."""

    @property
    def released(self) -> dict[str, str]:
        """The version by the name of the chart, where a released one is named."""
        name, at, version = self.chart.rpartition("@")
        return {name: version} if at and not _PATH.search(self.chart) else {}

    @property
    def folder(self) -> str:
        """The directory of a chart that is not released; empty without one."""
        return "" if self.released else self.chart

    @property
    def target(self) -> Target:
        """The versions that take the place of those that environments state."""
        return Target(self.kubernetes, self.argocd, self.rollouts)

    @property
    def products(self) -> list[str]:
        """What people call the versions that take the place of those that environments state."""
        return [f"{PRODUCTS[product]} {version}" for product, version in self.target._asdict().items() if version]


def named(_ctx: click.Context, _param: click.Parameter, words: Sequence[str]) -> Versions | None:
    """Return the versions of the command line; None without any."""
    found: dict[str, str] = {}
    for word in words:
        kind, equals, value = word.partition("=")
        if not (equals and value) or kind not in Versions._fields:
            raise click.BadParameter(f"expected {_FORMS}, not `{word}`")
        if kind in found:
            raise click.BadParameter(f"`{kind}` is given twice")
        found[kind] = _version(kind, value) if kind in _EXAMPLES else value
    return Versions(**found) if found else None


def _version(product: str, text: str) -> str:
    match = _KUBERNETES.match(text) if product == "kubernetes" else None
    if not (match if product == "kubernetes" else is_version(text)):
        raise click.BadParameter(f"`{text}` is not a version of {PRODUCTS[product]}, such as {_EXAMPLES[product]}")
    return match[1] if match else text.removeprefix("v")
