"""User names and passwords in URLs: anyone who can read the repository, or Argo CD's user interface, can read them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from generator.diagnostics import Diagnostic, Pointer, Severity, dotted
from generator.syntax.reader import Source
from generator.syntax.secrets.masking import masked

_AUTHORITY = re.compile(r"(?i)\b([a-z][a-z0-9+.-]{0,40}):[/\\]{2}([^/\\?#\s\"'`<>]*)@")
_HINT = "remove and rotate them; Argo CD reads the credentials of repositories and clusters from Secrets"
_FILLED_IN = re.compile(r"(?:\$\(\w+\)|\$\{\w+\}|\{\{[^{}]*\}\}|<[^<>]*>)")
_VALUES = "values"


def holds_credentials(text: str) -> bool:
    """Tell whether an address in a text has a password or a token in it; the user of `ssh://git@host` does not count."""
    if "://" not in text and ":\\\\" not in text:
        return False
    for match in _AUTHORITY.finditer(text):
        scheme, user = match[1].lower(), _FILLED_IN.sub("", match[2])
        _, colon, password = user.partition(":")
        if password if colon else user and not scheme.endswith("ssh"):
            return True
    return "?" in text and masked(text) != text


def problems(source: Source) -> Iterator[Diagnostic]:
    """Yield a diagnostic for each address with credentials in a file; `values` are a matter of the rule TP103."""
    if "//" in source.text or "\\" in source.text:  # without them, no text of the file is an address, however it is quoted
        for at in places(source.data):
            yield problem(source, at)


def problem(source: Source, at: Pointer) -> Diagnostic:
    """Return the diagnostic for an address with credentials."""
    message = f"`{dotted(at)}` is a URL that contains credentials; anyone who can read this repository can use them"
    return Diagnostic(source.path, source.span_of(at), "TP051", Severity.ERROR, message, _HINT, at)


def places(node: Any) -> list[Pointer]:
    """Return the places of URLs with credentials in data, `values` excluded."""
    if isinstance(node, str):
        return [()] if holds_credentials(node) else []
    found: list[Pointer] = []
    for key, item in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        if key == _VALUES:
            continue
        if isinstance(item, str):
            if ":" in item and holds_credentials(item):  # most texts have no colon, which spares the call
                found.append((key,))
        elif type(item) is dict or type(item) is list:
            found += [(key, *at) for at in places(item)]
    return found
