"""`tiphys import` finds Applications wherever Argo CD or kubectl would, and says which directories it does not search."""

from __future__ import annotations

import json

import pytest

from support.trees import write_tree

GIT = "https://git.example.org/a/b.git"
PLAIN = {"plain/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"}


def application(name, source="path: plain", more=""):
    return (
        f"apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {{name: {name}, namespace: argocd}}\nspec:\n"
        f"  project: default\n  destination: {{name: dev, namespace: web}}\n  source: {{repoURL: {GIT}, {source}}}\n{more}"
    )


def imported(tiphys, tmp_path, files, *arguments):
    write_tree(tmp_path / "old", {**PLAIN, **files})
    done = tiphys("import", "old", "--format", "json=out.json", "--format", "text", *arguments)
    return done, json.loads((tmp_path / "out.json").read_text())


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        (".argocd/one.yaml", "kind: Application"),
        ("dev/.one.yaml", "kind: Application"),
        ("dev/one.YAML", "kind: Application"),
        ("dev/one.yaml", "kind:\n  Application"),
        ("dev/one.yaml", "kind: !!str Application"),
        ("dev/one.yaml", 'kind: &kind !!str "Application"'),
        ("dev/one.yaml", "'kind' : Application"),
    ],
)
def test_an_application_is_found_however_it_is_written(path, kind, tiphys, tmp_path):
    text = application("one").replace("kind: Application", kind)
    done, found = imported(tiphys, tmp_path, {path: text})
    assert (done.returncode, found["services"]) == (0, ["one"]), done.stdout + done.stderr


def test_a_directory_that_is_not_searched_is_named(tiphys, tmp_path):
    files = {"dev/one.yaml": application("one"), "node_modules/x/two.yaml": application("two")}
    _, found = imported(tiphys, tmp_path, {**files, ".git/three.yaml": application("three")})
    assert found["services"] == ["one"]
    (note,) = found["notCarried"]
    assert (note["path"], note["why"]) == ("old/node_modules", "packages are not searched for Applications")


CHART = {
    "charts/web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 0.1.0\n",
    "charts/web/templates/map.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n",
}
HYDRATED = application("bad").replace("  source: {", "  sourceHydrator: {")
UNSUPPORTED = {
    "hydrator": (
        HYDRATED,
        {},
        "the source hydrator of Argo CD renders it to a branch (`spec.sourceHydrator`), which is not supported",
    ),
    "oci": (
        application("bad").replace(GIT, "oci://r.example.org/x"),
        {},
        "its source is the OCI artifact oci://r.example.org/x, which is not supported",
    ),
    "hidden": (
        application("bad", "path: .x"),
        {".x/kustomization.yaml": "resources: [a.yaml]\n", ".x/a.yaml": PLAIN["plain/a.yaml"]},
        "its path has the hidden directory `.x`, which a spec cannot name; move it",
    ),
    "root": (
        application("bad", "path: '.'"),
        {"kustomization.yaml": "resources: [a.yaml]\n", "a.yaml": PLAIN["plain/a.yaml"]},
        "its path has no directory of its own: it is in the root of the repository, which a spec cannot name; move it",
    ),
    "jsonnet": (
        application("bad", "path: j"),
        {"j/a.yaml": PLAIN["plain/a.yaml"], "j/b.jsonnet": "{}"},
        "j/b.jsonnet is Jsonnet, which cannot be evaluated here",
    ),
    "version": (
        application("bad", "chart: web, targetRevision: 9.9.9"),
        CHART,
        "--charts has web `0.1.0`, not `9.9.9`; add this version to a directory of --charts",
    ),
}


@pytest.mark.parametrize("case", UNSUPPORTED)
def test_what_is_not_supported_is_said_in_its_own_words(case, tiphys, tmp_path):
    text, files, why = UNSUPPORTED[case]
    (tmp_path / "old/charts").mkdir(parents=True)
    done, found = imported(
        tiphys, tmp_path, {"dev/one.yaml": application("one"), "dev/bad.yaml": text, **files}, "--charts", "old/charts"
    )
    assert (done.returncode, found["services"]) == (1, ["one"]), done.stdout + done.stderr
    assert [note["why"] for note in found["notCarried"]] == [why]


def test_manifests_of_a_directory_that_a_spec_cannot_name_are_copied(tiphys, tmp_path):
    object_, other = PLAIN["plain/a.yaml"], PLAIN["plain/a.yaml"].replace("name: a", "name: b")
    files = {
        "dev/one.yaml": application("one", "path: plain/.x"),
        "dev/two.yaml": application("two", "path: '.', directory: {include: b.yaml}"),
        "plain/.x/a.yaml": object_,
        "b.yaml": other,
        "c.yaml": "no: object\n",
    }
    done, found = imported(tiphys, tmp_path, files, "--into", "new")
    assert (done.returncode, found["objects"]) == (0, 2), done.stdout + done.stderr
    assert (tmp_path / "new/selected/plain/x/a.yaml").is_file()
    assert [path.name for path in (tmp_path / "new/selected/root").rglob("*.yaml")] == ["b.yaml"]
    assert len(found["notCarried"]) == 2


def test_a_link_in_a_chart_is_named(tiphys, tmp_path):
    write_tree(tmp_path / "old", CHART)
    (tmp_path / "old/charts/web/link.yaml").symlink_to("/etc/hostname")
    _, found = imported(tiphys, tmp_path, {"dev/one.yaml": application("one", "path: charts/web")})
    (note,) = found["notCarried"]
    assert note["why"].startswith("charts/web/link.yaml is a symbolic link that leaves the workspace")


def test_braces_in_what_all_services_share_stay_as_they_are(tiphys, tmp_path):
    files = {}
    for name in ("one", "two"):
        text = application(name).replace("namespace: argocd}", "namespace: argocd, annotations: {a: 'x {foo} y'}}")
        files[f"dev/{name}.yaml"] = text.replace("path: plain", f"path: {name}")
        files[f"{name}/a.yaml"] = f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}\n"
    done, found = imported(tiphys, tmp_path, files, "--into", "new")
    assert (done.returncode, found["services"], found["notCarried"]) == (0, ["one", "two"], []), done.stdout
    assert "x {foo} y" in (tmp_path / "new/generated/dev/applications/two.yaml").read_text()


def test_braces_that_a_workspace_replaces_are_named_with_their_lines(tiphys, tmp_path):
    text = application("one", "path: charts/web").replace(
        "namespace: argocd}", "namespace: argocd, annotations:\n  {a: '{service}'}}"
    )
    source = f"  sources:\n    - {{repoURL: {GIT}, path: charts/web}}\n    - {{repoURL: {GIT}, path: board}}\n"
    files = {
        **CHART,
        "dev/one.yaml": text.partition("  source:")[0] + source,
        "board/b.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\ndata:\n  a: b\n  link: /{environment}/x ${HOME}\n",
    }
    done, found = imported(tiphys, tmp_path, files)
    assert done.returncode == 1
    assert [(note["path"], note["line"], note["what"]) for note in found["notCarried"]] == [
        ("old/dev/one.yaml", 4, "Application one: `annotations.a`"),
        ("old/board/b.yaml", 6, "Application one: ConfigMap b: `{environment}`"),
    ]


def test_a_chart_that_asks_for_a_newer_kubernetes_is_rendered_for_the_version_of_the_clusters(tiphys, tmp_path):
    newer = CHART["charts/web/Chart.yaml"] + "kubeVersion: '>=1.77'\n"
    files = {**CHART, "charts/web/Chart.yaml": newer, "dev/one.yaml": application("one", "path: charts/web")}
    done, found = imported(tiphys, tmp_path, files, "--into", "new", "--kubernetes", "1.78")
    assert (done.returncode, found["services"]) == (0, ["one"]), done.stdout + done.stderr
    assert '  target:\n    kubernetes: "1.78"\n' in (tmp_path / "new/environments/dev.yaml").read_text()
    against = tiphys("diff", "--against", "../old", cwd=tmp_path / "new")
    assert against.returncode == 0, against.stdout + against.stderr
    wrong = tiphys("import", "old", "--kubernetes", "new")
    assert (wrong.returncode, "`new` is not a version of Kubernetes, such as 1.33" in wrong.stderr) == (2, True)


def test_two_applications_of_one_name_are_not_confused_where_environments_have_new_names(tiphys, tmp_path):
    text = application("one").replace("name: dev,", "server: 'https://kubernetes.default.svc',")
    done, _ = imported(tiphys, tmp_path, {"dev/one.yaml": text, "prod/one.yaml": text}, "--into", "new")
    assert done.returncode == 0, done.stdout + done.stderr
    for old, new in (("dev", "lower"), ("prod", "upper")):
        (tmp_path / f"new/environments/{old}.yaml").rename(tmp_path / f"new/environments/{new}.yaml")
        for path in (tmp_path / f"new/environments/{new}.yaml", tmp_path / "new/services/one/pipeline.yaml"):
            path.write_text(path.read_text().replace(old, new))
    (tmp_path / "new/environments/upper.yaml").write_text(
        (tmp_path / "new/environments/upper.yaml").read_text().replace("from: dev", "from: lower")
    )
    against = tiphys("diff", "--against", "../old", cwd=tmp_path / "new")
    assert against.returncode == 1
    said = "the workspace generates 2 Applications of this name; no environment or cluster tells which\n"
    assert against.stdout.count(said) == 2, against.stdout + against.stderr


def test_a_link_to_a_tree_is_refused_with_what_to_name_instead(tiphys, tmp_path):
    write_tree(tmp_path / "old", PLAIN)
    (tmp_path / "link").symlink_to("old")
    done = tiphys("import", "link")
    assert (done.returncode, done.stderr) == (
        2,
        "tiphys: link is a symbolic link\n  = hint: name the directory that it leads to\n",
    )


def test_a_root_that_recurses_deploys_what_is_in_hidden_directories(tiphys, tmp_path):
    root = application("root", "path: apps, directory: {recurse: true}", "  syncPolicy: {automated: {selfHeal: true}}\n")
    own = "server: 'https://kubernetes.default.svc', namespace: argocd"
    files = {
        "root.yaml": root.replace("name: dev, namespace: web", own),
        "apps/.team/one.yaml": application("one", "path: all, directory: {recurse: true}"),
        "all/.more/b.yaml": PLAIN["plain/a.yaml"],
    }
    done, found = imported(tiphys, tmp_path, files)
    assert (done.returncode, found["objects"], found["notDeployed"]) == (0, 1, []), done.stdout + done.stderr
