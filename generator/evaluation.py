"""A structural template as a function from a context to data, with every failure at its leaf."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, cast

from jinja2 import TemplateError, Undefined, nodes
from jinja2.environment import TemplateExpression

from generator.diagnostics import Pointer
from generator.errors import Rejected
from generator.omit import OMIT
from generator.reader import Source
from generator.sandbox import ENVIRONMENT, expression_of, item_of, leaf_of, loop_in, rejected

Context = Mapping[str, Any]
Evaluate = Callable[[Context], Any]

MAX_TEXT = 256 * 1024
"""No leaf may grow beyond this; `'x' * 10**9` must not take the machine down."""


def compile_template(source: Source) -> Evaluate:
    """Return a function from a context to the document's data; raises Rejected for a bad template."""
    try:
        evaluate = _evaluator(expression_of(source))
    except TemplateError as error:  # a filter or test that there is not
        raise _culprit(source, {}, error) from None

    def render(context: Context) -> Any:
        try:
            return _clean(source, (), evaluate({**context, "omit": OMIT}))
        except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError) as error:
            culprit = _culprit(source, context, error)
            raise culprit from culprit.__cause__

    return render


def _evaluator(node: nodes.Expr) -> Evaluate:
    """Return the function for a node: one Jinja expression, as far as no loop stands in it."""
    if next(node.find_all(nodes.For), None) is None:
        return _compile(node)
    if isinstance(node, nodes.Dict):
        pairs = [(_compile(pair.key), _evaluator(pair.value)) for pair in node.items]
        return lambda context: {key(context): value(context) for key, value in pairs}
    items = [_items(item) for item in node.iter_child_nodes()]
    return lambda context: [value for item in items for value in item(context)]


def _items(node: nodes.Node) -> Callable[[Context], Iterable[Any]]:
    """Return the function for what gives items of a list: one, or as many as a loop has turns."""
    if not isinstance(node, nodes.For):
        evaluate = _evaluator(cast("nodes.Expr", node))
        return lambda context: [evaluate(context)]
    turns, body = _turns(node), _evaluator(cast("nodes.Expr", node.body[0]))
    return lambda context: [body(turn) for turn in turns(context)]


def _turns(loop: nodes.For) -> Callable[[Context], Iterator[Context]]:
    """Return the function that gives the context of each turn of a loop."""
    iterable = _compile(cast("nodes.Expr", loop.iter))
    test = _compile(cast("nodes.Expr", loop.test)) if loop.test else lambda _context: True
    target = loop.target
    names = [target.name] if isinstance(target, nodes.Name) else [name.name for name in target.find_all(nodes.Name)]

    def turns(context: Context) -> Iterator[Context]:
        for item in iterable(context):
            values = [item] if isinstance(target, nodes.Name) else item
            turn = {**context, **dict(zip(names, values, strict=True))}
            if test(turn):
                yield turn

    return turns


def _compile(expression: nodes.Expr) -> Evaluate:
    body: list[nodes.Node] = [nodes.Assign(nodes.Name("result", "store"), expression)]
    tree = nodes.Template(body, lineno=1)
    tree.set_environment(ENVIRONMENT)
    compiled = TemplateExpression(ENVIRONMENT.from_string(tree), undefined_to_none=False)
    return lambda context: compiled(dict(context))


def _clean(source: Source, pointer: Pointer, value: Any) -> Any:
    """Return a result without what was omitted; refuse what is no data."""
    if isinstance(value, dict):
        kept = {key: item for key, item in value.items() if key is not OMIT and item is not OMIT}
        if any(not isinstance(key, str) for key in kept):
            raise rejected(source, pointer, "a key of a map is no text", "make the expression of the key give text")
        return {str(key): _clean(source, (*pointer, key), item) for key, item in kept.items()}
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


def _culprit(source: Source, context: Context, error: Exception) -> Rejected:
    """Return the error of the one leaf that fails, by evaluating the leaves one by one; its cause says why."""
    found = _fault(source, source.data, (), {**context, "omit": OMIT})
    return found or _failure(source, (), "the template fails", error)


def _fault(source: Source, data: Any, pointer: Pointer, context: Context) -> Rejected | None:
    """Return the error of the first leaf that fails, keys and loops included."""
    if isinstance(data, dict):
        parts = [part for key, value in data.items() for part in ((key, (*pointer, key)), (value, (*pointer, key)))]
        return next((found for part in parts if (found := _fault(source, *part, context))), None)
    if isinstance(data, list):
        return next((found for item in enumerate(data) if (found := _fault_of_item(source, item, pointer, context))), None)
    if not (isinstance(data, str) and "{{" in data):
        return None
    try:
        value = _compile(leaf_of(source, data, pointer))(context)
        if isinstance(value, Undefined):
            str(value)  # raises, and says what is undefined
    except Exception as error:
        return _failure(source, pointer, "the expression fails", error)
    return None


def _fault_of_item(source: Source, item: tuple[int, Any], above: Pointer, context: Context) -> Rejected | None:
    index, data = item
    pointer = (*above, index)
    key = loop_in(data)
    if key is None:
        return _fault(source, data, pointer, context)
    try:
        turns = list(_turns(cast("nodes.For", item_of(source, data, pointer)))(context))
    except Exception as error:
        return _failure(source, (*pointer, key), "the loop fails", error)
    return next((found for turn in turns if (found := _fault(source, data[key], (*pointer, key), turn))), None)


def _failure(source: Source, pointer: Pointer, what: str, error: Exception) -> Rejected:
    hint = "see docs/templates.md for what a template can use"
    failure = rejected(source, pointer, f"{what}: {_said(error)}", hint)
    failure.__cause__ = error
    return failure


def _said(error: Exception) -> str:
    return str(error) or type(error).__name__
