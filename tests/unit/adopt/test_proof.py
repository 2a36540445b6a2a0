"""What of an Application may differ: what Tiphys adds by itself, and nothing else."""

from __future__ import annotations

from generator.adopt import proof
from generator.adopt.model import Found

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
