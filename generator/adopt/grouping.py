"""Which service and which environment an Application is: by patterns of the user, labels, directories and names."""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from generator.adopt import clusters, words
from generator.adopt.model import Found, Note
from generator.adopt.user_patterns import Patterns, said
from generator.kubernetes.applications import sources
from generator.kubernetes.objects import at, texts
from generator.syntax.labels import label_of

LONGEST_ENVIRONMENT, LONGEST_SERVICE = 40, 50
_ENVIRONMENT_LABELS = ("tiphys/environment", "app.kubernetes.io/environment", "environment", "env", "stage")
_MARKS = ("environment", "env", "stage", "cluster.environment", "cluster.env", "values.environment", "values.env")
_ONLY = "default"
"""The name of the environment if nothing tells Applications apart."""


class Cell(NamedTuple):
    """One Application as a service in an environment."""

    service: str
    environment: str
    found: Found
    destination: str = ""
    """Which cluster of the environment, by its name; empty for an environment on one."""
    split: tuple[str, str] = ("", "")
    """The environment of which its own may be a cluster, and what the destination is called there."""

    @property
    def label(self) -> str:
        """Its environment, and after a slash its destination if it has one."""
        return label_of(self.environment, self.destination)

    @property
    def key(self) -> tuple[str, str]:
        """What tells it apart from all others."""
        return self.service, self.label

    @property
    def words(self) -> tuple[str, str, str]:
        """What the placeholders of its names stand for."""
        return self.service, self.environment, self.destination

    @property
    def as_destination(self) -> Cell:
        """It, as a cluster of another environment."""
        environment, destination = self.split
        return self._replace(environment=environment, destination=destination) if environment else self


def grouped(found: Sequence[Found], patterns: Patterns) -> tuple[list[Cell], list[Note]]:
    """Return the cells of a table of services and environments; Applications that have no place in it are notes."""
    fixed = patterns.found_in(found)
    environments = ["-".join(filter(None, map(known.get, ("environment", "destination")))) for known in fixed]
    if not all(environments):
        environments = clusters.told_apart(found, _environments(found, environments), _ONLY)
    names = [words.name_of(text, longest=LONGEST_ENVIRONMENT) or _ONLY for text in environments]
    services = _services(found, names, environments, [known.get("service", "") for known in fixed])
    if not patterns.service:
        services = _numbered(found, names, environments, services)
    may_be = clusters.splits(names) if not (patterns.environment or patterns.names_destinations) else said(names, fixed)
    cells: dict[tuple[str, str], Cell] = {}
    notes: list[Note] = []
    for one, environment, service in zip(found, names, services, strict=True):
        cell = Cell(service, environment, one, split=may_be.get(environment, ("", "")))
        first = cells.setdefault(cell.key, cell)
        if first.found is not one:
            place = first.found.place(("metadata", "name"))
            why = f"it would be service {service} in {environment}, as {first.found.title} in {place.path}:{place.line} is"
            notes.append(one.left_out(("metadata", "name"), f"{why}; {_way_out(one, first.found)}"))
    return list(cells.values()), notes


def _way_out(one: Found, other: Found) -> str:
    """Return what to do about two Applications in one place of the table."""
    apart = "tell them apart with --environment or --service"
    if (one.name, one.item.namespace, clusters.cluster_of(one)) != (
        other.name,
        other.item.namespace,
        clusters.cluster_of(other),
    ):
        return apart
    return f"remove one of the two, or, if each is in an Argo CD of its own, {apart}"


def _environments(found: Sequence[Found], known: Sequence[str]) -> list[str]:
    """Return the environment of each Application: by the first hint that all have, or else by the first that it has."""
    for hint in _HINTS:
        values = [given or hint(one) for one, given in zip(found, known, strict=True)]
        if all(values) and _tells_apart(found, values):
            return values
    either = [
        given or next((value for hint in _HINTS if (value := hint(one))), "") for one, given in zip(found, known, strict=True)
    ]
    if sum(map(bool, either)) * 2 > len(found):  # a word in a few names may mean anything
        return [value or _ONLY for value in either]
    return _by_structure(found)


def _tells_apart(found: Sequence[Found], environments: Sequence[str]) -> bool:
    keys = Counter((environment, one.name) for one, environment in zip(found, environments, strict=True))
    return max(keys.values(), default=1) == 1


def _by_label(one: Found) -> str:
    labels = one.item.labels
    return str(next((labels[key] for key in _ENVIRONMENT_LABELS if isinstance(labels.get(key), str)), ""))


def _by_mark(one: Found) -> str:
    return next((one.marks[key] for key in _MARKS if one.marks.get(key)), "")


def _by_folder(one: Found) -> str:
    folders = posixpath.dirname(one.below).split("/")
    return next((said for folder in reversed(folders) if (said := words.segment(folder))), "")


def _by_path(one: Found) -> str:
    """Return what the path of a source says: that of an overlay is often named after its environment."""
    for _, source in sources(one.item):
        parts = str(source.get("path") or "").split("/")
        said = next((said for part in reversed(parts) if (said := words.segment(part))), "")
        if said:
            return said
    return ""


def _by_values(one: Found) -> str:
    for _, source in sources(one.item):
        for _, name in reversed(list(texts(at(source, "helm", "valueFiles")))):
            for part in reversed(posixpath.splitext(name)[0].split("/")):
                if said := words.environment_in(part):
                    return said
    return ""


_HINTS: Sequence[Callable[[Found], str]] = (
    _by_label,
    _by_mark,
    _by_folder,
    lambda one: words.environment_in(one.name),
    lambda one: words.environment_in(posixpath.splitext(posixpath.basename(one.below))[0]) if not one.maker else "",
    _by_path,
    lambda one: words.environment_in(str(one.destination.get("name") or "")),
    _by_values,
    lambda one: words.environment_in(str(one.destination.get("namespace") or "")),
    lambda one: words.environment_in(str(one.item.spec.get("project") or "")),
)


def _by_structure(found: Sequence[Found]) -> list[str]:
    """Return environments where no name has a known word: the directory that repeats files, or else the destination."""
    paths = [one.below.split("/")[:-1] for one in found]
    depth = min(map(len, paths), default=0)
    for index in range(depth):
        rest = Counter("/".join([*one.below.split("/")[:index], "*", *one.below.split("/")[index + 1 :]]) for one in found)
        here = {path[index] for path in paths}
        if len(here) > 1 and max(rest.values()) > 1:
            return [path[index] for path in paths]
    places = list(map(clusters.cluster_of, found))
    names = Counter(one.name for one in found)
    if len({*places}) > 1 and max(names.values()) > 1:
        return [place.removeprefix("https://").partition(":")[0] for place in places]
    return [_ONLY for _ in found]


def _services(found: Sequence[Found], names: Sequence[str], environments: Sequence[str], known: Sequence[str]) -> list[str]:
    """Return the service of each Application: by the scheme that needs the fewest services, the first of equals."""
    best: list[str] = []
    alone = max(Counter(one.file for one in found).values(), default=1) == 1
    for scheme in (_by_name, _by_parts, *((_by_file,) if alone else ())):
        made = [
            given or scheme(one, environment) or one.name
            for one, environment, given in zip(found, environments, known, strict=True)
        ]
        made = [words.name_of(text, longest=LONGEST_SERVICE) or "service" for text in made]
        unique = len({*zip(names, made, strict=True)}) == len(found)
        if not best or (unique and len({*made}) < len({*best})):
            best = made
    return best


def _numbered(found: Sequence[Found], names: Sequence[str], environments: Sequence[str], services: Sequence[str]) -> list[str]:
    """Return services with a number for Applications with different names that would be the same one, such as `a.b` and `a-b`."""
    named: dict[tuple[str, str], set[str]] = {}
    for one, name, service in zip(found, names, services, strict=True):
        named.setdefault((name, service), set()).add(one.name)
    alike = {service for (_, service), several in named.items() if len(several) > 1}
    stems: dict[str, dict[str, int]] = {}
    result = []
    for one, environment, service in zip(found, environments, services, strict=True):
        known = stems.setdefault(service, {})
        number = known.setdefault(one.name.replace(environment, ""), len(known) + 1)
        is_numbered = service in alike and number > 1
        result.append(f"{service[: LONGEST_SERVICE - 4].rstrip('-')}-{number}" if is_numbered else service)
    return result


def _by_name(one: Found, environment: str) -> str:
    return words.without(one.name, environment)


def _by_parts(one: Found, environment: str) -> str:
    """Return a name without the stage of the environment and without the rest, wherever each is in it."""
    stage = words.stage_in(environment)
    return words.without_part(words.without(one.name, environment), words.without_part(environment, stage)) if stage else ""


def _by_file(one: Found, environment: str) -> str:
    if one.maker:
        return ""
    stem = words.without(posixpath.splitext(posixpath.basename(one.below))[0], environment)
    return "" if stem in words.FILLING else stem


def table(cells: Sequence[Cell]) -> Iterator[tuple[str, dict[str, Cell]]]:
    """Yield each service with its cells by environment and destination, sorted."""
    for service in sorted({cell.service for cell in cells}):
        yield service, {cell.label: cell for cell in cells if cell.service == service}


def ordered(environments: set[str]) -> list[str]:
    """Return environments from development to production, those whose names do not tell last."""
    return sorted(environments, key=lambda name: (rank if (rank := words.rank(name)) is not None else 99, name))
