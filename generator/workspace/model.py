"""The objects of a workspace.

- *spec*: the hand-written file of one service, `pipeline.yaml`.
- *environment*: where services run, with defaults and policy for all of them.
- *destination*: one of several clusters of an environment; a service in it is resolved and built once for each.
- *preset*: a rollout block with a name, for many services.
- *profile*: how image, replicas and strategy map to the values of a chart.
- *layer*: one source of settings of a service in an environment.
- *resolved*: a service in one environment, after all layers were merged.
- *document*: one file to be generated.
- *finding*: what a rule reports, by pointer; *diagnostic*: a finding with its place in a file.
"""

from __future__ import annotations

from typing import Any

from generator.diagnostics import Pointer
from generator.syntax.labels import label_of
from generator.syntax.merge import lookup
from generator.syntax.named_tuples import NamedTuple
from generator.syntax.reader import Source

Mapping = dict[str, Any]


class Repository(NamedTuple):
    """The config repository, as Argo CD reads it."""

    address: str = ""
    """Empty if not set."""
    revision: str = "HEAD"


NOWHERE = Repository()


class Workspace(NamedTuple):
    """The config repository: the contents of `tiphys.yaml`, with defaults filled in."""

    source: Source
    specs: tuple[str, ...] = ("services/**/pipeline.yaml",)
    environments: str = "environments"
    output: str = "generated"
    repo_url: str = ""
    """The address of the config repository for Argo CD; empty if not set."""
    target_revision: str = "HEAD"
    requires: str = ""
    lint: Mapping = {}  # noqa: RUF012 - never mutated
    """The lint settings, as written."""

    @property
    def repository(self) -> Repository:
        """The repository that the workspace is in."""
        return Repository(self.repo_url, self.target_revision)


ANY = "*"
"""Stands for each destination of an environment where none is meant: a version is the same in all of them."""


class Environment(NamedTuple):
    """One environment: its file, merged over those that it extends; `spec` has its placeholders."""

    name: str
    source: Source
    spec: Mapping
    varying: frozenset[str] = frozenset()
    """The fields of `argocd` with placeholders, which vary by service."""
    extended: tuple[Source, ...] = ()
    """The files that it extends, directly or not, lowest first."""
    destination: str = ""
    """The one of its destinations that is meant, and that `argocd.destination` of `spec` is; empty for the whole."""
    wave: int = 0
    """The wave of this destination, from 0."""

    @property
    def label(self) -> str:
        """Its name, and after a slash the destination that is meant, if any."""
        return label_of(self.name, self.destination)

    @property
    def parts(self) -> tuple[Source, ...]:
        """All files that it is made of, lowest first; the last is its own."""
        return (*self.extended, self.source)

    def part(self, pointer: Pointer) -> Source:
        """Return the file that sets the value at a pointer of a file, or else the nearest node above it."""
        while self.extended and pointer:
            for part in reversed(self.parts):
                if lookup(part.data, pointer)[1] is not None:
                    return part
            pointer = pointer[:-1]
        return self.source

    @property
    def policy(self) -> Mapping:
        """The requirements for every service in this environment."""
        policy: Mapping = self.spec.get("policy") or {}
        return policy

    @property
    def promoted_from(self) -> str:
        """The environment that releases are promoted from; empty for the first of a chain."""
        promotion: Mapping = self.spec.get("promotion") or {}
        return str(promotion.get("from") or "")


class ServiceSpec(NamedTuple):
    """One pipeline spec."""

    name: str
    source: Source

    @property
    def labels(self) -> dict[str, str]:
        """The labels of the service, which placeholders can use."""
        labels: dict[str, str] = self.source.data["metadata"].get("labels") or {}
        return labels

    @property
    def spec(self) -> Mapping:
        """The `spec` block, including `environments`."""
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


NO_PROFILE = "none"
"""The profile of a chart that no other profile is for: its values are passed on unchanged."""


SHIPPED = "service"
"""The profile of the chart that ships with Tiphys."""


class Profile(NamedTuple):
    """How values are written for one kind of chart; its templates are in `folder`."""

    name: str
    source: Source
    spec: Mapping
    """As written, expressions included."""
    folder: str
    varies: bool = False
    """Whether it contains expressions, so that its result varies by service."""
    asks: bool = False
    """Whether its names or refusals must be evaluated even for a service without a Rollout outside its chart."""
    varying: frozenset[str] = frozenset()
    """The fields of `spec` whose form depends on expressions; of a refusal, that is not whether it applies."""
    selects_by_chart: bool = False
    """Whether the labels of its pods are the same for two releases of one chart with one name."""

    @property
    def mode(self) -> str:
        """`values`: the chart renders the Rollout; `workloadRef`: the chart only has a Deployment."""
        return str(self.spec.get("mode") or "values")

    @property
    def knows_workload(self) -> bool:
        """Whether anything is known about the pods of the chart; of a chart without a profile, nothing is."""
        return self.name != NO_PROFILE

    @property
    def image(self) -> str:
        """`required`: a spec must set an image; `appVersion`: the chart's own is the default; `optional`."""
        return str(self.spec.get("image") or "required")

    @property
    def has_images(self) -> bool:
        """Whether its templates pass further images on."""
        return self.spec.get("images") == "supported"


class Layer(NamedTuple):
    """One source of settings of a service in an environment, lowest first.

    `data` has the shape of a service. Its pointers become pointers of the file by dropping `strip`
    leading parts and putting `at` in front.
    """

    title: str
    source: Source
    at: Pointer
    data: Mapping
    strip: int = 0
    restarts_rollout: bool = False
    """A preset: the strategy of lower layers is discarded."""
    named_at: Pointer = ()
    """A preset: where the spec or environment refers to it, as a pointer of the service."""
    written: Mapping | None = None
    """The data before its placeholders were replaced; None if it has none."""

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
    """The values of the placeholders."""
    home: Repository = NOWHERE
    """The repository of the workspace, which a spec may also name by its address."""

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
    """One file to generate: its path, its data, and its source."""

    path: str
    """Relative to the root of the output, with forward slashes."""
    data: Mapping
    origin: str
    """The path of the file to edit in order to change it."""
    service: str = ""
    environment: str = ""
    destination: str = ""
    inline: bool = False
    """Whether it is a part of the Application, and not a file of its own."""
    by_own_template: bool = False
    """Whether a template of the workspace wrote it, so that anything may be in it."""


class Problem(NamedTuple):
    """A problem of a resolved service, by pointer; `layer` is the layer that causes it."""

    rule: str
    pointer: Pointer
    message: str
    hint: str = ""
    layer: Layer | None = None
    at_key: bool = False
    """Whether the key causes the problem, and not its value."""
