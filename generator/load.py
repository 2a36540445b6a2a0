"""From the files of a workspace to the nouns: what is read, and what is wrong with it."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from generator import addresses, disk, naming, resources
from generator.diagnostics import START, Diagnostic, Severity, Span
from generator.environments import no_environments, problems
from generator.errors import ConfigError, Rejected
from generator.files import Folder, UnreadableFileError, roots
from generator.globs import Glob
from generator.model import Environment, Preset, ServiceSpec, Workspace
from generator.names import RESERVED
from generator.objects import KubeObject
from generator.overrides import Templates
from generator.placeholders import holds_placeholder
from generator.profiles import Profiles
from generator.reader import Source, try_parse
from generator.sources import Sources

WORKSPACE_FILE = "tiphys.yaml"
MAX_PROJECTS = 1024 * 1024
"""The limit of a file of AppProjects in bytes."""


def find_root(start: str) -> str:
    """Return the nearest folder, from `start` upwards, that holds tiphys.yaml; raises ConfigError."""
    found = roots.above(start, WORKSPACE_FILE, _refuse_misnamed)
    if not found:
        raise ConfigError(
            f"no {WORKSPACE_FILE} in {roots.absolute(start)} or any folder above it",
            "run `tiphys init` to make a workspace, or give its folder with -C",
        )
    return found


def _refuse_misnamed(folder: str) -> None:
    """Raise ConfigError if a folder holds the settings of a workspace under another name, instead of going on above it."""
    for name in disk.names_like(folder, WORKSPACE_FILE.partition(".")[0]):
        if b"Workspace" in Folder(folder).head(name, 1 << 16) and not name.startswith("."):
            message = f"{posixpath.join(folder, name)} is not read: the settings of a workspace are in `{WORKSPACE_FILE}`"
            raise ConfigError(message, f"rename it to `{WORKSPACE_FILE}`")


class Loader(Sources):
    """Reads a workspace. Problems are collected in `diagnostics`; nothing is raised for a bad file."""

    def __init__(
        self, root: str, overlay: Mapping[str, bytes] | None = None, tidy: Callable[[str], bool] | None = None
    ) -> None:
        super().__init__(root, overlay or {}, tidy)
        self.files: dict[str, Source | None] = {}
        """AnalysisTemplate files by path; None for one that has been complained about."""
        self.template = Templates(root)
        self.profiles = Profiles(self)
        self._presets: dict[str, Preset] | None = None

    def workspace(self) -> Workspace:
        """Return what tiphys.yaml says; raises Rejected, as nothing can be done without it."""
        source = self.source(WORKSPACE_FILE, "workspace")
        if source is None:
            raise Rejected(self.diagnostics)
        spec = source.data.get("spec") or {}
        plain = Workspace(source)
        folders = {name: _folder(spec.get(name) or getattr(plain, name)) for name in ("environments", "output")}
        wrong = list(naming.odd_folders(source, folders))
        if wrong:
            raise Rejected([*self.diagnostics, *wrong])
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
        """Return the environments by name; raises Rejected for a workspace that has none, as nothing may replace them."""
        paths = list(self.yaml_files(workspace.environments))
        if workspace.environments in self.broken:  # a link in the way: reported where the folder was listed
            raise Rejected(self.diagnostics)
        if not paths:
            raise Rejected([no_environments(self.root, workspace)])
        found: dict[str, Environment] = {}
        for path in paths:
            source = self.source(path, "environment")
            if source is not None and self._named_like_file(source, "an environment"):
                name = source.data["metadata"]["name"]
                spec = source.data["spec"]
                wrong = list(problems(source))
                if name in found:
                    wrong.append(naming.described_twice(source, "environment", found[name].source.path))
                if wrong:
                    self.diagnostics += wrong
                    self.broken.add(source.path)
                    continue
                varying = frozenset(key for key, value in spec["argocd"].items() if holds_placeholder(value))
                found[name] = Environment(name, source, spec, varying)
        return found

    def is_broken(self, folder: str, name: str) -> bool:
        """Tell whether the file of an environment or preset is there, and has been complained about."""
        if any(f"{folder}/".startswith(f"{path}/") for path in self.broken):  # the folder itself, or a folder above it
            return True
        return f"{folder}/{name}.yaml" in self.broken or f"{folder}/{name}.yml" in self.broken

    def presets(self) -> dict[str, Preset]:
        """Return the rollout presets by name; the workspace's win over the shipped ones."""
        if self._presets is None:
            found: dict[str, Source] = {}
            for name in resources.names("templates", "strategies"):
                source = self.shipped("templates", "strategies", name, kind="strategy")
                if source is not None:
                    found[name.removesuffix(".yaml")] = source
            for path in self.yaml_files("strategies"):
                source = self.source(path, "strategy")
                if source is not None and self._named_like_file(source, "a preset"):
                    other = found.get(source.data["metadata"]["name"])
                    if other is not None and not other.path.startswith("tiphys:"):
                        self.diagnostics.append(naming.described_twice(source, "preset", other.path))
                    found[source.data["metadata"]["name"]] = source
            self._presets = {name: Preset(name, source, source.data["spec"]) for name, source in found.items()}
        return self._presets

    def projects(self) -> list[KubeObject]:
        """Return the AppProjects in projects/, which Applications are held against."""
        found: list[KubeObject] = []
        for path in self.yaml_files("projects"):
            from generator import manifests  # most workspaces have no such folder

            try:
                read = manifests.read(path, self.raw(path, MAX_PROJECTS), named=True)
            except UnreadableFileError as error:
                self.diagnostics.append(disk.unreadable(path, error))
                continue
            self.diagnostics += read.diagnostics
            projects = [item for item in read.objects if item.kind == "AppProject"]
            if not projects and not read.diagnostics:
                message, hint = "this file holds no AppProject, so nothing is held against it", "restore it, or delete it"
                self.diagnostics.append(Diagnostic(path, START, "TP050", Severity.WARNING, message, hint))
            for item in projects:
                source = manifests.source_of(item)
                self.diagnostics += [addresses.problem(source, (*item.at, *at)) for at in addresses.places(item.data)]
            found += projects
        return found

    def taken(self) -> frozenset[str]:
        """Return the files that have been read since this was last asked."""
        read = frozenset(self.read | self.template.read)
        self.read.clear()
        self.template.read.clear()
        return read

    def has_chart(self, path: str) -> bool:
        """Tell whether a path, counted from the root of the workspace or of its repository, is the folder of a chart."""
        manifest = f"{path}/Chart.yaml"
        return manifest in self.overlay or any(Folder(folder).exists(manifest) for folder in roots.up_to(self.root, ".git"))

    def shared_paths(self, workspace: Workspace) -> list[str]:
        """Return the paths of what all specs share: environments, presets, projects."""
        return [path for folder in (workspace.environments, "strategies", "projects") for path in self.yaml_files(folder)]

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
        """Return one spec, with the files it names read into `files`; None if it is at fault.

        With `services`, a file in which none of their names occurs is not looked at.
        """
        source = self.source(path, "pipeline", services)
        if source is None:
            return None
        name = source.data["metadata"]["name"]
        odd = naming.odd_name(source, "a service", RESERVED)
        if odd:
            self.diagnostics.append(odd)
            return None
        self._read_analyses(source, source.data["spec"])
        return ServiceSpec(name, source)

    def place_of_name(self, path: str) -> Span:
        """Return where a spec names its service, reading it again: this is only asked when something is wrong."""
        try:
            source, _ = try_parse(path, self.raw(path))
        except UnreadableFileError:
            source = None
        return source.span_of(("metadata", "name")) if source else START

    def _read_analyses(self, source: Source, spec: dict[str, Any]) -> None:
        """Read the AnalysisTemplate files that a spec, a preset or an environment's defaults name."""
        paths: set[str] = set()
        for name in _analysis_files(spec):
            path = posixpath.normpath(posixpath.join(posixpath.dirname(source.path), name))
            paths.add(path)
            if path not in self.files and not path.startswith("..") and self.exists(path):
                self.files[path] = self.source(path, "analysistemplate")
        self.diagnostics += naming.twin_files(sorted(paths)) if len(paths) > 1 else ()

    def read_shared_analyses(self, environments: dict[str, Environment]) -> None:
        """Read the AnalysisTemplate files that presets and environments name."""
        for preset in self.presets().values():
            self._read_analyses(preset.source, {"rollout": preset.spec})
        for environment in environments.values():
            self._read_analyses(environment.source, environment.spec.get("defaults") or {})

    def _named_like_file(self, source: Source, what: str) -> bool:
        name = source.data["metadata"]["name"]
        stem = posixpath.splitext(posixpath.basename(source.path))[0]
        odd = naming.odd_name(source, what)
        if odd:
            self.broken.add(source.path)
            self.diagnostics.append(odd)
            return False
        if name == stem:
            return True
        message = f"metadata.name is `{name}`, but the file is called `{posixpath.basename(source.path)}`"
        span = source.span_of(("metadata", "name"))
        hint = f"call the file `{name}.yaml`, or the thing in it `{stem}`"
        self.broken.add(source.path)
        self.diagnostics.append(Diagnostic(source.path, span, "TP039", Severity.ERROR, message, hint))
        return False


def _folder(path: str) -> str:
    return posixpath.normpath(path)


def _analysis_files(spec: dict[str, Any]) -> Iterator[str]:
    blocks = [spec, *(spec.get("environments") or {}).values()]
    for block in blocks:
        rollout = block.get("rollout") if isinstance(block, dict) else None
        for item in (rollout or {}).get("analysisTemplates") or []:
            if isinstance(item.get("file"), str):
                yield item["file"]
