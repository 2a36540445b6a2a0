"""Which rules found something in the last sets of objects: only these run on a set that says the same.

A fleet has few strategies and few ways to sync, so most services and environments say what others said before, but for
their names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from generator.lint.engine import NOT_CHECKED, Examined
from generator.lint.rules.rule import Rule
from generator.service.application import GENERATE_PATHS

if TYPE_CHECKING:
    from generator.kubernetes.objects import KubeObject

Verdict = tuple[tuple[int, Rule], ...]
"""The rules that find something in a set, each with the place of the object in the set; the others do not."""

_MOST = 1_000
"""Sets that are remembered."""
_LONGEST = 10_000
"""Characters of one of them; what is longer is seldom repeated."""
_NAMED = ("Service", "Ingress", "emplateName", "'value", "'name", "amespace")
"""The ends of the keys at which a name may be; rules judge it by its format, or by what else has the same."""
_SHORT = 63
"""Characters of a name that no rule finds too long."""
_NAME = "\0"
"""Stands for a name in what a set says. No text has it, so that two different sets never become one."""


class Verdicts:
    """Remembers the verdicts on sets, by what they say."""

    def __init__(self) -> None:
        self._known: dict[str, Verdict] = {}

    def on(self, said: str) -> Verdict | None:
        """Return the verdict on what a set says; None if that is not remembered."""
        return self._known.get(said)

    def learn(self, said: str, items: Sequence[KubeObject], found: Sequence[Examined]) -> None:
        """Remember the verdict on what some objects say, unless nothing is said, or a rule could not run."""
        if not said or len(said) > _LONGEST or any(one.rule is NOT_CHECKED for one in found):
            return
        if len(self._known) >= _MOST:
            self._known.clear()
        places = {id(item): number for number, item in enumerate(items)}
        self._known[said] = tuple(dict.fromkeys((places[id(one.looked_at)], one.rule) for one in found))


def others_say(told: Sequence[Any], name: str) -> str:
    """Return what is told of objects that are not the Application, with the name of the chart's objects left open."""
    return _nameless(repr(told), name)


def application_says(application: Mapping[str, Any], others: str, name: str) -> str:
    """Return what an Application says next to what others do, with the name of the chart's objects left open."""
    return f"{_nameless(repr(unnamed(application)), name)}\n{others}"


def _nameless(said: str, name: str) -> str:
    """Return a text without a name where that begins a name.

    A name that starts with a letter is not a number, a percentage or a duration, so that rules judge all of them alike.
    """
    opening = f"': '{name}"
    parts = said.split(opening) if name[:1].isalpha() else [said]
    for number, (part, after) in enumerate(pairwise(parts)):
        is_open = part.endswith(_NAMED) and len(name) + after.find("'") <= _SHORT
        parts[number] = f"{part}{_NAME if is_open else opening}"
    return "".join(parts)


def unnamed(application: Mapping[str, Any]) -> dict[str, Any]:
    """Return an Application without its name, its labels and the texts of its sources, which differ by service.

    No rule that runs before Helm reads them: names and sources are checked in the words of the spec. Which fields its
    sources have is kept, because a version of Argo CD may lack one.
    """
    metadata, spec = dict(application["metadata"]), dict(application["spec"])
    metadata.pop("name", None)
    metadata.pop("labels", None)
    if GENERATE_PATHS in (metadata.get("annotations") or ()):
        metadata["annotations"] = {**metadata["annotations"], GENERATE_PATHS: ""}
    for field in ("source", "sources"):
        if field in spec:
            spec[field] = _textless(spec[field])
    return {**application, "metadata": metadata, "spec": spec}


def _textless(node: Any) -> Any:
    if type(node) is dict:
        return {key: _textless(value) for key, value in node.items()}
    if type(node) is list:
        return [_textless(value) for value in node]
    return "" if type(node) is str else node
