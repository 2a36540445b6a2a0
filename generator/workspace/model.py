"""The nouns.

- *spec*: what a person writes for one service, `pipeline.yaml`.
- *environment*: where services run, and what holds for all of them there.
- *preset*: a rollout block with a name, for many services.
- *profile*: how a chart wants to be told about image, replicas and strategy.
- *layer*: one place that says something about a service in an environment.
- *resolved*: a service in one environment, after all layers were merged.
- *document*: one file to be generated.
- *finding*: what a rule says, by pointer; *diagnostic*: a finding with its place in a file.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from generator.diagnostics import Pointer
from generator.syntax.reader import Source

Mapping = dict[str, Any]


class Workspace(NamedTuple):
    """The config repository: what `tiphys.yaml` says, with its defaults filled in."""

    source: Source
    specs: tuple[str, ...] = ("services/**/pipeline.yaml",)
    environments: str = "environments"
    output: str = "generated"
    repo_url: str = ""
    """The config repository as Argo CD sees it; empty while nobody has said."""
    target_revision: str = "HEAD"
    requires: str = ""
    lint: Mapping = {}  # noqa: RUF012 - never changed
    """Which rules count here, as it is written."""


class Environment(NamedTuple):
    """One environment file; `spec` is as written, placeholders included."""

    name: str
    source: Source
    spec: Mapping
    varying: frozenset[str] = frozenset()
    """The fields of `argocd` that hold placeholders, and so differ from service to service."""

    @property
    def policy(self) -> Mapping:
        """What is asserted of every service that runs here."""
        policy: Mapping = self.spec.get("policy") or {}
        return policy

    @property
    def promoted_from(self) -> str:
        """The environment that releases come from; empty at the start of a chain."""
        promotion: Mapping = self.spec.get("promotion") or {}
        return str(promotion.get("from") or "")


class ServiceSpec(NamedTuple):
    """One pipeline spec."""

    name: str
    source: Source

    @property
    def labels(self) -> dict[str, str]:
        """The labels of the service, which placeholders can name."""
        labels: dict[str, str] = self.source.data["metadata"].get("labels") or {}
        return labels

    @property
    def spec(self) -> Mapping:
        """The part that is the same everywhere, with `environments` in it."""
        spec: Mapping = self.source.data["spec"]
        return spec

    @property
    def environments(self) -> dict[str, Mapping | None]:
        """The overlay of each environment that the service is deployed to."""
        overlays: dict[str, Mapping | None] = self.spec.get("environments") or {}
        return overlays


class Preset(NamedTuple):
    """A named rollout block, from the workspace or shipped."""

    name: str
    source: Source
    spec: Mapping


class Profile(NamedTuple):
    """How values are written for one kind of chart; templates are looked up below `folder`."""

    name: str
    source: Source
    spec: Mapping
    """As written, expressions included."""
    folder: str
    varies: bool = False
    """Whether expressions stand in it, so that it says something else for each service."""
    asks: bool = False
    """Whether that matters, too, to a service without a Rollout beside its chart: for a name, or what it refuses."""

    @property
    def mode(self) -> str:
        """`values`: the chart renders the Rollout; `workloadRef`: the chart only has a Deployment."""
        return str(self.spec.get("mode") or "values")


class Layer(NamedTuple):
    """One place that says something about a service in an environment, lowest first.

    `data` has the shape of a service. Its pointers become pointers of the file by dropping `strip`
    leading parts and putting `at` in front.
    """

    title: str
    source: Source
    at: Pointer
    data: Mapping
    strip: int = 0
    restarts_rollout: bool = False
    """A preset: what lower layers say about the strategy is forgotten."""
    named_at: Pointer = ()
    """A preset: where the spec or environment names it, as a pointer of the service."""

    def locate(self, pointer: Pointer) -> Pointer:
        """Return the pointer into this layer's file."""
        return self.at + pointer[self.strip :]


class Resolved(NamedTuple):
    """A service in one environment, after all layers were merged."""

    service: str
    environment: Environment
    spec: ServiceSpec
    data: Mapping
    layers: tuple[Layer, ...]
    known: dict[str, str]
    """What the placeholders stand for."""

    @property
    def rollout(self) -> Mapping:
        """The rollout block; empty for a plain Deployment."""
        rollout: Mapping = self.data.get("rollout") or {}
        return rollout

    @property
    def strategy(self) -> Mapping:
        """Argo Rollouts' `spec.strategy`; empty for a plain Deployment."""
        strategy: Mapping = self.rollout.get("strategy") or {}
        return strategy

    @property
    def argocd(self) -> Mapping:
        """The service's additions to its Application."""
        argocd: Mapping = self.data.get("argocd") or {}
        return argocd


class Document(NamedTuple):
    """One file to be generated: where, of what, and because of which source."""

    path: str
    """Relative to the root of the output, with forward slashes."""
    data: Mapping
    origin: str
    """The path of the file that a person edits to change it."""
    service: str = ""
    environment: str = ""


class Problem(NamedTuple):
    """Something wrong with a resolved service, by pointer; `layer` says whose words are at fault."""

    rule: str
    pointer: Pointer
    message: str
    hint: str = ""
    layer: Layer | None = None
    at_key: bool = False
    """Whether the key is at fault, and not what stands there."""
