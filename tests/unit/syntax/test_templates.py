"""Templates give data, whatever a spec holds, and nothing but data."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.errors import Rejected
from generator.syntax.compiled import templates as compiled
from generator.syntax.reader import parse
from generator.syntax.reader.characters import forbidden_in_value
from generator.syntax.template import templates
from generator.syntax.template.evaluation import compile_template
from generator.syntax.template.templates import Template
from support.paths import ROOT

TEMPLATES = ROOT / "templates"
SHIPPED = [
    path for path in sorted(TEMPLATES.rglob("*.yaml")) if path.relative_to(TEMPLATES).parts[0] not in ("chart", "strategies")
]


def render(text: str, **context):
    return compile_template(parse("templates/t.yaml", text.encode()))(context)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.relative_to(TEMPLATES).as_posix())
def test_every_shipped_template_is_compiled_so_that_no_run_pays_for_jinja(path):
    template = Template("t", path.read_bytes())
    whole, names = templates._compiled(template.raw)
    assert whole in compiled.BY_DIGEST.values()
    assert (names in compiled.NAMES_BY_DIGEST.values()) == (path.name == "profile.yaml")


FORBIDDEN = "".join(filter(forbidden_in_value, map(chr, (*range(0xD800), *range(0xE000, 0x10000)))))
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters=FORBIDDEN), max_size=8)
"""What a spec can hold: the reader refuses the rest."""

MAP = st.dictionaries(TEXT, TEXT, max_size=3)
PORT = st.fixed_dictionaries(
    {},
    optional={
        "name": TEXT, "port": st.integers(0, 9), "targetPort": TEXT | st.integers(1, 9), "svcPort": st.integers(0, 9),
        "containerPort": st.integers(0, 9), "protocol": st.sampled_from(["UDP", "HTTP"]), "enabled": st.booleans(),
    },
)  # fmt: skip
NAMED = st.sampled_from(["main", "web", "x"])
SERVICE = {"enabled": st.booleans(), "port": st.integers(0, 9), "ports": st.lists(PORT, max_size=2), "targetPort": TEXT}
CONTROLLER = st.fixed_dictionaries(
    {}, optional={"containers": st.dictionaries(NAMED, MAP, max_size=2), "enabled": st.booleans()}
)
ODD = st.sampled_from([0, "", [], True, {"ports": 1}, {"port": "80"}, [1]])
VALUES = st.fixed_dictionaries(
    {},
    optional={
        "nameOverride": TEXT, "containerPort": st.integers(0, 9), "svcPort": st.integers(0, 9) | ODD, "global": MAP,
        "ports": st.lists(PORT, max_size=2) | ODD, "autoscaling": MAP, "controllers": st.dictionaries(NAMED, CONTROLLER) | ODD,
        "service": st.fixed_dictionaries({}, optional=SERVICE)
        | st.dictionaries(NAMED, st.fixed_dictionaries({"ports": st.dictionaries(TEXT, PORT, max_size=2)}), max_size=2)
        | ODD,
        "deployment": st.fixed_dictionaries({}, optional={"openshiftOAuthProxy": st.just({"enabled": True}) | ODD}),
    },
)  # fmt: skip
"""Free values of a spec: what the shipped profiles look at, and what they do not expect."""


@st.composite
def contexts(draw):
    """Any context that `build` can make, with any text in it."""
    optional = lambda strategy: draw(st.none() | strategy)  # noqa: E731
    scaling = {"minReplicas": 1, "maxReplicas": draw(st.integers(1, 9))}
    image = {"repository": draw(TEXT)} | draw(st.sampled_from([{}, {"tag": "1"}, {"digest": "d"}, {"tag": "1", "digest": "d"}]))
    referenced = draw(st.booleans())
    return {
        "service": draw(TEXT),
        "environment": draw(TEXT),
        "labels": draw(MAP),
        "image": image,
        "imageByTag": {"repository": draw(TEXT)} | draw(st.sampled_from([{}, {"tag": "1@d"}])),
        "values": draw(VALUES),
        "metrics": draw(st.sampled_from([[], [{"type": "Resource"}]])),
        "replicas": optional(st.integers(0, 9)),
        "autoscaling": optional(st.just(scaling)),
        "chart": {"name": draw(TEXT)} | draw(st.sampled_from([{}, {"version": "4.0.1"}, {"version": "5.x"}])),
        "strategy": {"canary": {"steps": [{"pause": {}}]}},
        "rollbackWindow": optional(st.just({"revisions": 2})),
        "workload": {
            "kind": "Deployment" if referenced else "Rollout", "name": draw(TEXT), "referenced": referenced,
            "replicas": optional(st.integers(0, 20)), "hasServices": draw(st.booleans()),
        },
        "application": {
            "name": draw(TEXT), "namespace": draw(TEXT), "labels": draw(MAP), "annotations": draw(MAP),
            "finalizers": optional(st.just(["f"])), "project": draw(TEXT), "destination": draw(MAP),
            "sources": [draw(MAP)], "syncPolicy": optional(MAP), "ignoreDifferences": optional(st.just([{"kind": "x"}])),
            "info": optional(st.just([{"name": "a", "value": "b"}])), "revisionHistoryLimit": optional(st.integers(0, 3)),
        },
        "analysis": {"name": draw(TEXT), "labels": draw(MAP), "annotations": draw(MAP), "spec": draw(MAP)},
        "reference": {"name": draw(TEXT), "selector": draw(MAP), "scaleDown": "never"}
        | draw(st.sampled_from([{}, {"minReadySeconds": 5, "progressDeadlineAbort": True}])),
        "sibling": {"name": draw(TEXT), "selector": draw(MAP), "ports": [draw(MAP)]},
        "root": {
            "namespace": draw(TEXT), "project": draw(TEXT), "destination": draw(MAP), "repoURL": draw(TEXT),
            "targetRevision": draw(TEXT), "path": draw(TEXT), "prune": draw(st.booleans()),
        },
    }  # fmt: skip


@cache
def template(raw):
    """Return a template that is evaluated with many contexts, as it is for the services of a workspace."""
    return Template("t", raw)


@cache
def by_jinja(raw):
    return compile_template(parse("t", raw))


def outcome(evaluate, context):
    try:
        return evaluate(context)
    except Rejected as rejected:
        return rejected.diagnostics, repr(rejected.__cause__)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(contexts())
def test_compiled_templates_give_what_jinja_gives(context):
    for path in SHIPPED:
        if path.name == "horizontalpodautoscaler.yaml" and context["autoscaling"] is None:
            continue
        raw = path.read_bytes()
        whole = outcome(template(raw).render, context)
        assert whole == outcome(by_jinja(raw), context), path
        if path.name == "profile.yaml" and isinstance(whole, dict):
            names = template(raw).render(context, names=True)["spec"]
            kept = {key: whole["spec"][key] for key in names if key != "workload"}
            workload = {key: value for key, value in whole["spec"].get("workload", {}).items() if key in ("name", "kind")}
            assert names == {**kept, **({"workload": workload} if "workload" in names else {})}, path


def test_a_leaf_keeps_the_type_of_its_expression():
    assert render('a: "{{ x }}"\nb: "n: {{ x }}"\nc: [1, "{{ omit }}", "{{ l }}"]\nd: "{{ omit }}"\n', x=3, l=[True]) == {
        "a": 3,
        "b": "n: 3",
        "c": [1, [True]],
    }


LOOP = """
ports:
  - 1
  - "{% for port in ports if port.on %}": {id: "{{ port.id }}", of: "{{ omit if port.id == 1 else x }}"}
  - "{% for name, value in more | items %}": "{{ name ~ value }}"
  - "{% for row in rows %}": [{"{% for cell in row %}": "{{ cell }}"}]
"""


def test_a_loop_gives_items_and_plain_items_stay_where_they_are():
    ports = [{"id": 1, "on": True}, {"id": 2, "on": False}, {"id": 3, "on": True}]
    given = render(LOOP, ports=ports, x="y", more={"a": 1}, rows=[[1, 2], []])
    assert given == {"ports": [1, {"id": 1}, {"id": 3, "of": "y"}, "a1", [1, 2], []]}


def test_an_expression_as_a_key_gives_the_name_of_the_entry_or_leaves_it_out():
    assert render('m: {"{{ name }}": 1, "{{ omit }}": 2, "a-{{ name }}": 3}\n', name="x") == {"m": {"x": 1, "a-x": 3}}


def test_a_key_of_a_map_wins_over_a_method_of_the_same_name():
    assert render('a: "{{ s.items }}"\nb: "{{ s.values.tag }}"\n', s={"items": 1, "values": {"tag": "x"}}) == {"a": 1, "b": "x"}


@given(st.text(max_size=30).filter(lambda text: not forbidden_in_value(text)))
@settings(max_examples=200, deadline=None, derandomize=True)
def test_text_of_a_spec_never_becomes_structure(text):
    assert render('a: "{{ x }}"\nb: "-{{ x }}-"\n', x=text) == {"a": text, "b": f"-{text}-"}


@pytest.mark.parametrize(
    ("leaf", "said"),
    [
        ("{{ missing }}", "'missing' is undefined"),
        ("{{ s.missing }}", "'dict object' has no attribute 'missing'"),
        ("{{ s.items }}", "'dict object' has no attribute 'items'"),
        ("{{ s.__class__ }}", "'dict object' has no attribute '__class__'"),
        ("{{ ''.__class__.__mro__ }}", "'str object' has no attribute '__class__'"),
        ("{{ ''.join }}", "'str object' has no attribute 'join'"),
        ("{{ 'x' * 10**9 }}", "`**` is not available here"),
        ("{{ 'x' * 1000000000 }}", "`*` takes only numbers"),
        ("{{ range(10) }}", "'range' is undefined"),
        ("{{ lipsum() }}", "'lipsum' is undefined"),
        ("{{ [1] | random }}", "No filter named 'random'"),
        ("{{ cycler }}", "'cycler' is undefined"),
        ("{% for a in b %}{% endfor %}", "statements are not allowed in a template"),
        ("{% include 'x' %}", "statements are not allowed in a template"),
        ("{{ 1 / 0 }}", "division by zero"),
        ("{{ none }}", "the expression returns null, which is not data"),
        ("a {{ [1] }}", "a list cannot be joined with other text"),
        ("a {{ true }}", "True cannot be joined with other text"),
        ("{{ x", "not a Jinja expression"),
        ("{{ ('%s' % x) ~ y }}", "'x' is undefined"),
    ],
)
def test_a_template_that_fails_points_at_its_leaf(leaf, said):
    with pytest.raises(Rejected) as error:
        render(f"ok: 1\nmap:\n  bad: {leaf!r}\n".replace("'{{ ''", "\"{{ ''").replace("'\\'", "'"), s={})
    (found,) = error.value.diagnostics
    assert (found.path, found.rule, found.span.line) == ("templates/t.yaml", "TP040", 3)
    assert said in found.message


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ('a:\n  - "{% for x in missing %}": 1\n', 2, "the loop fails: 'missing' is undefined"),
        ('a:\n  - "{% for x in n %}": 1\n', 2, "the loop fails: 'int' object is not iterable"),
        ('a:\n  - "{% for x in [1] %}":\n      b: "{{ x.y }}"\n', 3, "'int object' has no attribute 'y'"),
        ('a:\n  - "{% for x, y in [1] %}": "{{ x }}"\n', 2, "the loop fails"),
        ('a:\n  - "{% for x in [1] if y %}": "{{ x }}"\n', 2, "the loop fails: 'y' is undefined"),
        ('a:\n  - "{% for x in %}": 1\n', 2, "not a loop"),
        ('a:\n  - "{% if n %}": 1\n', 2, "not a loop"),
        ('a:\n  - "{% for x in [1] %}b{% endfor %}{% for x in [1] %}": 1\n', 2, "not a loop"),
        ('a:\n  "{% for x in [1] %}": 1\n', 2, "a loop is not allowed here"),
        ('a:\n  - "{% for x in [1] %}": 1\n    b: 2\n', 2, "a loop is not allowed here"),
        ('a:\n  "{{ n }}": 1\n', 2, "a key must be a string, not a number"),
        ('a:\n  b: "{{ 1e400 }}"\n', 2, "1e400 is too large for a number"),
        ('a:\n  "{{ missing }}": 1\n', 2, "'missing' is undefined"),
        ("a:\n  b: \"{{ values | at('p', 0) }}\"\n", 2, "`p` is a string, but the chart needs an integer"),
        ("a:\n  b: \"{{ values | at('p.q', 0) }}\"\n", 2, "`p` is a string, but the chart needs a mapping"),
        ("a:\n  b: \"{{ values | at('t', 0) }}\"\n", 2, "`t` is true or false, but the chart needs an integer"),
        ("a:\n  b: \"{{ values | one('m', 'main') }}\"\n", 2, "cannot determine which of `a` and `b`"),
    ],
)
def test_a_loop_key_or_lookup_that_fails_points_at_its_place(text, line, said):
    with pytest.raises(Rejected) as error:
        render(text, n=3, values={"p": "x", "t": True, "m": {"a": {}, "b": 1, "c": {"enabled": False}}})
    (found,) = error.value.diagnostics
    assert (found.rule, found.span.line) == ("TP040", line)
    assert said in found.message


@pytest.mark.parametrize(
    ("expression", "given"),
    [
        ("v | at('a.b', 0)", 1),
        ("v | at('a.x', 7)", 7),
        ("v | at('x.y.z', 'no')", "no"),
        ("v | at('a', omit)", {"b": 1}),
        ("v | one('x', 'main')", "main"),
        ("v | one('a', 'main')", "b"),
        ("v | one('two', 'main')", "main"),
        ("v | one('off', 'main')", "on"),
        ("'4.9.0' | older('5.0.0')", True),
        ("'5.0.0-rc.1' | older('5.0.0')", True),
        ("'5.0.0' | older('5.0.0')", False),
        ("'4.x' | older('5.0.0')", False),
        ("'' | older('5.0.0')", False),
    ],
)
def test_filters_look_into_values_of_any_shape(expression, given):
    values = {"a": {"b": 1}, "two": {"x": 1, "main": 2}, "off": {"main": {"enabled": False}, "on": {}}}
    assert render(f'r: "{{{{ {expression} }}}}"\n', v=values) == {"r": given}


def test_a_workspace_template_overrides_the_shipped_one_without_any_compiled_code():
    template = Template("templates/x.yaml", b'a: "{{ service | upper }}"\n')
    assert template.render({"service": "web"}) == {"a": "WEB"}
