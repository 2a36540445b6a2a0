"""What is published and where to, checked before anything is committed."""

from __future__ import annotations

from generator.errors import ConfigError, RefusedError
from generator.history.publish import ConflictError, Place, Publication, prepare, pushed, uncommitted_inputs
from generator.pipeline.request import Outcome
from generator.syntax.wording import counted, listed
from generator.system.files import roots
from generator.system.git import remote as git_remote
from generator.workspace.load import Loader
from generator.workspace.model import Workspace


def checkout_of(root: str, output: str) -> str:
    """Return the root of the checkout to commit to; raises ConfigError."""
    if output and not roots.is_folder(output):
        raise ConfigError(f"--output: folder {output} does not exist", "pass the root of a checkout of the config repository")
    return git_remote.top(roots.absolute(output) if output else root)


def place_of(root: str, checkout: str, workspace: Workspace, remote: str, branch: str, *, separate: bool) -> Place:
    """Return where manifests go: to the named or current branch; `separate` if the specs are in another repository."""
    relative = None if separate else roots.inside(root, checkout)
    return Place(root, checkout, relative, workspace.output, remote, branch or git_remote.branch(checkout))


def check_inputs(place: Place, workspace: Workspace) -> None:
    """Refuse to commit manifests of uncommitted specs: the commit itself would have drift."""
    if place.relative is None:
        return
    dirty = uncommitted_inputs(place, Loader(place.specs).spec_paths(workspace), workspace.environments)
    if dirty:
        verb = "is" if len(dirty) == 1 else "are"
        raise RefusedError(
            f"{listed(dirty, most=3)} {verb} not committed", "commit the specs first, or use `tiphys bump --commit`"
        )


def message(outcome: Outcome) -> str:
    """Return the commit message: a subject, and trailers for programs."""
    services = sorted({wanted.service for wanted in outcome.wanted.values() if wanted.service})
    said = services[0] if len(services) == 1 else counted(len(services), "service")
    trailers = [f"Tiphys-Service: {name}" for name in services[:50]]
    return "\n".join([f"Generate the manifests of {said}", "", *trailers]) + "\n"


def published(place: Place, start: str, publication: Publication, *, push: bool) -> str:
    """Return the new commit, after pushing it with `push`; raises RefusedError for a conflict."""
    try:
        made = prepare(place, start, start, publication)
        return pushed(place, start, made, publication) if push else publication.record(place, start, made)
    except ConflictError as conflict:
        raise RefusedError(
            f"{listed(conflict.paths)} changed in {place.remote}/{place.branch} as well; nothing was changed here",
            f"merge branch {conflict.kept}, which holds the work, by hand, then run the command again",
        ) from None
