"""Structural templates: YAML whose text leaves hold Jinja expressions, evaluated to data.

A template is itself valid YAML. It is turned, once, into a single Jinja expression (a dict literal
whose leaves are the template's expressions) and evaluated per service in a sandbox. A leaf that is
one expression keeps the expression's type; a leaf with text around expressions is text; a leaf that
evaluates to `omit` drops its key or its list item; an item of a list may be a loop. What comes out is
data: template text never becomes YAML text, so nothing that a spec holds can change the shape of a
document.

Templates whose bytes are known at release time run as straight-line Python (see `compiled/`), with
the same result and without importing Jinja.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from generator.diagnostics import Diagnostic, Pointer, Severity
from generator.errors import Rejected
from generator.syntax.reader import parse

Context = Mapping[str, Any]

SHIPPED = "tiphys:"
"""The path prefix of shipped templates."""


class Template:
    """One template, ready to be evaluated; `path` is where a person would edit it."""

    __slots__ = ("_evaluate", "_interpreted", "_names", "path", "raw")

    def __init__(self, path: str, raw: bytes) -> None:
        self.path = path
        self.raw = raw
        self._evaluate: Callable[[Context], Any] | None = None
        self._names: Callable[[Context], Any] | None = None
        self._interpreted: Callable[[Context], Any] | None = None

    def render(self, context: Context, *, names: bool = False) -> dict[str, Any]:
        """Return the document's data; raises Rejected with the leaf that is at fault.

        With `names`, a profile that ships may lack what only a Rollout outside the chart asks for.
        """
        if self._evaluate is None:
            self._evaluate, self._names = _compiled(self.raw)
            self._evaluate = self._evaluate or self._by_jinja()
        evaluate = (self._names if names else None) or self._evaluate
        try:
            result: dict[str, Any] = evaluate(context)
        except (LookupError, TypeError, ValueError):  # of compiled code, which cannot say where
            result = self._by_jinja()(context)
        return result

    @property
    def own(self) -> bool:
        """Whether it is the workspace's, so that anything may be in it."""
        return not self.path.startswith(SHIPPED)

    def rejected(self, faults: Iterable[tuple[Pointer, str, str]]) -> Rejected:
        """Return the errors of a template's output: place, message and hint."""
        source = parse(self.path, self.raw)
        return Rejected(
            [
                Diagnostic(self.path, source.span_of(pointer), "TP040", Severity.ERROR, message, hint, pointer)
                for pointer, message, hint in faults
            ]
        )

    def _by_jinja(self) -> Callable[[Context], Any]:
        if self._interpreted is None:  # or each service of a fleet whose values are at fault would parse it again
            from generator.syntax.template.evaluation import compile_template

            self._interpreted = compile_template(parse(self.path, self.raw))
        return self._interpreted


def _compiled(raw: bytes) -> tuple[Callable[[Context], Any] | None, Callable[[Context], Any] | None]:
    """Return the whole template as Python, and the names alone if it is a profile."""
    from _blake2 import blake2b

    from generator.syntax.compiled import templates

    digest = blake2b(raw, digest_size=16).hexdigest()
    return templates.BY_DIGEST.get(digest), templates.NAMES_BY_DIGEST.get(digest)
