"""What --verbose says of the inputs of a run: which were found, by what, and which are left out."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from generator.syntax.globs import Glob
from generator.syntax.wording import counted, listed
from generator.system import verbose

if TYPE_CHECKING:
    from generator.pipeline.inputs import Inputs
    from generator.pipeline.request import Request

_MOST = 20
"""Paths of one list; `lint --list-files` prints all of them."""


def tell_inputs(inputs: Inputs, request: Request, found: Sequence[str]) -> None:
    """Say what was read, and what not; `found` are all paths that match, also those that Git does not track."""
    workspace, settings = inputs.workspace, inputs.workspace.lint
    _tell_environments(inputs, request)
    for glob in workspace.specs:
        pattern = Glob(glob)
        matches = [path for path in found if pattern.match(path)]
        verbose.tell("specs", _paths(f"{counted(len(matches), 'file')} by the pattern `{glob}`", matches))
    drafts = sorted({*found} - {*inputs.paths})
    if drafts:
        verbose.tell("skipped", _paths(f"{counted(len(drafts), 'spec')} that Git does not track", drafts))
    for path in sorted(request.contents):
        verbose.tell("content", f"of {path} from stdin or an edit, not from disk")
    if request.services:
        verbose.tell("services", f"only {listed(request.services)}, as named on the command line")
    if not (request.baseline or settings.get("baseline")):
        verbose.tell("baseline", "none")


def _tell_environments(inputs: Inputs, request: Request) -> None:
    folder, wanted = inputs.workspace.environments, request.environments
    names = [name for name in inputs.environments if not wanted or name in wanted]
    verbose.tell("environments", f"{listed(names) or 'none'}, from {folder}/")
    left = [name for name in inputs.environments if wanted and name not in wanted]
    if left:
        verbose.tell("skipped", f"{counted(len(left), 'environment')} not in --env: {listed(left)}")
    if inputs.loader.abstract:
        verbose.tell("environments", f"{listed(sorted(inputs.loader.abstract))} abstract: nothing is deployed to it")


def tell_part(own: Collection[str], paths: Collection[str], title: str) -> None:
    """Say which specs a shard has."""
    verbose.tell(title, _paths(f"{len(own):,} of {counted(len(paths), 'spec')}", sorted(own)))


def tell_unchanged(settled: Collection[str], paths: Collection[str]) -> None:
    """Say which specs need not be looked at again."""
    if settled:
        text = f"{counted(len(settled), 'spec')} of {len(paths):,}, unchanged since the last run"
        verbose.tell("skipped", _paths(text, sorted(settled)))


def _paths(title: str, paths: Sequence[str]) -> str:
    """Return a title with a path on each line below it, the first of many."""
    lines = [f"  - {path}" for path in paths[:_MOST]]
    more = [f"  - … and {len(paths) - _MOST:,} more; see `tiphys lint --list-files`"] if len(paths) > _MOST else []
    return "\n".join([title, *lines, *more])
