"""What an agent can read: the schemas of files and of output, and the pages of rules. All of it ships with Tiphys."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from generator.errors import ConfigError
from generator.lint import catalogue
from generator.syntax import shipped
from generator.syntax.wording import suggestion

SCHEME = "tiphys://"
RULES = f"{SCHEME}rules"
RULE = f"{RULES}/{{rule}}"
"""The template of the addresses of the pages of rules."""
_INPUT = ("pipeline", "environment", "workspace", "strategy", "profile", "rule")
_PAGE = re.compile(re.escape(RULES) + r"/([A-Za-z0-9-]{1,100})\Z")


class Resource(NamedTuple):
    """Something to read."""

    uri: str
    title: str
    kind: str
    """The media type."""
    path: tuple[str, ...] = ()
    """The path of the shipped file; empty for what is made."""


def listed() -> Mapping[str, Resource]:
    """Return the resources by address."""
    outputs = [name.removesuffix(".json") for name in shipped.names("schemas", "output")]
    found = [
        *(_schema(name, f"Schema of the file format {name}", f"{name}.schema.json") for name in _INPUT),
        *(_schema(f"output/{name}", f"Schema of `tiphys {name} --format json`", "output", f"{name}.json") for name in outputs),
        Resource(RULES, "Index of all rules", "text/markdown"),
    ]
    return {resource.uri: resource for resource in found}


def _schema(name: str, title: str, *path: str) -> Resource:
    return Resource(f"{SCHEME}schemas/{name}", title, "application/schema+json", ("schemas", *path))


def read(uri: str) -> tuple[str, str]:
    """Return the text of a resource and its media type; raises ConfigError for an unknown one."""
    page = _PAGE.match(uri)
    if page:
        return f"# {page[1]}\n\n{catalogue.find(page[1]).markdown()}", "text/markdown"
    known = listed()
    if uri not in known:
        shown = uri[:200]
        raise ConfigError(f"unknown resource `{shown}`", suggestion(shown, known, f"read {RULES}, or a schema"))
    found = known[uri]
    text = shipped.read(*found.path).decode("utf-8") if found.path else catalogue.documents()["index.md"]
    return text, found.kind
