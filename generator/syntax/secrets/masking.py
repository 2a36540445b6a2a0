"""Find the secrets in data, and return the data without them.

A value counts as one by the key that it is at (`DB_PASSWORD`), by the object that it is in (a Secret),
or by its form (a private key, a token of a known kind, a password in an address). What only names a
Secret, or is filled in from one later, does not count.
"""

from __future__ import annotations

import re
from typing import Any

from generator.diagnostics import Pointer
from generator.syntax.secrets.looks import MASK, Hidden, without_looks
from generator.syntax.secrets.roles import Role, role_of

_MOST_CLEAN = 1_000
"""Maps and lists that are remembered as clean: those of the settings, and of a few services."""


def masked(value: Any) -> Any:
    """Return data without the secrets that are written down in it."""
    return _masked(value, role_of(""))


class Looked:
    """Remembers the maps and lists without secrets, so that what several documents share is looked at once.

    The memory is by identity: it keeps what it remembers alive, and is emptied when it grows large. Data must not
    change once it was looked at.
    """

    __slots__ = ("_clean",)

    def __init__(self) -> None:
        self._clean: dict[tuple[int, Role], Any] = {}

    def places(self, value: Any) -> list[Pointer]:
        """Return where in data a secret is written down."""
        if len(self._clean) > _MOST_CLEAN:
            self._clean.clear()
        return _places(value, role_of(""), self._clean)


def places(value: Any) -> list[Pointer]:
    """Return where in data a secret is written down."""
    return Looked().places(value)


def called(value: Any, pointer: Pointer) -> str:
    """Return the name of a place in data: its key, or the `name` next to it in a list of variables."""
    around = value
    for part in pointer[:-1]:
        around = around[part]
    name = around.get("name") if pointer[-1] == "value" and isinstance(around, dict) else None
    return name if isinstance(name, str) else str(pointer[-1])


def _places(node: Any, role: Role, clean: dict[tuple[int, Role], Any]) -> list[Pointer]:
    """Return the places below a map or list; pointers are only put together for what is found.

    It has the loop of `_children` in itself: all values of all services come by here, and a list of what is in each
    map would cost one hundredth of a check.
    """
    found: list[Pointer] = []
    roles = role.roles
    is_list = isinstance(node, list)
    before: Any = None
    items: Any = enumerate(node) if is_list else node.items() if isinstance(node, dict) else ()
    for key, item in items:
        inner = role.after(before) if is_list else roles.get(key) or role.at(key, node)
        before, kind = item, type(item)
        if kind is dict or kind is list:
            known = (id(item), inner)
            if known not in clean:
                below = _places(item, inner, clean)
                if below:
                    found += [(key, *at) for at in below]
                else:
                    clean[known] = item
        elif kind is str and not inner.hides_texts:  # as most are, which spares a call
            if without_looks(item) != item:
                found.append((key,))
        elif inner.hides(item):
            found.append((key,))
    return found


def _children(node: Any, role: Role) -> list[tuple[Any, Any, Role]]:
    """Return what is in a map or list, with its key or index and its role."""
    if isinstance(node, dict):
        roles = role.roles
        return [(key, item, roles.get(key) or role.at(key, node)) for key, item in node.items()]
    found = []
    before: Any = None
    for index, item in enumerate(node if isinstance(node, list) else ()):
        found.append((index, item, role.after(before)))
        before = item
    return found


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


def _masked(value: Any, role: Role) -> Any:
    if isinstance(value, dict):
        return {key: _masked(item, inner) for key, item, inner in _children(value, role)}
    if isinstance(value, list):
        return [_masked(item, inner) for _, item, inner in _children(value, role)]
    return role.said(value)


_MOST_PIECES = 100


def pieces(value: str, said: str) -> list[str]:
    """Return the secrets in a text of which `said` is what is left without them; the text itself if there are too many."""
    if said == value:
        return []
    if said == MASK or said.count(MASK) > _MOST_PIECES:
        return [value]
    match = re.fullmatch("(.*?)".join(map(re.escape, said.split(MASK))), value, re.DOTALL)
    return [piece for piece in match.groups() if piece] if match else [value]
