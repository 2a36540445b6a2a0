"""Cells with their settings: what each Application deploys, in the words of a spec."""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from generator.adopt import versions
from generator.adopt.choosing import Choice, Chooser, Fitted
from generator.adopt.fitting import Release
from generator.adopt.folder_parts import FromFolder
from generator.adopt.grouping import Cell
from generator.adopt.kustomized import Kustomized, kustomized
from generator.adopt.lifting import Lifted
from generator.adopt.model import Note, UnavailableError
from generator.adopt.parts import FromHelm, Part
from generator.adopt.releases import Releases
from generator.adopt.repositories import Repositories
from generator.adopt.same_charts import same_charts
from generator.adopt.selecting import is_copied, is_nameable
from generator.adopt.settings import ARGOCD, PLACEHOLDER, Settings, chart_of, settings_of
from generator.kubernetes import manifests
from generator.kubernetes.objects import KubeObject
from generator.service.expansion import words_in
from generator.syntax.emit import EmitError, emit
from generator.syntax.schema.validate import incomplete
from generator.system.files import Folder, UnreadableFileError, roots

_MANIFEST = (".yaml", ".yml")


class Deployed(NamedTuple):
    """A cell with what it deploys."""

    cell: Cell
    parts: tuple[Part, ...]
    main: tuple[KubeObject, ...]
    """The objects of its first part."""
    others: tuple[KubeObject, ...]

    @property
    def before(self) -> tuple[KubeObject, ...]:
        """All its objects."""
        return (*self.main, *self.others)


class Carried(NamedTuple):
    """What goes into a workspace."""

    settings: tuple[Settings, ...]
    profiles: Mapping[str, bytes]
    """Files of profiles by path."""
    files: Mapping[str, bytes]
    """Files of plain manifests next to specs, and values files that are added to charts, by path."""
    choices: Mapping[str, Choice]
    """By what reports call the charts."""
    lifted: Mapping[tuple[str, str], Lifted]
    """By service and environment."""
    notes: tuple[Note, ...]
    refused: tuple[Note, ...]
    """Applications that a spec cannot hold."""

    @property
    def keys(self) -> set[tuple[str, str]]:
        """The services and environments that it has."""
        return {one.cell.key for one in self.settings}

    def placed(self, place: Callable[[Cell], Cell]) -> Carried:
        """Return it with other places in the table of services and environments."""
        keys = {one.cell.key: place(one.cell).key for one in self.settings}
        return self._replace(
            settings=tuple(one._replace(cell=place(one.cell)) for one in self.settings),
            lifted={keys[key]: lifted for key, lifted in self.lifted.items() if key in keys},
        )


def carried(deployed: Sequence[Deployed], chooser: Chooser, repositories: Repositories) -> Carried:
    """Return the settings of cells."""
    releases: dict[tuple[str, str], tuple[Release, list[Note]]] = {}
    refused: dict[tuple[str, str], Note] = {}
    found = Releases(chooser.fitter.gives, chooser.fitter.renders, repositories)
    for one in deployed:
        try:
            _insist(one, repositories)
            if isinstance(one.parts[0], FromHelm):
                releases[_key(one)] = found.of(one.cell, one.parts[0], one.main)
        except UnavailableError as error:
            refused[_key(one)] = one.cell.found.left_out(error.pointer, error.message)
    choices, fitted = _chosen(releases, chooser)
    lifted = {key: fit.lifted for key, fit in fitted.items()}
    made: list[Settings] = []
    files: dict[str, bytes] = {}
    notes: list[Note] = []
    for one in (one for one in deployed if _key(one) not in refused):
        key, main, folder = _key(one), one.parts[0], Kustomized()
        if isinstance(main, FromHelm):
            chart, fields = _of_chart(main, releases[key][0], fitted[key], repositories)
        else:
            folder = kustomized(one.cell.found, one.cell.service, main, one.main)
            chart, fields = dict(folder.folder), dict(folder.fields)
        settings = settings_of(one.cell, list(one.parts), chart, fields | _manifests(one, files), repositories, _namespace(one))
        settings = settings._replace(versions=versions.files_of(one.cell.found, main, lifted.get(key), settings.data))
        why = _unwritable(settings)
        if why:
            refused[key] = one.cell.found.left_out(main.pointer, f"a spec cannot hold it: {why}")
            continue
        made.append(settings)
        notes += [*(releases[key][1] if key in releases else ()), *folder.notes, *settings.notes]
        notes += [*_overrides(one), *_placeholders(one)]
    profiles = {path: content for choice in choices.values() for path, content in choice.files.items()}
    return Carried(tuple(made), profiles, found.files | files, choices, lifted, tuple(notes), tuple(refused.values()))


def _overrides(one: Deployed) -> list[Note]:
    """Return the files that override what the Application says: Argo CD reads them whatever a spec says."""
    why = f"the spec has what it sets for {one.cell.found.title}; remove it after the switch, or Argo CD prefers it to the spec"
    paths = [path for part in one.parts for path in part.overrides]
    return [Note(roots.below(path, roots.absolute(".")), 1, "this file", why) for path in paths]


def _placeholders(one: Deployed) -> Iterator[Note]:
    """Yield the texts in plain manifests next to a chart that Tiphys replaces."""
    for part in (part for part in one.parts[1:] if isinstance(part, FromFolder)):
        for item in (item for item in part.objects if item.source is not None):
            for pointer, word in words_in(item.data):
                source = manifests.source_of(item)
                path = roots.below(posixpath.join(part.root, source.path), roots.absolute("."))
                line = source.span_of((*item.at, *pointer)).line
                yield Note(path, line, f"{one.cell.found.title}: {item.title}: `{{{word}}}`", PLACEHOLDER)


def _of_chart(
    part: FromHelm, release: Release, fitted: Fitted, repositories: Repositories
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what a spec says of the chart of a cell, and the fields of the service."""
    chart = chart_of(part, [layer.name for layer in release.kept], repositories) | (
        {"profile": fitted.profile} if fitted.profile else {}
    )
    chart |= {} if fitted.is_none else {"fullname": fitted.lifted.fullname}
    return chart, {**fitted.lifted.fields, "values": fitted.lifted.values}


def _namespace(one: Deployed) -> str:
    """Return the namespace of most objects of an Application."""
    found = Counter(item.namespace for item in one.before if item.namespace)
    return found.most_common(1)[0][0] if found else ARGOCD


def _unwritable(settings: Settings) -> str:
    """Return why settings cannot be written as a spec; empty if they can."""
    chart = {key: value for key, value in (settings.data.get("chart") or {}).items() if value is not None}
    try:
        emit({**settings.data, "chart": chart})
    except EmitError as error:
        return str(error)
    where = {"source": settings.data["source"]} if "source" in settings.data else {"chart": chart}
    return next((wrong[2] for wrong in incomplete("service", {"chart": {"name": "x"}, **where})), "")


def _key(one: Deployed) -> tuple[str, str]:
    return one.cell.key


def _insist_path(part: Part, repositories: Repositories) -> None:
    """Raise UnavailableError for a path that a spec cannot name."""
    if is_nameable(part.path) or (isinstance(part, FromFolder) and is_copied(part) and repositories.is_here(part.data)):
        return
    hidden = next((name for name in part.path.split("/") if name != "." and name.startswith(".")), "")
    why = f"the hidden directory `{hidden}`" if hidden else "no directory of its own: it is in the root of the repository"
    raise UnavailableError((*part.pointer, "path"), f"its path has {why}, which a spec cannot name; move it")


def _insist(one: Deployed, repositories: Repositories) -> None:
    """Raise UnavailableError for an Application that a spec cannot hold."""
    if not one.parts:
        raise UnavailableError(("spec",), "it has no source with objects")
    _insist_path(one.parts[0], repositories)
    for part in one.parts[1:]:
        if isinstance(part, FromHelm) or part.kind != "directory":
            what = "a second chart" if isinstance(part, FromHelm) else "a kustomization besides its first source"
            raise UnavailableError(
                part.pointer, f"it has {what}; a spec has one chart or one kustomization, so split it in two"
            )


def _chosen(
    releases: Mapping[tuple[str, str], tuple[Release, list[Note]]], chooser: Chooser
) -> tuple[dict[str, Choice], dict[tuple[str, str], Fitted]]:
    choices: dict[str, Choice] = {}
    fitted: dict[tuple[str, str], Fitted] = {}
    keys = {id(release): key for key, (release, _) in releases.items()}
    for chart in same_charts([release for release, _ in releases.values()]):
        choices[chart.title] = choice = chooser.choose(chart)
        fitted |= {keys[id(release)]: one for release, one in zip(chart.releases, choice.fitted, strict=True)}
    return choices, fitted


def _manifests(one: Deployed, files: dict[str, bytes]) -> dict[str, Any]:
    """Return the plain manifests of an Application besides its chart, whose files are added."""
    names: list[str] = []
    for part in one.parts[1:]:
        if not isinstance(part, FromFolder):
            continue
        for path in dict.fromkeys(item.source.path for item in part.objects if item.source):
            try:
                content = Folder(part.root).read(path)
            except UnreadableFileError:
                continue
            name = f"manifests/{posixpath.relpath(path, part.path)}"
            name = name if name.endswith(_MANIFEST) else f"{posixpath.splitext(name)[0]}.yaml"
            if files.get(f"services/{one.cell.service}/{name}", content) != content:
                name = f"manifests/{one.cell.environment}/{name.removeprefix('manifests/')}"
            files[f"services/{one.cell.service}/{name}"] = content
            names.append(name)
    return {"manifests": names} if names else {}
