"""A structural template as a function from a context to data, with every failure at its leaf."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from jinja2 import TemplateError, nodes

from generator.diagnostics import Pointer
from generator.errors import Rejected
from generator.syntax.reader import Source
from generator.syntax.template.expressions.budget import MAX_STEPS, Budget, BudgetError, insist
from generator.syntax.template.expressions.data import DataError, data_of, key_of
from generator.syntax.template.expressions.interpret import Evaluate, Run, evaluator
from generator.syntax.template.omit import OMIT
from generator.syntax.template.sandbox import Spent, leaf_of, loop_in, loop_of, rejected

Context = Mapping[str, Any]
Result = TypeVar("Result")

_FAILURES = (TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError, RecursionError, MemoryError)
"""What an expression can raise over unchecked data."""


def compile_template(source: Source) -> Callable[[Context], Any]:
    """Return a function from a context to the document's data; raises Rejected for a bad template."""
    evaluate = _Compiler(source).node(source.data, ())
    exhausted: list[Rejected] = []

    def render(context: Context) -> Any:
        if exhausted:  # once is enough: a fleet of services would each take as long
            raise exhausted[0].with_traceback(None)
        try:
            return evaluate(Run({**context, "omit": OMIT}, Budget()))
        except Rejected as rejection:
            if isinstance(rejection.__cause__, BudgetError):
                exhausted.append(rejection)
            raise

    return render


class _Compiler:
    """Turns the parts of one template into functions that know their place."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._spent = Spent()

    def node(self, data: Any, pointer: Pointer) -> Evaluate:
        """Return the function for a part of the template."""
        if isinstance(data, dict):
            return self._map(data, pointer)
        if isinstance(data, list):
            return self._list(data, pointer)
        if isinstance(data, str) and "{" in data:
            return self._leaf(data, pointer, data_of)
        if data is None:
            raise rejected(
                self._source, pointer, "null is not allowed in a template", "write `{{ omit }}` to leave the key out"
            )
        return self._guarded(pointer, lambda run: data_of(run.budget, data))

    def _map(self, data: dict[str, Any], pointer: Pointer) -> Evaluate:
        pairs = [(self._key(key, (*pointer, key)), self.node(value, (*pointer, key))) for key, value in data.items()]

        def build(run: Run) -> dict[str, Any]:
            made = ((key(run), value(run)) for key, value in pairs)
            return {key: value for key, value in made if key is not OMIT and value is not OMIT}

        return build

    def _key(self, key: str, pointer: Pointer) -> Evaluate:
        if "{%" in key:
            message, hint = "a loop is not allowed here", "make it the only key of a list item"
            raise rejected(self._source, pointer, message, hint)
        if "{{" in key:
            return self._leaf(key, pointer, key_of)
        return self._guarded(pointer, lambda run: key_of(run.budget, key))

    def _list(self, data: list[Any], pointer: Pointer) -> Evaluate:
        items = [self._item(item, (*pointer, index)) for index, item in enumerate(data)]
        return lambda run: [value for item in items for value in item(run) if value is not OMIT]

    def _item(self, data: Any, pointer: Pointer) -> Callable[[Run], Iterator[Any]]:
        """Return the function for what gives items of a list: one, or as many as a loop has turns."""
        key = loop_in(data)
        if key is None:
            one = self.node(data, pointer)
            return lambda run: iter((one(run),))
        turns, body = self._turns(key, (*pointer, key)), self.node(data[key], (*pointer, key))
        return lambda run: (body(turn) for turn in turns(run))

    def _turns(self, key: str, pointer: Pointer) -> Callable[[Run], Iterator[Run]]:
        """Return the function that gives what each turn of a loop sees."""
        loop = loop_of(self._source, key, pointer, self._spent)
        what = "the loop fails"
        items = self._evaluator(loop.items, pointer, what)
        test = self._evaluator(loop.test or nodes.Const(True, lineno=1), pointer, what)
        single = len(loop.names) == 1

        def turn(run: Run, item: Any) -> Run:
            run.budget.spend(1)
            named = zip(loop.names, (item,) if single else insist(item), strict=True)
            return run._replace(context={**run.context, **dict(named)})

        start = self._guarded(pointer, lambda run: iter(insist(items(run))), what)
        enter = self._guarded(pointer, turn, what)
        holds = self._guarded(pointer, lambda run: bool(insist(test(run))), what)
        return lambda run: (entered for item in start(run) if holds(entered := enter(run, item)))

    def _leaf(self, text: str, pointer: Pointer, made_of: Callable[[Budget, Any], Any]) -> Evaluate:
        """Return the function for a leaf, or a key, that holds expressions."""
        evaluate = self._evaluator(leaf_of(self._source, text, pointer, self._spent), pointer)

        def result(run: Run) -> Any:
            value = evaluate(run)
            return OMIT if value is OMIT else made_of(run.budget, value)

        return self._guarded(pointer, result)

    def _evaluator(self, node: nodes.Expr, pointer: Pointer, what: str = "the expression fails") -> Evaluate:
        """Return the function for an expression, which pays for its own size each time."""
        size = 1 + sum(1 for _ in node.find_all(nodes.Node))
        evaluate = self._guarded(pointer, lambda: evaluator(node), what)()

        def paid(run: Run) -> Any:
            run.budget.spend(size)
            return evaluate(run)

        return self._guarded(pointer, paid, what)

    def _guarded(
        self, pointer: Pointer, function: Callable[..., Result], what: str = "the expression fails"
    ) -> Callable[..., Result]:
        """Return a function whose errors have their place in the template."""

        def call(*args: Any) -> Result:
            try:
                return function(*args)
            except _FAILURES as error:
                raise self._failure(pointer, what, error) from error

        return call

    def _failure(self, pointer: Pointer, what: str, error: Exception) -> Rejected:
        said = str(error) if isinstance(error, DataError) else f"{what}: {str(error) or type(error).__name__}"
        hint = getattr(error, "hint", "") if isinstance(error, DataError) else "see docs/templates.md for the available syntax"
        if isinstance(error, BudgetError):
            hint = f"simplify it: the loops, lists and strings of a template may take {MAX_STEPS:,} steps in all"
        return rejected(self._source, pointer, said, hint)
