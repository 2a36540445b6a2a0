"""`output: rendered` with the real Helm and kustomize: what is reviewed in a commit is what Argo CD applies, and all of it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from generator.system.charts.package import packed
from support.paths import ROOT
from support.programs import program
from support.repositories import Repository
from support.transcript import transcript
from support.trees import read_tree
from support.workspace import workspace

HERE = Path(__file__).with_name("rendered")
CASES = sorted(path.name for path in HERE.iterdir())
BOUTIQUE = ROOT / "examples" / "online-boutique"
CHART = ROOT / "templates" / "chart"


@pytest.fixture(autouse=True)
def _real_programs(helm, helm_home, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", f"{Path(helm).parent}:{Path(program('kustomize')).parent}:/usr/bin:/bin")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def run(tiphys, helm):
    """Return what starts tiphys with the Helm of this test."""

    def start(command, *arguments, **more):
        return tiphys(command, "--helm", helm, *arguments, **more)

    return start


def written(folder):
    """Return the Applications, and what was rendered, as one text."""
    files = read_tree(folder / "generated" / "dev") if (folder / "generated").exists() else {}
    kept = {path: raw for path, raw in files.items() if path.startswith("applications/") or "/rendered/" in path}
    return "".join(f"\n=== {path}\n{raw.decode()}" for path, raw in sorted(kept.items()))


@pytest.mark.both_helms
@pytest.mark.parametrize("case", CASES)
def test_what_is_rendered_is_committed_or_refused_at_the_line_of_the_spec(case, run, tmp_path, golden):
    folder = workspace(tmp_path / "w", HERE / case)
    before = read_tree(folder)
    done = run("generate", "--format", "text", cwd=folder)
    assert "Traceback" not in done.stderr
    if done.returncode:
        assert read_tree(folder) == before, "nothing is written on failure"
    else:
        checked = run("check", cwd=folder)
        assert (checked.returncode, "no drift" in checked.stderr) == (0, True)
    said = transcript(done).replace(str(folder), "WORKSPACE") + written(folder)
    golden(re.sub(r"\bHelm [34]\.[\d.]+", "Helm VERSION", said), HERE / case / "expected.txt")


def rendered_everywhere(folder):
    """Copy the boutique, and have every environment commit what Helm renders."""
    shutil.copytree(BOUTIQUE, folder, dirs_exist_ok=True)
    for path in sorted((folder / "environments").iterdir()):
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("\n  argocd:\n", "\n  output: rendered\n  argocd:\n", 1), encoding="utf-8")


def objects(texts):
    found = [item for text in texts for item in yaml.load_all(text, yaml.CSafeLoader) if item]
    return {(item["kind"], item["metadata"].get("namespace"), item["metadata"]["name"]): item for item in found}


def bare(helm, application):
    """Return what Helm itself renders of an Application of `output: sources`, as Argo CD starts it."""
    spec = application["spec"]
    source, kubernetes = spec["sources"][0], "1.35"
    files = [f"--values={BOUTIQUE / name.removeprefix('$values/')}" for name in source["helm"]["valueFiles"]]
    namespace = spec["destination"]["namespace"]
    command = [helm, "template", source["helm"]["releaseName"], CHART, f"--namespace={namespace}", "--include-crds"]
    apis = [f"--api-versions={name}" for name in ("argoproj.io/v1alpha1", "argoproj.io/v1alpha1/Rollout")]
    done = subprocess.run([*command, f"--kube-version={kubernetes}", *apis, *files], capture_output=True, text=True, check=True)
    found = objects([done.stdout])
    return {
        key: item for key, item in found.items() if (item["metadata"].get("annotations") or {}).get("helm.sh/hook") != "test"
    }


@pytest.mark.both_helms
def test_not_one_object_of_the_boutique_differs_from_what_argo_cd_renders_of_its_sources(run, helm, tmp_path):
    rendered_everywhere(tmp_path / "w")
    done = run("generate", "--quiet", cwd=tmp_path / "w")
    assert done.returncode == 0, done.stderr
    number = 0
    for path in sorted(BOUTIQUE.glob("generated/*/applications/*.yaml")):
        before = yaml.safe_load(path.read_text(encoding="utf-8"))
        after = yaml.safe_load((tmp_path / "w" / path.relative_to(BOUTIQUE)).read_text(encoding="utf-8"))
        first = next(iter(after["spec"].get("sources") or [after["spec"]["source"]]))
        files = sorted((tmp_path / "w" / first["path"]).iterdir())
        assert objects(file.read_text(encoding="utf-8") for file in files) == bare(helm, before)
        for one in (before, after):
            one["spec"].pop("sources", None)
            one["spec"].pop("source", None)
        assert after == before, "everything but the sources stays as it is"
        number += 1
    assert number == 33


def test_a_second_check_asks_helm_for_nothing_that_it_has_rendered(run, helm, tiphys, tmp_path):
    folder = workspace(tmp_path / "w", HERE / "several-destinations")
    asked = tmp_path / "asked"
    recorder = tmp_path / "helm-that-tells"
    recorder.write_text(f'#!/bin/sh\necho "$1" >> {asked}\nexec {helm} "$@"\n', encoding="utf-8")
    recorder.chmod(0o755)
    assert tiphys("generate", "--helm", recorder, cwd=folder).returncode == 0
    assert asked.read_text(encoding="utf-8").split().count("template") == 2
    asked.unlink()
    assert tiphys("check", "--helm", recorder, cwd=folder).returncode == 0
    assert set(asked.read_text(encoding="utf-8").split()) == {"version"}


def test_without_helm_check_and_generate_say_what_needs_it_and_everything_else_works(tiphys, run, tmp_path):
    folder = workspace(tmp_path / "w", HERE / "several-destinations")
    assert run("generate", cwd=folder).returncode == 0
    for command in ("generate", "check"):
        done = tiphys(command, "--helm", "no-such-helm", cwd=folder)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith(
            "tiphys: Helm does not exist at no-such-helm: `output: rendered` of `dev` needs it\n  = hint: install Helm 3.14"
        )
    nothing = {"PATH": "/nonexistent"}
    assert tiphys("lint", cwd=folder, env=nothing).returncode == 0
    for command in (
        ("explain", "web", "--env", "dev", "replicas"),
        ("plan", "web", "--env", "dev"),
        ("render", "web", "--env", "dev"),
    ):
        assert tiphys(*command, cwd=folder, env=nothing).returncode == 0, command
    assert tiphys("check", "--env", "prod", "--helm", "no-such-helm", cwd=folder).returncode == 0, "prod has its sources"


def test_drift_of_rendered_files_is_named_and_repaired_and_what_is_no_more_rendered_goes(run, tiphys, tmp_path):
    folder = workspace(tmp_path / "w", HERE / "everything-a-chart-can-have")
    assert run("generate", cwd=folder).returncode == 0
    files = folder / "generated/dev/web/rendered"
    tree = read_tree(folder)
    (files / "service-store.yaml").unlink(missing_ok=True)
    claim = files / "persistentvolumeclaim-data.yaml"
    claim.write_text(claim.read_text(encoding="utf-8").replace("1Gi", "2Gi"), encoding="utf-8")
    shutil.copy(claim, files / "persistentvolumeclaim-old.yaml")
    (files / "notes.yaml").write_text("a: b\n", encoding="utf-8")
    done = run("check", "--format", "json", cwd=folder)
    drift = {item["path"].rpartition("/")[2]: item["state"] for item in json.loads(done.stdout)["drift"]}
    assert drift == {
        "persistentvolumeclaim-data.yaml": "differs",
        "persistentvolumeclaim-old.yaml": "stale",
        "notes.yaml": "unowned",
    }
    assert run("generate", cwd=folder).returncode == 0
    (files / "notes.yaml").unlink()
    assert read_tree(folder) == tree
    environment = folder / "environments/dev.yaml"
    environment.write_text(
        environment.read_text(encoding="utf-8").replace("output: rendered", "output: sources"), encoding="utf-8"
    )
    assert tiphys("generate", cwd=folder).returncode == 0
    assert not files.exists() or not list(files.iterdir())


def repository(tmp_path, case="several-destinations"):
    made = Repository(tmp_path / "r")
    shutil.copytree(HERE / case, made.root, dirs_exist_ok=True)
    (made.root / "expected.txt").unlink()
    (made.root / "environments/prod.yaml").unlink()
    return made


def test_two_commits_are_compared_by_their_rendered_files_and_helm_is_not_needed(run, tiphys, git, tmp_path):
    made = repository(tmp_path)
    assert run("generate", cwd=made.root).returncode == 0
    made.commit("one")
    done = run("bump", "web", "--env", "dev", "--image-tag", "1.1.0", cwd=made.root)
    assert done.returncode == 0, done.stderr
    assert "2 generated files" not in done.stderr
    made.commit("two")
    done = tiphys("diff", "HEAD~1..HEAD", "--rendered", "--helm", "no-such-helm", "--format", "json", cwd=made.root)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    changes = {(one["kind"], one["path"], one["before"], one["after"]) for one in found["cluster"]["objects"]}
    image = "spec.template.spec.containers[app].image"
    assert changes == {("Deployment", image, "ghcr.io/acme/web:1.0.0", "ghcr.io/acme/web:1.1.0")}
    assert "generated/" not in json.dumps(found["changes"]), "a change is told as one of the spec, and as one of the object"


def test_a_rendered_file_that_was_changed_by_hand_shows_in_the_diff_of_commits(run, tiphys, git, tmp_path):
    made = repository(tmp_path)
    assert run("generate", cwd=made.root).returncode == 0
    made.commit("one")
    path = "generated/dev/web/eu/rendered/service-web.yaml"
    made.write(path, (made.root / path).read_text(encoding="utf-8").replace("port: 80\n", "port: 81\n"))
    made.commit("two")
    done = tiphys("diff", "HEAD~1..HEAD", cwd=made.root)
    assert done.returncode == 0
    assert "port 80 → 81" in done.stdout
    assert "from generated/dev/web/eu/rendered/" in done.stdout


def test_promote_rollback_publish_and_the_hook_write_rendered_files_too(run, tiphys, git, tmp_path):
    made = repository(tmp_path)
    dev = (made.root / "environments/dev.yaml").read_text(encoding="utf-8")
    prod = dev.replace("{name: dev}", "{name: prod}").replace("shop-dev", "shop-prod").replace("dev-", "prod-")
    made.write("environments/prod.yaml", prod.replace("spec:\n", "spec:\n  promotion: {from: dev}\n"))
    made.write(
        "services/web/pipeline.yaml",
        "apiVersion: tiphys/v1\nkind: Pipeline\nmetadata: {name: web}\nspec:\n  image: {repository: ghcr.io/acme/web}\n"
        '  environments:\n    dev: {image: {tag: "1.0.0"}}\n    prod: {image: {tag: "1.0.0"}}\n',
    )
    made.git("add", "-A")
    hook = run("generate", "--hook", cwd=made.root)
    assert hook.returncode == 1
    assert "add generated/dev/web/eu/rendered/deployment-web.yaml" in hook.stdout
    made.git("add", "-A")
    assert run("generate", "--hook", cwd=made.root).returncode == 0
    made.commit("one")
    image = made.root / "generated/prod/web/eu/rendered/deployment-web.yaml"
    for command, tag in (
        (("bump", "web", "--env", "dev", "--image-tag", "1.1.0", "--commit"), "1.0.0"),
        (("promote", "web", "--from", "dev", "--to", "prod", "--commit", "--offline", "--reason=test"), "1.1.0"),
        (("rollback", "web", "--env", "prod", "--commit"), "1.0.0"),
    ):
        done = run(*command, cwd=made.root)
        assert done.returncode == 0, (command, done.stderr)
        assert f"ghcr.io/acme/web:{tag}" in image.read_text(encoding="utf-8"), command
        assert made.git("status", "--porcelain") == "", command
    assert run("check", cwd=made.root).returncode == 0
    made.write(
        "services/web/pipeline.yaml",
        (made.root / "services/web/pipeline.yaml").read_text(encoding="utf-8").replace("1.1.0", "1.2.0"),
    )
    made.commit("by hand")
    done = run("publish", cwd=made.root)
    assert done.returncode == 0, done.stderr
    assert run("check", cwd=made.root).returncode == 0


def test_verify_status_history_and_the_report_cope_with_rendered_files(run, tiphys, git, tmp_path):
    made = repository(tmp_path)
    assert run("generate", cwd=made.root).returncode == 0
    made.commit("one")
    assert run("verify", cwd=made.root).returncode == 0
    assert tiphys("status", cwd=made.root).returncode == 0
    assert "1.0.0" in tiphys("history", "web", "--env", "dev", cwd=made.root).stdout
    done = tiphys("report", "-o", tmp_path / "report", cwd=made.root, env={"PATH": "/usr/bin:/bin"})
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "report" / "index.html").read_text(encoding="utf-8")
    assert "stale" not in page


def test_a_change_of_the_chart_is_told_as_such_between_commits(run, tiphys, git, tmp_path):
    made = repository(tmp_path, "everything-a-chart-can-have")
    assert run("generate", cwd=made.root).returncode == 0
    made.commit("one")
    template = "charts/store/templates/objects.yaml"
    made.write(template, (made.root / template).read_text(encoding="utf-8").replace("1Gi", "2Gi"))
    assert run("generate", cwd=made.root).returncode == 0
    made.commit("two")
    done = tiphys("diff", "HEAD~1..HEAD", "--helm", "no-such-helm", "--format", "json", cwd=made.root)
    (change,) = json.loads(done.stdout)["cluster"]["objects"]
    assert (change["kind"], change["before"], change["after"]) == ("PersistentVolumeClaim", "1Gi", "2Gi")
    assert [cause["what"] for cause in change["causes"]] == ["chart store"]


def test_going_over_to_rendered_files_and_back_changes_no_object(run, tiphys, git, tmp_path):
    made = repository(tmp_path)
    environment = (made.root / "environments/dev.yaml").read_text(encoding="utf-8")
    for output in ("sources", "rendered", "sources"):
        made.write("environments/dev.yaml", environment.replace("output: rendered", f"output: {output}"))
        assert run("generate", cwd=made.root).returncode == 0
        made.commit(output)
    for range_ in ("HEAD~2..HEAD~1", "HEAD~1..HEAD"):
        done = run("diff", range_, "--rendered", "--format", "json", cwd=made.root)
        found = json.loads(done.stdout)
        assert (done.returncode, found["cluster"]["objects"]) == (0, [])
        assert found["cluster"]["summary"]["objects"] == 8
        assert any("rendered files" in change["sentence"] for change in found["changes"]), "that the source is another is told"


@pytest.mark.both_helms
def test_a_chart_that_writes_a_time_is_rendered_the_same_in_every_time_zone(run, tmp_path):
    folder = workspace(tmp_path / "w", HERE / "words-that-argo-cd-obeys")
    (folder / "charts/odd/templates/all.yaml").write_text(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: built}\n"
        'data: {end: {{ toDate "2006-01-02T15:04:05Z07:00" "2026-01-01T20:00:00Z" | date "2006-01-02 15:04" | quote }}}\n'
    )
    for number, command in enumerate(["generate", "check", "check --no-cache"]):
        done = run(*command.split(), cwd=folder, env={"TZ": ("Asia/Kathmandu", "America/Lima")[number % 2]})
        assert done.returncode == 0, done.stdout + done.stderr
    assert "2026-01-01 20:00" in written(folder)


def test_the_time_in_a_packed_chart_is_found_before_the_day_is_over(run, tmp_path):
    folder = workspace(tmp_path / "w", HERE / "words-that-argo-cd-obeys")
    (folder / "charts/odd/templates/all.yaml").unlink()
    inner = {
        "Chart.yaml": b"apiVersion: v2\nname: inner\nversion: 1.0.0\n",
        "templates/a.yaml": b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: built}\n"
        b"data: {order: {{ keys .Values.all | join `,` | quote }}, year: {{ now | date `2006` | quote }}}\n",
        "values.yaml": b"all: {a: 1, b: 2}\n",
    }
    (folder / "charts/odd/charts").mkdir()
    (folder / "charts/odd/charts/inner-1.0.0.tgz").write_bytes(packed("inner", inner))
    done = run("generate", cwd=folder)
    assert done.returncode == 1
    assert "ConfigMap built: `data.year` and `data.order` differ each time" in done.stdout or (
        "ConfigMap built: `data.order` and `data.year` differ each time" in done.stdout
    )
    assert "`now` in odd/charts/inner/templates/a.yaml:4" in done.stdout
    assert "TP662" in run("verify", cwd=folder).stdout
