"""A service gets the findings that it would get alone, whatever was found in those before it."""

from __future__ import annotations

import pytest

from generator.kubernetes.applications import APPLICATION
from generator.kubernetes.objects import KubeObject, Objects
from generator.kubernetes.target import of
from generator.lint.engine import dispatch, examine
from generator.lint.registry import BEFORE_HELM
from generator.pipeline.run import Mode, Request, run
from generator.pipeline.verdicts import application_says, others_say, unnamed
from generator.service.application import GENERATE_PATHS
from support.objects import cases_of_rules, written
from support.paths import TESTS
from support.workspace import workspace

SPEC = """\
apiVersion: tiphys/v1
kind: Pipeline
metadata: {{name: {name}, labels: {{team: {name}-team}}}}
spec:
  image: {{repository: ghcr.io/acme/{name}, tag: "1.0.0"}}
  {part}
  environments:
    dev: {{}}
"""
PARTS = (
    "rollout: {preset: blue-green}",
    "rollout: {strategy: {blueGreen: {activeService: NAME, previewService: NAME}}}",
    "rollout: {strategy: {blueGreen: {activeService: web, previewService: NAME}}}",
    "rollout: {strategy: {canary: {steps: [{setWeight: 50}, {setWeight: 20}]}}}",
    "rollout: {strategy: {canary: {steps: [{setWeight: 50}, {pause: {duration: NAME}}]}}}",
    "rollout: {strategy: {canary: {steps: [{setWeight: 50}, {pause: {duration: 5m}}]}}}",
    "argocd: {annotations: {argocd.argoproj.io/sync-wave: NAME}}",
    "argocd: {annotations: {argocd.argoproj.io/hook: nope}}",
    "argocd: {ignoreDifferences: [{group: apps, kind: Deployment, name: NAME, jsonPointers: [spec]}]}",
    "argocd: {syncPolicy: {syncOptions: [CreateNamespace=true, Replace=true, ServerSideApply=true]}}",
    "replicas: 2",
)
NAMES = ("web", "api", "s5m", "result", "web-web")


def findings(folder, names=()):
    outcome = run(Request(str(folder), Mode.LINT, tuple(names)))
    return [one for one in outcome.diagnostics if not names or one.service in names]


@pytest.mark.parametrize("part", PARTS)
def test_no_service_of_a_fleet_gets_the_findings_of_another(part, tmp_path):
    folder = workspace(tmp_path / "w")
    for name in NAMES:
        spec = folder / "services" / name / "pipeline.yaml"
        spec.parent.mkdir(exist_ok=True)
        spec.write_text(SPEC.format(name=name, part=part.replace("NAME", name)))
    together = findings(folder)
    alone = [one for name in NAMES for one in findings(folder, [name])]
    assert sorted(one for one in together if one.service) == sorted(alone)


CASES = [
    pytest.param(rule, item, id=f"{rule}: {name}: {number}")
    for rule, name, case in cases_of_rules(TESTS / "unit" / "lint" / "object_rules")
    for number, item in enumerate({"metadata": {}, "spec": {}, **written(one)} for one in case["objects"])
    if item.get("kind") == "Application" and any(one.name == rule for one in BEFORE_HELM)
    if isinstance(item.get("metadata"), dict) and isinstance(item.get("spec"), dict)
]


@pytest.mark.parametrize(("rule", "item"), CASES)
def test_no_rule_reads_what_applications_are_remembered_without(rule, item):
    """A rule that did would only run on the first service of a fleet."""
    rules = dispatch([one for one in BEFORE_HELM if one.name == rule])
    target = of({"argocd": "2.6", "rollouts": "1.3"})
    whole, rest = (
        [(one.finding.pointer, one.rule.id) for one in examine(Objects([KubeObject(data)], target=target), rules)]
        for data in (item, unnamed(item))
    )
    assert whole == rest


def test_there_are_cases_of_all_rules_over_applications_before_helm():
    ours = {one.name for one in BEFORE_HELM if one.kinds == APPLICATION}
    assert ours <= {case.values[0] for case in CASES}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"activeService": "web"}, {"activeService": "web-web"}),
        ({"duration": "web"}, {"duration": "api"}),
        ({"name": "api"}, {"name": "web"}),
        ({"web": 1}, {"api": 1}),
        ({"value": 1}, {"value": True}),
        ({"value": 1}, {"value": "1"}),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
    ],
)
def test_what_rules_may_judge_differently_is_not_the_same(first, second):
    assert others_say([first], "web") != others_say([second], "api")


def test_names_that_may_be_too_long_stay():
    long = "a" * 50
    assert others_say([{"stableService": f"{long}-{long}"}], long) != others_say([{"stableService": f"web-{long}"}], "web")


def test_names_that_may_be_numbers_stay():
    assert others_say([{"value": "5m"}], "5m") != others_say([{"value": "5x"}], "5x")


def test_services_say_the_same_but_for_their_names():
    def application(name):
        metadata = {"name": name, "labels": {"team": name}, "annotations": {GENERATE_PATHS: f"/generated/{name}"}}
        return {
            "kind": "Application",
            "metadata": metadata,
            "spec": {"source": {"path": name}, "destination": {"namespace": name}},
        }

    said = [
        application_says(application(name), others_say([{"activeService": f"{name}-active"}], name), name) for name in NAMES
    ]
    assert len(set(said)) == 1
