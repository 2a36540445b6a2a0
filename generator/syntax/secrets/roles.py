"""What is known of a value by the key that it is at, and by what is around it: whether it is a secret."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from generator.syntax.secrets.looks import MASK, Hidden, is_filled_in, without_looks

MOST_KNOWN = 20_000
"""Names and texts whose answer is remembered: services repeat each other's."""

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_SECRET = re.compile(
    r"\b(?:passwords?|passwd|passphrase|pwd|secrets?|tokens?|credentials?|dsn|authorization|apikey|"
    r"(?:api|access|private|signing|encryption|master|account|license|ssh|hmac|session|cookie) keys?|connection string)\b"
)
# The following ones are only compiled where a name says that there is a secret.
_NUMBERS_TOO = r"\b(?:password|passwd|passphrase|pwd|secret|pin)\b"
_HARMLESS = (
    r"(?:names?|refs?|files?|paths?|dir|mount|keys? name|secret key|(?:password|token|secret) key|enabled?|type|id|url|ttl|expiry|"
    r"expiration|seconds|minutes|timeout|length|size|count|policy|version|namespace|class|provider|store|issuer|audience|header|"
    r"kind|mode|required|annotations|labels|(?:existing(?: [a-z]+)?|pull|tls|from|external) secrets?)\Z"
)
_CONTAINER = re.compile(
    r"\b(?:passwords?|passwd|passphrases?|pwd|secrets?|tokens?|credentials?|(?:api|access|private) keys?)\Z"
)
"""Keys below which everything is secret, but for what says where it comes from."""
_PUBLIC = (
    r"(?:keys?|user|users|user name|login|email|host|host name|port|database|db|schema|create|engine|algorithm|scopes?|"
    r"region|zone|role|rotation|interval|period|items|property|optional|template|metadata|encrypted data|description|"
    r"comment|image|repository|tag|registry|format|suffix|prefix|default|group|api|env|from)\Z"
)
_SEVERAL = re.compile(r"\S\s+\S|[{}\[\]]")
"""In texts that are more than one word."""
_OPTION = re.compile(r"--?[\w-]+\Z")
_REFERENCES = frozenset({"secretKeyRef", "secretRef", "configMapKeyRef", "existingSecret", "imagePullSecrets", "remoteRef"})
_ALL_BELOW = frozenset({"stringData", "secretData", "secretEnv"})


@lru_cache(MOST_KNOWN)
def is_secret_name(name: str) -> bool:
    """Tell whether what is at a key, or in a variable, of this name is a secret."""
    words = _words(name)
    return bool(_SECRET.search(words)) and not re.search(_HARMLESS, words)


_ROLES: dict[bool, dict[str, Role]] = {False: {}, True: {}}
"""The roles of keys, by whether all around them is secret."""


class Role:
    """What is known of a value by where it stands."""

    __slots__ = ("below", "every", "hides_texts", "numbers", "refers", "roles", "texts")

    def __init__(self, name: str = "", *, inside: bool = False, every: bool = False, refers: bool = False) -> None:
        """Begin with its name, and whether it is below a key of which all is secret that does not only say how to get it."""
        secret = is_secret_name(name) or (inside and not is_public_name(name))
        self.every = every
        """Whether it is secret whatever it is called."""
        self.refers = refers
        """Whether it only names a secret."""
        self.texts = secret and not refers
        """Whether a text here is secret."""
        self.hides_texts = self.texts or every
        """Whether a text here is hidden for its place, whatever it looks like."""
        self.numbers = self.texts and (inside or bool(re.search(_NUMBERS_TOO, _words(name))))
        self.below = _holds_secrets(name, inside=inside)
        """Whether all that is below is secret, if this is a map or list."""
        self.roles: dict[str, Role] = {} if every or refers else _ROLES[self.below]
        """The roles at keys that are remembered; those of no other key depend on the key alone."""

    def at(self, key: str, around: Mapping[str, Any]) -> Role:
        """Return the role of what is at a key of a map in this role; `around` are the other values of the map."""
        if self.every or key in _ALL_BELOW or (key == "data" and around.get("kind") == "Secret"):
            return _EVERY
        if self.refers or key in _REFERENCES:
            return _REFERS
        if key == "secretGenerator":
            return _GENERATOR
        if key == "value":
            said = around.get("name", around.get("key"))
            return role_of(said if isinstance(said, str) else key, inside=self.below)
        role = role_of(key, inside=self.below)
        if key != "data" and len(self.roles) < MOST_KNOWN:
            self.roles[key] = role
        return role

    def after(self, item: Any) -> Role:
        """Return the role of what follows an item in a list in this role: after an option such as `--password`, its value."""
        if type(item) is str and item[:1] == "-" and _OPTION.match(item) and is_secret_name(item):
            return role_of(item, inside=False)
        return self

    def hides(self, value: Any) -> bool:
        """Tell whether there is a secret in a single value."""
        kind = type(value)
        if kind is str and not self.hides_texts:
            return bool(without_looks(value) != value)
        return value is not None and kind is not bool and bool(self.said(value) != value)

    def said(self, value: Any) -> Any:
        """Return a single value without what is secret in it.

        Of a text in several words, such as a command, JSON or a file in a ConfigMap, nothing is said: next to the secret
        that was found there may be others that no pattern knows.
        """
        kind = type(value)
        if kind is str and not self.every:
            if self.texts and not is_filled_in(value):
                return MASK
            left = without_looks(value)
            return left if left == value or not is_several(value) else MASK
        if value is None or kind is bool or kind is Hidden:
            return value
        return MASK if self.every or self.numbers else value


def is_several(text: str) -> bool:
    """Tell whether a text is more than one word."""
    return _SEVERAL.search(text) is not None


@lru_cache(MOST_KNOWN)
def _holds_secrets(name: str, *, inside: bool) -> bool:
    """Tell whether what is below a map or list of this name is secret, whatever its keys are."""
    return not is_public_name(name) if inside and name else bool(_CONTAINER.search(_words(name))) and is_secret_name(name)


@lru_cache(MOST_KNOWN)
def role_of(name: str, *, inside: bool = False) -> Role:
    """Return the one role of a name, so that roles can be compared by what they are."""
    return Role(name, inside=inside)


@lru_cache(MOST_KNOWN)
def is_public_name(name: str) -> bool:
    """Tell whether a key that is below a secret's only says how it is to be had."""
    words = _words(name)
    return bool(re.search(_HARMLESS, words) or re.search(_PUBLIC, words))


def _words(name: str) -> str:
    return " ".join(_WORD.findall(name)).lower()


class _Generator(Role):
    """The role of the Secrets that a kustomization makes: literals are secret with and without a name."""

    __slots__ = ()

    def at(self, key: str, around: Mapping[str, Any]) -> Role:
        """Return the role of what is at a key of one of them."""
        return _EVERY if key == "literals" else super().at(key, around)


NO_ROLE, _EVERY, _REFERS = Role(), Role(every=True), Role(refers=True)
_GENERATOR = _Generator()
_GENERATOR.roles = {}  # its own: `literals` is another key elsewhere
