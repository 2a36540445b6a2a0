"""The order that follows from dependencies, and the circles in them."""

from __future__ import annotations

import pytest

from generator.service.dependencies import Dependency, circles, is_range, runs, stages, unmet

NEEDS = {"shop": ["checkout", "search"], "checkout": ["payments"], "payments": ["ledger"], "search": [], "ledger": []}


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        (["shop", "checkout", "payments", "search"], [["payments", "search"], ["checkout"], ["shop"]]),
        (["shop", "ledger"], [["ledger"], ["shop"]]),  # what is between them is not released, and orders them all the same
        (["search", "ledger"], [["ledger", "search"]]),
        (["unknown"], [["unknown"]]),
        ([], []),
    ],
)
def test_services_are_released_after_those_that_they_need(members, expected):
    assert stages(NEEDS, members) == expected


@pytest.mark.parametrize(
    ("needs", "expected"),
    [
        (NEEDS, []),
        ({"a": ["b"], "b": ["a"], "c": ["a"], "leaf": []}, [["a", "b"]]),
        ({"c": ["b", "x"], "b": ["a"], "a": ["c"], "x": ["y"], "y": ["x"]}, [["a", "c", "b"], ["x", "y"]]),
        ({"a": ["a", "gone"]}, []),  # itself and what does not exist are findings of their own
        ({"a": ["b", "b"], "b": []}, []),
    ],
)
def test_each_circle_is_found_once_and_from_its_first_name(needs, expected):
    assert circles(needs) == expected


def test_a_long_chain_and_a_large_circle_of_a_hostile_workspace_take_no_recursion():
    chain = {f"s{number}": [f"s{number + 1}"] for number in range(20_000)}
    assert len(stages(chain, chain)) == 20_000
    assert circles({**chain, "s20000": []}) == []
    assert len(circles({**chain, "s20000": ["s0"]})[0]) == 20_001


@pytest.mark.parametrize(
    ("wanted", "version", "why"),
    [
        (">=2.1", "2.1.0", ""),
        (">=2.1", "v2.4.0", ""),
        (">=2.1", "2.4", ""),
        (">=2.1", "v2", "which is not in the range"),
        (">=2.1", "20261128", ""),
        ("", "main-7f3", ""),
        (">=2.1", "2.0.9", "which is not in the range"),
        (">=2.1", "2.2.0-rc.1", "a pre-release, which the range does not include"),
        (">=2.1.0-0", "2.2.0-rc.1", ""),
        (">=2.1", "main-7f3", "which cannot be compared"),
        (">=2.1", "", "which has no version to compare"),
        ("latest", "1.0.0", ""),  # the range itself is the finding
    ],
)
def test_a_version_will_do_or_there_is_a_reason(wanted, version, why):
    assert unmet(Dependency("payments", wanted, ()), version) == why


def test_a_service_without_a_tag_is_known_by_its_chart():
    assert runs({"image": {"tag": "1.0.0"}, "chart": {"version": "9"}}) == "1.0.0"
    assert runs({"chart": {"version": "9.0.0"}}) == "9.0.0"
    assert runs({"chart": {"repoURL": "https://example.com/c", "revision": "v1.2.3"}}) == "v1.2.3"
    assert runs({"image": {"digest": "sha256:1"}, "chart": {"version": "9.0.0"}}) == ""
    assert runs({}) == ""


def test_ranges_are_those_of_helm():
    assert all(map(is_range, (">=1.2", "^1", "~1.2 || 3.x", "1.2 - 1.4", "*", "1.2.3")))
    assert not any(map(is_range, ("latest", ">", ">=1.2.x.y", "")))
