"""The generators of ApplicationSets, over the files at hand: list, git, matrix and merge.

Source: argo-cd, applicationset/generators
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from typing import Any

from generator.adopt.repositories import Repositories
from generator.adopt.templating import TemplateError, rendered, said
from generator.kubernetes.objects import at, maps
from generator.syntax.globs import Glob
from generator.syntax.reader.foreign import yaml_data
from generator.system.files import Folder, Kind, UnreadableFileError

_MOST = 5_000
"""Applications of one ApplicationSet."""
_DEEPEST = 3
"""Matrix and merge in each other; Argo CD allows two."""
_REST = ("template", "selector")
_NOT_HERE = {
    "clusters": "it lists the clusters that Argo CD knows",
    "scmProvider": "it asks a server for repositories",
    "pullRequest": "it asks a server for pull requests",
    "clusterDecisionResource": "it asks the cluster",
    "plugin": "it asks a plugin",
}


class GeneratorError(ValueError):
    """A generator that cannot be expanded here."""


Set = dict[str, Any]
"""The parameters of one Application."""


class Generators:
    """Expands the generators of one ApplicationSet."""

    def __init__(self, repositories: Repositories, *, go: bool) -> None:
        self._repositories = repositories
        self._go = go

    def sets(self, generator: Mapping[str, Any], above: Set | None = None, depth: int = 0) -> list[Set]:
        """Return the parameters that a generator gives; raises GeneratorError. `above` are those of a matrix so far."""
        if depth > _DEEPEST:
            raise GeneratorError("its generators are nested too deeply")
        if generator.get("template"):
            raise GeneratorError("a generator has a template of its own")
        kind = next((name for name in generator if name not in _REST), "")
        given = generator.get(kind)
        if above:
            try:
                given = rendered(given, above, go=self._go)
            except TemplateError as error:
                raise GeneratorError(str(error)) from None
        found = self._of(kind, given if isinstance(given, dict) else {}, depth)
        if len(found) > _MOST:
            raise GeneratorError(f"it makes more than {_MOST:,} Applications")
        return [one for one in found if _selects(generator.get("selector"), one, go=self._go)]

    def _of(self, kind: str, given: Mapping[str, Any], depth: int) -> list[Set]:
        if kind in _NOT_HERE:
            raise GeneratorError(f"the generator `{kind}` cannot be expanded here: {_NOT_HERE[kind]}")
        if kind == "list" and "elementsYaml" not in given:
            return [self._with_values(dict(item), given) for _, item in maps(given.get("elements"))]
        if kind == "git" and given.get("directories"):
            return list(self._directories(given))
        if kind == "git" and given.get("files"):
            return list(self._files(given))
        if kind == "matrix":
            return self._matrix(given, depth)
        if kind == "merge":
            return self._merge(given, depth)
        raise GeneratorError(f"the generator `{kind}` is unknown here" if kind != "list" else "`elementsYaml` is not evaluated")

    def _matrix(self, given: Mapping[str, Any], depth: int) -> list[Set]:
        inner = [one for _, one in maps(given.get("generators"))]
        if len(inner) != 2:
            raise GeneratorError("`matrix` needs two generators")
        found = []
        for first in self.sets(inner[0], depth=depth + 1):
            found += [{**first, **second} for second in self.sets(inner[1], first, depth + 1)]
            if len(found) > _MOST:
                break
        return found

    def _merge(self, given: Mapping[str, Any], depth: int) -> list[Set]:
        keys = [str(key) for key in given.get("mergeKeys") or ()]
        first, *rest = [self.sets(one, depth=depth + 1) for _, one in maps(given.get("generators"))] or [[]]
        for sets in rest:
            by_key = {_identity(one, keys): one for one in sets}
            first = [{**one, **by_key.get(_identity(one, keys), {})} for one in first]
        return first

    def _root(self, given: Mapping[str, Any]) -> str:
        address = str(given.get("repoURL") or "")
        root = self._repositories.root_of(address, ".")
        if root is None:
            raise GeneratorError(f"no clone of {address} was given; pass --repo {address}=DIR")
        return root

    def _directories(self, given: Mapping[str, Any]) -> Iterator[Set]:
        patterns = [
            (Glob(str(item.get("path") or "")), item.get("exclude") is True) for _, item in maps(given.get("directories"))
        ]
        for path in _folders(Folder(self._root(given)), ""):
            excluded = any(glob.match(path) for glob, out in patterns if out)
            if not excluded and any(glob.match(path) for glob, out in patterns if not out):
                yield self._with_values(self._path(path, "", given), given)

    def _files(self, given: Mapping[str, Any]) -> Iterator[Set]:
        folder = Folder(self._root(given))
        patterns = [(Glob(str(item.get("path") or "")), item.get("exclude") is True) for _, item in maps(given.get("files"))]
        for path in folder.walk("", _is_hidden):
            if any(glob.match(path) for glob, out in patterns if out):
                continue
            if any(glob.match(path) for glob, out in patterns if not out):
                for data in _documents(folder, path):
                    made = dict(data) if self._go else dict(_flat(data))
                    head, _, name = path.rpartition("/")
                    yield self._with_values({**made, **self._path(head, name, given)}, given)

    def _path(self, path: str, name: str, given: Mapping[str, Any]) -> Set:
        base = posixpath.basename(path)
        normal = re.sub(r"[^a-z0-9.-]+", "-", base.lower())
        facts: Set = {"path": path, "basename": base, "basenameNormalized": normal}
        facts |= {"filename": name, "filenameNormalized": re.sub(r"[^a-z0-9.-]+", "-", name.lower())} if name else {}
        prefix = str(given.get("pathParamPrefix") or "")
        segments = path.split("/")
        if self._go:
            inner: Set = {"path": {**facts, "segments": segments}}
            return {prefix: inner} if prefix else inner
        head = f"{prefix}.path" if prefix else "path"
        found = {head: path, **{f"{head}.{key}": value for key, value in facts.items() if key != "path"}}
        return found | {f"{head}[{index}]": segment for index, segment in enumerate(segments)}

    def _with_values(self, made: Set, given: Mapping[str, Any]) -> Set:
        values = given.get("values")
        if not isinstance(values, dict) or not values:
            return made
        try:
            done = rendered(values, made, go=self._go)
        except TemplateError as error:
            raise GeneratorError(str(error)) from None
        return made | ({"values": done} if self._go else {f"values.{key}": value for key, value in done.items()})


def _is_hidden(path: str) -> bool:
    return posixpath.basename(path).startswith(".")


def _folders(folder: Folder, below: str) -> Iterator[str]:
    for name, kind in folder.entries(below):
        path = f"{below}/{name}" if below else name
        if kind is Kind.FOLDER and not name.startswith("."):
            yield path
            yield from _folders(folder, path)


def _documents(folder: Folder, path: str) -> list[dict[str, Any]]:
    try:
        data = yaml_data(folder.read(path))
    except (UnreadableFileError, ValueError) as error:
        why = error.message if isinstance(error, UnreadableFileError) else str(error)
        raise GeneratorError(f"{path}: {why}") from None
    items = data if isinstance(data, list) else [data]
    if not all(isinstance(item, dict) for item in items):
        raise GeneratorError(f"{path} is neither a mapping nor a list of mappings")
    return items


def _flat(data: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield the values of a file by dotted keys, as templates without goTemplate name them."""
    for key, value in data.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        elif isinstance(value, list):
            yield from _flat({str(index): item for index, item in enumerate(value)}, f"{prefix}{key}.")
        elif value is not None:
            yield f"{prefix}{key}", said(value)


def _identity(one: Set, keys: list[str]) -> tuple[str, ...]:
    return tuple(str(one.get(key) if key in one else at(one, *key.split("."))) for key in keys)


def _selects(selector: Any, one: Set, *, go: bool) -> bool:
    """Tell whether a label selector lets a set of parameters through; raises GeneratorError for one that is not read here."""
    if not isinstance(selector, dict) or not selector:
        return True
    if selector.get("matchExpressions"):
        raise GeneratorError("`selector.matchExpressions` of a generator is not evaluated here")
    flat = dict(_flat(one)) if go else {key: str(value) for key, value in one.items()}
    wanted = selector.get("matchLabels")
    return all(flat.get(key) == value for key, value in wanted.items()) if isinstance(wanted, dict) else True
