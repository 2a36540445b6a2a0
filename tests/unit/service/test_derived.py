"""What a spec says, for charts that want it said otherwise."""

from __future__ import annotations

import pytest

from generator.service.application import guarded
from generator.service.derived import by_tag, metrics

DIGEST = "sha256:" + "ab" * 32


@pytest.mark.parametrize(
    ("image", "reference"),
    [
        ({"tag": "1.0"}, "r:1.0"),
        ({"tag": "1.0", "digest": DIGEST}, f"r:1.0@{DIGEST}"),
        ({"digest": DIGEST}, f"r@{DIGEST}"),
    ],
)
def test_a_chart_that_puts_a_colon_between_the_two_runs_the_image_of_the_spec(image, reference):
    split = by_tag({"repository": "r", **image})
    assert f"{split['repository']}:{split['tag']}" == reference


def test_an_image_that_says_nothing_of_its_version_is_not_given_one():
    assert by_tag({"repository": "r"}) == {"repository": "r"}


def test_each_target_is_a_metric_and_nothing_else_is():
    scaling = {"minReplicas": 1, "maxReplicas": 2, "targetMemoryUtilizationPercentage": 70}
    target = {"type": "Utilization", "averageUtilization": 70}
    assert metrics(scaling) == [{"type": "Resource", "resource": {"name": "memory", "target": target}}]
    assert metrics({}) == []


@pytest.mark.parametrize(
    ("given", "made"),
    [
        ("", "Prune=confirm,Delete=confirm"),
        ("ServerSideApply=true", "ServerSideApply=true,Prune=confirm,Delete=confirm"),
        ("Prune=true", "Prune=true,Prune=confirm,Delete=confirm"),
        ("Prune=false", "Prune=false,Delete=confirm"),
        (" Delete=confirm, Prune=false", " Delete=confirm, Prune=false"),
    ],
)
def test_sync_options_of_a_spec_do_not_take_the_guard_off_an_application_that_keeps_its_workload(given, made):
    assert guarded(given) == made
