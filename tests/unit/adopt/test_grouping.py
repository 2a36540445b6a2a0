"""Which service and environment an Application is, from what people call things."""

from __future__ import annotations

import pytest

from generator.adopt.grouping import grouped, ordered
from generator.adopt.model import Found
from generator.adopt.user_patterns import Patterns
from generator.errors import ConfigError


def found(name, below="argocd.yaml", *, labels=None, namespace="shop", cluster="", marks=None, path="x"):
    source = {"repoURL": "https://git.example.org/a.git", "path": path}
    destination = {"namespace": namespace, **({"name": cluster} if cluster else {})}
    data = {"metadata": {"name": name, "labels": labels or {}}, "spec": {"source": source, "destination": destination}}
    return Found(data, below, below, f"/{below}", marks=marks or {})


def table(*applications, environment="", service=""):
    cells, notes = grouped(applications, Patterns(environment, service))
    return {(cell.service, cell.environment) for cell in cells}, notes


@pytest.mark.parametrize(
    ("applications", "expected"),
    [
        ([found("shop-dev"), found("shop-prod")], {("shop", "dev"), ("shop", "prod")}),
        ([found("dev-shop"), found("prod-shop")], {("shop", "dev"), ("shop", "prod")}),
        (
            [found("shop", "aws/dev/apps/shop.yaml"), found("shop", "aws/prod/apps/shop.yaml")],
            {("shop", "dev"), ("shop", "prod")},
        ),
        (
            [found("shop", "live-eu1/shop.yaml"), found("shop", "live-us1/shop.yaml")],
            {("shop", "live-eu1"), ("shop", "live-us1")},
        ),
        ([found("shop-prod-eu"), found("shop-prod-us")], {("shop", "prod-eu"), ("shop", "prod-us")}),
        (
            [found("a", labels={"env": "qa"}), found("b", labels={"env": "qa"})],
            {("a", "qa"), ("b", "qa")},
        ),
        ([found("shop", "alpha/shop.yaml"), found("shop", "beta/shop.yaml")], {("shop", "alpha"), ("shop", "beta")}),
        ([found("shop", cluster="one"), found("shop", cluster="two")], {("shop", "one"), ("shop", "two")}),
        ([found("a"), found("b")], {("a", "default"), ("b", "default")}),
        ([found("shop-pre-prod"), found("shop-prod")], {("shop", "pre-prod"), ("shop", "prod")}),
        (
            [found("a"), found("live-chat"), found("b"), found("c")],
            {("a", "default"), ("live-chat", "default"), ("b", "default"), ("c", "default")},
        ),
        (
            [found("billing", path="overlays/dev"), found("billing2", path="overlays/prod")],
            {("billing", "dev"), ("billing2", "prod")},
        ),
        (
            [
                found(f"shop-{word}", labels={"env": "prod"}, cluster=f"https://{word}.k8s.example.org:6443")
                for word in ("eu", "us")
            ],
            {("shop", "prod-eu"), ("shop", "prod-us")},
        ),
        (
            [
                found(f"{word}-shop", labels={"env": "prod"}, cluster=ip, marks={"region": word})
                for word, ip in (("a", "1"), ("b", "2"))
            ],
            {("shop", "prod-a"), ("shop", "prod-b")},
        ),
        (
            [found("shop", labels={"env": "prod"}, cluster="one"), found("mail", labels={"env": "prod"}, cluster="two")],
            {("shop", "prod"), ("mail", "prod")},
        ),
        (
            [found(f"shop-prod-{word}", "apps/prod/shop.yaml", cluster=f"prod-{word}") for word in ("eu", "us")],
            {("shop", "prod-eu"), ("shop", "prod-us")},
        ),
        (
            [found("shop-eu-prod", "prod-eu/shop.yaml"), found("shop-us-prod", "prod-us/shop.yaml")],
            {("shop", "prod-eu"), ("shop", "prod-us")},
        ),
        ([found("x1", marks={"env": "dev"}), found("x2", marks={"env": "prod"})], {("x1", "dev"), ("x2", "prod")}),
    ],
)
def test_names_directories_labels_and_clusters_tell_environments_apart(applications, expected):
    assert table(*applications) == (expected, [])


def test_a_pattern_of_the_user_wins():
    applications = [found("shop-one", "clusters/one/x.yaml"), found("shop-two", "clusters/two/x.yaml")]
    assert table(*applications, environment="clusters/{environment}")[0] == {("shop", "one"), ("shop", "two")}
    named = [found("a.shop.one"), found("b.shop.two")]
    assert table(*named, service="*.{service}.{environment}")[0] == {("shop", "one"), ("shop", "two")}


def test_a_pattern_without_a_placeholder_is_refused():
    with pytest.raises(ConfigError, match="neither"):
        table(found("a"), environment="apps")


def test_two_applications_in_one_place_of_the_table_are_told_and_the_first_is_kept():
    cells, notes = table(found("shop", "dev/one.yaml"), found("shop", "dev/two.yaml"))
    assert cells == {("shop", "dev")}
    assert [(note.path, note.what) for note in notes] == [("dev/two.yaml", "Application shop")]
    assert "--service" in notes[0].why
    assert "remove one of the two" in notes[0].why, "one Argo CD has one Application of a name"


def test_applications_whose_names_become_one_are_numbered_alike_in_all_environments():
    long = "a-service-with-a-name-that-goes-on-and-on-and-on-until-"
    dev = [found(f"{name}-dev", "dev/x.yaml") for name in ("web.eu", "web-eu", f"{long}one", f"{long}two", "api")]
    prod = [found(f"{name}-prod", "prod/x.yaml") for name in ("web-eu", "api")]
    cells, notes = table(*dev, *prod)
    assert not notes
    cut = "a-service-with-a-name-that-goes-on-and-on-and-on"
    assert cells == {
        *(("web-eu", "dev"), ("web-eu-2", "dev"), ("web-eu-2", "prod"), ("api", "dev"), ("api", "prod")),
        *((f"{cut}-u"[:50], "dev"), (f"{cut[:46].rstrip('-')}-2", "dev")),
    }


def test_environments_go_from_development_to_production():
    assert ordered({"prod", "alpha", "staging", "dev", "test-eu"}) == ["dev", "test-eu", "staging", "prod", "alpha"]
