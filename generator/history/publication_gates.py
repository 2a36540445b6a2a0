"""Ask the gates before generated files are published, and record those that were skipped in a commit of their own.

A publication has no version of its own: what it releases is what differs in the folder of generated files between the
remote and what is pushed. The windows are those that the published commit itself has: a freeze that was pushed in the
meantime counts.
"""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from generator.errors import RefusedError
from generator.history.fleet import Fleet
from generator.history.gates import DELETION, TRAILER, WINDOW, Gates, Skipped, skipped
from generator.history.ledger.overrides import groups, only_generated, overrides
from generator.history.ledger.versions import Version
from generator.history.publish import Place
from generator.pipeline.drift import Wanted
from generator.service.chart import chart_of
from generator.service.root import APPLICATIONS
from generator.syntax.wording import counted
from generator.system.git import objects as git_objects
from generator.system.git import read as git_read
from generator.system.git import remote as git_remote
from generator.workspace.load import Loader
from generator.workspace.model import Environment

_WORD = b"windows"
_NO_SERVICE = "-"
"""The service of what belongs to none, in trailers: it is not a valid name."""


class Asked(NamedTuple):
    """What is asked before a publication."""

    gates: Gates
    wanted: Mapping[str, Wanted]
    """The generated files, by their paths in the workspace."""
    environments: str
    """The folder of the environments, as a path of the workspace."""


Releases = dict[tuple[str, str], None]
"""Names of services and environments; no name of a service for what belongs to none."""


def with_record(asked: Asked, place: Place, base: str, made: str) -> str:
    """Return what is published: a commit, and on top of it one that records skipped gates, if there are any.

    Raises RefusedError for what the windows do not permit.
    """
    gates, wanted = asked.gates, asked.wanted
    changed = _changed(place, base, made)
    if not changed:
        return made
    releases: Releases = {_owner(place, path, wanted): None for path in changed}
    gone = [path for path, is_there in changed.items() if not is_there] if gates.skips(DELETION) else []
    deleted: Releases = {_owner(place, path, wanted): None for path in gone}
    if not deleted and not _may_have_windows(asked, place, made):
        return made
    with git_remote.worktree(place.checkout, made) as tree:
        root = place.specs if place.relative is None else posixpath.normpath(posixpath.join(tree, place.relative))
        known = _recorded(place, root, base, made)
        closed = _closed(_environments(root), [key for key in releases if key not in known], gates)
        lines = _trailers(closed, deleted, gates)
        if not lines:
            return made
        services = {service for service, _ in (*closed, *deleted) if service}
        subject = f"Publish {', '.join(services) if len(services) == 1 else counted(len(services), 'service')} past its gates"
        git_remote.commit_nothing(tree, "\n".join([subject, "", *lines]) + "\n")
        return git_remote.bring(place.checkout, tree)


def _changed(place: Place, base: str, made: str) -> dict[str, bool]:
    """Return the generated files that differ between two commits, each with whether it is still there."""
    before, after = git_objects.tree(place.checkout, base), git_objects.tree(place.checkout, made)
    paths = (path for path in sorted({*before, *after}) if before.get(path) != after.get(path))
    return {path: path in after for path in paths if place.holds(path)}


def _owner(place: Place, path: str, wanted: Mapping[str, Wanted]) -> tuple[str, str]:
    """Return the service and the environment that a generated file belongs to."""
    relative = posixpath.relpath(path, place.relative or ".")
    if relative in wanted:
        return wanted[relative].service, wanted[relative].environment
    environment, _, rest = path.removeprefix(f"{place.generated}/").partition("/")
    folder, slash, name = rest.partition("/")
    if not slash:
        return "", environment
    return (posixpath.splitext(name)[0] if folder in _application_folders(wanted) else folder), environment


def _application_folders(wanted: Mapping[str, Wanted]) -> set[str]:
    """Return the names of the folders that hold Applications: those that are called after no service of their files."""
    folders = {(posixpath.basename(posixpath.dirname(path)), one.service) for path, one in wanted.items() if one.service}
    services = {service for _, service in folders}
    return {APPLICATIONS, *(folder for folder, _ in folders if folder not in services and folder != "manifests")}


def _may_have_windows(asked: Asked, place: Place, made: str) -> bool:
    """Tell whether a file of an environment has the word; most have not, and nothing more is to be done."""
    if place.relative is None:
        return True
    folder = posixpath.normpath(posixpath.join(place.relative, asked.environments))
    held = git_objects.tree(place.checkout, made)
    ids = [object_id for path, (_, object_id) in held.items() if posixpath.dirname(path) == folder]
    return any(_WORD in raw for raw in git_objects.blobs(place.checkout, ids).values())


def _environments(root: str) -> dict[str, Environment]:
    """Return the environments as they are in the published commit, or in the repository of the specs."""
    loader = Loader(root)
    return loader.environments(loader.workspace())


def _recorded(place: Place, root: str, base: str, made: str) -> set[tuple[str, str]]:
    """Return the releases whose skipped window a commit records that is published with them.

    A commit that names a version counts for that version alone: what was decided about one is not about the next.
    """
    said = [
        ((group.service, environment), group)
        for commit in git_read.with_trailer(place.checkout, (TRAILER,), made, f"^{base}")
        for group in groups(commit)
        if group.names_version or only_generated(commit, place.generated)
        if any(one.gate == WINDOW for one in overrides(commit, [group]))
        for environment in group.of("Tiphys-Environment")
    ]
    versions = _versions(root, {key for key, group in said if group.names_version})
    return {key for key, group in said if not group.names_version or (key in versions and group.agrees_with(versions[key]))}


def _versions(root: str, wanted: Collection[tuple[str, str]]) -> dict[tuple[str, str], Version]:
    """Return the versions of services in environments as the published commit declares them; what it has not is left out."""
    if not wanted:
        return {}
    fleet = Fleet(root, writes=False)
    specs = fleet.specs()
    found: dict[tuple[str, str], Version] = {}
    for service, environment in wanted:
        spec = specs.get(service)
        if spec is not None and environment in spec.environments and environment in fleet.environments:
            stand = fleet.stand(spec, environment)
            tag, digest, number, images = stand.version
            found[service, environment] = Version(tag, digest, chart_of(stand.resolved).name, number, images)
    return found


def _closed(environments: Mapping[str, Environment], releases: Iterable[tuple[str, str]], gates: Gates) -> Releases:
    from generator.history.windows import closed, sentences  # late: time zones take time to load

    found = closed(environments, releases, gates.now)
    if found and not gates.skips(WINDOW):
        hint = "wait until then, or use --ignore-window with --reason"
        raise RefusedError(f"{'; '.join(sentences(found))}; nothing was published", hint)
    return {(one.service, one.environment.name): None for one in found}


def _trailers(closed: Releases, deleted: Releases, gates: Gates) -> list[str]:
    lines = []
    for service, environment in sorted({**closed, **deleted}):
        found = [gate for gate, releases in ((WINDOW, closed), (DELETION, deleted)) if (service, environment) in releases]
        told: Skipped = skipped(gates.reason, {gate: [service] for gate in found})
        lines += [f"Tiphys-Service: {service or _NO_SERVICE}", f"Tiphys-Environment: {environment}", *told.trailers(service)]
    return lines
