"""An admission policy of the repository is evaluated where the object is written, in a workspace and over plain manifests."""

from __future__ import annotations

from support.trees import write_tree
from support.workspace import workspace

POLICY = """\
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: owned.example.com}
spec:
  matchConstraints:
    resourceRules:
      - {apiGroups: [argoproj.io], apiVersions: [v1alpha1], operations: [CREATE], resources: [applications]}
      - {apiGroups: [apps], apiVersions: [v1], operations: [CREATE], resources: [deployments]}
  validations:
    - expression: has(object.metadata.labels) && 'owner' in object.metadata.labels
      messageExpression: "request.kind.kind + ' needs the label owner'"
"""
BINDING = """\
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: owned}
spec: {policyName: owned.example.com, validationActions: [Deny]}
"""
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: app, image: "web:1"}]}
"""
SETTINGS = "apiVersion: tiphys/v1\nkind: Workspace\nspec:\n  repoURL: https://example.com/config.git\n  lint: {LINT}\n"


def lint(tiphys, folder, *options):
    done = tiphys("lint", *options, "--format", "concise", cwd=folder)
    assert "Traceback" not in done.stderr
    return [line for line in done.stdout.splitlines() if "TP69" in line or ("TP0" in line and "TP07" not in line)]


def settings(lint):
    return SETTINGS.replace("{LINT}", lint)


def test_a_workspace_names_policies_that_its_services_must_pass(tiphys, tmp_path):
    root = workspace(tmp_path / "w")
    write_tree(root, {"policies/owned.yaml": f"{POLICY}---\n{BINDING}", "tiphys.yaml": settings("{policies: [policies]}")})
    found = lint(tiphys, root)
    assert found
    assert all(line.startswith("services/web/pipeline.yaml:") for line in found)
    assert all(line.endswith("error TP693 owned.example.com: Application needs the label owner") for line in found)
    assert tiphys("generate", cwd=root).returncode == 1
    assert lint(tiphys, root, "--ignore", "owned.example.com") == []
    write_tree(root, {"tiphys.yaml": settings("{policies: [policies], severity: {owned.example.com: note}}")})
    assert {line.split()[1] for line in lint(tiphys, root)} == {"note"}
    write_tree(root, {"tiphys.yaml": settings("{policies: [services]}")})
    assert lint(tiphys, root) == ["tiphys.yaml:5:21: error TP029 no ValidatingAdmissionPolicy found in `services`"]


def test_a_policy_without_a_binding_is_said_once(tiphys, tmp_path):
    root = workspace(tmp_path / "w")
    write_tree(root, {"policies/owned.yaml": POLICY, "tiphys.yaml": settings("{policies: [policies/owned.yaml]}")})
    (line,) = lint(tiphys, root)
    assert line.startswith("policies/owned.yaml:3:18: note TP693 owned.example.com: not evaluated, because no ")


def test_what_a_cluster_alone_knows_is_said_once_for_all_services(tiphys, tmp_path):
    root = workspace(tmp_path / "w")
    asks = POLICY.replace(
        "has(object.metadata.labels) &&", "request.userInfo.username == 'a' || has(object.metadata.labels) &&"
    )
    write_tree(root, {"policies/owned.yaml": f"{asks}---\n{BINDING}", "tiphys.yaml": settings("{policies: [policies]}")})
    write_tree(root, {"services/shop/pipeline.yaml": (root / "services/web/pipeline.yaml").read_text().replace("web", "shop")})
    found = lint(tiphys, root)
    assert len(found) == 1, found
    (line,) = found
    assert line.startswith("policies/owned.yaml:10:19: note TP693 owned.example.com: not decided without a cluster for all")


def test_plain_manifests_meet_the_policies_of_other_folders(tiphys, tmp_path):
    write_tree(tmp_path, {"platform/policy.yaml": POLICY, "platform/binding.yaml": BINDING, "shop/web.yaml": DEPLOYMENT})
    refused = "shop/web.yaml:3:18: error TP693 owned.example.com: Deployment needs the label owner"
    assert lint(tiphys, tmp_path, "--manifests", ".") == [refused]
    assert lint(tiphys, tmp_path, "--manifests", "shop") == []
    assert lint(tiphys, tmp_path, "--manifests", "shop", "--rules", "platform") == [refused]
    accepted = DEPLOYMENT.replace(
        "metadata: {name: web}\n", "metadata: {name: web} # tiphys: ignore[owned.example.com] because it is ours\n", 1
    )
    write_tree(tmp_path, {"shop/web.yaml": accepted})
    assert lint(tiphys, tmp_path, "--manifests", ".") == []


def test_a_policy_in_two_forms_is_for_the_objects_next_to_each(tiphys, tmp_path):
    lax = POLICY.replace("'owner' in object.metadata.labels", "true")
    write_tree(
        tmp_path, {"dev/policy.yaml": lax, "dev/binding.yaml": BINDING, "dev/web.yaml": DEPLOYMENT, "shop/web.yaml": DEPLOYMENT}
    )
    write_tree(tmp_path, {"prod/policy.yaml": POLICY, "prod/binding.yaml": BINDING, "prod/web.yaml": DEPLOYMENT})
    found = lint(tiphys, tmp_path, "--manifests", ".")
    assert sorted({line.split(":")[0] for line in found}) == ["dev/web.yaml", "prod/web.yaml"]
