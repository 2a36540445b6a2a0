"""One side of a comparison: what a workspace is built to at one moment."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from generator.diagnostics import Diagnostic, Severity
from generator.diff.model import State
from generator.diff.state import production, root_state, state_of
from generator.errors import Rejected
from generator.history.ledger.uncommitted import OnDisk
from generator.pipeline.drift import Wanted
from generator.pipeline.run import Mode, Request, run
from generator.service.build import Built
from generator.service.root import build_root
from generator.syntax.labels import label_parts
from generator.workspace.destinations import targets_of
from generator.workspace.load import Loader
from generator.workspace.model import Document, Environment
from generator.workspace.parsed import Parsed
from generator.workspace.root import WORKSPACE_FILE

Key = tuple[str, str]
"""Service and environment; of an environment with several destinations, its label with one of them."""


class Scope(NamedTuple):
    """What is read of a workspace."""

    services: Collection[str] | None = None
    """None for all."""
    environments: frozenset[str] | None = None
    """None for all."""

    def has(self, service: str, environment: str) -> bool:
        """Tell whether a service in an environment is read."""
        return (self.services is None or service in self.services) and (
            self.environments is None or environment in self.environments
        )


EVERYTHING = Scope()


class Side(NamedTuple):
    """A workspace at one moment, as far as it is asked for."""

    built: dict[Key, Built] = {}  # noqa: RUF012 - never changed
    files: dict[Key, tuple[tuple[str, bytes], ...]] = {}  # noqa: RUF012 - never changed
    """What is generated, without the line that names the spec; of rendered files, what they are rendered from."""
    roots: dict[str, Document] = {}  # noqa: RUF012 - never changed
    environments: Mapping[str, Environment] = MappingProxyType({})
    abstract: Mapping[str, str] = MappingProxyType({})
    """The paths of abstract environments by name."""
    failed: frozenset[Key] = frozenset()
    """What should be there and could not be built."""
    errors: tuple[Diagnostic, ...] = ()
    unreadable: bool = False
    """Whether some files are unreadable down to their name, so that it is unknown what is missing."""

    @property
    def production(self) -> frozenset[str]:
        """The environments that are production."""
        return production(self.environments)

    def state(self, key: Key) -> State | None:
        """Return what is deployed of a service in an environment; None if nothing is."""
        built = self.built.get(key)
        return state_of(built, production=environment_of(key) in self.production) if built else None

    def root(self, environment: str) -> State | None:
        """Return the root Application of an environment; None if it has none."""
        document = self.roots.get(environment)
        return root_state(document, environment, production=environment in self.production) if document else None


def read_side(
    root: str,
    scope: Scope = EVERYTHING,
    overlay: Mapping[str, bytes] = MappingProxyType({}),
    parsed: Parsed | None = None,
) -> Side:
    """Return what a workspace is built to, all of it or some; where there are no specs it is empty.

    Raises ConfigError for a workspace that this version cannot read. A tiphys.yaml that is at fault, and
    environments that do not exist, are in `errors`, and nothing else is known then.
    """
    loader = Loader(root, overlay, parsed=parsed)
    if not loader.exists(WORKSPACE_FILE):
        return Side()
    try:
        workspace = loader.workspace()
        environments = loader.environments(workspace)
    except Rejected as rejected:
        return Side(errors=rejected.diagnostics, unreadable=True)
    services, only = scope
    if not loader.spec_paths(workspace) or (services is not None and not services):
        return Side(environments=environments, abstract=loader.abstract)
    built: dict[Key, Built] = {}

    def keep(one: Built) -> None:
        built[one.resolved.service, one.resolved.environment.label] = one

    names = tuple(sorted(services or ())), tuple(sorted(only or ()))
    request = Request(root, Mode.LINT, *names, on_built=keep, overlay=overlay, parsed=parsed)
    outcome = run(request._replace(holds_values=False, lints=False))
    roots = {}
    for name in sorted(set(map(environment_of, built))):
        try:
            roots[name] = build_root(environments[name], workspace, loader.template)
        except Rejected:
            continue  # it is among the errors
    side = Side(built, _files(outcome.wanted, built), roots, environments, loader.abstract)
    errors = tuple(item for item in outcome.diagnostics if item.severity is Severity.ERROR)
    if not errors:
        return side
    on_disk = OnDisk(root, workspace)
    failed = frozenset(key for key in _failed(on_disk, built, scope, environments) if not only or environment_of(key) in only)
    return side._replace(errors=errors, failed=failed, unreadable=bool(on_disk.nameless))


def _files(wanted: Mapping[str, Wanted], built: Mapping[Key, Built]) -> dict[Key, tuple[tuple[str, bytes], ...]]:
    """Return what is generated by service and environment."""
    files: dict[Key, list[tuple[str, bytes]]] = {}
    for path, file in sorted(wanted.items()):
        files.setdefault((file.service, file.label), []).append((path, file.content.partition(b"\n")[2]))
    for key, one in built.items():
        if one.is_rendered:
            origin = json.dumps(one.rendered_from["spec"], sort_keys=True, default=str)
            files.setdefault(key, []).append(("", origin.encode()))
    return {key: tuple(found) for key, found in files.items()}


def environment_of(key: Key) -> str:
    """Return the name of the environment of a key, without a destination."""
    return label_parts(key[1])[0]


def places_of(environment: Environment | None, name: str) -> list[str]:
    """Return the label of each destination of an environment; its name if it has none."""
    return [target.label for target in targets_of(environment)] if environment else [name]


def _failed(on_disk: OnDisk, built: Collection[Key], scope: Scope, environments: Mapping[str, Environment]) -> Iterable[Key]:
    """Yield what should be there and is not."""
    for service in on_disk.services:
        if scope.services is None or service in scope.services:
            for environment in on_disk.deployed_to(service):
                if scope.environments and environment not in scope.environments:
                    continue
                for place in places_of(environments.get(environment), environment):
                    if (service, place) not in built:
                        yield service, place
