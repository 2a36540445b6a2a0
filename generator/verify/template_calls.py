"""What a template calls that gives a different answer each time, or another one in a cluster than here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import pairwise
from typing import NamedTuple

from generator.syntax.gotemplate.lexing import Token, tokens
from generator.syntax.gotemplate.problems import TemplateSyntaxError

NOW = "now"
LATER = f"((({NOW}).AddDate 1 1 1).Add 3661000000000)"
"""What takes the place of `now` to render at a later date and time."""
_RANDOM = frozenset(
    (
        *("randAlpha", "randAlphaNum", "randNumeric", "randAscii", "randBytes", "randInt", "shuffle", "uuidv4"),
        *("genCA", "genCAWithKey", "genPrivateKey", "genSelfSignedCert", "genSelfSignedCertWithKey"),
        *("genSignedCert", "genSignedCertWithKey", "htpasswd", "bcrypt", "encryptAES", "ago", NOW),
    )
)
"""Functions with a new answer at each call. Source: Masterminds/sprig, functions.go"""
UNORDERED = frozenset(("keys", "values"))
"""Functions that return a list in the order of a map of Go, which is a different one each time."""
_ORDERED = frozenset(("sortAlpha", "len", "has"))
"""Functions that make the order of a list meaningless."""
LOOKUP = "lookup"
_OF_RELEASE = frozenset((".IsUpgrade", ".IsInstall", ".Revision"))
_NOT_OF_KEY = re.compile(r"[^\w./-]")
_MOST_KEY = 200
_KEPT = frozenset(("set", "unset", "merge", "mergeOverwrite"))
"""Functions by which a template changes values that others read."""
_RANDOM_WORD = re.compile(rf"\b(?:{'|'.join(sorted(_RANDOM))})\b")


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
    unordered: tuple[Call, ...] = ()
    """Calls that return a list in the order of a map."""
    cluster: tuple[Call, ...] = ()
    """What asks for the cluster or the release: `lookup`, `.Release.IsUpgrade`."""
    evaluates: bool = False
    """Whether it evaluates texts as templates: values, or files."""
    unknown: bool = False
    """Whether something may call anything: a template or a package that could not be read, a file that is evaluated."""
    edits: tuple[tuple[str, int, str], ...] = ()
    """How to render it at a later time: the file, the index in its text of the word `now`, and what comes in its place."""
    orders: tuple[tuple[str, int], ...] = ()
    """Where `keys` can be given an order: the file, and the index in its text of the end of the command."""
    includes: Mapping[str, frozenset[str]] = {}
    """The templates that are included, by the one that does so: their names, or the paths of files."""
    free: frozenset[str] = frozenset()
    """Templates that include others by names that are put together, and files that change values."""

    def reached(self, paths: Iterable[str]) -> frozenset[str]:
        """Return the files at paths, and the templates that are included on the way; all there are, if one may be any."""
        found: set[str] = set()
        waiting = {*paths}
        while waiting:
            found |= waiting
            waiting = {name for one in waiting for name in self.includes.get(one, ())} - found
        if found & self.free:
            found |= {call.scope for call in (*self.random, *self.unordered, *self.cluster)}
        return frozenset(found)

    def may_differ(self, paths: Iterable[str]) -> tuple[bool, bool]:
        """Tell whether another rendering may be different, whatever the values are, and whether in the order of lists.

        `paths` are the files that rendered something; others count if they change values.
        """
        reached = self.reached([*paths, *(path for path in self.free if "/" in path)])
        random = self.unknown or any(call.scope in reached for call in self.random)
        unordered = any(call.scope in reached for call in self.unordered)
        return random or unordered, unordered


def of_template(path: str, text: str) -> Calls:
    """Return what one file calls."""
    by_kind: dict[str, list[Call]] = {"random": [], "unordered": [], "cluster": []}
    edits: list[tuple[str, int, str]] = []
    orders: list[tuple[str, int]] = []
    includes: dict[str, set[str]] = {}
    free: set[str] = set()
    evaluates = False
    try:
        for scope, action in _scoped(path, _actions(text)) if "{{" in text else ():
            names = {token.text for token in action if token.kind == "name"}
            evaluates = evaluates or "tpl" in names
            for token, name, kind in _asked(action, names):
                by_kind[kind].append(_call(path, text, scope, action, token, name))
            orders += ((path, at) for at in _ends_of_keys(action, names))
            edits += ((path, token.at, LATER) for token in action if token.kind == "name" and token.text == NOW)
            if "include" in names or _keyword(action) == "template":
                includes.setdefault(scope, set()).update(_included(path, action))
                free |= {scope} if _puts_names_together(action) else set()
            free |= {path} if names & _KEPT else set()
    except TemplateSyntaxError:
        return Calls(unknown=True)
    named = {scope: frozenset(found) for scope, found in includes.items()}
    random, unordered, cluster = map(tuple, by_kind.values())
    return Calls(
        random,
        unordered,
        cluster,
        evaluates,
        edits=tuple(edits),
        orders=tuple(orders),
        includes=named,
        free=frozenset(free),
    )


def _ends_of_keys(action: Sequence[Token], names: AbstractSet[str]) -> Iterator[int]:
    """Yield where the commands end that call `keys` without an order: there ` | sortAlpha` can be written."""
    for number, token in enumerate(action):
        if token.kind != "name" or token.text != "keys" or names & _ORDERED:
            continue
        end, depth = token, 0
        for other in action[number + 1 :]:
            depth += {"(": 1, ")": -1}.get(other.text if other.kind == other.text else "", 0)
            if depth < 0 or (other.kind == "|" and not depth):
                break
            end = end if other.kind == "space" else other
        yield end.at + len(end.text)


def _puts_names_together(action: Sequence[Token]) -> bool:
    """Tell whether an action includes a template whose name it does not write out, or one that is a file."""
    words = [token for token in action if token.kind != "space"]
    after = (words[at + 1] for at, token in enumerate(words[:-1]) if token.text in ("include", "template"))
    return any(token.kind != "string" for token in after) and not any(_is_file(token) for token in words)


def _is_file(token: Token) -> bool:
    return token.kind == "string" and token.text[1:2] == "/"


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


def is_template_of_random(text: str) -> bool:
    """Tell whether a text of the values that a chart evaluates calls something with a new answer each time."""
    return "{{" in text and is_random(text)


def is_random(text: str) -> bool:
    """Tell whether a text calls something with a new answer each time, where it is evaluated as a template."""
    if "{{" not in text or not _RANDOM_WORD.search(text):
        return False
    try:
        return any(token.kind == "name" and token.text in _RANDOM for token in tokens(text))
    except TemplateSyntaxError:
        return True  # other parts of it may be evaluated alone


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


def _asked(action: Sequence[Token], names: AbstractSet[str]) -> Iterator[tuple[Token, str, str]]:
    """Yield what an action calls that has no fixed answer, and of which kind it is."""
    for before, token in pairwise([None, *action]):
        if token is None:
            continue
        if token.kind == "name" and token.text in _RANDOM:
            yield token, token.text, "random"
        elif token.kind == "name" and token.text in UNORDERED and not names & _ORDERED:
            yield token, token.text, "unordered"
        elif token.kind == "name" and token.text == LOOKUP:
            yield token, token.text, "cluster"
        elif before and before.text == ".Release" and token.kind == "field" and token.text in _OF_RELEASE:
            yield token, f".Release{token.text}", "cluster"


def _call(path: str, text: str, scope: str, action: Sequence[Token], token: Token, name: str) -> Call:
    start = text.rfind("\n", 0, token.at) + 1
    return Call(path, text.count("\n", 0, token.at) + 1, name, scope, _key(text[start : token.at]), tuple(_values(action)))


def _key(before: str) -> str:
    """Return the key of YAML that an action is the value of, given what is before it on its line."""
    text = before.rpartition("{{")[0][-_MOST_KEY:].rstrip(" \t\"'")
    return _NOT_OF_KEY.split(text[:-1].rstrip("\"'"))[-1] if text.endswith(":") else ""


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
