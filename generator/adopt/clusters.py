"""The clusters of an environment: where names of Applications differ by them, and which environments may be clusters of one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from generator.adopt import words
from generator.adopt.model import Found
from generator.syntax import names
from generator.workspace.destinations import RESERVED

LONGEST = 40
"""Characters of the name of a destination."""
_NAME = re.compile(r"[a-z][-a-z0-9]*")


def cluster_of(one: Found) -> str:
    """Return the cluster that an Application deploys to, as it is written there."""
    return str(one.destination.get("name") or one.destination.get("server") or "").rstrip("/")


def told_apart(found: Sequence[Found], environments: Sequence[str], only: str) -> list[str]:
    """Return environments with a word for the cluster, where the names of Applications differ by it alone.

    `only` is the environment of Applications that nothing else tells apart.
    """
    result = list(environments)
    for environment in dict.fromkeys(environments):
        here = [index for index, name in enumerate(environments) if name == environment]
        by_cluster = _words([found[index] for index in here])
        for index in here:
            word = by_cluster.get(cluster_of(found[index]))
            if word:
                rest = words.without_part(word, environment)  # a cluster may be called after the environment
                result[index] = word if environment == only else f"{environment}-{rest or word}"
    return result


def _words(found: Sequence[Found]) -> Mapping[str, str]:
    """Return the word for each cluster by which the names of Applications differ; empty if they do not."""
    clusters = dict.fromkeys(map(cluster_of, found))
    if len(clusters) < 2:
        return {}
    for known in _candidates(found, [*clusters]):
        stems = [(words.without_part(one.name, known[cluster_of(one)]), cluster_of(one)) for one in found]
        fewer = len({stem for stem, _ in stems}) < len(found)
        if all(stem for stem, _ in stems) and len({*stems}) == len(found) and fewer:
            return known
    return {}


def _candidates(found: Sequence[Found], clusters: Sequence[str]) -> Iterator[dict[str, str]]:
    """Yield words for clusters: what parameters of an ApplicationSet say of each, and what is in one address alone."""
    for key in dict.fromkeys(key for one in found for key in one.marks):
        values = {(cluster_of(one), one.marks.get(key, "")) for one in found}
        if len(values) == len(clusters) == len({value for _, value in values}):
            yield {cluster: "-".join(words.tokens(value)) for cluster, value in values}
    tokens = {cluster: words.tokens(re.sub(r"^https?://|:[0-9]+$", "", cluster)) for cluster in clusters}
    yield {cluster: "-".join(parts) for cluster, parts in tokens.items()}
    shared = set.intersection(*(set(parts) for parts in tokens.values()))
    yield {cluster: "-".join(part for part in parts if part not in shared) for cluster, parts in tokens.items()}


def splits(environments: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Return the environments that may be clusters of one, each with that environment and a name for the destination.

    They are called after one stage and a rest that tells them apart: `prod-eu` and `prod-us`.
    """
    parts: dict[str, tuple[str, str]] = {}
    for name in dict.fromkeys(environments):
        stage = words.stage_in(name)
        rest = words.without_part(name, stage)
        if stage and rest != name and is_destination(rest):
            parts[name] = (stage, rest)
    members: dict[str, list[str]] = {}
    for name, (stage, _) in parts.items():
        members.setdefault(stage, []).append(name)
    several = {stage for stage, of in members.items() if len(of) > 1 and stage not in environments}
    return {name: part for name, part in parts.items() if part[0] in several}


def is_destination(name: str) -> bool:
    """Tell whether a text can be the name of a destination."""
    fits = _NAME.fullmatch(name) and not name.endswith("-") and len(name) <= LONGEST
    return bool(fits) and name not in (*names.RESERVED, *RESERVED) and not names.misread(name)
