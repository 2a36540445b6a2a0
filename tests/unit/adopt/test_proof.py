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
