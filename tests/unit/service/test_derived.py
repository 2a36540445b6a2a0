"""What a spec says, for charts that want it said otherwise."""

from __future__ import annotations

import pytest

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
