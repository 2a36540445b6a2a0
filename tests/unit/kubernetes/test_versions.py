"""What is stated as the versions that run is understood, or refused with what to write."""

from __future__ import annotations

import json

import pytest

from generator.kubernetes import since, target
from generator.syntax import shipped


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("argocd=3.5", target.Target(argocd="3.5")),
        ("argocd=3.5, rollouts=v1.9.1,kubernetes=1.36,helm=4.2", target.Target("1.36", "3.5", "v1.9.1", "4.2")),
        ("argocd=3.4,argocd=3.5", target.Target(argocd="3.5")),
    ],
)
def test_versions_can_be_stated_in_one_word(text, expected):
    assert target.parse(text) == expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("argocd", "`argocd` is not PRODUCT=VERSION; write it like argocd=3.5"),
        ("", "`` is not PRODUCT=VERSION; write it like argocd=3.5"),
        ("argcd=3.5", "unknown product `argcd`: did you mean `argocd`?"),
        ("istio=1", "unknown product `istio`: use `argocd`, `helm`, `kubernetes` or `rollouts`"),
        ("rollouts=new", "`new` is not a version of Argo Rollouts; write it like rollouts=1.9"),
        ("rollouts=1", "`1` is not a version of Argo Rollouts; write it like rollouts=1.9"),
        ("kubernetes=", "`` is not a version of Kubernetes; write it like kubernetes=1.35"),
        ("kubernetes=1." + "3" * 5000, None),
    ],
)
def test_what_is_no_version_is_refused_with_the_form_to_write(text, said):
    with pytest.raises(ValueError, match=r"write it like|unknown product") as refused:
        target.parse(text)
    assert said is None or str(refused.value) == said


def test_a_target_of_the_wrong_type_states_nothing():
    for wrong in (None, [], "1.31", {"argocd": 3.5, "rollouts": "new", "apiVersions": ["a/v1"]}):
        assert target.of(wrong) == target.UNSTATED


def test_an_old_release_is_told_and_a_supported_one_is_not():
    assert target.outdated(target.parse("argocd=2.14,rollouts=1.8.4")) == [("argocd", "2.14", target.SUPPORTED["argocd"])]
    newest = target.Target(**target.SUPPORTED)
    assert target.outdated(newest) == target.outdated(target.UNSTATED) == []


KINDS = ("Rollout", "AnalysisTemplate", "ClusterAnalysisTemplate", "Experiment", "Application", "ApplicationSet", "AppProject")


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_of_the_table_is_one_of_the_shipped_schemas(kind):
    """A misspelt field in the table would be let through in silence."""
    schema = json.loads(shipped.read("schemas", "crds", f"{kind.lower()}.json"))
    unknown = sorted({path for path in known(kind) if not has(schema, path)})
    assert unknown == []


def known(kind):
    """Yield the paths of the table for a kind, each part once below itself."""
    lines = [line.split() for line in shipped.read("schemas", "fields-by-version.txt").decode().splitlines()]
    rows = [line for line in lines if len(line) == 4 and line[0] != "#"]

    def below(of, base, seen):
        for first, second, third, last in rows:
            if first == "part" and second == of and seen.count(last) < 2:
                yield from below(last, f"{base}.{third}", (*seen, last))
            elif first != "part" and third == of:
                yield f"{base}.{last}".lstrip(".")

    return below({"ClusterAnalysisTemplate": "AnalysisTemplate"}.get(kind, kind), "", ())


IN_NO_TEMPLATE = ("drySource.name", "drySource.tagPrefix")
"""Of every source but this one."""


def has(schema, path):
    if path.endswith(IN_NO_TEMPLATE):
        return True
    node = schema
    for part in path.replace("[]", ".[]").lstrip(".").split("."):
        if not node.keys() & {"properties", "items"}:
            return True  # a generator in a generator in a generator is any data
        node = node.get("items") if part == "[]" else node.get("properties", {}).get(part)
        if node is None:
            return False
    return True


def test_the_table_is_in_order_and_says_nothing_twice():
    lines = [
        line for line in shipped.read("schemas", "fields-by-version.txt").decode().splitlines() if line[:1] not in ("", "#")
    ]
    rows = [tuple(line.split()) for line in lines if not line.startswith("part")]
    assert len(rows) == len(set(rows))
    assert [row[:2] for row in rows] == sorted((row[:2] for row in rows), key=lambda row: (row[0], target.release(row[1])))


def test_odd_data_has_no_newer_fields():
    for odd in (None, [], "a", {"spec": [1]}, {"spec": {"strategy": {"canary": {"steps": {"plugin": 1}}}}}):
        assert list(since.newer_fields("Rollout", odd, target.parse("rollouts=1.4"))) == []
