"""A Go template as a tree. Source: text/template/parse/parse.go."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from generator.syntax.gotemplate import nodes
from generator.syntax.gotemplate.constants import constant
from generator.syntax.gotemplate.lexing import Token, tokens
from generator.syntax.gotemplate.problems import TemplateSyntaxError
from generator.syntax.gotemplate.values import cut

_END = Token("end of the text", "", 0)
_OPERANDS = frozenset(("bool", "char", "dot", "field", "name", "number", "nil", "string", "variable", "("))
_MOST_DEPTH = 60
_MOST_VARIABLES = 1_000
"""Variables at one place of a template: each use looks for its own among them."""


def parse(text: str, knows: Callable[[str], bool]) -> nodes.Template:
    """Return a template as a tree; raises TemplateSyntaxError. `knows` tells whether a function exists."""
    return _Parser(text, knows).template()


class _Parser:
    def __init__(self, text: str, knows: Callable[[str], bool]) -> None:
        self._tokens = list(tokens(text))
        self._at = 0
        self._knows = knows
        self._variables = ["$"]
        self._ranges = 0
        self._depth = 0
        self._defined: dict[str, tuple[Any, ...]] = {}
        self._functions: set[str] = set()

    def template(self) -> nodes.Template:
        body, ended = self._list(top=True)
        if ended:
            raise TemplateSyntaxError(f"unexpected {{{{{ended.text}}}}}", ended.at)
        return nodes.Template(body, self._defined, frozenset(self._functions))

    # tokens

    def _peek(self) -> Token:
        return self._tokens[self._at] if self._at < len(self._tokens) else _END

    def _next(self) -> Token:
        token = self._peek()
        self._at += 1
        return token

    def _skip_space(self) -> Token:
        while self._peek().kind == "space":
            self._at += 1
        return self._peek()

    def _expect(self, kind: str, context: str) -> Token:
        token = self._skip_space()
        if token.kind != kind:
            raise self._unexpected(token, context)
        return self._next()

    def _unexpected(self, token: Token, context: str) -> TemplateSyntaxError:
        if token is _END:
            return TemplateSyntaxError("unexpected end of the template: `{{ end }}` is missing")
        return TemplateSyntaxError(f"unexpected `{cut(token.text)}` in {context}", token.at)

    # lists and actions

    def _list(self, *, top: bool = False) -> tuple[tuple[Any, ...], Token | None]:
        """Return nodes up to `end` or `else`, which is consumed and returned; None at the end of the text."""
        found: list[Any] = []
        self._depth += 1
        if self._depth > _MOST_DEPTH:
            raise TemplateSyntaxError("the template is nested too deeply", self._peek().at)
        while (token := self._next()) is not _END:
            if token.kind == "text":
                found.append(nodes.Text(token.text))
                continue
            word = self._skip_space()
            if word.kind == "keyword" and word.text in ("end", "else"):
                self._depth -= 1
                return tuple(found), self._next()
            if (node := self._action(top=top)) is not None:
                found.append(node)
        self._depth -= 1
        return tuple(found), None

    def _action(self, *, top: bool) -> Any:
        token = self._skip_space()
        if token.kind != "keyword":
            return self._pipeline("a command", "close")
        self._next()
        if token.text in ("break", "continue"):
            self._expect("close", f"{{{{{token.text}}}}}")
            if not self._ranges:
                raise TemplateSyntaxError(f"{{{{{token.text}}}}} outside {{{{range}}}}", token.at)
            return nodes.Jump(token.text)
        if token.text in ("if", "with", "range"):
            return self._branch(token)
        if token.text == "define" and not top:
            raise self._unexpected(token, "a command")
        return self._named(token)

    def _named(self, token: Token) -> Any:
        """Return what `define`, `block` and `template` make."""
        name = constant(self._expect("string", f"a {token.text} clause")).value
        if token.text == "define":
            self._expect("close", "a define clause")
            self._define(name)
            return None
        pipeline = None
        if self._skip_space().kind != "close":
            pipeline = self._pipeline(f"a {token.text} clause", "close")
        else:
            self._next()
        if token.text == "block":
            if pipeline is None:
                raise TemplateSyntaxError("missing value for a block clause", token.at)
            self._define(name)
        return nodes.Call(name, pipeline, token.at)

    def _define(self, name: str) -> None:
        kept, self._variables = self._variables, ["$"]
        ranges, self._ranges = self._ranges, 0
        body, ended = self._list()
        if ended is None or ended.text != "end":
            raise self._unexpected(ended or _END, "a define clause")
        self._expect("close", "{{end}}")
        self._variables, self._ranges = kept, ranges
        self._defined[name] = body

    def _branch(self, token: Token) -> nodes.Branch:
        self._depth += 1  # `else if` nests without a list of its own
        made = self._whole_branch(token)
        self._depth -= 1
        return made

    def _whole_branch(self, token: Token) -> nodes.Branch:
        kept = len(self._variables)
        pipeline = self._pipeline(token.text, "close", several=token.text == "range")
        self._ranges += token.text == "range"
        body, ended = self._list()
        self._ranges -= token.text == "range"
        otherwise: tuple[Any, ...] = ()
        if ended is not None and ended.text == "else":
            word = self._skip_space()
            if word.text in ("if", "with") and word.text == token.text:
                self._next()
                otherwise = (self._branch(word),)
                del self._variables[kept:]
                return nodes.Branch(token.text, pipeline, body, otherwise)
            self._expect("close", "{{else}}")
            otherwise, ended = self._list()
        if ended is None or ended.text != "end":
            raise self._unexpected(ended or _END, token.text)
        self._expect("close", "{{end}}")
        del self._variables[kept:]
        return nodes.Branch(token.text, pipeline, body, otherwise)

    # pipelines

    def _pipeline(self, context: str, end: str, *, several: bool = False) -> nodes.Pipeline:
        start = self._skip_space()
        variables, assigns = self._declared(several=several)
        commands: list[nodes.Command] = []
        while True:
            token = self._skip_space()
            if token.kind == end:
                self._next()
                self._check(commands, context, token)
                self._variables += variables
                if len(self._variables) > _MOST_VARIABLES:
                    raise TemplateSyntaxError("the template declares too many variables", start.at)
                return nodes.Pipeline(variables, assigns, tuple(commands), start.at)
            if token.kind not in _OPERANDS:
                raise self._unexpected(token, context)
            commands.append(self._command())

    def _declared(self, *, several: bool) -> tuple[tuple[str, ...], bool]:
        """Return the variables that a pipeline declares or assigns."""
        kept, names = self._at, []
        while self._skip_space().kind == "variable":
            names.append(self._next().text)
            token = self._skip_space()
            if token.kind in (":=", "="):
                self._next()
                return tuple(names), token.kind == "="
            if not (several and token.kind == "," and len(names) == 1):
                break
            self._next()
        self._at = kept
        return (), False

    def _check(self, commands: list[nodes.Command], context: str, token: Token) -> None:
        if not commands:
            raise TemplateSyntaxError(f"missing value for {context}", token.at)
        for index, command in enumerate(commands[1:], start=2):
            first = command[0]
            if isinstance(first, nodes.Constant) or (isinstance(first, nodes.Field) and not first.names):
                raise TemplateSyntaxError(f"the pipeline has a value in place of a function at stage {index}", first.at)

    def _command(self) -> nodes.Command:
        found: list[Any] = []
        while True:
            self._skip_space()
            if self._peek().kind in _OPERANDS:
                found.append(self._operand())
            token = self._peek()
            if token.kind == "space":
                if self._skip_space().kind in _OPERANDS:
                    continue
                token = self._peek()
            if token.kind == "|":
                self._next()
            elif token.kind not in ("close", ")"):
                raise self._unexpected(token, "an operand")
            return tuple(found)

    def _operand(self) -> Any:
        token = self._next()
        node = self._term(token)
        names: list[str] = []
        while self._peek().kind == "field":
            names.append(self._next().text[1:])
        if not names:
            return node
        if isinstance(node, nodes.Field) and node.names:
            return node._replace(names=(*node.names, *names))
        if isinstance(node, nodes.Variable):
            return node._replace(names=(*node.names, *names))
        if isinstance(node, nodes.Constant | nodes.Field):
            raise TemplateSyntaxError(f"unexpected `.` after `{cut(token.text)}`", token.at)
        return nodes.Chain(node, tuple(names), token.at)

    def _term(self, token: Token) -> Any:
        if token.kind == "name":
            if not self._knows(token.text):
                raise TemplateSyntaxError(f"function `{cut(token.text)}` is not defined", token.at, token.text)
            self._functions.add(token.text)
            return nodes.Function(token.text, token.at)
        if token.kind == "variable":
            if token.text not in self._variables:
                raise TemplateSyntaxError(f"undefined variable `{cut(token.text)}`", token.at)
            return nodes.Variable(token.text, (), token.at)
        if token.kind in ("field", "dot"):
            return nodes.Field((token.text[1:],) if token.kind == "field" else (), token.at)
        if token.kind != "(":
            return constant(token)
        self._depth += 1
        if self._depth > _MOST_DEPTH:
            raise TemplateSyntaxError("the template is nested too deeply", token.at)
        made = self._pipeline("a parenthesized pipeline", ")")
        self._depth -= 1
        return made
