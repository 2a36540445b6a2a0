"""Lint plain manifests, without a workspace: what `helm template` and others write, or a repository as Argo CD reads it."""

from __future__ import annotations

import posixpath
import shlex
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from generator.errors import ConfigError
from generator.kubernetes.admission import POLICY
from generator.kubernetes.applicationsets.expansion import APPLICATION_SET
from generator.kubernetes.repository import normal
from generator.kubernetes.sets import Build, File, divide
from generator.lint import settings, suppressions
from generator.lint.users import MOST_TOGETHER, NONE, OwnRules
from generator.pipeline import at_hand, reading
from generator.pipeline.policies import Policies
from generator.pipeline.request import Outcome
from generator.pipeline.verdict import Judge
from generator.service.place import once_per_cause
from generator.syntax.budget import Budget
from generator.syntax.secrets.redaction import told
from generator.syntax.wording import renew_suggestions

if TYPE_CHECKING:
    from generator.diagnostics import Diagnostic
    from generator.kubernetes.objects import KubeObject
    from generator.lint.schemas import Schemas
    from generator.pipeline.at_hand import AtHand
    from generator.pipeline.reading import Asked, Read
    from generator.system.files import Folder


class LeftOut(NamedTuple):
    """What was not linted, and why."""

    charts: tuple[str, ...]
    """Folders of Helm charts, whose templates must be rendered before they can be linted."""
    kustomizations: tuple[tuple[str, str], ...]
    """Kustomizations that were not built, each with the reason."""
    ingredients: int
    """Files that are linted only as what kustomize builds of them."""
    unexpanded: tuple[tuple[str, str], ...]
    """Files with ApplicationSets of which not all Applications are known, each with the reason."""


class _Set(NamedTuple):
    """Objects that are applied together."""

    objects: Sequence[KubeObject]
    of: AtHand
    namespace: str = ""
    text: str = ""
    """What they were built as: messages must not show the secrets in it."""
    folder: str | None = None
    """The folder that they are applied from; None for files that the user named."""


class Linted(NamedTuple):
    """The findings in manifests."""

    outcome: Outcome
    objects: int
    sets: int
    left_out: LeftOut
    unknown: tuple[str, ...]
    """The kinds without a schema, each with its apiVersion."""
    overlay: dict[str, bytes]
    """What was read from stdin, by the name that it is reported with."""
    text: Callable[[str], str]
    """Returns the text of a file that was read; empty for a refused one."""
    fails: bool
    """Whether a finding reaches the fail level."""


def lint(asked: Asked) -> Linted:
    """Return the problems of the manifests at the paths; raises ConfigError if there are none."""
    from generator.lint import crds
    from generator.lint import manifests as plain
    from generator.lint.schema_versions import installed
    from generator.lint.schemas import Schemas

    renew_suggestions()
    read = reading.read(asked)
    sets, left_out = _sets(read, Budget(), together=asked.together)
    if not any(one.objects for one in sets) and not read.diagnostics:
        raise ConfigError(f"no Kubernetes objects found in {', '.join(asked.paths)}", _hint(left_out))
    custom = crds.schemas([*_definitions(asked), *_of_kind(one.objects for one in sets)])
    version = asked.target.kubernetes
    schemas = Schemas(version, only_argo=not version and not installed(), custom=custom)
    together, beside = Budget(MOST_TOGETHER), _beside(asked, asked.own)
    own = _own_rules(asked, beside, together)
    policies = Policies([one.objects for one in sets], beside, together)
    found = [*read.diagnostics, *own.problems]
    for one in sets:
        admitting = policies.of(one.objects)
        found += admitting.problems
        some = plain.lint(
            one.objects,
            schemas,
            strict_references=asked.strict_references,
            namespace=one.namespace,
            sets=one.of.sets,
            elsewhere=one.of.elsewhere(one.objects),
            target=asked.target,
            own=(*own.rules, *admitting.rules),
        )
        found += [told(item, "", one.text) for item in some] if one.text else some
    for of in dict.fromkeys(id(one.of) for one in sets):
        found += _of_repository([one for one in sets if id(one.of) == of])
    names = policies.names | {rule.name for rule in own.rules}
    judge = Judge(settings.Settings({}, asked.rules), suppressions.Suppressions(read.ignores, names), None)
    outcome = _judged(found, judge, plain.RULES | names)
    fails = outcome.blocked and judge.fail_level != "never"
    objects, texts = sum(len(one.objects) for one in sets), read.overlay
    unknown = {f"{item.api_version} {item.kind}" for one in sets for item in one.objects if _lacks(item, schemas)}
    return Linted(
        outcome, objects, len(sets), left_out, tuple(sorted(unknown)), texts, lambda name: reading.text_of(read, name), fails
    )


def names_of_own_rules(asked: Asked) -> frozenset[str]:
    """Return the names of the rules and policies of the user."""
    paths = tuple(path for path in asked.paths if path != "-")
    return frozenset(item.name for item in _beside(asked, (*asked.own, *paths)) if item.kind in ("Rule", POLICY))


def _own_rules(asked: Asked, beside: Sequence[KubeObject], together: Budget) -> OwnRules:
    """Return the rules of the user; raises ConfigError if the paths have neither rules nor policies."""
    from generator.lint.own_rules import of_objects

    items = [item for item in beside if (item.api_version, item.kind) == ("tiphys/v1", "Rule")]
    if asked.own and not items and not any(item.kind == POLICY for item in beside):
        hint = f"pass files or folders with `kind: Rule` or `kind: {POLICY}`"
        raise ConfigError(f"no rules found in {', '.join(asked.own)}", hint)
    return of_objects(items, together) if items else NONE


def _beside(asked: Asked, paths: tuple[str, ...]) -> list[KubeObject]:
    """Return the documents at paths that are not linted themselves."""
    if not paths:
        return []
    read = reading.read(asked._replace(paths=paths))
    return [
        item
        for some in (read.objects, *(file.objects for _, files in read.trees.values() for file in files.values()))
        for item in some
    ]


def _definitions(asked: Asked) -> list[KubeObject]:
    """Return the CustomResourceDefinitions that are only there to check against."""
    if not asked.crds:
        return []
    found = _of_kind([_beside(asked, asked.crds)])
    if not found:
        raise ConfigError(f"no CustomResourceDefinition found in {', '.join(asked.crds)}", "pass files or folders of CRDs")
    return found


def _of_kind(objects: Iterable[Iterable[KubeObject]]) -> list[KubeObject]:
    from generator.workspace.definitions import DEFINITION

    return [item for some in objects for item in some if (item.group, item.kind) == DEFINITION]


def _lacks(item: KubeObject, schemas: Schemas) -> bool:
    """Tell whether nothing knows the fields of an object; Kubernetes itself has all of its kinds."""
    return bool(item.kind) and not item.is_built_in and not schemas.knows(item)


def _of_repository(sets: Sequence[_Set]) -> list[Diagnostic]:
    """Return the problems of a repository as a whole."""
    from generator.lint import manifests as plain

    of = sets[0].of
    folders = {posixpath.relpath(one.folder or ".", of.root or "."): one.objects for one in sets if one.folder is not None}
    repository = of.repository._replace(folders={normal(folder): objects for folder, objects in folders.items()})
    items = list({id(item.data): item for one in sets for item in one.objects}.values())
    text = "\n---\n".join(one.text for one in sets if one.text)
    found = plain.lint_repository(items, repository, of.sets)
    return [told(item, "", text) for item in found] if text else found


def _judged(found: list[Diagnostic], judge: Judge, rules: frozenset[str]) -> Outcome:
    kept = judge.kept(once_per_cause(found))
    kept += judge.about_suppressions(lambda _path, rule: rule in rules)
    return Outcome(None, sorted(kept, key=lambda one: one.order), judge=judge)


def _hint(left_out: LeftOut) -> str:
    if left_out.charts:
        return f"render the chart first: helm template {shlex.quote(left_out.charts[0])} | tiphys lint --manifests -"
    if left_out.kustomizations:
        path, why = left_out.kustomizations[0]
        return f"{path} was not built: {why}"
    return "pass files that contain manifests"


def _sets(read: Read, budget: Budget, *, together: bool) -> tuple[list[_Set], LeftOut]:
    """Return what is applied together, and what is left out."""
    sets = [_Set(read.objects, _of_named(read, budget))] if read.objects else []
    skipped: list[tuple[str, str]] = []
    ingredients = 0
    for folder, files in read.trees.values():
        items = [item for file in files.values() for item in file.objects]
        names = {door.path: name for name, door in read.doors.items() if door.folder.path == folder.path}
        of = at_hand.look(folder, files, items, lambda path, names=names: names.get(path, path), budget)  # type: ignore[misc]
        divided = divide(files.values(), of.applications, of.root)
        ingredients += divided.ingredients
        plain = [(one, [item for file in one.files for item in file.objects]) for one in divided.plain]
        sets += [_Set(objects, of, one.namespace, folder=one.folder) for one, objects in plain if objects]
        sets += _built(read, folder, files, divided.builds, skipped, of)
    unexpanded = tuple(dict.fromkeys(found for one in sets for found in _unexpanded(one)))
    if together and sets:
        whole = [item for one in sets for item in one.objects]
        sets = [_Set(whole, sets[-1].of, text="\n---\n".join(one.text for one in sets if one.text))]
    return sets, LeftOut(tuple(read.charts), tuple(skipped), ingredients, unexpanded)


def _of_named(read: Read, budget: Budget) -> AtHand:
    """Return the repository of the files that the user named: that of the first one."""
    paths = {item.source.path: None for item in read.objects if item.source is not None}
    doors = {name: read.doors[name] for name in paths if name in read.doors and not read.doors[name].outside}
    folder = next((door.folder for door in doors.values()), None)
    if folder is None:
        return at_hand.nowhere(read.objects, budget)
    names = {door.path: name for name, door in doors.items() if door.folder.path == folder.path}
    return at_hand.look(folder, names, read.objects, lambda path: names.get(path, path), budget)


def _unexpanded(one: _Set) -> Iterator[tuple[str, str]]:
    for item in one.objects:
        if (item.group, item.kind) == APPLICATION_SET[0] and item.source is not None:
            for _, why in one.of.sets.expansion(item).unknown:
                yield item.source.path, why


def _built(
    read: Read, folder: Folder, files: dict[str, File], builds: Sequence[Build], skipped: list[tuple[str, str]], of: AtHand
) -> Iterator[_Set]:
    """Yield what each kustomization builds; those that cannot be built here are added to `skipped`."""
    if not builds:
        return
    from generator.pipeline import kustomizations
    from generator.system import kustomize

    try:
        program = kustomize.find()
    except ConfigError as error:
        skipped += [(_name(one), error.message) for one in builds]
        return
    skipped += [(_name(one), one.obstacle) for one in builds if one.obstacle]
    problems, faulty = kustomizations.missing(builds, folder, files)
    read.diagnostics.extend(problems)
    feasible = [one for one in builds if not one.obstacle and not faulty & one.folders]
    for one, made in zip(feasible, kustomizations.build_all(feasible, folder, files, program), strict=True):
        if made.problem:
            read.diagnostics.append(made.problem)
        elif made.obstacle:
            skipped.append((_name(one), made.obstacle))
        else:
            yield _Set(made.objects, of, one.namespace, made.text, one.file.folder)


def _name(build: Build) -> str:
    return posixpath.dirname(build.file.reported) or "."
