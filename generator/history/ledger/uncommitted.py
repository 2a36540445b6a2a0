"""The versions in the files on disk, to compare with what is committed."""

from __future__ import annotations

from generator.history.ledger.layout import Globs, Layout, environment_of
from generator.history.ledger.versions import UnreadableVersionError, Version, Versions, service_of
from generator.syntax.reader.characters import MAX_BYTES
from generator.system import disk
from generator.system.files import Folder, UnreadableFileError
from generator.workspace.model import ServiceSpec, Workspace


class OnDisk:
    """The specs and environments of the working tree, by the names in them. Invalid files are ignored."""

    def __init__(self, root: str, workspace: Workspace, versions: Versions | None = None) -> None:
        """Read them; `versions` are those of commits, with which most files on disk are identical."""
        layout = Layout(workspace.specs, workspace.environments, workspace.output)
        globs = Globs(layout)
        self._folder = Folder(root)
        self._versions = versions or Versions({})
        self._ids: dict[str, str] = {}
        self._specs: dict[str, str] = {}
        self._environments: dict[str, str] = {}
        """The object ids of the files of environments, by name."""
        self.nameless: list[str] = []
        """Specs whose service name cannot be read."""
        for path in disk.matching(root, layout.specs, lambda path: path == layout.output):
            raw = self._read(path) if globs.match(path) else None
            if raw is not None:
                service = service_of(raw)
                if service:
                    self._specs.setdefault(service, path)
                else:
                    self.nameless.append(path)
        for path in self._files_in(layout.environments):
            name = environment_of(path, layout.environments)
            if name and self._read(path) is not None:
                self._environments[name] = self._ids[path]

    def _read(self, path: str) -> bytes | None:
        try:
            raw = self._folder.read(path, MAX_BYTES)
        except UnreadableFileError:
            return None
        self._ids[path] = self._versions.add(raw)
        return raw

    def _files_in(self, folder: str) -> list[str]:
        try:
            return list(self._folder.walk(folder, lambda _path: True))
        except UnreadableFileError:
            return []

    @property
    def environments(self) -> dict[str, str]:
        """The object ids that Git would give the files of environments, by name."""
        return self._environments

    def object_id(self, service: str) -> str:
        """Return the object id that Git would give the spec of a service; empty if it has no spec."""
        return self._ids.get(self.path(service), "")

    def _spec(self, service: str) -> ServiceSpec | None:
        path = self.path(service)
        return self._versions.spec(self._ids[path]) if path else None

    @property
    def services(self) -> list[str]:
        """The services that have a spec, sorted."""
        return sorted(self._specs)

    def path(self, service: str) -> str:
        """Return the path of the spec of a service; empty if it has no spec."""
        return self._specs.get(service, "")

    def deployed_to(self, service: str) -> list[str]:
        """Return the environments of a service; all environments while its spec is invalid."""
        spec = self._spec(service)
        if spec is not None:
            return list(spec.environments)
        is_abstract = self._versions.chains.is_abstract
        return sorted(name for name, object_id in self._environments.items() if not is_abstract(object_id))

    def version(self, service: str, environment: str) -> Version | None:
        """Return the version of a service in an environment; None if it is not deployed there.

        Raises UnreadableVersionError while its files are invalid.
        """
        return self._versions.version(
            self.object_id(service), environment, self._versions.chains.of(self._environments, environment)
        )

    def same(self, service: str, environment: str, committed: Version | None) -> bool:
        """Tell whether the working tree has the version of a commit; invalid files count as unchanged."""
        try:
            return self.version(service, environment) == committed
        except UnreadableVersionError:
            return True

    def team(self, service: str) -> str:
        """Return the label `team` of a service; empty if it has none."""
        spec = self._spec(service)
        team = spec.labels.get("team") if spec else None
        return team if isinstance(team, str) else ""
