"""The generated files that exist on disk, and which of them a run may call stale."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from generator.errors import ConfigError
from generator.system.files import Folder, Kind, UnreadableFileError
from generator.workspace.output import RENDERED

if TYPE_CHECKING:
    from generator.pipeline.drift import Owner
    from generator.pipeline.request import Request


def read(
    request: Request,
    output: str,
    folders: Collection[str],
    known: Collection[str] = (),
    is_elsewhere: Callable[[str], bool] = lambda _service: False,
    listed: Collection[str] | None = None,
) -> dict[str, bytes | None]:
    """Return the files below the output: all of them, or only those of the requested services; raises ConfigError.

    `folders` are the names of folders of Applications. Files that are `known` to be as they are wanted are left out, and
    so are the folders of services in other shards. `listed` are all files there are, if that is known.
    """

    def skip(path: str) -> bool:
        _, *below = path.removeprefix(f"{output}/").split("/")
        return _is_hidden(path) or (len(below) == 1 and below[0] not in folders and is_elsewhere(below[0]))

    folder = Folder(request.output or request.root)
    if listed is not None and not request.services and not request.output:
        return folder.read_files(sorted(path for path in listed if path not in known))
    try:
        if not request.services:
            return folder.read_tree(output, skip, but=known)
        environments = [name for name, kind in folder.entries(output) if kind is Kind.FOLDER and not _is_hidden(name)]
    except UnreadableFileError as error:
        raise ConfigError(error.about(output), error.hint) from None
    found: dict[str, bytes | None] = {}
    for environment in environments:
        found.update(folder.read_files([f"{output}/{environment}/root.yaml"]))
        for service in request.services:
            found.update(_tree(folder, f"{output}/{environment}/{service}"))
            for name in folders:
                found.update(_applications(folder, f"{output}/{environment}/{name}", service))
    return found


def _applications(folder: Folder, path: str, service: str) -> dict[str, bytes | None]:
    """Return the Application of a service, or those of its destinations, among them maybe some of a similar name."""
    try:
        names = [name for name, _ in folder.entries(path) if name.startswith(f"{service}-")]
    except UnreadableFileError:  # not a folder
        names = []
    return folder.read_files([f"{path}/{name}" for name in (f"{service}.yaml", *names)])


def scope(
    request: Request,
    owner_of: Owner,
    services: Collection[str],
    built: Collection[tuple[str, str]] | None,
    unrendered: Collection[str] = (),
    is_elsewhere: Callable[[str], bool] = lambda _service: False,
) -> Callable[[str, bytes | None], bool]:
    """Return which files below the output this run may report as stale, by the owner of each.

    `built` are the environments and services that could be built, if errors prevented some. `unrendered` are the
    environments of which this run does not make the rendered files, so that it does not miss them either.
    `is_elsewhere` tells of a service, or of the empty name, whether its files are checked by another shard.
    """
    whole = not request.services and not request.output

    def in_scope(path: str, content: bytes | None) -> bool:
        environment, service = owner_of(path, content)
        if (request.tracked is not None and path not in request.tracked) or is_elsewhere(service):
            return False
        if request.environments and environment not in request.environments:
            return False
        if built is not None and (environment, service) not in built:
            return False
        below = path.partition(f"/{environment}/{service}/")[2]
        if environment in unrendered and service in services and RENDERED in below.split("/")[:-1]:
            return False
        return whole or service in services

    return in_scope


def _tree(folder: Folder, path: str) -> dict[str, bytes | None]:
    try:
        return folder.read_tree(path, _is_hidden)
    except UnreadableFileError as error:  # not a folder
        return {error.at: None}


def _is_hidden(path: str) -> bool:
    return path.rpartition("/")[2].startswith(".")
