"""A workspace as it is with what an editor holds: what is wrong, how services are made up, which names there are."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple, cast

from generator.diagnostics import Diagnostic, Pointer
from generator.editor.names import Name, Names, Thing
from generator.editor.protocol.documents import SHIPPED
from generator.errors import Rejected, TiphysError
from generator.lint import catalogue
from generator.lint.catalogue import Page
from generator.pipeline.memory.live import LiveMemory
from generator.pipeline.request import Mode, Outcome, Request
from generator.pipeline.run import run
from generator.service.build import Built
from generator.service.naming import instance_of
from generator.syntax.globs import Glob
from generator.syntax.reader import try_parse
from generator.syntax.schema.validate import validate
from generator.syntax.wording import listed
from generator.system import clock
from generator.system.files import Folder, Kind, UnreadableFileError, watching
from generator.verify.charts_at_hand import ChartsAtHand
from generator.workspace import naming
from generator.workspace.destinations import destinations_of
from generator.workspace.load import Loader
from generator.workspace.model import Environment, Workspace
from generator.workspace.parsed import Parsed
from generator.workspace.root import WORKSPACE_FILE

if TYPE_CHECKING:
    from generator.pipeline.drift import Wanted
    from generator.service.chart_objects import FindTemplate
    from generator.workspace.model import ServiceSpec

_KIND = re.compile(r"^kind:[ \t]*[\"']?([A-Za-z]+)", re.MULTILINE)
_KINDS = {
    "Pipeline": "pipeline",
    "Environment": "environment",
    "Workspace": "workspace",
    "Strategy": "strategy",
    "ChartProfile": "profile",
    "Rule": "rule",
}


class Study(NamedTuple):
    """What one look at a workspace has brought to light."""

    findings: Mapping[str, list[Diagnostic]] = {}
    """By path."""
    built: Mapping[str, tuple[Built, ...]] = {}
    """The services of the specs that are open, by path of the spec."""
    names: Names = {}  # noqa: RUF012 - never changed
    workspace: Workspace | None = None
    complaint: str = ""
    """Why no rule could be run, where none could."""
    environments: Mapping[str, Environment] = {}
    charts: ChartsAtHand | None = None
    """The charts that the values of services are for; None without a workspace."""
    shared_at_fault: bool = False
    """Whether tiphys.yaml itself keeps everything else from being looked at."""
    own_pages: tuple[Page, ...] = ()
    """The pages of the rules of the workspace itself."""


class Kept:
    """What is kept of a workspace from one study to the next: what other specs generate, and the services that are open."""

    def __init__(self, root: str) -> None:
        """Begin with nothing."""
        self.parsed = Parsed()
        self.memory = LiveMemory(root)
        self.built: dict[str, tuple[Built, ...]] = {}

    def keep(self, made: Mapping[str, list[Built]], held: Mapping[str, bytes]) -> None:
        """Take the services that are open as they were built now, and leave those that were not built again."""
        same = self.built.keys() & held.keys() & self.memory.settled_paths
        self.built = {path: self.built[path] for path in same} | {path: tuple(built) for path, built in made.items()}


def study(root: str, held: Mapping[str, bytes], kept: Kept | None = None) -> Study:
    """Return what is known of a workspace in which the files that are held have other texts than on disk."""
    kept = kept or Kept(root)
    kept.memory.begin(held, clock.nanoseconds())
    parsed, built = kept.parsed, dict[str, list[Built]]()

    def keep(one: Built) -> None:
        path = one.resolved.spec.source.path
        if path in held:
            built.setdefault(path, []).append(one)

    loader = Loader(root, held, parsed=parsed)
    complaint = ""
    services: dict[str, Name] = {}
    found: list[Diagnostic] = []
    workspace: Workspace | None = None
    try:
        workspace = loader.workspace()
        outcome = _outcome(Request(root, Mode.LINT, on_built=keep, tidy=lambda path: path in held, overlay=held), kept)
        found = outcome.diagnostics
        for service, path in filter(all, cast("tuple[tuple[str, str], ...]", outcome.seen)):
            services.setdefault(service, Name(service, path, path))
    except Rejected as rejected:
        found = list(rejected.diagnostics)
    except TiphysError as error:
        complaint = f"{error.message}: {error.hint}" if error.hint else error.message
    if workspace is None or complaint:
        found += [one for path, raw in held.items() if path != WORKSPACE_FILE for one in alone(path, raw, workspace)]
    environments = _environments(loader, workspace) if workspace else {}
    names = _names(loader, workspace, environments) if workspace else {Thing.RULE: _rules(loader)}
    names[Thing.SERVICE] = _sorted(services)
    kept.keep(built, held)
    return Study(
        _by_path(found),
        kept.built,
        names,
        workspace,
        complaint,
        environments,
        ChartsAtHand(loader) if workspace else None,
        workspace is None,
        _own_pages(loader),
    )


def _by_path(found: Sequence[Diagnostic]) -> dict[str, list[Diagnostic]]:
    by_path: dict[str, list[Diagnostic]] = {}
    for item in found:
        by_path.setdefault(item.path, []).append(item)
    return by_path


def _outcome(request: Request, kept: Kept) -> Outcome:
    """Run over what has changed since the last study."""
    with watching.watching(kept.memory.watch):
        return run(request._replace(look=_named, parsed=kept.parsed, memory=kept.memory))


def _named(spec: ServiceSpec, made: Sequence[Built], _find: FindTemplate, _wanted: Mapping[str, Wanted]) -> tuple[str, str]:
    return (spec.name, spec.source.path) if made else ("", "")


def _own_pages(loader: Loader) -> tuple[Page, ...]:
    if not loader.own_rules:
        return ()
    from generator.lint.own_rules import pages_of

    return tuple(pages_of(loader.own_rules))


def alone(path: str, raw: bytes, workspace: Workspace | None) -> list[Diagnostic]:
    """Return what is wrong with a file on its own: as YAML, and by the schema of its kind."""
    kind = kind_of(path, raw.decode("utf-8", "replace"), workspace)
    if not kind or kind == "analysistemplate":
        return []
    source, problems = try_parse(path, raw)
    if source is not None:
        said = {problem.span for problem in problems}
        problems += [problem for problem in validate(source, kind) if problem.span not in said]
    return problems


def kind_of(path: str, text: str, workspace: Workspace | None) -> str:
    """Return the kind of a file, by where it is or else by what it says; empty for one that is not ours."""
    if workspace is not None:
        folder, name = posixpath.split(path)
        if path == WORKSPACE_FILE:
            return "workspace"
        if folder == workspace.environments or folder == "strategies":
            return "environment" if folder == workspace.environments else "strategy"
        if folder.startswith("templates/profiles/") and name == "profile.yaml":
            return "profile"
        if folder == naming.RULES:
            return "rule"
        if any(Glob(glob).match(path) for glob in workspace.specs):
            return "pipeline"
    match = _KIND.search(text)
    if match and match[1] == "AnalysisTemplate":
        return "analysistemplate"
    return _KINDS.get(match[1], "") if match and "tiphys/v1" in text else ""


def _names(loader: Loader, workspace: Workspace, described: Mapping[str, Environment]) -> Names:
    profiles = loader.profiles
    kept = [profile for name in profiles.names() if (profile := profiles.named(name))]
    known = {one.name: Name(one.name, _where(one.source.path), one.source.path) for one in kept}
    claimed = {chart: Name(chart, f"from the profile {one.name}", one.source.path) for chart, one in profiles.claims().items()}
    local = _local_charts(loader.root)
    environments = _with_broken({name: one.source.path for name, one in described.items()}, loader, workspace.environments)
    abstract = {name: Name(name, f"abstract, {path}", path) for name, path in loader.abstract.items()}
    presets = {name: one.source.path for name, one in loader.presets().items()}
    return {
        Thing.ENVIRONMENT: environments,
        Thing.DESTINATION: tuple(_destinations(described)),
        Thing.EXTENDABLE: _sorted({**{one.name: one for one in environments}, **abstract}),
        Thing.PRESET: _with_broken(presets, loader, "strategies"),
        Thing.PROFILE: tuple(known.values()),
        Thing.CHART: _sorted({**claimed, **known, **{name: Name(name, path, path) for name, path in local.items()}}),
        Thing.CHART_FOLDER: tuple(Name(posixpath.dirname(path), name, path) for name, path in sorted(local.items())),
        Thing.RULE: _rules(loader),
        Thing.INSTANCE: _instances(described),
    }


def _instances(environments: Mapping[str, Environment]) -> tuple[Name, ...]:
    """Return the Argo CDs that environments name, each with those that it reads."""
    readers: dict[str, list[str]] = {}
    for name, one in environments.items():
        readers.setdefault(instance_of(one), []).append(name)
    return tuple(Name(instance, f"of {listed(readers[instance])}") for instance in sorted(readers))


def _destinations(environments: Mapping[str, Environment]) -> Iterator[Name]:
    for name, environment in environments.items():
        for one in destinations_of(environment):
            at: Pointer = ("spec", "argocd", "destinations", one)
            part = environment.part(at)
            yield Name(one, f"destination of {name}", part.path, of=name, at=part.span_of_key(at))


def _environments(loader: Loader, workspace: Workspace) -> dict[str, Environment]:
    try:
        return loader.environments(workspace)
    except Rejected:
        return {}  # it is among the findings


def _with_broken(by_name: Mapping[str, str], loader: Loader, folder: str) -> tuple[Name, ...]:
    """Return the names of files, with those of files in a folder that are at fault, as one is while it is being edited."""
    broken = {path for path in loader.broken if posixpath.dirname(path) == folder}
    by_file = {posixpath.splitext(posixpath.basename(path))[0]: path for path in broken}
    return _sorted({name: Name(name, _where(path), path) for name, path in {**by_file, **by_name}.items()})


def _sorted(names: Mapping[str, Name]) -> tuple[Name, ...]:
    return tuple(names[name] for name in sorted(names))


def _local_charts(root: str) -> dict[str, str]:
    paths = {name: f"charts/{name}/Chart.yaml" for name, _ in _entries(root, "charts")}
    return {name: path for name, path in paths.items() if Folder(root).is_file(path)}


def _entries(root: str, folder: str) -> list[tuple[str, Kind]]:
    try:
        return Folder(root).entries(folder)
    except UnreadableFileError:
        return []


def _rules(loader: Loader) -> tuple[Name, ...]:
    own = (Name(str(one.data["metadata"]["name"]), one.data["spec"]["message"], one.path) for one in loader.own_rules)
    return (*(Name(id_, name) for id_, name in catalogue.names().items() if not catalogue.is_fixed(id_)), *own)


def _where(path: str) -> str:
    return "shipped with Tiphys" if path.startswith(SHIPPED) else path
