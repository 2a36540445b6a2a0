"""Compare two sides and collect all changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from generator.diff.affected.files import Files, Tree
from generator.diff.charts import chart_entries
from generator.diff.grouping import entries, order
from generator.diff.halves import Half, folders_of, halves
from generator.diff.model import Comparison, Failure, State
from generator.diff.reach import Reach, mentions
from generator.diff.removals import removals
from generator.diff.rendered.pairs import Render, pairs
from generator.diff.revisions import Range
from generator.diff.side import Key, Scope, Side, environment_of, read_side
from generator.history.ledger.versions import service_of
from generator.service.build import Built
from generator.syntax.wording import unknown_service
from generator.workspace.extending import no_environment
from generator.workspace.parsed import Parsed


class Filter(NamedTuple):
    """The requested part of a comparison; empty for all."""

    services: tuple[str, ...] = ()
    environments: tuple[str, ...] = ()

    def wants(self, key: Key) -> bool:
        """Tell whether a service in an environment is wanted; a root Application has no service."""
        service, environment = key[0], environment_of(key)
        return (not self.services or service in self.services) and (not self.environments or environment in self.environments)


def compare_revisions(root: str, range_: Range, wanted: Filter, render: Render | None = None) -> Comparison:
    """Return what changes in the deployment between two revisions; the working tree is only read if it is one of them.

    Raises ConfigError for a side that cannot be read at all, and for a name that neither side has.
    """
    old, new, found = halves(root, range_.base, range_.head)
    with folders_of(root, old, new, found) as roots:
        parsed = Parsed()
        scopes = [Scope(half.services(found), found.environments) for half in (old, new)]
        sides = [read_side(where, scope, parsed=parsed) for where, scope in zip(roots, scopes, strict=True)]
        _check_names(wanted, sides, (old, new), found)
        made = compare_sides(
            sides[0], sides[1], wanted, Tree(roots[0]), Tree(roots[1]), lambda name: _is_elsewhere(name, old, found), render
        )
    return made._replace(base=range_.base_name, head=range_.head_name)


def compare_sides(
    old: Side,
    new: Side,
    wanted: Filter,
    before: Tree,
    after: Tree,
    is_elsewhere: Callable[[str], bool] = lambda _environment: False,
    render: Render | None = None,
) -> Comparison:
    """Return what changes between two sides; of the objects in the cluster too, if `render` is there.

    `is_elsewhere` tells whether services that are the same on both sides, and were not read, are deployed to an
    environment: it has its root Application before and after then.
    """
    old, new = (_with_all_that_fails(side, other) for side, other in ((old, new), (new, old)))
    at_fault = old.failed | new.failed
    keys = sorted(key for key in old.built.keys() | new.built.keys() if key not in at_fault and wanted.wants(key))
    before_of = _same_applications(old, new, keys)
    gone = set(before_of.values())
    differing = [key for key in keys if key not in gone and old.files.get(key) != new.files.get(key)]
    was_of, now_of = _elsewhere(new, old, keys), _elsewhere(old, new, keys)
    states = [(_state(old, before_of.get(key, key), now_of), _state(new, key, was_of)) for key in differing]
    if not wanted.services:
        states += _roots(old, new, wanted, is_elsewhere)
    found = entries(states)
    found += chart_entries(before, after, _users(old, new, keys), new.state)
    return Comparison(
        "",
        "",
        tuple(sorted(found, key=order)),
        tuple(_moved(old, new, keys)),
        tuple(sorted(_renamed(old, new, keys))),
        tuple(_failures(old, new, wanted)),
        total=sum(wanted.wants(key) for key in new.built),
        confirmations=tuple(removals(old, new, keys, is_elsewhere)),
        cluster=render(list(pairs(old, new, keys, before_of, Files(before, after))), (before.root, after.root))
        if render
        else None,
    )


def _same_applications(old: Side, new: Side, keys: Iterable[Key]) -> dict[Key, Key]:
    """Return the old key of each new one that is the same Application: of an environment that now has destinations."""
    found = {
        (key[0], environment_of(key), _identity(old.built[key])): key
        for key in keys
        if key in old.built and key not in new.built
    }
    added = [key for key in keys if key in new.built and key not in old.built] if found else []
    same = {key: found.get((key[0], environment_of(key), _identity(new.built[key]))) for key in added}
    return {key: before for key, before in same.items() if before is not None}


def _elsewhere(side: Side, other: Side, keys: Iterable[Key]) -> dict[Key, str]:
    """Return where else in its environment the name of an Application is on the other side."""
    known = {(key[0], environment_of(key), _identity(other.built[key])): key for key in keys if key in other.built}
    found = {
        key: known.get((key[0], environment_of(key), _identity(side.built[key])))
        for key in keys
        if key in side.built and key in other.built
    }
    return {key: there[1] for key, there in found.items() if there not in (None, key)}


def _state(side: Side, key: Key, elsewhere: Mapping[Key, str]) -> State | None:
    state = side.state(key)
    return state._replace(name_of=elsewhere.get(key, "")) if state else None


def _identity(built: Built) -> tuple[str, ...]:
    return tuple(str(built.application[field]) for field in ("instance", "namespace", "name"))


def _with_all_that_fails(side: Side, other: Side) -> Side:
    """Return a side that includes what may be in its unreadable files: everything that only the other side has.

    A file that now has a different service does not count.
    """
    if not side.unreadable:
        return side
    known = {built.resolved.spec.source.path for built in side.built.values()}
    missing = (key for key in other.built if key not in side.built)
    return side._replace(
        failed=side.failed | {key for key in missing if other.built[key].resolved.spec.source.path not in known}
    )


def _is_elsewhere(environment: str, half: Half, found: Reach) -> bool:
    """Tell whether a spec that is out of reach names an environment."""
    if found.services is None:
        return False
    paths = [path for path in half.snapshot.paths - found.specs if found.is_spec(path)]
    return mentions(half.snapshot.read(paths), environment)


def _check_names(wanted: Filter, sides: list[Side], halves: tuple[Half, Half], found: Reach) -> None:
    """Raise ConfigError for a service or environment that neither side has."""
    environments = {name: one for side in sides for name, one in sorted(side.environments.items())}
    abstract = {name: path for side in sides for name, path in side.abstract.items()}
    for name in wanted.environments:
        if name not in environments and environments:
            raise no_environment(name, environments, abstract)
    known = {service for side in sides for service, _ in (*side.built, *side.failed)}
    missing = [name for name in wanted.services if name not in known]
    if missing:
        for half in halves:
            paths = [path for path in half.snapshot.paths if found.is_spec(path)]
            known |= {service_of(raw) for raw in half.snapshot.read(paths).values()}
        for name in missing:
            if name not in known:
                raise unknown_service(name, sorted(known - {""}))


def _roots(
    old: Side, new: Side, wanted: Filter, is_elsewhere: Callable[[str], bool]
) -> Iterator[tuple[State | None, State | None]]:
    for name in sorted(old.roots.keys() | new.roots.keys()):
        before, after = old.root(name), new.root(name)
        if not wanted.wants(("", name)) or _fails_in(name, old) or _fails_in(name, new):
            continue
        if (before is None or after is None) and is_elsewhere(name):
            continue
        yield before, after


def _fails_in(environment: str, side: Side) -> bool:
    """Tell whether nothing could be built in an environment in which there should be something."""
    return environment not in side.roots and any(environment_of(key) == environment for key in side.failed)


def _users(old: Side, new: Side, keys: Iterable[Key]) -> dict[str, list[Key]]:
    """Return who was and is rendered by a chart of the repository, by its folder."""
    found: dict[str, list[Key]] = {}
    for key in keys:
        folders = [side.built[key].origin.folder for side in (old, new) if key in side.built]
        if len(folders) == 2 and folders[0] == folders[1] != "":
            found.setdefault(folders[0], []).append(key)
    return found


def _moved(old: Side, new: Side, keys: Iterable[Key]) -> Iterator[tuple[str, str, str]]:
    told = set()
    for key in keys:
        if key in old.built and key in new.built and key[0] not in told:
            paths = [side.built[key].resolved.spec.source.path for side in (old, new)]
            if paths[0] != paths[1]:
                told.add(key[0])
                yield key[0], paths[0], paths[1]


def _renamed(old: Side, new: Side, keys: Iterable[Key]) -> set[tuple[str, str, str]]:
    """Return (path, old name, new name) of specs that are the same file and name another service."""
    names = [
        {side.built[key].resolved.spec.source.path: key[0] for key in keys if key in side.built and key[0] not in other}
        for side, other in ((old, {name for name, _ in new.built}), (new, {name for name, _ in old.built}))
    ]
    return {(path, names[0][path], names[1][path]) for path in names[0].keys() & names[1].keys()}


def _failures(old: Side, new: Side, wanted: Filter) -> Iterator[Failure]:
    for name, side in (("base", old), ("head", new)):
        keys = tuple(sorted(key for key in side.failed if wanted.wants(key)))
        if keys or side.unreadable:
            services = {service for service, _ in keys}
            yield Failure(name, keys, tuple(item for item in side.errors if not item.service or item.service in services))
