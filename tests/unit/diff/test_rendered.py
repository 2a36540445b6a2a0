"""Differences of rendered objects: what Kubernetes refuses, what is noise, when they take effect, and what stays together."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
import yaml

from generator.diagnostics import Named, dotted
from generator.diff.model import Where, change
from generator.diff.rendered.effects import Effect, releases_of
from generator.diff.rendered.grouping import grouped
from generator.diff.rendered.model import SYNC_FAILS, Cause
from generator.diff.rendered.noise import NOISE, noise
from generator.diff.rendered.objects import Frame, compared
from generator.kubernetes.immutable import is_refused
from generator.kubernetes.objects import KubeObject
from generator.syntax.leaves import ABSENT, differences, pointer_of
from generator.syntax.secrets.known import Known
from generator.syntax.secrets.masking import hidden

HERE = Path(__file__).parent


def cases(name):
    return [pytest.param(case, id=case["name"]) for case in yaml.safe_load((HERE / name).read_text(encoding="utf-8"))]


def item(kind, name="web", **data):
    version, _, word = kind.rpartition(" ")
    metadata = {"name": name, **data.pop("metadata", {})}
    return KubeObject({"apiVersion": version, "kind": word, "metadata": metadata, **data})


@pytest.mark.parametrize("case", cases("immutable.yaml"))
def test_a_change_that_every_sync_would_fail_on_is_told_and_no_other(case):
    old, new = (item(case["kind"], **side) for side in (case["old"], case["new"]))
    found = [dotted(leaf.path) for leaf in differences(old.data, new.data) if is_refused(old, new, leaf.path)]
    assert found == case["refused"]


@pytest.mark.parametrize("case", cases("noise.yaml"))
def test_noise_is_left_out_and_nothing_that_means_something(case):
    found = {f"{dotted(leaf.path)} {noise('Service', leaf)}" for leaf in differences(case["old"], case["new"])}
    assert found == set(case["noise"])


def frame(*objects, namespace="shop", random=frozenset()):
    return Frame(namespace, "web", releases_of(objects), lambda _item, _leaf: Cause("here"), random)


def said(before, after, **more):
    return [(one.title, one.change.sentence, one.noise) for one in compared(before, after, frame(*after, **more)).differences]


def pods(**spec):
    return {
        "spec": {"replicas": 2, "template": {"metadata": {}, "spec": {"containers": [{"name": "a", "image": "x:1"}]}}, **spec}
    }


def test_what_waits_for_the_release_and_what_hits_the_stable_pods_at_once_are_told_apart():
    canary = {"strategy": {"canary": {}}}
    old = [
        item("argoproj.io/v1alpha1 Rollout", **pods(**canary)),
        item("v1 Service", spec={"ports": [{"name": "a", "port": 1}]}),
    ]
    changed = {"spec": {"containers": [{"name": "a", "image": "x:2"}]}}
    new = [
        item("argoproj.io/v1alpha1 Rollout", **pods(**canary, template=changed, replicas=3)),
        item("v1 Service", spec={"ports": [{"name": "a", "port": 2}]}),
    ]
    found = compared(old, new, frame(*new)).differences
    effects = {(one.kind, one.change.sentence.partition(" ")[0]): one.effect for one in found}
    assert effects["Rollout", "containers[a].image"] is Effect.RELEASE
    assert effects["Rollout", "replicas"] is Effect.AT_ONCE
    assert effects["Service", "ports[a].port"] is Effect.AT_ONCE


def test_a_deployment_that_a_rollout_refers_to_waits_for_the_release_and_one_without_is_updated():
    rollout = item(
        "argoproj.io/v1alpha1 Rollout",
        spec={"strategy": {"blueGreen": {}}, "workloadRef": {"kind": "Deployment", "name": "web"}},
    )
    path = ("spec", "template", "spec")
    assert releases_of([rollout]).effect(item("apps/v1 Deployment"), path) is Effect.RELEASE
    assert releases_of([]).effect(item("apps/v1 Deployment"), path) is Effect.UPDATE
    assert releases_of([]).effect(item("v1 Service"), ("spec",)) is None


def test_pods_that_are_replaced_for_a_label_alone_are_told():
    def labelled(version):
        return item("apps/v1 Deployment", spec={"template": {"metadata": {"labels": {"helm.sh/chart": f"a-{version}"}}}})

    found = said([labelled(1)], [labelled(2)])
    assert found == [
        ("Deployment web", 'pod metadata.labels["helm.sh/chart"] a-1 → a-2', "chart-label"),
        ("Deployment web", 'its pods are replaced, though only spec.template.metadata.labels["helm.sh/chart"] changes', ""),
    ]


def test_a_checksum_alone_is_told_and_beside_what_it_follows_it_is_noise():
    def config(digest, value):
        pod = {"metadata": {"annotations": {"checksum/config": digest}}}
        return [item("apps/v1 Deployment", spec={"template": pod}), item("v1 ConfigMap", data={"a": value})]

    alone = said(config("0" * 16, "1"), config("f" * 16, "1"))
    assert any(sentence.startswith("its pods are replaced, though only ") and not rule for _, sentence, rule in alone)
    beside = said(config("0" * 16, "1"), config("f" * 16, "2"))
    assert ("ConfigMap web", 'data.a "1" → "2"', "") in beside
    assert [rule for _, _, rule in beside if rule] == ["checksum"]


def test_a_renamed_object_is_one_difference_and_a_new_one_is_not_mistaken_for_it():
    assert said([item("v1 ConfigMap", "a", data={"x": "y"})], [item("v1 ConfigMap", "b", data={"x": "y"})]) == [
        ("ConfigMap b", "renamed from a", "")
    ]
    assert said([item("v1 ConfigMap", "a", data={"x": "y"})], [item("v1 ConfigMap", "b", data={"x": "z"})]) == [
        ("ConfigMap b", "added", ""),
        ("ConfigMap a", "removed", ""),
    ]


def test_an_object_without_a_namespace_is_the_one_in_that_of_the_application():
    old, new = item("v1 ConfigMap", data={}), item("v1 ConfigMap", metadata={"namespace": "shop"}, data={})
    assert said([old], [new]) == []
    moved = item("v1 ConfigMap", metadata={"namespace": "other"}, data={"a": "b"})
    assert said([item("v1 ConfigMap", data={"a": "b"})], [moved]) == [("ConfigMap web", "moved from namespace shop", "")]


def test_jobs_whose_names_the_cluster_completes_do_not_hide_each_other():
    def job(prefix, command):
        return KubeObject(
            {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"generateName": prefix}, "spec": {"x": command}}
        )

    found = said([job("a-", 1), job("b-", 1)], [job("a-", 2), job("b-", 1)])
    assert [sentence for _, sentence, _ in found] == ["x 1 → 2"]


def test_a_secret_is_never_written_out():
    old, new = (item("v1 Secret", stringData={"password": word}) for word in ("hunter2-old", "hunter2-new"))
    found = compared([old], [new], frame(new)).differences
    assert "hunter2" not in repr(found)
    assert found


FORMS = ("{}", "x{}", "user_{}@db", "--password {} --quiet", '{{"password":"{}"}}')


@pytest.mark.parametrize("form", FORMS)
def test_what_a_chart_makes_of_a_password_is_not_in_the_comment_on_a_pull_request(form):
    """The reproducer of an attack: the ConfigMap that a chart fills from `values.db.password` was shown."""
    words = ("hun<ter&2zz-old", "hun<ter&2zz-new")
    encoded = [base64.b64encode(f"u:{word}".encode()).decode() for word in words]
    for one, other in ([form.format(word) for word in words], encoded, [json.dumps(word)[1:-1].upper() for word in words]):
        old, new = (
            [
                item("v1 ConfigMap", data={"a": text, "b": {text: "x"}, "c": [{"name": text, "value": 1}]}),
                item("v1 ConfigMap", f"a-{text}", data={}),
            ]
            for text in (one, other)
        )
        made = frame(*new)._replace(known=lambda: Known(words))
        found = repr(compared(old, new, made).differences).lower()
        assert "masked" in found
        assert not any(part in found for part in ("hun<", "2zz-", encoded[0][6:].lower(), encoded[1][6:].lower())), found


def test_a_number_that_is_a_secret_is_hidden_and_no_other_one():
    old, new = ([item("v1 Service", spec={"a": text, "port": port})] for text, port in (("1.2345678e+07", 80), ("x", 8080)))
    found = compared(old, new, frame(*new)._replace(known=lambda: Known(["12345678", "80"]))).differences
    assert [one.change.sentence for one in found] == ["a (masked) → x", "port 80 → 8080"]


def test_a_refused_change_outweighs_every_other_in_production_or_not():
    old, new = (item("apps/v1 Deployment", spec={"selector": {"matchLabels": {"a": word}}}) for word in "bc")
    found = compared([old], [new], frame(new)).differences
    (entry,) = grouped([(Where("web", "dev", False), found[0])])
    assert (entry.risk.id, entry.level.value) == (SYNC_FAILS, "high")


def test_the_same_change_of_many_services_is_told_once():
    def of(service):
        def deployment(seconds):
            return item("apps/v1 Deployment", service, spec={"template": {"spec": {"terminationGracePeriodSeconds": seconds}}})

        made = Frame("shop", service, releases_of([]), lambda _item, _leaf: Cause("chart a 2"))
        return compared([deployment(40)], [deployment(50)], made).differences

    entries = grouped((Where(name, "prod", True), one) for name in ("ad", "cart", "web") for one in of(name))
    (entry,) = entries
    assert (entry.title, len(entry.where), entry.causes) == ("Deployment {service}", 3, (Cause("chart a 2"),))


def test_a_change_that_differs_in_the_names_of_services_alone_is_told_once():
    def of(service, label):
        def deployment(key):
            return item("apps/v1 Deployment", service, spec={"selector": {"matchLabels": {key: label}}})

        made = Frame("shop", service, releases_of([]), lambda _item, _leaf: Cause("chart a 2"))
        return compared([deployment("app")], [deployment("name")], made).differences

    labels = {"ad": "ad", "cart": "cart", "web": "web-server", "shop": "cart"}
    entries = grouped((Where(name, "prod", True), one) for name, label in labels.items() for one in of(name, label))
    told = {(entry.change.sentence, tuple(place.service for place in entry.where)) for entry in entries}
    assert told == {
        ("selector.matchLabels.name added: {service}", ("ad", "cart")),
        ("selector.matchLabels.app removed (was {service})", ("ad", "cart")),
        ("selector.matchLabels.name added: web-server", ("web",)),
        ("selector.matchLabels.app removed (was web-server)", ("web",)),
        ("selector.matchLabels.name added: cart", ("shop",)),
        ("selector.matchLabels.app removed (was cart)", ("shop",)),
    }


def test_what_a_chart_makes_up_at_every_rendering_is_noise():
    old, new = (item("v1 Secret", data={"key": word}) for word in ("YQ==", "Yg=="))
    key = ("", "Secret", "shop", "web")
    assert {
        one.noise for one in compared([old], [new], frame(new, random=frozenset([(key, ("data", "key"))]))).differences
    } == {"random"}


def test_a_path_with_names_leads_to_the_item_it_names():
    data = {"spec": {"containers": [{"name": "a"}, {"name": "b", "ports": [{"containerPort": 80}]}]}}
    path = ("spec", "containers", Named("b"), "ports", Named("80"), "containerPort")
    assert pointer_of(data, path) == ("spec", "containers", 1, "ports", 0, "containerPort")
    assert pointer_of(data, ("spec", "gone", Named("x"))) == ("spec", "gone", "x")


def test_every_rule_of_noise_says_what_it_leaves_out():
    manual = (Path(__file__).parents[3] / "docs" / "diff.md").read_text(encoding="utf-8")
    for rule in NOISE.values():
        assert f"| `{rule.id}` | {rule.what} |" in manual
    assert ABSENT not in NOISE


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("auth:\n  token: tok-one\n  pass:\n    - list-one\n", "auth:\n  token: tok-two\n  pass:\n    - list-two\n"),
        ("export API_TOKEN=tok-one; curl -u me:list-one http://x", "export API_TOKEN=tok-two; curl -u me:list-two http://x"),
        ("token=tok-one\nother=list-one", "token=tok-two\nother=list-two"),
    ],
)
def test_nothing_of_a_text_that_is_known_to_hold_a_secret_is_shown(old, new):
    made = change("ConfigMap web", ("data", "conf"), *(hidden({"conf": text})["conf"] for text in (old, new)))
    assert made.risk == "secret-in-plain-text"
    assert not [word for word in ("tok-", "list-") if word in f"{made}"], made


def test_an_address_says_all_but_its_password():
    old, new = (hidden({"url": f"postgres://app:{word}@db-{word}/x"})["url"] for word in ("first-one", "second-one"))
    assert "postgres://app:(masked)@db-first-one/x" in f"{change('ConfigMap web', ('data', 'url'), old, new)}"
