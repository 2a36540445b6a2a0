"""A workspace's own template that gives something else than its object is an error at its field, never a traceback."""

from __future__ import annotations

import shutil

import pytest
import yaml

from generator.pipeline import run as pipeline
from generator.pipeline.request import Mode, Request
from support.paths import DATA, ROOT

CASE = DATA / "cases" / "workload-ref"
TEMPLATES = ("application.yaml", "root.yaml", "rollout.yaml", "service.yaml", "analysistemplate.yaml")


@pytest.fixture
def workspace(tmp_path):
    folder = tmp_path / "w"
    shutil.copytree(CASE, folder, ignore=shutil.ignore_patterns("expected"))
    return folder


def found(workspace, template: str, data) -> list[tuple[str, int, str, str]]:
    """Return what a run says of a template; it writes nothing."""
    path = workspace / "templates" / template
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(data if isinstance(data, str) else yaml.safe_dump(data, sort_keys=False))
    outcome = pipeline.run(Request(str(workspace), Mode.WRITE))
    assert outcome.errors
    assert not (workspace / "generated").exists()
    return [
        (item.path, item.span.line, item.rule, item.message)
        for item in outcome.diagnostics
        if item.path == f"templates/{template}"
    ]


def shipped(template: str) -> dict:
    return yaml.safe_load((ROOT / "templates" / template).read_text())


def test_an_application_of_another_kind_is_an_error_at_kind(workspace):
    text = "apiVersion: argoproj.io/v1alpha1\nkind: AnalysisTemplate\nmetadata: {name: x}\nspec: {metrics: []}\n"
    said = found(workspace, "application.yaml", text)
    assert ("templates/application.yaml", 2, "TP040", "`kind` must be `Application`") in said
    assert ("templates/application.yaml", 3, "TP040", "`metadata.name` must be `web-prod`") in said


@pytest.mark.parametrize("template", TEMPLATES)
@pytest.mark.parametrize(
    "kind",
    [
        "AnalysisTemplate",
        "Application",
        "Rollout",
        "Service",
        "List",
        "AppProject",
        "",
        "{{ omit }}",
        "{{ [] }}",
        "{{ {} }}",
        1,
    ],
)
def test_each_template_gives_its_own_kind_or_an_error(workspace, template, kind):
    data = shipped(template)
    if data["kind"] != kind:
        assert (f"templates/{template}", 3, "TP040", f"`kind` must be `{data['kind']}`") in found(
            workspace, template, "# a comment\n" + yaml.safe_dump({**data, "kind": kind}, sort_keys=False)
        )


ODD = [
    "",
    "x",
    0,
    1.5,
    True,
    [],
    {},
    [[]],
    [1],
    {"a": 1},
    {"a": {"b": []}},
    "{{ omit }}",
    "{{ [] }}",
    "{{ {'a': [1]} }}",
    "{{ 1 }}",
    "{{ none }}",
]


@pytest.mark.parametrize("template", TEMPLATES)
def test_no_part_of_a_template_that_has_another_type_ends_in_a_traceback(workspace, template):
    data = shipped(template)
    path = workspace / "templates" / template
    for parts in places(data):
        for odd in (*ODD, None):
            path.write_text(yaml.safe_dump(replaced(data, parts, odd), sort_keys=False))
            pipeline.run(Request(str(workspace), Mode.LINT))


def places(data, at=()):
    for key, value in data.items():
        yield (*at, key)
        if isinstance(value, dict):
            yield from places(value, (*at, key))


def replaced(data, parts, value):
    (first, *rest) = parts
    if not rest:
        return {key: item for key, item in {**data, first: value}.items() if item is not None}
    return {**data, first: replaced(data[first], rest, value)}


@pytest.mark.parametrize(
    ("template", "parts", "value", "said"),
    [
        ("application.yaml", ("metadata",), [], "`metadata` must be a mapping"),
        ("application.yaml", ("metadata", "name"), None, "`metadata.name` is missing"),
        ("application.yaml", ("metadata", "name"), "other", "`metadata.name` must be `web-prod`"),
        ("application.yaml", ("metadata", "namespace"), "kube-system", "`metadata.namespace` must be `argocd`"),
        ("application.yaml", ("metadata", "labels"), {"a": 1}, "`metadata.labels` must be a mapping of strings"),
        ("application.yaml", ("spec",), None, "`spec` is missing"),
        ("application.yaml", ("spec", "sources"), {"a": 1}, "`spec.sources` must be a list of mappings"),
        ("application.yaml", ("spec", "destination"), "x", "`spec.destination` must be a mapping of strings"),
        ("application.yaml", ("spec", "syncPolicy"), ["x"], "`spec.syncPolicy` must be a mapping"),
        ("application.yaml", ("spec", "syncPolicy"), {"syncOptions": [1]}, "`spec.syncPolicy.syncOptions` must be a list of strings"),
        ("application.yaml", ("spec", "ignoreDifferences"), {"kind": "x"}, "`spec.ignoreDifferences` must be a list of mappings"),
        ("application.yaml", ("spec", "revisionHistoryLimit"), "3", "`spec.revisionHistoryLimit` must be an integer"),
        ("root.yaml", ("spec", "source"), "x", "`spec.source` must be a mapping"),
        ("rollout.yaml", ("spec", "workloadRef", "name"), {}, "`spec.workloadRef.name` must be a string"),
        ("rollout.yaml", ("spec", "strategy"), None, "`spec.strategy` is missing"),
        ("rollout.yaml", ("metadata", "name"), "x", "`metadata.name` must be `web`"),
        ("service.yaml", ("spec", "ports"), "x", "`spec.ports` must be a list of mappings"),
        ("service.yaml", ("metadata", "name"), "web", "`metadata.name` must be `web-canary`"),
        ("analysistemplate.yaml", ("metadata", "name"), "x", "`metadata.name` must be `web-success-rate`"),
        ("analysistemplate.yaml", ("spec",), {"metrics": 1}, "`spec.metrics` must be a list of mappings"),
    ],
)  # fmt: skip
def test_a_field_of_the_wrong_shape_is_told_at_its_line(workspace, template, parts, value, said):
    told = found(workspace, template, replaced(shipped(template), parts, value))
    assert said in [message for *_, message in told]
    assert all(rule == "TP040" and line >= 1 for _, line, rule, _ in told)


@pytest.mark.parametrize("field", ["at", "message", "hint"])
@pytest.mark.parametrize("value", ["{{ omit }}", "{{ [] }}", "{{ 1 }}", "{{ {} }}"])
def test_a_refusal_of_a_profile_that_has_no_text_is_an_error_in_the_profile(workspace, field, value):
    profile = "profiles/legacy/profile.yaml"
    data = yaml.safe_load((workspace / "templates" / profile).read_text())
    data["spec"]["refuses"] = [{"when": "{{ true }}", "at": "values.x", "message": "m", "hint": "h", field: value}]
    (workspace / "generated").exists()
    told = found(workspace, profile, data)
    assert [rule for _, _, rule, _ in told] in (["TP040"], ["TP023"], ["TP021"], ["TP020"]), told


@pytest.mark.parametrize("field", ["services", "selector", "ports", "workload", "refuses"])
@pytest.mark.parametrize("value", ["{{ [] }}", "{{ 1 }}", "{{ {'a': [1]} }}", "{{ 'x' }}"])
def test_a_profile_whose_expressions_give_other_types_is_no_traceback(workspace, field, value):
    path = workspace / "templates" / "profiles" / "legacy" / "profile.yaml"
    data = yaml.safe_load(path.read_text())
    data["spec"][field] = value
    path.write_text(yaml.safe_dump(data, sort_keys=False))
    pipeline.run(Request(str(workspace), Mode.LINT))


def test_expressions_of_a_profile_go_through_the_same_budget(workspace):
    path = workspace / "templates" / "profiles" / "legacy" / "profile.yaml"
    data = yaml.safe_load(path.read_text())
    data["spec"]["selector"] = {"app": "{{ 'x' | center(1000000000) }}", "b": "{{ '%1000000000d' % 1 }}"}
    told = found(workspace, "profiles/legacy/profile.yaml", data)
    assert [(rule, message.partition(";")[0]) for _, _, rule, message in told] == [
        ("TP040", "the expression fails: No filter named 'center'")
    ]
