"""ApplicationSets over the files at hand: what Argo CD would make of them, and what is not guessed."""

from __future__ import annotations

import pytest
import yaml

from generator.adopt.model import Found
from generator.adopt.repositories import Repositories
from generator.adopt.sets import expanded
from generator.kubernetes import manifests
from generator.kubernetes.repository import same
from generator.syntax.budget import Budget
from support.trees import write_tree

GIT = "https://git.example.org/a.git"


@pytest.fixture
def tree(tmp_path):
    return write_tree(
        tmp_path,
        {
            "clusters/eu/config.json": '{"cluster": {"name": "eu-1"}, "tags": ["a", "b"]}',
            "clusters/us/config.json": '{"cluster": {"name": "us-1"}, "tags": []}',
            "apps/shop/x.yaml": "",
            "apps/mail/x.yaml": "",
            "apps/old/x.yaml": "",
        },
    )


def made(tree, spec, name="{{name}}", **template):
    text = yaml.safe_dump(
        {
            "apiVersion": "argoproj.io/v1alpha1",
            "kind": "ApplicationSet",
            "metadata": {"name": "set"},
            "spec": {"template": {"metadata": {"name": name}, "spec": template or {"project": "x"}}, **spec},
        }
    )
    (item,) = manifests.read("set.yaml", text.encode(), named=True).objects
    one = Found(item.data, "set.yaml", "set.yaml", "/set.yaml", item.source, item.at, 1)
    found, notes = expanded(one, Repositories(GIT, [str(tree)], {}), Budget())
    return [application.name for application in found], [note.why for note in notes], found


def test_a_list_with_values(tree):
    elements = [{"name": "a", "values": {"x": "a!"}}, {"name": "b", "values": {"x": "b!"}}]
    spec = {"generators": [{"list": {"elements": elements}}]}
    assert made(tree, spec, "{{name}}-{{values.x}}")[:2] == (["a-a!", "b-b!"], [])


def test_directories_of_git_with_an_exception(tree):
    directories = [{"path": "apps/*"}, {"path": "apps/old", "exclude": True}]
    spec = {"generators": [{"git": {"repoURL": GIT, "directories": directories}}]}
    assert made(tree, spec, "{{path.basename}}.{{path[0]}}.{{path}}")[:2] == (
        ["mail.apps.apps/mail", "shop.apps.apps/shop"],
        [],
    )


def test_files_of_git_with_and_without_go_templates(tree):
    generators = [{"git": {"repoURL": GIT, "files": [{"path": "clusters/**/config.json"}]}}]
    assert made(tree, {"generators": generators}, "{{cluster.name}}-{{path.basename}}")[:2] == (["eu-1-eu", "us-1-us"], [])
    spec = {"goTemplate": True, "generators": generators}
    assert made(tree, spec, "{{ .cluster.name }}-{{ index .path.segments 1 }}")[:2] == (["eu-1-eu", "us-1-us"], [])


def test_a_matrix_whose_second_generator_uses_the_first(tree):
    first = {"list": {"elements": [{"region": "eu"}, {"region": "us"}]}}
    second = {"git": {"repoURL": GIT, "files": [{"path": "clusters/{{region}}/config.json"}]}}
    spec = {"generators": [{"matrix": {"generators": [first, second]}}]}
    assert made(tree, spec, "{{region}}-{{cluster.name}}")[:2] == (["eu-eu-1", "us-us-1"], [])


def test_a_merge_by_its_keys(tree):
    first = {"list": {"elements": [{"name": "a", "size": "1"}, {"name": "b", "size": "1"}]}}
    second = {"list": {"elements": [{"name": "b", "size": "2"}]}}
    spec = {"generators": [{"merge": {"mergeKeys": ["name"], "generators": [first, second]}}]}
    assert made(tree, spec, "{{name}}-{{size}}")[:2] == (["a-1", "b-2"], [])


def test_a_selector_leaves_parameters_out(tree):
    elements = [{"name": "a", "on": "true"}, {"name": "b", "on": "false"}]
    spec = {"generators": [{"list": {"elements": elements}, "selector": {"matchLabels": {"on": "true"}}}]}
    assert made(tree, spec)[:2] == (["a"], [])


def test_an_unknown_placeholder_without_go_templates_stays_as_argo_cd_leaves_it(tree):
    spec = {"generators": [{"list": {"elements": [{"name": "a"}]}}]}
    (application,) = made(tree, spec, project="{{nothing}}")[2]
    assert application.item.spec["project"] == "{{nothing}}"


@pytest.mark.parametrize(
    ("spec", "name", "why"),
    [
        ({"generators": [{"clusters": {}}]}, "{{name}}", "lists the clusters that Argo CD knows"),
        ({"generators": [{"pullRequest": {"github": {"owner": "a", "repo": "b"}}}]}, "{{name}}", "asks a server"),
        ({"generators": [{"list": {"elementsYaml": "x"}}]}, "{{name}}", "not a list of mappings"),
        (
            {"goTemplate": True, "generators": [{"list": {"elements": [{"a": "b"}]}}]},
            "{{ .a | shuffle }}",
            "not evaluated here",
        ),
        (
            {"goTemplate": True, "generators": [{"list": {"elements": [{"a": "b"}]}}]},
            "{{ .c }}",
            "no generator gives the parameter `c`",
        ),
        ({"generators": [{"git": {"repoURL": "https://git.example.org/b", "directories": [{"path": "*"}]}}]}, "x", "b=DIR"),
        ({"generators": [{"list": {"elements": [{"name": "a"}]}}], "templatePatch": "x"}, "{{name}}", "not a mapping"),
        ({"generators": [{"matrix": {"generators": [{"list": {}}]}}]}, "x", "two generators"),
        ({"generators": []}, "x", "no Application"),
    ],
)
def test_what_cannot_be_expanded_is_told_and_not_guessed(tree, spec, name, why):
    names, notes, _ = made(tree, spec, name)
    assert names == []
    assert why in " ".join(notes)


@pytest.mark.parametrize(
    "address",
    [
        "https://git.example.org/a.git",
        "https://git.example.org/a/",
        "git@git.example.org:a.git",
        "ssh://git@git.example.org:22/a",
    ],
)
def test_one_repository_has_many_addresses(address):
    assert same(address) == same("https://GIT.example.org/a")
