"""The services of an opened workspace, as they are in each environment before a move."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple

from generator.diagnostics import Diagnostic
from generator.errors import ChangedError, RefusedError, UndeployedError
from generator.history import moves
from generator.history.moves import Version
from generator.pipeline.guards import area_of
from generator.pipeline.request import Outcome
from generator.pipeline.settling import settle
from generator.service.resolve import Resolver, UnresolvedError
from generator.syntax.reader.words import may_contain
from generator.syntax.wording import unknown_service
from generator.system.files import UnreadableFileError
from generator.workspace.destinations import whole
from generator.workspace.extending import no_environment
from generator.workspace.load import Loader
from generator.workspace.model import Environment, Resolved, ServiceSpec, Workspace
from generator.workspace.parsed import Parsed

PATIENCE = 30.0
"""Seconds to wait for another process that is writing: CI bumps many services at once."""


class Stand(NamedTuple):
    """A service in an environment, before the move."""

    spec: ServiceSpec
    raw: bytes
    resolved: Resolved
    earlier: Version | None = None
    """The version that it had at the commit that is meant; None for that of the working tree."""
    pinned: str = ""
    """The chart version that its range stands for; empty without a range, or if no repository was asked."""

    @property
    def declared(self) -> Version:
        """The version that is declared, or that was."""
        return self.earlier or moves.version_of(self.resolved)

    @property
    def version(self) -> Version:
        """The same, with the version that a range of charts stands for if that is known."""
        return self.declared._replace(chart_version=self.pinned) if self.pinned else self.declared


class Fleet:
    """The services of a workspace, read on demand; raises Rejected or ConfigError for an invalid workspace."""

    def __init__(
        self, root: str, *, writes: bool = True, overlay: Mapping[str, bytes] | None = None, parsed: Parsed | None = None
    ) -> None:
        self.root = root
        self.parsed = parsed or Parsed()
        """The files parsed so far, for everything that opens the same workspace later."""
        self.loader = Loader(root, overlay, parsed=self.parsed)
        self.workspace: Workspace = self.loader.workspace()
        self.completed = settle(area_of(root, self.workspace), writes=writes, seconds=PATIENCE)
        """Files completed for an interrupted run; this must happen before the first spec is read."""
        self.environments: dict[str, Environment] = self.loader.environments(self.workspace)
        self.problems: list[Diagnostic] = self.loader.problems()
        """What is wrong with the files read so far."""
        self._specs: dict[str, ServiceSpec] = {}
        self._resolver = Resolver(
            self.loader.presets(), lambda name: self.loader.is_broken("strategies", name), self.workspace.repository
        )

    @property
    def outcome(self) -> Outcome:
        """The problems of the files read so far."""
        return Outcome(self.workspace, self.problems)

    def past(self, contents: Mapping[str, bytes]) -> Fleet:
        """Return the fleet with other contents of some files; nothing is completed."""
        return Fleet(self.root, writes=False, overlay=contents, parsed=self.parsed)

    def environment(self, name: str) -> Environment:
        """Return an environment; raises ConfigError."""
        if name not in self.environments:
            raise no_environment(name, self.environments, self.loader.abstract)
        return self.environments[name]

    def specs(self, names: Sequence[str] = ()) -> dict[str, ServiceSpec]:
        """Return the specs by service name, all or the named ones; raises ConfigError.

        A named service that is not found is left out if there are errors: its spec may be the broken one.
        """
        self._read(names)
        self.problems += self.loader.problems()
        missing = [name for name in names if name not in self._specs]
        if missing and not self.outcome.errors:
            raise unknown_service(missing[0], Fleet(self.root, writes=False, parsed=self.parsed).specs())
        return {name: spec for name, spec in self._specs.items() if not names or name in names}

    def named(self, names: Sequence[str]) -> dict[str, ServiceSpec]:
        """Return those of the named services that exist and can be read; nothing is reported."""
        self._read(names)
        return {name: self._specs[name] for name in names if name in self._specs}

    def containing(self, word: str) -> dict[str, ServiceSpec]:
        """Return the services whose specs contain a word anywhere and can be read; nothing is reported."""
        found = {}
        for path in self.loader.spec_paths(self.workspace):
            with suppress(UnreadableFileError):
                spec = self.loader.spec(path) if may_contain(self.loader.raw(path), [word]) else None
                if spec is not None:
                    found[spec.name] = spec
        return found

    def _read(self, names: Sequence[str]) -> None:
        """Read the specs of the named services, or all without names; they are known from then on."""
        for path in self.loader.spec_paths(self.workspace):
            spec = self.loader.spec(path, names)
            if spec is not None:
                self._specs[spec.name] = spec

    def stand(self, spec: ServiceSpec, environment: str) -> Stand:
        """Return a service as it is in an environment; raises RefusedError if it is not deployed there."""
        if environment not in spec.environments:
            raise UndeployedError(spec.name, environment, spec.source.path)
        try:
            resolved = self._resolver.resolve(spec, whole(self.environment(environment)))
        except UnresolvedError:
            raise RefusedError(f"{spec.source.path} cannot be resolved for {environment}", "run `tiphys lint`") from None
        raw = self.loader.raw(spec.source.path)
        if raw.decode("utf-8-sig", "replace") != spec.source.text:  # another process wrote it between the two reads
            raise ChangedError(spec.source.path)
        return Stand(spec, raw, resolved)
