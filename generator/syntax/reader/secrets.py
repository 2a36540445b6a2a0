"""Find the secrets in the lines of one document, whether it is valid YAML or not."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

from generator.syntax.reader.secret_nodes import Cuts, Scalar, composed, look
from generator.syntax.secrets import looks, roles
from generator.syntax.secrets.looks import Found

_COMMENT = re.compile(r"(?:^|(?<=[ \t]))#")
_KEYED = re.compile(r"""(?<![\w.-])(?:([A-Za-z_][\w.-]*)["']?\s*[:=]|--?([A-Za-z][\w-]*)["']?(?:\s*,)?)\s*(?=\S)""")
_VALUE = re.compile(r"""\"(?:[^"\\]|\\.)*"?|'[^']*'?|[\[{].*|[^\s,}\]][^,}\]#]*""")
_NAMED = re.compile(r"""(?<![\w.-])(?:name|key)["']?\s*:\s*["']?([A-Za-z_][\w.-]*)""")
_OPENS = re.compile(r"""^(\s*(?:- +)*)["']?([A-Za-z_][\w.-]*)["']?\s*:(?=\s|\Z)""")
_ENDS_IN_OPTION = re.compile(r"""(?:^|[\s"'])--?([A-Za-z][\w-]*)["']?,?\s*\Z""")
_SECRET_KIND = re.compile(r"""^(?:- )?\s*["']?kind["']?\s*:\s*["']?Secret\b""")
_MOST_INNER = 100
"""Values in a value that is hidden already which are known by themselves: each may be the rest of the line."""
_LATER = re.compile(r"[|>][-+0-9]*\s*\Z|[&*]\w+\s*\Z")


def secrets_of(lines: Sequence[str]) -> Found:
    """Return the secrets in the lines of one document that may hold some; never raises."""
    cuts = Cuts(lines)
    nodes, readable = composed("\n".join(lines))
    scalars: list[Scalar] = []
    for node in nodes:
        look(node, roles.NO_ROLE, cuts, scalars)
    _by_look(cuts, assigned=not readable)
    if readable:
        _in_comments(cuts, scalars)
    else:
        _in_lines(cuts)
    return cuts.found()


def _by_look(cuts: Cuts, *, assigned: bool) -> None:
    """Hide anything that looks like a secret, anywhere: a private key takes several lines."""
    text = "\n".join(cuts.lines)
    starts = [0, *accumulate(len(line) + 1 for line in cuts.lines)]
    for start, end in looks.looks(text, assigned=assigned):
        first = bisect_right(starts, start) - 1
        for number in range(first, bisect_right(starts, end - 1)):
            line = cuts.lines[number]
            indent = len(line) - len(line.lstrip())
            cuts.add(number, max(start - starts[number], indent), min(end - starts[number], len(line)))
        cuts.words.append(((first, bisect_right(starts, end - 1) - 1), text[start:end]))


def _in_comments(cuts: Cuts, scalars: list[Scalar]) -> None:
    """Hide secrets in comments, such as a value that was commented out."""
    taken = sorted((scalar.start, scalar.end) for scalar in scalars)
    for number, line in enumerate(cuts.lines):
        for match in _COMMENT.finditer(line):
            index = bisect_right(taken, ((number, match.start()), (len(cuts.lines), 0))) - 1
            if index < 0 or taken[index][1] <= (number, match.start()) or _is_opening(taken[index], number, cuts):
                _in_words(cuts, number, match.start())
                break


def _is_opening(scalar: tuple[tuple[int, int], tuple[int, int]], number: int, cuts: Cuts) -> bool:
    """Tell whether a line only announces a block, so that a `#` after the `|` is a comment."""
    start, _ = scalar
    return start[0] == number and cuts.lines[number][start[1] : start[1] + 1] in ("|", ">")


def _in_lines(cuts: Cuts) -> None:
    """Hide apparent secrets line by line: the lines cannot be parsed together."""
    whole = {"stringData", "secretData", "secretEnv", *(["data"] if any(map(_SECRET_KIND.match, cuts.lines)) else [])}
    inside, near, option = -1, -1, False
    for number, line in enumerate(cuts.lines):
        indent = len(line) - len(line.lstrip())
        if option or (inside >= 0 and (indent > inside or not line.strip() or line.lstrip().startswith("- "))):
            cuts.add(number, indent, len(line.rstrip()))
            option = False
            continue
        opens, ends = _OPENS.match(line), _ENDS_IN_OPTION.search(line)
        inside = len(opens[1]) if opens and (roles.is_secret_name(opens[2]) or opens[2] in whole) else -1
        option = bool(ends and roles.is_secret_name(ends[1]))
        if any(roles.is_secret_name(match[1]) for match in _NAMED.finditer(line)):
            near = number
        if 0 <= near >= number - 1:
            _in_words(cuts, number, 0, also="value")
            _in_words(cuts, number - 1, 0, also="value")
        if looks.may_hold(line) and not _by_itself(cuts, number, indent):
            _in_words(cuts, number, 0)


def _by_itself(cuts: Cuts, number: int, indent: int) -> bool:
    """Hide the secrets of a line that can be read alone; tell whether it can."""
    line = cuts.lines[number][indent:]
    nodes, readable = composed(line)
    if readable:
        alone = Cuts([line])
        scalars: list[Scalar] = []
        for node in nodes:
            look(node, roles.NO_ROLE, alone, scalars)
        _in_comments(alone, scalars)
        for start, end in alone.at.get(0, ()):
            cuts.add(number, start + indent, end + indent)
        cuts.words += [((number, number), word) for _, word in alone.words]
    return readable


def _in_words(cuts: Cuts, number: int, start: int, also: str = "") -> None:
    """Hide the text after a secret's name, or after another key, in the rest of a line."""
    if not 0 <= number < len(cuts.lines):
        return
    line = cuts.lines[number]
    hidden, inner = start, 0
    for match in _KEYED.finditer(line, start):
        name = match[1] or match[2]
        if name != also and not roles.is_secret_name(name):
            continue
        inner += match.end() < hidden
        if inner > _MOST_INNER and match.end() < hidden:
            continue
        value = _VALUE.match(line, match.end())
        if value and not looks.is_filled_in(value[0]) and not _LATER.match(value[0]):
            hidden = max(hidden, value.end())
            cuts.add(number, match.end(), match.end() + len(value[0].rstrip()))
            cuts.words.append(((number, number), value[0].strip().strip("\"'")))
