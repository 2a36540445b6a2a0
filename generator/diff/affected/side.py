"""One side of a comparison: the output of a workspace, and the files that affect it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, cast

from generator.diagnostics import Severity
from generator.diff.affected.files import Tree
from generator.diff.side import Scope
from generator.errors import ConfigError, Rejected
from generator.history.ledger.uncommitted import OnDisk
from generator.pipeline.drift import Wanted
from generator.pipeline.run import Mode, Request, run
from generator.service.build import Built
from generator.service.chart import chart_of
from generator.service.chart_objects import FindTemplate
from generator.service.folder_source import folder_of
from generator.workspace.load import Loader
from generator.workspace.model import ServiceSpec, Workspace
from generator.workspace.root import WORKSPACE_FILE

Key = tuple[str, str]
"""Service and environment."""


class Rendered(NamedTuple):
    """One service in one environment: its output, and the files that affect it."""

    spec: str
    """The path of the spec."""
    output: tuple[tuple[str, bytes], ...] | None
    """The generated files; None where nothing could be rendered."""
    assumed: Any
    """What else decides what the manifests amount to: the versions of the cluster."""
    paths: frozenset[str]
    """The files that affect it."""
    folders: frozenset[str]
    """The folders in which every file has a say."""
    charts: frozenset[str] = frozenset()
    """The folders of charts in the workspace that it is rendered by."""
    destinations: frozenset[str] = frozenset()
    """The destinations that it is deployed to; empty for an environment without any."""


Seen = tuple[tuple[Key, Rendered], ...]


class Side(NamedTuple):
    """A workspace at one moment."""

    root: str
    pairs: dict[Key, Rendered]
    roots: dict[str, tuple[str, bytes]]
    """By environment: the file that its root Application is made from, and the Application."""
    nameless: tuple[str, ...] = ()
    """Specs whose service name cannot be read."""
    complaint: str = ""
    """Why nothing could be rendered; empty if rendering succeeded."""

    @property
    def files(self) -> Tree:
        """The files that it is read from."""
        return Tree(self.root)


def render(root: str, scope: Scope) -> Side:
    """Return what a workspace renders to, as far as it is asked for. Raises ConfigError or Rejected if it is not a workspace."""
    workspace = Loader(root).workspace()
    services, only = scope
    if services is not None and not services:
        return Side(root, {}, {})
    names = tuple(sorted(services or ())), tuple(sorted(only or ()))
    outcome = run(Request(root, Mode.LINT, *names, look=_look, holds_values=False))
    if outcome.workspace is None:
        raise Rejected(outcome.diagnostics)
    files: dict[Key, list[tuple[str, bytes]]] = {}
    roots = {}
    for path, wanted in sorted(outcome.wanted.items()):
        if wanted.service:
            files.setdefault((wanted.service, wanted.environment), []).append((path, wanted.content))
        else:
            roots[wanted.environment] = (wanted.origin, wanted.content)
    broken = {
        (item.service, environment)
        for item in outcome.diagnostics
        if item.service and item.severity is Severity.ERROR
        for environment in item.environments  # one cause is told once for all of them
    }
    pairs = {
        key: one._replace(output=None if key in broken else tuple(files.get(key, ())))
        for seen in cast("Sequence[Seen]", outcome.seen)
        for key, one in seen
    }
    nameless = (
        _add_failed(root, workspace, pairs, scope)
        if any(item.severity is Severity.ERROR for item in outcome.diagnostics)
        else ()
    )
    return Side(root, pairs, roots, tuple(nameless))


def render_past(root: str, scope: Scope) -> Side:
    """Return what a workspace of the past renders to: nothing, and why, where it cannot be read."""
    try:
        return render(root, scope)
    except ConfigError as error:
        return Side(root, {}, {}, complaint=error.message.replace(root, "the workspace"))
    except Rejected as rejected:
        first = rejected.diagnostics[0]
        return Side(root, {}, {}, complaint=f"{first.path}: {first.message}")


def _look(_spec: ServiceSpec, made: Sequence[Built], _find: FindTemplate, _wanted: Mapping[str, Wanted]) -> Seen:
    """Return what is known of each environment of a service but for its files, as plain data that any process can make."""
    found: dict[Key, Rendered] = {}
    for one in made:
        key, rendered = (one.resolved.service, one.resolved.environment.name), _rendered(one)
        found[key] = _joined(found[key], rendered) if key in found else rendered
    return tuple(found.items())


def _joined(one: Rendered, other: Rendered) -> Rendered:
    """Return what is known of two destinations of one environment, as one."""
    return one._replace(
        paths=one.paths | other.paths,
        folders=one.folders | other.folders,
        charts=one.charts | other.charts,
        destinations=one.destinations | other.destinations,
    )


def _rendered(built: Built) -> Rendered:
    resolved = built.resolved
    paths = {WORKSPACE_FILE, resolved.spec.source.path, *(part.path for part in resolved.environment.parts)}
    paths |= {layer.source.path for layer in resolved.layers}
    paths |= {analysis.source.path for analysis in built.analyses if analysis.source}
    paths |= {one.item.source.path for one in built.manifests if one.item.source}
    chart, source = resolved.data.get("chart"), folder_of(resolved)
    if chart is None:
        charts = frozenset(built.stock.folders if built.stock else ())
    else:
        charts = frozenset([chart_of(resolved).folder or f"charts/{chart['name']}"])
    folders = frozenset(["templates", f"templates/{built.profile.folder}"])
    assumed = (
        resolved.environment.spec.get("target"),
        chart or source,
        (resolved.environment.spec.get("chart") or {}).get("repository"),
    )
    destinations = frozenset(filter(None, [resolved.environment.destination]))
    return Rendered(resolved.spec.source.path, (), assumed, frozenset(paths), folders, charts, destinations)


_FOLDER_NAME = re.compile(rb"\bpath:\s*[\"']?([A-Za-z0-9_][-A-Za-z0-9_./]*)")
"""What a spec may say of the folder of its chart, or of the folder in its place."""
_PATH = re.compile(rb"[-A-Za-z0-9_./]+")
_FILE_NAME = re.compile(rb".+\.ya?ml\b")


def _add_failed(root: str, workspace: Workspace, pairs: dict[Key, Rendered], scope: Scope) -> Iterator[str]:
    """Add what could not be built, with every file that may be why; return the specs that name no service."""
    on_disk = OnDisk(root, workspace)
    files = Tree(root)
    shared = {WORKSPACE_FILE} | {path for folder in ("strategies", workspace.environments) for path in files.below(folder)}
    shared |= {named for path in sorted(shared) for named in _named_in(files, path)}
    for service in on_disk.services:
        path = on_disk.path(service)
        for environment in on_disk.deployed_to(service):
            if (service, environment) not in pairs and scope.has(service, environment):
                paths = frozenset({path, *_named_in(files, path), *shared})
                own = frozenset(match[1].decode("ascii") for match in _FOLDER_NAME.finditer(files.read(path) or b""))
                pairs[service, environment] = Rendered(path, None, None, paths, frozenset(["strategies", "templates"]), own)
    return iter(on_disk.nameless)


def _named_in(files: Tree, path: str) -> Iterator[str]:
    """Yield the files that a file may name: analysis templates, counted from its own folder."""
    found = (match[0].lstrip(b"-./") for match in _PATH.finditer(files.read(path) or b""))
    for match in filter(None, map(_FILE_NAME.match, found)):
        yield posixpath.normpath(posixpath.join(posixpath.dirname(path), match[0].decode("ascii")))
