"""What Argo CD puts into a source before it uses it: variables of the build, and files beside it."""

from __future__ import annotations

import pytest

from generator.adopt.model import UnavailableError
from generator.adopt.overrides import overridden, substituted
from generator.system.files import Folder
from support.trees import write_tree

APPLICATION = {
    "metadata": {"name": "web-dev"},
    "spec": {"project": "shop", "destination": {"namespace": "web"}, "sources": [{"ref": "values"}]},
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$ARGOCD_APP_NAME", "web-dev"),
        ("x-${ARGOCD_APP_NAMESPACE}-y", "x-web-y"),
        ("$ARGOCD_APP_PROJECT_NAME/$ARGOCD_APP_SOURCE_PATH", "shop/charts/web"),
        ("$ARGOCD_APP_SOURCE_TARGET_REVISION", "main"),
        ("$HOME", ""),
        ("p$ssw0rd", "p"),
        ("p$$ssw0rd", "p$ssw0rd"),
        ("${$}x", "$x"),
        ("5 $ and 1$", "5 $ and 1$"),
        ("a$1b", "ab"),
        ("a${}b", "ab"),
        ("a${b", "ab"),
    ],
)
def test_a_parameter_has_the_value_that_argo_cd_gives_it(text, expected):
    source = {"path": "charts/web", "targetRevision": "main", "helm": {"parameters": [{"name": "a", "value": text}]}}
    found = substituted(APPLICATION, ("spec", "source"), source)
    assert found["helm"]["parameters"] == [{"name": "a", "value": expected}]
    assert source["helm"]["parameters"][0]["value"] == text


def test_names_of_values_files_and_images_have_them_as_well_but_not_the_reference():
    helm = {"valueFiles": ["$values/$ARGOCD_APP_NAME.yaml", "$ARGOCD_APP_NAME/x.yaml"]}
    kustomize = {"images": ["web=registry.example.org/$ARGOCD_APP_NAME:1"]}
    found = substituted(APPLICATION, (), {"helm": helm, "kustomize": kustomize})
    assert found["helm"]["valueFiles"] == ["$values/web-dev.yaml", "web-dev/x.yaml"]
    assert found["kustomize"]["images"] == ["web=registry.example.org/web-dev:1"]


def test_the_commit_that_is_deployed_is_not_guessed():
    source = {"helm": {"parameters": [{"name": "a", "value": "b"}, {"name": "c", "value": "${ARGOCD_APP_REVISION_SHORT}"}]}}
    with pytest.raises(UnavailableError) as raised:
        substituted(APPLICATION, ("spec", "source"), source)
    assert raised.value.pointer == ("spec", "source", "helm", "parameters", 1, "value")


def test_files_beside_a_source_win_over_it_the_one_of_the_application_last(tmp_path):
    files = {
        "k/.argocd-source.yaml": "helm: {releaseName: all, values: null}\nrepoURL: https://evil.example.org\n",
        "k/.argocd-source-web-dev.yaml": "helm: {releaseName: own, parameters: [{name: tag, value: '2'}]}\n",
        "k/.argocd-source-other.yaml": "helm: {releaseName: other}\n",
    }
    write_tree(tmp_path, files)
    source = {"repoURL": "https://a", "helm": {"values": "a: 1", "parameters": [{"name": "x", "value": "1"}]}}
    found, paths = overridden(APPLICATION, (), source, Folder(str(tmp_path)), "k")
    assert found == {"repoURL": "https://a", "helm": {"releaseName": "own", "parameters": [{"name": "tag", "value": "2"}]}}
    assert paths == ("k/.argocd-source.yaml", "k/.argocd-source-web-dev.yaml")


@pytest.mark.parametrize("text", ["helm: [\n", "- a\n"])
def test_a_file_beside_a_source_that_is_broken_stops_argo_cd_too(text, tmp_path):
    write_tree(tmp_path, {"k/.argocd-source.yaml": text})
    with pytest.raises(UnavailableError, match=r"k/.argocd-source.yaml"):
        overridden(APPLICATION, (), {"repoURL": "https://a"}, Folder(str(tmp_path)), "k")
