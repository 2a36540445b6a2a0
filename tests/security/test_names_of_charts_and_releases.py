"""Names that a tree gives to charts and releases against whole commands: they lead nowhere, and nothing executes them."""

from __future__ import annotations

import pytest

from generator.system.helm import Helm
from generator.system.program import Done
from generator.verify import kept_charts
from generator.verify.cache import NOTHING
from generator.verify.charts import Chart, Charts, NoChartError
from generator.verify.rendering import Job, template
from support.trees import write_tree

SECRET = "s3cret-of-the-runner"
FAIL = '{{ fail (printf "%s" (.Files.Get "files/a")) }}\n'
METADATA = "apiVersion: v2\nname: evil\nversion: 1.0.0\n"

pytestmark = pytest.mark.usefixtures("helm", "helm_home")


def application(name: str, source: str) -> str:
    return (
        f"apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {{name: {name}}}\n"
        f"spec: {{project: x, destination: {{server: 'https://kubernetes.default.svc', namespace: a}}, source: {source}}}\n"
    )


def test_a_chart_whose_name_is_a_path_shows_no_file_of_the_runner(tiphys, tmp_path):
    (tmp_path / "secret").write_text(SECRET)
    root = write_tree(tmp_path / "r", {"evil/Chart.yaml": METADATA, "evil/1.0.0/x": "", "evil/templates/a.yaml": FAIL})
    (root / "evil/files").mkdir()
    (root / "evil/files/a").symlink_to(tmp_path / "secret")
    (root / "evil/1.0.0/evil").symlink_to(root / "evil")
    for number, name in enumerate((str(root / "evil"), f"../../../../../..{root}/evil", "..", "a/../b", "a\\b", "x\ny", "")):
        text = f"{{repoURL: 'https://charts.example.com', chart: {name!r}, targetRevision: 1.0.0}}"
        write_tree(root, {f"apps/dev/a{number}.yaml": application(f"a{number}", text)})
    for words in (("import", "r", "--no-cache"), ("import", "r")):
        done = tiphys(*words)
        assert SECRET not in done.stdout + done.stderr
        assert done.returncode == 1, done.stdout + done.stderr
        assert done.stdout.count("is not a valid chart name") >= 5, done.stdout


def test_a_template_of_the_workspace_cannot_name_a_folder_as_a_chart(tiphys, tmp_path):
    (tmp_path / "secret").write_text(SECRET)
    root = tmp_path / "ws"
    sources = (
        f"[{{repoURL: 'https://charts.example.com', chart: '{root}/evil', targetRevision: 1.0.0, helm: {{releaseName: web}}}}]"
    )
    write_tree(
        root,
        {
            "tiphys.yaml": "apiVersion: tiphys/v1\nkind: Workspace\nspec: {repoURL: https://git.example.com/deploy.git}\n",
            "environments/dev.yaml": "apiVersion: tiphys/v1\nkind: Environment\nmetadata: {name: dev}\nspec:\n"
            "  argocd: {project: shop, destination: {namespace: shop}}\n  chart: {name: service, repository: 'https://charts.example.com', version: '1.0.0'}\n",
            "services/web/pipeline.yaml": "apiVersion: tiphys/v1\nkind: Pipeline\nmetadata: {name: web}\n"
            "spec: {image: {repository: ghcr.io/acme/web, tag: '1.0.0'}, environments: {dev: {}}}\n",
            "templates/application.yaml": "apiVersion: argoproj.io/v1alpha1\nkind: Application\n"
            "metadata: {name: '{{ application.name }}', namespace: '{{ application.namespace }}'}\n"
            f"spec: {{project: shop, destination: '{{{{ application.destination }}}}', sources: {sources}}}\n",
            "evil/Chart.yaml": METADATA,
            "evil/templates/a.yaml": FAIL,
            "evil/1.0.0/x": "",
        },
    )
    (root / "evil/files").mkdir()
    (root / "evil/files/a").symlink_to(tmp_path / "secret")
    done = tiphys("-C", root, "verify")
    assert SECRET not in done.stdout + done.stderr
    assert "is not a valid chart name" in done.stdout, done.stdout + done.stderr


@pytest.mark.parametrize("name", ["..", ".", "a/b", "/etc", "", "-x", "a\0b"])
def test_the_cache_of_charts_has_no_folder_for_what_is_no_name(name):
    with pytest.raises(ValueError, match="is not a valid chart name"):
        kept_charts.folder_of("https://charts.example.com", name)


def test_a_chart_of_a_registry_may_be_in_a_folder_of_it(tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(
        Charts, "_fetch", lambda _self, repository, name, wanted: asked.append((repository.address, name, wanted))
    )
    charts = Charts(str(tmp_path), Helm("helm", (3, 17, 3)), offline=True)
    charts.released("registry.example.com/org", "folder/nginx", "1.0.0")
    assert asked == [("oci://registry.example.com/org/folder", "nginx", "1.0.0")]
    for address, name in (("registry.example.com", "../nginx"), ("https://charts.example.com", "folder/nginx")):
        with pytest.raises(NoChartError):
            charts.released(address, name, "1.0.0")


RELEASES = [
    '{{ env "PATH" | fail }}',
    '{{ env "HOME" | replace "/" "x" }}',
    '{{ getHostByName "x.example.com" }}',
    "--help",
    "a b",
]


@pytest.mark.parametrize("release", RELEASES)
def test_a_release_name_is_a_name_and_no_template(release, tiphys, tmp_path):
    chart = {
        "chart/Chart.yaml": METADATA,
        "chart/templates/a.yaml": "kind: ConfigMap\napiVersion: v1\nmetadata: {name: '{{ .Release.Name }}'}\n",
    }
    source = f"{{repoURL: 'https://git.example.com/x.git', path: chart, helm: {{releaseName: {release!r}}}}}"
    write_tree(tmp_path / "r", {**chart, "apps/dev/web.yaml": application("web", source)})
    done = tiphys("import", "r", "--no-cache")
    assert done.returncode == 1
    assert "invalid release name" in done.stdout, done.stdout + done.stderr
    assert "/bin" not in done.stdout
    assert "xroot" not in done.stdout


FILES = [
    "x=SECRET,y",
    "x={SECRET},y",
    "x.a[0]=SECRET,x.b",
    "a\\,x=SECRET,y",
    "x=SECRET,y=",
]


@pytest.mark.parametrize("name", FILES)
def test_a_parameter_of_a_file_names_no_file_of_the_runner(name, tiphys, tmp_path):
    (tmp_path / "secret").write_text(SECRET)
    chart = {
        "chart/Chart.yaml": METADATA,
        "chart/f.txt": "of the chart",
        "chart/templates/a.yaml": "{{ .Values.x | toString | fail }}\n",
    }
    given = name.replace("SECRET", str(tmp_path / "secret"))
    source = f"{{repoURL: 'https://git.example.com/x.git', path: chart, helm: {{fileParameters: [{{name: {given!r}, path: f.txt}}]}}}}"
    write_tree(tmp_path / "r", {**chart, "apps/dev/web.yaml": application("web", source)})
    done = tiphys("import", "r", "--no-cache")
    assert SECRET not in done.stdout + done.stderr
    assert "is not the name of one parameter" in done.stdout, done.stdout + done.stderr


def test_helm_gets_the_release_after_all_options(tmp_path):
    class Spy:
        said = "v3"

        def run(self, _command, *flags, operands):
            self.flags, self.operands = flags, operands
            return Done(0, b"", "")

    spy = Spy()
    job = Job("dev/web", Chart(str(tmp_path), "c", "1.0.0", "here"), "{{ env }}", "a", "1.31", (), (), ())
    template(spy, job, NOTHING)  # type: ignore[arg-type]
    assert spy.operands == ("{{ env }}", str(tmp_path))
    assert not [flag for flag in spy.flags if "name-template" in flag or "{{" in flag]
