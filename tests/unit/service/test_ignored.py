"""Argo CD leaves alone what the controller writes: too little resets a canary, too much hides edits."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from generator.service.ignored import ignore_differences

CASES = yaml.safe_load(Path(__file__).with_name("ignored.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", CASES)
def test_a_sync_in_the_middle_of_a_release_resets_nothing(name):
    case = CASES[name]
    rules = ignore_differences(
        {"kind": case.get("workload", "Rollout"), "name": "web"},
        case["strategy"],
        autoscaled=case.get("autoscaled", False),
        server_side_apply=case.get("server_side_apply", False),
        reference=case.get("reference", ""),
    )
    assert rules == case["rules"]
