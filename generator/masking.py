"""What of data is a secret that somebody wrote down, and the same data without it.

A value is taken for one by the key that it stands at (`DB_PASSWORD`), by the object that it is in (a Secret),
or by its own look (a private key, a token of a known kind, a password in an address). What only names a
Secret, or is filled in from one later, is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Self

from generator.diagnostics import Pointer

MASK = "(masked)"

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
_REFERENCES = frozenset({"secretKeyRef", "secretRef", "configMapKeyRef", "existingSecret", "imagePullSecrets", "remoteRef"})
_ALL_BELOW = frozenset({"stringData", "secretData", "secretEnv"})
_FILLED_IN = re.compile(r"\s*(?:\$\(\w+\)|\$\{\w+\}|\{\{[^{}]*\}\}|<[^<>]*>|ref\+\S+|vault:\S+|op://\S+|arn:aws:\S+)?\s*\Z")
"""Text that stands for a secret which is put there later."""

_LOOKS = re.compile(
    r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----.*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|\Z)"
    r"|\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"
    r"|\bgh[pousr]_[0-9A-Za-z]{20,}"
    r"|\bgithub_pat_\w{20,}"
    r"|\bglpat-[-\w]{16,}"
    r"|\bxox[abeoprs]-[-0-9A-Za-z]{10,}"
    r"|\b[sr]k_(?:live|test)_[0-9A-Za-z]{10,}"
    r"|\bAIza[-\w]{30,}"
    r"|\b(?:npm|dckr_pat|pypi|hvs|SG|shpat|dop_v1|glsa|lin_api|sk-ant|sk-proj)[-_.][-\w.]{20,}"
    r"|\bAGE-SECRET-KEY-1[0-9A-Z]+"
    r"|\beyJ[-\w]{8,}\.[-\w]{8,}\.[-\w]*",
    re.DOTALL,
)
_IN_ADDRESS = re.compile(r"(?<=://)([^/@\s:]*):([^@\s]+)@")
_ASSIGNED = re.compile(
    r"""(?ix) (\b(?:[\w.-]*[_.-])?(?:password|passwd|pwd|passphrase|secret|token|api[_-]?key|access[_-]?key)["']?
    \s*(?:=|:)\s*) (?: "([^"\n]+)" | '([^'\n]+)' | (\{\{[^{}\n]*\}\} | [^\s"',;&]+) )"""
)


@lru_cache(_MOST_KNOWN)
def is_secret_name(name: str) -> bool:
    """Tell whether what stands at a key, or in a variable, of this name is a secret."""
    words = _words(name)
    return bool(_SECRET.search(words)) and not _NO_SECRET.search(words)


def is_filled_in(text: str) -> bool:
    """Tell whether text only stands for a secret that is put there later."""
    return _FILLED_IN.match(text) is not None


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
    return _masked(value, "")


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


def _masked(value: Any, name: str) -> Any:
    if isinstance(value, dict):
        return _map(value)
    if isinstance(value, list):
        return [_masked(item, name) for item in value]
    if isinstance(value, str):
        return _text(value, name)
    if isinstance(value, int | float) and not isinstance(value, bool) and _NUMBERS_TOO.search(_words(name)):
        return MASK if is_secret_name(name) else value
    return value


def _map(value: dict[str, Any]) -> dict[str, Any]:
    secret = value.get("kind") == "Secret"
    said = value.get("name")
    masked_: dict[str, Any] = {}
    for key, item in value.items():
        if key in _ALL_BELOW or (secret and key == "data"):
            masked_[key] = _below(item, lambda _text: MASK)
        elif key in _REFERENCES:
            masked_[key] = _below(item, _without_looks)
        elif key == "value" and isinstance(said, str):
            masked_[key] = _masked(item, said)
        else:
            masked_[key] = _masked(item, key)
    return masked_


def _below(value: Any, change: Any) -> Any:
    if isinstance(value, dict):
        return {key: _below(item, change) for key, item in value.items()}
    if isinstance(value, list):
        return [_below(item, change) for item in value]
    return value if value is None or isinstance(value, bool | Hidden) else change(str(value))


def _text(text: str, name: str) -> str:
    if is_secret_name(name) and not _FILLED_IN.match(text):
        return MASK
    return _without_looks(text)


@lru_cache(_MOST_KNOWN, typed=True)
def _without_looks(text: str) -> str:
    text = _LOOKS.sub(MASK, text)
    text = _IN_ADDRESS.sub(lambda match: f"{match[1]}:{match[2] if _FILLED_IN.match(match[2]) else MASK}@", text)
    return _ASSIGNED.sub(_assignment, text)


def _assignment(match: re.Match[str]) -> str:
    value = match[2] or match[3] or match[4]
    return match[0] if _FILLED_IN.match(value) or value == MASK else f"{match[1]}{MASK}"


def _words(name: str) -> str:
    return " ".join(_WORD.findall(name)).lower()
