"""The file of a rendered object keeps its name for as long as the object does, on every system."""

from __future__ import annotations

from itertools import permutations

import pytest

from generator.syntax import names
from generator.verify.object_files import stems

SETTINGS = ("", "ConfigMap", "shop", "settings")


def test_a_file_is_called_after_kind_and_name():
    assert stems([SETTINGS, ("apps", "Deployment", "shop", "web")]) == ["configmap-settings", "deployment-web"]


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        ([("", "ConfigMap", "kube-system", "settings")], ["configmap-shop-settings", "configmap-kube-system-settings"]),
        ([("x.io", "ConfigMap", "shop", "settings")], ["configmap-shop-settings", "configmap.x.io-shop-settings"]),
    ],
)
def test_objects_that_would_share_a_file_are_told_apart_whatever_their_order(others, expected):
    wanted = dict(zip([SETTINGS, *others], expected, strict=True))
    for keys in permutations(wanted):
        assert dict(zip(keys, stems(keys), strict=True)) == wanted


def test_names_that_only_case_or_a_colon_tells_apart_get_different_files():
    keys = [("rbac", "ClusterRole", "", name) for name in ("system:a", "system-a", "System:A")]
    wanted = dict(zip(keys, stems(keys), strict=True))
    assert len(set(wanted.values())) == 3
    assert all(name.startswith("clusterrole.rbac-system-a-") for name in wanted.values())
    for order in permutations(keys):
        assert dict(zip(order, stems(order), strict=True)) == wanted


def test_a_name_that_looks_like_one_with_a_namespace_gets_its_own_file():
    keys = [("", "A", "b", "c"), ("x", "A", "d", "c"), ("", "A", "e", "b-c")]
    found = stems(keys)
    assert len(set(found)) == 3
    for order in permutations(keys):
        assert set(stems(order)) == set(found)


@pytest.mark.parametrize("name", ["x" * 253, "a.b.", "ä-ö", "con", "-", "A_B"])
def test_every_name_becomes_one_that_can_be_checked_out_everywhere(name):
    (found,) = stems([("g.io", "Kind", "shop", name)])
    assert names.unusable_file(found) == ""
    assert len(found) <= 200


def test_no_name_leads_out_of_the_folder():
    found = stems([("", "../Kind", "..", "../../etc/passwd"), ("", "..", "", "/")])
    assert not any("/" in name or name.startswith(".") for name in found)


def test_a_long_name_still_tells_its_object_apart():
    keys = [("", "ConfigMap", "shop", "x" * 230 + end) for end in "ab"]
    assert len(set(stems(keys))) == 2
