"""`tiphys import` shows no secret and no control character of an old tree, and stops at none."""

from __future__ import annotations

import json

import pytest

from support.trees import write_tree

CHART = {
    "charts/web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 0.1.0\n",
    "charts/web/values.yaml": "a: 1\n",
    "charts/web/templates/map.yaml": "{{ if .Values.stop }}{{ fail (printf `x %s y` .Values.dbPassword) }}{{ end }}"
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}}\ndata: {a: {{ .Values.a | quote }}}\n",
}
GIT = "https://git.example.org/a/b.git"


@pytest.fixture(autouse=True)
def _no_cache(helm, monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def application(name, source, address=GIT, namespace="web"):
    return (
        f"apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {{name: {name}, namespace: argocd}}\nspec:\n"
        f"  project: default\n  destination: {{name: dev, namespace: {namespace}}}\n"
        f"  source: {{repoURL: {address}, {source}}}\n"
    )


def imported(tiphys, tmp_path, files):
    write_tree(tmp_path / "old", {"dev/good.yaml": application("good", "path: charts/web"), **CHART, **files})
    done = tiphys("import", "old", "--into", "new", "--format", "json=out.json", "--format", "text")
    out = (tmp_path / "out.json").read_text()
    record = (tmp_path / "new/IMPORT.md").read_text()
    return done, json.loads(out), f"{done.stdout}{done.stderr}{out}{record}"


@pytest.mark.parametrize(
    ("text", "at"),
    [
        (application("bad", 'path: charts/web, helm: {releaseName: "a\\0b"}'), "spec.source.helm.releaseName"),
        (application("bad", "path: charts/web", namespace='"a\\0b"'), "spec.destination.namespace"),
        (application("bad", 'path: charts/web, helm: {parameters: [{name: "a\\0b"}]}'), "spec.source.helm.parameters[0].name"),
        (application("bad", 'path: charts/web, helm: {kubeVersion: "1\\0"}'), "spec.source.helm.kubeVersion"),
        (application('"ba\\0d"', "path: charts/web"), "metadata.name"),
        (application("bad", "path: nothing", address='"https://x\\0"'), "spec.source.repoURL"),
        (application("bad", 'path: "charts\\0/web"'), "spec.source.path"),
        (application("bad", 'path: charts/web, helm: {releaseName: "a\\e[31mb"}'), "spec.source.helm.releaseName"),
    ],
)
def test_a_control_character_leaves_one_application_out_and_the_rest_goes_on(text, at, tiphys, tmp_path):
    done, found, everything = imported(tiphys, tmp_path, {"dev/bad.yaml": text})
    assert (done.returncode, found["services"]) == (1, ["good"]), done.stdout + done.stderr
    (note,) = [note for note in found["notCarried"] if note["path"] == "old/dev/bad.yaml"]
    assert note["why"].startswith(f"`{at}` contains the control character U+00"), note
    assert not {"\0", "\x1b"} & {*everything}


def test_passwords_in_addresses_are_not_shown(tiphys, tmp_path):
    files = {
        "dev/b.yaml": application("b", "path: x", address="https://u:tok3nt0ken99@git.example.org/x.git"),
        "dev/c.yaml": application("c", "chart: x, targetRevision: 1.0.0", address="http://u:tok3nt0ken99@127.0.0.1:9/charts"),
    }
    done, found, everything = imported(tiphys, tmp_path, files)
    assert (done.returncode, len(found["notCarried"])) == (1, 2)
    assert "pass --repo https://u:(masked)@git.example.org/x.git=DIR" in done.stdout
    assert "tok3nt0ken99" not in everything


def test_an_address_in_a_command_to_paste_runs_nothing(tiphys, tmp_path):
    address = "https://git.example.org/$(id).git"
    generator = f"git: {{repoURL: {address}, revision: main, directories: [{{path: x/*}}]}}"
    files = {
        "dev/b.yaml": application("b", "path: x", address=address),
        "dev/set.yaml": "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: s, namespace: argocd}\n"
        f"spec: {{generators: [{{{generator}}}], template: {{metadata: {{name: x}}, spec: {{}}}}}}\n",
    }
    done, _, everything = imported(tiphys, tmp_path, files)
    assert done.returncode == 1
    assert done.stdout.count(f"pass --repo '{address}'=DIR") == 2, done.stdout
    assert f"--repo {address}" not in everything


def test_a_secret_in_a_parameter_is_named_and_not_shown_when_helm_quotes_it(tiphys, tmp_path):
    named = "parameters: [{name: dbPassword, value: sup3rS3cretPassw0rd4}]"
    stopped = named.replace("[{", "[{name: stop, value: 'yes'}, {")
    files = {
        "dev/good.yaml": application("good", f"path: charts/web, helm: {{{named}}}"),
        "dev/d.yaml": application("d", f"path: charts/web, helm: {{{stopped}}}"),
    }
    done, _, everything = imported(tiphys, tmp_path, files)
    assert "x (masked) y" in done.stdout
    assert "old/dev/good.yaml:7: parameter `dbPassword`: it looks like a secret in plain text" in done.stdout
    assert "sup3rS3cretPassw0rd4" not in everything


def test_a_line_break_of_the_tree_begins_no_line_of_the_report(tiphys, tmp_path):
    files = {"dev/b.yaml": application("b", "path: x", address='"https://git.example.org/x.git\\n::error::x"')}
    done, _, everything = imported(tiphys, tmp_path, files)
    assert "no clone of https://git.example.org/x.git ::error::x was given" in done.stdout
    assert not [line for line in everything.splitlines() if line.lstrip().startswith("::")]


def test_a_directory_is_read_as_the_application_includes_it(tiphys, tmp_path):
    files = {
        "plain/k8s-a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n",
        "plain/values.yaml": "this: is no object\n",
        "dev/p.yaml": application("p", "path: plain, directory: {include: '{k8s-*.yaml,x.yaml}'}"),
        "dev/p2.yaml": application("p2", "path: plain, directory: {exclude: 'values.yaml'}", namespace="other"),
        "dev/q.yaml": application("q", f"path: plain, directory: {{include: '{{{'x*y,' * 3000}*}}'}}"),
    }
    _, found, _ = imported(tiphys, tmp_path, files)
    notes = {note["what"]: note["why"] for note in found["notCarried"]}
    assert (found["services"], found["objects"], found["differences"]) == (["good", "p", "p2"], 3, [])
    copied = sorted(path.relative_to(tmp_path / "new").as_posix() for path in (tmp_path / "new/selected").rglob("*.yaml"))
    assert copied == ["selected/plain/k8s-yaml-x-yaml/k8s-a.yaml", "selected/plain/without-values-yaml/k8s-a.yaml"]
    assert "copied to selected/plain/k8s-yaml-x-yaml" in notes["Application p: `spec.source.directory.include`"]
    assert notes["Application q"] == "it is longer than 10,000 characters; write fewer globs"


@pytest.mark.parametrize("into", ["old/tiphys", "old/a/b"])
def test_a_workspace_inside_of_the_repository_is_refused_with_what_to_do(into, tiphys, tmp_path):
    write_tree(tmp_path / "old", {".git/HEAD": "", "dev/good.yaml": application("good", "path: charts/web"), **CHART})
    done = tiphys("import", "old/dev", "--into", into)
    assert done.returncode == 2
    assert (
        f"{into} is inside of the repository of old/dev, where Argo CD would look for its files at other paths" in done.stderr
    )
    assert not (tmp_path / into).exists()


def test_a_workspace_below_the_root_of_its_repository_differs(tiphys, tmp_path):
    imported(tiphys, tmp_path, {})
    write_tree(tmp_path / "repo", {".git/HEAD": "ref: refs/heads/main\n"})
    (tmp_path / "new").rename(tmp_path / "repo/tiphys")
    done = tiphys("diff", "--against", "../../old", cwd=tmp_path / "repo/tiphys")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Application good: what Tiphys generates cannot be rendered" in done.stdout


def test_objects_whose_names_the_cluster_completes_are_compared_one_by_one(tiphys, tmp_path):
    job = "apiVersion: batch/v1\nkind: Job\nmetadata: {generateName: %s}\nspec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: '%s'}]}}}\n"
    jobs = [job % ("one-", "b:1"), job % ("two-", "b:1"), job % ("two-", "b:2")]
    files = {"plain/a.yaml": "---\n".join(jobs), "dev/p.yaml": application("p", "path: plain")}
    imported(tiphys, tmp_path, files)
    copy = tmp_path / "new/plain/a.yaml"
    copy.write_text(copy.read_text().replace("b:1", "b:9", 1))
    done = tiphys("diff", "--against", "../old", cwd=tmp_path / "new")
    assert done.returncode == 1
    assert "Job one-…: spec.template.spec.containers[a].image: b:1 → b:9" in done.stdout


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ("x", "`kustomize` must be a mapping; correct it"),
        ("{replicas: 5}", "`kustomize.replicas` must be a list; correct it"),
        ("{replicas: [{count: 1}]}", "`kustomize.replicas[0]` must have a name; correct it"),
        ("{commonLabels: [a]}", "`kustomize.commonLabels` must be a mapping; correct it"),
        ("{components: [5]}", "`kustomize.components[0]` must be a string; correct it"),
        ("{patches: [a]}", "`kustomize.patches[0]` must be a mapping; correct it"),
        ("{namePrefix: 5}", "`kustomize.namePrefix` must be a string; correct it"),
        ("{forceCommonLabels: x}", "`kustomize.forceCommonLabels` must be true or false; correct it"),
        ("{components: [../lost]}", "lost does not exist; add it, or remove the entry"),
        ("{helmCharts: x}", "it sets `kustomize.helmCharts`, for which a spec has no field; set it in the kustomization"),
        ("{images: [5]}", "`kustomize.images[0]` must be a string; correct it"),
    ],
)
def test_settings_for_kustomize_that_argo_cd_would_refuse_leave_one_application_out(given, why, tiphys, tmp_path):
    files = {
        "k/kustomization.yaml": "resources: [cm.yaml]\n",
        "k/cm.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n",
        "dev/k.yaml": application("k", f"path: k, kustomize: {given}"),
    }
    done, found, _ = imported(tiphys, tmp_path, files)
    assert (done.returncode, found["services"]) == (1, ["good"]), done.stdout + done.stderr
    assert [note["why"] for note in found["notCarried"]] == [why]


def test_an_empty_name_of_the_old_tree_is_not_a_plain_diff(tiphys, tmp_path):
    imported(tiphys, tmp_path, {})
    done = tiphys("diff", "--against", "", cwd=tmp_path / "new")
    assert (done.returncode, "--against is empty; name the directory of the old tree" in done.stderr) == (2, True)


def test_text_in_braces_that_all_values_have_stays_text(tiphys, tmp_path):
    text = "{service} in {environment} of {labels.team}, {destination}"
    apps = {
        f"dev/{name}.yaml": application(name, f'path: charts/web, helm: {{valuesObject: {{a: "{text}", b: same}}}}')
        for name in ("good", "mail")
    }
    done, found, everything = imported(tiphys, tmp_path, apps)
    assert (done.returncode, found["differences"], found["notCarried"]) == (0, [], []), everything
    assert "b: same" in (tmp_path / "new/environments/dev.yaml").read_text(), "what else they share is written once"
    assert f'a: "{text}"' in (tmp_path / "new/services/mail/pipeline.yaml").read_text()


def test_projects_that_are_called_after_their_services_are_a_pattern_for_the_next_one(tiphys, tmp_path):
    apps = {
        f"dev/{name}.yaml": application(name, "path: charts/web").replace("project: default", f"project: {name}")
        for name in ("good", "mail")
    }
    done, found, everything = imported(tiphys, tmp_path, apps)
    assert (done.returncode, found["differences"]) == (0, []), everything
    environment = (tmp_path / "new/environments/dev.yaml").read_text()
    assert 'project: "{service}"' in environment
    assert "project" not in (tmp_path / "new/services/mail/pipeline.yaml").read_text()
