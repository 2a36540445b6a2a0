"""Jinja, kept small: expressions over plain data, with no way to anything else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, Undefined, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from generator.diagnostics import Diagnostic, Pointer, Severity
from generator.errors import Rejected
from generator.lookups import at, older, one
from generator.reader import Source


def text(value: Any) -> str:
    """Return what may stand beside other text in a leaf: text or a whole number."""
    if isinstance(value, Undefined):
        str(value)  # raises, and says what is undefined
    if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
        return str(value)
    raise TemplateError(f"{value!r} cannot stand beside other text")


def combine(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Return two maps as one; where both have a key, the second's value."""
    return {**below, **above}


class Environment(ImmutableSandboxedEnvironment):
    """A sandbox in which `a.b` is the key `b` of the map `a`, and never a method of it."""

    intercepted_binops = frozenset(("*", "**"))

    def __init__(self) -> None:
        super().__init__(undefined=StrictUndefined, autoescape=False, cache_size=0)
        self.globals.clear()
        del self.filters["random"]  # the same inputs must give the same bytes
        self.filters["text"] = text
        self.filters["combine"] = combine
        self.filters |= {"at": at, "one": one, "older": older}

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return a key of a map; for what is no map, what the sandbox allows."""
        if isinstance(obj, Mapping):
            return obj[attribute] if attribute in obj else self.undefined(obj=obj, name=attribute)
        return super().getattr(obj, attribute)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Multiply, as long as the result stays small."""
        if operator == "**" or not all(isinstance(side, int | float) for side in (left, right)):
            raise TemplateError(f"`{operator}` is not available here")
        return left * right


ENVIRONMENT = Environment()


def rejected(source: Source, pointer: Pointer, message: str, hint: str = "") -> Rejected:
    """Return the error for a leaf of a template."""
    span = source.span_of(pointer)
    return Rejected([Diagnostic(source.path, span, "TP040", Severity.ERROR, message, hint, pointer)])


def expression_of(source: Source) -> nodes.Expr:
    """Return a whole template as one Jinja expression."""
    return _node(source, source.data, ())


def _node(source: Source, data: Any, pointer: Pointer) -> nodes.Expr:
    if isinstance(data, dict):
        pairs = [
            nodes.Pair(_key(source, key, (*pointer, key)), _node(source, value, (*pointer, key)), lineno=1)
            for key, value in data.items()
        ]
        return nodes.Dict(pairs, lineno=1)
    if isinstance(data, list):
        return nodes.List([item_of(source, value, (*pointer, index)) for index, value in enumerate(data)], lineno=1)
    if isinstance(data, str) and "{" in data:
        return leaf_of(source, data, pointer)
    if data is None:
        raise rejected(source, pointer, "a template has no nulls", "write `{{ omit }}` to leave the key out")
    return nodes.Const(data, lineno=1)


def _key(source: Source, key: str, pointer: Pointer) -> nodes.Expr:
    if "{%" in key:
        raise rejected(source, pointer, "a loop has no place here", "let it be the only key of an item of a list")
    return leaf_of(source, key, pointer) if "{{" in key else nodes.Const(key, lineno=1)


def item_of(source: Source, data: Any, pointer: Pointer) -> nodes.Node:
    """Return an item of a list as a Jinja expression, or as a loop that gives any number of items."""
    key = loop_in(data)
    if key is None:
        return _node(source, data, pointer)
    try:
        tree = ENVIRONMENT.parse(f"{key}{{% endfor %}}").body
    except TemplateSyntaxError as error:
        raise rejected(source, (*pointer, key), f"not a loop: {error.message}", LOOP_HINT) from None
    loop = tree[0] if len(tree) == 1 else None
    if not isinstance(loop, nodes.For) or loop.body or loop.else_ or loop.recursive:
        raise rejected(source, (*pointer, key), "not a loop", LOOP_HINT)
    loop.body = [_node(source, data[key], (*pointer, key))]
    return loop


LOOP_HINT = "write `{% for name in list %}`, with `if condition` where some are to be left out"


def loop_in(data: Any) -> str | None:
    """Return the key that makes an item of a list a loop; None for a plain item."""
    key = next(iter(data)) if isinstance(data, dict) and len(data) == 1 else ""
    return key if key.startswith("{%") else None


_INFINITE = (float("inf"), float("-inf"))


def _too_large(text: str) -> str:
    """Return the number in a template that no reader can hold, as it is written."""
    numbers = re.findall(r"[0-9][0-9_.]*[eE][+-]?[0-9]+", text)
    return next((number for number in numbers if float(number.replace("_", "")) in _INFINITE), "a number")


def leaf_of(source: Source, text: str, pointer: Pointer) -> nodes.Expr:
    """Return a text with expressions in it as one Jinja expression."""
    try:
        tree = ENVIRONMENT.parse(text)
    except TemplateSyntaxError as error:
        raise rejected(source, pointer, f"not a Jinja expression: {error.message}") from None
    if any(value.value in _INFINITE for value in tree.find_all(nodes.Const) if isinstance(value.value, float)):
        raise rejected(source, pointer, f"{_too_large(text)} is more than a number can be", "write a smaller number, or a text")
    parts: list[nodes.Expr] = []
    for statement in tree.body:
        if not isinstance(statement, nodes.Output):
            raise rejected(
                source, pointer, "statements have no place in a template", "use an expression: {{ a if condition else omit }}"
            )
        parts.extend(statement.nodes)
    if len(parts) == 1 and not isinstance(parts[0], nodes.TemplateData):
        return parts[0]
    return nodes.Concat([_part(part) for part in parts], lineno=1)


def _part(part: nodes.Expr) -> nodes.Expr:
    if isinstance(part, nodes.TemplateData):
        return nodes.Const(part.data, lineno=1)
    return nodes.Filter(part, "text", [], [], None, None, lineno=1)
