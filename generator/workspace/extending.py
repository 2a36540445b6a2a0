"""Environments that extend others: the order of their files, and one environment out of many files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from generator.diagnostics import Diagnostic, Pointer, Severity
from generator.errors import ConfigError
from generator.syntax.merge import lookup, merge
from generator.syntax.named_tuples import NamedTuple
from generator.syntax.placeholders import holds_placeholder
from generator.syntax.reader import Source
from generator.syntax.schema.validate import accepts
from generator.syntax.wording import listed, suggestion, unknown
from generator.workspace.destinations import wrong_destinations
from generator.workspace.environments import idle_publish, impossible_helm
from generator.workspace.model import Environment
from generator.workspace.output import wrong_output
from generator.workspace.unfilled import idle_destination, unknown_placeholders

MOST = 32
"""The maximum number of files that one environment is made of."""

_EXTENDS: Pointer = ("spec", "extends")


class ChainError(Exception):
    """The files of an environment have no order; `cycle` names them if they extend each other."""

    def __init__(self, cycle: tuple[str, ...] = (), *, long: bool = False) -> None:
        super().__init__(cycle)
        self.cycle = cycle
        self.long = long


def chain(name: str, extends: Callable[[str], Sequence[str] | None]) -> tuple[str, ...]:
    """Return the names of the files that an environment is made of, lowest first, itself last, each once.

    `extends` returns the names that a file extends, None for a file that cannot be used. Raises ChainError.
    """
    order: list[str] = []

    def add(one: str, above: tuple[str, ...]) -> None:
        if one in above:
            raise ChainError(above[above.index(one) :])
        bases = extends(one)
        if bases is None:
            raise ChainError
        if len(above) >= MOST or len(order) >= MOST:
            raise ChainError(long=True)
        for base in bases:
            if base not in order:
                add(base, (*above, one))
        order.append(one)

    add(name, ())
    return tuple(order)


def is_abstract(data: Any) -> bool:
    """Tell whether an environment file is never deployed to."""
    return lookup(data, ("metadata", "abstract"))[1] is True


def extended_by(data: Any) -> tuple[str, ...]:
    """Return the names of the environments that a file extends, lowest first."""
    names = lookup(data, _EXTENDS)[1]
    return tuple(name for name in names if isinstance(name, str)) if isinstance(names, list) else ()


class Composed(NamedTuple):
    """The environments of a workspace."""

    environments: dict[str, Environment]
    abstract: dict[str, str]
    """The paths of the abstract environments that can be used, by name."""
    problems: list[Diagnostic]
    unusable: set[str]
    """The paths of files that extend what cannot be used, or that lack something."""


def compose(files: Mapping[str, Source], is_broken: Callable[[str], bool]) -> Composed:
    """Return the environments that these files describe, by name.

    A name that `is_broken` is that of a file with reported errors.
    """
    made = Composed({}, {}, [], set())
    cycles: set[frozenset[str]] = set()

    def extends(name: str) -> Sequence[str] | None:
        return extended_by(files[name].data) if name in files else None

    for name, source in files.items():
        unknown_names = list(_unknown(name, source, files, is_broken))
        made.problems.extend(unknown_names)
        try:
            order = chain(name, extends)
        except ChainError as error:
            made.unusable.add(source.path)
            if error.long and not unknown_names:
                made.problems.append(_too_many(source))
            if name in error.cycle and frozenset(error.cycle) not in cycles:
                cycles.add(frozenset(error.cycle))
                made.problems.append(_cycle(error.cycle, source))
            continue
        if is_abstract(source.data):
            made.abstract[name] = source.path
            made.problems.extend(one for one in unknown_placeholders(source) if one not in made.problems)
            continue
        environment = _environment(name, [files[part] for part in order])
        wrong = list(_lacking(environment)) or list(wrong_destinations(environment))
        wrong += [*idle_publish(environment), *idle_destination(environment)]
        wrong += [*wrong_output(environment), *impossible_helm(environment)]
        wrong += [one for part in environment.parts for one in unknown_placeholders(part)]
        made.problems.extend(one for one in wrong if one not in made.problems)  # one in a shared file is that of many
        if wrong:
            made.unusable.add(source.path)
        else:
            made.environments[name] = environment
    return made


def _unknown(name: str, source: Source, files: Mapping[str, Source], is_broken: Callable[[str], bool]) -> Iterator[Diagnostic]:
    for index, base in enumerate(extended_by(source.data)):
        if base not in files and not is_broken(base):
            at = (*_EXTENDS, index)
            hint = suggestion(base, files.keys() - {name}, f"known environments: {listed(files.keys() - {name})}")
            yield _problem(source, at, "TP031", f"unknown environment `{base}`", hint)


def _cycle(cycle: Sequence[str], source: Source) -> Diagnostic:
    """Return the diagnostic for files that extend each other, at the first of them."""
    following = cycle[1] if len(cycle) > 1 else cycle[0]
    at = (*_EXTENDS, extended_by(source.data).index(following))
    if len(cycle) == 1:
        return _problem(source, at, "TP055", f"`{cycle[0]}` extends itself", "remove it from `extends`")
    message = f"`extends` is a cycle: {' → '.join([*cycle, cycle[0]])}"
    return _problem(source, at, "TP055", message, "move what they share to an abstract environment that each of them extends")


def _too_many(source: Source) -> Diagnostic:
    message = f"this environment extends more than {MOST - 1} files, directly and indirectly"
    return _problem(source, _EXTENDS, "TP023", message, "merge some of them into one file")


def _problem(source: Source, at: Pointer, rule: str, message: str, hint: str) -> Diagnostic:
    return Diagnostic(source.path, source.span_of(at), rule, Severity.ERROR, message, hint, at)


def _environment(name: str, parts: Sequence[Source]) -> Environment:
    *extended, source = parts
    spec: dict[str, Any] = source.data["spec"]
    if extended:
        spec = {}
        for part in parts:
            spec = _over(spec, {key: value for key, value in part.data["spec"].items() if key != "extends"})
    varying = frozenset(key for key, value in (spec.get("argocd") or {}).items() if holds_placeholder(value))
    return Environment(name, source, spec, varying, tuple(extended))


def _over(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """Return one file merged over another.

    Clashes can only be in `defaults`, where they are reported once services are resolved.
    """
    destinations = lookup(above, ("argocd", "destinations"))[1] or {}
    named = ((("argocd", "destinations", name), field, (other,)) for name in destinations for field, other in _CLUSTERS)
    for at, field, dropped in (*_REPLACES, *named):
        said, value = lookup(above, (*at, field))
        had, old = lookup(below, (*at, field))
        if said and value != old and (had or at != ("chart",)):
            below = _without(below, at, dropped)
    return merge(below, above, [])


_CLUSTERS = (("name", "server"), ("server", "name"))
_REPLACES: tuple[tuple[Pointer, str, tuple[str, ...]], ...] = (
    (("chart",), "name", ("version", "profile")),
    (("chart",), "repository", ("publish", "plainHTTP")),
    (("chart", "publish"), "directory", ("git",)),
    (("chart", "publish"), "git", ("directory",)),
    *((("argocd", "destination"), field, (other,)) for field, other in _CLUSTERS),
)
"""Fields with a different value that drop inherited ones, which would say something else together with it.

Those of `chart` drop nothing if they were not inherited: then they complete what was.
"""


def _without(data: dict[str, Any], at: Pointer, dropped: Iterable[str]) -> dict[str, Any]:
    removed: dict[str, Any] = dict.fromkeys(dropped)
    for part in reversed(at):
        removed = {str(part): removed}
    return merge(data, removed, []) if lookup(data, at)[0] else data


def _lacking(environment: Environment) -> Iterator[Diagnostic]:
    """Yield what an environment of several files lacks: only together must they have every required field."""
    if not environment.extended:
        return
    own = environment.source.data
    whole = {**own, "metadata": {"name": environment.name}}
    whole["spec"] = {key: value for key, value in environment.spec.items() if key != "defaults"}
    if accepts("environment", whole):
        return
    from generator.syntax.schema.explaining import explain

    for problem in explain("environment", whole):
        yield problem.placed(environment.source if problem.rule == "TP022" else environment.part(problem.pointer))


def heirs(name: str, environments: Iterable[Environment]) -> list[str]:
    """Return the environments that extend an abstract one, directly or not."""
    return [one.name for one in environments if any(part.data["metadata"]["name"] == name for part in one.extended)]


def about_abstract(name: str, environments: Mapping[str, Environment], *, within: str = "") -> tuple[str, str]:
    """Return the message and the hint for an abstract environment in the place of one that is deployed to.

    `within` is the environment that names it, if any: it cannot name itself instead.
    """
    found = [heir for heir in heirs(name, environments.values()) if heir != within]
    hint = f"use an environment that extends it: {listed(found, last='or')}"
    if not found:
        hint = f"known environments: {listed(environments.keys() - {within})}"
    return f"environment `{name}` is abstract: nothing is deployed to it", hint


def no_environment(name: str, environments: Mapping[str, Environment], abstract: Mapping[str, str]) -> ConfigError:
    """Return the error for a name on the command line that is not that of an environment with deployments."""
    if name in abstract:
        return ConfigError(*about_abstract(name, environments))
    return unknown("environment", name, environments)
