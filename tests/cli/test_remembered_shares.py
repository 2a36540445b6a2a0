"""What several services share is read once: who is generated again if it changes, and what counts once nobody uses it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from generator.cli.main import program
from generator.pipeline.inputs import load, open_workspace
from generator.pipeline.request import Mode, Request
from generator.pipeline.services import ServiceGenerator
from generator.system.files import watching
from support.fleet import fleet
from support.paths import ROOT
from support.repositories import Repository, spec

KUSTOMIZED = """\
apiVersion: tiphys/v1
kind: Pipeline
metadata: {{name: {name}}}
spec:
  source: {{kustomize: {{path: kustomize/{name}}}}}
  environments: {{dev: {{}}}}
"""
CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: base}\ndata: {a: b}\n"
POLICY = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: policy}\ndata: {a: b}\n"
EDITS = {
    "strategies/slow.yaml": ("setWeight: 10", "setWeight: 20", {"preset"}),
    "services/own/own.yaml": ("5m", "6m", {"own"}),
    "services/pair/smoke.yaml": ("5m", "6m", {"pair-1", "pair-2"}),
    "services/pair/policy.yaml": ("a: b", "a: c", {"pair-1", "pair-2"}),
    "charts/mine/Chart.yaml": ("1.0.0\n", "1.0.0 # edited\n", {"local"}),
    "charts/mine/values.yaml": ("replicas", "replicaCount", {"local"}),
    "charts/lib/Chart.yaml": ("library", "library # edited", {"local"}),
    "kustomize/base/config.yaml": ("a: b", "a: c", {"kustomized-1", "kustomized-2"}),
    "kustomize/kustomized-2/kustomization.yaml": ("# end", "# the end", {"kustomized-2"}),
    "environments/prod.yaml": ("# end", "# the end", None),
}
"""Path to what is replaced, by what, and the services that it is for; None for all."""


PAIRS = {"kustomized-1", "kustomized-2", "pair-1", "pair-2"}
NAMES = {"services/pair/pipeline.yaml": "pair-1", "services/pair/other.yaml": "pair-2"}
PAIR = (
    '{image: {tag: "1"}, manifests: [policy.yaml], '
    "rollout: {strategy: {canary: {steps: [{setWeight: 10}]}}, analysisTemplates: [{file: smoke.yaml}]}}"
)
SETTINGS = """\
apiVersion: tiphys/v1
kind: Workspace
spec: {repoURL: https://example.com/r, specs: [services/*/pipeline.yaml, services/*/other.yaml]}
"""


@pytest.fixture
def folder(tmp_path, monkeypatch, later) -> Path:
    """Return a workspace in which several services share each kind of file; each run begins an hour from now."""
    monkeypatch.setenv("TIPHYS_CACHE_DIR", str(tmp_path / "cache"))
    made = fleet(tmp_path / "w")
    sharing(made)
    assert said(made.folder, "generate")[0] == 0
    return made.folder


def sharing(made: Repository) -> None:
    made.write("tiphys.yaml", SETTINGS)
    made.write("services/pair/pipeline.yaml", spec("pair-1", dev=PAIR))
    elsewhere = PAIR.replace("{image", "{argocd: {destination: {namespace: elsewhere}}, image", 1)
    made.write("services/pair/other.yaml", spec("pair-2", dev=elsewhere))
    made.write("services/pair/smoke.yaml", (made.folder / "services/own/own.yaml").read_text())
    made.write("services/pair/policy.yaml", POLICY)
    made.write("kustomize/base/kustomization.yaml", "resources: [config.yaml]\n")
    made.write("kustomize/base/config.yaml", CONFIG)
    made.write("charts/mine/values.yaml", "replicas: 1\n")
    for number in "12":
        name = f"kustomized-{number}"
        made.write(f"services/{name}/pipeline.yaml", KUSTOMIZED.format(name=name))
        made.write(f"kustomize/{name}/kustomization.yaml", f"resources: [../base] # end\nnamePrefix: n{number}-\n")
    path = made.folder / "environments/prod.yaml"
    path.write_text(path.read_text() + "# end\n")


def said(folder: Path, *words: str):
    done = CliRunner(env={"GITHUB_ACTIONS": ""}).invoke(program, ["-C", str(folder), *words], standalone_mode=False)
    return (done.return_value, done.output) if done.exception is None else (type(done.exception).__name__, str(done.exception))


def add(folder: Path, *words: str) -> None:
    subprocess.run(["git", "-C", folder, "add", *words], check=True)


@pytest.mark.parametrize("path", EDITS)
def test_an_edit_of_a_shared_file_generates_the_services_that_use_it_and_no_other(path, folder, generated):
    old, new, wanted = EDITS[path]
    said(folder, "check")
    generated.clear()
    text = (folder / path).read_text()
    assert old in text
    (folder / path).write_text(text.replace(old, new))
    warm = said(folder, "check")
    assert {NAMES.get(one, one.split("/")[1]) for one in generated} == (wanted or {"local", "own", "plain", "preset", *PAIRS})
    assert warm == said(folder, "check", "--no-cache")


def test_the_hook_does_not_wait_for_a_file_that_no_spec_names_any_more(folder):
    add(folder, "-A")
    assert said(folder, "generate", "--hook")[0] == 0
    path, draft = folder / "services/own/pipeline.yaml", folder / "services/own/own.yaml"
    draft.write_text(draft.read_text() + "# a draft\n")
    assert "changed, not staged: services/own/own.yaml" in said(folder, "generate", "--hook")[1]
    path.write_text(path.read_text().replace(", analysisTemplates: [{file: own.yaml}]", ""))
    said(folder, "generate", "--hook", "--allow-delete")
    add(folder, "services/own/pipeline.yaml", "generated")
    warm = said(folder, "generate", "--hook", "--allow-delete")
    assert warm[0] == 0
    assert warm == said(folder, "generate", "--hook", "--allow-delete", "--no-cache")


def test_the_hook_waits_for_a_file_that_the_first_of_its_services_no_longer_uses(folder):
    add(folder, "-A")
    assert said(folder, "generate", "--hook")[0] == 0
    path, shared = folder / "services/pair/other.yaml", folder / "services/pair/smoke.yaml"
    path.write_text(path.read_text().replace(", analysisTemplates: [{file: smoke.yaml}]", ""))
    said(folder, "generate", "--hook", "--allow-delete")
    add(folder, "-A")
    assert said(folder, "generate", "--hook")[0] == 0
    shared.write_text(shared.read_text() + "# a draft\n")
    warm = said(folder, "generate", "--hook")
    assert "changed, not staged: services/pair/smoke.yaml" in warm[1]
    assert warm == said(folder, "generate", "--hook", "--no-cache")


def asked(root: Path, *paths: str) -> dict[str, frozenset[watching.Question]]:
    """Return what is asked of the disk for each of some specs, or for each of all, by one look at the workspace."""
    request = Request(str(root), Mode.CHECK)
    with watching.watching():
        opened = open_workspace(request)
        inputs = load(opened, request)
        wanted = paths or tuple(inputs.paths)
        made = ServiceGenerator(inputs, request).generate(wanted, lambda _: None)
    return {path: unit.asked for path, unit in zip(wanted, made, strict=True)}


POLICIES = """\
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: asked.example.com}
spec:
  matchConstraints:
    resourceRules: [{apiGroups: [argoproj.io], apiVersions: [v1alpha1], operations: [CREATE], resources: [applications]}]
  validations: [{expression: "request.userInfo.username == 'ann'"}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: asked}
spec: {policyName: asked.example.com, validationActions: [Deny]}
"""


@pytest.mark.parametrize("command", ["lint", "check"])
def test_what_no_policy_can_decide_is_still_told_when_the_first_service_goes(command, folder):
    (folder / "policies").mkdir()
    (folder / "policies/asked.yaml").write_text(POLICIES)
    (folder / "tiphys.yaml").write_text(SETTINGS.replace("spec: {", "spec: {lint: {policies: [policies]}, "))
    while services := sorted((folder / "services").iterdir()):
        warm = said(folder, command)
        assert "not decided without a cluster" in warm[1]
        assert warm == said(folder, command, "--no-cache")
        shutil.rmtree(services[0])


def test_a_policy_that_nobody_can_decide_does_not_make_each_edit_generate_all_services(folder, generated):
    """It is told at the expression that the first service meets, be that one generated or remembered."""
    (folder / "policies").mkdir()
    either = "object.metadata.name == '{}' || request.userInfo.username == 'ann'"
    two = [f'{{expression: "{either.format(name)}"}}' for name in ("own-dev", "local-dev")]
    policies = POLICIES.replace("[{expression: \"request.userInfo.username == 'ann'\"}]", f"[{', '.join(two)}]")
    (folder / "policies/asked.yaml").write_text(policies)
    (folder / "tiphys.yaml").write_text(SETTINGS.replace("spec: {", "spec: {lint: {policies: [policies]}, "))
    first = said(folder, "lint")
    for name in ("plain", "own", "local", "preset"):
        path = folder / f"services/{name}/pipeline.yaml"
        path.write_text(f"{path.read_text()}# edited\n")
        generated.clear()
        assert said(folder, "lint") == first
        assert generated == [f"services/{name}/pipeline.yaml"]
        assert said(folder, "lint", "--no-cache") == first
    for name in ("local", "own"):
        shutil.rmtree(folder / "services" / name)
        assert said(folder, "lint") == said(folder, "lint", "--no-cache")
    assert said(folder, "lint")[1].count("not decided without a cluster") == 1


CASES = [path.parent for path in sorted((ROOT / "tests/data/cases").glob("*/tiphys.yaml"))]


def holds_what_each_asks_alone(root: Path) -> None:
    together = asked(root)
    backwards = asked(root, *reversed(together))
    for path in together:
        alone = asked(root, path)[path]
        assert alone <= together[path], path
        assert alone <= backwards[path], path


def test_a_service_depends_on_what_it_shares_whoever_asked_first(folder):
    holds_what_each_asks_alone(folder)


@pytest.mark.parametrize(
    "root", [*CASES, ROOT / "examples/online-boutique", ROOT / "examples/two-clusters"], ids=lambda path: path.name
)
def test_no_service_forgets_a_file_because_another_one_read_it_first(root):
    holds_what_each_asks_alone(root)


def test_each_spec_is_looked_at_again_when_the_style_is_configured(folder):
    said(folder, "lint")
    for length in ("{max: 20, level: warning}", "{max: 200}", "{max: 30, level: warning}"):
        (folder / ".yamllint").write_text(f"extends: default\nrules: {{document-start: disable, line-length: {length}}}\n")
        assert said(folder, "lint") == said(folder, "lint", "--no-cache")
    assert said(folder, "lint")[1].count("yamllint: line-length") > len(EDITS)
    (folder / ".yamllint").unlink()
    assert said(folder, "lint") == said(folder, "lint", "--no-cache")
