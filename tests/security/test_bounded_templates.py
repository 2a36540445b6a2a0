"""A template of a pull request cannot take the machine: every step is paid for, and what is too much is told at its leaf."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import product

import pytest
from jinja2.defaults import DEFAULT_FILTERS, DEFAULT_TESTS

from generator.errors import Rejected
from generator.syntax.reader import parse
from generator.syntax.template.evaluation import compile_template
from generator.syntax.template.expressions.filters import FILTERS
from generator.syntax.template.expressions.predicates import TESTS
from generator.syntax.template.expressions.texts import METHODS
from support.paths import ROOT

MEMORY = 800_000_000
"""What the process of a batch may have. Python, Jinja and the reader take a tenth of it."""

SECONDS = 1.0
"""What a case may take of the processor."""

BATCH = """
import json, resource, sys, time
resource.setrlimit(resource.RLIMIT_AS, (%d, %d))
from generator.errors import Rejected
from generator.syntax.template.evaluation import compile_template
from generator.syntax.reader import parse
import jinja2, ruamel.yaml

CONTEXT = {
    "big": "a," * 8_000,
    "long": [str(number) for number in range(10_000)],
    "far": 9_007_199_254_740_991,
    "m": {"a": 1, "b": {"c": [1, 2]}},
}
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

def outcome(text):
    try:
        given = compile_template(parse("templates/t.yaml", text.encode()))(CONTEXT)
        return ["gave", len(json.dumps(given)), 0, ""]
    except Rejected as rejected:
        found = rejected.diagnostics[0]
        return [found.rule, found.span.line, found.span.column, found.message]

for line in sys.stdin:
    name, text = json.loads(line)
    start = time.process_time()
    print(json.dumps([name, *outcome(text), time.process_time() - start]), flush=True)
grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
print(json.dumps(["memory", grown, 0, 0, "", 0.0]))
""" % (MEMORY, MEMORY)  # noqa: UP031


def leaf(expression: str) -> str:
    return f"ok: 1\nmap:\n  bad: {json.dumps('{{ ' + expression + ' }}')}\n"


def batch(cases: dict[str, str], seconds: int) -> dict[str, list]:
    """Return what comes of templates, one after the other in one process that has little memory and time."""
    done = subprocess.run(
        [sys.executable, "-c", BATCH],
        input="".join(json.dumps(case) + "\n" for case in cases.items()),
        capture_output=True, text=True, check=False, cwd=ROOT, timeout=seconds,
    )  # fmt: skip
    found = {name: rest for name, *rest in map(json.loads, done.stdout.splitlines())}
    assert done.returncode == 0, (done.stderr[-2000:], list(found)[-1:])
    grown = found.pop("memory")[0]
    assert grown < 150_000, f"{grown} kB more than before"
    assert found.keys() == cases.keys()
    slow = {name: rest[-1] for name, rest in found.items() if rest[-1] > SECONDS}
    assert not slow
    return found


SUBJECTS = ("'x'", "big", "long", "far", "m", "1.5", "[1, 'a', [2]]")
ARGUMENTS = (
    "",
    "(1000000000)",
    "(1000000000, 1000000000)",
    "('')",
    "('', big)",
    "(big, big)",
    "(big)",
    "(-1000000000)",
    "('%1000000000d')",
)


def calls() -> dict[str, str]:
    filters = [
        f"{subject} | {name}{given}" for name, subject, given in product(DEFAULT_FILTERS.keys() | FILTERS, SUBJECTS, ARGUMENTS)
    ]
    tests = [
        f"{subject} is {name}{given}"
        for name, subject, given in product(DEFAULT_TESTS.keys() | TESTS, SUBJECTS, ("", "(big)", "(1000000000)"))
    ]
    methods = [
        f"{subject}.{name}{given or '()'}"
        for subject, kind in (("big", str), ("'x'", str), ("long", list), ("m", dict), ("far", int), ("(1.5)", float))
        for name in [*dir(kind), *METHODS]
        for given in ("", "(1000000000)", "(big, big)")
    ]
    return {expression: leaf(expression) for expression in (*filters, *tests, *methods)}


def test_no_filter_test_or_method_of_python_and_jinja_takes_memory_or_time():
    found = batch(calls(), 300)
    gave = {name for name, (rule, *_) in found.items() if rule == "gave"}
    assert all(rule in ("gave", "TP040") for rule, *_ in found.values())
    assert all(line == 3 for rule, line, *_ in found.values() if rule == "TP040")
    assert len(gave) > 100, "ordinary calls still work"


def repeated(n: int) -> dict[str, str]:
    """Return expressions that stand in each other, or follow each other, so many times."""
    return {
    "lists": "[" * n + "]" * n, "brackets": "(" * n + "1" + ")" * n, "maps": "{'a':" * n + "1" + "}" * n,
    "unclosed": "[" * n, "unopened": "]" * n, "not": "not " * n + "true", "minus": "-" * n + "1",
    "plus": "+" * n + "1", "signs": "-+" * n + "1", "names": "m" + ".b" * n, "calls": "m" + "()" * n,
    "items": "m" + "[0]" * n, "nested items": "m[" * n + "0" + "]" * n, "slices": "big" + "[1:]" * n,
    "filters": "'x'" + "|upper" * n, "filters of filters": "1|default(" * n + "1" + ")" * n,
    "tests": "1" + " is defined" * n, "tests of tests": "1 is in(" * n + "1" + ")" * n, "sum": "1" + "+1" * n,
    "difference": "1" + "-1" * n, "product": "1" + "*2" * n, "power": "2" + "**2" * n, "quotient": "1" + "/1" * n,
    "floor": "1" + "//1" * n, "rest": "1" + "%1" * n, "concat": "big" + "~big" * n, "and": "1" + " and 1" * n,
    "or": "0" + " or 0" * n, "comparison": "1" + "<1" * n, "equal": "1" + "==1" * n, "in": "'a'" + " in 'a'" * n,
    "not in": "'a'" + " not in 'a'" * n, "if": "1 if 0 else " * n + "1", "if in if": "1 if (" * n + "1" + ")" * n,
    "texts": "'x' " * n, "commas": "1," * n, "open calls": "f(" * n, "strings": "'" * n, "quotes": '"\\' * n,
    "arguments": "'x'.replace(" + "1," * n + "1)", "named": "'x'|replace(" + ",".join("a=1" for _ in range(n)) + ")",
    "star": "'x'|replace(*" + "[" * n + ")", "blanks": "1" + " " * 3 * n, "comments": "1 }}" + "{##}" * n + "{{ 1",
    "expressions": "1 }}" + "{{ 1 }}" * n + "{{ 1", "open": "{{ " * n, "blocks": "1 }}" + "{% if 1 %}" * n + "{{ 1",
    "loops": "1 }}" + "{% for a in b %}" * n + "{{ 1", "macros": "1 }}" + "{% macro a() %}" * n + "{{ 1",
    "raw": "1 }}" + "{% raw %}" * n + "{{ 1", "percent": "%" * n, "pipes": "|" * n, "dots": "." * n, "colons": "1[" + ":" * n,
}  # fmt: skip


NUMBERS = {
    "digits": "9" * 5_000, "hexadecimal": "0x" + "f" * 6_000, "octal": "0o" + "7" * 6_000, "binary": "0b" + "1" * 9_000,
    "underscores": "1_" * 4_000 + "1", "zeros": "0" * 9_000, "fraction": "0." + "3" * 9_000, "exponent": "1e400", "far exponent": "1e" + "9" * 4_000,
    "beyond": "9007199254740992", "below": "0 - 9007199254740991 - 1", "products": "far * far", "floats": "1e300 * 1e300",
    "infinite": "'inf' | float", "not a number": "'nan' | float", "text to number": f"'{'9' * 5_000}' | int", "powers": "9 ** 9 ** 9",
    "shift": "1 << 1000000000", "rounded": "far | round(-1000000000)", "precise": "1.5 | round(1000000000)", "base": "'1' | int(0, 1000000000)",
    "sum": "[far, far] | sum", "repeated": "[1] * 1000000000", "text": "'x' * 1000000000", "backwards": "1000000000 * 'x'",
    "formatted": "'%1000000000d' % 1", "format of a name": "'%(a)1000000000s' % m", "method": "'{:>1000000000}'.format(1)",
    "map": "'{a:>1000000000}'.format_map(m)", "divided": "1 / 0", "rest": "1 % 0", "of float": "1e308 * 10", "negative": "-1e308 * 10",
}  # fmt: skip


@pytest.mark.parametrize("times", [8, 15, 16, 17, 40, 62, 64, 90, 200, 330, 490, 900, 1_600, 5_000])
def test_deep_and_long_expressions_are_data_or_refused_at_their_leaf(times):
    found = batch({name: leaf(text) for name, text in repeated(times).items()}, 60)
    for name, (rule, line, column, message, _) in found.items():
        assert rule == "gave" or (rule in ("TP040", "TP006") and line == 3 and column > 1), (name, rule, message)
        assert len(message) < 500, name
    endless = {"blanks", "comments", "strings"}
    assert times < 1_600 or not {name for name, (rule, *_) in found.items() if rule == "gave"} - endless


def test_numbers_that_no_reader_holds_are_refused_at_their_leaf():
    found = batch({name: leaf(text) for name, text in NUMBERS.items()}, 60)
    assert {name: (rule, line) for name, (rule, line, *_) in found.items()} == dict.fromkeys(NUMBERS, ("TP040", 3))
    assert max(len(message) for *_, message, _ in found.values()) < 200


def nested(levels: int, items: str, inner: str) -> str:
    for level in range(levels):
        inner = f'[{{"{{% for a{level} in {items} %}}": {inner}}}]'
    return f"ok: 1\nmap:\n  bad: {inner}\n"


def doubling(levels: int, first: str, step: str, last: str) -> str:
    text = f'"{{{{ {last} }}}}"'
    for level in reversed(range(1, levels)):
        text = f'[{{"{{% for a{level} in [{step.replace("?", f"a{level - 1}")}] %}}": {text}}}]'
    return f'ok: 1\nmap:\n  bad: [{{"{{% for a0 in [{first}] %}}": {text}}}]\n'


TEN = "[0,1,2,3,4,5,6,7,8,9]"
LOOPS = {
    "seven loops of ten": nested(7, TEN, "{name: x, value: v}"),
    "loops whose turns give nothing": nested(7, TEN, '"{{ omit }}"'),
    "loops whose condition is false": nested(6, TEN, '[{"{% for b in long if b == 1 %}": 1}]'),
    "a loop over letters": nested(2, "big", "1"),
    "loops over long lists": nested(2, "long", "1"),
    "many loops side by side": "ok: 1\nmap:\n  bad:\n" + '    - "{% for a in long %}": "{{ a }}"\n' * 40,
    "doubled text": doubling(14, "'xx'", "?~?~?~?", "a13"),
    "doubled by replace": doubling(14, "'xx'", "?|replace('x', 'xxxx')", "a13"),
    "doubled by join": doubling(14, "'xx'", "[?, ?, ?, ?]|join", "a13"),
    "doubled by join of letters": doubling(14, "'xx'", "?.join(?)", "a13"),
    "doubled lists": doubling(14, "[1, 1]", "? + ? + ? + ?", "a13"),
    "shared lists": doubling(14, "[1, 1]", "[?, ?, ?, ?]", "a13"),
    "shared lists compared": doubling(14, "[1, 1]", "[?, ?, ?, ?]", "a13 == a12"),
    "shared lists in lists": doubling(14, "[1, 1]", "[?, ?, ?, ?]", "a13 in a13"),
    "shared lists as JSON": doubling(14, "[1, 1]", "[?, ?, ?, ?]", "a13 | tojson"),
    "shared lists sorted": doubling(14, "[1, 1]", "[?, ?, ?, ?]", "a13 | sort"),
    "shared lists as the largest": doubling(14, "[1, 1]", "[?, ?, ?, ?]", "a13 | max"),
    "shared maps": doubling(14, "m", "{'a': ?, 'b': ?, 'c': ?}", "a13"),
    "shared maps over each other": doubling(14, "m", "{'a': ?} | combine({'b': ?, 'c': ?})", "a13"),
    "long texts sorted again and again": nested(4, TEN, '"{{ (long + long) | sort | first }}"'),
    "long texts lowered": nested(4, TEN, '"{{ big | lower | length }}"'),
    "searches in long text": nested(4, TEN, "\"{{ 'b' in big }}\""),
    "keys made of long text": nested(4, TEN, '{"{{ big }}": 1}'),
    "filters mapped over long lists": nested(3, TEN, "\"{{ long | map('upper') | list | length }}\""),
    "items selected by a test": nested(3, TEN, "\"{{ long | select('in', long) | list | length }}\""),
    "3,000 leaves": "ok: 1\nmap:\n  bad:\n" + "".join(f'    k{n}: "{{{{ far }}}}"\n' for n in range(3_000)),
    "long leaves": "ok: 1\nmap:\n  bad:\n" + "".join(f'    k{n}: "{{{{ [{"1," * 300}] }}}}"\n' for n in range(60)),
}


def test_all_loops_lists_and_texts_of_a_template_count_together():
    found = batch(LOOPS, 60)
    assert {name: rule for name, (rule, *_) in found.items()} == dict.fromkeys(LOOPS, "TP040")
    assert all(line >= 3 for _, line, *_ in found.values())


@pytest.mark.parametrize(
    ("leaf", "said"),
    [
        ("{{ '\\u202e' }}", "forbidden character U+202E"),
        ("a{{ '\\u2066' }}b", "forbidden character U+2066"),
        ("{{ '\\x07' ~ 'a' }}", "forbidden character U+0007"),
        ("{{ ['a', {'b': '\\x1b[31m'}] }}", "forbidden character U+001B"),
        ("{{ {'\\u200b': 1} }}", "forbidden character U+200B"),
        ("{{ '\\ud800' }}", "forbidden character U+D800"),
        ("{{ 'a\\rb' }}", "forbidden character U+000D"),
        ("{{ '\\ufeff' }}", "forbidden character U+FEFF"),
        ("{{ 9007199254740991 + 1 }}", "beyond 9,007,199,254,740,991"),
        ("{{ far * 2 }}", "beyond 9,007,199,254,740,991"),
        ("{{ '9007199254740993' | int }}", "beyond 9,007,199,254,740,991"),
        ("{{ 1e308 * 10 }}", "a number that is too large"),
        ("{{ 'inf' | float }}", "a number that is too large"),
        ("{{ {'a': none} }}", "null, which is not data"),
        ("{{ {1: 2} }}", "a key must be a string"),
        ("{{ {'k' ~ big: 1} }}", "a key of 301 characters"),
    ],
)
def test_a_template_gives_no_text_and_no_number_that_a_spec_could_not_hold(leaf, said):
    with pytest.raises(Rejected) as error:
        compile_template(parse("templates/t.yaml", f"ok: 1\nmap:\n  bad: {json.dumps(leaf)}\n".encode()))(
            {"far": 2**53 - 1, "big": "x" * 300}
        )
    (found,) = error.value.diagnostics
    assert (found.rule, found.span.line) == ("TP040", 3)
    assert said in found.message


@pytest.mark.parametrize(
    ("expression", "given"),
    [
        ("service[:3] ~ '-' ~ env | upper", "web-PROD"),
        ("tags | map('lower') | unique | sort | join(',')", "a,b"),
        ("ports | selectattr('on') | map(attribute='port') | list", [80]),
        ("ports | rejectattr('on') | map(attribute='port') | first", 81),
        ("ports | sum(attribute='port')", 161),
        ("labels | dictsort", [["a", "1"], ["b", "2"]]),
        ("labels.a | int + 1", 2),
        ("(service ~ '-x').removesuffix('-x').replace('b', 'p')", "wep"),
        ("'a b'.split(' ')", ["a", "b"]),
        ("[3, 1, 2] | sort(reverse=true)", [3, 2, 1]),
        ("[3, 1, 2] | max", 3),
        ("2 * 3 + 7 // 2 - 7 % 2", 8),
        ("(5 / 2) | round(0, 'floor')", 2.0),
        ("service.startswith('w') and 'x' not in tags", True),
        ("labels | tojson", '{"a": "1", "b": "2"}'),
        ("missing | default('d')", "d"),
        ("'' | default('d', true)", "d"),
        ("ports[0].port if ports else omit", 80),
        ("('hello world' | title) | truncate(8, true, '', 0)", "Hello Wo"),
        ("tags is sequence and service is string and labels is mapping", True),
    ],
)
def test_what_templates_are_written_with_still_works(expression, given):
    context = {
        "service": "web", "env": "prod", "tags": ["B", "a", "A"], "labels": {"b": "2", "a": "1"},
        "ports": [{"port": 80, "on": True}, {"port": 81, "on": False}],
    }  # fmt: skip
    assert compile_template(parse("t", f"r: {json.dumps('{{ ' + expression + ' }}')}\n".encode()))(context) == {"r": given}


def test_every_filter_and_test_that_is_documented_exists_and_no_other():
    text = (ROOT / "docs" / "templates.md").read_text(encoding="utf-8")
    filters, tests, methods = (
        set(text.partition(f"**{heading}**: ")[2].partition("\n")[0].replace("`", "").rstrip(".").split(", "))
        for heading in ("Filters", "Tests", "Methods of text")
    )
    assert filters == FILTERS.keys() - {"text", "combine", "at", "one", "older", "cut", "slug"}
    assert tests == {name for name in TESTS if name[0].isalpha()}
    assert methods == METHODS.keys()


def test_a_fleet_does_not_wait_for_a_template_that_is_too_much_for_each_of_its_services():
    render = compile_template(parse("templates/t.yaml", LOOPS["seven loops of ten"].encode()))
    for _ in range(2_000):
        with pytest.raises(Rejected):
            render({})
