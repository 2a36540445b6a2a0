"""`tiphys import` over trees that are not as they should be: each problem at its place, and the rest goes on."""

from __future__ import annotations

import json
import subprocess

import jsonschema
import pytest

from support.paths import ROOT
from support.trees import read_tree, write_tree

CHART = {
    "charts/web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 0.1.0\n",
    "charts/web/values.yaml": "a: 1\ngone: yes, it is\n",
    "charts/web/templates/map.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}}\n"
    "data: {a: {{ .Values.a | quote }}, gone: {{ .Values.gone | quote }}, db: {{ toJson .Values.db | quote }}}\n",
}
RANDOM = "apiVersion: v1\nkind: Secret\nmetadata: {name: {{ .Release.Name }}}\nstringData: {key: {{ randAlphaNum 12 }}, a: b}\n"


def application(name, source, more=""):
    return (
        f"apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {{name: {name}, namespace: argocd}}\nspec:\n"
        f"  project: default\n  destination: {{name: dev, namespace: web}}\n{more}"
        f"  source: {{repoURL: https://git.example.org/a/b.git, {source}}}\n"
    )


GOOD = {"dev/good.yaml": application("good", "path: charts/web"), **CHART}


@pytest.fixture(autouse=True)
def _no_cache(helm, monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def imported(tiphys, tmp_path, files, *arguments):
    write_tree(tmp_path / "old", {**GOOD, **files})
    return tiphys("import", "old", "--format", "json=out.json", "--format", "text", *arguments)


UNAVAILABLE = {
    "nothing": ("path: charts/none", "charts/none is not a directory"),
    "missing": ("path: charts/web, helm: {valueFiles: [x.yaml]}", "values file `x.yaml` of the Application does not exist"),
    "outside": ("path: charts/web, helm: {valueFiles: [../../../x.yaml]}", "is outside of its source"),
    "remote": ("path: charts/web, helm: {valueFiles: ['secrets://x.yaml']}", "is not in this workspace"),
    "broken": ('path: charts/web, helm: {values: "a: [1"}', "not a YAML mapping"),
    "parameter": ("path: charts/web, helm: {parameters: [{name: 'a[x', value: '1'}]}", "error parsing index"),
    "plugin": ("path: charts/web, plugin: {name: x}", "a config management plugin"),
    "up": ("path: ../charts", "leads out of its repository"),
    "chart": ("chart: redis, targetRevision: 1.0.0", "http://127.0.0.1:9/charts cannot be reached"),
    "two": ("path: charts/web", "second chart"),
}


def test_applications_that_cannot_be_rendered_are_named_at_their_lines_and_the_rest_goes_on(tiphys, tmp_path):
    files = {f"dev/{name}.yaml": application(name, source) for name, (source, _) in UNAVAILABLE.items()}
    files["dev/chart.yaml"] = files["dev/chart.yaml"].replace("https://git.example.org/a/b.git", "http://127.0.0.1:9/charts")
    source = "{repoURL: https://git.example.org/a/b.git, path: charts/web}"
    files["dev/two.yaml"] = application("two", "path: charts/web").replace("source: ", f"sources:\n  - {source}\n  - ")
    done = imported(tiphys, tmp_path, files)
    assert done.returncode == 1, done.stdout + done.stderr
    found = json.loads((tmp_path / "out.json").read_text())
    notes = {note["what"].removeprefix("Application "): note for note in found["notCarried"]}
    assert notes.keys() == UNAVAILABLE.keys()
    for name, (_, why) in UNAVAILABLE.items():
        assert why in notes[name]["why"]
        assert (notes[name]["path"], notes[name]["line"]) == (f"old/dev/{name}.yaml", 9 if name == "two" else 7)
    assert (found["applications"], found["services"], found["differences"]) == (11, ["good"], [])


def test_documents_that_are_no_yaml_or_templates_are_named(tiphys, tmp_path):
    head = "apiVersion: argoproj.io/v1alpha1\nkind: Application\n"
    files = {
        "dev/broken.yaml": f'{head}metadata: {{name: "x\n',
        "dev/template.yaml": f"{head}metadata: {{name: {{{{ .x }}}}}}\n",
    }
    done = imported(tiphys, tmp_path, files)
    assert done.returncode == 1
    assert "old/dev/broken.yaml:4: this document: not valid YAML" in done.stdout
    assert "old/dev/template.yaml:3: this document: this is a Helm template, not YAML" in done.stdout


def test_a_link_is_not_followed_and_named(tiphys, tmp_path):
    write_tree(tmp_path, {"outside.yaml": application("stolen", "path: charts/web")})
    write_tree(tmp_path / "old", GOOD)
    (tmp_path / "old/dev/link.yaml").symlink_to("../../outside.yaml")
    done = imported(tiphys, tmp_path, {})
    assert done.returncode == 0
    assert "old/dev/link.yaml:1: this file: it is a symbolic link, which is not followed" in done.stdout
    assert "stolen" not in done.stdout


NULLS = 'helm: {valuesObject: {gone: null, db: {x: null, y: "1"}}}'


def test_nulls_are_carried_over_to_a_chart_of_the_repository_even_if_it_prints_them(tiphys, tmp_path):
    source = f"path: charts/web, {NULLS}"
    done = imported(tiphys, tmp_path, {"dev/good.yaml": application("good", source)}, "--into", "new")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 object compared: 0 differences" in done.stdout
    assert "db:\n  x: null\n" in (tmp_path / "new/charts/web/removed.yaml").read_text()


def test_a_null_that_another_chart_prints_is_a_difference_and_one_that_removes_a_default_is_none(tiphys, tmp_path):
    values = application("good", f"chart: web, targetRevision: 0.1.0, {NULLS}")
    more = ("--charts", "old/charts", "--into", "new")
    files = {"dev/good.yaml": values, "dev/plain.yaml": application("plain", "path: charts/web")}
    done = imported(tiphys, tmp_path, files, *more)
    assert done.returncode == 1
    assert "good in dev: ConfigMap good: data.db:" in done.stdout, "a null that a template prints"
    assert "Application good: value `db.x`: a spec has no null" in done.stdout
    assert not (tmp_path / "new").exists(), "differences stop the import"
    accepted = tiphys("import", "old", *more, "--accept", "nobody reads it")
    assert accepted.returncode == 0
    assert "Differences were accepted: nobody reads it" in (tmp_path / "new/IMPORT.md").read_text()


def test_fields_without_a_counterpart_are_named(tiphys, tmp_path):
    more = "  syncPolicy: {syncOptions: [Odd], automated: {}}\n"
    source = "path: charts/web, helm: {skipCrds: true, passCredentials: true}"
    done = imported(tiphys, tmp_path, {"dev/good.yaml": application("good", source, more)})
    what = {note["what"] for note in json.loads((tmp_path / "out.json").read_text())["notCarried"]}
    assert what == {"Application good: `syncPolicy.syncOptions[0]`"}, "switches of Helm are carried over"
    assert done.returncode == 1, "a sync option that is lost changes the Application"


def test_a_secret_in_values_is_named_where_it_is_and_never_shown(tiphys, tmp_path):
    files = {
        "dev/good.yaml": application("good", "path: charts/web, helm: {valueFiles: [../../values/db.yaml]}"),
        "values/db.yaml": "db:\n  # as in the vault\n  password: hunter2secret\n",
    }
    done = imported(tiphys, tmp_path, files, "--into", "new")
    assert done.returncode == 0, "it was in Git before, and changes no object"
    assert "old/values/db.yaml:3: value `db.password`: it looks like a secret in plain text" in done.stdout
    assert "hunter2" not in done.stdout + done.stderr + (tmp_path / "out.json").read_text()
    assert "hunter2" not in (tmp_path / "new/IMPORT.md").read_text()


def test_a_value_that_a_chart_makes_up_is_no_difference(tiphys, tmp_path):
    values = {"charts/web/templates/random.yaml": RANDOM, "values/a.yaml": "a: '2'\n"}
    source = "path: charts/web, helm: {valueFiles: [../../values/a.yaml], parameters: [{name: db.x, value: y}]}"
    done = imported(tiphys, tmp_path, {"dev/good.yaml": application("good", source), **values})
    assert done.returncode == 0, done.stdout
    assert "the chart makes these up at every rendering" in done.stdout
    assert "Secret good: stringData.key" in done.stdout


def test_two_applications_in_one_place_are_told_apart_by_patterns(tiphys, tmp_path):
    twin = {"dev/other/good.yaml": application("good", "path: charts/web")}
    done = imported(tiphys, tmp_path, twin)
    assert done.returncode == 1
    assert (
        "old/dev/other/good.yaml:3: Application good: it would be service good in dev, as Application good in " in done.stdout
    )
    apart = tiphys("import", "old", "--environment", "{environment}/good.yaml")
    assert apart.returncode == 0, apart.stdout + apart.stderr
    assert apart.stdout.startswith("SERVICE  DEV   OTHER\ngood     good  good\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nothing",), "nothing does not exist"),
        (("old", "--into", "old"), "old exists and is not empty"),
        (("old", "--into", "old/dev/good.yaml"), "exists and is not empty"),
        (("old", "--environment", "x"), "`x` has neither `{service}` nor `{environment}`"),
        (("old", "--environment", "zzz/{environment}/q"), "`zzz/{environment}/q` matches the path of no Application"),
        (("old", "--charts", "none"), "none is not a directory"),
        (("old", "--repo", "x"), "expected URL=DIR"),
        (("empty",), "no Application and no ApplicationSet found in empty"),
        (("old", "--helm", "none"), "Helm does not exist at none"),
        ((), "Missing argument"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_written(arguments, said, tiphys, tmp_path):
    write_tree(tmp_path / "old", GOOD)
    (tmp_path / "empty").mkdir()
    before = read_tree(tmp_path / "old")
    done = tiphys("import", *arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert read_tree(tmp_path / "old") == before


def test_its_json_is_as_its_schema_says(tiphys, tmp_path):
    source = "path: charts/web, helm: {valuesObject: {gone: null}}"
    imported(tiphys, tmp_path, {"dev/good.yaml": application("good", source)})
    schema = json.loads((ROOT / "schemas" / "import.schema.json").read_text(encoding="utf-8"))
    found = json.loads((tmp_path / "out.json").read_text())
    jsonschema.Draft7Validator(schema).validate(found)
    assert list(found) == schema["required"]


def test_a_clone_of_another_repository_is_used_where_it_is_named(tiphys, tmp_path):
    other = application("other", "path: web").replace("a/b.git", "c.git")
    write_tree(tmp_path / "clone", {path.removeprefix("charts/"): text for path, text in CHART.items()})
    done = imported(tiphys, tmp_path, {"dev/other.yaml": other})
    assert "pass --repo https://git.example.org/c.git=DIR" in done.stdout
    found = tiphys("import", "old", "--repo", "https://git.example.org/c=clone", "--into", "new")
    assert found.returncode == 0, found.stdout + found.stderr
    spec = (tmp_path / "new/services/other/pipeline.yaml").read_text()
    assert "repoURL: https://git.example.org/c.git" in spec
    assert not (tmp_path / "new/web").exists()


@pytest.mark.parametrize(
    ("origin", "address"),
    [
        ("git@git.example.org:shop/config.git", "git@git.example.org:shop/config.git"),
        ("https://bot:hunter2secret@git.example.org/shop/config.git", "https://git.example.com/SET-THIS.git"),
        ("", "https://git.example.com/SET-THIS.git"),
    ],
)
def test_the_address_of_the_repository_is_that_of_its_clone_where_no_application_tells(origin, address, tiphys, git, tmp_path):
    released = application("good", "chart: web, targetRevision: 0.1.0").replace(
        "https://git.example.org/a/b.git", "http://127.0.0.1:9"
    )
    write_tree(tmp_path, {"old/dev/good.yaml": released, **CHART})
    if origin:
        subprocess.run([git, "init", "-q", "."], cwd=tmp_path / "old", check=True)
        subprocess.run([git, "remote", "add", "origin", origin], cwd=tmp_path / "old", check=True)
    done = tiphys("import", "old", "--charts", "charts", "--into", "new")
    lacks = "SET-THIS" in address
    assert done.returncode == (1 if lacks else 0), done.stdout + done.stderr
    assert f"repoURL: {address}\n" in (tmp_path / "new/tiphys.yaml").read_text()
    assert ("old:1: the address of this repository" in done.stdout) is lacks
    assert ("1. Set `spec.repoURL` in tiphys.yaml" in done.stdout) is lacks
    assert "hunter2" not in done.stdout
    for command in ("lint", "check"):
        said = tiphys(command, "--format", "concise", cwd=tmp_path / "new").stdout
        assert ("tiphys.yaml:5:12: note TP048 `https://git.example.com/SET-THIS.git` is a placeholder" in said) is lacks, said


def test_a_chart_that_makes_applications_and_that_no_root_deploys_is_named(tiphys, tmp_path):
    templates = {
        "root/Chart.yaml": "apiVersion: v2\nname: root\nversion: 1.0.0\n",
        "root/templates/x.yaml": "kind: Application\n",
    }
    done = imported(tiphys, tmp_path, templates)
    assert done.returncode == 1
    assert "old/root/Chart.yaml:1: this chart: its templates make Applications" in done.stdout
    write_tree(tmp_path / "alone", templates)
    alone = tiphys("import", "alone")
    assert (alone.returncode, "helm template alone/root" in alone.stderr) == (2, True)


INFINITE = "error converting YAML to JSON: json: unsupported value: +Inf"
REFUSED = {
    "list": ("helm: {parameters: {image: x}}", "`spec.source.helm.parameters` is not a list; correct it"),
    "entry": ("helm: {parameters: [image]}", "`spec.source.helm.parameters[0]` is not a parameter with a name; correct it"),
    "nameless": (
        "helm: {parameters: [{name: a, value: '1'}, {value: x}]}",
        "`spec.source.helm.parameters[1]` is not a parameter with a name; correct it",
    ),
    "mapping": (
        "helm: {parameters: [{name: a, value: {b: 1}}]}",
        "`spec.source.helm.parameters[0].value` is not a string; correct it",
    ),
    "files": ("helm: {valueFiles: [{a: b}]}", "`spec.source.helm.valueFiles[0]` is not a string; write the path of a file"),
    "object": (
        "helm: {valuesObject: [1]}",
        "`helm.valuesObject` of the Application is not a YAML mapping, so Helm cannot read it; correct it",
    ),
    "infinite": (
        "helm: {valueFiles: [/values/infinite.yaml]}",
        f"Helm cannot render charts/web: failed to parse /values/infinite.yaml: {INFINITE}",
    ),
}


def test_settings_that_nothing_would_read_are_named_and_not_dropped(tiphys, tmp_path):
    files = {f"dev/{name}.yaml": application(name, f"path: charts/web, {source}") for name, (source, _) in REFUSED.items()}
    done = imported(tiphys, tmp_path, {**files, "values/infinite.yaml": "a: .inf\n"})
    assert done.returncode == 1, done.stdout + done.stderr
    notes = json.loads((tmp_path / "out.json").read_text())["notCarried"]
    assert {note["what"]: note["why"] for note in notes} == {f"Application {name}": why for name, (_, why) in REFUSED.items()}
    assert {note["line"] for note in notes} == {7}


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("", "old/dev/bad.yaml:3: an Application without a name: it has no name; add metadata.name"),
        ("name: 123, ", "old/dev/bad.yaml:3: Application 123: its name `123` is not a string; quote it"),
        ("name: Bad_Name, ", "old/dev/bad.yaml:3: Application Bad_Name: `Bad_Name` is not a valid object name"),
    ],
    ids=["none", "number", "underscore"],
)
def test_an_application_that_the_cluster_would_not_take_is_named_at_its_name(name, why, tiphys, tmp_path):
    bad = application("bad", "path: charts/web").replace("name: bad, ", name)
    done = imported(tiphys, tmp_path, {"dev/bad.yaml": bad})
    assert done.returncode == 1
    assert why in done.stdout
    left = next(line for line in done.stdout.splitlines() if "are not in the workspace" in line)
    assert left.partition("workspace: ")[2].startswith(why.split(": ")[1].removeprefix("Application ")), left


def test_applications_in_a_namespace_of_their_own_are_named_with_what_to_do(tiphys, tmp_path):
    other = application("other", "path: charts/web").replace("namespace: argocd", "namespace: team")
    plain = application("plain", "path: charts/web")
    done = imported(tiphys, tmp_path, {"dev/other.yaml": other, "dev/plain.yaml": plain})
    assert done.returncode == 1
    assert "other in dev: Application other: metadata.namespace: team → argocd" in done.stdout
    why = "all Applications of dev are in argocd: give those of team an environment of their own, with --environment"
    assert f"old/dev/other.yaml:3: Application other: `metadata.namespace`: {why}" in done.stdout
