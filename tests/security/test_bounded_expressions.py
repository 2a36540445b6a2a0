"""An expression costs what it pays for: in time, and in what stays in memory after it has failed."""

from __future__ import annotations

import gc
import json

import pytest
from click.testing import CliRunner

from generator.cli import serve
from generator.lint.policy_evaluation import Evaluation
from generator.report.serve.server import Server
from generator.syntax.budget import Budget
from generator.syntax.cel.evaluating import evaluate
from generator.syntax.cel.functions import FUNCTIONS
from generator.syntax.cel.lexing import CelError
from generator.syntax.cel.parsing import parse
from generator.syntax.patterns import PatternError
from generator.syntax.schema.costs import PaidPatterns
from support.policies import bound, config_maps, judged

MANY = [
    {"name": "l", "expression": "[1,2,3,4,5,6,7,8,9,10]"},
    {"name": "a", "expression": f"[{','.join(['§'] * 8)}]"},
    {"name": "b", "expression": "+".join(["variables.a"] * 8)},
    {"name": "c", "expression": "+".join(["variables.b"] * 8)},
]


@pytest.mark.parametrize("value", ["object.?b", "quantity('1Mi')", "null", "[object]"])
def test_values_that_are_compared_with_each_other_take_no_more_than_a_moment(value):
    """The reproducer of an attack: 22 seconds for 20 kB."""
    variables = [{**one, "expression": one["expression"].replace("§", value)} for one in MANY]
    other = {"object.?b": "object.?a", "quantity('1Mi')": "quantity('2')"}.get(value, "'x'")
    expression = f"variables.l.all(x, variables.l.all(y, !({other} in variables.c)))"
    _, seconds = judged(bound("p", variables=variables, validations=[{"expression": expression}]), config_maps(200))
    assert seconds < 10


def test_quantities_that_are_compared_are_paid_for():
    one, budget = parse("quantity('1Mi').compareTo(quantity('2'))"), Budget()
    evaluate(one, {}, budget)
    other = Budget()
    evaluate(parse("'1Mi'.startsWith('2')"), {}, other)
    assert budget.spent > 2 * other.spent


FAILING = {
    "in an or": "object.x.zz == 'a' || object.x.zz == 'b'",
    "in a macro": "[1, 2, 3].all(n, [1, 2, 3].all(m, object.x.zz == 'a'))",
    "no truth in an and": "object.metadata.name && object.metadata.name",
    "in a variable": "variables.v == 'a'",
    "by itself": "object.metadata.name < 1",
}


@pytest.mark.parametrize("kind", FAILING)
def test_an_expression_that_fails_leaves_nothing_in_memory(kind):
    """No collector runs in most commands: what is in a cycle stays until the end, with all the texts it worked on."""
    variables = [{"name": "v", "expression": "object.x.zz"}]
    left = []
    for expression in ("true", FAILING[kind]):
        known = variables if "variables" in expression else []
        policies = bound("p", variables=known, validations=[{"expression": expression}])
        judged(policies, config_maps(2))
        gc.collect()
        gc.disable()
        try:
            judged(policies, config_maps(100))
            left.append(gc.collect())
        finally:
            gc.enable()
    passing, failing = left
    assert failing < passing + 50


def test_an_error_that_is_kept_does_not_grow_when_it_is_raised_again():
    patterns = PaidPatterns(Budget())

    def depth() -> int:
        try:
            patterns.made("(")
        except PatternError as error:
            trace, found = error.__traceback__, 0
            while trace is not None:
                trace, found = trace.tb_next, found + 1
            return found
        raise AssertionError

    assert len({depth() for _ in range(5)} - {depth()}) <= 1


def test_an_operand_that_decides_hides_the_error_of_another_one():
    names = {"object": {"a": 1}}
    assert evaluate(parse("object.zz == 1 || object.a == 1"), names, Budget()) is True
    with pytest.raises(CelError, match="no field `zz`"):
        evaluate(parse("object.zz == 1 || object.a == 2"), names, Budget())


def test_a_server_that_runs_for_hours_frees_memory(tiphys, monkeypatch, tmp_path):
    """In `serve`, each try of a spec in the playground left up to 7 MB."""
    enabled = []
    assert tiphys("init", str(tmp_path / "w")).returncode == 0
    monkeypatch.setattr(Server, "serve_forever", lambda _self: enabled.append(gc.isenabled()))
    monkeypatch.setattr(serve.running, "opened", lambda _ctx: (str(tmp_path / "w"), None, None))
    gc.disable()
    try:
        done = CliRunner().invoke(serve.command, ["--port", "0"])
    finally:
        gc.enable()
    assert enabled == [True], (done.output, done.exception)


def test_a_name_that_is_no_unicode_is_a_service_that_does_not_exist(tiphys, tmp_path):
    done = tiphys("init", str(tmp_path / "w"))
    assert done.returncode == 0, done.stderr
    (tmp_path / "f.json").write_text(json.dumps({"\ud800": "1"}))
    done = tiphys("-C", str(tmp_path / "w"), "bump", "--env", "dev", "--from", str(tmp_path / "f.json"), "--dry-run")
    assert done.returncode == 2
    assert "unknown service `\\u{d800}`" in done.stderr


ODD = [
    "'x'",
    "'9'.replace('9', 'x')",
    "1",
    "1.5",
    "true",
    "null",
    "[1, 'a']",
    "{'a': 1}",
    "object.zz",
    "zz",
    "9223372036854775807",
]
EVERY_FUNCTION = [
    f"{name}({', '.join([odd] * arguments)})" for name, arguments in FUNCTIONS for odd in ODD
] + [f"{odd}{sign}{odd}" for odd in ODD for sign in (" + ", " / ", " % ", " < ", " in ", " && ", " || ")] + [
    f"{odd}{rest}" for odd in ODD for rest in ("[0]", "[9]", ".a", ".map(n, n.b)", ".all(n, n.b || n.c)", " ? 1 : 2")
]  # fmt: skip


def test_no_error_that_is_kept_keeps_what_the_expression_worked_on():
    """The reproducer of an attack: 1.14 GB from 40 kB, by variables that fail. `raise … from None` keeps the other error."""
    evaluations = []
    real = Evaluation.remarks
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Evaluation, "remarks", lambda self: [evaluations.append(self), real(self)][1])
        for at in range(0, len(EVERY_FUNCTION), 20):
            part = EVERY_FUNCTION[at : at + 20]
            variables = [{"name": f"v{number}", "expression": expression} for number, expression in enumerate(part)]
            used = [{"expression": f"variables.v{number} == 1 || variables.v{number} == 2"} for number in range(len(part))]
            validations = [*used, *({"expression": expression} for expression in part)]
            judged(bound("p", variables=variables, validations=validations), config_maps(1))
    kept = [one for one in gc.get_objects() if isinstance(one, CelError | PatternError)]
    assert len(kept) > 100, "variables that fail are kept as long as the evaluation"
    assert [one for one in kept if one.__traceback__ or one.__context__ or one.__cause__] == []


@pytest.mark.parametrize("function", ["int", "double"])
def test_a_long_text_that_is_no_number_makes_no_message_of_its_length(function):
    with pytest.raises(CelError) as failed:
        evaluate(parse(f"{function}('9'.replace('9', '{'9' * 1000}'))"), {}, Budget())
    assert len(failed.value.message) < 100
    assert failed.value.__context__ is None
