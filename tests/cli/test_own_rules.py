"""A rule of the user finds what it says, at the user's own line; one that is wrong is told at its own line."""

from __future__ import annotations

from support.trees import write_tree
from support.workspace import workspace

LIMITS = """\
apiVersion: tiphys/v1
kind: Rule
metadata: {name: memory-limits}
spec:
  severity: warning
  message: every container needs a memory limit
  page: https://handbook.example/limits
  match: {kinds: [{group: apps, kind: Deployment}]}
  at: spec.template.spec.containers[0]
  expression: "object.spec.template.spec.containers.all(c, has(c.resources) && 'memory' in c.resources.limits)"
  cases:
    - {object: {apiVersion: apps/v1, kind: Deployment, spec: {template: {spec: {containers: [{name: a}]}}}}, passes: false}
"""
OWNER = """\
apiVersion: tiphys/v1
kind: Rule
metadata: {name: owner}
spec:
  message: an Application needs the label owner
  match: {kinds: [{group: argoproj.io, kind: Application}]}
  expression: has(object.metadata.labels) && has(object.metadata.labels.owner)
  cases: [{object: {apiVersion: argoproj.io/v1alpha1, kind: Application, metadata: {labels: {owner: a}}}, passes: true}]
"""
WRONG = {
    "syntax": (
        "expression: object.spec.x = 1\n  cases: [{object: {}, passes: true}]",
        "6:15: error TP692 unexpected `=`, at character 15",
    ),
    "passes": (
        "expression: has(object.x)\n  cases: [{object: {x: 1}, passes: false}]",
        "7:36: error TP692 case 1 must not pass, and does",
    ),
    "fails": (
        "expression: object.x > 1\n  cases: [{name: none, object: {}, passes: true}]",
        "7:44: error TP692 case `none` must pass, and does not (the expression fails: no field `x`, at character 8)",
    ),
    "kind": (
        "match: {kinds: [{kind: Pod}]}\n  expression: 'true'\n  cases: [{object: {kind: Job}, passes: true}]",
        "8:12: error TP692 case 1 has a kind that `match` does not name",
    ),
    "number": (
        "expression: '1'\n  cases: [{object: {}, passes: true}]",
        "7:32: error TP692 case 1 must pass, and does not (the expression is neither true nor false)",
    ),
    "untested": ("expression: 'true'", "4:1: error TP022 `spec` needs `cases`"),
}
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - {name: app, image: "web:1"}
"""


def wrong(name):
    return f"apiVersion: tiphys/v1\nkind: Rule\nmetadata: {{name: {name}}}\nspec:\n  message: a\n  {WRONG[name][0]}\n"


def test_a_workspace_is_linted_by_its_own_rules(tiphys, tmp_path):
    root = workspace(tmp_path / "w")
    write_tree(root, {"rules/owner.yaml": OWNER} | {f"rules/{name}.yaml": wrong(name) for name in WRONG})
    done = tiphys("lint", "--format", "concise", "--select", "TP69", "--select", "TP022", cwd=root)
    assert done.returncode == 1
    said = done.stdout.splitlines()
    assert [line for line in said if line.startswith("rules/")] == sorted(
        f"rules/{name}.yaml:{WRONG[name][1]}" for name in WRONG
    )
    assert {line.partition(": ")[2] for line in said if "services/" in line} == {
        "error TP691 owner: an Application needs the label owner"
    }


def test_generate_writes_nothing_that_an_own_rule_refuses_and_a_suppression_lets_it(tiphys, tmp_path):
    root = workspace(tmp_path / "w")
    write_tree(root, {"rules/owner.yaml": OWNER})
    assert tiphys("generate", cwd=root).returncode == 1
    assert not (root / "generated").exists()
    write_tree(root, {"rules/owner.yaml": OWNER.replace("message:", "severity: note\n  message:")})
    assert tiphys("generate", cwd=root).returncode == 0


def test_plain_manifests_are_linted_by_the_rules_that_are_named(tiphys, tmp_path):
    write_tree(tmp_path, {"rules/limits.yaml": LIMITS, "rules/syntax.yaml": wrong("syntax"), "app/web.yaml": DEPLOYMENT})
    done = tiphys("lint", "--manifests", "app", "--rules", "rules", "--format", "concise", cwd=tmp_path)
    assert [line for line in done.stdout.splitlines() if "TP69" in line] == [
        "app/web.yaml:10:11: warning TP691 memory-limits: every container needs a memory limit",
        f"rules/syntax.yaml:{WRONG['syntax'][1]}",
    ]
    done = tiphys("lint", "--manifests", "app", "--rules", "app", cwd=tmp_path)
    assert (done.returncode, "no rules found in app" in done.stderr) == (2, True)
    done = tiphys("lint", "--rules", "rules", cwd=tmp_path)
    assert (done.returncode, "require --manifests" in done.stderr) == (2, True)


def test_a_rule_in_another_folder_is_told_where_it_belongs(tiphys, tmp_path):
    root = workspace(tmp_path / "w")
    write_tree(root, {"rule/owner.yaml": OWNER})
    done = tiphys("lint", "--format", "concise", cwd=root)
    assert "rule/owner.yaml:1:1: error TP043 this file is ignored: rules must be directly in `rules/`" in done.stdout
