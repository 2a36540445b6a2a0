"""Layers become one service, and every value can say where it comes from."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.service.origins import origins
from generator.service.resolve import UnresolvedError
from generator.syntax.emit import emit
from generator.syntax.merge import lookup, merge, without_nulls
from generator.syntax.schema.validate import accepts
from support.services import resolved, where


def test_the_nearest_layer_wins_and_the_others_can_be_named():
    service = resolved(
        "replicas: 3\nenvironments:\n  prod: {replicas: 5}",
        "spec:\n  defaults: {replicas: 1, values: {a: {b: 1}}}",
    )
    assert service.data["replicas"] == 5
    assert where(service, "replicas") == ["pipeline.yaml:5", "pipeline.yaml:3", "environments/prod.yaml:2"]
    assert where(service, "values", "a", "b") == ["environments/prod.yaml:2"]


def test_null_removes_what_a_lower_layer_says_and_is_never_written_out():
    service = resolved(
        "values: {a: null, b: {c: null, d: 1}, new: {x: null}}\nenvironments:\n  prod: {autoscaling: null}\nautoscaling: {minReplicas: 1}",
        "spec:\n  defaults: {values: {a: 1, b: {c: 2}}}",
    )
    assert service.data == {"values": {"b": {"d": 1}, "new": {}}}


def test_lists_replace_and_do_not_mix():
    service = resolved("values: {l: [1, 2]}\nenvironments:\n  prod: {values: {l: [3]}}")
    assert service.data["values"]["l"] == [3]


def test_a_null_inside_a_list_is_refused_as_it_removes_nothing():
    with pytest.raises(UnresolvedError) as error:
        resolved("values: {l: [{a: null}]}\nenvironments: {prod: {}}")
    assert [problem.rule for problem in error.value.problems] == ["TP038"]


@pytest.mark.parametrize(
    ("below", "above"), [("1", "{a: 1}"), ("{a: 1}", "1"), ("[1]", "{a: 1}"), ("[1]", "x"), ("{a: 1}", "[1]")]
)
def test_a_map_over_a_value_is_refused_rather_than_lost(below, above):
    with pytest.raises(UnresolvedError) as error:
        resolved(f"values: {{x: {below}}}\nenvironments:\n  prod: {{values: {{x: {above}}}}}")
    (problem,) = error.value.problems
    assert (problem.rule, problem.pointer) == ("TP030", ("values", "x"))


def test_blue_green_over_canary_replaces_the_whole_strategy():
    service = resolved(
        "rollout: {strategy: {canary: {steps: [{setWeight: 5}]}}}\nenvironments:\n  prod: {rollout: {strategy: {blueGreen: {autoPromotionEnabled: false}}}}",
    )
    assert service.strategy == {"blueGreen": {"autoPromotionEnabled": False}}


def test_an_environment_can_switch_between_fields_of_which_one_is_allowed():
    service = resolved(
        "rollout: {strategy: {canary: {antiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {}}}}}\n"
        "environments:\n  prod: {rollout: {strategy: {canary: {antiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: null, "
        "preferredDuringSchedulingIgnoredDuringExecution: {weight: 1}}}}}}",
    )
    assert service.strategy["canary"]["antiAffinity"] == {"preferredDuringSchedulingIgnoredDuringExecution": {"weight": 1}}
    assert accepts("pipeline", {"apiVersion": "tiphys/v1", "kind": "Pipeline", **service.spec.source.data})


def test_canary_over_canary_merges():
    service = resolved(
        "rollout: {strategy: {canary: {maxSurge: 1, steps: [{setWeight: 5}]}}}\nenvironments:\n  prod: {rollout: {strategy: {canary: {steps: [{setWeight: 9}]}}}}",
    )
    assert service.strategy == {"canary": {"maxSurge": 1, "steps": [{"setWeight": 9}]}}


PRESET = "spec: {strategy: {canary: {maxSurge: 2, steps: [{setWeight: 20}]}}, rollbackWindow: {revisions: 3}}"


def test_a_preset_counts_where_it_is_named_and_can_be_adjusted_above():
    service = resolved(
        "rollout: {preset: slow}\nenvironments:\n  prod: {rollout: {strategy: {canary: {maxSurge: 1}}}}",
        "spec: {defaults: {rollout: {strategy: {blueGreen: {}}}}}",
        {"slow": PRESET},
    )
    assert service.strategy == {"canary": {"maxSurge": 1, "steps": [{"setWeight": 20}]}}
    assert service.rollout["rollbackWindow"] == {"revisions": 3}
    assert where(service, "rollout", "strategy", "canary", "maxSurge") == ["pipeline.yaml:5", "strategies/slow.yaml:1"]


def test_another_preset_forgets_the_first_whole():
    service = resolved(
        "rollout: {preset: slow, analysisTemplates: [{file: a.yaml}]}\nenvironments:\n  prod: {rollout: {preset: quick}}",
        presets={"slow": PRESET, "quick": "spec: {strategy: {canary: {steps: [{setWeight: 50}]}}}"},
    )
    assert service.rollout == {"preset": "quick", "strategy": {"canary": {"steps": [{"setWeight": 50}]}}}


def test_an_unknown_preset_is_named_with_the_one_that_was_meant():
    with pytest.raises(UnresolvedError) as error:
        resolved("rollout: {preset: slwo}\nenvironments: {prod: {}}", presets={"slow": PRESET})
    (problem,) = error.value.problems
    assert (problem.rule, problem.hint) == ("TP033", "did you mean `slow`?")


def test_rollout_null_is_a_plain_deployment():
    assert (
        resolved(
            "environments:\n  prod: {rollout: null}", "spec: {defaults: {rollout: {preset: slow}}}", {"slow": PRESET}
        ).rollout
        == {}
    )


def test_a_new_tag_forgets_the_digest_of_the_old_one():
    service = resolved('image: {repository: x, tag: "1", digest: "sha256:a"}\nenvironments:\n  prod: {image: {tag: "2"}}')
    assert service.data["image"] == {"repository": "x", "tag": "2"}


def test_another_chart_forgets_the_version_of_the_first():
    service = resolved("chart: {name: other}\nenvironments: {prod: {}}", 'spec: {chart: {name: service, version: "1.0.0"}}')
    assert service.data["chart"] == {"name": "other"}


def test_placeholders_of_the_environment_and_of_presets_get_their_values_and_other_braces_stay():
    service = resolved(
        "rollout: {preset: p}\nenvironments: {prod: {values: {mine: '{service}'}}}",
        "spec: {defaults: {values: {host: '{service}.{environment}.{labels.team}', tpl: '{{ x }} {{args.y}} {other} ${service}'}}}",
        {"p": "spec: {strategy: {blueGreen: {activeService: '{service}-live'}}}"},
    )
    assert service.data["values"] == {"host": "web.prod.shop", "tpl": "{{ x }} {{args.y}} {other} $web", "mine": "{service}"}
    assert service.strategy == {"blueGreen": {"activeService": "web-live"}}


def test_a_label_that_the_service_lacks_is_asked_for():
    with pytest.raises(UnresolvedError) as error:
        resolved("environments: {prod: {}}", "spec: {defaults: {values: {x: '{labels.owner}'}}}")
    assert [problem.rule for problem in error.value.problems] == ["TP035"]


LEAVES = st.none() | st.integers(0, 9) | st.sampled_from(["x", "z"]) | st.lists(st.integers(0, 9), max_size=2)
MAPS = st.recursive(
    st.dictionaries(st.sampled_from("abc"), LEAVES, max_size=3),
    lambda inner: st.dictionaries(st.sampled_from("abc"), LEAVES | inner, max_size=3),
    max_leaves=8,
)


def reference(below: Any, above: Any) -> Any:
    """Merge the plain way: copy everything, then go key by key."""
    if not isinstance(above, dict):
        return above
    result = dict(below) if isinstance(below, dict) else {}
    for key, value in above.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = reference(result.get(key), value)
    return result


@settings(max_examples=500, deadline=None, derandomize=True)
@given(MAPS, MAPS)
def test_merging_is_what_a_plain_merge_does_and_leaves_its_arguments_alone(below, above):
    below = without_nulls(below)
    before = (repr(below), repr(above))
    clashes: list = []
    merged = merge(below, above, clashes)
    assert (repr(below), repr(above)) == before
    if not clashes:
        assert merged == reference(below, above)
        kept = [key for key in below if key in merged]
        assert list(merged)[: len(kept)] == kept, "a review shows only what changed: keys keep their order"


def leaves(node: Any, at: tuple = ()):
    """Yield (pointer, value) of everything that is no map."""
    if isinstance(node, dict) and node:
        for key, value in node.items():
            yield from leaves(value, (*at, key))
    elif at:
        yield at, node


@settings(max_examples=300, deadline=None, derandomize=True)
@given(MAPS, MAPS, MAPS)
def test_the_origin_of_every_leaf_says_the_value_that_won(defaults, base, overlay):
    text = yaml.safe_dump(
        {"values": base, "environments": {"prod": {"values": overlay}}}, default_flow_style=True, width=10_000
    ).replace("y:", '"y":')
    environment = emit({"spec": {"defaults": {"values": without_nulls(defaults)}}})
    try:
        service = resolved(text.strip(), environment)
    except UnresolvedError:
        return
    for pointer, value in leaves(service.data):
        winner = next(origins(service.layers, pointer))
        found, said = lookup(winner.layer.source.data, winner.layer.locate(pointer))
        assert found
        assert without_nulls(said) == value
