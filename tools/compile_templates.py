"""Turn the shipped structural templates into straight-line Python: generator/syntax/compiled/templates.py.

The expressions are parsed by Jinja and written out as Python that does the same on plain data. Only
what the shipped templates use is known here; a template that needs more runs through Jinja, which is
what a workspace's own templates do. Run it after a change below templates/:

    python -m tools.compile_templates [--check]
"""

from __future__ import annotations

import sys
from hashlib import blake2b
from pathlib import Path
from typing import Any

from jinja2 import nodes

from generator.diagnostics import Pointer
from generator.syntax.reader import Source, parse
from generator.syntax.template.sandbox import Spent, leaf_of, loop_in, loop_of

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "generator" / "syntax" / "compiled" / "templates.py"

HEADER = '''"""The shipped templates as Python. Written by tools/compile_templates.py; do not edit."""

from generator.syntax.template.lookups import at, cut, older, one, slug
from generator.syntax.template.omit import OMIT


def _kept(data):
    return {key: value for key, value in data.items() if key is not OMIT and value is not OMIT}


def _items(data):
    return [value for value in data if value is not OMIT]


def _turns(context, items, *names):
    for item in items:
        yield {**context, **dict(zip(names, item if len(names) > 1 else (item,), strict=True))}


'''


def expression_of(source: Source) -> nodes.Expr:
    """Return a whole template as one Jinja expression, with its loops in it."""
    return _node(source, source.data, ())


def _node(source: Source, data: object, pointer: Pointer) -> nodes.Expr:
    if isinstance(data, dict):
        pairs = [
            nodes.Pair(_node(source, key, (*pointer, key)), _node(source, value, (*pointer, key)), lineno=1)
            for key, value in data.items()
        ]
        return nodes.Dict(pairs, lineno=1)
    if isinstance(data, list):
        return nodes.List([_item(source, value, (*pointer, index)) for index, value in enumerate(data)], lineno=1)
    if isinstance(data, str) and "{" in data:
        return leaf_of(source, data, pointer, Spent())
    return nodes.Const(data, lineno=1)


def _item(source: Source, data: object, pointer: Pointer) -> nodes.Node:
    key = loop_in(data)
    if key is None:
        return _node(source, data, pointer)
    loop = loop_of(source, key, (*pointer, key), Spent())
    targets = [nodes.Name(name, "store", lineno=1) for name in loop.names]
    target = nodes.Tuple(targets, "store", lineno=1) if len(targets) > 1 else targets[0]
    return nodes.For(target, loop.items, [_node(source, data[key], (*pointer, key))], [], loop.test, False, lineno=1)


class UnsupportedError(Exception):
    """A template uses what this compiler does not know; it will run through Jinja."""


def python_of(node: nodes.Node) -> str:
    """Return the Python expression for a node of the template."""
    handler = HANDLERS.get(type(node))
    if handler is None:
        raise UnsupportedError(type(node).__name__)
    return handler(node)


def _dict(node: nodes.Dict) -> str:
    items = ", ".join(f"{python_of(pair.key)}: {python_of(pair.value)}" for pair in node.items)
    return f"_kept({{{items}}})" if any(can_omit(pair) for pair in node.items) else f"{{{items}}}"


def _list(node: nodes.List) -> str:
    items = f"[{', '.join(python_of(item) for item in node.items)}]"
    return f"_items({items})" if any(can_omit(item) for item in node.items) else items


def _for(node: nodes.For) -> str:
    names = [name.name for name in [node.target, *node.target.find_all(nodes.Name)] if isinstance(name, nodes.Name)]
    turns = f"_turns(c, {python_of(node.iter)}, {', '.join(map(repr, names))})"
    test = f" if {python_of(node.test)}" if node.test else ""
    return f"*[{python_of(node.body[0])} for c in {turns}{test}]"


def _text(node: nodes.Node) -> str:
    known = isinstance(node, nodes.Const) or (isinstance(node, nodes.Filter) and node.name == "text")
    return python_of(node) if known else f"str({python_of(node)})"


def _filter(node: nodes.Filter) -> str:
    subject = node.node
    if node.name == "text":
        return f"str({python_of(subject)})"
    if node.name == "combine":
        return f"{{**{python_of(subject)}, **{python_of(node.args[0])}}}"
    if node.name == "replace":
        return f"{python_of(subject)}.replace({', '.join(python_of(part) for part in node.args)})"
    if node.name == "length":
        return f"len({python_of(subject)})"
    if node.name in ("at", "cut", "older", "one", "slug"):
        return f"{node.name}({', '.join(python_of(part) for part in (subject, *node.args))})"
    if node.name == "items":
        return f"{python_of(subject)}.items()"
    if node.name == "default" and isinstance(subject, nodes.Getattr):
        return f"{python_of(subject.node)}.get({subject.attr!r}, {python_of(node.args[0])})"
    raise UnsupportedError(f"filter {node.name}")


def _test(node: nodes.Test) -> str:
    if node.name != "none":
        raise UnsupportedError(f"test {node.name}")
    return f"({python_of(node.node)} is None)"


OPERATORS = {"eq": "==", "ne": "!=", "lt": "<", "lteq": "<=", "gt": ">", "gteq": ">=", "in": "in", "notin": "not in"}


def _compare(node: nodes.Compare) -> str:
    parts = "".join(f" {OPERATORS[part.op]} {python_of(part.expr)}" for part in node.ops)
    return f"({python_of(node.expr)}{parts})"


HANDLERS = {
    nodes.Const: lambda node: repr(node.value),
    nodes.Name: lambda node: "OMIT" if node.name == "omit" else f"c[{node.name!r}]",
    nodes.Getattr: lambda node: f"{python_of(node.node)}[{node.attr!r}]",
    nodes.CondExpr: lambda node: f"({python_of(node.expr1)} if {python_of(node.test)} else {python_of(node.expr2)})",
    nodes.And: lambda node: f"({python_of(node.left)} and {python_of(node.right)})",
    nodes.Or: lambda node: f"({python_of(node.left)} or {python_of(node.right)})",
    nodes.Not: lambda node: f"(not {python_of(node.node)})",
    nodes.Concat: lambda node: "(" + " + ".join(_text(part) for part in node.nodes) + ")",
    nodes.Dict: _dict,
    nodes.List: _list,
    nodes.For: _for,
    nodes.Compare: _compare,
    nodes.Filter: _filter,
    nodes.Test: _test,
}


def can_omit(node: nodes.Node) -> bool:
    """Tell whether an expression may evaluate to `omit`."""
    return any(name.name == "omit" for name in [node, *node.find_all(nodes.Name)] if isinstance(name, nodes.Name))


OUTSIDE = frozenset(["selector", "ports", "resources"])
WORKLOAD = frozenset(["name", "kind"])


def names_of(profile: dict[str, Any]) -> dict[str, Any]:
    """Return a profile without what only a Rollout outside the chart asks for; most services have none."""
    spec = {key: value for key, value in profile["spec"].items() if key not in OUTSIDE}
    if "workload" in spec:
        spec["workload"] = {key: value for key, value in spec["workload"].items() if key in WORKLOAD}
    return {**profile, "spec": spec}


def generate() -> str:
    """Return the text of the generated module."""
    functions, table, names = [], [], []
    for path in sorted((ROOT / "templates").rglob("*.yaml")):
        relative = path.relative_to(ROOT / "templates").as_posix()
        if relative.startswith(("chart/", "strategies/")):
            continue
        raw = path.read_bytes()
        name = relative.removesuffix(".yaml").replace("/", "_").replace("-", "_")
        try:
            body = python_of(expression_of(parse(f"templates/{relative}", raw)))
        except UnsupportedError as reason:
            print(f"templates/{relative}: runs through Jinja ({reason})", file=sys.stderr)
            continue
        functions.append(f"def _{name}(c):\n    return {body}\n")
        digest = blake2b(raw, digest_size=16).hexdigest()
        table.append(f'    "{digest}": _{name},  # templates/{relative}\n')
        if relative.endswith("/profile.yaml"):
            source = parse(f"templates/{relative}", raw)
            shorter = python_of(_node(source, names_of(source.data), ()))
            functions.append(f"def _{name}_names(c):\n    return {shorter}\n")
            names.append(f'    "{digest}": _{name}_names,\n')
    tables = ["\n\nBY_DIGEST = {\n", *table, "}\n\nNAMES_BY_DIGEST = {\n", *names, "}\n"]
    return HEADER + "\n\n".join(functions) + "".join(tables)


def main() -> int:
    """Write the module, or with --check say whether it is fresh."""
    text = generate()
    if "--check" in sys.argv[1:]:
        return 0 if TARGET.read_text(encoding="utf-8") == text else 1
    TARGET.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
