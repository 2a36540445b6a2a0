"""The files that a run reads as inputs: what it asks the disk for is noted while it runs, so nothing is left out."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterator
from functools import cache
from typing import NamedTuple

from generator.pipeline.inputs import check_names, load, open_workspace
from generator.pipeline.request import Mode, Outcome, Request
from generator.pipeline.run import run
from generator.pipeline.shards import part_of
from generator.syntax import shipped
from generator.system import store, upwards
from generator.system.files import Folder, roots, watching
from generator.system.files.refusals import printable
from generator.system.files.watching import How, Question
from generator.workspace import unread
from generator.workspace.kinds import kind_of
from generator.workspace.parsed import Parsed

_IGNORED = ("TP043", "TP050")
"""The rules that report files which look like inputs and are not read."""


class InputFile(NamedTuple):
    """One file."""

    path: str
    """Relative to the root of the workspace; with `../` for one that is elsewhere in its repository."""
    kind: str
    """One of `workspace.kinds.KINDS`."""
    why: str = ""
    """Why it is ignored; empty for a file that is read."""


class Listing(NamedTuple):
    """The files, and the run that read them."""

    files: tuple[InputFile, ...]
    """By path; none if tiphys.yaml is invalid."""
    outcome: Outcome


def input_files(request: Request) -> Listing:
    """Return the files that a run would read, without those that are generated; raises what the run raises.

    Specs of other services than the requested ones, and of other shards, are left out, though a run looks into them.
    """
    parsed = request.parsed or Parsed()
    # One process, whose questions are all noted, and no memory, with which it would ask less.
    alone = request._replace(mode=Mode.LINT, memory=None, parsed=parsed, shard=None, on_built=lambda _built: None)
    with watching.watching() as watch:
        outcome = run(alone)
    if outcome.workspace is None:
        return Listing((), outcome)
    specs, wanted = _specs(request._replace(mode=Mode.LINT, memory=None, parsed=parsed))
    workspace, folder = outcome.workspace, Folder(request.root)
    is_chart = cache(lambda path: folder.is_file(f"{path}/Chart.yaml"))
    read = sorted({*_read(request.root, watch.notes)} - (specs - wanted))
    found = [InputFile(path, kind_of(path, workspace, specs, is_chart)) for path in read]
    if request.baseline:
        found = [one._replace(kind="baseline") if one.path == request.baseline else one for one in found]
    ignored = [
        InputFile(one.path, "ignored", one.message.removeprefix("this file is ignored: "))
        for one in unread.problems(request.root, workspace, specs)
        if one.rule in _IGNORED and folder.is_file(one.path)
    ]
    ignored += [InputFile(path, "ignored", _why_unread(path, outcome)) for path in sorted(wanted.difference(read))]
    return Listing(tuple(sorted({one.path: one for one in (*found, *ignored)}.values())), outcome)


def _why_unread(path: str, outcome: Outcome) -> str:
    """Return why a spec was refused before it was read: for its path, or for a link on the way to it."""
    told = [one for one in outcome.diagnostics if f"{printable(path)}/".startswith(f"{one.path}/")]
    return told[0].message if told else "this file cannot be read"


def _specs(request: Request) -> tuple[frozenset[str], frozenset[str]]:
    """Return the paths of all specs, and of those that are requested; raises ConfigError for an unknown name."""
    inputs = load(open_workspace(request), request)
    own = part_of(inputs, request).own
    if not (request.services or request.environments):
        return frozenset(inputs.paths), frozenset(own)
    specs = [spec for path in own if (spec := inputs.loader.spec(path, request.services))]
    check_names(inputs, [(spec.name, spec.source.path) for spec in specs], request)
    broken = inputs.loader.broken.intersection(own)
    return frozenset(inputs.paths), frozenset(spec.source.path for spec in specs) | broken


def _read(root: str, questions: Collection[Question]) -> Iterator[str]:
    """Yield the files of the repository that were read, relative to the root of the workspace."""
    top = upwards.above(root, ".git") or root
    foreign = (shipped.root(), store.home())
    for base, path, how, _ in questions:
        place = posixpath.normpath(posixpath.join(base, path))
        if how is not How.READ or not Folder(base).is_file(path) or not _is_below(place, top):
            continue
        is_foreign = not _is_below(place, root) and any(_is_below(place, folder) for folder in foreign)
        if not is_foreign and not _is_below(place, posixpath.join(top, ".git")):
            yield roots.below(place, root)


def _is_below(path: str, folder: str) -> bool:
    return path.startswith(f"{folder.rstrip('/')}/")
