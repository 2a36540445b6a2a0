"""Hostile charts, repositories and indexes against whole commands and the real Helm."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from generator.errors import ConfigError
from generator.system import bounded
from generator.system import helm as helms
from generator.system.bounded import Limits, Stopped
from generator.system.charts import folder as chart_folder
from generator.system.charts import repository as chart_repository
from generator.system.charts.failures import ChartRepositoryError
from generator.system.charts.folder import UnfitFolderError
from generator.system.charts.limits import NoPackageError
from generator.system.charts.repository import Repository
from generator.system.charts.shelf import Shelf
from generator.system.files import Folder
from generator.system.helm import RENDERING, Helm
from generator.verify import chart_files, dependencies, linting, schema_words
from generator.verify.charts import Charts
from generator.verify.known_values import KnownValues
from generator.verify.linting import Piece
from support import release_workspace as rw
from support.hostile_packages import METADATA, header, member, packed, with_metadata, zeros
from support.trees import read_tree, write_tree

SECRET = "s3cret-of-the-runner"

pytestmark = pytest.mark.usefixtures("helm", "helm_home")


@pytest.fixture
def real(helm):
    return helms.find(helm)


def index(**entry) -> str:
    """Return an index of one chart."""
    return json.dumps(
        {"apiVersion": "v1", "entries": {"evil": [{"apiVersion": "v2", "name": "evil", "version": "1.0.0", **entry}]}}
    )


def serve(repository, content: bytes, **entry) -> Repository:
    """Serve a package under the name that the index gives."""
    (repository.folder / "evil-1.0.0.tgz").write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    (repository.folder / "index.yaml").write_text(index(**{"digest": digest, "urls": ["evil-1.0.0.tgz"], **entry}))
    return Repository(repository.address)


def consumer(folder: Path, dev, prod=None, **chart) -> Path:
    """Return a workspace with one service, which uses the chart `evil` of the repository."""
    files = {
        "tiphys.yaml": "apiVersion: tiphys/v1\nkind: Workspace\nspec: {repoURL: https://git.example.com/deploy.git}\n",
        **rw.PROFILE,
        **rw.environment("dev", rw.repository(dev)),
        **rw.environment("prod", rw.repository(prod or dev)),
        **rw.service("web", {"name": "evil", "version": "1.0.0", **chart}),
    }
    return write_tree(folder, files)


def local(**files) -> dict[str, str]:
    """Return a chart of the workspace that holds together."""
    return rw.chart("evil", **files)


def refused(done, *words):
    """Check that a command said one thing in words, and nothing of Python."""
    said = done.stdout + done.stderr
    assert "Traceback" not in said
    assert "interrupted" not in said
    assert done.returncode in (1, 2), said
    for word in words:
        assert word in said
    return said


PACKAGES = {
    "link": (packed(header("evil/p", 0, b"2", link=b"/etc/passwd")), "symbolic link"),
    "cut": (packed()[:-30], "truncated"),
    "bomb": (zeros(300 << 20), "more than 16 MiB"),
    "text": (b"hello", "not a gzip archive"),
    "Chart.yaml": (with_metadata(METADATA + b"q: !!bool foo\n"), "the tag `!!bool`"),
}


@pytest.mark.parametrize("name", PACKAGES)
def test_verify_tells_of_a_hostile_package_and_keeps_nothing_of_it(name, http, tiphys, helm_home, tmp_path):
    served = http("dev")
    content, words = PACKAGES[name]
    serve(served, content)
    folder = consumer(tmp_path / "w", served.address)
    said = refused(tiphys("verify", "--env", "dev", cwd=folder), "error[TP600]", served.address, "evil 1.0.0", words)
    assert said.count("error[") == 1
    kept = read_tree(helm_home / "tiphys") if (helm_home / "tiphys").exists() else {}
    assert sum(map(len, kept.values())) < 10_000


def test_release_from_and_promote_do_not_take_a_hostile_package_further(http, tiphys, tmp_path):
    served, target = http("dev"), http("prod")
    folder = consumer(tmp_path / "w", served, target)
    serve(served, packed(member("evil/../../x", b"x")))
    refused(
        tiphys("release", "--from", "dev", "--env", "prod", cwd=folder), served.address, "evil 1.0.0", "leads out of the chart"
    )
    assert read_tree(target.folder) == {}
    serve(target, packed(header("evil/p", 0, b"6")))
    promoted = json.loads((folder / "environments/prod.yaml").read_text())
    promoted["spec"]["promotion"] = {"from": "dev"}
    (folder / "environments/prod.yaml").write_text(json.dumps(promoted))
    spec = folder / "services/web/pipeline.yaml"
    spec.write_text(spec.read_text().replace('"prod": {}', '"prod": {"chart": {"version": "0.9.0"}}'))
    assert tiphys("generate", cwd=folder).returncode == 0
    done = tiphys("promote", "web", "--from", "dev", "--to", "prod", "--skip-soak", "--reason=test", cwd=folder)
    refused(done, target.address, "evil 1.0.0", "named pipe")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (with_metadata(b"apiVersion: v2\nname: other\nversion: 1.0.0\n"), "says that it is `other` 1.0.0"),
        (with_metadata(b"apiVersion: v2\nname: evil\nversion: 1.0.1\n"), "says that it is `evil` 1.0.1"),
        (with_metadata(b"apiVersion: v2\nname: evil\nversion: 1.0.0-rc.1\n"), "says that it is `evil` 1.0.0-rc.1"),
        (with_metadata(b"apiVersion: v2\nname: ../../evil\nversion: 1.0.0\n"), "is not a valid chart name"),
        (with_metadata(b"apiVersion: v2\nname: evil\nversion: 1.0\n"), "SemVer `version`"),
    ],
)
def test_a_package_of_another_chart_or_version_is_not_taken_for_the_one_that_was_asked_for(content, words, http, real):
    with pytest.raises(ChartRepositoryError, match=words):
        chart_repository.package(real, serve(http("dev"), content), "evil", "1.0.0")


def test_a_range_is_not_answered_with_a_version_outside_of_it(http, real):
    repository = serve(http("dev"), with_metadata(b"apiVersion: v2\nname: evil\nversion: 2.0.0\n"))
    with pytest.raises(ChartRepositoryError, match=r"says that it is `evil` 2\.0\.0"):
        chart_repository.package(real, repository, "evil", "^1.0.0")


@pytest.mark.both_helms
@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "file://localhost/etc/passwd",
        "../../../../etc/passwd",
        "/etc/passwd",
        "git+ssh://x/y",
        "s3://b/x.tgz",
        "-d",
        "",
        "\x1b[2J",
    ],
)
def test_an_index_that_leads_elsewhere_is_one_sentence(url, http, real):
    repository = serve(http("dev"), packed(), urls=[url])
    with pytest.raises(ChartRepositoryError) as caught:
        chart_repository.package(real, repository, "evil", "1.0.0")
    assert repository.address in caught.value.message
    assert "root:" not in caught.value.message


PLUGINS = {
    "of Helm 3": "name: d\nversion: 1.0.0\nusage: u\ndescription: d\ncommand: touch\n"
    "downloaders:\n- {command: run.sh, protocols: [evil]}\n",
    "of Helm 4": "apiVersion: v1\nname: d\nversion: 1.0.0\ntype: getter/v1\nruntime: subprocess\nconfig: {protocols: [evil]}\n"
    "runtimeConfig:\n  protocolCommands:\n  - {protocols: [evil], platformCommand: [{command: run.sh}]}\n",
}


@pytest.mark.both_helms
@pytest.mark.parametrize("form", PLUGINS)
@pytest.mark.parametrize("where", ["named", "installed"])
def test_a_plugin_is_not_started_by_the_address_in_an_index(form, where, http, real, helm_home, tmp_path, monkeypatch):
    plugins = tmp_path / "plugins" if where == "named" else helm_home / "data" / "plugins"
    write_tree(plugins / "d", {"plugin.yaml": PLUGINS[form], "run.sh": f"#!/bin/sh\ntouch {tmp_path}/started\n"})
    (plugins / "d" / "run.sh").chmod(0o755)
    if where == "named":
        monkeypatch.setenv("HELM_PLUGINS", str(plugins))
    if form == "of Helm 3" or real.version >= (4,):
        subprocess.run([real.path, "pull", "evil://x/y-1.0.0.tgz"], cwd=tmp_path, capture_output=True, check=False)
        (tmp_path / "started").unlink()
    with pytest.raises(ChartRepositoryError):
        chart_repository.package(real, serve(http("dev"), packed(), urls=["evil://x/y.tgz"]), "evil", "1.0.0")
    assert not (tmp_path / "started").exists()


class _Watching(BaseHTTPRequestHandler):
    heard: list[str | None]

    def do_GET(self):
        self.heard.append(self.headers.get("Authorization"))
        self.send_error(404)

    def log_message(self, *_arguments):
        pass


@pytest.mark.both_helms
@pytest.mark.parametrize("how", ["url", "redirect"])
def test_credentials_of_a_repository_are_not_sent_to_another_host(how, http, helm, real):
    heard: list[str | None] = []
    other = http_server(type("Handler", (_Watching,), {"heard": heard}))
    served = http("dev", credentials=("reader", "secret"))
    elsewhere = f"http://localhost:{other.server_address[1]}/evil-1.0.0.tgz"
    serve(served, packed(), urls=[elsewhere if how == "url" else "moved.tgz"])
    if how == "redirect":
        served.redirects["/moved.tgz"] = elsewhere
    added = [helm, "repo", "add", "mine", served.address, "--username", "reader", "--password", "secret"]
    subprocess.run(added, check=True, capture_output=True)
    with pytest.raises(ChartRepositoryError):
        chart_repository.package(real, Repository(served.address), "evil", "1.0.0")
    other.shutdown()
    other.server_close()
    assert heard
    assert set(heard) == {None}


def http_server(handler):
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


class _Redirecting(SimpleHTTPRequestHandler):
    def __init__(self, *arguments, credentials, redirects, **more):
        self.credentials, self.redirects = credentials, redirects
        super().__init__(*arguments, **more)

    def do_GET(self):
        wanted = "Basic " + base64.b64encode(":".join(self.credentials or ()).encode()).decode()
        if self.credentials and self.headers.get("Authorization") != wanted:
            self.send_error(401)
        elif self.path in self.redirects:
            self.send_response(302)
            self.send_header("Location", self.redirects[self.path])
            self.end_headers()
        else:
            super().do_GET()

    def log_message(self, *_arguments):
        pass


class _Served(rw.HttpRepository):
    """A folder that is served; `redirects` is from a path to an address."""

    redirects: dict[str, str]


@pytest.fixture
def http(tmp_path):
    servers = []

    def start(name: str, credentials=None) -> rw.HttpRepository:
        folder = tmp_path / f"http-{name}"
        folder.mkdir()
        redirects: dict[str, str] = {}
        handler = partial(_Redirecting, directory=str(folder), credentials=credentials, redirects=redirects)
        servers.append(http_server(handler))
        made = _Served(folder, f"http://127.0.0.1:{servers[-1].server_address[1]}")
        made.redirects = redirects
        return made

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    "text",
    [
        b"[" * 50_000,
        b"entries: &a [*a]",
        b"a: !!python/name:os.system x",
        b"entries: {evil: [" + b"{version: 1.0.0}," * 600_000 + b"]}",
        b"\xff",
        b"entries: {evil: 1}",
        b"entries: {evil: [{version: [1]}]}",
    ],
)
def test_an_index_in_the_workspace_is_read_within_bounds(text):
    shelf = Shelf("served", {"index.yaml": text}.get)
    start = time.process_time()
    with pytest.raises(ChartRepositoryError, match="is not a valid chart index"):
        shelf.find("evil", "1.0.0")
    assert time.process_time() - start < 10


@pytest.mark.parametrize("url", ["../../etc/passwd", "/etc/passwd", "a/../../x", "..", "..\\x", "x\x00y", "x\ny"])
def test_an_index_in_the_workspace_does_not_lead_out_of_its_folder(url):
    asked = []

    def read(path):
        asked.append(path)
        return index(urls=[url]).encode() if path == "index.yaml" else b"secret"

    with pytest.raises(ChartRepositoryError, match="which is not in this folder"):
        Shelf("served", read).find("evil", "1.0.0")
    assert asked == ["index.yaml"]


# Charts of the workspace

PRINTED = '{{ fail (printf "found %s" (.Files.Get "files/x")) }}'


def linked(folder: Path, at: str, to) -> None:
    (folder / at).parent.mkdir(parents=True, exist_ok=True)
    (folder / at).symlink_to(to)


@pytest.mark.parametrize(
    "command", [["verify", "--offline"], ["render", "web", "--env", "dev", "--helm"], ["release", "--env", "dev"]]
)
def test_a_link_in_a_chart_does_not_show_the_environment_of_ci(command, http, tiphys, tmp_path):
    folder = consumer(tmp_path / "w", http("dev"))
    write_tree(folder, local(**{"templates/x.yaml": PRINTED}))
    linked(folder, "charts/evil/files/x", "/proc/self/environ")
    said = refused(tiphys(*command, cwd=folder, env={"TOKEN": SECRET}), "charts/evil/files/x", "is a symbolic link")
    assert SECRET not in said


LINKS = {
    "a template": ("charts/evil/templates/x.yaml", "outside/x.yaml"),
    "a folder of templates": ("charts/evil/templates/more", "outside"),
    "values": ("charts/evil/values.yaml", "outside/x.yaml"),
    "Chart.yaml": ("charts/evil/Chart.yaml", "outside/Chart.yaml"),
    "a chart": ("charts/evil", "outside"),
    "all charts": ("charts", "outside-charts"),
    "a link to nothing": ("charts/evil/files/x", "nowhere"),
    "a link within the chart": ("charts/evil/files/x", "w/charts/evil/values.yaml"),
    ".helmignore": ("charts/evil/.helmignore", "outside/x.yaml"),
    "a chart in it": ("charts/evil/charts/db", "outside"),
}


@pytest.mark.parametrize("name", LINKS)
def test_no_link_in_or_above_a_chart_is_followed(name, real, tmp_path):
    secret = f"apiVersion: v2\nname: evil\nversion: 1.0.0\ndescription: {SECRET}\n"
    outside = {"x.yaml": f"a: {SECRET}\n", "Chart.yaml": secret}
    write_tree(tmp_path / "outside", outside)
    write_tree(tmp_path / "outside-charts" / "evil", outside)
    folder = tmp_path / "w"
    at, to = LINKS[name]
    files = {path: text for path, text in local().items() if path != at and not path.startswith(f"{at}/")}
    write_tree(folder, files)
    linked(folder, at, tmp_path / to)
    with pytest.raises(UnfitFolderError, match=r"is (a|behind the) symbolic link"):
        chart_folder.read(str(folder), "charts/evil")


def test_a_special_file_in_a_chart_does_not_hang_the_run(tmp_path):
    write_tree(tmp_path, local())
    os.mkfifo(tmp_path / "charts/evil/files")
    with pytest.raises(UnfitFolderError, match="is not a regular file"):
        chart_folder.read(str(tmp_path), "charts/evil")
    assert chart_folder.read_file(str(tmp_path), "charts/evil", "values.yaml") == rw.VALUES.encode()
    with pytest.raises(UnfitFolderError):
        chart_folder.read_file(str(tmp_path), "charts/evil", "files")


def test_a_chart_of_endless_files_is_refused(tmp_path):
    write_tree(tmp_path, {f"charts/evil/f{number}": "" for number in range(10_001)})
    with pytest.raises(UnfitFolderError, match="more than 10,000 files"):
        chart_folder.read(str(tmp_path), "charts/evil")


def test_a_huge_file_in_a_chart_is_refused_by_its_size(tmp_path):
    write_tree(tmp_path, local())
    with (tmp_path / "charts/evil/files").open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(UnfitFolderError, match="the maximum is 16,777,216"):
        chart_folder.read(str(tmp_path), "charts/evil")


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"Chart.yaml": METADATA.decode() + "a: " + "[" * 2000}, "nested more than"),
        ({"Chart.yaml": METADATA.decode().replace("evil", "../../../evil")}, "cannot be used"),
        ({"Chart.yaml": "name: evil\nversion: 1\n"}, "SemVer"),
        ({"values.schema.json": '{"$ref": "file:///etc/passwd"}'}, "which is not in the chart"),
        ({"charts/x.tgz": "hello"}, "not a gzip archive"),
        (
            {"Chart.yaml": METADATA.decode() + "dependencies: [{name: x, version: 1.0.0, repository: 'file://../../../x'}]\n"},
            "not in this workspace",
        ),
        (
            {"Chart.yaml": METADATA.decode() + "dependencies: [{name: x, version: 1.0.0, repository: 'file:///etc'}]\n"},
            "not in this workspace",
        ),
    ],
)
def test_a_hostile_chart_of_the_workspace_is_one_error_at_the_spec(files, words, tiphys, tmp_path):
    folder = consumer(tmp_path / "w", "http://127.0.0.1:9", path="charts/evil")
    write_tree(folder, local(**files))
    said = refused(tiphys("verify", "--env", "dev", "--offline", cwd=folder), "error[TP600]", "charts/evil", words)
    assert said.count("error[") == 1


@pytest.mark.parametrize(
    "metadata",
    [
        "dependencies: 5\n",
        "dependencies: [5, null, [], {}]\n",
        "dependencies: [{name: [x], version: {a: 1}, repository: 7}]\n",
        "dependencies: {a: b}\n",
    ],
)
def test_dependencies_of_any_shape_are_no_exception(metadata):
    from generator.release import chart_dependencies

    files = {"Chart.yaml": METADATA + metadata.encode(), "Chart.lock": metadata.encode()}
    assert all(isinstance(message, str) for message, _ in chart_dependencies.problems("charts/evil", files))


def test_charts_that_all_depend_on_each_other_are_compared_once(tmp_path):
    from generator.diff.affected.files import Files, Tree

    names = [f"c{number}" for number in range(40)]
    every = "".join(f"- {{name: {name}, repository: 'file://../{name}'}}\n" for name in [*names, "../../x", "\0"])
    every += "- {repository: 'file:///etc'}\n"
    write_tree(tmp_path, {f"charts/{name}/Chart.yaml": f"name: {name}\ndependencies:\n{every}" for name in names})
    assert Files(Tree(str(tmp_path)), Tree(str(tmp_path))).chart("charts/c0") == set()


@pytest.mark.parametrize(
    "values",
    [
        "a: " + "[" * 3000,
        "a: &a [*a]\n",
        "a: !!timestamp x\n",
        "a: !!int ''\n",
        "a: !!python/object:os.x {}\n",
        "a: 1\n---\nb: 2\n",
        "x: &x [1]\n" + "y: [" + "*x," * 1_000_000 + "]\n",
    ],
)
def test_values_of_a_chart_that_are_filled_in_are_read_within_bounds(values):
    from generator.release import stamp

    with pytest.raises(ValueError, match=r"."):
        stamp.with_values(values, {"image": {"tag": "1"}})


def test_what_templates_use_is_found_in_a_time_that_hostile_ones_do_not_set(tmp_path):
    deep = "{{ .Values" + ".a" * 200_000 + " }}"
    wide = "".join(f"{{{{ .Values.k{number}.a.b.c }}}}" for number in range(30_000))
    write_tree(tmp_path, {"templates/deep.yaml": deep, "templates/wide.yaml": wide})
    start = time.process_time()
    known = KnownValues(chart_files.in_folder(Folder(str(tmp_path))))
    values = {f"u{number}": {"x": 1} for number in range(300)}
    assert len(list(known.unknown(values))) == 300
    assert list(known.unknown({"k1": {"a": {"b": {"c": 1}}}})) == []
    assert time.process_time() - start < 5


# What Helm does


def rendered(real: Helm, folder: Path, template: str, **limits):
    write_tree(folder, {"Chart.yaml": METADATA, "values.yaml": "{}\n", "templates/x.yaml": template})
    return real.run("template", operands=["x", str(folder)], limits=RENDERING._replace(**limits))


@pytest.mark.both_helms
@pytest.mark.parametrize(
    ("template", "limits", "words"),
    [
        ('x: {{ repeat 9000000 "x" }}', {}, "printed more than 8 MiB|did not finish"),
        ('{{ range $i := until 100000 }}{{ range until 100000 }}{{ end }}{{ end }}', {"seconds": 1.5}, "did not finish within 1.5 seconds"),
        ('{{ define "a" }}{{ include "a" . }}{{ include "a" . }}{{ end }}{{ include "a" . }}', {"seconds": 20}, "nested reference|did not finish"),
        ('{{ repeat 4000000000 "x" | len }}', {"memory": 1 << 30}, "memory|did not finish|len out of range"),
    ],
)  # fmt: skip
def test_a_chart_that_prints_or_runs_for_ever_is_stopped(template, limits, words, real, tmp_path):
    start = time.monotonic()
    done = rendered(real, tmp_path / "evil", template, **limits)
    assert not done.ok
    assert re.search(words, done.err), done.err[:500]
    assert len(done.err) < 300_000
    assert time.monotonic() - start < 60


def test_the_chart_that_was_stopped_is_named_and_not_remembered(tiphys, tmp_path):
    folder = consumer(tmp_path / "w", "http://127.0.0.1:9", path="charts/evil")
    write_tree(folder, local(**{"templates/x.yaml": 'x: {{ repeat 9000000 "x" }}'}))
    said = refused(tiphys("verify", "--env", "dev", "--offline", cwd=folder), "error[TP601]", "the chart evil 1.0.0", "8 MiB")
    assert said.count("error[") == 1


@pytest.mark.parametrize("log", ["WARNING: the file is readable by all", 'level=WARN msg="no icon" chart=x'])
def test_what_helm_notes_beside_its_error_is_not_told_as_the_error(log, tmp_path):
    fake = tmp_path / "helm"
    fake.write_text(f"#!/bin/sh\necho '{log}' >&2\necho 'Error: it fails' >&2\nexit 1\n")
    fake.chmod(0o755)
    assert helms.said(Helm(str(fake), (4, 3)).run("template")) == "it fails"


def test_helm_sees_nothing_of_the_environment_when_it_renders(tmp_path, monkeypatch):
    fake = tmp_path / "helm"
    fake.write_text("#!/bin/sh\nenv\n")
    fake.chmod(0o755)
    monkeypatch.setenv("GITHUB_TOKEN", SECRET)
    monkeypatch.setenv("KUBECONFIG", SECRET)
    monkeypatch.setenv("HELM_PLUGINS", SECRET)
    done = Helm(str(fake), (3, 17, 0)).run("template")
    assert done.ok
    assert SECRET.encode() not in done.out
    asked = Helm(str(fake), (3, 17, 0)).ask("pull").out.decode()
    assert f"GITHUB_TOKEN={SECRET}" in asked, "credential helpers need theirs"
    assert f"HELM_PLUGINS={SECRET}" not in asked


@pytest.mark.both_helms
def test_a_package_that_another_repository_passed_off_is_not_served_from_the_cache_of_helm(http, real, helm_home):
    served, genuine = http("dev"), packed(member("evil/templates/x.yaml", b"a: 1\n"))
    repository = serve(served, genuine, urls=["evil-1.0.0.tgz"], digest=hashlib.sha256(genuine).hexdigest())
    digest = hashlib.sha256(genuine).hexdigest()
    cached = helm_home / "cache" / "content" / digest[:2] / f"{digest}.chart"
    cached.parent.mkdir(parents=True)
    cached.write_bytes(packed(member("evil/templates/x.yaml", b"a: forged\n")))
    assert chart_repository.package(real, repository, "evil", "1.0.0").content == genuine


@pytest.mark.both_helms
@pytest.mark.parametrize(
    "template",
    [
        '{{ env "TOKEN" }}',
        '{{ expandenv "$TOKEN" }}',
        '{{ getHostByName "localhost" }}',
        '{{ .Files.Get "../../secret" }}',
        '{{ .Files.Get "/etc/passwd" }}',
        '{{ range $path, $_ := .Files.Glob "../**" }}{{ $path }}{{ end }}',
        '{{ lookup "v1" "Secret" "" "" | toYaml }}',
        '{{ tpl "{{ env \\"TOKEN\\" }}" . }}',
    ],
)
def test_a_template_reads_nothing_but_its_chart(template, real, tmp_path, monkeypatch):
    monkeypatch.setenv("TOKEN", SECRET)
    (tmp_path / "secret").write_text(SECRET)
    done = rendered(real, tmp_path / "a" / "evil", f"a: {{{{ print {json.dumps('')} }}}}{template}\n")
    said = done.out.decode() + done.err
    assert SECRET not in said
    assert "root:" not in said
    assert "127.0.0.1" not in said


def test_what_a_program_has_started_ends_with_it(tmp_path):
    script = f"(sleep 60; touch {tmp_path}/late) & echo $! > {tmp_path}/pid; wait"
    start = time.monotonic()
    done = bounded.run(["/bin/sh", "-c", script], dict(os.environ), Limits(seconds=1))
    assert isinstance(done, Stopped)
    assert time.monotonic() - start < 20
    child = int((tmp_path / "pid").read_text())
    for _ in range(100):
        try:
            os.kill(child, 0)
        except ProcessLookupError:
            break
        if Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
            break
        time.sleep(0.05)
    else:
        os.kill(child, signal.SIGKILL)
        pytest.fail("a child is left over")


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("import sys\nwhile True: sys.stdout.write('x' * 65536)", "printed more than 1 MiB"),
        ("import os\nos.close(1); os.close(2)\nwhile True: pass", "did not finish"),
        ("import sys\nwhile True: sys.stderr.write('x' * 65536)", "did not finish"),
    ],
)
def test_a_program_is_ended_whatever_it_does(script, words):
    done = bounded.run([sys.executable, "-c", script], dict(os.environ), Limits(seconds=2, output=1 << 20))
    assert isinstance(done, Stopped)
    assert words in done.err


def test_the_memory_of_a_program_is_bounded():
    # A program is bounded once it has started, which takes a moment.
    wait = "import resource, time\nwhile resource.getrlimit(resource.RLIMIT_DATA)[0] < 0: time.sleep(0.01)\n"
    script = f"{wait}x = bytearray(1 << 30); print(len(x))"
    done = bounded.run([sys.executable, "-c", script], dict(os.environ), Limits(seconds=20, memory=256 << 20))
    assert not done.ok
    assert "MemoryError" in done.err


def test_objects_that_helm_lint_does_not_read_are_asked_for_a_bounded_number_of_times(tmp_path):
    asked = tmp_path / "asked"
    fake = tmp_path / "helm"
    fake.write_text(
        f'#!/bin/sh\necho x >> {asked}\necho "==> Linting $4"\n'
        'echo "[ERROR] templates/000000.yaml: unable to parse YAML: x"\n'
        'echo "[ERROR] templates/99999999.yaml: forged"\nexit 1\n'
    )
    fake.chmod(0o755)
    pieces = [Piece("templates/x.yaml", f"a: {number}\n") for number in range(500)]
    said, _ = linting._ask(Helm(str(fake), (3, 17, 0)), pieces, (), str(tmp_path / "pieces"), [])
    assert len(asked.read_text().splitlines()) == 16
    assert len(said) == 16


def test_a_key_of_any_digits_in_helms_words_is_no_exception():
    for key in ("1" * 5000, "²", "١"):
        assert [fault.path for fault in schema_words.faults(f"- at '/a/{key}': got null, want string")] == [("a", key)]


def test_a_chart_of_the_cache_is_made_of_plain_files(http, real, helm_home):
    served = http("dev")
    serve(served, packed(member("evil/templates/x.yaml", b"a: 1\n"), member("evil/bin/run", b"#!/bin/sh\n")))
    charts = Charts("/nonexistent", real)
    chart = charts._fetch(Repository(served.address), "evil", "1.0.0")
    files = [path for path in Path(chart.folder).rglob("*") if not path.is_dir()]
    assert {path.stat().st_mode & 0o777 for path in files} <= {0o644, 0o600, 0o640}
    assert read_tree(Path(chart.folder)).keys() == {"Chart.yaml", "values.yaml", "templates/x.yaml", "bin/run"}
    charts.close()


def test_a_candidate_is_read_without_links_too(tmp_path, real):
    write_tree(tmp_path / "c", {"Chart.yaml": METADATA})
    (tmp_path / "c" / "x").symlink_to("/etc/passwd")
    with pytest.raises(ConfigError, match="is a symbolic link"):
        Charts(str(tmp_path), real, candidate=str(tmp_path / "c"))


@pytest.mark.both_helms
def test_helm_is_not_given_a_chart_of_the_folder_it_is_called_in(real, tmp_path, monkeypatch):
    """`helm show chart tiphys/evil` takes a folder of that name for the chart of a repository."""
    write_tree(tmp_path, {"tiphys/evil/Chart.yaml": METADATA.replace(b"1.0.0", b"6.6.6")})
    monkeypatch.chdir(tmp_path)
    done = real.ask("show chart", operands=["tiphys/evil"], folder=os.sep)
    assert b"6.6.6" not in done.out


@pytest.mark.parametrize("cycle", [["mine"], ["a", "b"]])
def test_charts_that_depend_on_each_other_end_in_a_message_and_not_in_a_hang(cycle, tiphys, tmp_path):
    """40 dependencies of 40 dependencies, four levels deep, were read 2,560,000 times."""
    folder = consumer(tmp_path / "ws", "https://charts.example.com", path="charts/evil")
    names = ["evil", *cycle]
    for name, other in zip(names, [*names[1:], names[1 if len(cycle) > 1 else 0]], strict=True):
        listed = ", ".join(f"{{name: d{number}, version: 1.0.0, repository: 'file://../{other}'}}" for number in range(40))
        text = f"apiVersion: v2\nname: {name}\nversion: 1.0.0\ndependencies: [{listed}]\n"
        write_tree(folder, {f"charts/{name}/Chart.yaml": text})
    began = time.process_time()
    done = tiphys("-C", folder, "verify", env={"XDG_CACHE_HOME": str(tmp_path / "cache")})
    assert "depends on itself" in done.stdout, done.stdout + done.stderr
    assert done.returncode == 1
    assert time.process_time() - began < 5


def test_a_tree_of_dependencies_may_not_be_larger_than_a_chart(tmp_path):
    for level, name in enumerate("abcd"):
        listed = ", ".join(
            f"{{name: d{number}, version: 1.0.0, repository: 'file://../{'bcde'[level]}'}}" for number in range(40)
        )
        write_tree(
            tmp_path, {f"{name}/Chart.yaml": f"apiVersion: v2\nname: {name}\nversion: 1.0.0\ndependencies: [{listed}]\n"}
        )
    write_tree(tmp_path, {"e/Chart.yaml": "apiVersion: v2\nname: e\nversion: 1.0.0\n"})
    with pytest.raises(NoPackageError, match="more than 10,000 files"):
        dependencies.whole(str(tmp_path), "a")
    assert set(dependencies.folders(str(tmp_path), "a")) == set("abcde")
