"""What the templates of a chart call that gives a different answer each time, or another one in a cluster than here.

It is a look at the templates alone, so that only charts that may differ are rendered again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from generator.syntax.gotemplate.lexing import Token, tokens
from generator.syntax.gotemplate.problems import TemplateSyntaxError
from generator.system.files import Folder

NOW = "now"
_RANDOM = frozenset(
    (
        *("randAlpha", "randAlphaNum", "randNumeric", "randAscii", "randBytes", "randInt", "shuffle", "uuidv4"),
        *("genCA", "genCAWithKey", "genPrivateKey", "genSelfSignedCert", "genSelfSignedCertWithKey"),
        *("genSignedCert", "genSignedCertWithKey", "htpasswd", "bcrypt", "encryptAES", "ago", NOW),
    )
)
"""Functions with a new answer at each call. Source: Masterminds/sprig, functions.go"""
_UNORDERED = frozenset(("keys", "values"))
"""Functions that return a list in the order of a map of Go, which is a different one each time."""
_ORDERED = frozenset(("sortAlpha", "len", "has"))
"""Functions that make the order of a list meaningless."""
LOOKUP = "lookup"
_OF_RELEASE = frozenset((".IsUpgrade", ".IsInstall", ".Revision"))
_KEY = re.compile(r"([\w./-]+)[\"']?:[ \t]*[\"']?\Z")
_MOST_KEY = 200
_RANDOM_WORD = re.compile(rf"\b(?:{'|'.join(sorted(_RANDOM))})\b")
_DOCUMENTATION = (".md", "NOTES.txt")
_MOST_TEXT = 5 * 1024 * 1024


class Call(NamedTuple):
    """One call, and where it is."""

    path: str
    """In the chart."""
    line: int
    name: str
    scope: str
    """The named template that it is in, or the path of its file."""
    key: str = ""
    """The key of YAML that the action is the value of, where that is on the same line."""
    values: tuple[str, ...] = ()
    """The values that the same action reads, as `auth.password`: they usually take the place of what is made up."""


class Calls(NamedTuple):
    """What the templates of a chart call."""

    random: tuple[Call, ...] = ()
    """Calls with a new answer each time."""
    unordered: bool = False
    """Whether a list is in the order of a map."""
    cluster: tuple[Call, ...] = ()
    """What asks for the cluster or the release: `lookup`, `.Release.IsUpgrade`."""
    evaluates: bool = False
    """Whether it evaluates texts as templates: values, or files."""
    unknown: bool = False
    """Whether something may call anything: a template that could not be read, a packed chart, a file that is evaluated."""
    times: tuple[tuple[str, int], ...] = ()
    """Where `now` is: the file, and the index in its text."""
    includes: Mapping[str, frozenset[str]] = {}
    """The templates that are included, by the one that does so: their names, or the paths of files."""

    @property
    def may_differ(self) -> bool:
        """Whether another rendering may be different, whatever the values are."""
        return bool(self.random or self.unordered or self.unknown)

    def reached(self, path: str) -> frozenset[str]:
        """Return the file at a path, and the templates that are included on the way."""
        found: set[str] = set()
        waiting = {path}
        while waiting:
            found |= waiting
            waiting = {name for one in waiting for name in self.includes.get(one, ())} - found
        return frozenset(found)


@cache
def calls_of(folder: str) -> Calls:
    """Return what the templates of a chart call, and those of the charts in it; read once."""
    chart = Folder(folder)
    found: list[Calls] = []
    others: list[str] = []
    for path in chart.walk(""):
        if "templates" not in path.split("/")[:-1]:
            others.append(path)
            continue
        text = chart.text(path, _MOST_TEXT)
        if not path.endswith(_DOCUMENTATION) and "{{" in text:
            try:
                found.append(_of_template(path, text))
            except TemplateSyntaxError:
                found.append(Calls(unknown=True))
    evaluates = any(one.evaluates for one in found)
    includes: dict[str, frozenset[str]] = {}
    for one in found:
        includes |= {scope: names | includes.get(scope, frozenset()) for scope, names in one.includes.items()}
    return Calls(
        tuple(call for one in found for call in one.random),
        any(one.unordered for one in found),
        tuple(call for one in found for call in one.cluster),
        evaluates,
        any(one.unknown for one in found) or any(_may_call(chart, path, evaluates=evaluates) for path in others),
        tuple(place for one in found for place in one.times),
        includes,
    )


def _of_template(path: str, text: str) -> Calls:
    """Return what one file calls; raises TemplateSyntaxError."""
    random: list[Call] = []
    cluster: list[Call] = []
    times: list[tuple[str, int]] = []
    includes: dict[str, set[str]] = {}
    unordered = evaluates = False
    for scope, action in _scoped(path, _actions(text)):
        names = {token.text for token in action if token.kind == "name"}
        evaluates = evaluates or "tpl" in names
        unordered = unordered or bool(names & _UNORDERED and not names & _ORDERED)
        for token, name in _asked(action):
            (random if name in _RANDOM else cluster).append(_call(path, text, scope, action, token, name))
        times += ((path, token.at) for token in action if token.kind == "name" and token.text == NOW)
        if "include" in names or _keyword(action) == "template":
            includes.setdefault(scope, set()).update(_included(path, action))
    named = {scope: frozenset(found) for scope, found in includes.items()}
    return Calls(tuple(random), unordered, tuple(cluster), evaluates, times=tuple(times), includes=named)


def _scoped(path: str, actions: Iterable[list[Token]]) -> Iterator[tuple[str, list[Token]]]:
    """Yield actions, each with the template that it is in."""
    blocks: list[str] = []
    for action in actions:
        word = _keyword(action)
        if word == "end" and blocks:
            blocks.pop()
        yield next((name for name in reversed(blocks) if name), path), action
        if word in ("define", "block"):
            blocks.append(next((token.text[1:-1] for token in action if token.kind == "string"), ""))
        elif word in ("if", "range", "with"):
            blocks.append("")


def _keyword(action: Sequence[Token]) -> str:
    return next((token.text if token.kind == "keyword" else "" for token in action if token.kind != "space"), "")


def _included(path: str, action: Sequence[Token]) -> Iterator[str]:
    """Yield the templates that an action may include; one that begins with a slash is a file next to this one."""
    for token in action:
        if token.kind == "string":
            name = token.text[1:-1]
            yield f"{path.rpartition('/')[0]}{name}" if name.startswith("/") else name


def _may_call(chart: Folder, path: str, *, evaluates: bool) -> bool:
    """Tell whether a file that is not a template may be rendered to something else each time."""
    if path.endswith((".tgz", ".tar.gz")):
        return path.startswith("charts/") or "/charts/" in path
    text = chart.text(path, _MOST_TEXT) if evaluates and not path.endswith(_DOCUMENTATION) else ""
    return "{{" in text and bool(_RANDOM_WORD.search(text))


def is_template_of_random(text: str) -> bool:
    """Tell whether a text of the values that a chart evaluates calls something with a new answer each time."""
    if "{{" not in text or not _RANDOM_WORD.search(text):
        return False
    try:
        return any(token.kind == "name" and token.text in _RANDOM for token in tokens(text))
    except TemplateSyntaxError:
        return False  # Helm would refuse it, if it were evaluated


def _actions(text: str) -> Iterator[list[Token]]:
    """Yield the tokens of each action."""
    action: list[Token] = []
    for token in tokens(text):
        if token.kind == "open":
            action = []
        elif token.kind == "close":
            yield action
        else:
            action.append(token)


def _asked(action: Sequence[Token]) -> Iterator[tuple[Token, str]]:
    """Yield what an action calls that has no fixed answer."""
    for before, token in pairwise([None, *action]):
        if token and token.kind == "name" and (token.text in _RANDOM or token.text == LOOKUP):
            yield token, token.text
        elif token and before and before.text == ".Release" and token.kind == "field" and token.text in _OF_RELEASE:
            yield token, f".Release{token.text}"


def _call(path: str, text: str, scope: str, action: Sequence[Token], token: Token, name: str) -> Call:
    start = text.rfind("\n", 0, token.at) + 1
    key = _KEY.search(text[start : token.at].rpartition("{{")[0][-_MOST_KEY:])
    return Call(path, text.count("\n", 0, token.at) + 1, name, scope, key[1] if key else "", tuple(_values(action)))


def _values(action: Sequence[Token]) -> Iterator[str]:
    """Yield the values that an action reads."""
    path: list[str] = []
    reads = False
    for token in [*action, None]:
        if token is not None and reads and token.kind == "field":
            path.append(token.text[1:])
            continue
        if path:
            yield ".".join(path)
        path, reads = [], token is not None and token.kind == "field" and token.text == ".Values"
