"""Where the version of a service is written: clusters with one place for it are released together."""

from __future__ import annotations

import pytest

from generator.adopt.folder_parts import FromFolder
from generator.adopt.lifting import Lifted
from generator.adopt.model import Found
from generator.adopt.parts import FromHelm
from generator.adopt.versions import files_of
from generator.kubernetes.helm_sources import HelmSource
from generator.verify.charts import Chart
from generator.verify.values_files import Layer
from generator.workspace.folders import Stock

FOUND = Found({}, "app.yaml", "app.yaml", "/old/app.yaml")
LIFTED = Lifted({}, {}, moved={("image", "tag"): ("image", "tag"), ("count",): ("replicas",)})


def helm(*layers, parameters=()):
    source = HelmSource(("spec", "source"), {"helm": {"parameters": [{"name": name} for name in parameters]}}, "x", "x")
    files = tuple(("/old", name) if name else ("", "") for name, _ in layers)
    return FromHelm(source, Chart("", "x", "", ""), tuple(Layer(name, "", data) for name, data in layers), files, "")


TAG, OTHER = {"image": {"tag": "1.0"}}, {"count": 3}


@pytest.mark.parametrize(
    ("part", "said", "expected"),
    [
        (helm(("all.yaml", TAG), ("eu.yaml", OTHER)), {"chart": {"path": "charts/x"}}, {"/old/all.yaml"}),
        (helm(("all.yaml", TAG), ("eu.yaml", TAG)), {"chart": {"path": "charts/x"}}, {"/old/eu.yaml"}),
        (helm(("all.yaml", TAG), ("", TAG)), {}, {"/old/app.yaml"}),
        (helm(("all.yaml", TAG), parameters=["image.tag"]), {}, {"/old/app.yaml"}),
        (helm(("all.yaml", OTHER)), {}, set()),
        (helm(("all.yaml", TAG)), {"chart": {"version": "1.0.0"}}, {"/old/all.yaml", "/old/app.yaml"}),
        (helm(), {"chart": {"path": "charts/x", "revision": "v1"}}, {"/old/app.yaml"}),
    ],
)
def test_the_last_place_that_sets_the_version_counts(part, said, expected):
    assert files_of(FOUND, part, LIFTED, said) == expected


@pytest.mark.parametrize(("data", "expected"), [({}, set()), ({"kustomize": {"images": ["x=y:1"]}}, {"/old/app.yaml"})])
def test_the_images_of_a_kustomization_are_in_the_application_or_in_the_folder(data, expected):
    part = FromFolder(("spec", "source"), "kustomize", data, "/old", "overlay", Stock())
    assert files_of(FOUND, part, None, {"source": {"kustomize": {"path": "overlay"}}}) == expected
