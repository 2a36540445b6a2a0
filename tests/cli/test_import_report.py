"""What `tiphys import` tells, each kind of thing in a list of its own, and the commands of the switch for these names."""

from __future__ import annotations

import json

from support.trees import write_tree

GIT = "https://git.example.org/a/b.git"


def application(name, path, *, more="", spec="", kind="directory: {}"):
    return (
        f"apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {{name: {name}, namespace: argocd{more}}}\nspec:\n"
        f"  project: default\n  destination: {{name: dev, namespace: web}}\n{spec}"
        f"  source: {{repoURL: {GIT}, path: {path}, {kind}}}\n"
    )


def root(name, path, more=""):
    return (
        f"apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {{name: {name}, namespace: argocd{more}}}\nspec:\n"
        "  project: default\n  destination: {server: 'https://kubernetes.default.svc', namespace: argocd}\n"
        f"  source: {{repoURL: {GIT}, path: {path}}}\n  syncPolicy: {{automated: {{selfHeal: true}}}}\n"
    )


def config_map(name):
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}\n"


def imported(tiphys, tmp_path, files, *arguments):
    write_tree(tmp_path / "old", files)
    done = tiphys("import", "old", "--into", "new", "--format", "json=out.json", "--format", "text", *arguments)
    return done, json.loads((tmp_path / "out.json").read_text())


def section(text, heading):
    """Return the lines below a heading, up to the next one."""
    lines = text.split("\n")
    assert heading in lines, text
    below = lines[lines.index(heading) + 1 :]
    return [line.strip() for line in below[: next(n for n, line in enumerate(below) if not line.startswith("  "))]]


def test_each_kind_of_what_is_not_carried_over_has_a_list_of_its_own(tiphys, tmp_path):
    files = {
        "root.yaml": root("root", "apps"),
        "apps/one.yaml": application("one", "plain", more=", finalizers: [example.org/x]"),
        "apps/gone.yaml": application("gone", "nowhere"),
        "off/two.yaml": application("two", "plain-two"),
        "off/broken.yaml": "kind: Application\n  spec: 1\n",
        "plain/a.yaml": config_map("a"),
        "plain-two/a.yaml": config_map("b"),
    }
    done, found = imported(tiphys, tmp_path, files)
    assert done.returncode == 1, done.stdout
    record = "\n".join(line.removeprefix("    ") for line in (tmp_path / "new/IMPORT.md").read_text().split("\n"))
    for text in (done.stdout, record):
        undeployed = (
            "carried over, but no root Application deploys them; the new root creates those that are not in the cluster:"
        )
        assert section(text, "not read, so Applications in it are not carried over:")[0].startswith(
            "old/off/broken.yaml:2: this"
        )
        assert section(text, "Applications that are left out:")[0].startswith("old/apps/gone.yaml:7: Application gone: nowhere")
        assert section(text, "not carried over:") == [
            "old/apps/one.yaml:3: Application one: finalizer example.org/x: Tiphys only writes those of Argo CD"
        ]
        assert section(text, undeployed) == ["old/off/two.yaml:3: Application two"]
    assert len(found["notCarried"]) == 3
    assert found["notDeployed"] == [{"path": "old/off/two.yaml", "line": 3, "what": "Application two"}]


def test_an_application_that_is_left_out_is_marked_in_the_table(tiphys, tmp_path):
    files = {
        "dev/one.yaml": application("one", "plain"),
        "dev/bad.yaml": application("bad", "k", kind="kustomize: {}"),
        "plain/a.yaml": config_map("a"),
        "k/kustomization.yaml": "resources: [a.yaml]\npatches: [{path: p.yaml}]\n",
        "k/a.yaml": config_map("k"),
        "k/p.yaml": config_map("other"),
    }
    done, _ = imported(tiphys, tmp_path, files)
    assert [line.split() for line in done.stdout.split("\n")[1:3]] == [["bad", "bad", "(left", "out)"], ["one", "one"]]


def test_what_a_root_application_has_of_its_own_is_named_where_it_is_lost(tiphys, tmp_path):
    labels = ", labels: {team: a}, annotations: {notifications.argoproj.io/subscribe.x: y}, finalizers: [example.org/x]"
    files = {
        "root.yaml": root("root", "apps", labels).replace("{automated: {selfHeal: true}}", "{syncOptions: [Validate=true]}"),
        "apps/one.yaml": application("one", "plain"),
        "plain/a.yaml": config_map("a"),
    }
    done, found = imported(tiphys, tmp_path, files)
    assert done.returncode == 0, done.stdout
    assert {note["what"].removeprefix("Application root: "): note["line"] for note in found["notCarried"]} == {
        "label team": 3,
        "annotation notifications.argoproj.io/subscribe.x": 3,
        "finalizer example.org/x": 3,
        "a root Application that is synced manually": 4,
    }


def test_what_an_application_set_leaves_alone_is_named(tiphys, tmp_path):
    template = application("'one-{{env}}'", "plain").partition("metadata:")[2].replace("\n", "\n    ")
    files = {
        "set.yaml": "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: all, namespace: argocd}\nspec:\n"
        "  syncPolicy: {applicationsSync: create-only}\n  preservedFields: {annotations: [x]}\n"
        "  ignoreApplicationDifferences: [{jsonPointers: [/spec/x]}]\n  generators: [{list: {elements: [{env: dev}]}}]\n"
        f"  template:\n    metadata: {template}\n",
        "plain/a.yaml": config_map("a"),
    }
    done, found = imported(tiphys, tmp_path, files)
    assert done.returncode == 0, done.stdout
    assert [(note["line"], note["what"]) for note in found["notCarried"]] == [
        (6, "`spec.preservedFields` of ApplicationSet all"),
        (7, "`spec.ignoreApplicationDifferences` of ApplicationSet all"),
        (5, "`spec.syncPolicy.applicationsSync` of ApplicationSet all"),
    ]
    assert "delete applicationset all --cascade=orphan" in done.stdout, "all its Applications are carried over"


def test_a_file_of_the_old_tree_that_the_workspace_would_overwrite_is_named(tiphys, tmp_path):
    files = {
        "apps/dev/one.yaml": application("one", "plain"),
        "plain/a.yaml": config_map("a"),
        "environments/dev.yaml": "replicas: 3\n",
        "services/one/pipeline.yaml": "# long\n" * 1000,
    }
    done, found = imported(tiphys, tmp_path, files)
    assert done.returncode == 0, done.stdout
    why = "the workspace has a different file of this name, so step 1 of the switch would overwrite it"
    assert [(note["path"], note["why"].startswith(why)) for note in found["notCarried"]] == [
        ("old/environments/dev.yaml", True),
        ("old/services/one/pipeline.yaml", True),
    ]
