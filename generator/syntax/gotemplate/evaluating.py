"""A Go template with its parameters. Source: text/template/exec.go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from functools import lru_cache
from typing import Any

from generator.syntax.budget import ITEM, STEP, Budget
from generator.syntax.gotemplate import nodes, ranges
from generator.syntax.gotemplate.functions import FUNCTIONS, MUTATING
from generator.syntax.gotemplate.functions.function import Function, checked
from generator.syntax.gotemplate.parsing import parse
from generator.syntax.gotemplate.problems import ExecutionError, UnevaluatedError
from generator.syntax.gotemplate.values import MAX_TEXT, MISSING, Strings, a_type, cut, is_true, printed

_MOST_DEPTH = 40


@lru_cache(maxsize=256)
def parsed(text: str) -> nodes.Template:
    """Return a text as a template; raises TemplateSyntaxError."""
    return parse(text, FUNCTIONS.__contains__)


class Templates:
    """Go templates, each parsed once, which all spend one budget."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._known: dict[str, nodes.Template] = {}

    def rendered(self, text: str, parameters: Mapping[str, Any], *, missing: str = "default") -> str:
        """Return a template with its parameters.

        `missing` is what a missing key means: `default` (or `invalid`), `zero` or `error`. Raises TemplateSyntaxError,
        ExecutionError, UnevaluatedError for what is not known here, and SpentError.
        """
        template = self._parsed(text)
        data = parameters
        try:
            if template.functions & MUTATING:
                self._budget.read([data], _COPIED)
                data = deepcopy(dict(parameters))
            return _Run(template, data, missing, self._budget).text()
        except RecursionError:
            raise UnevaluatedError("its values are nested too deeply") from None

    def _parsed(self, text: str) -> nodes.Template:
        if text not in self._known:
            self._budget.spend(len(text) * _PARSED)
            self._known[text] = parsed(text)
        return self._known[text]


_LOOKED_UP = 3
"""What a variable takes that is not the one that is meant."""
_PARSED = 100
"""What a letter of a template takes that is parsed, and kept."""
_COPIED = 3
"""What a deep copy takes, in times of what reading takes."""


class _Jump(Exception):  # noqa: N818 - unwinds to the loop
    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


class _Run:
    def __init__(self, template: nodes.Template, data: Any, missing: str, budget: Budget) -> None:
        self._template = template
        self._missing = missing
        self._data = data
        self._variables: list[tuple[str, Any]] = [("$", data)]
        self._found: list[str] = []
        self._budget = budget
        self._size = self._depth = 0

    def text(self) -> str:
        self._walk(self._template.body, self._data)
        return "".join(self._found)

    def _walk(self, body: tuple[Any, ...], dot: Any) -> None:
        for node in body:
            self._budget.spend(STEP)
            if isinstance(node, nodes.Text):
                self._write(node.text)
            elif isinstance(node, nodes.Pipeline):
                value = self._pipeline(node, dot)
                if not node.variables:
                    self._budget.read([value])
                    self._write(printed(value))
            elif isinstance(node, nodes.Branch):
                with self._scope():
                    self._branch(node, dot)
            elif isinstance(node, nodes.Jump):
                raise _Jump(node.kind)
            else:
                self._call(node, dot)

    def _write(self, text: str) -> None:
        self._budget.spend(len(text))
        self._size += len(text)
        if self._size > MAX_TEXT:
            raise UnevaluatedError("it makes a very long text")
        self._found.append(text)

    @contextmanager
    def _scope(self) -> Iterator[None]:
        kept = len(self._variables)
        try:
            yield
        finally:
            del self._variables[kept:]

    def _call(self, node: nodes.Call, dot: Any) -> None:
        if node.name not in self._template.defined:
            raise ExecutionError(f"template `{cut(node.name)}` is not defined")
        self._depth += 1
        if self._depth > _MOST_DEPTH:
            raise UnevaluatedError("its templates call each other too deeply")
        value = self._pipeline(node.pipeline, dot) if node.pipeline else MISSING
        kept, self._variables = self._variables, [("$", value)]
        self._walk(self._template.defined[node.name], value)
        self._variables = kept
        self._depth -= 1

    def _branch(self, node: nodes.Branch, dot: Any) -> None:
        if node.kind == "range":
            self._range(node, dot)
            return
        value = self._pipeline(node.pipeline, dot)
        if is_true(value):
            self._walk(node.body, value if node.kind == "with" else dot)
        else:
            self._walk(node.otherwise, dot)

    def _range(self, node: nodes.Branch, dot: Any) -> None:
        value = self._pipeline(node.pipeline._replace(variables=()), dot)
        self._budget.spend(ITEM * ranges.length(value))
        items = list(ranges.iterated(value, len(node.pipeline.variables)))
        try:
            for index, item in items:
                with self._scope():
                    self._bind(node.pipeline, index, item)
                    self._once(node.body, item)
        except _Jump:
            return
        if not items:
            self._walk(node.otherwise, dot)

    def _once(self, body: tuple[Any, ...], item: Any) -> None:
        self._budget.spend(STEP)
        try:
            self._walk(body, item)
        except _Jump as jump:
            if jump.kind == "break":
                raise

    def _bind(self, pipeline: nodes.Pipeline, index: Any, item: Any) -> None:
        given = (index, item) if len(pipeline.variables) == 2 else (item,)
        for name, value in zip(pipeline.variables, given, strict=False):
            self._set(name, value, assigns=pipeline.assigns)

    def _set(self, name: str, value: Any, *, assigns: bool) -> None:
        if not assigns:
            self._variables.append((name, value))
            return
        self._budget.spend(len(self._variables) * _LOOKED_UP)
        for place in range(len(self._variables) - 1, -1, -1):
            if self._variables[place][0] == name:
                self._variables[place] = (name, value)
                return
        raise ExecutionError(f"undefined variable `{cut(name)}`")

    # values

    def _pipeline(self, node: nodes.Pipeline, dot: Any) -> Any:
        value: Any = _NOTHING
        for command in node.commands:
            self._budget.spend(STEP)
            value = self._command(command, dot, value)
        for name in node.variables:
            self._set(name, value, assigns=node.assigns)
        return value

    def _command(self, command: nodes.Command, dot: Any, final: Any) -> Any:
        first, *arguments = command
        if isinstance(first, nodes.Function):
            return self._apply(FUNCTIONS[first.name], arguments, dot, final)
        if arguments or final is not _NOTHING:
            raise ExecutionError("a value that is not a function has arguments")
        if isinstance(first, nodes.Constant) and first.kind == "nil":
            raise ExecutionError("nil is not a command")
        return self._value(first, dot)

    def _value(self, node: Any, dot: Any) -> Any:
        if isinstance(node, nodes.Constant):
            return node.value
        if isinstance(node, nodes.Field):
            return self._fields(dot, node.names)
        if isinstance(node, nodes.Variable):
            self._budget.spend(len(self._variables) * _LOOKED_UP)
            value = next(value for name, value in reversed(self._variables) if name == node.name)
            return self._fields(value, node.names)
        if isinstance(node, nodes.Chain):
            return self._fields(self._value(node.node, dot), node.names)
        if isinstance(node, nodes.Function):
            return self._apply(FUNCTIONS[node.name], [], dot, _NOTHING)
        return self._pipeline(node, dot)

    def _fields(self, value: Any, names: tuple[str, ...]) -> Any:
        self._budget.spend(len(names) * ITEM)
        for index in range(len(names)):
            if value is not MISSING or self._missing == "error":
                value = self._field(value, names, index)
        return value

    def _field(self, value: Any, names: tuple[str, ...], index: int) -> Any:
        name = names[index]
        if isinstance(value, dict):
            if name in value:
                return value[name]
            if self._missing == "zero":
                return "" if isinstance(value, Strings) else None
            if self._missing != "error":
                return MISSING
        way = ".".join(names[: index + 1])
        if isinstance(value, dict) or value is MISSING:
            raise ExecutionError(f"parameter `{cut(way)}` is not defined", way)
        if value is None:
            raise ExecutionError(f"`{cut('.'.join(names[:index]))}` is null, so it has no `{cut(name)}`", way)
        raise ExecutionError(f"`{cut(way)}` does not exist: what is before `.{cut(name)}` is {a_type(value)}", way)

    def _apply(self, function: Function, arguments: list[Any], dot: Any, final: Any) -> Any:
        if function.name in ("and", "or"):
            return self._short_circuit(function.name, arguments, dot, final)
        values = [self._value(one, dot) for one in arguments]
        values += [final] if final is not _NOTHING else []
        self._budget.read(values)
        try:
            made = function.call(*checked(function, values, self._budget))
        except (ExecutionError, UnevaluatedError):
            raise
        except (ArithmeticError, ValueError):
            raise UnevaluatedError(f"`{function.name}` of these values is not evaluated") from None
        self._budget.read([made])
        return made

    def _short_circuit(self, name: str, arguments: list[Any], dot: Any, final: Any) -> Any:
        value: Any = MISSING
        if not arguments and final is _NOTHING:
            raise ExecutionError(f"`{name}` has no arguments")
        for one in arguments:
            value = self._value(one, dot)
            if is_true(value) is (name == "or"):
                return value
        return value if final is _NOTHING else final


_NOTHING: Any = object()
"""No value from a command before."""
