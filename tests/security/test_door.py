"""One door to the disk: what a pull request can put into a tree shows, reads and writes nothing outside of it."""

from __future__ import annotations

import ast
import os
import resource
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from generator.system.files import Folder, Kind, UnreadableFileError, descriptors, roots, writing
from generator.workspace.load import Loader
from support.paths import ROOT
from support.trees import read_tree, write_tree
from support.workspace import workspace

SECRET = "not-for-the-log"
OUTSIDE = f"CI_TOKEN={SECRET}: [\n{SECRET}\n"
FORMATS = ("text", "github", "markdown", "sarif", "json")


@pytest.fixture
def folder(tmp_path):
    """Return a workspace with a file of each kind, beside a file that is nobody's business."""
    made = workspace(tmp_path / "w")
    write_tree(
        made,
        {
            "strategies/slow.yaml": "apiVersion: tiphys/v1\nkind: Strategy\nmetadata: {name: slow}\nspec: {strategy: {canary: {steps: [{setWeight: 50}]}}}\n",
            "projects/shop.yaml": "apiVersion: argoproj.io/v1alpha1\nkind: AppProject\nmetadata: {name: shop}\n"
            "spec: {sourceRepos: ['*'], destinations: [{server: '*', name: '*', namespace: '*'}]}\n",
            ".yamllint": "extends: default\nrules: {line-length: disable, document-start: disable, braces: disable, brackets: disable}\n",
        },
    )
    write_tree(tmp_path / "outside", {"secret": OUTSIDE, "pipeline.yaml": OUTSIDE, "slow.yaml": OUTSIDE})
    return made


def link(path: Path, target: str | Path) -> None:
    """Put a link in the place of whatever is there; what was there is kept beside the workspace."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() or path.is_symlink():
        path.rename(path.parents[len(path.parts) - 2].joinpath(*path.parts[1:-1]) / f".{path.name}.kept")
    path.symlink_to(target)


FILES = [
    "tiphys.yaml",
    ".yamllint",
    "services/web/pipeline.yaml",
    "environments/prod.yaml",
    "strategies/slow.yaml",
    "projects/shop.yaml",
    "templates/application.yaml",
    "templates/root.yaml",
    "templates/profiles/service/profile.yaml",
    "templates/profiles/service/values.yaml",
]
FOLDERS = [
    "services",
    "services/web",
    "environments",
    "strategies",
    "projects",
    "templates",
    "templates/profiles",
    "templates/profiles/service",
]


def said(tiphys, folder, form="text", command="lint"):
    done = tiphys(command, "--format", form, cwd=folder)
    assert done.returncode in (1, 2), (done.returncode, done.stdout, done.stderr)
    assert "Traceback" not in done.stderr
    return done.stdout + done.stderr


@pytest.mark.parametrize("path", FILES)
def test_a_link_in_a_pull_request_does_not_show_the_environment_of_ci(path, tiphys, folder, tmp_path):
    link(folder / path, tmp_path / "outside" / "secret")
    text = said(tiphys, folder)
    assert path in text
    assert SECRET not in text


@pytest.mark.parametrize("form", FORMATS)
def test_no_report_shows_a_line_of_a_file_that_was_refused(form, tiphys, folder, tmp_path):
    link(folder / "services/web/pipeline.yaml", tmp_path / "outside" / "secret")
    link(folder / "templates/application.yaml", tmp_path / "outside" / "secret")
    assert SECRET not in said(tiphys, folder, form) + said(tiphys, folder, form, "check")


@pytest.mark.parametrize("path", FOLDERS)
def test_a_folder_that_is_a_link_shows_nothing_and_is_named(path, tiphys, folder, tmp_path):
    link(folder / path, tmp_path / "outside")
    text = said(tiphys, folder)
    assert f"`{path}` is a symbolic link; Tiphys reads files only through real directories" in text
    assert SECRET not in text


@pytest.mark.parametrize("path", ["services/web", "environments", "strategies", "environments/prod.yaml"])
def test_a_link_to_another_place_of_the_workspace_is_refused_too_so_that_nothing_is_read_by_two_names(path, tiphys, folder):
    (folder / path).rename(folder / "elsewhere")
    (folder / path).symlink_to(os.path.relpath(folder / "elsewhere", (folder / path).parent))
    assert path in said(tiphys, folder)


def test_a_link_on_the_way_to_a_spec_is_told_and_not_taken_for_a_service_that_is_gone(tiphys, folder):
    assert tiphys("generate", cwd=folder).returncode == 0
    before = read_tree(folder / "generated")
    write_tree(
        folder, {"services/api/pipeline.yaml": (folder / "services/web/pipeline.yaml").read_text().replace("web", "api")}
    )
    (folder / "services/web").rename(folder / "web")
    (folder / "services/web").symlink_to("../web")
    done = tiphys("generate", "--allow-delete", "--format", "concise", cwd=folder)
    assert done.returncode == 1
    assert "services/web:1:1: error TP003 `services/web` is a symbolic link" in done.stdout
    assert read_tree(folder / "generated") == before


@pytest.mark.parametrize(
    ("globs", "named"),
    [
        ("[p/environ]", "`p` is a symbolic link"),
        ("['p/*']", "`p` is a symbolic link"),
        ("['p/**/environ']", "`p` is a symbolic link"),
        ("['*/environ']", "`p` is a symbolic link"),
        ("['**/environ']", "`p` is a symbolic link"),
        ("['deep/*/environ']", "`deep/p` is a symbolic link"),
        ("['services/**/pipeline.yaml', '../outside/*.yaml']", "without `..`"),
    ],
)
def test_no_glob_of_specs_leads_through_a_link_or_out_of_the_workspace(globs, named, tiphys, folder):
    (folder / "deep").mkdir()
    (folder / "p").symlink_to("/proc/self")
    (folder / "deep/p").symlink_to("../p")
    text = (folder / "tiphys.yaml").read_text()
    (folder / "tiphys.yaml").write_text(text.replace("spec:", f"spec:\n  specs: {globs}", 1))
    text = said(tiphys, folder)
    assert named in text
    assert "PATH=" not in text


def test_links_that_cannot_lead_to_a_spec_are_nobodys_business(tiphys, folder):
    write_tree(folder, {"README.md": "# Shop\n"})
    (folder / "services/web/README.md").symlink_to("../../README.md")
    (folder / "services/web/.#pipeline.yaml").symlink_to("me@host.1234:5678")
    (folder / "docs").symlink_to("services")
    assert tiphys("lint", cwd=folder).returncode == 0


def test_a_chain_of_links_is_refused_without_looking_at_its_end(tiphys, folder, tmp_path):
    spec = folder / "services/web/pipeline.yaml"
    spec.unlink()
    spec.symlink_to("a")
    (folder / "services/web/a").symlink_to("../../b")
    (folder / "b").symlink_to(tmp_path / "outside/secret")
    text = said(tiphys, folder)
    assert "is a symbolic link that leaves the workspace" in text
    assert SECRET not in text


def test_a_hard_link_is_a_file_like_every_other(tiphys, folder, tmp_path):
    spec = folder / "services/web/pipeline.yaml"
    os.link(spec, tmp_path / "the same")
    assert tiphys("lint", cwd=folder).returncode == 0


def a_fifo(path: Path) -> None:
    os.mkfifo(path)


def a_socket(path: Path) -> None:
    here = os.getcwd()
    os.chdir(path.parent)  # the address of a socket is short
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(path.name)
    finally:
        os.chdir(here)


def a_directory(path: Path) -> None:
    path.mkdir()


def zeros(path: Path) -> None:
    path.symlink_to("/dev/zero")


@pytest.mark.parametrize("made", [a_fifo, a_socket, a_directory, zeros])
@pytest.mark.parametrize("path", ["services/web/pipeline.yaml", "environments/prod.yaml", "templates/application.yaml"])
def test_what_is_not_a_regular_file_neither_hangs_a_run_nor_is_read(made, path, folder, tiphys):
    (folder / path).unlink(missing_ok=True)
    (folder / path).parent.mkdir(exist_ok=True)
    made(folder / path)
    text = said(tiphys, folder)
    assert path in text
    assert "regular file" in text or "is a directory" in text or "symbolic link" in text


SPARSE = ["tiphys.yaml", ".yamllint", "services/web/pipeline.yaml", "environments/prod.yaml", "strategies/slow.yaml",
          "projects/shop.yaml", "templates/application.yaml", "generated/prod/web/values.yaml", "known.json"]  # fmt: skip


def limited() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (600_000_000, 600_000_000))
    resource.setrlimit(resource.RLIMIT_CPU, (20, 20))


@pytest.mark.parametrize("path", SPARSE)
def test_a_file_of_ten_gigabytes_costs_no_more_than_its_bound(path, folder):
    if path == "known.json":
        text = (folder / "tiphys.yaml").read_text()
        (folder / "tiphys.yaml").write_text(text.rstrip() + "\n  lint: {baseline: known.json}\n")
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    with open(folder / path, "wb") as file:
        file.truncate(10 * 1024**3)
    done = subprocess.run(
        [sys.executable, "-m", "generator", "lint" if path == ".yamllint" else "check"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1", "MALLOC_ARENA_MAX": "2"},
        capture_output=True,
        text=True,
        timeout=60,
        preexec_fn=limited,
        check=False,
    )
    assert done.returncode in (1, 2), done.stderr[-2000:]
    assert "Traceback" not in done.stderr
    assert path in done.stdout + done.stderr


def test_what_grows_while_it_is_read_is_read_to_its_bound_and_no_further(tmp_path, monkeypatch):
    grows, read = tmp_path / "grows", os.read
    grows.write_bytes(b"x")
    total = 0

    def reading(descriptor, size):
        nonlocal total
        with grows.open("ab") as file:
            file.write(b"x" * 4096)
        found = read(descriptor, size)
        total += len(found)
        return found

    monkeypatch.setattr(descriptors.os, "read", reading)
    with pytest.raises(UnreadableFileError, match="more than 10,000 bytes"):
        Folder(str(tmp_path)).read("grows", 10_000)
    assert total <= 10_001


@pytest.mark.skipif(not os.path.exists("/proc/self/environ"), reason="no /proc here")
def test_what_a_kernel_makes_up_is_not_read_although_it_calls_itself_a_regular_file_of_no_size():
    with pytest.raises(UnreadableFileError, match="not a regular file"):
        Folder("/proc/self").read("environ", 1_000_000)


@pytest.mark.parametrize("path", ["../secret", "/etc/hostname", "a/../../secret", "a\\..\\secret", "a\0b", "./../secret"])
def test_no_path_goes_out_of_the_folder(path, tmp_path):
    write_tree(tmp_path, {"secret": SECRET, "w/a/b": "x"})
    door = Folder(str(tmp_path / "w"))
    with pytest.raises(UnreadableFileError, match="outside the workspace"):
        door.read(path)
    with pytest.raises(UnreadableFileError, match="outside the workspace"):
        writing.create(door, path, b"x")
    assert not door.is_file(path)
    assert read_tree(tmp_path) == {"secret": SECRET.encode(), "w/a/b": b"x"}


def test_a_folder_that_is_swapped_for_a_link_again_and_again_never_shows_what_is_behind_it(tmp_path):
    write_tree(tmp_path, {"w/a/b/file": "mine", "outside/b/file": SECRET})
    (tmp_path / "w/link").symlink_to(tmp_path / "outside")
    stop = threading.Event()

    def swap() -> None:
        while not stop.is_set():
            for first, second in (("a", "kept"), ("link", "a"), ("a", "link"), ("kept", "a")):
                os.rename(tmp_path / "w" / first, tmp_path / "w" / second)

    thread = threading.Thread(target=swap)
    thread.start()
    door, found = Folder(str(tmp_path / "w")), set()
    try:
        for _ in range(1500):
            try:
                found.add(door.read("a/b/file"))
            except UnreadableFileError:
                found.add(b"")
            found.update(door.read_tree("", lambda path: "link" in path or "kept" in path).values())
    finally:
        stop.set()
        thread.join()
    assert found <= {b"mine", b"", None}
    assert b"mine" in found


def test_folders_within_folders_without_end_are_one_message(tiphys, folder):
    (folder / ("services/" + "a/" * 300)).mkdir(parents=True)
    done = tiphys("lint", cwd=folder)
    assert done.returncode == 2
    assert "directories deep" in done.stderr


def test_a_file_that_is_there_is_told_from_one_that_cannot_be_seen(tmp_path):
    write_tree(tmp_path, {"w/file": "x", "w/folder/x": "x", "outside/file": "x"})
    (tmp_path / "w/link").symlink_to("../outside")
    door = Folder(str(tmp_path / "w"))
    kinds = {path: door.kind(path) for path in ("file", "folder", "link", "link/file", "no", "file/no", "")}
    assert kinds == {
        "file": Kind.FILE,
        "folder": Kind.FOLDER,
        "link": Kind.LINK,
        "link/file": Kind.BLOCKED,
        "no": Kind.NOTHING,
        "file/no": Kind.NOTHING,
        "": Kind.FOLDER,
    }
    assert door.exists("link/file"), "what is behind a link must not be taken for absent: shipped files would replace it"


@pytest.mark.parametrize("made", ["services", ".github", ".github/workflows", "tiphys.yaml", "environments/prod.yaml"])
def test_init_writes_nothing_through_a_link(made, tiphys, tmp_path):
    outside = write_tree(tmp_path / "outside", {"keep": "mine"})
    (tmp_path / "w" / made).parent.mkdir(parents=True)
    (tmp_path / "w" / made).symlink_to(outside / ("new.yaml" if made.endswith(".yaml") else ""))
    done = tiphys("init", "w", cwd=tmp_path)
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert made in done.stderr
    assert read_tree(outside) == {"keep": b"mine"}
    assert [path.name for path in (tmp_path / "w").rglob("*") if path.is_file()] == []


def test_init_makes_a_workspace_beside_what_is_there_and_through_links_above_it(tiphys, tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    (tmp_path / "real/here").mkdir()
    assert tiphys("init", tmp_path / "link/new/shop", cwd=tmp_path / "real/here").returncode == 0
    assert tiphys("check", cwd=tmp_path / "link/new/shop").returncode == 0


@pytest.mark.parametrize("where", ["report.json", "out/report.json", "ABSOLUTE/report.json", "loop/report.json"])
def test_a_report_is_not_written_over_a_file_of_the_user_by_a_link_in_the_tree(where, tiphys, folder, tmp_path):
    outside = write_tree(tmp_path / "outside", {"report.json": "mine"})
    (folder / "report.json").symlink_to(outside / "report.json")
    (folder / "out").symlink_to(outside)
    (folder / "loop").symlink_to(".")
    done = tiphys("lint", "--format", f"json={where.replace('ABSOLUTE', str(folder))}", cwd=folder)
    assert done.returncode not in (0, 3), done.stderr
    assert "symbolic link" in done.stderr
    assert (outside / "report.json").read_text() == "mine"


def test_a_report_goes_where_the_user_says_by_links_of_their_own(tiphys, folder, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "alias").symlink_to("mine")
    (tmp_path / "mine/there.json").symlink_to("real.json")
    assert tiphys("lint", "--format", f"json={tmp_path}/alias/there.json", cwd=folder).returncode == 0
    assert (tmp_path / "mine/real.json").read_text().startswith("{")
    done = tiphys("lint", "--format", "json=/dev/stdout", cwd=folder)
    assert done.stdout.startswith("{"), done.stderr


def test_the_summary_of_a_github_step_is_still_written(tiphys, folder, tmp_path):
    summary = tmp_path / "summary.md"
    summary.write_text("before\n")
    environment = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary)}
    assert tiphys("lint", "--format", "github", cwd=folder, env=environment).returncode == 0
    assert summary.read_text().startswith("before\n")
    assert len(summary.read_text()) > 20


@pytest.mark.parametrize("where", ["link", "link/site"])
def test_a_site_is_not_written_through_a_link_in_the_tree(where, tiphys, folder, tmp_path):
    (folder / "link").symlink_to(tmp_path / "outside")
    before = read_tree(tmp_path / "outside")
    done = tiphys("report", "-o", where, cwd=folder)
    assert (done.returncode, "symbolic link" in done.stderr) == (2, True), done.stderr
    assert read_tree(tmp_path / "outside") == before


def test_a_baseline_is_neither_read_nor_written_through_a_link(tiphys, folder, tmp_path):
    text = (folder / "tiphys.yaml").read_text()
    (folder / "tiphys.yaml").write_text(text.rstrip() + "\n  lint: {baseline: known.json}\n")
    (folder / "known.json").symlink_to(tmp_path / "outside/secret")
    assert SECRET not in said(tiphys, folder)
    done = tiphys("lint", "--write-baseline", cwd=folder)
    assert (done.returncode, "symbolic link" in done.stderr) == (2, True)
    assert (tmp_path / "outside/secret").read_text() == OUTSIDE


@pytest.mark.parametrize(
    "text",
    ["extends: OUTSIDE\n", "extends: default\nignore-from-file: OUTSIDE\n", "rules: {colons: {ignore-from-file: [OUTSIDE]}}\n"],
)
def test_a_configuration_of_yamllint_does_not_bring_in_files_from_outside(text, tiphys, folder, tmp_path):
    (folder / ".yamllint").write_text(text.replace("OUTSIDE", str(tmp_path / "outside/secret")))
    shown = said(tiphys, folder)
    assert "names another file" in shown
    assert SECRET not in shown


MANIFEST = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"


def test_manifests_are_read_through_no_link_of_the_tree(tiphys, tmp_path):
    tree = write_tree(tmp_path / "tree", {"a.yaml": MANIFEST})
    write_tree(tmp_path / "outside", {"secret": OUTSIDE, "folder/b.yaml": OUTSIDE})
    (tree / "link.yaml").symlink_to(tmp_path / "outside/secret")
    (tree / "way").symlink_to(tmp_path / "outside/folder")
    for form in FORMATS:
        for named in (["link.yaml"], ["."], ["way"], ["way/b.yaml"], [tree / "link.yaml"]):
            done = tiphys("lint", "--manifests", *named, "--format", form, cwd=tree)
            assert SECRET not in done.stdout + done.stderr, (form, named)
            assert "symbolic link" in done.stdout + done.stderr or form == "text", (form, named)
            assert done.returncode == 1


def test_manifests_elsewhere_are_read_by_the_links_of_the_user_but_not_by_those_in_a_folder(tiphys, tmp_path):
    tree = write_tree(tmp_path / "tree", {"a.yaml": MANIFEST})
    write_tree(tmp_path / "outside", {"secret": OUTSIDE})
    (tmp_path / "alias").symlink_to("tree")
    (tmp_path / "here").mkdir()
    assert tiphys("lint", "--manifests", "../alias/a.yaml", cwd=tmp_path / "here").returncode == 0
    assert tiphys("lint", "--manifests", "../alias", cwd=tmp_path / "here").returncode == 0
    (tree / "b.yaml").symlink_to("../outside/secret")
    done = tiphys("lint", "--manifests", "../alias", cwd=tmp_path / "here")
    assert (done.returncode, SECRET in done.stdout) == (1, False)
    assert "../alias/b.yaml" in done.stdout


def test_the_root_is_found_and_read_through_links_above_it(tiphys, folder, tmp_path):
    (tmp_path / "alias").symlink_to("w")
    assert tiphys("lint", cwd=tmp_path / "alias").returncode == 0
    assert tiphys("-C", tmp_path / "alias/services", "lint", cwd=tmp_path).returncode == 0


def test_generated_files_are_not_read_from_a_linked_output(tiphys, folder, tmp_path):
    link(folder / "generated", tmp_path / "outside")
    done = tiphys("check", cwd=folder)
    assert (done.returncode, "`generated` is a symbolic link" in done.stderr) == (2, True), done.stderr


def test_an_editor_is_shown_no_line_from_behind_a_link(folder, tmp_path):
    pytest.importorskip("pygls")
    from generator.editor.protocol.documents import Documents
    from generator.editor.protocol.places import files_near
    from generator.editor.protocol.study import study

    (folder / "services/web/linked.yaml").symlink_to(tmp_path / "outside/secret")
    (folder / "way").symlink_to(tmp_path / "outside")
    documents = Documents()
    for path in ("services/web/linked.yaml", "way/secret", "../outside/secret"):
        assert documents.text_of(str(folder), path, "utf-16").text == ""
    assert [name.name for name in files_near(str(folder), "services/web/pipeline.yaml")] == []
    found = study(str(folder), {"way/pipeline.yaml": b"a: b\n"})
    assert SECRET not in repr(found)


def test_the_playground_tries_only_specs_that_there_are(folder):
    from generator.report.serve.playground import Playground

    playground = Playground(str(folder), "token")
    playground._paths = frozenset(["services/web/pipeline.yaml"])
    for path in ("../../outside/secret", "%2e%2e/outside/secret", "/etc/hostname", "tiphys.yaml", "..", ""):
        assert "This spec does not exist" in playground.attempt(path, "a: b\n")


CHART = {"Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n", "templates/a.yaml": MANIFEST, "values.yaml": "{}\n"}


@pytest.mark.parametrize(
    "path", ["charts", "charts/web", "charts/web/Chart.yaml", "charts/web/values.yaml", "charts/web/templates"]
)
def test_helm_is_given_no_chart_in_which_it_would_follow_a_link(path, folder, tmp_path):
    from generator.system.charts import folder as chart_folder
    from generator.verify.charts import Charts, NoChartError

    write_tree(folder / "charts/web", CHART)
    kept = tmp_path / "kept"
    (folder / path).rename(kept)
    (folder / path).symlink_to(kept)
    with pytest.raises(chart_folder.UnfitFolderError, match="symbolic link"):
        chart_folder.read(str(folder), "charts/web")  # what `release` packs
    with pytest.raises(NoChartError, match=f"{path}.* symbolic link|symbolic link `{path}`"):
        list(Charts(str(folder), None)._near("web"))


def test_a_chart_that_the_user_names_is_looked_through_for_links_too(folder, tmp_path):
    from generator.errors import ConfigError
    from generator.verify.charts import Charts

    chart = write_tree(tmp_path / "chart", CHART)
    charts = Charts(str(folder), None, candidate=str(chart))
    assert charts._candidate.name == "web"
    charts.close()
    (chart / "templates/b.yaml").symlink_to("/etc/hostname")
    with pytest.raises(ConfigError, match=r"chart/templates/b.yaml is a symbolic link"):
        Charts(str(folder), None, candidate=str(chart))


def test_charts_are_not_published_through_a_link(folder, tmp_path):
    from generator.errors import ConfigError
    from generator.release.destination import Directory
    from generator.system.charts.package import Package

    (folder / "public").symlink_to(tmp_path / "outside")
    before = read_tree(tmp_path / "outside")
    for path in ("public", "public/charts"):
        with pytest.raises(ConfigError, match="symbolic link"):
            Directory(None, str(folder / path), path, str(folder)).put([Package("web", "1.0.0", b"x")])
    assert read_tree(tmp_path / "outside") == before


def test_what_is_replaced_is_the_old_file_or_the_new_one_and_keeps_its_mode(tmp_path):
    write_tree(tmp_path, {"file": "old"})
    (tmp_path / "file").chmod(0o640)
    writing.replace(Folder(str(tmp_path)), "file", b"new")
    assert ((tmp_path / "file").read_bytes(), (tmp_path / "file").stat().st_mode & 0o777) == (b"new", 0o640)
    (tmp_path / "folder").mkdir()
    with pytest.raises(UnreadableFileError, match="not a regular file"):
        writing.replace(Folder(str(tmp_path)), "folder", b"new")
    assert sorted(os.listdir(tmp_path)) == ["file", "folder"]


def test_a_loader_keeps_no_file_open(folder):
    before = len(os.listdir("/dev/fd"))
    loader = Loader(str(folder))
    loader.spec_paths(loader.workspace())
    next(loader.folder.walk(""))  # a walk that nobody ends
    assert len(os.listdir("/dev/fd")) == before


def test_grounds_are_the_working_directory_the_workspace_and_the_repository_but_not_the_whole_disk(tmp_path, monkeypatch):
    write_tree(tmp_path, {"repository/.git/HEAD": "", "repository/deploy/tiphys.yaml": "", "repository/deploy/services/x": ""})
    monkeypatch.chdir("/")
    repository = str(tmp_path / "repository")
    found = roots.grounds([".", f"{repository}/deploy/services"])
    assert found == [f"{repository}/deploy/services", repository, f"{repository}/deploy"]


EDGES = {
    "system/": "the door itself, the transaction that replaces files, and the programs that are started",
    "pipeline/write.py": "looks at what it is about to replace",
    "syntax/shipped.py": "what ships with the tool",
    "cli/main.py": "streams that the process was started without",
    "cli/over_stdio.py": "stdin and stdout of servers",
    "verify/charts.py": "temporary folders that charts are copied to",
    "verify/clones.py": "temporary folders that revisions of clones are written to",
    "verify/kept_charts.py": "the user's cache, and temporary folders in it that packages are opened in",
    "verify/linting.py": "temporary charts that Helm lints",
    "verify/renderings.py": "temporary values files that Helm reads",
    "lint/schema_versions.py": "schemas of an installed package",
    "lint/schemas.py": "schemas of an installed package",
    "release/chart_ci.py": "temporary charts that Helm packs",
    "release/run.py": "temporary folders of a release",
    "release/destination.py": "a chart repository in a folder that the user serves",
    "diff/halves.py": "temporary folders for a workspace of the past",
}
"""The modules that may touch a disk, each with the reason; a folder stands for all that is in it."""

HARMLESS = {
    "os": {"environ", "getpid", "cpu_count", "fsencode", "fsdecode", "sep", "_exit"},
    "os.path": {"join", "split", "dirname", "basename", "normpath", "relpath"},
    "shutil": {"get_terminal_size"},
    "io": {"StringIO", "BytesIO", "TextIOWrapper"},
}
"""What reaches no file."""
CLOSED = (
    "pathlib",
    "tempfile",
    "glob",
    "fileinput",
    "linecache",
    "mmap",
    "fcntl",
    "codecs",
    "zipfile",
    "sqlite3",
    "dbm",
    "shelve",
)


def ways_around(text: str) -> list[str]:
    """Return what in a module opens, lists or asks for files by itself."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "open":
            found.append("open()")
        if isinstance(node, ast.Attribute):
            chain = ast.unparse(node)
            module, _, name = chain.rpartition(".")
            if module in HARMLESS and name not in HARMLESS[module] and f"{module}.{name}" not in HARMLESS:
                found.append(chain)
            if chain in ("click.open_file", "click.File", "gzip.GzipFile", "logging.FileHandler"):
                found.append(chain)
        if isinstance(node, ast.Import):
            found += [
                item.name
                for item in node.names
                if (base := item.name.split(".")[0]) in CLOSED or (item.asname and base in ("os", "io", "shutil"))
            ]
        if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            base = node.module.split(".")[0]
            if base in CLOSED or (base in ("os", "shutil", "io")):
                found += [f"{node.module}.{item.name}" for item in node.names if item.name not in HARMLESS.get(node.module, ())]
    return found


def test_nothing_but_the_door_and_the_edges_that_are_named_touches_a_file():
    for path in sorted((ROOT / "generator").rglob("*.py")):
        name = path.relative_to(ROOT / "generator").as_posix()
        if not name.startswith(tuple(edge for edge in EDGES if edge.endswith("/"))) and name not in EDGES:
            assert ways_around(path.read_text(encoding="utf-8")) == [], f"{name}: read it through generator.system.files.Folder"


@pytest.mark.parametrize(
    "text",
    [
        "open('x')",
        "import os\nos.open('x', 0)",
        "import os\nos.path.exists('x')",
        "import os\nos.path.realpath('x')",
        "import os\nfor x in os.scandir('.'): pass",
        "from os import listdir",
        "from os.path import isfile",
        "import os as o",
        "from pathlib import Path",
        "import pathlib",
        "import io\nio.open('x')",
        "from io import FileIO",
        "import shutil\nshutil.copyfile('a', 'b')",
        "import click\nclick.open_file('x')",
        "import tempfile",
    ],
)
def test_a_way_around_the_door_is_seen(text):
    assert ways_around(text)


def test_every_edge_that_is_named_is_there_and_needs_to_be():
    for edge in EDGES:
        where = ROOT / "generator" / edge
        files = sorted(where.rglob("*.py")) if where.is_dir() else [where]
        assert any(ways_around(path.read_text(encoding="utf-8")) for path in files), f"{edge} touches nothing any more"


def test_the_first_bytes_are_those_of_regular_files_alone(tmp_path):
    write_tree(tmp_path, {"w/file": "abcdef", "outside/file": SECRET})
    (tmp_path / "w/link").symlink_to("file")
    (tmp_path / "w/way").symlink_to("../outside")
    os.mkfifo(tmp_path / "w/fifo")
    door = Folder(str(tmp_path / "w"))
    assert [door.head(path, 3) for path in ("file", "link", "way/file", "fifo", "", "no", "../w/file")] == [b"abc", *[b""] * 6]
