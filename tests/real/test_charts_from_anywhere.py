"""Charts of any origin and layout, rendered by the real Helm: nothing that a spec says is lost, nothing else is demanded."""

from __future__ import annotations

import subprocess

import pytest
import yaml

from support.repositories import Repository
from support.trees import write_tree
from support.workspace import workspace

SPEC = """
apiVersion: tiphys/v1
kind: Pipeline
metadata: {{name: {name}}}
spec:
{spec}
  environments: {{dev: {{}}}}
"""
CHART = {
    "Chart.yaml": 'apiVersion: v2\nname: queue\nversion: 1.2.0\nappVersion: "9.9.9"\n',
    "values.yaml": "size: 1\ncolour: red\nimage: registry.example.com/queue\n",
    "values-dev.yaml": "size: 2\ncolour: blue\n",
    "templates/queue.yaml": (
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}-queue}\n"
        "data: {size: {{ .Values.size | quote }}, colour: {{ .Values.colour }}}\n"
    ),
}


@pytest.fixture(autouse=True)
def _own_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def deploy(tmp_path):
    """Return a function that makes a workspace with one service, given the lines of its spec and further files."""

    def make(name, spec, files=()):
        folder = workspace(tmp_path / "w")
        (folder / "services/web/pipeline.yaml").unlink()
        lines = "\n".join(f"  {line}" for line in spec.strip().splitlines())
        return write_tree(folder, {f"services/{name}/pipeline.yaml": SPEC.format(name=name, spec=lines), **dict(files)})

    return make


def at(folder, files):
    return {f"{folder}/{path}": text for path, text in files.items()}


def objects(done):
    assert done.returncode == 0, done.stdout + done.stderr
    return {item["kind"]: item for item in yaml.safe_load_all(done.stdout) if item}


def test_values_files_of_the_chart_count_below_those_of_the_spec(helm, tiphys, deploy):
    spec = "chart: {name: queue, path: charts/queue, valueFiles: [values-dev.yaml]}\nrollout: null\nvalues: {colour: green}"
    folder = deploy("queue", spec, at("charts/queue", CHART))
    done = tiphys("verify", "--offline", cwd=folder)
    assert done.returncode == 0, done.stdout
    found = objects(tiphys("render", "queue", "--env", "dev", "--helm", cwd=folder))
    assert found["ConfigMap"]["data"] == {"size": "2", "colour": "green"}


def test_a_chart_whose_tag_is_its_app_version_needs_none_and_is_not_told_to_remove_what_its_profile_writes(
    helm, tiphys, deploy, tmp_path
):
    subprocess.run([helm, "create", "ferry"], cwd=tmp_path, check=True, capture_output=True)
    files = {path.relative_to(tmp_path / "ferry").as_posix(): path.read_text() for path in (tmp_path / "ferry").rglob("*.*")}
    folder = deploy("ferry", "chart: {name: ferry, path: charts/ferry, profile: helm-create}", at("charts/ferry", files))
    done = tiphys("verify", "--offline", cwd=folder)
    assert done.returncode == 0, done.stdout
    assert "TP101" not in done.stdout
    assert "TP606" not in done.stdout
    image = objects(tiphys("render", "ferry", "--env", "dev", "--helm", cwd=folder))["Deployment"]["spec"]["template"]["spec"]
    assert image["containers"][0]["image"] == "nginx:1.16.0"


def test_an_image_without_a_tag_is_the_charts_own_version_of_that_image(helm, tiphys, deploy, tmp_path):
    subprocess.run([helm, "create", "ferry"], cwd=tmp_path, check=True, capture_output=True)
    files = {path.relative_to(tmp_path / "ferry").as_posix(): path.read_text() for path in (tmp_path / "ferry").rglob("*.*")}
    spec = (
        "chart: {name: ferry, path: charts/ferry, profile: helm-create}\nimage: {repository: registry.example.com/line/ferry}"
    )
    folder = deploy("ferry", spec, at("charts/ferry", files))
    done = tiphys("verify", "--offline", cwd=folder)
    assert done.returncode == 0, done.stdout
    hard = files["templates/deployment.yaml"].replace(".Values.image.repository", '"registry.example.com/other"')
    write_tree(folder, {"charts/ferry/templates/deployment.yaml": hard})
    done = tiphys("verify", "--offline", cwd=folder)
    assert "no container runs `registry.example.com/line/ferry`" in done.stdout, "a chart that ignores the image is found"
    assert done.returncode == 1


def test_a_chart_of_another_git_repository_is_rendered_from_the_clone_that_is_named(helm, tiphys, deploy, tmp_path):
    address = "https://git.example.com/platform/charts.git"
    spec = f"chart: {{name: queue, repoURL: '{address}', path: stable/queue, revision: v1.2.0}}\nrollout: null"
    folder = deploy("queue", spec)
    assert tiphys("lint", cwd=folder).returncode == 0
    done = tiphys("verify", "--offline", cwd=folder)
    assert done.returncode == 1
    assert f"error[TP600]: the chart is in {address}, of which no clone is named" in done.stdout
    assert f"--repo {address}=DIRECTORY" in done.stdout
    clone = write_tree(tmp_path / "clone", at("stable/queue", CHART))
    done = tiphys("verify", "--offline", "--repo", f"{address}={clone}", cwd=folder)
    assert done.returncode == 0, done.stdout
    found = objects(tiphys("render", "queue", "--env", "dev", "--helm", "--repo", f"{address}={clone}", cwd=folder))
    assert found["ConfigMap"]["metadata"]["name"] == "queue-queue"
    (clone / "stable/queue/Chart.yaml").unlink()
    done = tiphys("verify", "--offline", "--repo", f"{address}={clone}", cwd=folder)
    assert "stable/queue in the clone of" in done.stdout
    assert "check out the revision that the spec names" in done.stdout
    done = tiphys("verify", "--repo", "nonsense", cwd=folder)
    assert done.returncode == 2
    assert "expected URL=DIR, not `nonsense`" in done.stderr


def test_a_chart_of_a_public_repository_is_neither_released_nor_looked_for_in_the_environments_own(helm, tiphys, deploy):
    folder = deploy(
        "queue", "chart: {name: rabbit, version: '4.2.0', repository: 'https://charts.example.org/x'}\nrollout: null"
    )
    assert tiphys("lint", cwd=folder).returncode == 0
    done = tiphys("release", "--env", "dev", "--dry-run", cwd=folder)
    assert done.returncode == 1
    assert "nothing to release" in done.stderr


def test_a_move_of_a_service_without_an_image_is_refused_and_its_chart_moves_by_version_or_revision(tiphys, deploy):
    folder = deploy(
        "queue", "chart: {name: rabbit, version: '4.2.0', repository: 'https://charts.example.org/x'}\nrollout: null"
    )
    done = tiphys("bump", "queue", "--env", "dev", "--image-tag", "5.0.0", cwd=folder)
    assert done.returncode == 1
    assert "queue has no `image` in dev: its chart decides which image runs" in done.stderr
    unasked = ("--offline", "--reason", "the repository of this test does not exist")
    done = tiphys("bump", "queue", "--env", "dev", "--chart-version", "4.3.0", *unasked, cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "queue dev: chart 4.2.0 → 4.3.0" in done.stdout
    write_tree(
        folder,
        {
            "services/mail/pipeline.yaml": SPEC.format(
                name="mail",
                spec="  chart: {name: mail, repoURL: 'https://git.example.com/charts.git', path: mail, revision: v1.0.0}",
            )
        },
    )
    done = tiphys("bump", "mail", "--env", "dev", "--chart-version", "v1.1.0", cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "mail dev: chart v1.0.0 → v1.1.0" in done.stdout
    assert "targetRevision: v1.1.0" in (folder / "generated/dev/applications/mail.yaml").read_text()


def test_a_chart_without_a_profile_is_named_instead_of_planned_with_made_up_pods(tiphys, deploy):
    folder = deploy(
        "queue", "chart: {name: rabbit, version: '4.2.0', repository: 'https://charts.example.org/x'}\nrollout: null"
    )
    done = tiphys("plan", "queue", "--env", "dev", cwd=folder)
    assert done.returncode == 2
    assert "queue cannot be planned: its chart has no profile" in done.stderr
    done = tiphys("plan", "--env", "dev", cwd=folder)
    assert done.returncode == 0
    assert "not planned, because their charts have no profile: `queue`" in done.stderr
    assert "queue" not in done.stdout


HOOKED = {
    "crds/queues.yaml": "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: queues.example.com}\n"
    "spec: {group: example.com, scope: Namespaced, names: {kind: Queue, plural: queues}, versions: []}\n",
    "templates/tests/reach.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: reach, annotations: {helm.sh/hook: test}}\n"
    "spec: {restartPolicy: Never, containers: [{name: reach, image: registry.example.com/reach}]}\n",
    "values.schema.json": '{"properties": {"size": {"type": "string"}}}',
}


def test_what_argo_cd_skips_of_a_chart_is_neither_rendered_nor_checked(helm, tiphys, deploy):
    chart = "chart: {{name: queue, path: charts/queue{}}}\nrollout: null\nvalues: {{size: 3}}"
    folder = deploy("queue", chart.format(""), at("charts/queue", {**CHART, **HOOKED}))
    done = tiphys("verify", "--offline", cwd=folder)
    assert done.returncode == 1
    assert "TP601" in done.stdout, "the schema of the chart wants a string"
    lines = chart.format(", skipSchemaValidation: true").replace("\n", "\n  ")
    write_tree(folder, {"services/queue/pipeline.yaml": SPEC.format(name="queue", spec=f"  {lines}")})
    render = ("render", "queue", "--env", "dev", "--helm")
    assert objects(tiphys(*render, cwd=folder)).keys() == {"ConfigMap", "CustomResourceDefinition"}
    lines = lines.replace("skipSchema", "skipCrds: true, skipTests: true, skipSchema")
    write_tree(folder, {"services/queue/pipeline.yaml": SPEC.format(name="queue", spec=f"  {lines}")})
    assert objects(tiphys(*render, cwd=folder)).keys() == {"ConfigMap"}
    done = tiphys("verify", "--offline", cwd=folder)
    assert done.returncode == 0, done.stdout


def test_a_values_file_that_the_chart_lacks_is_told_once(helm, tiphys, deploy):
    spec = "chart: {name: queue, path: charts/queue, valueFiles: [lost.yaml]}\nrollout: null"
    folder = deploy("queue", spec, at("charts/queue", CHART))
    for command in (["lint"], ["verify", "--offline"]):
        done = tiphys(*command, "--format", "concise", cwd=folder)
        told = [line for line in done.stdout.splitlines() if "TP070" not in line]
        assert told == ["services/queue/pipeline.yaml:6:57: error TP600 charts/queue has no file lost.yaml"]


def clone_with_revisions(root):
    """Make a clone whose tag `v1` has another colour than what is checked out."""
    made = Repository(root)
    write_tree(root, at("stable/queue", CHART))
    made.commit("one")
    made.git("tag", "v1")
    write_tree(root, at("stable/queue", {**CHART, "values.yaml": CHART["values.yaml"].replace("red", "black")}))
    made.commit("two")
    return made


@pytest.mark.parametrize(("revision", "colour"), [("v1", "red"), ("main", "black"), ("HEAD", "black")])
def test_a_chart_of_a_clone_is_that_of_the_revision_and_not_what_is_checked_out(
    revision, colour, helm, git, tiphys, deploy, tmp_path
):
    clone_with_revisions(tmp_path / "clone")
    url = "https://git.example.com/charts.git"
    folder = deploy(
        "queue", f"chart: {{name: queue, path: stable/queue, repoURL: '{url}', revision: {revision}}}\nrollout: null"
    )
    found = objects(tiphys("render", "queue", "--env", "dev", "--helm", "--repo", f"{url}={tmp_path / 'clone'}", cwd=folder))
    assert found["ConfigMap"]["data"]["colour"] == colour
    assert tiphys("verify", "--repo", f"{url}={tmp_path / 'clone'}", cwd=folder).returncode == 0


@pytest.mark.parametrize("revision", ["v9", '":/one"', "main~1"])
def test_a_revision_that_the_clone_lacks_is_never_taken_for_another_one(revision, helm, git, tiphys, deploy, tmp_path):
    clone_with_revisions(tmp_path / "clone")
    url = "https://git.example.com/charts.git"
    folder = deploy(
        "queue", f"chart: {{name: queue, path: stable/queue, repoURL: '{url}', revision: {revision}}}\nrollout: null"
    )
    done = tiphys("verify", "--repo", f"{url}={tmp_path / 'clone'}", cwd=folder)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "revision" in done.stdout, done.stdout
    missing = tiphys("verify", "--repo", f"{url}={tmp_path / 'nowhere'}", cwd=folder)
    if revision == "v9":
        assert f"the clone of {url} has no revision `v9`" in done.stdout
        assert "is not a directory" in missing.stdout


def test_a_chart_that_renders_nothing_stops_no_verification(helm, tiphys, deploy):
    off = "{{- if .Values.on }}\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n{{- end }}\n"
    chart = {"Chart.yaml": CHART["Chart.yaml"], "values.yaml": "on: false\nimage: {}\n", "templates/a.yaml": off}
    folder = deploy("queue", "chart: {name: queue, path: charts/queue}\nrollout: null", at("charts/queue", chart))
    done = tiphys("verify", "--offline", cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    lines = (
        'image: {repository: ghcr.io/acme/web, tag: "1.0.0"}\n  chart: {name: queue, path: charts/queue, profile: helm-create}'
    )
    write_tree(folder, {"services/queue/pipeline.yaml": SPEC.format(name="queue", spec=f"  {lines}\n  rollout: null")})
    done = tiphys("verify", "--offline", cwd=folder)
    assert "no container runs `ghcr.io/acme/web:1.0.0`; the chart runs nothing at all" in done.stdout, done.stdout + done.stderr
