"""Directories of which an Application selects files, or whose path a spec cannot name: the workspace has copies of them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.adopt.folder_parts import FromFolder
from generator.adopt.model import Found, Note
from generator.adopt.parts import Part
from generator.diagnostics import dotted
from generator.kubernetes.objects import at

_FIELDS = ("include", "exclude")


def is_nameable(path: str) -> bool:
    """Tell whether a spec can name a directory: neither the root of the repository, nor one that is hidden."""
    return not any(name.startswith(".") for name in path.split("/"))


def is_copied(part: Part) -> bool:
    """Tell whether the workspace has a copy of a directory, with the files that an Application deploys."""
    return isinstance(part, FromFolder) and part.kind == "directory" and (part.selects or not is_nameable(part.path))


def folder_in(part: FromFolder) -> str:
    """Return where the workspace has the directory of a source."""
    if not is_copied(part):
        return part.path
    names = [name.lstrip(".") or "root" for name in part.path.split("/")]
    globs = [str(at(part.data, "directory", field) or "") for field in _FIELDS]
    included, excluded = ("-".join(re.findall(r"[A-Za-z0-9_]+", text)) for text in globs)
    chosen = [included, *(["without", excluded] if excluded else [])] if part.selects else []
    return "/".join(filter(None, ["selected", *names, "-".join(filter(None, chosen))]))


def notes_of(found: Found, part: FromFolder) -> Iterator[Note]:
    """Yield that a directory is copied."""
    if is_copied(part):
        given = [field for field in _FIELDS if at(part.data, "directory", field)] if part.selects else []
        why = "Tiphys has no field for it" if given else "a spec cannot name it"
        for where in [(*part.pointer, "directory", field) for field in given] or [(*part.pointer, "path")]:
            copy = f"the files that it selects are copied to {folder_in(part)}, and deployed from there"
            yield found.note(where, f"`{dotted(where)}`", f"{why}: {copy}")
