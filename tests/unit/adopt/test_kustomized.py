"""What an Application sets for a kustomization becomes fields of a spec, or is reported."""

from __future__ import annotations

import pytest

from generator.adopt.folder_parts import FromFolder
from generator.adopt.kustomized import kustomized
from generator.adopt.model import Found
from generator.kubernetes.objects import KubeObject
from generator.workspace.folders import Stock

FOUND = Found({"metadata": {"name": "web-dev"}}, "app.yaml", "app.yaml", "/old/app.yaml")


def deployment(name, *images):
    containers = [{"name": f"c{number}", "image": image} for number, image in enumerate(images)]
    spec = {"template": {"spec": {"containers": containers}}}
    return KubeObject({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name}, "spec": spec})


def carried(given, folder=None, *objects):
    stock = Stock(objects=tuple(objects), data=folder or {})
    return kustomized(
        FOUND, "web", FromFolder(("spec", "source"), "kustomize", {"kustomize": given}, "/old", "web", stock), objects
    )


@pytest.mark.parametrize(
    ("given", "folder", "expected"),
    [
        (["ghcr.io/a/web:1"], {}, {"image": {"repository": "ghcr.io/a/web", "tag": "1"}}),
        (["web=ghcr.io/a/web:1"], {}, {"image": {"name": "web", "repository": "ghcr.io/a/web", "tag": "1"}}),
        (["web=ghcr.io/a/web"], {}, {"image": {"name": "web", "repository": "ghcr.io/a/web"}}),
        (
            ["web=ghcr.io/a/web:2"],
            {"images": [{"name": "web", "newName": "ghcr.io/a/web", "newTag": "1"}]},
            {"image": {"repository": "ghcr.io/a/web", "tag": "2"}},
        ),
        ([], {"images": [{"name": "web", "newName": "ghcr.io/a/web"}]}, {}),
        (["ghcr.io/a/web"], {}, {}),
        (
            ["a/sidecar:1", "b/sidecar:2", "ghcr.io/a/web:3"],
            {},
            {
                "image": {"repository": "ghcr.io/a/web", "tag": "3"},
                "images": {
                    "sidecar": {"repository": "a/sidecar", "tag": "1"},
                    "sidecar-2": {"repository": "b/sidecar", "tag": "2"},
                },
            },
        ),
    ],
)
def test_images_of_an_application_and_of_its_kustomization_can_be_moved(given, folder, expected):
    assert carried({"images": given}, folder) == (expected, {}, ())


def test_the_image_of_the_first_container_is_the_one_of_the_service():
    item = deployment("web", "ghcr.io/a/front:1", "ghcr.io/a/web:1")
    fields = carried({"images": ["ghcr.io/a/front:2", "ghcr.io/a/web:2"]}, None, item).fields
    assert (fields["image"]["repository"], [*fields["images"]]) == ("ghcr.io/a/front", ["web"])


def test_replicas_of_another_workload_name_it_and_those_of_further_ones_are_reported():
    objects = [deployment("front"), deployment("back")]
    counts = [{"name": "front", "count": 2}, {"name": "back", "count": "3"}]
    found = carried({"replicas": counts}, None, *objects)
    assert (found.fields, found.folder) == ({"replicas": 2}, {"workload": "front"})
    (note,) = found.notes
    assert note.what == "Application web-dev: replicas of `back`"
    assert carried({"replicas": counts[:1]}, None, *objects[:1]) == ({"replicas": 2}, {}, ())


def test_an_image_that_no_spec_can_say_is_reported():
    found = carried({"images": ["web=GHCR.io/A/Web:1"]})
    assert (found.fields, [note.what for note in found.notes]) == ({}, ["Application web-dev: image `web`"])


def test_replicas_by_the_name_in_the_file_scale_the_workload_that_the_application_renames():
    found = carried({"namePrefix": "a-", "replicas": [{"name": "web", "count": 2}]}, {}, deployment("a-web"))
    assert (found.fields, found.folder, found.notes) == ({"replicas": 2}, {"namePrefix": "a-"}, ())


def test_settings_that_do_nothing_are_not_written():
    found = carried({"commonLabels": {}, "forceCommonLabels": True, "namePrefix": "", "patches": []}, {}, deployment("web"))
    assert found.folder == {}
