"""What of an Application may differ: what Tiphys adds by itself, and nothing else."""

from __future__ import annotations

import pytest

from generator.adopt import proof
from generator.adopt.grouping import Cell
from generator.adopt.model import Found
from generator.kubernetes.objects import KubeObject
from generator.syntax.secrets.ingredients import Ingredients
from generator.syntax.secrets.masking import revealed

WAVES = "ApplyOutOfSyncOnly=true"


def root(*options, policy=None):
    spec = {
        "project": "x",
        "syncPolicy": {"automated": {}, **(policy or {}), **({"syncOptions": [*options]} if options else {})},
    }
    return {"metadata": {"name": "root"}, "spec": spec}


def differing(old, new):
    return [one.path for one in proof.root("prod", Found(old, "root.yaml", "root.yaml", "/root.yaml"), new)]


def test_the_option_that_waves_need_is_the_only_new_one_of_a_root_application():
    assert differing(root("Validate=true"), root("Validate=true", WAVES)) == []
    assert differing(root(), root(WAVES)) == []
    assert differing(root(WAVES), root()) == ["spec.syncPolicy.syncOptions"]
    assert differing(root(), root("Validate=true", WAVES)) == ["spec.syncPolicy.syncOptions"]


def test_a_root_application_keeps_its_finalizer():
    kept = root() | {"metadata": {"name": "root", "finalizers": ["resources-finalizer.argocd.argoproj.io"]}}
    assert differing(kept, kept) == []
    assert differing(kept, root()) == ["finalizers[0]"]


def test_what_argo_cd_takes_for_the_same_sync_policy_is_no_difference():
    def synced(automated):
        return {"metadata": {"name": "root"}, "spec": {"project": "x", "syncPolicy": automated}}

    for old, new in (
        ({"automated": None}, {}),
        ({"automated": {"selfHeal": True}}, {"automated": {"selfHeal": True, "prune": False, "enabled": True}}),
        ({}, {"automated": {"selfHeal": True, "enabled": False}}),
    ):
        assert differing(synced(old), synced(new)) == []
    assert differing(synced({}), synced({"automated": {}})) == ["spec.syncPolicy.automated"]
    assert differing(synced({"automated": {"prune": True}}), synced({"automated": {}})) == ["spec.syncPolicy.automated.prune"]


def test_objects_with_names_that_are_new_at_every_rendering_are_still_compared():
    def job(name, image):
        return KubeObject({"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": name}, "spec": {"image": image}})

    cell = Cell("shop", "dev", Found({"metadata": {"name": "shop"}}, "x.yaml", "x.yaml", "/x.yaml"))
    before, again = [job("a-1", "a"), job("b-2", "b"), job("c", "c")], [job("a-3", "a"), job("b-4", "b"), job("c", "c")]
    names = proof.made_up(cell, before, again)
    assert sorted(key[3] for key in names) == ["a-1", "b-2"]

    def paths(*after):
        return [(one.object, one.path) for one in proof.compared(cell, before, [*after, job("c", "c")], names)]

    assert paths(*again[:2]) == [("Job a-1", "metadata.name"), ("Job b-2", "metadata.name")]
    assert ("Job b-2", "spec.image") in paths(job("a-5", "a"), job("b-6", "x"))
    assert ("Job b-2", "") in paths(job("a-5", "a")), "one is missing"
    assert ("Job d-9", "") in paths(job("a-5", "a"), job("b-6", "b"), job("d-9", "d")), "one is new"


def test_what_a_chart_makes_of_a_password_is_not_in_what_an_import_tells():
    given = Ingredients(lambda _budget: [{"db": {"password": "hun<ter2zz"}}])

    def made(text, name="a"):
        whole = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": {"a": text, text: "b"}}
        return KubeObject(whole, ingredients=given)

    cell = Cell("shop", "dev", Found({"metadata": {"name": "shop"}}, "x.yaml", "x.yaml", "/x.yaml"))
    every = [made("x"), made("y", "xhun<ter2zz")], [made("user_hun<ter2zz"), made('"hun\\u003cter2zz"', "b")]
    found = [*proof.compared(cell, *every), *proof.compared(cell, *reversed(every))]
    told = repr([(one.object, one.path, revealed(one.before), revealed(one.after)) for one in found])
    assert "(masked)" in told
    assert "ter2zz" not in told


@pytest.mark.parametrize(
    "secret",
    [
        {"kind": "Secret", "stringData": {"password": "hunter2zz", "username": "postgres"}},
        {"kind": "Secret", "data": {"password": "aHVudGVyMnp6", "username": "cG9zdGdyZXM=", "odd": "%", "none": None}},
        {"kind": "ConfigMap", "data": {"password": "hunter2zz"}},
    ],
)
def test_what_is_in_a_secret_is_not_told_of_another_object_that_repeats_it(secret):
    def config(text):
        data = {"a": text, "b": f"postgres-{text}"}
        return KubeObject({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "postgres"}, "data": data})

    cell = Cell("shop", "dev", Found({"metadata": {"name": "shop"}}, "x.yaml", "x.yaml", "/x.yaml"))
    holder = KubeObject({"apiVersion": "v1", "metadata": {"name": "s"}, **secret})
    found = list(proof.compared(cell, [config("xhunter2zz"), holder], [config("y"), holder]))
    told = [(one.object, revealed(one.before)) for one in found]
    assert told == [("ConfigMap postgres", "x(masked)"), ("ConfigMap postgres", "postgres-x(masked)")]
