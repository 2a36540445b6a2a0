"""Ask the gates before generated files are published, and record those that were skipped in a commit of their own.

A publication has no version of its own: what it releases is what differs in the folder of generated files between the
remote and what is pushed. The windows are those that the published commit itself has: a freeze that was pushed in the
meantime counts.
"""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from generator.errors import RefusedError
from generator.history.gates import DELETION, TRAILER, WINDOW, Gates, Skipped, skipped
from generator.history.ledger import releases
from generator.history.ledger.layout import USUAL, WORKSPACE_FILE, environment_of, layout_in
from generator.history.ledger.overrides import Recorded
from generator.history.ledger.story import Story
from generator.history.publish import Place
from generator.pipeline.drift import Wanted
from generator.service.root import APPLICATIONS
from generator.syntax.merge import lookup
from generator.syntax.reader import try_parse
from generator.syntax.reader.characters import MAX_BYTES
from generator.syntax.wording import counted
from generator.system.git import objects as git_objects
from generator.system.git import read as git_read
from generator.system.git import remote as git_remote
from generator.workspace.load import Loader
from generator.workspace.model import Environment

if TYPE_CHECKING:
    from generator.history.windows import Closed

_NO_SERVICE = "-"
"""The service of what belongs to none, in trailers: it is not a valid name."""


class Asked(NamedTuple):
    """What is asked before a publication."""

    gates: Gates
    wanted: Mapping[str, Wanted]
    """The generated files, by their paths in the workspace."""


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
    published: Releases = {_owner(place, path, wanted): None for path in changed}
    gone = [path for path, is_there in changed.items() if not is_there] if gates.skips(DELETION) else []
    deleted: Releases = {_owner(place, path, wanted): None for path in gone}
    if not deleted and not _may_have_windows(place, made):
        return made
    with git_remote.worktree(place.checkout, made) as tree:
        root = place.specs if place.relative is None else posixpath.normpath(posixpath.join(tree, place.relative))
        closed = _closed(_environments(root), published, gates.now)
        known = _recorded(place, root, base, made, [one.key for one in closed])
        passed = _passed([one for one in closed if one.key not in known], gates)
        lines = _trailers(passed, deleted, gates)
        if not lines:
            return made
        services = {service for service, _ in (*passed, *deleted) if service}
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


def _may_have_windows(place: Place, made: str) -> bool:
    """Tell whether an environment of a commit has windows, or cannot be read; most have none, and no tree is needed."""
    if place.relative is None:
        return True
    held = git_objects.tree(place.checkout, made)
    below = {posixpath.relpath(path, place.relative): name for path, (_, name) in held.items()}
    settings = git_objects.blobs(place.checkout, {below[path] for path in [WORKSPACE_FILE] if path in below}, MAX_BYTES)
    folder = layout_in(next(iter(settings.values()), b""), USUAL).environments
    ids = {name for path, name in below.items() if environment_of(path, folder)}
    files = git_objects.blobs(place.checkout, ids, MAX_BYTES)
    return len(files) < len(ids) or any(_has_windows(raw) for raw in files.values())


def _has_windows(raw: bytes) -> bool:
    """Tell whether the file of an environment has windows, or cannot be read."""
    source, problems = try_parse("", raw)
    return source is None or bool(problems) or lookup(source.data, ("spec", "windows"))[0]


def _environments(root: str) -> dict[str, Environment]:
    """Return the environments as they are in the published commit, or in the repository of the specs."""
    loader = Loader(root)
    return loader.environments(loader.workspace())


def _recorded(place: Place, root: str, base: str, made: str, wanted: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return those of services and environments whose skipped window a commit records that is published with them.

    It counts as far as `history` shows it, so that nothing passes without a trace. Nothing shows what commits of another
    repository than that of the specs record.
    """
    if place.relative is None or not wanted:
        return set()
    new = {commit.id for commit in git_read.with_trailer(place.checkout, (TRAILER,), made, f"^{base}", changes=False)}
    if not new:
        return set()
    workspace = Loader(root).workspace()
    story, recorded = Story(root, workspace), Recorded(root, workspace.output)
    found = set()
    for service, environment in wanted:
        newest = next(iter(releases(root, workspace, service, environment, recorded, story).releases), None)
        own = {newest.landed.id, newest.made.id} if newest and newest.ended else set()  # says nothing of the removal
        if newest and any(one.gate == WINDOW and one.commit in new - own for one in newest.overrides):
            found.add((service, environment))
    return found


def _closed(environments: Mapping[str, Environment], published: Iterable[tuple[str, str]], now: int) -> list[Closed]:
    from generator.history.windows import closed  # late: time zones take time to load

    return closed(environments, published, now)


def _passed(found: Sequence[Closed], gates: Gates) -> Releases:
    """Return the releases whose window is skipped; raises RefusedError if it is not."""
    if found and not gates.skips(WINDOW):
        from generator.history.windows import sentences

        hint = "wait until then, or use --ignore-window with --reason"
        raise RefusedError(f"{'; '.join(sentences(found))}; nothing was published", hint)
    return {one.key: None for one in found}


def _trailers(closed: Releases, deleted: Releases, gates: Gates) -> list[str]:
    lines = []
    for service, environment in sorted({**closed, **deleted}):
        found = [gate for gate, releases in ((WINDOW, closed), (DELETION, deleted)) if (service, environment) in releases]
        told: Skipped = skipped(gates.reason, {gate: [service] for gate in found})
        lines += [f"Tiphys-Service: {service or _NO_SERVICE}", f"Tiphys-Environment: {environment}", *told.trailers(service)]
    return lines
