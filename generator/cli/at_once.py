"""A check of what has not changed is answered at once: before click and the pipeline are imported, which take longer.

Whatever is not as plain as that, and every doubt, is left to the command itself.
"""

from __future__ import annotations

import os
import sys
from stat import S_ISDIR

from generator.cli.colors import wants_color
from generator.cli.ending import end
from generator.system import unchanged
from generator.system.itself import identity
from generator.system.rights import rights
from generator.system.states import digest_of, is_read_only, states
from generator.system.store import MALFORMED, Store, kept_at
from generator.system.upwards import above, holding, is_within, real

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

FOLDER = "memory-1"
"""Where runs are remembered, in the home of what is kept."""
_SPECIAL = ("GITHUB_ACTIONS", "_TIPHYS_COMPLETE")
"""Variables with which a check prints something else."""
_PLACES = ("HOME", "XDG_CACHE_HOME", "TMPDIR")
"""Variables that say where an interrupted run may have left its journal."""
_QUIET = (["-q"], ["--quiet"])


def answer(arguments: Sequence[str]) -> None:
    """End the process with what the command would say, if that is known; return otherwise."""
    try:
        said = said_of(arguments)
    except (OSError, *MALFORMED):
        return
    if said is not None:
        end(lambda: _put(said))


def said_of(arguments: Sequence[str]) -> unchanged.Said | None:
    """Return what a call of tiphys would say; None if that is not known."""
    directory, words = ".", list(arguments)
    if words[:1] in (["-C"], ["--root"]) and len(words) > 1 and not words[1].startswith("-"):
        directory, words = words[1], words[2:]
    if words[:1] != ["check"] or (words[1:] and words[1:] not in _QUIET) or any(map(os.environ.get, _SPECIAL)):
        return None
    root = holding(directory, "tiphys.yaml")  # of the folders above, the command decides which is meant
    if not root or None in (sys.stdout, sys.stderr) or is_read_only(root):
        return None
    store = store_of(root)
    raw = store.get(name_of(store, root, shape_of(directory, quiet=bool(words[1:])))) if store.folder else None
    said = unchanged.said(raw) if raw is not None else None
    return said if said is not None and _can_be_printed(said) else None


def shape_of(directory: str, color: str = "auto", fail_level: str | None = None, *, quiet: bool) -> str:
    """Return in which form a check says what it says."""
    return repr((wants_color(color), quiet, directory, fail_level, bool(os.environ.get("GITHUB_ACTIONS"))))


def store_of(root: str, *, wanted: bool = True) -> Store:
    """Return where runs over a workspace are remembered: nowhere if a pull request can bring that, or if it is in the workspace."""
    place = kept_at(FOLDER) if wanted else ""
    return Store(place if place and not is_within(place, root, ".") else "")


def name_of(store: Store, root: str, shape: str) -> str:
    """Return the name of what a check of a workspace says in this form."""
    made_of = identity(store)
    if not made_of:
        raise LookupError("it is unknown what this program is made of")
    tops = [above(place, ".git") for place in (root, real(root))]
    marks = [*map(_repository, tops), *(os.environ.get(name, "\0") for name in _PLACES)]
    return f"{digest_of([made_of, root, *tops, shape, store.folder, rights(), *marks]).hex()}.said"


def _repository(top: str) -> str:
    """Return what stands for the `.git` of a working tree: a folder changes with each commit, a file says where that folder is."""
    mode, size, modified, changed, number, device = states([f"{top}/.git"])
    return " ".join(map(str, (mode, number, device) if S_ISDIR(mode) else (mode, size, modified, changed, number, device)))


def _can_be_printed(said: unchanged.Said) -> bool:
    """Tell whether it comes out as the command would print it."""
    return all(
        text.isascii() or stream.encoding == "utf-8" for text, stream in zip(said[:2], (sys.stdout, sys.stderr), strict=True)
    )


def _put(said: unchanged.Said) -> int:
    text, sentence, code = said
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
        sys.stderr.write(f"{sentence}\n" if sentence else "")
    except KeyboardInterrupt:
        return 130
    return code
