"""Pods and waits by the controller's own arithmetic: what environment policy bounds."""

from __future__ import annotations

import pytest

from generator.capacity import least_seconds, peak_pods, resolve_share
from generator.durations import pause_seconds, seconds, spoken

ROUTED = {"nginx": {"stableIngress": "x"}}


@pytest.mark.parametrize(
    ("replicas", "surge", "unavailable"),
    [(1, 1, 0), (4, 1, 1), (10, 3, 2)],
)
def test_defaults_of_surge_round_up_and_of_unavailable_round_down(replicas, surge, unavailable):
    assert resolve_share(None, replicas, default="25%", up=True) == surge
    assert resolve_share(None, replicas, default="25%", up=False) == unavailable


@pytest.mark.parametrize(
    ("strategy", "replicas", "peak"),
    [
        ({"canary": {}}, 10, 13),
        ({"canary": {"maxSurge": 0}}, 10, 10),
        ({"canary": {"maxSurge": "50%"}}, 3, 5),
        ({"blueGreen": {}}, 4, 8),
        ({"canary": {"trafficRouting": ROUTED, "steps": [{"setWeight": 10}, {"setWeight": 50}]}}, 10, 20),
        (
            {"canary": {"trafficRouting": ROUTED, "dynamicStableScale": True, "steps": [{"setWeight": 10}, {"setWeight": 50}]}},
            10,
            15,
        ),
        ({"canary": {"trafficRouting": ROUTED, "dynamicStableScale": True}}, 10, 20),
        ({"canary": {"trafficRouting": ROUTED, "steps": [{"setCanaryScale": {"weight": 300}}, {"setWeight": 1}]}}, 10, 40),
        ({"canary": {"trafficRouting": ROUTED, "steps": [{"setCanaryScale": {"replicas": 15}}]}}, 10, 25),
    ],
)
def test_the_peak_of_a_release(strategy, replicas, peak):
    assert peak_pods(strategy, replicas) == peak


def test_the_least_wait_counts_timed_pauses_and_experiments_and_no_gates():
    steps = [
        {"pause": {"duration": "1m30s"}},
        {"pause": {}},
        {"pause": {"duration": 10}},
        {"experiment": {"duration": "2m", "templates": []}},
    ]
    assert least_seconds({"canary": {"steps": steps}}) == 220
    assert least_seconds({"blueGreen": {"autoPromotionSeconds": 30}}) == 30


@pytest.mark.parametrize(
    ("text", "whole"),
    [("10", 10), (10, 10), ("10s", 10), ("1m30s", 90), ("1.5h", 5400), ("500ms", 0), ("5µs", 0), ("1h0m0.5s", 3600)],
)
def test_pauses_are_cut_off_as_the_controller_cuts_them(text, whole):
    assert pause_seconds(text) == whole


@pytest.mark.parametrize("text", ["", "1w", "5min", "10S", "1h 30m", "PT5M", "1:30", "1e3s", "1h30"])
def test_what_go_refuses_is_refused(text):
    with pytest.raises(ValueError, match="not a duration"):
        seconds(text)


@pytest.mark.parametrize(("total", "text"), [(0, "0s"), (90, "1m30s"), (3600, "1h"), (7260, "2h1m")])
def test_durations_are_said_as_they_are_written(total, text):
    assert spoken(total) == text
