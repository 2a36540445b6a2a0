"""What is told of objects that differ each time: which fields, with which consequence, and what Argo CD leaves alone."""

from __future__ import annotations

import pytest

from generator.kubernetes.objects import KubeObject
from generator.verify.steadiness import Made, asking, differing
from generator.verify.template_calls import Call, Calls
from generator.verify.twice import unsteady


def item(kind="Secret", name="web", **more):
    group = {"Deployment": "apps/v1", "Job": "batch/v1", "CronJob": "batch/v1"}.get(kind, "v1")
    metadata = {"name": name, **more.pop("metadata", {})}
    return KubeObject({"apiVersion": group, "kind": kind, "metadata": metadata, **more}, origin="c/templates/a.yaml")


def application(ignored=(), options=("RespectIgnoreDifferences=true",)):
    spec = {
        "destination": {"namespace": "shop"},
        "ignoreDifferences": list(ignored),
        "syncPolicy": {"syncOptions": list(options)},
    }
    return KubeObject({"apiVersion": "argoproj.io/v1alpha1", "kind": "Application", "metadata": {"name": "web"}, "spec": spec})


def told(first, other, calls=Calls(), of=None):  # noqa: B008 - it never changes
    found = unsteady([first], [[other]], "shop")
    return [(one.message, one.hint) for one in differing([first], found, [Made("c", calls)], of or application())]


SECRETS = item(data={"a": "1", "b": "same"}), item(data={"a": "2", "b": "same"})


def test_the_fields_that_differ_are_named_and_no_others():
    ((message, _),) = told(*SECRETS)
    assert message == (
        "Secret web: `data.a` differs each time the chart is rendered, so it is never in sync, and every sync changes it"
    )
    assert told(SECRETS[0], SECRETS[0]) == []


@pytest.mark.parametrize("kind", ["Deployment", "CronJob"])
def test_pods_that_are_replaced_at_each_sync_are_told_as_such(kind):
    above = "jobTemplate" if kind == "CronJob" else "template"
    sides = [item(kind, spec={above: {"metadata": {"annotations": {"at": at}}}}) for at in ("1", "2")]
    ((message, _),) = told(*sides)
    assert message.endswith("so every sync replaces its pods")


def test_an_object_with_a_new_name_each_time_is_told_once_without_the_name_of_one_rendering():
    items = [item("ConfigMap", f"web-{word}") for word in ("x1", "y2")]
    found = unsteady(items, [[item("ConfigMap", "web-z3")]], "shop")
    ((message, hint),) = [(one.message, one.hint) for one in differing(items, found, [], application())]
    assert message.startswith("ConfigMap web-…: its name differs each time")
    assert "prunes the last" in message
    assert "RespectIgnoreDifferences" not in hint


@pytest.mark.parametrize("annotation", ["argocd.argoproj.io/hook", "helm.sh/hook"])
def test_a_job_that_runs_as_a_hook_may_differ_but_what_a_hook_writes_may_not(annotation):
    hook = {"annotations": {annotation: "PreSync"}}
    assert told(item("Job", metadata=hook, spec={"a": "1"}), item("Job", metadata=hook, spec={"a": "2"})) == []
    ((message, _),) = told(item(metadata=hook, data={"a": "1"}), item(metadata=hook, data={"a": "2"}))
    assert message.endswith("so every sync replaces it, as it is a hook")


@pytest.mark.parametrize(
    "rule",
    [
        {"kind": "Secret", "jsonPointers": ["/data/a"]},
        {"kind": "Secret", "jsonPointers": ["/data"]},
        {"kind": "*", "group": "*", "name": "web", "jsonPointers": ["/data/a"]},
        {"kind": "Secret", "namespace": "", "jqPathExpressions": [".data.a"]},
        {"kind": "Secret", "jqPathExpressions": ['.data["a"]']},
        {"kind": "Secret", "jqPathExpressions": [".data"]},
    ],
)
def test_a_field_that_argo_cd_leaves_alone_is_not_told(rule):
    assert told(*SECRETS, of=application([rule])) == []
    assert told(*SECRETS, of=application([rule], options=())) != [], "each sync writes it"
    moved = [item(stringData={"a": value}) for value in ("1", "2")]
    assert told(*moved, of=application([rule])) == [], "the API server moves stringData into data"


@pytest.mark.parametrize(
    "rule",
    [
        {"kind": "Secret", "jsonPointers": ["/data/b"]},
        {"kind": "Secret", "jsonPointers": ["/dat"]},
        {"kind": "ConfigMap", "jsonPointers": ["/data/a"]},
        {"kind": "Secret", "name": "other", "jsonPointers": ["/data/a"]},
        {"kind": "Secret", "jqPathExpressions": [".data.aa"]},
        {"kind": "Secret", "jqPathExpressions": [""]},
        {"kind": "Secret"},
    ],
)
def test_a_rule_about_something_else_hides_nothing(rule):
    assert told(*SECRETS, of=application([rule])) != []


def test_the_call_at_the_key_that_differs_is_named_and_the_value_that_takes_its_place():
    calls = Calls(
        (
            Call("templates/a.yaml", 4, "randAlphaNum", "templates/a.yaml", "a", ("auth.a",)),
            Call("templates/a.yaml", 5, "uuidv4", "templates/a.yaml", "b"),
            Call("templates/other.yaml", 1, "genCA", "templates/other.yaml"),
        )
    )
    ((_, hint),) = told(*SECRETS, calls)
    assert hint.startswith("it comes from `randAlphaNum` in c/templates/a.yaml:4; set `auth.a` in the values, or ignore")


def test_what_is_asked_of_the_cluster_is_told_for_templates_that_render_something_alone():
    call = Call("templates/a.yaml", 3, "lookup", "templates/a.yaml")
    helper = Call("templates/_a.tpl", 1, "lookup", "some.helper")
    sub = Call("charts/s/templates/a.yaml", 2, ".Release.IsUpgrade", "charts/s/templates/a.yaml")
    (found,) = asking([item()], [Made("c", Calls(cluster=(call, helper, sub)))])
    assert found.message.endswith("does not provide: `lookup` finds nothing (c/templates/a.yaml:3)")
    assert list(asking([item()], [Made("other", Calls(cluster=(call,)))])) == []
