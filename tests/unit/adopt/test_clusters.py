"""Clusters of one environment: destinations where nothing is lost by it, else environments, and the reason."""

from __future__ import annotations

import pytest

from generator.adopt.clusters import splits
from generator.adopt.environments import environment_of
from generator.adopt.forms import Group, chosen, placed, prevents
from generator.adopt.grouping import grouped
from generator.adopt.model import Found
from generator.adopt.settings import Settings
from generator.adopt.user_patterns import Patterns

GROUP = Group("prod", ("prod-eu", "prod-us"), ("eu", "us"))


@pytest.mark.parametrize(
    ("environments", "expected"),
    [
        (["prod-eu", "prod-us", "dev"], {"prod-eu": ("prod", "eu"), "prod-us": ("prod", "us")}),
        (["eu-pre-prod", "us-pre-prod"], {"eu-pre-prod": ("pre-prod", "eu"), "us-pre-prod": ("pre-prod", "us")}),
        (["prod-eu", "dev-eu"], {}),
        (["prod", "prod-eu", "prod-us"], {}),
        (["prod-1", "prod-2"], {}),
        (["one", "two"], {}),
    ],
)
def test_environments_of_one_stage_may_be_clusters_of_one_environment(environments, expected):
    assert splits(environments) == expected


def found(service, cluster, *, server="", namespace="argocd"):
    spec = {"destination": {"server": server or f"https://{cluster}.example.org", "namespace": "shop"}}
    metadata = {"name": f"{service}-prod-{cluster}", "namespace": namespace}
    return Found({"metadata": metadata, "spec": spec}, f"{cluster}.yaml", f"prod-{cluster}/x.yaml", f"/{cluster}.yaml")


def settings(cell, *, versions=("/shared.yaml",), wave="", **data):
    one = cell.found
    argocd = {"applicationName": one.name, "project": "shop", "destination": dict(one.destination)}
    argocd |= {"labels": {"region": cell.split[1]}} | ({"annotations": {"argocd.argoproj.io/sync-wave": wave}} if wave else {})
    image = {"repository": "x.example.org/x", "tag": "1.0.0"}
    full = {"image": image, "argocd": argocd, **data}
    return Settings(cell, full, one.item.namespace, "orphan", (), versions=frozenset(versions))


def cells(*applications, patterns=Patterns()):  # noqa: B008
    return grouped(applications, patterns)[0]


EU, US = cells(found("web", "eu"), found("web", "us"))
TAG = {"repository": "x.example.org/x", "tag": "2.0.0"}


@pytest.mark.parametrize(
    ("every", "roots", "why"),
    [
        ([settings(EU), settings(US)], (), ""),
        ([settings(EU, replicas=1), settings(US, values={"a": 1})], (), ""),
        ([settings(EU), settings(US, image=TAG)], (), "web does not have the same image in all of them"),
        (
            [settings(EU, chart={"name": "a"}), settings(US, chart={"name": "b"})],
            (),
            "web does not have the same chart in all of them",
        ),
        (
            [settings(EU, versions=["/eu.yaml"]), settings(US, versions=["/us.yaml"])],
            (),
            "the version of web is in a file of each, so each can be released by itself",
        ),
        ([settings(EU), settings(US)], ("prod-eu",), "`prod-eu` has a root Application of its own"),
        ([settings(EU), settings(US)], GROUP.members, "`prod-eu` and `prod-us` have root Applications of their own"),
        (
            [settings(one) for one in cells(found("web", "eu"), found("web", "us"), found("mail", "eu"))],
            (),
            "mail is not in `prod-us`",
        ),
        (
            [settings(one) for one in cells(found("web", "eu", server="https://a"), found("web", "us", server="https://a/"))],
            (),
            "they are on one cluster",
        ),
        (
            [settings(EU), settings(US._replace(found=EU.found))],
            (),
            "they use the same names of Applications, so each has an Argo CD of its own",
        ),
        (
            [settings(one) for one in cells(found("web", "eu"), found("web", "us", namespace="argocd-us"))],
            (),
            "they have Applications in different namespaces",
        ),
        ([settings(EU), settings(US)._replace(on_delete="cascade")], (), ""),
    ],
)
def test_clusters_stay_environments_where_a_destination_would_lose_something(every, roots, why):
    assert prevents(GROUP, every, roots, wanted=False) == why


def test_clusters_that_the_user_asks_for_may_have_versions_of_their_own():
    every = [settings(EU, versions=["/eu.yaml"]), settings(US, versions=["/us.yaml"])]
    assert prevents(GROUP, every, (), wanted=True) == ""


def test_the_shorter_files_win():
    every = [settings(EU), settings(US)]
    assert [form.why for form in chosen(every, (), lambda some: len({one.cell.environment for one in some}), wanted=False)] == [
        ""
    ]
    assert chosen(every, (), lambda _: 1, wanted=False)[0].why == "their files are shorter"


def test_a_pattern_of_the_user_names_environments_or_their_clusters():
    applications = [found("web", "eu"), found("web", "us")]
    alone = cells(*applications, patterns=Patterns("prod-{environment}/x"))
    assert [(one.environment, one.split) for one in alone] == [("eu", ("", "")), ("us", ("", ""))]
    both = cells(*applications, patterns=Patterns("{service}-{environment}-{destination}"))
    assert [one.split for one in both] == [("prod", "eu"), ("prod", "us")]


def test_what_deleting_an_application_does_is_carried_over_for_each_service():
    every = [settings(one) for one in cells(found("web", "eu"), found("api", "eu"), found("mail", "eu"))]
    spec, rests = environment_of([*every[:2], every[2]._replace(on_delete="cascade")], None)
    assert "onDelete" not in spec["argocd"]
    assert [(data.get("argocd") or {}).get("onDelete") for data in rests] == [None, None, "cascade"]
    spec, rests = environment_of([every[0], *(one._replace(on_delete="cascade") for one in every[1:])], None)
    assert spec["argocd"]["onDelete"] == "cascade"
    assert [(data.get("argocd") or {}).get("onDelete") for data in rests] == ["orphan", None, None]


def test_what_differs_by_the_destination_alone_is_written_once_with_its_waves():
    (form,) = chosen([settings(EU), settings(US)], (), lambda _: 1, wanted=True)
    every = [settings(EU, wave="2", values={"region": "eu"}), settings(US, wave="3", values={"region": "us"})]
    spec, rests = environment_of([one._replace(cell=placed(one.cell, [form])) for one in every], None)
    assert spec == {
        "argocd": {
            "project": "shop",
            "destination": {"namespace": "shop"},
            "destinations": {"eu": {"server": "https://eu.example.org"}, "us": {"server": "https://us.example.org"}},
            "waves": [["eu"], ["us"]],
            "labels": {"region": "{destination}"},
            "annotations": {"argocd.argoproj.io/sync-wave": "2"},
        },
        "defaults": {"values": {"region": "{destination}"}},
    }
    assert rests == [{"image": TAG | {"tag": "1.0.0"}}] * 2


def test_clusters_whose_whole_names_are_in_those_of_applications_are_environments_of_these_names():
    def one(service, cluster):
        data = {"metadata": {"name": f"{service}-{cluster}"}, "spec": {"destination": {"name": cluster, "namespace": service}}}
        return Found(data, f"{service}-{cluster}.yaml", f"{service}-{cluster}.yaml", f"/{service}-{cluster}.yaml")

    every = cells(*(one(service, cluster) for service in ("api", "web") for cluster in ("cl-east", "cl-west")))
    assert [cell.key for cell in every] == [("api", "cl-east"), ("api", "cl-west"), ("web", "cl-east"), ("web", "cl-west")]
