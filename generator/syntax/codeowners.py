"""Lines of a CODEOWNERS file, and the block of them in a file that people write.

GitHub and GitLab read the same format with differences: of several patterns the last that matches counts, a slash at the
start binds a pattern to the root, one at the end matches everything in a folder, and a space is escaped. Only characters
that both read as themselves are in our patterns.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from generator.syntax.named_tuples import NamedTuple

_PLAIN = re.compile(r"[\w.@+=,~ /-]+")
"""Letters of any language, digits, and signs that no forge reads as a wildcard, comment or negation."""
_SECTION = re.compile(r"\^?\[[^\]]*\]")
"""The head of a section, which GitLab has."""
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_NOTE = "`tiphys codeowners --write` writes these lines"


class Owned(NamedTuple):
    """A file, or a folder with a slash at its end, and who owns it."""

    path: str
    """From the root of the repository, without a slash at its start."""
    owners: tuple[str, ...]

    @property
    def line(self) -> str:
        """The line of the file."""
        pattern = self.path.replace(" ", "\\ ")
        return f"/{pattern} {' '.join(self.owners)}"


class BlockError(Exception):
    """The marks of a block do not fit; has the problem, which names the line."""


def is_plain(path: str) -> bool:
    """Tell whether every forge reads a path in the same way."""
    return bool(_PLAIN.fullmatch(path))


def block(owned: Iterable[Owned], workspace: str) -> list[str]:
    """Return the lines with their marks; `workspace` is the folder of the workspace in the repository, empty for its root."""
    begin, end = _marks(workspace)
    return [f"{begin} ({_NOTE})", *(one.line for one in owned), end]


def found(text: str, workspace: str) -> list[str]:
    """Return the block of a workspace in a file, with its marks; empty if it has none. Raises BlockError."""
    lines = _lines(text)
    place = _place(lines, workspace)
    return lines[place[0] : place[1] + 1] if place else []


def section_above(text: str, workspace: str) -> str:
    """Return the head of the section that a block is in; empty if it is in none. Raises BlockError."""
    lines = _lines(text)
    place = _place(lines, workspace)
    heads = [line for line in lines[: place[0]] if _SECTION.match(line)] if place else []
    return heads[-1] if heads else ""


def with_block(text: str, wanted: list[str], workspace: str) -> str:
    """Return a file with the block in the place of its old one; a new one goes to the end, but above all sections.

    Everything else stays as it is, line ends included. Raises BlockError.
    """
    end = "\r\n" if "\r\n" in text else "\n"
    lines, plain = _LINE.findall(text), _lines(text)
    place = _place(plain, workspace)
    if place:
        del lines[place[0] : place[1] + 1], plain[place[0] : place[1] + 1]
    first = next((number for number, line in enumerate(plain) if _SECTION.match(line)), len(lines))
    at = min(place[0], first) if place else first
    if at and not lines[at - 1].endswith("\n"):
        lines[at - 1] += end
    made = [f"{line}{end}" for line in wanted]
    if not place:
        made = [*([end] if at and plain[at - 1].strip() else []), *made, *([end] if at < len(lines) else [])]
    return "".join([*lines[:at], *made, *lines[at:]])


def _lines(text: str) -> list[str]:
    """Return the lines of a file as the forges read it: they break it at line feeds, and nowhere else."""
    return [line.removesuffix("\n").removesuffix("\r") for line in _LINE.findall(text)]


def _marks(workspace: str) -> tuple[str, str]:
    of = f": {workspace}" if workspace else ""
    return f"# BEGIN tiphys codeowners{of}", f"# END tiphys codeowners{of}"


def _place(lines: list[str], workspace: str) -> tuple[int, int] | None:
    """Return the numbers of the first and last line of a block, from 0; None without one. Raises BlockError."""
    begin, end = _marks(workspace)
    begins = [number for number, line in enumerate(lines) if line.rstrip() == begin or line.startswith(f"{begin} (")]
    ends = [number for number, line in enumerate(lines) if line.rstrip() == end]
    if not begins and not ends:
        return None
    if len(begins) > 1 or len(ends) > 1:
        twice = begins if len(begins) > 1 else ends
        raise BlockError(f"line {twice[1] + 1} repeats `{lines[twice[1]][:80]}`")
    if not begins or not ends or ends[0] < begins[0]:
        alone = begins[0] if begins else ends[0]
        raise BlockError(f"line {alone + 1} has `{begin if begins else end}` without the other mark in its place")
    return begins[0], ends[0]
