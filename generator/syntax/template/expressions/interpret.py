"""Jinja's expressions, evaluated node by node over plain data.

Nothing is compiled to Python and nothing of Python can be reached: a node, a filter, a test or a method
that is not in a table here does not exist.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from inspect import signature
from typing import Any, NamedTuple, cast

from jinja2 import StrictUndefined, TemplateError, nodes

from generator.syntax.template.expressions import operators
from generator.syntax.template.expressions.access import entry, missing
from generator.syntax.template.expressions.budget import Budget, insist
from generator.syntax.template.expressions.filters import apply, filter_named
from generator.syntax.template.expressions.predicates import below, contained, equal, test_named
from generator.syntax.template.expressions.texts import METHODS


class Run(NamedTuple):
    """One rendering of a template: what it sees, and what it may still spend."""

    context: Mapping[str, Any]
    budget: Budget


Evaluate = Callable[[Run], Any]


def evaluator(node: nodes.Node) -> Evaluate:
    """Return the function for an expression; raises TemplateError for what the language does not have."""
    handler = _HANDLERS.get(type(node))
    if handler is None:
        raise TemplateError(f"{type(node).__name__} is not available in templates")
    return handler(cast("Any", node))


def _const(node: nodes.Const) -> Evaluate:
    value = node.value
    return lambda _run: value


def _name(node: nodes.Name) -> Evaluate:
    name = node.name
    return lambda run: run.context[name] if name in run.context else StrictUndefined(name=name)


def _attribute(node: nodes.Getattr) -> Evaluate:
    value, name = evaluator(node.node), node.attr
    return lambda run: entry(value(run), name)


def _item(node: nodes.Getitem) -> Evaluate:
    value = evaluator(node.node)
    if isinstance(node.arg, nodes.Slice):
        bounds = [evaluator(part) if part else lambda _run: None for part in (node.arg.start, node.arg.stop, node.arg.step)]
        return lambda run: operators.sliced(run.budget, value(run), *(bound(run) for bound in bounds))
    key = evaluator(node.arg)
    return lambda run: entry(value(run), insist(key(run)))


def _list(node: nodes.List | nodes.Tuple) -> Evaluate:
    items = [evaluator(item) for item in node.items]
    return lambda run: [item(run) for item in items]


def _dict(node: nodes.Dict) -> Evaluate:
    pairs = [(evaluator(pair.key), evaluator(pair.value)) for pair in node.items]
    return lambda run: {operators.key(key(run)): value(run) for key, value in pairs}


def _conditional(node: nodes.CondExpr) -> Evaluate:
    test, then = evaluator(node.test), evaluator(node.expr1)
    otherwise = evaluator(node.expr2) if node.expr2 else lambda _run: missing("the condition is false, and there is no `else`")
    return lambda run: then(run) if insist(test(run)) else otherwise(run)


def _and(node: nodes.And) -> Evaluate:
    left, right = evaluator(node.left), evaluator(node.right)
    return lambda run: insist(left(run)) and right(run)


def _or(node: nodes.Or) -> Evaluate:
    left, right = evaluator(node.left), evaluator(node.right)
    return lambda run: insist(left(run)) or right(run)


def _not(node: nodes.Not) -> Evaluate:
    value = evaluator(node.node)
    return lambda run: not insist(value(run))


def _binary(node: nodes.BinExpr) -> Evaluate:
    function = operators.BINARY.get(node.operator)
    if function is None:
        raise TemplateError(f"`{node.operator}` is not available here")
    left, right, apply_to = evaluator(node.left), evaluator(node.right), function
    return lambda run: apply_to(run.budget, insist(left(run)), insist(right(run)))


def _unary(node: nodes.UnaryExpr) -> Evaluate:
    value, sign = evaluator(node.node), -1 if isinstance(node, nodes.Neg) else 1
    return lambda run: operators.signed(sign, value(run))


def _concat(node: nodes.Concat) -> Evaluate:
    parts = [evaluator(part) for part in node.nodes]
    return lambda run: operators.concatenated(run.budget, [part(run) for part in parts])


def _compare(node: nodes.Compare) -> Evaluate:
    first = evaluator(node.expr)
    rest = [(_COMPARE[operand.op], evaluator(operand.expr)) for operand in node.ops]

    def compare(run: Run) -> bool:
        left = insist(first(run))
        for holds, evaluate in rest:
            right = insist(evaluate(run))
            if not holds(run.budget, left, right):
                return False
            left = right
        return True

    return compare


_COMPARE: dict[str, Callable[[Budget, Any, Any], bool]] = {
    "eq": equal,
    "ne": lambda budget, left, right: not equal(budget, left, right),
    "lt": below,
    "gt": lambda budget, left, right: below(budget, right, left),
    "lteq": lambda budget, left, right: not below(budget, right, left),
    "gteq": lambda budget, left, right: not below(budget, left, right),
    "in": contained,
    "notin": lambda budget, left, right: not contained(budget, left, right),
}


class _Arguments(NamedTuple):
    """The arguments of a call, as they are written."""

    given: list[Evaluate]
    named: dict[str, Evaluate]

    def of(self, run: Run) -> tuple[list[Any], dict[str, Any]]:
        """Return their values, none of them undefined."""
        return [insist(arg(run)) for arg in self.given], {name: insist(arg(run)) for name, arg in self.named.items()}


def _arguments(node: nodes.Filter | nodes.Test | nodes.Call, name: str, function: Callable[..., Any] | None) -> _Arguments:
    """Return the arguments of a call; raises TemplateError if the function does not take them."""
    if node.dyn_args or node.dyn_kwargs:
        raise TemplateError("`*` and `**` are not available in arguments")
    given = [evaluator(arg) for arg in node.args or ()]
    named = {str(arg.key): evaluator(arg.value) for arg in node.kwargs or ()}
    if function is not None:
        try:
            signature(function).bind(None, None, *given, **named)
        except TypeError as error:
            raise TemplateError(f"`{name}`: {error}") from None
    return _Arguments(given, named)


def _filter(node: nodes.Filter) -> Evaluate:
    if node.node is None:
        raise TemplateError("a filter needs a value before its `|`")
    value, name = evaluator(node.node), node.name
    arguments = _arguments(node, name, filter_named(name))
    return lambda run: apply(run.budget, name, value(run), *arguments.of(run))


def _test(node: nodes.Test) -> Evaluate:
    value, test = evaluator(node.node), test_named(node.name)
    arguments = _arguments(node, node.name, test)

    def ask(run: Run) -> bool:
        given, named = arguments.of(run)
        return test(run.budget, value(run), *given, **named)

    return ask


def _call(node: nodes.Call) -> Evaluate:
    if not isinstance(node.node, nodes.Getattr):
        called, shown = evaluator(node.node), node.node.name if isinstance(node.node, nodes.Name) else "this"
        return lambda run: operators.uncallable(called(run), shown)
    value, name = evaluator(node.node.node), node.node.attr
    method = METHODS.get(name)
    arguments = _arguments(node, name, method)

    def call(run: Run) -> Any:
        subject = insist(value(run))
        if not isinstance(subject, str) or method is None:
            return operators.uncallable(entry(subject, name), name)
        run.budget.text(len(subject))
        given, named = arguments.of(run)
        return method(run.budget, subject, *given, **named)

    return call


_HANDLERS: dict[type[nodes.Node], Callable[[Any], Evaluate]] = {
    nodes.Const: _const,
    nodes.Name: _name,
    nodes.Getattr: _attribute,
    nodes.Getitem: _item,
    nodes.List: _list,
    nodes.Tuple: _list,
    nodes.Dict: _dict,
    nodes.CondExpr: _conditional,
    nodes.And: _and,
    nodes.Or: _or,
    nodes.Not: _not,
    nodes.Neg: _unary,
    nodes.Pos: _unary,
    nodes.Concat: _concat,
    nodes.Compare: _compare,
    nodes.Filter: _filter,
    nodes.Test: _test,
    nodes.Call: _call,
    **dict.fromkeys((nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Mod, nodes.Pow), _binary),
}
