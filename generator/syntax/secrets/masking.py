"""What of data is a secret that somebody wrote down, and the same data without it.

A value is taken for one by the key that it stands at (`DB_PASSWORD`), by the object that it is in (a Secret),
or by its own look (a private key, a token of a known kind, a password in an address). What only names a
Secret, or is filled in from one later, is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple, Self

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
    r"kind|mode|required|annotations|labels|(?:existing|pull|tls|from|external) secrets?)\Z"
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
    """Tell whether what stands at a key, or in a variable, of this name is a secret."""
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
    return _masked(value, Role())


def places(value: Any) -> Iterator[Pointer]:
    """Yield where in data a secret is written down."""
    yield from _places(value, masked(value), ())


def called(value: Any, pointer: Pointer) -> str:
    """Return what people call a place in data: its key, or the name beside it in a list of variables."""
    around = value
    for part in pointer[:-1]:
        around = around[part]
    name = around.get("name") if pointer[-1] == "value" and isinstance(around, dict) else None
    return name if isinstance(name, str) else str(pointer[-1])


def _places(value: Any, said: Any, at: Pointer) -> Iterator[Pointer]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _places(item, said[key], (*at, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _places(item, said[index], (*at, index))
    elif value != said:
        yield at


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


class Role(NamedTuple):
    """What is known of a value by where it stands."""

    name: str = ""
    inside: bool = False
    """Whether it is below a key of which all is secret that does not only say how it is to be had."""
    every: bool = False
    """Whether it is secret whatever it is called."""
    refers: bool = False
    """Whether it only names a secret."""

    def at(self, key: str, around: Mapping[str, Any]) -> Role:
        """Return the role of what stands at a key of a map in this role; `around` are the other values of the map."""
        if self.every or key in _ALL_BELOW or (key == "data" and around.get("kind") == "Secret"):
            return _EVERY
        if self.refers or key in _REFERENCES:
            return _REFERS
        said = around.get("name", around.get("key")) if key == "value" else None
        return Role(said if isinstance(said, str) else key, _holds_secrets(self.name, inside=self.inside))

    def after(self, item: Any) -> Role:
        """Return the role of what follows an item in a list in this role: after an option such as `--password`, its value."""
        return Role(item) if isinstance(item, str) and _OPTION.match(item) and is_secret_name(item) else self

    def said(self, value: Any) -> Any:
        """Return a single value without what is secret in it."""
        if value is None or isinstance(value, bool | Hidden):
            return value
        if self.every:
            return MASK
        if isinstance(value, str):
            secret = not self.refers and _is_secret(self.name, inside=self.inside) and not is_filled_in(value)
            return MASK if secret else without_looks(value)
        numbers = self.inside or _NUMBERS_TOO.search(_words(self.name))
        return MASK if numbers and not self.refers and _is_secret(self.name, inside=self.inside) else value


_EVERY, _REFERS = Role(every=True), Role(refers=True)


def _masked(value: Any, role: Role) -> Any:
    if isinstance(value, dict):
        return {key: _masked(item, role.at(key, value)) for key, item in value.items()}
    if isinstance(value, list):
        before = [None, *value[:-1]] if value else []
        return [_masked(item, role.after(previous)) for item, previous in zip(value, before, strict=True)]
    return role.said(value)


def _is_secret(name: str, *, inside: bool) -> bool:
    return is_secret_name(name) or (inside and not is_public_name(name))


@lru_cache(_MOST_KNOWN)
def _holds_secrets(name: str, *, inside: bool) -> bool:
    """Tell whether what is below a map or list of this name is secret, whatever its keys are."""
    return not is_public_name(name) if inside else bool(_CONTAINER.search(_words(name))) and is_secret_name(name)


@lru_cache(_MOST_KNOWN)
def is_public_name(name: str) -> bool:
    """Tell whether a key that stands below a secret's only says how it is to be had."""
    words = _words(name)
    return bool(_NO_SECRET.search(words) or _PUBLIC.search(words))


def pieces(value: str, said: str) -> list[str]:
    """Return the secrets in a text of which `said` is what is left without them."""
    if said in (value, MASK):
        return [value] if said != value else []
    match = re.fullmatch("(.*?)".join(map(re.escape, said.split(MASK))), value, re.DOTALL)
    return [piece for piece in match.groups() if piece] if match else [value]


def _words(name: str) -> str:
    return " ".join(_WORD.findall(name)).lower()
