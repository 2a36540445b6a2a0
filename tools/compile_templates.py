"""Turn the shipped structural templates into straight-line Python: generator/compiled/templates.py.

The expressions are parsed by Jinja and written out as Python that does the same on plain data. Only
what the shipped templates use is known here; a template that needs more runs through Jinja, which is
what a workspace's own templates do. Run it after a change below templates/:

    python -m tools.compile_templates [--check]
"""

from __future__ import annotations

import sys
from hashlib import blake2b
from pathlib import Path

from jinja2 import nodes

from generator.reader import parse
from generator.sandbox import expression_of

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "generator" / "compiled" / "templates.py"

HEADER = '''"""The shipped templates as Python. Written by tools/compile_templates.py; do not edit."""

from generator.omit import OMIT


def _kept(data):
    return {key: value for key, value in data.items() if value is not OMIT}


'''


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
    return f"_kept({{{items}}})" if any(can_omit(pair.value) for pair in node.items) else f"{{{items}}}"


def _list(node: nodes.List) -> str:
    if any(can_omit(item) for item in node.items):
        raise UnsupportedError("omit in a list")
    return f"[{', '.join(python_of(item) for item in node.items)}]"


def _filter(node: nodes.Filter) -> str:
    subject = node.node
    if node.name == "text":
        return f"str({python_of(subject)})"
    if node.name == "combine":
        return f"{{**{python_of(subject)}, **{python_of(node.args[0])}}}"
    if node.name == "default" and isinstance(subject, nodes.Getattr):
        return f"{python_of(subject.node)}.get({subject.attr!r}, {python_of(node.args[0])})"
    raise UnsupportedError(f"filter {node.name}")


def _test(node: nodes.Test) -> str:
    if node.name != "none":
        raise UnsupportedError(f"test {node.name}")
    return f"({python_of(node.node)} is None)"


HANDLERS = {
    nodes.Const: lambda node: repr(node.value),
    nodes.Name: lambda node: "OMIT" if node.name == "omit" else f"c[{node.name!r}]",
    nodes.Getattr: lambda node: f"{python_of(node.node)}[{node.attr!r}]",
    nodes.CondExpr: lambda node: f"({python_of(node.expr1)} if {python_of(node.test)} else {python_of(node.expr2)})",
    nodes.And: lambda node: f"({python_of(node.left)} and {python_of(node.right)})",
    nodes.Or: lambda node: f"({python_of(node.left)} or {python_of(node.right)})",
    nodes.Not: lambda node: f"(not {python_of(node.node)})",
    nodes.Concat: lambda node: "(" + " + ".join(python_of(part) for part in node.nodes) + ")",
    nodes.Dict: _dict,
    nodes.List: _list,
    nodes.Filter: _filter,
    nodes.Test: _test,
}


def can_omit(node: nodes.Node) -> bool:
    """Tell whether an expression may evaluate to `omit`."""
    return any(name.name == "omit" for name in [node, *node.find_all(nodes.Name)] if isinstance(name, nodes.Name))


def generate() -> str:
    """Return the text of the generated module."""
    functions, table = [], []
    for path in sorted((ROOT / "templates").rglob("*.yaml")):
        relative = path.relative_to(ROOT / "templates").as_posix()
        if relative.startswith(("chart/", "strategies/")) or relative.endswith("profile.yaml"):
            continue
        raw = path.read_bytes()
        name = relative.removesuffix(".yaml").replace("/", "_").replace("-", "_")
        try:
            body = python_of(expression_of(parse(f"templates/{relative}", raw)))
        except UnsupportedError as reason:
            print(f"templates/{relative}: runs through Jinja ({reason})", file=sys.stderr)
            continue
        functions.append(f"def _{name}(c):\n    return {body}\n")
        table.append(f'    "{blake2b(raw, digest_size=16).hexdigest()}": _{name},  # templates/{relative}\n')
    return HEADER + "\n\n".join(functions) + "\n\nBY_DIGEST = {\n" + "".join(table) + "}\n"


def main() -> int:
    """Write the module, or with --check say whether it is fresh."""
    text = generate()
    if "--check" in sys.argv[1:]:
        return 0 if TARGET.read_text(encoding="utf-8") == text else 1
    TARGET.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
