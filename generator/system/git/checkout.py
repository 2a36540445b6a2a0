"""Bring the branch that is checked out forward: its index, its files and what it points to.

Some files are put in place by who calls this, whole and at once: git opens a file and then fills it, and what is
killed in between leaves an empty one. Everything else that a commit brings is left to git, as a pull leaves it.

No hook runs here: where `core.hooksPath` is a folder of the tree, these would be those of the commit, which may come from
the remote a moment ago.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping, Sequence
from tempfile import TemporaryDirectory
from types import MappingProxyType

from generator.system.git.call import call, place_of, said
from generator.system.git.commit import run_on
from generator.system.program import Done

_OWN_CHANGES = re.compile("not uptodate|would be (?:overwritten|lost|removed)")
"""Git's message if a commit would overwrite an uncommitted file."""


class StuckError(Exception):
    """The checkout could not be updated; has the reason."""


def may_advance(root: str, old: str, new: str, placed: Sequence[str]) -> bool:
    """Tell whether no change of the user's own is in the way of a commit; those in `placed` are not looked at.

    Raises StuckError where git cannot tell.
    """
    index = call(root, "rev-parse", "--git-path", "index").out.decode("utf-8", "surrogateescape").rstrip("\n")
    with TemporaryDirectory(prefix="tiphys-index-") as folder:
        copy = os.path.join(folder, "index")
        try:
            shutil.copyfile(os.path.join(place_of(root).top, index), copy)
        except OSError as error:
            raise StuckError(f"{error.filename} cannot be copied: {error.strerror}") from None
        done = _read_tree(root, old, new, placed, "--dry-run", variables={"GIT_INDEX_FILE": copy})
    if not done.ok and not _OWN_CHANGES.search(done.err):
        raise StuckError(said(done))
    return done.ok


def advance(root: str, old: str, new: str, placed: Sequence[str]) -> None:
    """Bring HEAD, index and files from one commit to another; what is staged besides stays staged.

    The files in `placed` are there already. Raises StuckError; the same call completes it.
    """
    done = _read_tree(root, old, new, placed)
    if done.ok:
        done = call(root, "update-ref", "-m", "tiphys publish", "HEAD", new, old, hooks=False)
    if not done.ok:
        raise StuckError(said(done))


def _read_tree(
    root: str, old: str, new: str, placed: Sequence[str], *more: str, variables: Mapping[str, str] = MappingProxyType({})
) -> Done:
    """Take what is placed into the index, and the rest of the commit as a checkout does it."""
    if placed:
        done = run_on(root, placed, "reset", "--quiet", new, variables=variables, hooks=False)
        if not done.ok:
            return done
    arguments = ("read-tree", "-m", "-u", *more, "--end-of-options", old, new)
    return call(root, *arguments, variables=variables, hooks=False)
