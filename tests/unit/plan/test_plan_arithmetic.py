"""Pods and traffic by the controller's own arithmetic: upstream's tables, and what must hold for all of them."""

from __future__ import annotations

from math import gcd
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from generator.kubernetes.arithmetic import Bounds, Pods, at_least, bounds, exact_replicas, share, split, weighted
from generator.plan import basic, deployment, routed
from generator.plan.basic import ReplicaSet, move

FACTS = yaml.safe_load(Path(__file__).with_name("plan_arithmetic.yaml").read_text(encoding="utf-8"))
SURGES = (0, 1, "25%", "100%")


@pytest.mark.parametrize(("replicas", "weight", "surge", "canary", "stable"), FACTS["split"])
def test_the_split_of_the_pods_is_what_upstream_says(replicas, weight, surge, canary, stable):
    assert split(replicas, weight, surge) == (canary, stable)


@pytest.mark.parametrize("row", FACTS["look"], ids=str)
def test_one_look_of_the_controller_does_what_upstream_says(row):
    limits = bounds(row["maxSurge"], row["maxUnavailable"], row["replicas"])
    target = split(row["replicas"], row["weight"], limits.surge)
    found = basic.counts(
        row["replicas"], target, limits, ReplicaSet(*row["canary"]), ReplicaSet(*row["stable"]), row.get("older", 0)
    )
    assert found == (row["then"]["canary"], row["then"]["stable"])


@pytest.mark.parametrize("row", FACTS["routed"], ids=str)
def test_pods_behind_a_router_are_what_upstream_says(row):
    routing = routed.Routing(row["replicas"], dynamic=row.get("dynamic", False), least=row.get("minPods"))
    found = routed.counts(routing, row["weight"], routed.scale_of(row.get("scale")), row.get("actual"))
    assert found == (row["then"]["canary"], row["then"]["stable"])


@pytest.mark.parametrize(("replicas", "weight", "whole", "pods"), FACTS["weighted"])
def test_a_weight_in_pods_is_rounded_up(replicas, weight, whole, pods):
    assert weighted(replicas, weight, whole) == pods


@pytest.mark.parametrize(
    ("value", "replicas", "up", "pods"),
    [
        (2, 10, True, 2),
        ("25%", 1, True, 1),
        ("25%", 1, False, 0),
        ("25%", 10, True, 3),
        ("25%", 10, False, 2),
        ("1", 10, True, 1),
        ("5", 10, False, 0),
        ("+25%", 4, True, 1),
        ("100%", 7, True, 7),
        ("0%", 7, True, 0),
        ("abc", 10, True, None),
        ("10 %", 10, True, None),
        ("", 10, True, None),
        ("2.5%", 10, True, None),
    ],
)
def test_shares_are_read_as_the_controller_reads_them(value, replicas, up, pods):
    assert share(value, replicas, up=up) == pods


@pytest.mark.parametrize(
    ("surge", "unavailable", "replicas", "expected"),
    [
        (None, None, 1, (1, 0)),
        (None, None, 4, (1, 1)),
        (None, None, 10, (3, 2)),
        (0, 0, 10, (0, 1)),
        ("0%", "9%", 10, (0, 1)),
        (0, 99, 3, (0, 3)),
        ("abc", 3, 10, (0, 0)),
        (3, "abc", 10, (0, 0)),
    ],
)
def test_bounds_round_apart_and_never_forbid_both(surge, unavailable, replicas, expected):
    assert bounds(surge, unavailable, replicas) == expected


def test_without_surge_there_are_exactly_five_pairs_that_upstream_has_no_answer_for():
    holes = [
        (replicas, weight)
        for replicas in range(2, 101)
        for weight in range(1, 100)
        if split(replicas, weight, 0) == (0, replicas)
    ]
    assert holes == [(2, 75), (5, 90), (10, 95), (25, 98), (50, 99)]


@pytest.mark.parametrize("surge", SURGES)
def test_every_split_from_1_to_100_replicas_stays_in_its_bounds_and_comes_as_near_as_pods_allow(surge):
    for replicas in range(1, 101):
        room = bounds(surge, 0, replicas).surge
        for weight in range(101):
            canary, stable = split(replicas, weight, room)
            total = canary + stable
            assert total in ((replicas, replicas + 1) if room else (replicas,))
            if room == 0 and (canary == 0) and weight > 0:
                continue  # one replica, or a pair without an answer
            if 0 < weight < 100 and (replicas > 1 or room):
                assert canary >= 1
                assert stable >= 1
            missed = abs(canary * 100 / total - weight)
            assert missed <= (50 if replicas + bool(room) <= 2 else 100 / replicas), (replicas, weight, canary, stable)


@pytest.mark.parametrize("surge", [0, 1])
def test_more_weight_is_never_fewer_canary_pods(surge):
    for replicas in range(1, 101):
        reached = [split(replicas, weight, surge).canary for weight in range(101)]
        rising = [count for weight, count in enumerate(reached) if surge or count or not weight]
        assert rising == sorted(rising), replicas


@pytest.mark.parametrize("surge", [0, 1])
def test_the_advised_replicas_reach_every_weight_and_one_fewer_does_not(surge):
    for step in (1, 2, 4, 5, 10, 20, 25, 50):
        weights = list(range(step, 100, step))
        enough = exact_replicas(weights, surge=bool(surge))
        exact = [split(enough, weight, surge) for weight in weights]
        assert [pods.canary * 100 / pods.total for pods in exact] == weights
        fewer = [split(enough - 1, weight, surge) for weight in weights] if enough > 1 else []
        assert not fewer or [pods.canary * 100 / max(pods.total, 1) for pods in fewer] != weights
        assert 100 % gcd(100, *weights) == 0


def test_pods_behind_a_router_carry_the_weight_with_less_than_a_pod_to_spare():
    for replicas in range(1, 101):
        before = 0
        for weight in range(101):
            pods = weighted(replicas, weight, 100)
            assert before <= pods <= replicas
            assert 0 <= pods - replicas * weight / 100 < 1
            assert at_least(pods, 3, replicas) == (0 if pods == 0 else max(pods, min(3, replicas)))
            before = pods


REPLICAS = st.integers(1, 40)
WEIGHTS = st.integers(0, 100)
LIMITS = st.tuples(st.integers(0, 12), st.integers(0, 12))


@given(REPLICAS, WEIGHTS, WEIGHTS, LIMITS, st.data())
def test_whenever_pods_become_available_a_move_never_leaves_its_peak_and_floor(replicas, before, weight, given_limits, data):
    limits = bounds(*given_limits, replicas)
    start = split(replicas, before, limits.surge)
    target = split(replicas, weight, limits.surge)
    way = move(replicas, weight, limits, start)
    assert way.arrived
    assert way.pods == target
    assert way.peak <= max(replicas + limits.surge, start.total)
    assert way.floor >= min(replicas - limits.unavailable, start.total)
    canary, stable = ReplicaSet(start.canary, start.canary), ReplicaSet(start.stable, start.stable)
    while True:
        assert canary.wanted + stable.wanted <= way.peak
        assert canary.available + stable.available >= way.floor
        wanted = basic.counts(replicas, target, limits, canary, stable)
        if wanted.stable != stable.wanted:
            stable = stable.scaled(wanted.stable)
        elif wanted.canary != canary.wanted:
            canary = canary.scaled(wanted.canary)
        elif canary.available + stable.available == canary.wanted + stable.wanted:
            break
        ready = data.draw(st.integers(0, 3), label="pods that become available")
        stuck = canary == (canary.wanted, canary.available) and wanted == (canary.wanted, stable.wanted)
        for _ in range(max(ready, int(stuck))):
            if canary.available < canary.wanted:
                canary = ReplicaSet(canary.wanted, canary.available + 1)
            elif stable.available < stable.wanted:
                stable = ReplicaSet(stable.wanted, stable.available + 1)
    assert (canary.wanted, stable.wanted) == way.pods


@pytest.mark.parametrize("surge", SURGES)
@pytest.mark.parametrize("unavailable", [0, 1, "25%"])
def test_every_move_from_1_to_100_replicas_arrives_within_its_bounds(surge, unavailable, request):
    step = 1 if request.config.getoption("--exhaustive") else 7
    for replicas in range(1, 101):
        limits = bounds(surge, unavailable, replicas)
        for weight in range(0, 101, step):
            there = move(replicas, weight, limits, Pods(0, replicas))
            back = move(replicas, 0, limits, there.pods)
            for way in (there, back):
                assert way.arrived
                assert way.peak <= replicas + max(limits.surge, way.pods.total - replicas)
                assert way.floor >= replicas - limits.unavailable
            assert back.pods == (0, replicas)


def test_a_move_without_any_room_goes_nowhere_and_says_so():
    way = move(10, 50, Bounds(0, 0), Pods(0, 10))
    assert not way.arrived
    assert way.pods == (0, 10)


@given(REPLICAS, LIMITS)
def test_a_deployment_stays_within_its_bounds_and_uses_them(replicas, given_limits):
    limits = bounds(*given_limits, replicas)
    way = deployment.roll(replicas, limits)
    assert way.arrived
    assert way.pods == (replicas, 0)
    assert way.peak == max(replicas, min(replicas + limits.surge, 2 * replicas))
    assert way.floor == replicas - limits.unavailable
