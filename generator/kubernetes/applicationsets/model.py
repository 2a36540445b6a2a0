"""The nouns of an expansion: parameters with their places, what is made of them, and what is wrong or not known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from generator.diagnostics import Pointer
from generator.kubernetes.objects import KubeObject
from generator.syntax.reader import Source


class Origin(NamedTuple):
    """Where a parameter is set."""

    pointer: Pointer
    source: Source | None = None
    """The file that it is read from; None for the ApplicationSet itself."""

    @property
    def key(self) -> tuple[Pointer, str]:
        """What it is compared by."""
        return self.pointer, self.source.path if self.source else ""


class Parameters(NamedTuple):
    """The parameters of one Application."""

    values: dict[str, Any]
    origins: dict[str, Origin]
    """Where each is set, by its name as templates write it, or the part before the first dot."""
    at: Origin
    """What gives them: an element of a list, a file, the entry for a directory."""

    def origin(self, name: str) -> Origin:
        """Return where a parameter is set, as near as is known."""
        known = next((self.origins[one] for one in _prefixes(name) if one in self.origins), self.at)
        inner = name.split(".")[1:] if name.split(".")[0] in self.origins and name not in self.origins else []
        return known._replace(pointer=(*known.pointer, *inner))


def _prefixes(name: str) -> list[str]:
    parts = name.split(".")
    return [".".join(parts[:length]) for length in range(len(parts), 0, -1)]


class Problem(NamedTuple):
    """Why Argo CD refuses an ApplicationSet, or makes something else of it than is written."""

    kind: str
    """template, parameter, generator or name: which rule reports it."""
    pointer: Pointer
    message: str
    hint: str
    is_certain: bool = True
    """Whether Argo CD refuses it; else something is left as it is written."""
    source: Source | None = None
    """The file that it is in, if that is not the one of the ApplicationSet."""


class Made(NamedTuple):
    """What an Application was made of."""

    by: KubeObject
    """The ApplicationSet."""
    parameters: Parameters | None
    """None for the template of a set that cannot be expanded: its placeholders are left as they are written."""
    generator: Pointer = ()
    """The generator, with its type; it may have a template of its own."""
    own: Mapping[str, Any] = {}
    """The template of the generator, whose values win over those of the set."""
    patch: Any = None
    """What `templatePatch` set."""


class Expansion(NamedTuple):
    """What is known of an ApplicationSet."""

    applications: tuple[KubeObject, ...]
    """Those that its generators give, each with `made`."""
    problems: tuple[Problem, ...] = ()
    unknown: tuple[tuple[Pointer, str], ...] = ()
    """The generators that cannot be expanded here, each with the reason."""


class Tree(NamedTuple):
    """The files of a repository at hand."""

    folders: Callable[[], list[str]]
    files: Callable[[], list[str]]
    read: Callable[[str], bytes]
    """Returns the bytes of a file; raises ValueError with the reason."""
    shown: Callable[[str], str]
    """Returns the path of a file as reports show it."""
    documents: dict[str, Source]
    """The files that were read, by path: a matrix asks for the same ones again and again."""


TreeOf = Callable[[str], Tree | None]
"""Returns the files of the repository with an address; None if they are not at hand."""


class UnknownError(ValueError):
    """What a generator gives is not known here; has the reason."""


class ProblemError(ValueError):
    """Argo CD refuses a generator."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem
