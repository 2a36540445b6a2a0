"""ApplicationSets make the Applications that Argo CD would make of them."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as some

from generator.kubernetes.applicationsets.expansion import ApplicationSets
from generator.kubernetes.objects import KubeObject
from generator.syntax.budget import Budget
from support import at_hand

CASES = yaml.safe_load(Path(__file__).with_name("application_sets.yaml").read_text())


def expansion(spec, files=()):
    data = {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "ApplicationSet",
        "metadata": {"name": "s", "namespace": "argocd"},
        "spec": spec,
    }
    return at_hand.sets(at_hand.repository(files, {}), files).expansion(KubeObject(data))


@pytest.mark.parametrize("name", CASES)
def test_a_set_makes_what_argo_cd_makes_of_it(name):
    case = CASES[name]
    found = expansion(case["spec"], case.get("files", {}))
    if "names" in case:
        assert [one.name for one in found.applications] == case["names"]
    else:
        assert [one.data[part] for one in found.applications for part in case["at"]] == case["values"]
    assert [why for _, why in found.unknown] == case.get("unknown", [])
    if "problems" in case:
        assert [one.message for one in found.problems] == case["problems"]
    else:
        assert not [one for one in found.problems if one.kind in ("generator", "shape", "template")]


WORDS = [
    "generators",
    "list",
    "elements",
    "elementsYaml",
    "git",
    "files",
    "directories",
    "path",
    "repoURL",
    "matrix",
    "merge",
    "mergeKeys",
    "selector",
    "matchLabels",
    "matchExpressions",
    "key",
    "operator",
    "template",
    "metadata",
    "spec",
    "values",
    "name",
    "a",
]
NODES = some.recursive(
    some.none()
    | some.booleans()
    | some.integers(-2, 2)
    | some.sampled_from(["", "a", "{{a}}", "{{ .a }}", "{{", "{{ if }}", "*"]),
    lambda inner: (
        some.lists(inner, max_size=3)
        | some.dictionaries(
            some.sampled_from(WORDS),
            inner,
            max_size=4,
        )
    ),
    max_leaves=30,
)


@settings(max_examples=300, deadline=None)
@given(NODES, NODES, NODES, some.booleans())
def test_no_set_of_any_shape_ends_in_a_traceback(generators, template, patch, go):
    spec = {"generators": [generators, {"list": generators}, {"matrix": {"generators": [generators, generators]}}]}
    spec |= {"template": template, "templatePatch": patch, "goTemplate": go, "goTemplateOptions": generators}
    assert expansion(spec) is not None


def test_a_set_is_expanded_once_however_many_ask():
    sets = ApplicationSets(Budget())
    item = KubeObject({"spec": {"generators": [{"list": {"elements": [{"a": "b"}]}}], "template": {"metadata": {"name": "x"}}}})
    assert sets.expansion(item) is sets.expansion(item)
