"""Templates give data, whatever a spec holds, and nothing but data."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.compiled import templates as compiled
from generator.errors import Rejected
from generator.reader import parse
from generator.sandbox import compile_template
from generator.templates import Template
from tools import compile_templates

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
SHIPPED = [
    path
    for path in sorted(TEMPLATES.rglob("*.yaml"))
    if path.relative_to(TEMPLATES).parts[0] not in ("chart", "strategies") and path.name != "profile.yaml"
]


def render(text: str, **context):
    return compile_template(parse("templates/t.yaml", text.encode()))(context)


def test_compiled_templates_are_fresh():
    assert compile_templates.TARGET.read_text(encoding="utf-8") == compile_templates.generate(), (
        "run: python -m tools.compile_templates"
    )


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.relative_to(TEMPLATES).as_posix())
def test_every_shipped_template_is_compiled_so_that_no_run_pays_for_jinja(path):
    template = Template("t", path.read_bytes())
    assert template._compile() in compiled.BY_DIGEST.values()


TEXT = st.text(max_size=8)
MAP = st.dictionaries(TEXT, TEXT, max_size=3)


@st.composite
def contexts(draw):
    """Any context that `build` can make, with any text in it."""
    optional = lambda strategy: draw(st.none() | strategy)  # noqa: E731
    scaling = {"minReplicas": 1, "maxReplicas": draw(st.integers(1, 9))}
    image = {"repository": draw(TEXT)} | draw(st.sampled_from([{}, {"tag": "1"}, {"digest": "d"}, {"tag": "1", "digest": "d"}]))
    return {
        "service": draw(TEXT),
        "environment": draw(TEXT),
        "labels": draw(MAP),
        "image": image,
        "replicas": optional(st.integers(0, 9)),
        "autoscaling": optional(st.just(scaling)),
        "chart": {"name": draw(TEXT)},
        "strategy": {"canary": {"steps": [{"pause": {}}]}},
        "rollbackWindow": optional(st.just({"revisions": 2})),
        "workload": {"kind": "Rollout", "name": draw(TEXT)},
        "application": {
            "name": draw(TEXT), "namespace": draw(TEXT), "labels": draw(MAP), "annotations": draw(MAP),
            "finalizers": optional(st.just(["f"])), "project": draw(TEXT), "destination": draw(MAP),
            "sources": [draw(MAP)], "syncPolicy": optional(MAP), "ignoreDifferences": optional(st.just([{"kind": "x"}])),
            "info": optional(st.just([{"name": "a", "value": "b"}])), "revisionHistoryLimit": optional(st.integers(0, 3)),
        },
        "analysis": {"name": draw(TEXT), "labels": draw(MAP), "annotations": draw(MAP), "spec": draw(MAP)},
        "reference": {"name": draw(TEXT), "selector": draw(MAP), "scaleDown": "never"},
        "sibling": {"name": draw(TEXT), "selector": draw(MAP), "ports": [draw(MAP)]},
        "root": {
            "namespace": draw(TEXT), "project": draw(TEXT), "destination": draw(MAP), "repoURL": draw(TEXT),
            "targetRevision": draw(TEXT), "path": draw(TEXT), "prune": draw(st.booleans()),
        },
    }  # fmt: skip


@settings(max_examples=60, deadline=None, derandomize=True)
@given(contexts())
def test_compiled_templates_give_what_jinja_gives(context):
    for path in SHIPPED:
        raw = path.read_bytes()
        assert Template("t", raw).render(context) == compile_template(parse("t", raw))(context)


def test_a_leaf_keeps_the_type_of_its_expression():
    assert render('a: "{{ x }}"\nb: "n: {{ x }}"\nc: [1, "{{ omit }}", "{{ l }}"]\nd: "{{ omit }}"\n', x=3, l=[True]) == {
        "a": 3,
        "b": "n: 3",
        "c": [1, [True]],
    }


def test_a_key_of_a_map_wins_over_a_method_of_the_same_name():
    assert render('a: "{{ s.items }}"\nb: "{{ s.values.tag }}"\n', s={"items": 1, "values": {"tag": "x"}}) == {"a": 1, "b": "x"}


@given(st.text(max_size=30))
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
        ("{{ ''.__class__.__mro__ }}", "access to attribute '__class__' of 'str' object is unsafe."),
        ("{{ ''.join }}", "no data"),
        ("{{ 'x' * 10**9 }}", "`**` is not available here"),
        ("{{ 'x' * 1000000000 }}", "`*` is not available here"),
        ("{{ range(10) }}", "'range' is undefined"),
        ("{{ lipsum() }}", "'lipsum' is undefined"),
        ("{{ [1] | random }}", "No filter named 'random'"),
        ("{{ cycler }}", "'cycler' is undefined"),
        ("{% for a in b %}{% endfor %}", "statements have no place in a template"),
        ("{% include 'x' %}", "statements have no place in a template"),
        ("{{ 1 / 0 }}", "division by zero"),
        ("{{ none }}", "NoneType, which is no data"),
        ("a {{ [1] }}", "[1] cannot stand beside other text"),
        ("a {{ true }}", "True cannot stand beside other text"),
        ("{{ x", "not a Jinja expression"),
        ("{{ ('%s' % x) ~ y }}", "'x' is undefined"),
    ],
)
def test_a_template_that_fails_points_at_its_leaf(leaf, said):
    with pytest.raises(Rejected) as error:
        render(f"ok: 1\nmap:\n  bad: {leaf!r}\n".replace("'{{ ''", "\"{{ ''").replace("'\\'", "'"), s={})
    (found,) = error.value.diagnostics
    assert (found.path, found.rule, found.span.line) == ("templates/t.yaml", "MR040", 3)
    assert said in found.message


def test_a_workspace_template_overrides_the_shipped_one_without_any_compiled_code():
    template = Template("templates/x.yaml", b'a: "{{ service | upper }}"\n')
    assert template.render({"service": "web"}) == {"a": "WEB"}
