"""Weights come to as many pods as the controller makes of them; durations and quantities are read as it reads them."""

from __future__ import annotations

from fractions import Fraction

import pytest

from generator.kubernetes.arithmetic import split, stated
from generator.kubernetes.objects import KubeObject
from generator.kubernetes.rollouts import surge
from generator.syntax.durations import go_seconds
from generator.syntax.quantities import quantity

SPLITS = [
    # replicas, weight, without surge, with surge
    (1, 10, (0, 1), (1, 1)),
    (1, 50, (1, 0), (1, 1)),
    (2, 20, (1, 1), (1, 2)),
    (3, 10, (1, 2), (1, 3)),
    (3, 50, (2, 1), (2, 2)),
    (4, 10, (1, 3), (1, 4)),
    (4, 20, (1, 3), (1, 4)),
    (4, 33, (1, 3), (2, 3)),
    (5, 10, (1, 4), (1, 5)),
    (10, 5, (1, 9), (1, 10)),
    (10, 25, (3, 7), (3, 8)),
    (10, 33, (3, 7), (3, 7)),
    (2, 75, (0, 2), (2, 1)),
    (5, 90, (0, 5), (5, 1)),
    (10, 95, (0, 10), (10, 1)),
    (25, 98, (0, 25), (25, 1)),
    (50, 99, (0, 50), (50, 1)),
    (7, 0, (0, 7), (0, 7)),
    (7, 100, (7, 0), (7, 0)),
]


@pytest.mark.parametrize(("replicas", "weight", "without", "with_surge"), SPLITS)
def test_a_weight_comes_to_the_pods_that_the_controller_makes_of_it(replicas, weight, without, with_surge):
    assert split(replicas, weight, 0) == without
    assert split(replicas, weight, 1) == with_surge


@pytest.mark.parametrize(
    ("weight", "least"),
    [(5, 20), (10, 10), (20, 5), (25, 4), (50, 2)],
)
def test_the_least_replicas_of_a_weight_reach_it_exactly(weight, least):
    for more, replicas in ((0, least), (1, least - 1)):
        new, old = split(replicas, weight, more)
        assert new * 100 == weight * (new + old)


@pytest.mark.parametrize(
    ("value", "read", "of_ten"),
    [(25, (25, False), 25), ("25%", (25, True), 3), ("25", (25, True), 3), ("0%", (0, False), 0), ("abc", (0, False), 0)],
)
def test_surge_is_read_as_the_controller_reads_it(value, read, of_ten):
    rollout = KubeObject({"spec": {"strategy": {"canary": {"maxSurge": value}}}})
    assert (stated(value), surge(rollout, 10)) == (read, of_ten)


def test_lint_and_plan_do_not_contradict_each_other_about_a_weight_with_surge():
    assert split(4, 90, 1) == (4, 1)


def test_only_what_go_reads_is_a_duration():
    assert [go_seconds(value) for value in ("0", "-5s", "1h2m3s", ".5s")] == [0, -5, 3723, 0.5]
    assert [go_seconds(value) for value in (60, "60", "1d", "", "9" * 30 + "h")] == [None] * 5


def test_quantities_are_compared_as_numbers():
    assert quantity("1Gi") == 1024**3
    assert quantity("0.5") == quantity("500m") == Fraction(1, 2)
    assert quantity("1e3") == quantity("1k") == quantity(1000)
    assert [quantity(value) for value in ("1gb", "", "Mi", None, True, [])] == [None] * 6
