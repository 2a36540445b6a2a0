"""A small template can print any number of documents: so many are one error, before anything is made of them."""

from __future__ import annotations

import json

import pytest

from generator.kubernetes import kustomization_said, manifests
from generator.kubernetes.kustomization_given import Known
from generator.syntax.reader.starts import MOST_DOCUMENTS, are_too_many
from generator.syntax.reader.stream import read_stream
from generator.system.kustomize import Checked
from generator.system.program import Done
from generator.verify import stream
from support.trees import write_tree

LARGE = 9_000
"""Objects, far more than any real chart has."""
ONE = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
SMALL = {"apiVersion": "v1", "kind": "A", "metadata": {"name": "a"}}
OF_A_HUNDRED = {"kind": "List", "items": [SMALL] * 100}
FORMS = {
    "documents": lambda count: f"---\n{ONE}" * count,
    "documents below empty ones": lambda count: f"---\n---\n{ONE}" * count,
    "documents that are nothing": lambda count: "---\na\n" * count,
    "a list": lambda count: json.dumps({"kind": "List", "items": [SMALL] * count}),
    "lists in lists": lambda count: json.dumps({"kind": "List", "items": [OF_A_HUNDRED] * (count // 100)}),
}


@pytest.mark.parametrize("form", FORMS)
def test_what_is_rendered_has_a_limit_that_no_real_chart_reaches(form):
    few, many = stream.read(FORMS[form](LARGE)), stream.read(FORMS[form](MOST_DOCUMENTS + 1))
    assert form == "documents that are nothing" or len(few.objects) == LARGE
    assert len(many.objects) == 0
    assert len(many.problems) == 1
    assert "more than" in many.problems[0]


@pytest.mark.parametrize("form", FORMS)
def test_a_file_of_manifests_has_a_limit_that_no_real_file_reaches(form):
    few = manifests.read("a.yaml", FORMS[form](LARGE).encode(), named=True)
    many = manifests.read("a.yaml", FORMS[form](MOST_DOCUMENTS + 1).encode(), named=True)
    assert form == "documents that are nothing" or len(few.objects) == LARGE
    assert len(many.objects) == 0
    assert [(one.rule, one.message[-21:]) for one in many.diagnostics if "more than" in one.message]


def test_empty_documents_are_not_read_one_by_one():
    """Eight megabytes of them took a minute."""
    (part,) = read_stream("a.yaml", "---\n" * 2_000_000)
    assert [one.message for one in part.problems] == ["more than 20,000 documents"]


@pytest.mark.parametrize("count", [MOST_DOCUMENTS - 1, MOST_DOCUMENTS, MOST_DOCUMENTS + 1])
def test_what_a_program_prints_is_counted_as_it_is_read(count):
    text = ONE + "---\nkind: A\n" * count
    assert are_too_many(text.encode()) == ("more than" in str([one.problems for one in read_stream("", text)]))


class Program:
    release = "5.0.0"

    def build(self, _given):
        return Done(0, FORMS["documents"](MOST_DOCUMENTS + 1).encode(), "")


def test_a_kustomization_that_prints_too_many_documents_is_not_built():
    done = kustomization_said.build(Program(), Checked({}, "k"), Known())
    assert (done.ok, done.out, done.err) == (False, b"", "kustomize prints more than 20,000 documents")


WORKSPACE = {
    "tiphys.yaml": "apiVersion: tiphys/v1\nkind: Workspace\nspec: {repoURL: https://git.example.com/deploy.git}\n",
    "environments/dev.yaml": "apiVersion: tiphys/v1\nkind: Environment\nmetadata: {name: dev}\n"
    "spec: {argocd: {project: shop, destination: {namespace: shop}}OUTPUT}\n",
    "services/web/pipeline.yaml": "apiVersion: tiphys/v1\nkind: Pipeline\nmetadata: {name: web}\n"
    "spec: {chart: {name: web, path: charts/web}, environments: {dev: {}}}\n",
    "charts/web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
    "charts/web/templates/a.yaml": "{{ range until 110000 }}---\nkind: A\n{{ end }}",
}


@pytest.mark.usefixtures("helm", "helm_home")
@pytest.mark.parametrize("output", ["sources", "rendered"])
def test_a_chart_that_prints_too_many_documents_is_one_error_at_the_chart(output, tiphys, tmp_path):
    """The reproducer of an attack: 200 bytes took 1 GB of memory for each environment."""
    more = ", target: {kubernetes: '1.35'}, output: rendered" if output == "rendered" else ""
    root = write_tree(tmp_path / "w", {path: text.replace("OUTPUT", more) for path, text in WORKSPACE.items()})
    commands = [("verify",), ("render", "web", "--env", "dev", "--helm")] if not more else [("generate",), ("check",)]
    for words in commands:
        done = tiphys("-C", root, *words, cwd=root)
        said = done.stdout + done.stderr
        assert done.returncode == 1, said
        assert said.count("Helm prints more than 20,000 documents for the chart web 1.0.0") == 1, said
        assert "services/web/pipeline.yaml:4:" in said
