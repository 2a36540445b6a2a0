"""Every page of the manual says all that there is to say, and its examples are what they claim to be."""

from __future__ import annotations

import shutil

import pytest
import yaml

from generator.kubernetes import manifests, target
from generator.lint import catalogue
from generator.lint import manifests as plain
from generator.lint.pages import CHECKS
from generator.lint.registry import SPEC_RULES, object_rules
from generator.lint.schemas import Schemas
from generator.pipeline.run import Mode, Request, run
from support import at_hand
from support.examples import BY_COMMAND, files
from support.paths import ROOT
from support.trees import write_tree
from support.workspace import workspace

PAGES = {page.id: page for page in catalogue.pages()}
OF_OBJECTS = {rule.id for rule in object_rules()}

IN_WORDS = {
    "TP003",
    "TP004",
    "TP017",
    "TP041",  # templates refuse such a value first, as TP040
    "TP043",
    "TP046",
    "TP047",
    "TP049",
    "TP050",
    "TP072",  # the bytes of a file that ships
    "TP314",
    "TP316",
    "TP504",  # the services of others, as in the next two
    "TP505",
    "TP506",
    "TP602",
    "TP603",
    "TP605",
    "TP606",
    "TP607",
    "TP608",
    "TP609",
    "TP640",
    "TP648",
    "TP651",
    "TP652",
    "TP653",
    "TP654",
    "TP655",
    "TP656",
    "TP660",
    "TP661",
    "TP662",
    "TP663",
    "TP664",
    "TP665",
    "TP666",
    "TP901",
    "TP902",
    "TP903",
    "TP904",
    "TP905",
}
"""Their examples are told, as no text of a spec or manifest shows them: bytes, sizes, links, charts, what is committed."""
SHOWN = [id_ for id_ in PAGES if id_ not in IN_WORDS | OF_OBJECTS | BY_COMMAND]


def found_in(folder, example):
    write_tree(folder, files(example))
    shutil.copytree(ROOT / "templates" / "chart", folder / "charts" / "service")
    return {item.rule for item in run(Request(str(folder), Mode.LINT)).diagnostics}


@pytest.mark.parametrize("id_", PAGES)
def test_a_page_has_law_reason_both_examples_and_source(id_):
    page = PAGES[id_]
    assert page.law.endswith(".")
    assert page.law[0].isupper() or page.law[0] == "`"
    for part in (page.why, page.wrong, page.right, page.source):
        assert part.strip(), id_
    assert page.wrong != page.right
    for form in (page.text(), page.markdown()):
        for part in (page.law, page.why, page.source):
            assert part in form


@pytest.mark.parametrize("id_", SHOWN)
def test_the_wrong_example_of_a_page_has_its_problem_and_the_right_one_does_not(id_, tmp_path):
    page = PAGES[id_]
    assert id_ in found_in(workspace(tmp_path / "wrong"), page.wrong)
    right = found_in(workspace(tmp_path / "right"), page.right)
    assert right == set()


GROUPS = {
    "networking.k8s.io/v1": {"Ingress", "NetworkPolicy"},
    "argoproj.io/v1alpha1": {
        "Rollout", "AnalysisTemplate", "Experiment", "Application", "AppProject", "ApplicationSet",
    },
    "apps/v1": {"Deployment"},
    "batch/v1": {"CronJob", "Job"},
    "v1": {"Service", "ConfigMap", "Secret", "PersistentVolumeClaim"},
    "policy/v1": {"PodDisruptionBudget"},
    "autoscaling/v2": {"HorizontalPodAutoscaler"},
    "gateway.networking.k8s.io/v1": {"HTTPRoute"},
    "traefik.io/v1alpha1": {"TraefikService"},
    "monitoring.coreos.com/v1": {"ServiceMonitor"},
    "admissionregistration.k8s.io/v1": {"ValidatingWebhookConfiguration"},
}  # fmt: skip
VERSIONS = {kind: version for version, kinds in GROUPS.items() for kind in kinds}


def manifests_of(example):
    """Return an example as manifests: the version that a kind has, and a name, are filled in."""
    documents = list(yaml.safe_load_all(example))
    for one in documents:
        one.setdefault("apiVersion", VERSIONS.get(one["kind"]))
        one["metadata"] = {"name": "web", **one.get("metadata", {})}
    return yaml.safe_dump_all(documents, sort_keys=False)


def said_of(example):
    read = manifests.read("example.yaml", manifests_of(example).encode(), named=True)
    assert read.diagnostics == []
    stated = example.partition("\n")[0].partition("# --target ")[2]
    versions = target.parse(stated) if stated else target.UNSTATED
    found = plain.lint(read.objects, Schemas("", only_argo=True), target=versions)
    others = [item for item in read.objects if item.group != "argoproj.io"]
    left = [item for item in others if item.name == "forgotten"]
    files = dict.fromkeys(("deploy/web/web.yaml", "deploy/old/old.yaml", "apps/web/web.yaml"), "")
    of = at_hand.repository(files, {"deploy/web": [item for item in others if item not in left], "deploy/old": left})
    return {one.rule for one in (*found, *plain.lint_repository(read.objects, of, at_hand.sets(of, files)))}


@pytest.mark.parametrize("id_", sorted(OF_OBJECTS - IN_WORDS))
def test_the_wrong_manifest_of_a_page_has_its_problem_and_the_right_one_does_not(id_):
    page = PAGES[id_]
    assert id_ in said_of(page.wrong)
    assert id_ not in said_of(page.right)
    assert len(page.right.splitlines()) < 28, "an example is read, not studied"
    assert max(len(line) for line in f"{page.wrong}\n{page.right}".splitlines()) <= 124


def test_what_always_counts_is_what_leaves_nothing_right_to_generate():
    fixed = {id_ for id_ in PAGES if catalogue.is_fixed(id_)}
    assert {rule.id for rule in SPEC_RULES}.isdisjoint(fixed), "a rule can be switched off"
    assert {check.id for check in CHECKS} - fixed == {
        "TP002", "TP043", "TP047", "TP048", "TP050", "TP056", "TP070", "TP071", "TP072", "TP314", "TP315", "TP316", "TP501", "TP502", "TP503", "TP504", "TP505", "TP506", "TP640", "TP674", "TP691", "TP692", "TP693", "TP834", "TP844", *(id_ for id_ in (check.id for check in CHECKS) if id_.startswith(("TP60", "TP66")))
    }  # fmt: skip
