"""Jinja, kept small: expressions over plain data, with no way to anything else."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, Undefined, nodes
from jinja2.environment import TemplateExpression
from jinja2.sandbox import ImmutableSandboxedEnvironment

from generator.diagnostics import Diagnostic, Pointer, Severity
from generator.errors import Rejected
from generator.omit import OMIT
from generator.reader import Source

MAX_TEXT = 256 * 1024
"""No leaf may grow beyond this; `'x' * 10**9` must not take the machine down."""


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
    return Rejected([Diagnostic(source.path, span, "MR040", Severity.ERROR, message, hint, pointer)])


def expression_of(source: Source) -> nodes.Expr:
    """Return a whole template as one Jinja expression."""
    return _node(source, source.data, ())


def compile_template(source: Source) -> Callable[[Mapping[str, Any]], Any]:
    """Return a function from a context to the document's data; raises Rejected for a bad template."""
    try:
        evaluate = _compile(expression_of(source))
    except TemplateError as error:  # a filter or test that there is not
        raise _culprit(source, {}, error) from None

    def render(context: Mapping[str, Any]) -> Any:
        try:
            return _clean(source, (), evaluate({**context, "omit": OMIT}))
        except TemplateError as error:
            raise _culprit(source, context, error) from None
        except (TypeError, ValueError, ArithmeticError, LookupError, AttributeError) as error:
            raise _culprit(source, context, error) from None

    return render


def _compile(expression: nodes.Expr) -> Callable[[Mapping[str, Any]], Any]:
    body: list[nodes.Node] = [nodes.Assign(nodes.Name("result", "store"), expression)]
    tree = nodes.Template(body, lineno=1)
    tree.set_environment(ENVIRONMENT)
    compiled = TemplateExpression(ENVIRONMENT.from_string(tree), undefined_to_none=False)
    return lambda context: compiled(dict(context))


def _node(source: Source, data: Any, pointer: Pointer) -> nodes.Expr:
    if isinstance(data, dict):
        pairs = []
        for key, value in data.items():
            if "{{" in key or "{%" in key:
                raise rejected(
                    source,
                    (*pointer, key),
                    "a key of a template is fixed text",
                    "write one expression that gives the whole map",
                )
            pairs.append(nodes.Pair(nodes.Const(key), _node(source, value, (*pointer, key)), lineno=1))
        return nodes.Dict(pairs, lineno=1)
    if isinstance(data, list):
        return nodes.List([_node(source, value, (*pointer, index)) for index, value in enumerate(data)], lineno=1)
    if isinstance(data, str) and "{" in data:
        return _leaf(source, data, pointer)
    if data is None:
        raise rejected(source, pointer, "a template has no nulls", "write `{{ omit }}` to leave the key out")
    return nodes.Const(data, lineno=1)


def _leaf(source: Source, text: str, pointer: Pointer) -> nodes.Expr:
    try:
        tree = ENVIRONMENT.parse(text)
    except TemplateSyntaxError as error:
        raise rejected(source, pointer, f"not a Jinja expression: {error.message}") from None
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


def _clean(source: Source, pointer: Pointer, value: Any) -> Any:
    """Return a result without what was omitted; refuse what is no data."""
    if isinstance(value, dict):
        return {key: _clean(source, (*pointer, key), item) for key, item in value.items() if item is not OMIT}
    if isinstance(value, list | tuple):
        return [_clean(source, (*pointer, index), item) for index, item in enumerate(value) if item is not OMIT]
    if isinstance(value, Undefined):
        str(value)  # raises, and says what is undefined
    if isinstance(value, str) and len(value) <= MAX_TEXT:
        return str(value)
    if isinstance(value, bool | int | float):
        return value
    what = "a text that is too long" if isinstance(value, str) else f"a {type(value).__name__}"
    raise rejected(source, pointer, f"the expression gives {what}, which is no data", "give text, a number, a list or a map")


def _culprit(source: Source, context: Mapping[str, Any], error: Exception) -> Exception:
    """Return the error of the one leaf that fails, by evaluating the leaves one by one."""
    for pointer, text in _leaves(source.data, ()):
        try:
            value = _compile(_leaf(source, text, pointer))({**context, "omit": OMIT})
            if isinstance(value, Undefined):
                str(value)  # raises, and says what is undefined
        except Exception as leaf_error:
            return rejected(
                source,
                pointer,
                f"the expression fails: {_said(leaf_error)}",
                "see docs/templates.md for what a template can use",
            )
    return rejected(source, (), f"the template fails: {_said(error)}")


def _said(error: Exception) -> str:
    return str(error) or type(error).__name__


def _leaves(data: Any, pointer: Pointer) -> Iterator[tuple[Pointer, str]]:
    if isinstance(data, dict):
        for key, value in data.items():
            yield from _leaves(value, (*pointer, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _leaves(value, (*pointer, index))
    elif isinstance(data, str) and "{" in data:
        yield pointer, data
