"""Control characters in an Application, which no program is given."""

from __future__ import annotations

import re
from typing import Any

from generator.adopt.model import UnavailableError
from generator.diagnostics import Pointer, dotted
from generator.kubernetes.objects import at

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_TEXTS = ("values", "valuesObject")
"""Values are handed on in a file, whatever is in them."""


def insist_plain(application: dict[str, Any]) -> None:
    """Raise UnavailableError for a control character where programs get a name, a path or an address."""
    fields = [("metadata", "name"), ("metadata", "namespace"), ("spec", "project"), ("spec", "destination")]
    fields += [("spec", "source"), ("spec", "sources")]
    waiting: list[tuple[Pointer, Any]] = [(field, at(application, *field)) for field in fields]
    while waiting:
        pointer, node = waiting.pop()
        if isinstance(node, str) and (found := _CONTROL.search(node)):
            message = f"`{dotted(pointer)}` contains the control character U+{ord(found[0]):04X}"
            raise UnavailableError(pointer, message, "remove it")
        if isinstance(node, dict):
            waiting += [((*pointer, key), value) for key, value in node.items() if key not in _TEXTS]
        elif isinstance(node, list):
            waiting += [((*pointer, index), value) for index, value in enumerate(node)]
