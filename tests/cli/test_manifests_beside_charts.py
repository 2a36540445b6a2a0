"""Plain manifests beside a chart: what they hold is deployed, checked, compared and masked like all that is generated."""

from __future__ import annotations

import json

import pytest
import yaml

from support.paths import ROOT
from support.repositories import Repository
from support.trees import write_tree
from support.workspace import workspace

SPEC = """\
apiVersion: tiphys/v1
kind: Pipeline
metadata: {{name: {name}}}
spec:
  image: {{repository: ghcr.io/acme/web, tag: "{tag}"}}
  manifests: {manifests}
  environments: {{dev: {{}}}}
"""
JOB = """\
apiVersion: batch/v1
kind: Job
metadata: {name: "{service}-migrate"}
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: migrate
          image: "{image}"
"""


def spec(manifests="[k8s/job.yaml]", name="web", tag="1.0.0"):
    return SPEC.format(name=name, tag=tag, manifests=manifests)


@pytest.fixture
def deploy(tmp_path):
    """Return a function that makes a workspace out of the files of its services."""

    def make(files):
        folder = workspace(tmp_path / "w")
        return write_tree(folder, {f"services/{path}": text for path, text in files.items()})

    return make


def findings(tiphys, folder, command="lint", *more):
    done = tiphys(command, *more, "--format", "json", cwd=folder)
    assert "Traceback" not in done.stderr
    return [(one["rule"], one["path"], one["line"]) for one in json.loads(done.stdout)["diagnostics"]]


def test_a_job_runs_the_image_that_a_bump_moves_the_service_to(tiphys, deploy):
    folder = deploy({"web/pipeline.yaml": spec(), "web/k8s/job.yaml": JOB})
    assert tiphys("generate", cwd=folder).returncode == 0
    made = folder / "generated/dev/web/manifests/job-web-migrate.yaml"
    assert yaml.safe_load(made.read_text())["spec"]["template"]["spec"]["containers"][0]["image"] == "ghcr.io/acme/web:1.0.0"
    done = tiphys("bump", "web", "--env", "dev", "--image-tag", "2.0.0", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "image: ghcr.io/acme/web:2.0.0" in made.read_text()
    assert tiphys("check", cwd=folder).returncode == 0


def test_a_second_source_applies_the_manifests(tiphys, deploy):
    folder = deploy({"web/pipeline.yaml": spec(), "web/k8s/job.yaml": JOB})
    assert tiphys("generate", cwd=folder).returncode == 0
    sources = yaml.safe_load((folder / "generated/dev/applications/web.yaml").read_text())["spec"]["sources"]
    assert sources[1]["path"] == "generated/dev/web/manifests"


def test_text_in_braces_that_is_meant_can_be_suppressed_on_its_line_and_stays(tiphys, deploy):
    job = JOB + '          args: ["/items/{id}"] # tiphys: ignore[TP056] because it is a route\n'
    folder = deploy({"web/pipeline.yaml": spec(), "web/k8s/job.yaml": job})
    assert tiphys("generate", cwd=folder).returncode == 0
    assert "/items/{id}" in (folder / "generated/dev/web/manifests/job-web-migrate.yaml").read_text()


def test_a_secret_in_a_file_is_reported_where_it_is_and_shown_nowhere(tiphys, deploy):
    secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: web}\nstringData: {key: correct-horse-battery}\n"
    folder = deploy({"web/pipeline.yaml": spec("[k8s/s.yaml]"), "web/k8s/s.yaml": secret})
    assert ("TP645", "services/web/k8s/s.yaml", 4) in findings(tiphys, folder)
    for form in ("text", "concise", "json", "sarif", "github", "gitlab", "junit", "markdown"):
        done = tiphys("lint", "--format", form, cwd=folder)
        assert "correct-horse" not in done.stdout + done.stderr, form


def test_two_services_cannot_bring_the_same_object(tiphys, deploy):
    shared = "[{apiVersion: v1, kind: ConfigMap, metadata: {name: shared}}]"
    folder = deploy({"web/pipeline.yaml": spec(shared), "api/pipeline.yaml": spec(shared, name="api")})
    assert "TP502" in {rule for rule, *_ in findings(tiphys, folder)}
    other = shared.replace("ConfigMap", "ServiceAccount")
    (folder / "services/api/pipeline.yaml").write_text(spec(other, name="api"))
    assert findings(tiphys, folder) == []


@pytest.mark.parametrize("what", ["web/k8s/job.yaml", "web/k8s"])
def test_a_file_of_manifests_is_read_through_no_link(what, tiphys, deploy, tmp_path):
    folder = deploy({"web/pipeline.yaml": spec(), "web/k8s/job.yaml": JOB + "# correct-horse\n"})
    path = folder / "services" / what
    path.rename(tmp_path / "kept")
    path.symlink_to(tmp_path / "kept")
    done = tiphys("generate", cwd=folder)
    assert (done.returncode, "symbolic link" in done.stdout) == (1, True), done.stdout
    assert "correct-horse" not in done.stdout


def test_a_file_of_manifests_that_is_too_large_is_refused_before_it_is_read(tiphys, deploy):
    folder = deploy({"web/pipeline.yaml": spec(), "web/k8s/job.yaml": JOB + "#" * 1_100_000})
    assert ("TP006", "services/web/k8s/job.yaml", 1) in findings(tiphys, folder)


def test_anchors_cannot_make_a_small_file_a_large_one(tiphys, deploy):
    lines = ['a0: &a0 ["x", "x", "x", "x", "x", "x", "x", "x", "x", "x"]']
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    bomb = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: bomb}\n" + "\n".join(lines) + "\n"
    folder = deploy({"web/pipeline.yaml": spec(), "web/k8s/job.yaml": bomb})
    done = tiphys("generate", cwd=folder)
    assert done.returncode == 1
    assert "services/web/k8s/job.yaml" in done.stdout


def test_what_manifests_refer_to_is_looked_for_among_all_objects_and_reported_in_their_file(helm, tiphys, deploy):
    ingress = """\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec:
  defaultBackend:
    service: {name: SERVICE, port: {number: 80}}
"""
    folder = deploy({"web/pipeline.yaml": spec("[k8s/i.yaml]"), "web/k8s/i.yaml": ingress.replace("SERVICE", "lost")})
    chart = ("verify", "--offline", "--no-cache", "--chart", ROOT / "templates/chart")
    assert [path for _, path, _ in findings(tiphys, folder, *chart)] == ["services/web/k8s/i.yaml"]
    (folder / "services/web/k8s/i.yaml").write_text(ingress.replace("SERVICE", "web"))
    assert findings(tiphys, folder, *chart) == []


def test_affected_diff_and_the_hook_see_a_change_of_a_file_of_manifests(git, tiphys, tmp_path):
    repository = Repository(tmp_path / "w")
    repository.write("services/web/pipeline.yaml", spec())
    repository.write("services/web/k8s/job.yaml", JOB)
    assert tiphys("generate", cwd=repository.root).returncode == 0
    repository.commit("start")
    repository.write("services/web/k8s/job.yaml", JOB.replace("Never", "OnFailure"))
    affected = json.loads(tiphys("affected", "--since", "HEAD", "--format", "json", cwd=repository.root).stdout)
    assert [pair["because"] for pair in affected["affected"]] == [["services/web/k8s/job.yaml"]]
    diff = tiphys("diff", "HEAD", cwd=repository.root)
    assert "Job web-migrate spec.template.spec.restartPolicy Never → OnFailure" in diff.stdout
    hook = tiphys("generate", "--hook", cwd=repository.root)
    assert (hook.returncode, "services/web/k8s/job.yaml" in hook.stdout + hook.stderr) == (1, True)


def test_the_report_shows_manifests_with_the_line_to_edit(tiphys, deploy, tmp_path):
    inline = '[k8s/job.yaml, {apiVersion: v1, kind: ConfigMap, metadata: {name: web}, data: {text: "one\\ntwo\\n"}}]'
    folder = deploy({"web/pipeline.yaml": spec(inline), "web/k8s/job.yaml": JOB})
    assert tiphys("generate", cwd=folder).returncode == 0
    assert tiphys("report", "-o", "site", cwd=folder).returncode == 0
    page = (folder / "site/services/web.html").read_text()
    assert "configmap-web.yaml" in page
    assert "job-web-migrate.yaml" in page


HOSTILE = [
    "resources: {a: b}\nnamePrefix: [1]\nlabels: x\nimages: [1, {name: [x]}]\nreplicas: {name: 1}\ncommonLabels: [a]\n",
    "resources: [app.yaml]\nlabels: [{pairs: {a: b}, includeSelectors: true}]\ncommonLabels: {c: d}\nnamespace: 5\n",
    "resources: [app.yaml, null, 7, [x]]\nopenapi: x\npatches: [x, {path: 1}]\nconfigMapGenerator: [{files: x}]\nsecretGenerator: 1\n",
    "[]\n",
    "--- {a: [b\n",
    "",
]
OBJECTS = [
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {selector: [a], template: {metadata: {labels: [x]}}}\n",
    "apiVersion: v1\nkind: Service\nmetadata: {name: web, labels: 1}\nspec: {selector: [x], ports: {a: b}}\n",
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: [1]\n---\n- 1\n---\nkind: List\napiVersion: v1\nitems: [1, null]\n",
]


@pytest.mark.parametrize("objects", OBJECTS)
@pytest.mark.parametrize("text", HOSTILE)
def test_no_kustomization_of_others_is_a_crash(text, objects, tiphys, deploy):
    rollout = SPEC.replace("  manifests: {manifests}\n", "  source: {{kustomize: {{path: services/web/k}}}}\n  replicas: 2\n")
    rollout += "  rollout: {{strategy: {{canary: {{steps: [{{setWeight: 20}}]}}}}}}\n"
    files = {
        "web/pipeline.yaml": rollout.format(name="web", tag="1.0.0"),
        "web/k/kustomization.yaml": text,
        "web/k/app.yaml": objects,
    }
    done = tiphys("generate", cwd=deploy(files))
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
