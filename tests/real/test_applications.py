"""Applications that Tiphys did not generate, verified in CI: whole reports, at the lines of the user's own files."""

from __future__ import annotations

import json
import os
import re
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from support.paths import ROOT
from support.transcript import transcript
from support.trees import read_tree, write_tree

HERE = Path(__file__).with_name("applications")
CASES = sorted(path.name for path in HERE.iterdir())
pytestmark = pytest.mark.usefixtures("helm_home", "kustomize")


def verify(tiphys, folder, *words):
    return tiphys("verify", "--applications", *(words or (".",)), "--offline", cwd=folder)


@pytest.mark.both_helms
@pytest.mark.parametrize("case", CASES)
def test_what_would_break_in_the_cluster_is_found_in_the_files_of_the_user(case, helm, tiphys, tmp_path, golden):
    shutil.copytree(HERE / case, tmp_path / "w", ignore=shutil.ignore_patterns("expected.txt"))
    before = read_tree(tmp_path / "w")
    done = verify(tiphys, tmp_path / "w")
    assert "Traceback" not in done.stderr
    assert done.returncode == (": error[" in done.stdout)
    assert read_tree(tmp_path / "w") == before
    said = re.sub(r"\b(Helm [34]|kustomize 5)\.[\d.]+", r"\1", transcript(done))
    golden(re.sub(r"\bHelm [34]", "Helm", said), HERE / case / "expected.txt")


def test_what_tiphys_generates_itself_is_as_good_as_when_the_workspace_is_verified(helm, tiphys):
    folder = ROOT / "examples" / "online-boutique"
    done = verify(tiphys, ROOT, str(folder), "--charts", str(ROOT / "templates" / "chart"))
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.startswith("33 Applications, 157 objects, Helm ")


APPLICATION = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web, namespace: argocd}
spec:
  project: shop
  destination: {server: "https://kubernetes.default.svc", namespace: shop}
  source: {repoURL: "https://git.example.com/charts.git", path: web, targetRevision: HEAD}
"""
CHART = {
    "web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
    "web/templates/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: {{ .Values.a | quote }}}\n",
    "web/values.yaml": "a: b\n",
}


def test_one_file_is_enough_and_its_chart_may_be_in_a_clone(helm, tiphys, tmp_path):
    write_tree(tmp_path / "charts", CHART)
    folder = write_tree(tmp_path / "w", {"apps/web.yaml": APPLICATION, "apps/broken.yaml": "kind: Application\nspec: [\n"})
    done = verify(tiphys, folder, "apps/web.yaml")
    assert done.returncode == 1
    assert "pass --repo https://git.example.com/charts.git=DIR" in done.stdout
    done = verify(tiphys, folder, "apps/web.yaml", "--repo", "https://git.example.com/charts.git=../charts")
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert done.stderr.startswith("1 Application, 1 object, Helm ")


def test_many_applications_in_one_namespace_take_time_in_proportion(tiphys, tmp_path):
    """Each was held beside all objects of the others: 250 Applications of 72 kB took 21 s."""
    apps = [APPLICATION.replace("name: web", f"name: web-{n}").replace("path: web", "path: d") for n in range(250)]
    objects = [f"kind: ConfigMap\napiVersion: v1\nmetadata: {{name: c{n}}}\n" for n in range(400)]
    folder = write_tree(tmp_path / "w", {"apps/all.yaml": "---\n".join(apps), "d/all.yaml": "---\n".join(objects)})
    words = ("--repo", "https://git.example.com/charts.git=.", "--offline")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = tiphys("verify", "--applications", ".", *words, cwd=folder)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.stderr.startswith("250 Applications, 100,000 objects")
    assert after.ru_utime - before.ru_utime < 10  # 2 where nothing else runs


def test_applications_of_a_large_namespace_are_still_checked(tmp_path):
    service = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {ports: [{port: 80}]}\n"
    route = (
        "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: web}\nspec: {defaultBackend: {service: "
        "{name: %s, port: {number: 80}}}}\n"
    )
    apps = [APPLICATION.replace("name: web", f"name: {name}").replace("path: web", f"path: {name}") for name in ("one", "two")]
    folder = write_tree(tmp_path / "w", {"apps.yaml": "---\n".join(apps), "one/a.yaml": service, "two/a.yaml": route % "web"})
    assert in_a_large_namespace(folder) == ""
    write_tree(folder, {"two/a.yaml": route % "webb"})
    assert "Service `webb`" in in_a_large_namespace(folder)


def in_a_large_namespace(folder):
    """Return the findings where all Applications of a namespace are one set, as they are from some number of objects on."""
    code = "import generator.adopt.verified as verified; verified._MOST_BESIDE = 0; from generator.cli.main import main; main()"
    words = ["verify", "--applications", ".", "--offline", "--repo", "https://git.example.com/charts.git=."]
    done = subprocess.run(
        [sys.executable, "-c", code, *words], cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stderr.startswith("2 Applications, 2 objects"), done.stderr
    return done.stdout


@pytest.mark.parametrize("number", ["9" * 400, "-" + "9" * 309, "1e400", "9007199254740993"])
def test_a_number_that_no_float_holds_does_not_end_a_verification(helm, tiphys, tmp_path, number):
    write_tree(tmp_path / "charts", CHART)
    text = APPLICATION.replace("  source: {", "  source:\n    {").replace(
        "HEAD}", f"HEAD, helm: {{valuesObject: {{a: {number}}}}}}}"
    )
    folder = write_tree(tmp_path / "w", {"web.yaml": text})
    done = verify(tiphys, folder, "web.yaml", "--repo", "https://git.example.com/charts.git=../charts")
    assert done.returncode in (0, 1), done.stderr
    assert "Traceback" not in done.stderr


def test_a_document_that_cannot_be_read_is_not_passed_over(helm, tiphys, tmp_path):
    done = verify(tiphys, write_tree(tmp_path / "w", {"apps/broken.yaml": "kind: Application\nspec: [\n"}))
    assert (done.returncode, "apps/broken.yaml:" in done.stdout) == (1, True), done.stderr


def test_a_comment_suppresses_a_finding_and_formats_are_those_of_verify(helm, tiphys, tmp_path):
    write_tree(tmp_path / "charts", CHART)
    values = "    helm: {valuesObject: {b: 1}}"
    text = APPLICATION.replace("  source: {", "  source:\n    {").replace("HEAD}", "HEAD, helm: {valuesObject: {b: 1}}}")
    folder = write_tree(tmp_path / "w", {"web.yaml": text})
    words = ("web.yaml", "--repo", "https://git.example.com/charts.git=../charts")
    done = verify(tiphys, folder, *words, "--format", "json")
    assert [one["rule"] for one in json.loads(done.stdout)["diagnostics"]] == ["TP606"], values
    assert verify(tiphys, folder, *words, "--fail-level", "warning").returncode == 1
    write_tree(folder, {"web.yaml": text.rstrip() + "  # tiphys: ignore[TP606] because it is read by the next version\n"})
    assert verify(tiphys, folder, *words).stdout == ""


def test_the_versions_that_applications_are_applied_to_can_be_stated(helm, tiphys, tmp_path):
    write_tree(tmp_path / "charts", CHART)
    options = "  syncPolicy: {automated: {enabled: true}}\n"
    folder = write_tree(tmp_path / "w", {"web.yaml": APPLICATION + options})
    words = ("web.yaml", "--repo", "https://git.example.com/charts.git=../charts", "--target")
    assert verify(tiphys, folder, *words, "argocd=3.4").returncode == 0
    assert (
        "web.yaml:8:37: error[TP671]: Argo CD 3.0 has no field `enabled`" in verify(tiphys, folder, *words, "argocd=3.0").stdout
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "--applications needs a PATH"),
        (["nowhere"], "nowhere does not exist"),
        (["."], "no Application and no ApplicationSet found in ."),
        ([".", "--env", "dev"], "remove --against, --env, --chart and --shard"),
        ([".", "--against", "helm=x"], "remove --against, --env, --chart and --shard"),
        ([".", "--target", "flux=2"], "unknown product `flux`"),
        ([".", "--format", "html"], "--noise and the format html are for --against"),
    ],
)
def test_what_cannot_be_verified_is_told(words, said, tiphys, tmp_path):
    done = tiphys("verify", "--applications", *words, cwd=tmp_path)
    assert (done.returncode, said in done.stderr) == (2, True), done.stderr


def test_options_for_applications_are_refused_without_them(tiphys, tmp_path):
    for words in (["--charts", "x"], ["--target", "argocd=3.5"]):
        assert "--charts and --target are for --applications" in tiphys("verify", *words, cwd=tmp_path).stderr
