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
        "7:36: error TP692 case 1 must not pass, but does",
    ),
    "fails": (
        "expression: object.x > 1\n  cases: [{name: none, object: {}, passes: true}]",
        "7:44: error TP692 case `none` must pass, but does not (the expression fails: no field `x`, at character 8)",
    ),
    "kind": (
        "match: {kinds: [{kind: Pod}]}\n  expression: 'true'\n  cases: [{object: {kind: Job}, passes: true}]",
        "8:12: error TP692 case 1 has a kind that `match` does not name",
    ),
    "number": (
        "expression: '1'\n  cases: [{object: {}, passes: true}]",
        "7:32: error TP692 case 1 must pass, but does not (the expression is neither true nor false)",
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


def test_a_rule_is_named_in_suppressions_settings_and_options_like_a_shipped_one(tiphys, tmp_path):
    root = workspace(tmp_path / "w")
    write_tree(root, {"rules/owner.yaml": OWNER})
    spec, settings = root / "services/web/pipeline.yaml", root / "tiphys.yaml"
    text, plain = spec.read_text(), settings.read_text()
    lint = ("lint", "--format", "concise")

    def found(*options):
        return [line for line in tiphys(*lint, *options, cwd=root).stdout.splitlines() if "TP" in line and "TP07" not in line]

    assert any("TP691" in line for line in found())
    spec.write_text("# tiphys: ignore-file[owner] because it is found by its name\n" + text)
    assert not [line for line in found() if "TP691" in line or "TP002" in line]
    spec.write_text("# tiphys: ignore-file[ownr] because it is found by its name\n" + text)
    assert any("TP002 unknown rule `ownr`" in line for line in found())
    assert "did you mean `owner`?" in tiphys("lint", cwd=root).stdout
    spec.write_text(text)
    assert not [line for line in found("--ignore", "owner") if "TP691" in line]
    assert found("--select", "owner")
    assert all("TP691" in line for line in found("--select", "owner"))
    settings.write_text(plain + "  lint: {ignore: [owner]}\n")
    assert not [line for line in found() if "TP691" in line]
    settings.write_text(plain + "  lint: {severity: {owner: note, TP691: warning}}\n")
    assert {line.split()[1] for line in found() if "TP691" in line} == {"note"}
    settings.write_text(plain + "  lint: {ignore: [ownr]}\n")
    assert any("TP045 unknown rule `ownr`" in line for line in found())


def test_a_rule_has_a_page_and_is_listed_in_its_workspace_alone(tiphys, tmp_path):
    root = workspace(tmp_path / "w")
    write_tree(root, {"rules/limits.yaml": LIMITS})
    page = tiphys("explain", "memory-limits", cwd=root).stdout
    assert page.startswith("TP691 memory-limits (warning)\n\nevery container needs a memory limit\n")
    assert "A rule of this workspace about `Deployment`:" in page
    assert "Source: https://handbook.example/limits" in page
    assert "- name: a" in page
    assert tiphys("rules", "memory-limits", cwd=root).stdout == page
    assert "TP691  warning  memory-limits " in tiphys("rules", cwd=root).stdout
    assert "memory-limits" not in tiphys("rules", cwd=tmp_path).stdout
    assert tiphys("explain", "memory-limits", cwd=tmp_path).returncode == 2
    assert "did you mean `memory-limits`?" in tiphys("explain", "memory-limit", cwd=root).stderr


def test_plain_manifests_name_rules_in_comments_and_options(tiphys, tmp_path):
    web = DEPLOYMENT.replace(
        "      containers:\n", "      containers:\n        # tiphys: ignore[memory-limits] because it is small\n"
    )
    write_tree(tmp_path, {"rules/limits.yaml": LIMITS, "app/web.yaml": web})
    done = tiphys("lint", "--manifests", "app", "--rules", "rules", "--format", "concise", cwd=tmp_path)
    assert [line for line in done.stdout.splitlines() if "TP69" in line or "TP002" in line] == []
    (tmp_path / "app/web.yaml").write_text(DEPLOYMENT)
    done = tiphys("lint", "--manifests", "app", "--rules", "rules", "--ignore", "memory-limits", cwd=tmp_path)
    assert "TP691" not in done.stdout
    done = tiphys("lint", "--manifests", "app", "--ignore", "memory-limits", cwd=tmp_path)
    assert (done.returncode, "unknown rule `memory-limits`" in done.stderr) == (2, True)


def test_the_name_of_a_rule_is_its_own(tiphys, tmp_path):
    root = workspace(tmp_path / "w")
    shipped = LIMITS.replace("memory-limits", "image-is-pinned")
    write_tree(root, {"rules/a.yaml": OWNER, "rules/b.yaml": OWNER, "rules/c.yaml": shipped})
    done = tiphys("lint", "--format", "concise", "--select", "TP692", cwd=root)
    assert done.stdout.splitlines() == [
        "rules/b.yaml:3:18: error TP692 `owner` is also the name of rules/a.yaml",
        "rules/c.yaml:3:18: error TP692 `image-is-pinned` is also the name of a rule of Tiphys",
    ]
