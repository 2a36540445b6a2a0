"""Every rule finds what it is for, at the value that is at fault, and leaves the rest alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.diagnostics import dotted
from generator.lint.registry import SPEC_RULES
from generator.service.build import build
from generator.service.resolve import Resolver
from generator.syntax.emit import emit
from generator.syntax.reader import parse
from generator.workspace.load import Loader
from generator.workspace.model import Environment, ServiceSpec, Workspace
from support.objects import cases_of_rules

HERE = Path(__file__).with_name("spec_rules")
CASES = cases_of_rules(HERE)
BASE = {
    "argocd": {"project": "p", "destination": {"namespace": "n"}},
    "chart": {"name": "service", "version": "1.0.0", "repository": "oci://r/x"},
}


def built(case):
    """Return what is built of a case's service, in an environment called prod."""
    environment = {**BASE, **case.get("environment", {})}
    environment["argocd"] = {**BASE["argocd"], **environment["argocd"]}
    environment["argocd"]["destination"] = {"namespace": "n", **environment["argocd"]["destination"]}
    service = {"image": {"repository": "x", "tag": "a"}, "chart": {"name": "service"}, **case["service"]}
    service["chart"] = {"name": "service", **service["chart"]}
    env_source = parse("environments/prod.yaml", emit({"spec": environment}).encode())
    spec_source = parse(
        "pipeline.yaml", emit({"metadata": {"name": "web"}, "spec": {**service, "environments": {"prod": {}}}}).encode()
    )
    loader = Loader(str(HERE))
    resolved = Resolver(loader.presets()).resolve(
        ServiceSpec("web", spec_source), Environment("prod", env_source, environment, frozenset(environment["argocd"]))
    )
    profile = loader.profiles.named("service")
    if "profile" in case:  # in mode workloadRef only its name and its values.yaml are those of the shipped one
        profile = profile._replace(spec=case["profile"], varies=False, asks=False)
    return build(resolved, Workspace(spec_source, repo_url="https://x"), profile, loader.template, {})


@pytest.mark.parametrize(("rule", "case"), [pytest.param(rule, case, id=f"{rule}: {name}") for rule, name, case in CASES])
def test_a_rule_finds_just_what_it_is_for(rule, case):
    (found,) = [known for known in SPEC_RULES if known.name == rule]
    findings = list(found.check(built(case)))
    assert [f"{dotted(finding.pointer)}: {finding.message}" for finding in findings] == case["found"]
    assert all(finding.hint for finding in findings)


def test_every_rule_has_a_case_that_fails_and_one_that_passes():
    for rule in SPEC_RULES:
        outcomes = {bool(case["found"]) for name, _, case in CASES if name == rule.name}
        assert outcomes == {True, False}, rule.name
    assert {rule for rule, _, _ in CASES} == {rule.name for rule in SPEC_RULES}
