"""Applications that one side has and the other has not: what waits in Argo CD before they are pruned."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from generator.diff.side import Key, Side, environment_of
from generator.kubernetes.objects import at
from generator.service.confirmation import Confirmation, confirmation


def removals(old: Side, new: Side, keys: Iterable[Key], is_elsewhere: Callable[[str], bool]) -> Iterator[Confirmation]:
    """Yield, by environment, what the sync of its root Application waits for after the change.

    `is_elsewhere` tells whether services that were not read are deployed to an environment.
    """
    kept, removed = set[tuple[str, ...]](), dict[str, list[Mapping[str, Any]]]()
    every = list(keys)
    for key in every:
        if key in new.built:
            kept.add(_identity(key, _application(new, key)))
    for key in every:
        if key in old.built and _identity(key, _application(old, key)) not in kept:
            removed.setdefault(environment_of(key), []).append(_application(old, key))
    for environment, applications in sorted(removed.items()):
        root = new.roots.get(environment) or old.roots.get(environment)
        stays = environment in new.roots or is_elsewhere(environment)
        found = confirmation(environment, root.data if root and stays else None, applications)
        if found:
            yield found


def _application(side: Side, key: Key) -> Mapping[str, Any]:
    """Return the generated Application of a service, which is its first document."""
    return side.built[key].documents[0].data


def _identity(key: Key, application: Mapping[str, Any]) -> tuple[str, ...]:
    names = at(application, "metadata", "namespace"), at(application, "metadata", "name")
    return environment_of(key), *map(str, names)
