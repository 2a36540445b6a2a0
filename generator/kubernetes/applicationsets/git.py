"""The git generator, over a repository at hand. Source: argo-cd, applicationset/generators/git.go."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from generator.diagnostics import Pointer
from generator.kubernetes.applicationsets.matching import flat
from generator.kubernetes.applicationsets.model import Origin, Parameters, Problem, ProblemError, Tree, TreeOf, UnknownError
from generator.kubernetes.applicationsets.rendering import Manner, RefusedError, Renderer
from generator.kubernetes.objects import maps
from generator.syntax.budget import STEP, Budget
from generator.syntax.globs import Pattern
from generator.syntax.gotemplate.functions.texts import normalized
from generator.syntax.gotemplate.values import Strings, Words, from_json
from generator.syntax.reader import Source
from generator.syntax.reader.characters import UnreadableError, decode_any
from generator.syntax.reader.stream import read_stream

_REPEATED_KEY, _NO_YAML = "TP007", "TP001"


def sets(given: Mapping[str, Any], here: Pointer, tree_of: TreeOf, renderer: Renderer) -> list[Parameters]:
    """Return the parameters of each directory or file; raises ProblemError, UnknownError, LimitError and SpentError."""
    address, manner, budget = given.get("repoURL"), renderer.manner, renderer.budget
    tree = tree_of(address) if isinstance(address, str) else None
    if given.get("directories"):
        entries = _entries(given, "directories", _folder_pattern)
        found = [
            _of_path(path, "", Origin((*here, "directories", index)), given, manner)
            for path, index in _chosen(_tree(tree, address).folders(), entries, budget)
        ]
    else:
        entries = _entries(given, "files", _file_pattern)
        found = list(_of_files(_tree(tree, address), entries, given, renderer))
    return [_with_values(one, given, (*here, "values"), renderer) for one in found]


def _tree(tree: Tree | None, address: Any) -> Tree:
    if tree is None:
        raise UnknownError(f"the repository {address} is not at hand")
    return tree


_Entry = tuple[int, bool, Pattern, str]


def _entries(given: Mapping[str, Any], name: str, pattern: Any) -> list[_Entry]:
    found = []
    for index, one in maps(given.get(name)):
        path = one.get("path")
        if not isinstance(path, str) or "{{" in path:
            raise UnknownError("its paths have placeholders of a generator that is not expanded here")
        found.append((index, one.get("exclude") is True, pattern(path), path.rstrip("/")))
    return found


def _folder_pattern(path: str) -> Pattern:
    return Pattern(re.sub(r"\*{2,}", "*", path).replace("[^", "[!"), separator="/")


def _file_pattern(path: str) -> Pattern:
    """Return the pattern as `git ls-files` reads it: a `*` crosses folders."""
    return Pattern(re.sub(r"\*{2,}", "*", path).replace("[^", "[!"))


def _chosen(paths: Iterable[str], entries: list[_Entry], budget: Budget) -> Iterator[tuple[str, int]]:
    """Yield the paths that an entry names and none excludes, with the index of the entry."""
    cost = _cost(entries)
    for path in paths:
        budget.spend(len(path) * cost)
        fitting = [(index, out) for index, out, pattern, _ in entries if pattern.fullmatch(path)]
        if fitting and not any(out for _, out in fitting):
            budget.spend(_OF_A_PATH * STEP)
            yield path, fitting[0][0]


_OF_A_PATH = 10
"""Steps that the parameters of a path take."""


def _cost(entries: list[_Entry]) -> int:
    """Return what a letter of a path takes with all patterns of a generator."""
    return sum(_OF_A_LETTER + len(path) // _LETTERS_AT_ONCE for *_, path in entries)


_OF_A_LETTER = 10
_LETTERS_AT_ONCE = 32


def _of_files(tree: Tree, entries: list[_Entry], given: Mapping[str, Any], renderer: Renderer) -> Iterator[Parameters]:
    manner, budget, cost = renderer.manner, renderer.budget, _cost(entries)
    below = [(index, out, pattern, f"{name}/") for index, out, pattern, name in entries]
    for path in sorted(tree.files()):
        budget.spend(len(path) * cost)
        fitting = [out for _, out, pattern, folder in below if pattern.fullmatch(path) or path.startswith(folder)]
        if not fitting or any(fitting):
            continue
        source = _source(tree, path, budget)
        for pointer, data in _documents(source, path):
            budget.spend(_OF_A_PATH * STEP)
            budget.read([data], _COPIED)
            folder, _, name = path.rpartition("/")
            facts = _of_path(folder or ".", name, Origin(pointer, source), given, manner)
            own = from_json(data) if manner.go else dict(flat(from_json(data)))
            origins = {str(key): Origin((*pointer, key), source) for key in data}
            yield Parameters({**own, **facts.values}, {**origins, **facts.origins}, Origin(pointer, source))


_COPIED = 4
"""What parameters with their places and dotted names take, in times of what reading them takes."""
_READ = 20
"""What a letter of a file takes: less than it takes to read it, as that happens once, and to other files as well."""


def _source(tree: Tree, path: str, budget: Budget) -> Source:
    """Return the first document of a file; raises ProblemError if it is not YAML."""
    if path in tree.documents:
        return tree.documents[path]
    shown = tree.shown(path)
    try:
        content = decode_any(tree.read(path))
    except (UnreadableError, ValueError) as error:
        raise UnknownError(f"{shown} is not read: {error}") from None
    budget.spend(len(content) * _READ)
    part = next(read_stream(shown, content), None)
    if part is None:
        return Source(shown, content, {})
    wrong = [one for one in part.problems if one.rule != _REPEATED_KEY]
    if wrong and wrong[0].rule == _NO_YAML:
        broken = Source(shown, content, None)
        message = (
            f"a git generator reads this file, which is not valid YAML: {wrong[0].message.removeprefix('not valid YAML: ')}"
        )
        raise ProblemError(Problem("generator", (), message, wrong[0].hint or "correct it", source=broken))
    if wrong:
        raise UnknownError(f"{shown}: line {wrong[0].span.line}: {wrong[0].message}")
    tree.documents[path] = part.source
    return part.source


def _documents(source: Source, path: str) -> Iterator[tuple[Pointer, dict[str, Any]]]:
    """Yield the mappings of a file: itself, or the items of a list."""
    items: list[tuple[Pointer, Any]] = [((), source.data if source.data is not None else {})]
    if isinstance(source.data, list):
        items = [((index,), item) for index, item in enumerate(source.data)]
    for pointer, item in items:
        if not isinstance(item, dict):
            message = f"a git generator reads {path}, which is neither a mapping nor a list of mappings"
            raise ProblemError(Problem("generator", pointer, message, "write mappings, or exclude the file", source=source))
        yield pointer, item


def _of_path(path: str, name: str, at: Origin, given: Mapping[str, Any], manner: Manner) -> Parameters:
    """Return the parameters that a path gives: those of a file have its name, too."""
    base = posixpath.basename(path)
    facts: dict[str, Any] = {"path": path, "basename": base, "basenameNormalized": normalized(base)}
    facts |= {"filename": name, "filenameNormalized": normalized(name)} if name else {}
    prefix, segments = str(given.get("pathParamPrefix") or ""), path.split("/")
    if manner.go:
        inner: dict[str, Any] = {"path": {**facts, "segments": Words(segments)}}
        found = {prefix: inner} if prefix else inner
    else:
        head = f"{prefix}.path" if prefix else "path"
        found = {head: path, **{f"{head}.{key}": value for key, value in facts.items() if key != "path"}}
        found |= {f"{head}[{index}]": segment for index, segment in enumerate(segments) if segment}
    return Parameters(found, dict.fromkeys(found, Origin(at.pointer[:0] if at.source else at.pointer, at.source)), at)


def _with_values(made: Parameters, given: Mapping[str, Any], here: Pointer, renderer: Renderer) -> Parameters:
    """Return parameters with the `values` of the generator, which may use them."""
    values = given.get("values")
    if not isinstance(values, dict) or not values:
        return made
    try:
        done = {str(key): renderer.text(str(value), made.values, (*here, key)) for key, value in values.items()}
    except RefusedError as error:
        raise ProblemError(
            Problem("generator", error.pointer, error.message, "use a parameter that the generator gives")
        ) from None
    go = renderer.manner.go
    own: dict[str, Any] = {"values": Strings(done)} if go else {f"values.{key}": value for key, value in done.items()}
    origins = {"values": Origin(here)} if go else {f"values.{key}": Origin((*here, key)) for key in done}
    return Parameters({**made.values, **own}, {**made.origins, **origins}, made.at)
