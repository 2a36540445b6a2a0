"""Images that a service states again, looked for in what its environments share."""

from __future__ import annotations

from generator.service.repeats import Looked

SHARED = {"init": [{"name": "migrate", "image": "ghcr.io/acme/web:1.0"}], "probe": {"path": "/healthz"}}


def where(looked, node, *repositories):
    return [one.pointer for one in looked.repeats(node, ("values",), repositories)]


def test_an_image_that_environments_share_is_told_in_each_of_them():
    looked = Looked()
    for name in ("dev", "prod"):
        values = {**SHARED, "env": {"NAME": name}}
        assert where(looked, values, "ghcr.io/acme/web") == [("values", "init", 0, "image")]


def test_what_repeats_no_image_of_one_service_may_repeat_that_of_another():
    looked = Looked()
    assert where(looked, SHARED, "ghcr.io/acme/other") == []
    assert where(looked, SHARED, "ghcr.io/acme/web") == [("values", "init", 0, "image")]
    assert where(looked, SHARED, "ghcr.io/acme/other") == []


def test_an_image_that_only_one_environment_states_is_found_below_what_was_without():
    looked = Looked()
    assert where(looked, {**SHARED, "init": []}, "ghcr.io/acme/web") == []
    assert where(looked, {"jobs": {"db": SHARED}}, "ghcr.io/acme/web") == [("values", "jobs", "db", "init", 0, "image")]


def test_a_fleet_does_not_fill_the_memory():
    looked = Looked()
    for number in range(5_000):
        looked.repeats({"part": {"number": number}}, (), ("ghcr.io/acme/web",))
    assert len(looked._last[1]) <= 1_001
