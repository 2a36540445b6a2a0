"""Jinja's parser, kept small: what is in a leaf of a template is bounded before it is parsed."""

from __future__ import annotations

from math import isfinite
from typing import NamedTuple, cast

from jinja2 import Environment, TemplateSyntaxError, nodes

from generator.diagnostics import Diagnostic, Pointer, Severity
from generator.errors import Rejected
from generator.syntax.reader import Source
from generator.syntax.reader.scalars import MAX_INTEGER

ENVIRONMENT = Environment(autoescape=False, cache_size=0)  # noqa: S701  # its parser alone is used, and text is never markup

MAX_EXPRESSIONS = 2_000
"""The maximum number of leaves with expressions in a template."""

MAX_TOKENS = 1_000
"""How many words, numbers and signs the expressions of one leaf may have."""

MAX_ALL_TOKENS = 20_000
"""How many all leaves of a template may have."""

MAX_NESTING = 16
"""How deep brackets, `not`, signs and `else` may be in each other. Jinja's parser goes a dozen calls deep for each."""

MAX_DEPTH = 64
"""How deep the parts of an expression may be in each other, a chain of operators, filters or `.names` included."""

MAX_NUMBER = 40
"""How many characters a number may have."""

LOOP_HINT = "write `{% for name in list %}`, with `if condition` to skip items"


class UnboundedError(Exception):
    """An expression is larger than any that a person writes."""


class Spent:
    """How much of the parser's limits the leaves of a template have used so far."""

    __slots__ = ("expressions", "tokens")

    def __init__(self) -> None:
        self.expressions = 0
        self.tokens = 0

    def add(self, tokens: int) -> None:
        """Count one leaf; raises UnboundedError."""
        self.expressions += 1
        self.tokens += tokens
        if self.expressions > MAX_EXPRESSIONS:
            raise UnboundedError(f"the template has more than {MAX_EXPRESSIONS:,} expressions")
        if self.tokens > MAX_ALL_TOKENS:
            raise UnboundedError(f"the expressions of the template have more than {MAX_ALL_TOKENS:,} tokens")


def rejected(source: Source, pointer: Pointer, message: str, hint: str = "") -> Rejected:
    """Return the error for a leaf of a template."""
    span = source.span_of(pointer)
    return Rejected([Diagnostic(source.path, span, "TP040", Severity.ERROR, message, hint, pointer)])


def loop_in(data: object) -> str | None:
    """Return the key that makes an item of a list a loop; None for a plain item."""
    key = next(iter(data)) if isinstance(data, dict) and len(data) == 1 else ""
    return key if key.startswith("{%") else None


class Loop(NamedTuple):
    """What is in `{% for … %}`."""

    names: tuple[str, ...]
    """The names that an item is given; one for the item itself, several for its parts."""
    items: nodes.Expr
    test: nodes.Expr | None


def loop_of(source: Source, key: str, pointer: Pointer, spent: Spent) -> Loop:
    """Return the loop of a key; raises Rejected."""
    tree = _parsed(source, f"{key}{{% endfor %}}", pointer, spent, "not a loop: {}", LOOP_HINT)
    loop = tree.body[0] if len(tree.body) == 1 else None
    if not isinstance(loop, nodes.For) or loop.body or loop.else_ or loop.recursive:
        raise rejected(source, pointer, "not a loop", LOOP_HINT)
    targets = loop.target.items if isinstance(loop.target, nodes.Tuple) else [loop.target]
    names = tuple(target.name for target in targets if isinstance(target, nodes.Name))
    if len(names) < len(targets):
        raise rejected(source, pointer, "not a loop: nested names", LOOP_HINT)
    return Loop(names, cast("nodes.Expr", loop.iter), cast("nodes.Expr | None", loop.test))


def leaf_of(source: Source, text: str, pointer: Pointer, spent: Spent) -> nodes.Expr:
    """Return a text with expressions in it as one Jinja expression; raises Rejected."""
    tree = _parsed(source, text, pointer, spent, "not a Jinja expression: {}")
    parts: list[nodes.Expr] = []
    for statement in tree.body:
        if not isinstance(statement, nodes.Output):
            raise rejected(
                source, pointer, "statements are not allowed in a template", "use an expression: {{ a if condition else omit }}"
            )
        parts.extend(statement.nodes)
    if len(parts) == 1 and not isinstance(parts[0], nodes.TemplateData):
        return parts[0]
    return nodes.Concat([_part(part) for part in parts], lineno=1)


def _part(part: nodes.Expr) -> nodes.Expr:
    if isinstance(part, nodes.TemplateData):
        return nodes.Const(part.data, lineno=1)
    return nodes.Filter(part, "text", [], [], None, None, lineno=1)


def _parsed(source: Source, text: str, pointer: Pointer, spent: Spent, said: str, hint: str = "") -> nodes.Template:
    """Return what Jinja's parser makes of a text, which it is only shown if it is bounded."""
    try:
        spent.add(_scanned(text))
        tree = ENVIRONMENT.parse(text)
        _check_depth(tree)
    except TemplateSyntaxError as error:
        raise rejected(source, pointer, said.format(error.message), hint) from None
    except UnboundedError as error:
        raise rejected(source, pointer, str(error), "simplify it, or split it") from None
    except (RecursionError, MemoryError, ValueError, OverflowError) as error:
        raise rejected(source, pointer, said.format(str(error) or type(error).__name__), hint) from None
    return tree


_BLANK = ("whitespace", "data", "comment", "comment_begin", "comment_end", "raw_begin", "raw_end")
_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")
_PREFIXES = frozenset(("not", "-", "+"))


def _scanned(text: str) -> int:
    """Return how many tokens the expressions of a text have; raises UnboundedError before they are too many or too deep."""
    count = depth = prefixes = elses = 0
    for _, kind, word in ENVIRONMENT.lexer.tokeniter(text, None):
        if kind in _BLANK:
            continue
        count += 1
        depth += (word in _OPENING) - (word in _CLOSING)
        prefixes = prefixes + 1 if word in _PREFIXES else 0
        elses = 0 if kind == "variable_begin" else elses + (word == "else")
        if count > MAX_TOKENS:
            raise UnboundedError(f"the expression has more than {MAX_TOKENS:,} tokens")
        if max(depth, prefixes, elses) > MAX_NESTING:
            raise UnboundedError(f"the expression is nested more than {MAX_NESTING} levels deep")
        if kind in ("integer", "float"):
            _check_number(word, whole=kind == "integer")
    return count


def _check_number(word: str, *, whole: bool) -> None:
    """Raise UnboundedError for a number that JSON and YAML readers do not hold."""
    if len(word) > MAX_NUMBER:
        raise UnboundedError(f"a number of {len(word):,} characters is too large")
    digits = word.replace("_", "")
    if not (int(digits, 0) <= MAX_INTEGER if whole else isfinite(float(digits))):
        raise UnboundedError(f"{word} is too large for a number")


def _check_depth(tree: nodes.Template) -> None:
    """Raise UnboundedError for a chain of more parts than an expression may have; asked without recursion."""
    level: list[nodes.Node] = [tree]
    for _ in range(MAX_DEPTH):
        level = [child for node in level for child in node.iter_child_nodes()]
        if not level:
            return
    raise UnboundedError(f"the expression is nested more than {MAX_DEPTH} levels deep")
