"""The upgrade of a chart, of Argo CD or of Argo Rollouts, as it is told to those who decide about it before they do it."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft7Validator

from generator.release.destination import Directory
from generator.system import helm as helms
from generator.system.charts import package as chart_package
from generator.system.charts.package import Package
from support.paths import ROOT
from support.trees import write_tree

pytestmark = pytest.mark.usefixtures("helm", "helm_home")

CHART = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: {{ .Release.Name }}, labels: {helm.sh/chart: ledger-{{ .Chart.Version }}}}
spec:
  selector: {matchLabels: {%(selector)s: {{ .Release.Name }}}}
  template:
    metadata: {labels: {%(selector)s: {{ .Release.Name }}}}
    spec:
      terminationGracePeriodSeconds: {{ .Values.grace }}
      containers: [{name: app, image: "ghcr.io/acme/ledger:1", ports: [{containerPort: {{ .Values.ports.%(port)s }}}]}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: {{ .Release.Name }}}
data: {same: always}
"""
VALUES = {
    "1.0.0": "ports: {web: 9000}\ngrace: 30\npassword: first-and-only\n",
    "1.1.0": "ports: {http: 9000}\ngrace: 90\nlogFormat: json\npassword: second-and-last\n",
}
WORDS = {"1.0.0": {"selector": "app", "port": "web"}, "1.1.0": {"selector": "app.kubernetes.io/name", "port": "http"}}


def chart(version):
    return {
        "Chart.yaml": f"apiVersion: v2\nname: ledger\nversion: {version}\n".encode(),
        "values.yaml": VALUES[version].encode(),
        "templates/all.yaml": (CHART % WORDS[version]).encode(),
    }


def environment(name, repository="", target=""):
    return (
        f"apiVersion: tiphys/v1\nkind: Environment\nmetadata: {{name: {name}}}\nspec:\n"
        f"  target: {{kubernetes: '1.35'{target}}}\n"
        f"  argocd: {{project: shop, destination: {{server: 'https://{name}.example.com', namespace: shop}}}}\n"
        + (f"  chart: {{repository: '{repository}'}}\n" if repository else "")
    )


def spec(name, rest):
    return f"apiVersion: tiphys/v1\nkind: Pipeline\nmetadata: {{name: {name}}}\nspec:\n{rest}"


TIPHYS = "apiVersion: tiphys/v1\nkind: Workspace\nspec: {repoURL: https://git.example.com/deploy.git}\n"
USES = "  chart: {name: ledger, version: '1.0.0', profile: none}\n"


@pytest.fixture
def workspace(http, helm, tmp_path):
    """Return a workspace with a chart that is released in two versions, and three services that use the first."""
    served = http("dev")
    packages = [Package("ledger", version, chart_package.packed("ledger", chart(version))) for version in VALUES]
    Directory(helms.find(helm), str(served.folder), "served").put(packages)
    return write_tree(
        tmp_path / "w",
        {
            "tiphys.yaml": TIPHYS,
            "environments/dev.yaml": environment("dev", served.address),
            "environments/prod.yaml": environment("prod", served.address),
            "services/books/pipeline.yaml": spec("books", f"{USES}  environments: {{dev: {{}}, prod: {{}}}}\n"),
            "services/cash/pipeline.yaml": spec("cash", f"{USES}  values: {{grace: 60}}\n  environments: {{prod: {{}}}}\n"),
            "services/bills/pipeline.yaml": spec(
                "bills", f"{USES}  values:\n    ports: {{web: 9100}}\n  environments: {{dev: {{}}}}\n"
            ),
        },
    )


def test_the_upgrade_of_a_chart_names_for_all_who_use_it_what_changes_dies_and_is_new(workspace, tiphys):
    done = tiphys("verify", "--against", "chart=ledger@1.1.0", cwd=workspace)
    assert done.returncode == 1, done.stdout + done.stderr
    text = done.stdout
    assert "chart ledger 1.0.0 → 1.1.0, used by dev (2 services: bills, books); prod (2 services: books, cash)\n" in text
    assert "  value ports.web is not used any more: remove it from services/bills/pipeline.yaml:7\n" in text
    assert "  default grace 30 → 90; prod cash sets it\n" in text
    assert "  default logFormat added: json\n" in text
    assert "  default ports.web removed (was 9000); dev bills sets it\n" in text
    assert "sync-fails" in text
    assert "by kind: 2 sync-fails, " in text
    assert "first-and-only" not in text + done.stderr
    assert "services/bills/pipeline.yaml:7:13: warning[TP606]: the chart does not use the value `ports.web`" in text
    assert "found with chart ledger@1.1.0 only: 1 warning in 1 file" in done.stderr


def test_every_format_of_a_comparison_holds_the_findings_and_the_charts(workspace, tiphys, tmp_path):
    forms = {form: tmp_path / f"found.{form}" for form in ("json", "markdown", "html")}
    words = [word for form, path in forms.items() for word in ("--format", f"{form}={path}")]
    done = tiphys("verify", "--against", "chart=ledger@1.1.0", *words, cwd=workspace)
    assert (done.returncode, done.stdout) == (1, ""), done.stderr
    found = json.loads(forms["json"].read_text())
    Draft7Validator(json.loads((ROOT / "schemas" / "diff.schema.json").read_text())).validate(found)
    (upgrade,) = found["charts"]
    assert (upgrade["before"], upgrade["after"], len(upgrade["users"])) == ("1.0.0", "1.1.0", 4)
    assert [(one["value"], one["places"]) for one in upgrade["dead"]] == [
        ("ports.web", [{"path": "services/bills/pipeline.yaml", "line": 7}])
    ]
    assert [one["rule"] for one in found["diagnostics"]] == ["TP606"]
    assert found["cluster"]["summary"]["refused"] == 2
    markdown, html = forms["markdown"].read_text(), forms["html"].read_text()
    assert markdown.startswith("<!-- tiphys:versions -->\n")
    assert all("ports.web is not used any more" in text for text in (markdown, html))
    assert "first-and-only" not in markdown + html + forms["json"].read_text()


def test_the_default_format_of_ci_does_not_stop_a_comparison(workspace, tiphys):
    done = tiphys("verify", "--against", "chart=ledger@1.1.0", cwd=workspace, env={"GITHUB_ACTIONS": "true"})
    assert (done.returncode, "chart ledger 1.0.0 → 1.1.0" in done.stdout) == (1, True), done.stderr


def test_a_dry_run_of_a_bump_shows_what_the_chart_changes_and_writes_nothing(workspace, tiphys):
    spec_of_books = workspace / "services/books/pipeline.yaml"
    before = spec_of_books.read_bytes()
    done = tiphys("bump", "books", "--env", "dev", "--chart-version", "1.1.0", "--dry-run", cwd=workspace)
    assert done.returncode == 1, "Kubernetes refuses the new selector"
    assert done.stdout.startswith("books dev: chart 1.0.0 → 1.1.0\n\n")
    assert "chart ledger 1.0.0 → 1.1.0, used by dev (2 services: bills, books)\n" in done.stdout
    assert spec_of_books.read_bytes() == before


def test_a_dry_run_of_a_bump_says_why_nothing_is_compared_and_goes_on(workspace, tiphys):
    words = ("bump", "books", "--env", "dev", "--chart-version", "9.9.9", "--dry-run")
    done = tiphys(*words, "--helm", "/nonexistent/helm", cwd=workspace)
    assert (done.returncode, done.stdout) == (0, "books dev: chart 1.0.0 → 9.9.9\n")
    assert "what the chart changes is not shown: Helm does not exist at /nonexistent/helm" in done.stderr
    done = tiphys(*words, "--offline", cwd=workspace)
    assert "nothing changes in the deployment, as far as it can be compared\n" in done.stdout
    assert "not rendered: dev bills, dev books: ledger 9.9.9 is neither in the workspace nor in the cache" in done.stdout


ROLLS = """\
  chart: {name: service, version: '1.1.0'}
  image: {repository: ghcr.io/acme/desk, tag: '2.4.0'}
  replicas: 5
  values: {readinessProbe: {httpGet: {path: /, port: http}}}
  argocd: {syncPolicy: {automated: {enabled: true}}}
  rollout:
    strategy:
      canary:
        replicaProgressThreshold: {type: Percent, value: 80}
        steps: [{setWeight: 20}, {plugin: {name: example/gate}}, {pause: {}}]
  environments: {prod: {}}
"""


@pytest.fixture
def desk(tmp_path):
    """Return a workspace that uses what newer versions of Argo have."""
    return write_tree(
        tmp_path / "w",
        {
            "tiphys.yaml": TIPHYS,
            "environments/prod.yaml": environment("prod", "oci://registry.example.com/prod"),
            "services/desk/pipeline.yaml": spec("desk", ROLLS),
        },
    )


@pytest.mark.parametrize(
    ("word", "fields"),
    [
        ("rollouts=1.7", ["replicaProgressThreshold", "plugin"]),
        ("rollouts=v1.8.3", ["replicaProgressThreshold"]),
        ("rollouts=1.9", []),
        ("argocd=3.0", ["enabled"]),
        ("argocd=3.4", []),
    ],
)
def test_fields_that_another_argo_drops_are_told_at_their_line(word, fields, desk, tiphys):
    assert tiphys("verify", "--offline", cwd=desk).returncode == 0
    done = tiphys("verify", "--offline", "--against", word, "--format", "json", cwd=desk)
    found = json.loads(done.stdout)
    dropped = [one for one in found["diagnostics"] if one["rule"] == "TP671"]
    assert sorted(one["message"].split("`")[1] for one in dropped) == sorted(fields), done.stderr
    assert done.returncode == bool(fields)
    lines = ROLLS.splitlines()
    assert all(one["message"].split("`")[1] in lines[one["line"] - 5] for one in dropped)


def test_the_helm_that_another_argo_cd_has_is_told(desk, tiphys):
    done = tiphys("verify", "--offline", "--against", "argocd=3.5", cwd=desk)
    assert "Argo CD 3.5 renders with Helm 4.2, not 3." in done.stderr
    assert "are not known" in tiphys("verify", "--offline", "--against", "argocd=9.1", cwd=desk).stderr


def test_files_that_are_generated_differently_for_another_argo_cd_are_told(desk, tiphys):
    jobs = "values: {jobs: {sweep: {hook: PreDelete, command: [sweep]}}, readinessProbe"
    text = ROLLS.replace("values: {readinessProbe", jobs).replace("argocd: {sync", "argocd: {onDelete: cascade, sync")
    write_tree(desk, {"services/desk/pipeline.yaml": spec("desk", text)})
    done = tiphys("verify", "--offline", "--against", "argocd=3.3", cwd=desk)
    assert "with this `target`, `tiphys generate` writes 1 generated file differently" in done.stderr, done.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--against", "argocd=new"], "`new` is not a version of Argo CD, such as 3.5"),
        (["--against", "rollouts=2"], "`2` is not a version of Argo Rollouts, such as 1.9"),
        (["--against", "argocd=3.5", "--format", "sarif"], "--against has the formats text, markdown, json, html, not sarif"),
        (["--format", "html"], "--noise and the format html are for --against"),
        (["--noise"], "--noise and the format html are for --against"),
    ],
)
def test_what_cannot_be_asked_is_told(words, said, desk, tiphys):
    done = tiphys("verify", *words, cwd=desk)
    assert (done.returncode, said in done.stderr) == (2, True), done.stderr
