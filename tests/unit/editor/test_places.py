"""An editor proposes the files and folders that a spec can name by their paths, so that nobody types one wrong."""

from __future__ import annotations

import pytest

pytest.importorskip("pygls")

from generator.editor.protocol.answers import about, complete, define
from generator.editor.protocol.documents import Document
from generator.editor.protocol.study import study
from support.trees import write_tree
from support.workspace import workspace

PATH = "services/web/pipeline.yaml"
FILES = {
    "services/web/k8s/migration.yaml": "",
    "services/web/monitor.yml": "",
    "services/web/notes.txt": "",
    "services/api/other.yaml": "",
    "kustomize/web/base/kustomization.yaml": "",
    "kustomize/web/base/deployment.yaml": "",
    "kustomize/web/prod/kustomization.yml": "",
    "plain/web/deployment.yaml": "",
    "plain/empty/README": "",
    "charts/web/Chart.yaml": "",
    "charts/web/templates/deployment.yaml": "",
    "generated/dev/web/values.yaml": "",
    ".hidden/x.yaml": "",
}


def opened(tmp_path, text):
    folder = write_tree(workspace(tmp_path / "w"), FILES)
    before, _, after = text.partition("‸")
    file = folder / PATH
    document = Document(file.as_uri(), str(file), before + after, 1)
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    return about(document, str(folder), study(str(folder), {PATH: document.raw})), line, column


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("spec:\n  manifests:\n    - ‸", ["k8s/migration.yaml", "monitor.yml"]),
        ("spec:\n  manifests: [‸", ["k8s/migration.yaml", "monitor.yml"]),
        ("spec:\n  environments:\n    prod:\n      manifests:\n        - ‸", ["k8s/migration.yaml", "monitor.yml"]),
        ("spec:\n  source: {kustomize: {path: ‸", ["kustomize/web/base", "kustomize/web/prod"]),
        (
            "spec:\n  environments:\n    dev:\n      source:\n        directory:\n          path: ‸",
            ["plain/web", "services/api", "services/web/k8s"],
        ),
        ("spec:\n  values:\n    source: {kustomize: {path: ‸", []),
    ],
)
def test_the_paths_that_exist_are_proposed_where_one_is_written(text, expected, tmp_path):
    one, line, column = opened(tmp_path, text)
    found = complete(one, line, column)
    assert [item.insert.strip() for item in (found[1] if found else ()) if "/" in item.insert or "." in item.insert] == expected


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("spec:\n  source: {kustomize: {path: kustomize/web/‸prod}}\n", "kustomize/web/prod/kustomization.yml"),
        ("spec:\n  manifests: [k8s/‸migration.yaml]\n", "services/web/k8s/migration.yaml"),
    ],
)
def test_a_path_leads_to_its_file(text, path, tmp_path):
    assert [target.path for target in define(*opened(tmp_path, text))] == [path]


def test_the_argo_cds_of_other_environments_are_proposed(tmp_path):
    folder = workspace(tmp_path / "w")
    prod, dev = (folder / "environments" / f"{name}.yaml" for name in ("prod", "dev"))
    prod.write_text(prod.read_text().replace("    project: shop\n", "    project: shop\n    instance: west\n"))
    text = dev.read_text().replace("    project: shop\n", "    project: shop\n    instance: w\n")
    document = Document(dev.as_uri(), str(dev), text, 1)
    one = about(document, str(folder), study(str(folder), {"environments/dev.yaml": document.raw}))
    line = text.split("\n").index("    instance: w") + 1
    assert [(item.label, item.detail) for item in complete(one, line, 16)[1]] == [("w", "of `dev`"), ("west", "of `prod`")]


@pytest.mark.parametrize(
    "waves", ["waves: [[eu], [‸]]", "waves:\n      - [eu]\n      - [‸", "waves:\n      - - eu\n      - - ‸"]
)
def test_a_wave_is_filled_with_the_destinations_of_its_own_environment(waves, tmp_path):
    shared = "metadata: {name: shared, abstract: true}\nspec: {argocd: {destinations: {ap: {name: c}}}}\n"
    text = (
        "metadata: {name: prod}\nspec:\n  extends: [shared]\n  argocd:\n    destinations: {eu: {name: a}, us: {name: b}}\n    "
    )
    head = "apiVersion: tiphys/v1\nkind: Environment\n"
    folder = write_tree(workspace(tmp_path / "w"), {"environments/shared.yaml": head + shared})
    before, _, after = f"{head}{text}{waves}".partition("‸")
    file = folder / "environments" / "prod.yaml"
    document = Document(file.as_uri(), str(file), before + after, 1)
    one = about(document, str(folder), study(str(folder), {"environments/prod.yaml": document.raw}))
    found = complete(one, before.count("\n") + 1, len(before) - before.rfind("\n"))
    assert [item.insert for item in found[1]][:2] == ["eu", "us"]


def test_a_destination_of_a_spec_leads_to_its_line_in_the_environment(tmp_path):
    folder = workspace(tmp_path / "w")
    prod = folder / "environments" / "prod.yaml"
    prod.write_text(
        prod.read_text().replace("    project: shop\n", "    project: shop\n    destinations:\n      eu: {name: e}\n")
    )
    text = "spec:\n  environments:\n    prod:\n      destinations: {eu: {}}\n"
    document = Document((folder / PATH).as_uri(), str(folder / PATH), text, 1)
    one = about(document, str(folder), study(str(folder), {PATH: document.raw}))
    line = prod.read_text().split("\n").index("      eu: {name: e}") + 1
    assert [(target.path, target.span[:2]) for target in define(one, 4, 23)] == [("environments/prod.yaml", (line, 7))]


def test_a_dependency_is_completed_with_the_services_of_the_workspace_and_leads_to_its_spec(tmp_path):
    spec = "apiVersion: tiphys/v1\nkind: Pipeline\nmetadata: {name: payments}\nspec:\n  image: {repository: a}\n"
    text = f"{spec}  environments: {{dev: {{image: {{tag: '1'}}}}}}\n"
    folder = write_tree(workspace(tmp_path / "w"), {"services/payments/pipeline.yaml": text})
    held = "spec:\n  dependsOn: [{service: pay}]\n"
    document = Document((folder / PATH).as_uri(), str(folder / PATH), held, 1)
    one = about(document, str(folder), study(str(folder), {PATH: document.raw}))
    found = complete(one, 2, 28)[1]
    assert [(item.label, item.detail) for item in found] == [("payments", "services/payments/pipeline.yaml")]
    document = Document((folder / PATH).as_uri(), str(folder / PATH), held.replace("pay}", "payments}"), 1)
    one = about(document, str(folder), study(str(folder), {PATH: document.raw}))
    assert [target.path for target in define(one, 2, 27)] == ["services/payments/pipeline.yaml"]
