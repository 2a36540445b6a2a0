"""Read an expression into nodes; what it nests is bounded, so that no evaluation goes too deep."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from generator.syntax.cel.lexing import CelError, Token, tokens

_DEEPEST = 40
"""How deep parts can be in each other, and how many operators or fields can follow one another."""

_DEEPEST_TREE = 100
"""How deep nodes can be in each other; each takes three calls to evaluate."""

_COMPARED = ("==", "!=", "<", "<=", ">", ">=", "in")
_LITERALS = {"true": True, "false": False, "null": None}
MACROS = {"all": 2, "exists": 2, "exists_one": 2, "filter": 2, "map": 2}
"""The macros over lists and maps, with the number of their arguments."""


class Node(NamedTuple):
    """A part of an expression: what it does, where it is, and what it does it to."""

    op: str
    offset: int
    parts: tuple[Any, ...]


def parse(text: str) -> Node:
    """Return an expression as a node; raises CelError."""
    reader = _Reader(tokens(text))
    node = reader.expression()
    if reader.next.kind != "end":
        raise CelError(f"unexpected `{reader.next.text}`", reader.next.offset)
    _check_depth(node)
    return node


def _check_depth(node: Node) -> None:
    """Raise CelError for a tree that an evaluation would go too deep into: operators in a row nest, too."""
    waiting: list[tuple[Any, int]] = [(node, 1)]
    while waiting:
        part, depth = waiting.pop()
        if isinstance(part, Node):
            if depth > _DEEPEST_TREE:
                raise CelError(f"more than {_DEEPEST_TREE} operators in each other", part.offset)
            waiting += [(one, depth + 1) for one in part.parts]
        elif isinstance(part, tuple):
            waiting += [(one, depth) for one in part]


class _Reader:
    def __init__(self, found: list[Token]) -> None:
        self._tokens = found
        self._at = 0
        self._depth = 0

    @property
    def next(self) -> Token:
        return self._tokens[self._at]

    def _take(self) -> Token:
        token = self.next
        self._at += token.kind != "end"
        return token

    def _is(self, *texts: str) -> bool:
        return self.next.kind in ("sign", "name") and self.next.text in texts

    def _expect(self, text: str) -> Token:
        if not self._is(text):
            found = f"`{self.next.text}`" if self.next.text else "the end"
            raise CelError(f"expected `{text}` instead of {found}", self.next.offset)
        return self._take()

    def expression(self) -> Node:
        """Read a condition with `? :`, or what is in one."""
        self._depth += 1
        if self._depth > _DEEPEST:
            raise CelError(f"more than {_DEEPEST} parts in each other", self.next.offset)
        node = self._many("or", "||", lambda: self._many("and", "&&", self._compared))
        if self._is("?"):
            offset = self._take().offset
            then = self.expression()
            self._expect(":")
            node = Node("if", offset, (node, then, self.expression()))
        self._depth -= 1
        return node

    def _many(self, op: str, sign: str, read: Callable[[], Node]) -> Node:
        """Read operands with one logical operator: all are one node, however many there are."""
        found = [read()]
        offset = self.next.offset
        while self._is(sign):
            self._take()
            found.append(read())
        return Node(op, offset, tuple(found)) if len(found) > 1 else found[0]

    def _compared(self) -> Node:
        return self._row(_COMPARED, lambda: self._row(("+", "-"), lambda: self._row(("*", "/", "%"), self._unary)))

    def _row(self, signs: tuple[str, ...], read: Callable[[], Node]) -> Node:
        node = read()
        for _ in range(_DEEPEST):
            if not self._is(*signs):
                return node
            sign = self._take()
            node = Node(sign.text, sign.offset, (node, read()))
        raise CelError(f"more than {_DEEPEST} operators in a row", self.next.offset)

    def _unary(self) -> Node:
        if not self._is("!", "-"):
            return self._member()
        signs = [self._take()]
        while self._is("!", "-"):
            signs.append(self._take())
        if len({sign.text for sign in signs}) > 1:
            raise CelError("`!` and `-` cannot follow one another", signs[1].offset)
        node = self._member()
        if len(signs) % 2:
            return Node("not" if signs[0].text == "!" else "negative", signs[0].offset, (node,))
        return node

    def _member(self) -> Node:
        node = self._primary()
        for _ in range(_DEEPEST):
            if self._is(".", ".?"):
                node = self._field(node)
            elif self._is("["):
                offset = self._take().offset
                node = Node("index", offset, (node, self.expression()))
                self._expect("]")
            else:
                return node
        raise CelError(f"more than {_DEEPEST} fields in a row", self.next.offset)

    def _field(self, node: Node) -> Node:
        is_optional = self._take().text == ".?"
        name = self._take()
        if name.kind != "name":
            raise CelError("expected the name of a field", name.offset)
        if not is_optional and self._is("("):
            return self._call(name, node)
        return Node("optional" if is_optional else "field", name.offset, (node, name.text))

    def _call(self, name: Token, target: Node | None) -> Node:
        arguments = self._list("(", ")")
        if name.text == "has" and target is None:
            if len(arguments) != 1 or arguments[0].op != "field":
                raise CelError("`has` needs one field, such as has(object.spec)", name.offset)
            return Node("has", name.offset, arguments[0].parts)
        if name.text in MACROS and target is not None:
            if len(arguments) not in (2, 3) or arguments[0].op != "name" or (len(arguments) == 3 and name.text != "map"):
                raise CelError(f"`{name.text}` needs a name and an expression, such as {name.text}(c, c.name)", name.offset)
            return Node(name.text, name.offset, (target, arguments[0].parts[0], *arguments[1:]))
        return Node("call", name.offset, (name.text, target, tuple(arguments)))

    def _list(self, start: str, end: str) -> list[Node]:
        self._expect(start)
        found: list[Node] = []
        while not self._is(end):
            found.append(self.expression())
            if not self._is(end):
                self._expect(",")
        self._take()
        return found

    def _primary(self) -> Node:
        token = self.next
        if token.kind in ("int", "float", "string"):
            self._take()
            return Node("value", token.offset, (token.value,))
        if self._is("["):
            return Node("list", token.offset, tuple(self._list("[", "]")))
        if self._is("{"):
            return self._map()
        if self._is("("):
            self._take()
            node = self.expression()
            self._expect(")")
            return node
        if token.kind != "name" or token.text == "in":
            raise CelError(f"unexpected `{token.text}`" if token.text else "the expression ends too early", token.offset)
        self._take()
        if token.text in _LITERALS:
            return Node("value", token.offset, (_LITERALS[token.text],))
        return self._call(token, None) if self._is("(") else Node("name", token.offset, (token.text,))

    def _map(self) -> Node:
        offset = self._expect("{").offset
        pairs: list[tuple[Node, Node]] = []
        while not self._is("}"):
            key = self.expression()
            self._expect(":")
            pairs.append((key, self.expression()))
            if not self._is("}"):
                self._expect(",")
        self._take()
        return Node("mapping", offset, tuple(pairs))
