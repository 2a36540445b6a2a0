"""Read the files of a workspace, and validate each against the schema of its kind."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cache, cached_property
from typing import TYPE_CHECKING

from generator.diagnostics import START, Diagnostic, Severity
from generator.syntax import shipped
from generator.syntax.merge import lookup
from generator.syntax.reader import Source
from generator.syntax.reader.characters import MAX_BYTES
from generator.syntax.reader.words import may_contain
from generator.syntax.secrets import addresses
from generator.system import disk
from generator.system.files import Folder, UnreadableFileError
from generator.system.files.once import Once
from generator.system.files.refusals import printable
from generator.workspace import naming
from generator.workspace.parsed import Parsed, ParsedFile

if TYPE_CHECKING:
    from generator.kubernetes.manifests import Manifests
    from generator.kubernetes.objects import KubeObject
    from generator.syntax.reader.ignores import Ignore
    from generator.workspace.yaml_style import YamlStyle

MAX_MANIFESTS = 1024 * 1024
"""The maximum size of a file of plain manifests, in bytes."""


class Sources:
    """Reads files. What is wrong with them is returned by `problems`; nothing is raised for a bad file."""

    def __init__(
        self,
        root: str,
        overlay: Mapping[str, bytes],
        tidy: Callable[[str], bool] | None,
        parsed: Parsed | None,
    ) -> None:
        self.root = root
        self.folder = Folder(root)
        """All files of the workspace are read through it; it follows no links."""
        self._problems: list[Diagnostic] = []
        self.broken: set[str] = set()
        """Paths of existing files with errors; references to them are not reported again."""
        self.invalid: dict[str, Source] = {}
        """Specs that can be read, but do not satisfy their schema; what else is wrong with them is reported, too."""
        self._ignores: dict[str, tuple[Ignore, ...]] = {}
        self.overlay = overlay
        """Files whose content is taken from here instead of from disk."""
        self.read: set[str] = set()
        """Files of the workspace that a result may depend on: every file that was read."""
        self.tidy = tidy
        """Tells by path which specs are also checked for YAML style."""
        self._style: Once[None, YamlStyle] = Once()
        self._parse = parsed.file if parsed else ParsedFile
        """Parses a file, or remembers it."""

    def raw(self, path: str, limit: int = MAX_BYTES) -> bytes:
        """Return the bytes of a file of the workspace; raises UnreadableFileError."""
        self.read.add(path)
        held = self.overlay.get(path)
        if held is None:
            return self.folder.read(path, limit)
        self.folder.check_way(path)  # or an editor would show a file as valid that is refused once it is saved
        return held

    def problems(self) -> list[Diagnostic]:
        """Return what is wrong with the files that were read since the last call."""
        found, self._problems = self._problems, []
        return found

    def take_ignores(self) -> dict[str, tuple[Ignore, ...]]:
        """Return the suppression comments in the files that were read since the last call, by path."""
        found, self._ignores = self._ignores, {}
        return found

    @cached_property
    def own_rules(self) -> tuple[Source, ...]:
        """The rules of the user: the files in rules/ that have the form of one."""
        found = (self.source(path, "rule") for path in self.yaml_files(naming.RULES))
        return tuple(source for source in found if source is not None)

    @property
    def names_of_own_rules(self) -> frozenset[str]:
        """The names of the rules of the user, which settings and suppressions can use."""
        return frozenset(source.data["metadata"]["name"] for source in self.own_rules)

    def report(self, *problems: Diagnostic) -> None:
        """Add problems of a file that was read through this reader."""
        self._problems += problems

    def exists(self, path: str) -> bool:
        """Tell whether a path of the workspace exists, or goes through a link."""
        return path in self.overlay or self.folder.exists(path)

    def blocked(self, error: UnreadableFileError, path: str = "") -> None:
        """Report once why a folder cannot be listed."""
        found = disk.unreadable(path or error.at, error)
        if found.path not in self.broken:
            self._problems.append(found)
            self.broken.add(found.path)

    def source(self, path: str, kind: str, words: Collection[str] = ()) -> Source | None:
        """Return a file of the workspace that satisfies the schema of its kind; with `words`, only if it contains one of them."""
        try:
            if not path.isprintable():  # the path is copied to the header of generated files
                error = UnreadableFileError(
                    "has a path with characters that are not printable", "rename the file or its folder"
                )
                self._problems.append(disk.unreadable(printable(path), error))
                self.broken.add(path)
                return None
            odd = naming.odd_path(path)
            if odd:
                self._problems.append(odd)
                self.broken.add(path)
                return None
            raw = self.raw(path)
        except UnreadableFileError as error:
            self._problems.append(disk.unreadable(path, error))
            self.broken.add(path)
            return None
        if words and not may_contain(raw, words):
            return None
        return self._checked(path, self._parse(path, raw), kind, words)

    def manifests(self, path: str) -> Manifests | None:
        """Return the objects in a file of the workspace; None if it has reported errors."""
        from generator.kubernetes import manifests  # few services have plain manifests

        odd = naming.odd_path(path)
        if odd:
            self._problems.append(odd)
            return None
        try:
            raw = self.raw(path, MAX_MANIFESTS)
        except UnreadableFileError as error:
            self._problems.append(disk.unreadable(path, error))
            return None
        found = manifests.read(path, raw, named=True)
        wrong = found.diagnostics or list(_unusable(path, found.objects))
        self._problems += wrong
        if wrong:
            return None
        for item in found.objects:
            source = manifests.source_of(item)
            self._problems += [addresses.problem(source, (*item.at, *at)) for at in addresses.places(item.data)]
        self.read_ignores(path, found.text)
        return found

    def shipped(self, *parts: str, kind: str) -> Source | None:
        """Return a file that ships with the tool."""
        return self._checked("tiphys:" + "/".join(parts), _shipped(*parts), kind)

    def _checked(self, path: str, file: ParsedFile, kind: str, names: Collection[str] = ()) -> Source | None:
        source, raw = file.source, file.raw
        if source is not None and names and lookup(source.data, ("metadata", "name"))[1] not in names:
            return None  # it describes a different service, so its errors do not matter
        problems = file.problems(kind)
        if source is not None:
            if b"tiphys:" in raw:
                self.read_ignores(source.path, source.text)
            if self.tidy and kind == "pipeline" and self.tidy(path):
                self._look_at_style(source, problems)
                self._look_for_modeline(source)
        if problems:
            from generator.syntax.secrets.redaction import MOST_READ, told

            text = source.text if source is not None else raw[:MOST_READ].decode("utf-8", "replace")
            self._problems += [told(problem, text) for problem in problems]
            self.broken.add(path)
            if source is not None and kind == "pipeline":
                self.invalid[path] = source
        return None if problems else source

    def read_ignores(self, path: str, text: str) -> None:
        """Remember the suppression comments of a file."""
        from generator.syntax.reader import ignores

        found = ignores.read(path, text) if ignores.MARK in text else ()
        if found:
            self._ignores[path] = found

    def _look_at_style(self, source: Source, problems: Collection[Diagnostic]) -> None:
        """Add the findings of yamllint, except on lines with other problems."""
        from generator.workspace.yaml_style import YamlStyle

        style = self._style(None, lambda: YamlStyle(self.folder))
        lines = {problem.span.line for problem in problems}
        self._problems += [item for item in style.problems(source.path, source.text) if item.span.line not in lines]

    def _look_for_modeline(self, source: Source) -> None:
        from generator.workspace import modeline

        self._problems += modeline.problems(source, self.exists)

    def yaml_files(self, folder: str) -> Iterator[str]:
        """Yield the YAML files in a folder of the workspace, sorted; subfolders are not read."""
        try:
            paths = {posixpath.normpath(f"{folder}/{name}") for name, _ in self.folder.entries(folder)}
        except UnreadableFileError as error:
            self.blocked(error, folder)
            paths = set()
        paths.update(path for path in self.overlay if path.rpartition("/")[0] == folder)
        for path in sorted(paths):
            name = path.rpartition("/")[2]
            if name.endswith((".yaml", ".yml")) and not name.startswith("."):
                yield path


@cache
def _shipped(*parts: str) -> ParsedFile:
    """Return a file that ships with the tool, which stays as it is for as long as the process runs."""
    return ParsedFile("tiphys:" + "/".join(parts), shipped.read(*parts))


def _unusable(path: str, objects: Collection[KubeObject]) -> Iterator[Diagnostic]:
    """Yield what in a file of plain manifests cannot be deployed with a service."""
    from generator.kubernetes.beside import UNUSABLE, unusable

    if not objects:
        yield Diagnostic(
            path, START, UNUSABLE, Severity.ERROR, "this file contains no object", "write one, or remove the entry"
        )
    for item in objects:
        reason = unusable(item)
        if reason and item.source is not None:
            yield Diagnostic(path, item.source.span_of_key(item.at), UNUSABLE, Severity.ERROR, *reason, item.at)
