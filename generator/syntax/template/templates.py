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

    __slots__ = ("_evaluate", "path", "raw")

    def __init__(self, path: str, raw: bytes) -> None:
        self.path = path
        self.raw = raw
        self._evaluate: Callable[[Context], Any] | None = None

    def render(self, context: Context) -> dict[str, Any]:
        """Return the document's data; raises Rejected with the leaf that is at fault."""
        if self._evaluate is None:
            self._evaluate = _compiled(self.raw) or self._by_jinja()
        try:
            result: dict[str, Any] = self._evaluate(context)
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
        from generator.syntax.template.evaluation import compile_template

        return compile_template(parse(self.path, self.raw))


def _compiled(raw: bytes) -> Callable[[Context], Any] | None:
    from _blake2 import blake2b

    from generator.syntax.compiled import templates

    return templates.BY_DIGEST.get(blake2b(raw, digest_size=16).hexdigest())
