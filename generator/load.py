"""From the files of a workspace to the nouns: what is read, and what is wrong with it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from typing import Any

from generator import disk, resources
from generator.diagnostics import START, Diagnostic, Severity, Span
from generator.environments import problems
from generator.errors import ConfigError, Rejected
from generator.files import UnreadableFileError, roots
from generator.model import Environment, Preset, ServiceSpec, Workspace
from generator.objects import KubeObject
from generator.overrides import Templates
from generator.placeholders import holds_placeholder
from generator.profiles import Profiles
from generator.reader import Source, try_parse
from generator.sources import Sources

WORKSPACE_FILE = "tiphys.yaml"
MAX_PROJECTS = 1024 * 1024
"""The limit of a file of AppProjects in bytes."""
RESERVED = ("applications",)
"""Names that a service may not have: they are folders of every environment."""


def find_root(start: str) -> str:
    """Return the nearest folder, from `start` upwards, that holds tiphys.yaml; raises ConfigError."""
    found = roots.above(start, WORKSPACE_FILE)
    if not found:
        raise ConfigError(
            f"no {WORKSPACE_FILE} in {roots.absolute(start)} or any folder above it",
            "run `tiphys init` to make a workspace, or give its folder with -C",
        )
    return found


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
        return Workspace(
            source,
            specs=tuple(spec.get("specs") or plain.specs),
            environments=_folder(spec.get("environments") or plain.environments),
            output=_folder(spec.get("output") or plain.output),
            repo_url=spec.get("repoURL") or "",
            target_revision=spec.get("targetRevision") or plain.target_revision,
            requires=spec.get("requires") or "",
            lint=spec.get("lint") or {},
        )

    def environments(self, workspace: Workspace) -> dict[str, Environment]:
        """Return the environments by name: the workspace's own, or the shipped ones if it has no such folder."""
        folder = workspace.environments
        if not self.folder.exists(folder):
            names = resources.names("environments")
            sources = [self.shipped("environments", name, kind="environment") for name in names if name.endswith(".yaml")]
        else:
            sources = [self.source(path, "environment") for path in self.yaml_files(folder)]
        found = {}
        for source in sources:
            if source is not None and self._named_like_file(source):
                name = source.data["metadata"]["name"]
                spec = source.data["spec"]
                wrong = list(problems(source))
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
            found = {}
            for name in resources.names("templates", "strategies"):
                source = self.shipped("templates", "strategies", name, kind="strategy")
                if source is not None:
                    found[name.removesuffix(".yaml")] = source
            for path in self.yaml_files("strategies"):
                source = self.source(path, "strategy")
                if source is not None and self._named_like_file(source):
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
            found += [item for item in read.objects if item.kind == "AppProject"]
        return found

    def spec_paths(self, workspace: Workspace) -> list[str]:
        """Return the paths of all specs, sorted; files that somebody may think are read are warned about."""

        def skip(path: str) -> bool:
            return path == workspace.output

        near = tuple(glob.removesuffix(".yaml") + ".yml" for glob in workspace.specs if glob.endswith(".yaml"))
        wanted = set(workspace.specs)
        paths = list(
            disk.matching(self.root, (*workspace.specs, *(glob for glob in near if glob not in wanted)), skip, self.blocked)
        )
        patterns = [disk.glob_pattern(glob) for glob in workspace.specs]
        if self.overlay:
            paths = sorted({*paths, *(path for path in self.overlay if any(pattern.match(path) for pattern in patterns))})
        found = [path for path in paths if any(pattern.match(path) for pattern in patterns)]
        for path in paths:
            if path not in found:
                message, hint = (
                    "this file is not read: specs end in .yaml",
                    "rename it, or add it to spec.specs in tiphys.yaml",
                )
                self.diagnostics.append(Diagnostic(path, START, "TP043", Severity.WARNING, message, hint))
        for folder, what, kind in (
            (workspace.environments, "environments", b"Environment"),
            ("strategies", "strategies", b"Strategy"),
            ("projects", "projects", b"AppProject"),
        ):
            self._warn_of_buried(folder, what, kind, patterns)
        return found

    def _warn_of_buried(self, folder: str, what: str, kind: bytes, specs: Collection[re.Pattern[str]]) -> None:
        """Warn of files of a kind that stand in a folder below theirs, where nobody reads them."""
        said = rb"^kind:[ \t]*[\"']?" + kind + rb"[\"']?[ \t]*(?:#.*)?\r?$"  # compiled where there is such a file at all
        for path in self.buried(folder):
            with suppress(UnreadableFileError):
                if not any(pattern.match(path) for pattern in specs) and re.search(said, self.raw(path), re.MULTILINE):
                    message = f"this file is not read: {what} stand in {folder}/ itself, and not in folders below it"
                    hint = f"move it to {folder}/"
                    self.diagnostics.append(Diagnostic(path, START, "TP043", Severity.WARNING, message, hint))

    def spec(self, path: str, services: Collection[str] = ()) -> ServiceSpec | None:
        """Return one spec, with the files it names read into `files`; None if it is at fault.

        With `services`, a file in which none of their names occurs is not looked at.
        """
        source = self.source(path, "pipeline", services)
        if source is None:
            return None
        name = source.data["metadata"]["name"]
        if name in RESERVED:
            span = source.span_of(("metadata", "name"))
            message = f"`{name}` is the name of a folder that tiphys writes"
            self.diagnostics.append(Diagnostic(path, span, "TP037", Severity.ERROR, message, "give the service another name"))
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
        for name in _analysis_files(spec):
            path = posixpath.normpath(posixpath.join(posixpath.dirname(source.path), name))
            if path not in self.files and not path.startswith("..") and self.exists(path):
                self.files[path] = self.source(path, "analysistemplate")

    def read_shared_analyses(self, environments: dict[str, Environment]) -> None:
        """Read the AnalysisTemplate files that presets and environments name."""
        for preset in self.presets().values():
            self._read_analyses(preset.source, {"rollout": preset.spec})
        for environment in environments.values():
            self._read_analyses(environment.source, environment.spec.get("defaults") or {})

    def _named_like_file(self, source: Source) -> bool:
        name = source.data["metadata"]["name"]
        stem = posixpath.splitext(posixpath.basename(source.path))[0]
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
