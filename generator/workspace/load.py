"""Load the files of a workspace as objects, and collect their problems."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Collection, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from generator.diagnostics import START, Diagnostic, Pointer, Severity, Span
from generator.errors import Rejected
from generator.kubernetes.objects import KubeObject
from generator.syntax import shipped
from generator.syntax.globs import Glob
from generator.syntax.names import RESERVED
from generator.syntax.reader import Source
from generator.syntax.secrets import addresses
from generator.system import disk, verbose
from generator.system.files import Folder, UnreadableFileError, roots, watching
from generator.system.files.watching import Question, Uses
from generator.workspace import naming, referred
from generator.workspace.environments import bad_fields, no_environments, only_abstract
from generator.workspace.extending import compose
from generator.workspace.files import Sources
from generator.workspace.model import Environment, Preset, Resolved, ServiceSpec, Workspace
from generator.workspace.parsed import Parsed
from generator.workspace.profiles import Profiles
from generator.workspace.root import WORKSPACE_FILE
from generator.workspace.templates import Templates

if TYPE_CHECKING:
    from generator.kubernetes.manifests import Manifests
    from generator.workspace.folders import Folders

MAX_PROJECTS = 1024 * 1024
"""The maximum size of a file of AppProjects, in bytes."""


class Loader(Sources):
    """Reads a workspace. What is wrong with its files is returned by `problems`; nothing is raised for a bad file."""

    def __init__(
        self,
        root: str,
        overlay: Mapping[str, bytes] | None = None,
        tidy: Callable[[str], bool] | None = None,
        parsed: Parsed | None = None,
    ) -> None:
        super().__init__(root, overlay or {}, tidy, parsed)
        self.files: dict[str, Source | None] = {}
        """AnalysisTemplate files by path; None for one with reported errors."""
        self.plain: dict[str, Manifests | None] = {}
        """Files of plain manifests by path; None for one with reported errors."""
        self._uses: dict[str, Uses] = {}
        """What was asked of the disk for these files and those of presets, by path."""
        self.abstract: dict[str, str] = {}
        """The paths of abstract environments by name, once environments are read."""
        self.template = Templates(root)
        self.profiles = Profiles(self)
        self._presets: dict[str, Preset] | None = None

    @cached_property
    def folders(self) -> Folders:
        """The folders that services have in the place of charts."""
        from generator.workspace.folders import Folders  # few services have one

        return Folders(self)

    def workspace(self) -> Workspace:
        """Return the contents of tiphys.yaml; raises Rejected if it is invalid."""
        verbose.tell("settings", posixpath.join(self.root, WORKSPACE_FILE))
        source = self.source(WORKSPACE_FILE, "workspace")
        if source is None:
            raise Rejected(self.problems())
        spec = source.data.get("spec") or {}
        plain = Workspace(source)
        folders = {name: posixpath.normpath(spec.get(name) or getattr(plain, name)) for name in ("environments", "output")}
        wrong = list(naming.odd_folders(source, folders))
        if wrong:
            raise Rejected([*self.problems(), *wrong])
        return Workspace(
            source,
            specs=tuple(spec.get("specs") or plain.specs),
            **folders,
            repo_url=spec.get("repoURL") or "",
            target_revision=spec.get("targetRevision") or plain.target_revision,
            requires=spec.get("requires") or "",
            lint=spec.get("lint") or {},
        )

    def environments(self, workspace: Workspace) -> dict[str, Environment]:
        """Return the environments by name; raises Rejected for a workspace without environments."""
        paths = list(self.yaml_files(workspace.environments))
        if workspace.environments in self.broken:  # the path goes through a link, already reported
            raise Rejected(self.problems())
        if not paths:
            raise Rejected([no_environments(self.root, workspace)])
        found: dict[str, Source] = {}
        for path in paths:
            source = self.source(path, "environment")
            if source is not None and self._named_like_file(source, "an environment"):
                name = source.data["metadata"]["name"]
                wrong = list(bad_fields(source))
                if name in found:
                    wrong.append(naming.described_twice(source, "environment", found[name].path))
                self._problems += wrong
                if any(one.severity is Severity.ERROR for one in wrong):
                    self.broken.add(source.path)
                    continue
                found[name] = source
        made = compose(found, lambda name: self.is_broken(workspace.environments, name))
        self._problems += made.problems
        self.broken |= made.unusable
        self.abstract = made.abstract
        if made.abstract and len(made.abstract) == len(paths):
            raise Rejected([*self.problems(), only_abstract(workspace, made.abstract)])
        return made.environments

    def is_broken(self, folder: str, name: str) -> bool:
        """Tell whether the file of an environment or preset exists and has reported errors."""
        if any(f"{folder}/".startswith(f"{path}/") for path in self.broken):  # the folder itself, or a folder above it
            return True
        return f"{folder}/{name}.yaml" in self.broken or f"{folder}/{name}.yml" in self.broken

    def presets(self) -> dict[str, Preset]:
        """Return the rollout presets by name; those of the workspace override the shipped ones."""
        if self._presets is None:
            found: dict[str, Source] = {}
            for name in shipped.names("templates", "strategies"):
                source = self.shipped("templates", "strategies", name, kind="strategy")
                if source is not None:
                    found[name.removesuffix(".yaml")] = source
            for path in self.yaml_files("strategies"):
                with watching.making(self._uses.setdefault(path, Uses())):
                    source = self.source(path, "strategy")
                if source is not None and self._named_like_file(source, "a preset"):
                    other = found.get(source.data["metadata"]["name"])
                    if other is not None and not other.path.startswith("tiphys:"):
                        self._problems.append(naming.described_twice(source, "preset", other.path))
                    found[source.data["metadata"]["name"]] = source
            self._presets = {name: Preset(name, source, source.data["spec"]) for name, source in found.items()}
        return self._presets

    def use(self, resolved: Resolved) -> None:
        """Say that what is being made uses the presets of a service, which were read for all."""
        for layer in resolved.layers:
            if layer.source.path in self._uses:
                watching.use(self._uses[layer.source.path])

    @property
    def of_presets(self) -> frozenset[Question]:
        """What was asked of the disk for presets, each of which counts only for the services that use it."""
        paths = [preset.source.path for preset in self.presets().values()]
        return frozenset(one for path in paths if path in self._uses for one in self._uses[path].every())

    def projects(self) -> list[KubeObject]:
        """Return the AppProjects in projects/, which Applications are checked against."""
        found: list[KubeObject] = []
        for path in self.yaml_files("projects"):
            from generator.kubernetes import manifests  # most workspaces have no such folder

            try:
                read = manifests.read(path, self.raw(path, MAX_PROJECTS), named=True)
            except UnreadableFileError as error:
                self._problems.append(disk.unreadable(path, error))
                continue
            self._problems += read.diagnostics
            if not read.diagnostics:
                self.read_ignores(path, read.text)
            projects = [item for item in read.objects if item.kind == "AppProject"]
            if not projects and not read.diagnostics:
                message, hint = "this file is ignored: it contains no AppProject", "restore it, or delete it"
                self._problems.append(Diagnostic(path, START, "TP050", Severity.WARNING, message, hint))
            for item in projects:
                source = manifests.source_of(item)
                self._problems += [addresses.problem(source, (*item.at, *at)) for at in addresses.places(item.data)]
            found += projects
        return found

    def taken(self) -> frozenset[str]:
        """Return the files read since the last call."""
        read = frozenset(self.read | self.template.read)
        self.read.clear()
        self.template.read.clear()
        return read

    def in_repository(self, path: str) -> bool:
        """Tell whether a path, relative to the root of the workspace or of its repository, exists."""
        return path in self.overlay or any(Folder(folder).exists(path) for folder in roots.up_to(self.root, ".git"))

    def shared_paths(self, workspace: Workspace) -> list[str]:
        """Return the paths of the files that all specs share: environments, presets, projects, rules."""
        return [path for folder in (workspace.environments, *naming.SHARED) for path in self.yaml_files(folder)]

    def spec_paths(self, workspace: Workspace) -> list[str]:
        """Return the paths of all specs, sorted."""

        def skip(path: str) -> bool:
            return path == workspace.output

        paths = list(disk.matching(self.root, workspace.specs, skip, self.blocked))
        if self.overlay:
            patterns = [Glob(glob) for glob in workspace.specs]
            paths = sorted({*paths, *(path for path in self.overlay if any(pattern.match(path) for pattern in patterns))})
        return paths

    def spec(self, path: str, services: Collection[str] = ()) -> ServiceSpec | None:
        """Return one spec, with the files it refers to read into `files`; None if it is invalid.

        With `services`, a file that contains none of their names is skipped.
        """
        source = self.source(path, "pipeline", services)
        if source is None:
            return None
        name = source.data["metadata"]["name"]
        odd = naming.odd_name(source, "a service", RESERVED)
        if odd:
            self._problems.append(odd)
            return None
        self._read_analyses(source, source.data["spec"])
        return ServiceSpec(name, source)

    def place_in(self, path: str, pointer: Pointer) -> Span:
        """Return the place of a value in a spec, or of the nearest above it, reading it again; only called for problems."""
        try:
            source = self._parse(path, self.raw(path)).source
        except UnreadableFileError:
            source = None
        return source.span_of(pointer) if source else START

    def _read_analyses(self, source: Source, spec: dict[str, Any]) -> None:
        """Read the AnalysisTemplates and manifests that a spec, a preset or an environment's defaults refer to."""
        folder = posixpath.dirname(source.path)
        analyses = {posixpath.normpath(posixpath.join(folder, name)) for name in referred.analyses(spec)}
        for path in sorted(analyses):
            with watching.making(self._uses.setdefault(path, Uses())):
                if path not in self.files and not path.startswith("..") and self.exists(path):
                    self.files[path] = self.source(path, "analysistemplate")
        plain = {posixpath.normpath(posixpath.join(folder, name)) for name in referred.manifests(spec)}
        for path in sorted(plain):
            with watching.making(self._uses.setdefault(path, Uses())):
                if path not in self.plain and self.exists(path):
                    self.plain[path] = self.manifests(path)
        paths = analyses | plain
        self._problems += naming.twin_files(sorted(paths)) if len(paths) > 1 else ()

    def read_shared_analyses(self, environments: dict[str, Environment]) -> None:
        """Read the AnalysisTemplate files that presets and environments refer to."""
        for preset in self.presets().values():
            self._read_analyses(preset.source, {"rollout": preset.spec})
        for part in {part.path: part for environment in environments.values() for part in environment.parts}.values():
            self._read_analyses(part, part.data["spec"].get("defaults") or {})

    def _named_like_file(self, source: Source, what: str) -> bool:
        name = source.data["metadata"]["name"]
        stem = posixpath.splitext(posixpath.basename(source.path))[0]
        odd = naming.odd_name(source, what)
        if odd:
            self.broken.add(source.path)
            self._problems.append(odd)
            return False
        if name == stem:
            return True
        message = f"metadata.name is `{name}`, but the file is named `{posixpath.basename(source.path)}`"
        span = source.span_of(("metadata", "name"))
        hint = f"rename the file to `{name}.yaml`, or set metadata.name to `{stem}`"
        self.broken.add(source.path)
        self._problems.append(Diagnostic(source.path, span, "TP039", Severity.ERROR, message, hint))
        return False
