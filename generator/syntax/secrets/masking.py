"""Find the secrets in data, and return the data without them.

A value counts as one by the key that it is at (`DB_PASSWORD`), by the object that it is in (a Secret),
or by its form (a private key, a token of a known kind, a password in an address). What only names a
Secret, or is filled in from one later, does not count.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Self

from generator.diagnostics import Pointer
from generator.syntax.secrets.looks import MASK, is_filled_in, without_looks

_MOST_KNOWN = 20_000
"""Names and texts whose answer is remembered: services repeat each other's."""

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_SECRET = re.compile(
    r"\b(?:passwords?|passwd|passphrase|pwd|secrets?|tokens?|credentials?|dsn|authorization|apikey|"
    r"(?:api|access|private|signing|encryption|master|account|license|ssh|hmac|session|cookie) keys?|connection string)\b"
)
_NUMBERS_TOO = re.compile(r"\b(?:password|passwd|passphrase|pwd|secret|pin)\b")
_NO_SECRET = re.compile(
    r"(?:names?|refs?|files?|paths?|dir|mount|keys? name|secret key|(?:password|token|secret) key|enabled?|type|id|url|ttl|expiry|"
    r"expiration|seconds|minutes|timeout|length|size|count|policy|version|namespace|class|provider|store|issuer|audience|header|"
    r"kind|mode|required|annotations|labels|(?:existing(?: [a-z]+)?|pull|tls|from|external) secrets?)\Z"
)
_CONTAINER = re.compile(
    r"\b(?:passwords?|passwd|passphrases?|pwd|secrets?|tokens?|credentials?|(?:api|access|private) keys?)\Z"
)
"""Keys below which everything is secret, but for what says where it comes from."""
_PUBLIC = re.compile(
    r"(?:keys?|user|users|user name|login|email|host|host name|port|database|db|schema|create|engine|algorithm|scopes?|"
    r"region|zone|role|rotation|interval|period|items|property|optional|template|metadata|encrypted data|description|"
    r"comment|image|repository|tag|registry|format|suffix|prefix|default|group|api|env|from)\Z"
)
_OPTION = re.compile(r"--?[\w-]+\Z")
_REFERENCES = frozenset({"secretKeyRef", "secretRef", "configMapKeyRef", "existingSecret", "imagePullSecrets", "remoteRef"})
_ALL_BELOW = frozenset({"stringData", "secretData", "secretEnv"})


@lru_cache(_MOST_KNOWN)
def is_secret_name(name: str) -> bool:
    """Tell whether what is at a key, or in a variable, of this name is a secret."""
    words = _words(name)
    return bool(_SECRET.search(words)) and not _NO_SECRET.search(words)


class Hidden(str):
    """A secret in the place where it stands: two compare by what they are, and say no more than `said`."""

    __slots__ = ("said",)
    said: str

    def __new__(cls, value: Any, said: str) -> Self:
        """Return a value that is said as `said`."""
        import json  # only `diff` hides values, and lint loads this module at every start

        made = super().__new__(cls, json.dumps(value))
        made.said = said
        return made

    def __str__(self) -> str:
        return self.said

    def __repr__(self) -> str:
        return repr(self.said)

    def __format__(self, how: str) -> str:
        return format(self.said, how)


def masked(value: Any) -> Any:
    """Return data without the secrets that are written down in it."""
    return _masked(value, _role("", inside=False))


def places(value: Any, clean: set[tuple[int, Role]] | None = None) -> Iterator[Pointer]:
    """Yield where in data a secret is written down; maps and lists in `clean` hold none, and those that do not are added."""
    found: list[Pointer] = []
    _collect(value, _role("", inside=False), (), found, clean if clean is not None else set())
    yield from found


def called(value: Any, pointer: Pointer) -> str:
    """Return the name of a place in data: its key, or the `name` next to it in a list of variables."""
    around = value
    for part in pointer[:-1]:
        around = around[part]
    name = around.get("name") if pointer[-1] == "value" and isinstance(around, dict) else None
    return name if isinstance(name, str) else str(pointer[-1])


def _collect(node: Any, role: Role, at: Pointer, found: list[Pointer], clean: set[tuple[int, Role]]) -> None:
    for key, item, inner in _children(node, role):
        if isinstance(item, dict | list):
            known = (id(item), inner)
            if known not in clean:
                before = len(found)
                _collect(item, inner, (*at, key), found, clean)
                if len(found) == before:
                    clean.add(known)
        elif item is not None and inner.said(item) != item:
            found.append((*at, key))


def _children(node: Any, role: Role) -> Iterator[tuple[str | int, Any, Role]]:
    """Yield what is in a map or list, with its key or index and its role."""
    if isinstance(node, dict):
        for key, item in node.items():
            yield key, item, role.at(key, node)
    elif isinstance(node, list):
        before: Any = None
        for index, item in enumerate(node):
            yield index, item, role.after(before)
            before = item


def hidden(value: Any) -> Any:
    """Return data in which every secret that is written down is a Hidden."""
    return _hidden(value, masked(value))


def revealed(value: Any) -> Any:
    """Return data with hidden secrets as what may be said of them."""
    if isinstance(value, dict):
        return {key: revealed(item) for key, item in value.items()}
    if isinstance(value, list):
        return [revealed(item) for item in value]
    return value.said if isinstance(value, Hidden) else value


def hides(value: Any) -> bool:
    """Tell whether there is a hidden secret in data."""
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return isinstance(value, Hidden) or any(map(hides, items))


def _hidden(value: Any, said: Any) -> Any:
    if isinstance(value, dict):
        return {key: _hidden(item, said[key]) for key, item in value.items()}
    if isinstance(value, list):
        return [_hidden(item, one) for item, one in zip(value, said, strict=True)]
    return Hidden(value, said) if isinstance(said, str) and said != value and not isinstance(value, Hidden) else value


class Role:
    """What is known of a value by where it stands."""

    __slots__ = ("below", "every", "numbers", "refers", "texts")

    def __init__(self, name: str = "", *, inside: bool = False, every: bool = False, refers: bool = False) -> None:
        """Begin with its name, and whether it is below a key of which all is secret that does not only say how to get it."""
        secret = is_secret_name(name) or (inside and not is_public_name(name))
        self.every = every
        """Whether it is secret whatever it is called."""
        self.refers = refers
        """Whether it only names a secret."""
        self.texts = secret and not refers
        """Whether a text here is secret."""
        self.numbers = self.texts and (inside or bool(_NUMBERS_TOO.search(_words(name))))
        self.below = _holds_secrets(name, inside=inside)
        """Whether all that is below is secret, if this is a map or list."""

    def at(self, key: str, around: Mapping[str, Any]) -> Role:
        """Return the role of what is at a key of a map in this role; `around` are the other values of the map."""
        if self.every or key in _ALL_BELOW or (key == "data" and around.get("kind") == "Secret"):
            return _EVERY
        if self.refers or key in _REFERENCES:
            return _REFERS
        said = around.get("name", around.get("key")) if key == "value" else None
        return _role(said if isinstance(said, str) else key, inside=self.below)

    def after(self, item: Any) -> Role:
        """Return the role of what follows an item in a list in this role: after an option such as `--password`, its value."""
        if type(item) is str and item[:1] == "-" and _OPTION.match(item) and is_secret_name(item):
            return _role(item, inside=False)
        return self

    def said(self, value: Any) -> Any:
        """Return a single value without what is secret in it."""
        kind = type(value)
        if kind is str and not self.every:
            return MASK if self.texts and not is_filled_in(value) else without_looks(value)
        if value is None or kind is bool or kind is Hidden:
            return value
        return MASK if self.every or self.numbers else value


@lru_cache(_MOST_KNOWN)
def _holds_secrets(name: str, *, inside: bool) -> bool:
    """Tell whether what is below a map or list of this name is secret, whatever its keys are."""
    return not is_public_name(name) if inside and name else bool(_CONTAINER.search(_words(name))) and is_secret_name(name)


@lru_cache(_MOST_KNOWN)
def _role(name: str, *, inside: bool) -> Role:
    """Return the one role of a name, so that roles can be compared by what they are."""
    return Role(name, inside=inside)


def _masked(value: Any, role: Role) -> Any:
    if isinstance(value, dict):
        return {key: _masked(item, inner) for key, item, inner in _children(value, role)}
    if isinstance(value, list):
        return [_masked(item, inner) for _, item, inner in _children(value, role)]
    return role.said(value)


@lru_cache(_MOST_KNOWN)
def is_public_name(name: str) -> bool:
    """Tell whether a key that is below a secret's only says how it is to be had."""
    words = _words(name)
    return bool(_NO_SECRET.search(words) or _PUBLIC.search(words))


_MOST_PIECES = 100


def pieces(value: str, said: str) -> list[str]:
    """Return the secrets in a text of which `said` is what is left without them; the text itself if there are too many."""
    if said == value:
        return []
    if said == MASK or said.count(MASK) > _MOST_PIECES:
        return [value]
    match = re.fullmatch("(.*?)".join(map(re.escape, said.split(MASK))), value, re.DOTALL)
    return [piece for piece in match.groups() if piece] if match else [value]


def _words(name: str) -> str:
    return " ".join(_WORD.findall(name)).lower()


NO_ROLE, _EVERY, _REFERS = Role(), Role(every=True), Role(refers=True)
