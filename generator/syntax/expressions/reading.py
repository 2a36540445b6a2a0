"""Read a condition by precedence, and tell what each part of it is."""

from __future__ import annotations

from collections.abc import Callable

from generator.syntax.expressions import kinds, tokens
from generator.syntax.expressions.cursor import END, Cursor, UndecidedError, unknown_name
from generator.syntax.expressions.kinds import NUMBER, UNKNOWN, Kind, either, kind
from generator.syntax.expressions.operators import binary, check_pattern
from generator.syntax.expressions.tokens import ExpressionError, Token

_DEEPEST = 60


class Reader(Cursor):
    """Reads an expression by precedence, and returns what each part of it is."""

    def __init__(self, parts: list[Token], result: Kind, *, is_sure: bool) -> None:
        super().__init__(parts, is_sure=is_sure)
        self._depth = 0
        self._names: dict[str, Kind] = {"result": result, "$env": UNKNOWN}
        self._elements: list[Kind] = []

    def sequence(self) -> Kind:
        """Read expressions between semicolons; the last one is the value."""
        found = self._expression(0)
        while self.skip(";"):
            if self.token is END:
                break
            found = self._expression(0)
        return found

    def _expression(self, precedence: int) -> Kind:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise UndecidedError
        if precedence == 0 and self.skip("let"):
            found = self._variable()
        elif precedence == 0 and self.skip("if"):
            found = self._if()
        else:
            found = self._operators(self._primary(), precedence)
            while precedence == 0 and self.skip("?"):
                found = self._ternary(found)
        self._depth -= 1
        return found

    def _variable(self) -> Kind:
        name = self.take()
        if name.what != "name":
            self.back()
            raise self.unexpected()
        self.expect("=")
        value = self._expression(0)
        self.expect(";")
        before = self._names.get(name.text)
        self._names[name.text] = value
        found = self.sequence()
        self._names.pop(name.text)
        if before is not None:
            self._names[name.text] = before
        return found

    def _if(self) -> Kind:
        self._condition(self._expression(0))
        self.expect("{")
        first = self.sequence()
        self.expect("}")
        self.expect("else")
        if self.is_at("if"):
            return either(first, self._expression(0))
        self.expect("{")
        second = self.sequence()
        self.expect("}")
        return either(first, second)

    def _ternary(self, condition: Kind) -> Kind:
        if self.skip(":"):
            return either(condition, self._expression(0))
        self._condition(condition)
        first = self._expression(0)
        self.expect(":")
        return either(first, self._expression(0))

    def _condition(self, found: Kind) -> None:
        if not found.may_be("bool"):
            raise ExpressionError(f"{found.words} stands where a boolean is needed", "compare it with a value")

    def _operators(self, left: Kind, precedence: int) -> Kind:
        before = ""
        while self.token.what == "operator":
            operator, parts = self.token.text, 0
            if operator == "not":
                self.take()
                parts = 1
                operator = self.token.text
                if operator not in tokens.NEGATED:
                    raise self.unexpected()
            if tokens.BINARY.get(operator, -1) < precedence:
                self.back(parts)
                break
            if before == "??" and operator not in ("??", "|"):
                raise ExpressionError(f"`??` and `{operator}` cannot be mixed", "put `??` and its two values into parentheses")
            self.take()
            before = operator
            if operator == "|":
                left = self._pipe(left)
                continue
            right = self._expression(tokens.BINARY[operator] + (operator not in tokens.RIGHT))
            if operator == "matches":
                check_pattern(self.last)
            left = binary(operator, left, right)
            while operator in tokens.COMPARING and self.is_at(*tokens.COMPARING):  # a < b < c
                operator = self.take().text
                left = binary(operator, right, self._expression(tokens.BINARY[operator] + 1))
        return left

    def _pipe(self, left: Kind) -> Kind:
        name = self.take()
        if name.what != "name":
            self.back()
            raise self.unexpected()
        return self._postfix(self._call(name.text, [left]))

    def _primary(self) -> Kind:
        token = self.token
        if token.what == "operator" and token.text in tokens.UNARY:
            self.take()
            inner = self._expression(tokens.UNARY[token.text])
            if token.text in ("!", "not"):
                self._condition(inner)
                return self._postfix(kinds.BOOL)
            if not inner.may_be("number"):
                raise ExpressionError(f"`{token.text}` cannot take {inner.words}", "take one value of it, as in `result[0]`")
            return self._postfix(inner)
        if self.skip("("):
            found = self.sequence()
            self.expect(")")
            return self._postfix(found)
        if self._elements and self.is_at("#", "."):
            if self.skip("#"):
                if self.token.what == "name":  # #acc, #index
                    self.take()
                    return self._postfix(UNKNOWN)
                return self._postfix(self._elements[-1])
            return self._postfix(self._elements[-1])
        if self.skip("::"):
            return self._postfix(self._call(self.take().text, []))
        return self._secondary()

    def _secondary(self) -> Kind:
        token = self.take()
        if token.what == "name":
            return self._name(token.text)
        if token.what == "number":
            return NUMBER
        if token.what == "string":
            return self._postfix(kinds.STRING)
        if token.what == "placeholder":
            return self._postfix(UNKNOWN)
        if token == Token("bracket", "["):
            return self._postfix(self._items("]", self._expression))
        if token == Token("bracket", "{"):
            self._items("}", self._pair)
            return self._postfix(kind("map"))
        self.back()
        raise self.unexpected()

    def _name(self, name: str) -> Kind:
        if name in ("true", "false"):
            return kinds.BOOL
        if name == "nil":
            return kind("nil")
        if self.is_at("("):
            return self._postfix(self._call(name, []))
        if name in self._names:
            return self._postfix(self._names[name])
        if name not in kinds.FUNCTIONS:
            raise unknown_name(name, [*self._names, *kinds.FUNCTIONS])
        return self._postfix(UNKNOWN)

    def _call(self, name: str, given: list[Kind]) -> Kind:
        if name not in kinds.FUNCTIONS and name not in self._names:
            raise unknown_name(name, [*self._names, *kinds.FUNCTIONS])
        self.expect("(")
        arguments = [*given]
        while not self.is_at(")"):
            if len(arguments) > len(given):
                self.expect(",")
                if self.is_at(")"):
                    break
            takes = name in kinds.PREDICATES and len(arguments) == 1
            arguments.append(self._predicate(arguments[0]) if takes else self._expression(0))
        self.expect(")")
        fitting = kinds.ARGUMENTS.get(name, ())
        if fitting and (len(arguments) != 1 or not arguments[0].may_be(*fitting)):
            what = arguments[0].words if len(arguments) == 1 else f"{len(arguments)} arguments"
            raise ExpressionError(f"`{name}` takes one number, not {what}", f"write `{name}(result[0])`")
        return kinds.FUNCTIONS.get(name, UNKNOWN)

    def _predicate(self, of: Kind) -> Kind:
        self._elements.append(Kind(of.inner, kinds.ALL))
        braces = self.skip("{")
        found = self.sequence() if braces else self._expression(0)
        if braces:
            self.expect("}")
        self._elements.pop()
        return found

    def _items(self, end: str, one: Callable[[int], Kind]) -> Kind:
        count = 0
        while not self.skip(end):
            if count:
                self.expect(",")
                if self.skip(end):
                    break
            one(0)
            count += 1
        return kinds.LIST

    def _pair(self, _precedence: int) -> Kind:
        if self.is_at("("):
            self._expression(0)
        elif self.take().what not in ("name", "number", "string"):
            self.back()
            raise self.unexpected()
        self.expect(":")
        return self._expression(0)

    def _postfix(self, found: Kind) -> Kind:
        while True:
            if self.is_at(".", "?."):
                optional = self.take().text == "?."
                if not (optional and self.is_at("[")):
                    found = self._field(found)
                    continue
            if not self.skip("["):
                return found
            found = self._index(found)

    def _field(self, of: Kind) -> Kind:
        name = self.take()
        if name.what != "name" and name.text not in tokens.OPERATOR_WORDS:
            self.back()
            raise self.unexpected()
        if not of.may_be("map", "time", "duration", "string"):
            raise ExpressionError(f"{of.words} has no field `{name.text}`", "read the fields of a map")
        if self.skip("("):
            self._items(")", self._expression)
        return UNKNOWN

    def _index(self, of: Kind) -> Kind:
        if not of.may_be("list", "map", "string"):
            raise ExpressionError(f"{of.words} has no elements", "write `result` alone")
        if self.skip(":"):
            if not self.is_at("]"):
                self._expression(0)
            self.expect("]")
            return of
        self._expression(0)
        if self.skip(":"):
            if not self.is_at("]"):
                self._expression(0)
            self.expect("]")
            return of
        self.expect("]")
        return Kind(of.inner, kinds.ALL)
