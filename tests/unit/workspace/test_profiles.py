"""Which profile a chart has, and that no other is read."""

from __future__ import annotations

from generator.workspace.load import Loader
from support.trees import write_tree


def found(folder, name):
    profile = Loader(str(folder)).profiles.of_chart(name)
    return profile and (profile.name, profile.source.path)


def test_a_chart_finds_its_profile_by_name_or_by_the_list_and_the_workspace_goes_first(tmp_path):
    shipped = "tiphys:templates/profiles"
    assert found(tmp_path, "onechart") == ("onechart", f"{shipped}/onechart/profile.yaml")
    assert found(tmp_path, "application") == ("stakater-application", f"{shipped}/stakater-application/profile.yaml")
    assert found(tmp_path, "backend") is None
    own = (
        "apiVersion: tiphys/v1\nkind: ChartProfile\nmetadata: {name: shop}\nspec: {charts: [application, backend, onechart]}\n"
    )
    write_tree(tmp_path, {"templates/profiles/shop/profile.yaml": own})
    assert found(tmp_path, "application") == ("shop", "templates/profiles/shop/profile.yaml")
    assert found(tmp_path, "backend") == ("shop", "templates/profiles/shop/profile.yaml")
    assert found(tmp_path, "onechart")[0] == "onechart", "called like the chart wins over listed"


def test_a_service_of_the_shipped_chart_makes_no_run_read_other_profiles(tmp_path, monkeypatch):
    read = []
    monkeypatch.setattr(Loader, "shipped", lambda loader, *parts, kind, given=Loader.shipped: (
        read.append("/".join(parts)) or given(loader, *parts, kind=kind)
    ))  # fmt: skip
    assert Loader(str(tmp_path)).profiles.of_chart("service").name == "service"
    assert read == ["templates/profiles/service/profile.yaml"]
