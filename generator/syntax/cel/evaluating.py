"""Evaluate expressions; each step is paid for, so that no expression can keep a run busy."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from generator.syntax.budget import ITEM, LETTER, STEP, Budget
from generator.syntax.cel.comparing import same
from generator.syntax.cel.functions import Optional, call, integer, is_number, resolved, type_of
from generator.syntax.cel.lexing import AbsentError, CelError, UndecidedError
from generator.syntax.cel.parsing import MACROS, Node

Names = Mapping[str, Any]


def evaluate(node: Node, names: Names, budget: Budget) -> Any:
    """Return the value of an expression; raises CelError if it has none, and SpentError if it costs too much."""
    budget.spend(STEP)
    try:
        return _OPERATIONS[node.op](node, names, budget)
    except CelError as error:
        error.offset = error.offset or node.offset
        raise


def _name(node: Node, names: Names, _budget: Budget) -> Any:
    if node.parts[0] not in names:
        raise CelError(f"unknown name `{node.parts[0]}`")
    return resolved(names[node.parts[0]])


def _logical(node: Node, names: Names, budget: Budget) -> bool:
    """Return an `and` or `or`: an error counts only if no other operand decides, and one by what is unknown before others."""
    decides = node.op == "or"
    return _decided((partial(evaluate, part, names, budget) for part in node.parts), decides=decides)


def _decided(parts: Iterator[Callable[[], Any]], *, decides: bool) -> bool:
    failed: CelError | None = None
    for part in parts:
        # An error keeps the frames that it went through, with the texts in them, and this frame would keep the error.
        try:
            value = part()
            if not isinstance(value, bool):
                raise CelError(f"expected true or false, not {type_of(value)}")
        except CelError as error:
            failed = error.bare() if failed is None or isinstance(error, UndecidedError) else failed
        else:
            if value is decides:
                return decides
    if failed is not None:
        try:
            raise failed
        finally:
            failed = None
    return not decides


def _if(node: Node, names: Names, budget: Budget) -> Any:
    condition, then, otherwise = node.parts
    return evaluate(then if _truth(evaluate(condition, names, budget)) else otherwise, names, budget)


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise CelError(f"expected true or false, not {type_of(value)}")
    return value


def _field(node: Node, names: Names, budget: Budget) -> Any:
    target, name = evaluate(node.parts[0], names, budget), node.parts[1]
    is_optional = node.op == "optional" or isinstance(target, Optional)
    if isinstance(target, Optional):
        if not target.has:
            return target
        target = target.value
    if not isinstance(target, dict):
        raise CelError(f"{type_of(target)} has no field `{name}`", node.offset)
    if is_optional:
        return Optional(resolved(target.get(name)), has=name in target)
    if name not in target:
        raise AbsentError(f"no field `{name}`", node.offset)
    return resolved(target[name])


def _has(node: Node, names: Names, budget: Budget) -> bool:
    target = evaluate(node.parts[0], names, budget)
    if not isinstance(target, dict):
        raise CelError(f"{type_of(target)} has no field `{node.parts[1]}`", node.offset)
    return node.parts[1] in target


def _index(node: Node, names: Names, budget: Budget) -> Any:
    target, key = (evaluate(part, names, budget) for part in node.parts)
    if isinstance(target, dict):
        if isinstance(key, list | dict) or key not in target:
            raise AbsentError(f"no such key, a {type_of(key)}", node.offset)
        return resolved(target[key])
    if isinstance(target, list) and isinstance(key, int) and not isinstance(key, bool):
        if not 0 <= key < len(target):
            raise CelError("no such entry in the list", node.offset)
        return target[key]
    raise CelError(f"{type_of(target)} has no entry by {type_of(key)}", node.offset)


def _list(node: Node, names: Names, budget: Budget) -> list[Any]:
    return [evaluate(part, names, budget) for part in node.parts]


def _map(node: Node, names: Names, budget: Budget) -> dict[Any, Any]:
    found: dict[Any, Any] = {}
    for key, value in node.parts:
        word = evaluate(key, names, budget)
        if not isinstance(word, str | int | bool):
            raise CelError(f"{type_of(word)} cannot be a key")
        found[word] = evaluate(value, names, budget)
    return found


def _unary(node: Node, names: Names, budget: Budget) -> Any:
    value = evaluate(node.parts[0], names, budget)
    if node.op == "not":
        return not _truth(value)
    if not is_number(value):
        raise CelError(f"`-` does not work on {type_of(value)}")
    return integer(-value) if isinstance(value, int) else -value


def _binary(node: Node, names: Names, budget: Budget) -> Any:
    left, right = (evaluate(part, names, budget) for part in node.parts)
    if node.op in ("==", "!="):
        return same(left, right, budget) == (node.op == "==")
    if node.op == "in":
        return _in(left, right, budget)
    if node.op in _ORDER:
        both = (is_number(left) and is_number(right)) or (
            type_of(left) == type_of(right) and type_of(left) in ("string", "bool")
        )
        if both:
            return _ORDER[node.op](left, right)
    elif is_number(left) and type_of(left) == type_of(right):
        return _arithmetic(node.op, left, right)
    elif node.op == "+" and type_of(left) == type_of(right) and isinstance(left, str | list):
        budget.spend((len(left) + len(right)) * (LETTER if isinstance(left, str) else ITEM))
        return left + right
    raise CelError(f"`{node.op}` does not work on {type_of(left)} and {type_of(right)}")


_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}


def _arithmetic(sign: str, left: Any, right: Any) -> Any:
    if sign == "+":
        result = left + right
    elif sign == "-":
        result = left - right
    elif sign == "*":
        result = left * right
    elif right == 0:
        raise CelError("division by zero")
    elif isinstance(left, float):
        if sign == "%":
            raise CelError("`%` does not work on double and double")
        result = left / right
    else:  # CEL rounds towards zero
        whole = abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)
        result = whole if sign == "/" else left - whole * right
    return integer(result) if isinstance(result, int) else result


def _in(value: Any, among: Any, budget: Budget) -> bool:
    if not isinstance(among, list | dict):
        raise CelError(f"`in` does not work on {type_of(value)} and {type_of(among)}")
    return any(same(value, one, budget) for one in among)


def _over(node: Node, names: Names, budget: Budget) -> Any:
    """Return what a macro makes of a list, or of the keys of a map."""
    target, name, *bodies = node.parts
    values = evaluate(target, names, budget)
    if not isinstance(values, list | dict):
        raise CelError(f"`{node.op}` does not work on {type_of(values)}", node.offset)

    def of(value: Any, body: Node) -> Any:
        return evaluate(body, {**names, name: value}, budget)

    if node.op in ("all", "exists"):
        return _decided((partial(of, value, bodies[0]) for value in values), decides=node.op == "exists")
    if node.op == "exists_one":
        return sum(_truth(of(value, bodies[0])) for value in values) == 1
    if node.op == "map" and len(bodies) == 1:
        return [of(value, bodies[0]) for value in values]
    kept = [value for value in values if _truth(of(value, bodies[0]))]
    return kept if node.op == "filter" else [of(value, bodies[1]) for value in kept]


def _call(node: Node, names: Names, budget: Budget) -> Any:
    name, target, arguments = node.parts
    parts = arguments if target is None else (target, *arguments)
    return call(name, [evaluate(part, names, budget) for part in parts], budget)


_OPERATIONS: dict[str, Callable[[Node, Names, Budget], Any]] = {
    "value": lambda node, _names, _budget: node.parts[0],
    "name": _name,
    "or": _logical,
    "and": _logical,
    "if": _if,
    "field": _field,
    "optional": _field,
    "has": _has,
    "index": _index,
    "list": _list,
    "mapping": _map,
    "not": _unary,
    "negative": _unary,
    "call": _call,
    **dict.fromkeys(("==", "!=", "<", "<=", ">", ">=", "in", "+", "-", "*", "/", "%"), _binary),
    **dict.fromkeys(MACROS, _over),
}
