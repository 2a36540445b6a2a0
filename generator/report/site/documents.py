"""Which words each kind of document is made of: the way from a template's leaves to who speaks of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from generator.report.site.trail import NOWHERE, Links, Trail, Voices, below, voices_at, voices_of
from generator.service.analyses import Analysis
from generator.service.application import SYNC_OPTIONS
from generator.service.build import Built
from generator.service.chart import chart_of
from generator.service.chart_objects import FindTemplate
from generator.service.resolve import ITSELF
from generator.syntax.reader import parse
from generator.workspace.model import Document, Workspace

_WORD = re.compile(
    r"(?<![\w.'\"])(images?(?:ByTag)?|replicas|autoscaling|metrics|chart|strategy|rollbackWindow|labels|values"
    r"|workload|service|environment|application|analysis|fullname(?:Override)?|release)((?:\.\w+)*)"
)
_HOMES: Mapping[str, tuple[str, ...]] = {
    "imageByTag": ("image",),
    "imagesByTag": ("images",),
    "metrics": ("autoscaling",),
    "strategy": ("rollout", "strategy"),
    "rollbackWindow": ("rollout", "rollbackWindow"),
}
"""Where the names that templates use are in a service, if they differ."""


_CHART_FIELDS = {
    ("chart", False): "name",
    ("targetRevision", False): "version",
    ("repoURL", False): "repository",
    ("path", True): "path",
    ("repoURL", True): "repoURL",
    ("targetRevision", True): "revision",
}
"""The fields of `chart` that the fields of its source come from, by whether the source is a Git repository."""
_NAME_LABEL = "app.kubernetes.io/name"


def _name_in(analysis: Analysis) -> str:
    """Return the field of an inline AnalysisTemplate that holds its name."""
    return "metadata" if analysis.metadata else "name"


class Shapes:
    """The structure of templates, each read once."""

    def __init__(self) -> None:
        self._known: dict[bytes, Any] = {}
        self._words: dict[str, tuple[tuple[str, ...], ...]] = {}

    def of(self, relative: str, find: FindTemplate) -> Any:
        """Return a template as data."""
        template = find(relative)
        if template.raw not in self._known:
            self._known[template.raw] = parse(template.path, template.raw).data
        return self._known[template.raw]

    def words(self, leaf: str) -> tuple[tuple[str, ...], ...]:
        """Return the names that an expression is made of, those that say most first."""
        if leaf not in self._words:
            found = [(name, *rest.split(".")[1:]) for name, rest in _WORD.findall(leaf)]
            self._words[leaf] = tuple(sorted(found, key=lambda words: -len(words)))
        return self._words[leaf]


class Tracer:
    """Finds the way back for all documents of one service in one environment."""

    def __init__(self, built: Built, workspace: Workspace, links: Links, shapes: Shapes) -> None:
        self._built = built
        self._resolved = built.resolved
        self._workspace = workspace
        self._links = links
        self._shapes = shapes
        self._all = voices_of(built.resolved, links)
        self._at: dict[tuple[str | int, ...], Voices] = {}
        self._own_argocd = self._at_pointer(("argocd",))

    def links(self, document: Document, find: FindTemplate) -> list[str]:
        """Return the link of every line of a document, the first line that names its origin included."""
        trail = Trail()
        trail.lines.append(NOWHERE)
        plain = next((one for one in self._built.manifests if one.path == document.path), None)
        if plain is not None:
            written = plain.item.source is None
            voices = self._at_pointer(plain.item.at if written else plain.entry)
            trail.block(document.data, voices if written else (), self._link(voices))
            return trail.lines
        self._shaped(trail, document.data, self._shapes.of(self._template(document), find), self._at_pointer(("values",)))
        return trail.lines if document.data else [*trail.lines, NOWHERE]  # no values at all are one line, too

    def _template(self, document: Document) -> str:
        """Return the path of the template that a document was made by."""
        folder, _, name = document.path.rpartition("/")
        if folder.endswith("/manifests"):
            kinds = {"AnalysisTemplate": "analysistemplate", "Service": "service"}
            return f"{kinds.get(document.data.get('kind', ''), name.removesuffix('.yaml'))}.yaml"
        if document.data.get("kind") == "Application":
            return "application.yaml"
        return f"{self._built.profile.folder}/{name}"

    def _at_pointer(self, pointer: tuple[str | int, ...]) -> Voices:
        if pointer not in self._at:
            self._at[pointer] = voices_at(self._resolved, self._all, pointer)
        return self._at[pointer]

    def _shaped(self, trail: Trail, node: Any, shape: Any, free: Voices) -> None:
        """Add the lines of a map that a template has arranged; keys that it does not have are free values."""
        other = next((value for key, value in shape.items() if "{{" in key), None)
        for key, value in node.items():
            inner = shape.get(key, other)
            if inner is None:
                trail.entry(value, below(free, key), NOWHERE)
            elif isinstance(inner, dict) and isinstance(value, dict) and value:
                since = len(trail.lines)
                trail.lines.append(NOWHERE)
                self._shaped(trail, value, inner, below(free, key))
                trail.heading(since)
            elif isinstance(inner, str) and "{{" in inner:
                self._leaf(trail, value, inner)
            else:
                trail.entry(value, (), NOWHERE)

    def _leaf(self, trail: Trail, value: Any, leaf: str) -> None:
        """Add the lines of what one expression gave."""
        for words in self._shapes.words(leaf):
            if words[0] == "application":
                self._of_application(trail, words[1], value)
                return
            voices = self._spoken(words, value)
            if voices:
                trail.entry(value, voices, NOWHERE)
                return
        trail.entry(value, (), NOWHERE)

    def _spoken(self, words: tuple[str, ...], value: Any) -> Voices:
        name, *rest = words
        if name in ("fullname", "fullnameOverride"):
            return self._at_pointer(ITSELF) or self._metadata("name")
        if name == "release":
            return self._argocd("releaseName") or self._metadata("name")
        if name in ("service", "labels"):
            return self._metadata("name" if name == "service" else "labels")
        if name == "environment":
            return self._environment("metadata", "name")
        if name == "analysis":
            return self._of_analysis(rest, value)
        if name == "workload":
            home = {"replicas": "replicas", "kind": "rollout"}.get(rest[0] if rest else "")
            return self._at_pointer((home,)) if home else ()
        return self._at_pointer((*_HOMES.get(name, (name,)), *rest))

    def _of_analysis(self, rest: list[str], value: Any) -> Voices:
        for index, analysis in enumerate(self._built.analyses):
            if value not in (analysis.name, analysis.spec):
                continue
            if analysis.source is not None:
                return self._links.voice(analysis.source, "a", "spec")
            return below(self._at_pointer(("rollout", "analysisTemplates", index)), rest[0] if rest else _name_in(analysis))
        return ()

    def _metadata(self, field: str) -> Voices:
        return self._links.voice(self._resolved.spec.source, "s", "metadata", field)

    def _environment(self, *pointer: str) -> Voices:
        """Return who speaks of a place in the files of the environment, lowest first."""
        environment = self._resolved.environment
        if not environment.extended:
            return self._links.voice(environment.source, "e", *pointer)
        return tuple(voice for part in environment.parts for voice in self._links.voice(part, "e", *pointer))

    def _argocd(self, setting: str) -> Voices:
        """Return who speaks of a setting of Argo CD: the environment, and the service itself."""
        shared = self._environment("spec", "argocd", setting)
        return (*shared, *below(self._own_argocd, setting)) if self._own_argocd else shared

    def _of_application(self, trail: Trail, fact: str, value: Any) -> None:
        """Add the lines of one of the facts of an Application."""
        if fact in ("source", "sources"):
            self._of_sources(trail, [value] if fact == "source" else value)
            return
        on_delete = self._argocd("onDelete")
        if fact == "labels":
            voices = (*self._metadata("labels"), *self._argocd("labels"))
        elif fact in ("name", "finalizers"):
            voices = self._argocd("applicationName") if fact == "name" else on_delete
        else:
            voices = self._argocd(fact)
        if fact in ("annotations", "labels"):
            known = {SYNC_OPTIONS: on_delete, _NAME_LABEL: self._metadata("name")}
            trail.lines.append(self._link(voices))
            for key, text in value.items():
                trail.entry(text, below(voices, key) or known.get(key, ()), NOWHERE)
        else:
            derived = self._at_pointer(("rollout",)) or self._at_pointer(("autoscaling",))
            trail.entry(value, voices, self._link(derived) if fact == "ignoreDifferences" else NOWHERE)

    def _link(self, voices: Voices) -> str:
        return voices[-1].link if voices else NOWHERE

    def _of_sources(self, trail: Trail, value: Any) -> None:
        """Add the lines of the chart's source and of the config repository's."""
        trail.lines.append(self._link(self._at_pointer(("chart",)) or self._at_pointer(("source",))))
        chart = chart_of(self._resolved)
        for item in value:
            in_git = "chart" not in item
            is_elsewhere = in_git and item["repoURL"] == chart.git
            for key, inner in item.items():
                if in_git and not is_elsewhere and key in ("repoURL", "targetRevision"):
                    voices = self._links.voice(self._workspace.source, "c", "spec", key)
                elif key == "repoURL" and not (is_elsewhere or chart.is_own_repository):
                    voices = self._environment("spec", "chart", "repository")
                else:
                    field = _CHART_FIELDS.get((key, in_git), "")
                    voices = self._at_pointer(("chart", field)) if field and "ref" not in item else ()
                trail.entry(inner, voices, NOWHERE)
