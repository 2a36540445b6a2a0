"""The files of one service: its Application, values, AnalysisTemplates, and the Rollout next to a Deployment."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from generator.diagnostics import Pointer, dotted
from generator.service.analyses import Analysis, UnbuildableError, template_facts
from generator.service.application import inlined
from generator.service.chart_objects import ChartObjects, FindTemplate, rendered
from generator.service.manifests import path_of, taken
from generator.service.reference import add_reference
from generator.service.root import own_folder
from generator.service.shapes import shaped
from generator.syntax.merge import merge
from generator.syntax.secrets import addresses
from generator.workspace.model import Document, Problem, Profile, Resolved, Workspace
from generator.workspace.output import is_inline


def insist(problems: Iterable[Problem]) -> None:
    """Raise UnbuildableError if there are problems."""
    found = list(problems)
    if found:
        raise UnbuildableError(found)


class Documents:
    """Collects the documents of one service."""

    def __init__(self, resolved: Resolved, workspace: Workspace, context: dict[str, Any], find_template: FindTemplate) -> None:
        self.made: list[Document] = []
        self.resolved = resolved
        self.context = context
        self.find_template = find_template
        self.folder = own_folder(resolved, workspace)
        self.inline = is_inline(resolved.environment)
        """Whether the Application has the values in itself, so that they have no files."""

    def add_application(self, folder: str) -> None:
        """Add the Application, before all others."""
        name = "-".join(filter(None, (self.resolved.service, self.resolved.environment.destination)))
        made = self._document(f"{folder}/{name}.yaml", self._render("application.yaml", {}))
        self.made.insert(0, made._replace(by_own_template=True) if self.find_template("application.yaml").own else made)

    def replace_application(self, folder: str, application: dict[str, Any]) -> dict[str, Any]:
        """Make the Application again from another input of its template; return the one before."""
        before = self.made.pop(0)
        self.context["application"] = application
        self.add_application(folder)
        return before.data

    def values(self) -> dict[str, Any]:
        """Return the values that have no files, the strategy among them."""
        values: dict[str, Any] = {}
        for document in self.made:
            if document.inline:
                values = merge(values, document.data, [])
        return values

    def add_manifest(self, name: str, template: str, at: Pointer, **more: Any) -> None:
        """Add an object, in a file named after it; raises UnbuildableError for an unusable file name."""
        path = path_of(self.folder, name)
        insist(taken(self.made, path, name, at))
        self._add(path, self._render(template, more))

    def add_all(self, home: str, *rest: Any) -> None:
        """Add the Application, in the folder `home`, and what `add_rest` adds.

        An Application that has the values in itself can only be made after them.
        """
        if not self.inline:
            self.add_application(home)
        self.add_rest(*rest)
        if self.inline:
            inlined(self.context["application"]["sources"], self.values())
            self.add_application(home)

    def add_rest(
        self, profile: Profile | None, analyses: Iterable[Analysis], reference: ChartObjects | None, strategy: dict[str, Any]
    ) -> None:
        """Add the values for a chart, the AnalysisTemplates, and the Rollout that takes over the Deployment of `reference`."""
        if profile is not None:
            self.add_values(profile, rollout=bool(strategy) and reference is None)
        for index, analysis in enumerate(analyses):
            at: Pointer = ("rollout", "analysisTemplates", index)
            name = f"analysistemplate-{analysis.name}"
            self.add_manifest(name, "analysistemplate.yaml", at, analysis=template_facts(analysis))
        if reference is not None:
            add_reference(self, reference, self.resolved, strategy)

    def add_values(self, profile: Profile, *, rollout: bool) -> None:
        """Add values.yaml and rollout.yaml: the derived values, with the spec's own values added.

        Values below a key of rollout.yaml go there, so that no chart depends on how Helm merges files.
        """
        free = dict(self.resolved.data.get("values") or {})
        problems: list[Problem] = []
        files = {"rollout": "rollout.yaml"} if rollout else {}
        owned = {name: self._of_profile(profile, file) for name, file in files.items()}
        apart = {key: free.pop(key) for name in owned for key in owned[name] if key in free}
        values = _overlaid(self._of_profile(profile, "values.yaml"), free, ("values",), problems)
        self._add_of_profile(profile, "values.yaml", values)
        for name, data in owned.items():
            mixed = _overlaid(data, {key: apart[key] for key in data if key in apart}, ("values",), problems, depth=2)
            self._add_of_profile(profile, files[name], mixed)
        if problems:
            raise UnbuildableError(problems)

    def _of_profile(self, profile: Profile, file: str) -> dict[str, Any]:
        return rendered(f"{profile.folder}/{file}", self.resolved, self.context, self.find_template)

    def _render(self, name: str, more: dict[str, Any]) -> dict[str, Any]:
        template = self.find_template(name)
        data = shaped(template, name, {**self.context, **more} if more else self.context)
        for at in addresses.places(data) if template.own else ():  # the inputs of all templates were checked in their files
            message = f"template {name} writes an address with credentials to `{dotted(at)}`"
            raise UnbuildableError([Problem("TP051", (), message, "remove the credentials from its inputs")])
        return data

    def _add_of_profile(self, profile: Profile, file: str, data: dict[str, Any]) -> None:
        own = self.find_template(f"{profile.folder}/{file}").own
        made = self._document(f"{self.folder}/{file}", data, inline=self.inline)
        self.made.append(made._replace(by_own_template=True) if own else made)

    def _add(self, path: str, data: dict[str, Any]) -> None:
        self.made.append(self._document(path, data))

    def _document(self, path: str, data: dict[str, Any], *, inline: bool = False) -> Document:
        resolved, environment = self.resolved, self.resolved.environment
        origin = resolved.spec.source.path
        return Document(path, data, origin, resolved.service, environment.name, environment.destination, inline)


_NAMES = ("fullnameOverride", "applicationName", "forceRename")
_NAMED = "set `chart.fullname` instead, or `chart.fullname: null` to leave the names to the chart and its values"


def _overlaid(
    owned: dict[str, Any], free: dict[str, Any], at: Pointer, problems: list[Problem], depth: int = 32
) -> dict[str, Any]:
    """Return the derived values with the spec's own values added; a value that both set is a problem.

    Mappings deeper than `depth` count as one value: a strategy merged from two sources would be invalid.
    """
    if not free:
        return owned
    result = dict(owned)
    for key, value in free.items():
        here = (*at, key)
        if key not in owned:
            result[key] = value
        elif depth > 1 and isinstance(owned[key], dict) and isinstance(value, dict):
            result[key] = _overlaid(owned[key], value, here, problems, depth - 1)
        elif owned[key] != value or type(owned[key]) is not type(value):
            message = f"`{dotted(here)}` is set by Tiphys from other fields of the spec"
            hint = "set that field instead (image, images, replicas, autoscaling, rollout)"
            problems.append(Problem("TP301", here, message, _NAMED if key in _NAMES else hint))
    return result
