"""Inputs that are missing, misnamed or not in the commit: nothing is generated otherwise than before without a word."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from generator.errors import Rejected, TiphysError
from generator.pipeline.run import Mode, Request, run
from generator.workspace.starting import files_of
from support.paths import ROOT
from support.programs import program
from support.trees import read_tree, write_tree

SHIPPED = ROOT / "templates"
MORE = {
    "strategies/gradual-canary.yaml": (SHIPPED / "strategies/gradual-canary.yaml").read_text().replace("setWeight: 10", "setWeight: 11"),
    "templates/application.yaml": (SHIPPED / "application.yaml").read_text().replace("labels:", "x-ours: ours\n  labels:", 1).replace("  x-ours: ours\n", ""),
    "templates/profiles/nightly/profile.yaml": (SHIPPED / "profiles/helm-create/profile.yaml").read_text().replace("name: helm-create", "name: nightly"),
    "templates/profiles/nightly/values.yaml": (SHIPPED / "profiles/helm-create/values.yaml").read_text(),
    "templates/profiles/service/values.yaml": (SHIPPED / "profiles/service/values.yaml").read_text() + 'podLabels: {ours: "true"}\n',
    "projects/default.yaml": "apiVersion: argoproj.io/v1alpha1\nkind: AppProject\nmetadata: {name: default, namespace: argocd}\n"
    "spec:\n  sourceRepos: ['*']\n  destinations: [{server: '*', namespace: '*'}]\n",
    "charts/nightly/Chart.yaml": "apiVersion: v2\nname: nightly\nversion: 0.1.0\n",
    "charts/nightly/values.yaml": "{}\n",
    "services/nightly/success-rate.yaml": (ROOT / "examples/online-boutique/services/frontend/success-rate.yaml").read_text(),
    "services/nightly/pipeline.yaml": """\
apiVersion: tiphys/v1
kind: Pipeline
metadata: {name: nightly}
spec:
  image: {repository: ghcr.io/acme/nightly, tag: "1.0.0"}
  chart: {name: nightly, path: charts/nightly, profile: nightly}
  values: {service: {port: 80}}
  rollout: null
  environments: {dev: {}}
""",
}  # fmt: skip
INPUTS = [
    "environments/prod.yaml",
    "services/hello/pipeline.yaml",
    "services/nightly/pipeline.yaml",
    *(path for path in MORE if path.startswith(("strategies", "templates", "projects"))),
    "charts/nightly/Chart.yaml",
]


def fresh(folder: Path) -> Path:
    """Write the workspace that `tiphys init` makes, with every other kind of input in it."""
    return write_tree(folder, {**files_of("quickstart"), **MORE})


def looked_at(folder: Path):
    """Return what a run generates, and everything that it says; nothing is generated where it stops."""
    try:
        outcome = run(Request(str(folder), Mode.LINT))
    except (TiphysError, Rejected) as error:
        return None, [str(error)]
    told = [f"{item.path}: {item.message} {item.hint}" for item in outcome.diagnostics]
    return None if outcome.blocked or outcome.workspace is None else outcome.wanted, told


def contents(wanted):
    return {path: file.content.partition(b"\n")[2] for path, file in wanted.items()}


@pytest.fixture(scope="module")
def before(tmp_path_factory):
    """Return what the workspace generates when nothing is missing."""
    wanted, told = looked_at(fresh(tmp_path_factory.mktemp("before") / "w"))
    assert wanted is not None, told
    assert any(b"ours:" in file.content for file in wanted.values())
    return contents(wanted)


@pytest.fixture(scope="module")
def committed(tmp_path_factory):
    """Return every generated file of the workspace, as it is committed."""
    wanted, _ = looked_at(fresh(tmp_path_factory.mktemp("committed") / "w"))
    return {path: file.content for path, file in wanted.items()}


def misnamed(path: str) -> list[str]:
    """Return the paths at which a file may end up by a slip."""
    folder, _, name = path.rpartition("/")
    stem, ending = os.path.splitext(name)
    first, _, rest = path.partition("/")
    return [
        f"{folder}/{stem[:-1]}{ending}", f"{folder}/{stem}s{ending}", f"{folder}/{name.capitalize()}", f"{folder}/{stem}.YAML",
        f"{folder}/{name}.bak", f"{folder}/{name}.orig", f"{folder}/{name}~", f"{folder}/{name}.txt", f"{folder}/{stem}",
        f"{folder}/{stem}.json", f"{folder}/.{name}", f"{folder}/old/{name}", f"{folder}/{stem}-prod{ending}",
        f"{first[:-1]}/{rest}", f"{first.capitalize()}/{rest}", f"{first[1:]}/{rest}", f"deploy/{path}", rest, f"other/{rest}",
    ]  # fmt: skip


@pytest.mark.parametrize("path", INPUTS)
def test_an_input_under_another_name_never_changes_what_is_deployed_in_silence(path, before, tmp_path):
    for number, wrong in enumerate(misnamed(path)):
        folder = fresh(tmp_path / str(number))
        (folder / wrong).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).rename(folder / wrong)
        wanted, told = looked_at(folder)
        if wanted is not None and contents(wanted) != before:
            assert any(line.startswith(f"{wrong}: ") for line in told), (wrong, told)


@pytest.mark.parametrize("path", INPUTS)
def test_an_emptied_input_never_changes_what_is_deployed_in_silence(path, before, tmp_path):
    for number, text in enumerate(("", "\n", "# gone\n", "---\n", "null\n")):
        folder = fresh(tmp_path / str(number))
        (folder / path).write_text(text)
        wanted, told = looked_at(folder)
        if wanted is not None and contents(wanted) != before:
            assert any(line.startswith(f"{path}: ") for line in told), (text, told)


@pytest.mark.parametrize("name", ["environments", "services", "strategies", "templates", "projects", "charts"])
def test_a_folder_under_another_name_never_changes_what_is_deployed_in_silence(name, before, tmp_path):
    slips = (name[:-1], name.capitalize(), name + "s", name[0] + name[2:], f"deploy/{name}", f"old-{name}", f"{name}.bak", "x")
    for number, wrong in enumerate(slips):
        folder = fresh(tmp_path / str(number))
        (folder / wrong).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).rename(folder / wrong)
        wanted, told = looked_at(folder)
        if wanted is not None and contents(wanted) != before:
            assert any(line.startswith(f"{wrong}/") for line in told), (wrong, told)


@pytest.mark.parametrize("path", INPUTS)
def test_what_a_cut_or_deleted_input_changes_is_drift(path, before, committed, tmp_path):
    size = len((fresh(tmp_path / "w") / path).read_bytes())
    for number, keep in enumerate((None, size // 4, size // 2, size - size // 4)):
        folder = write_tree(fresh(tmp_path / str(number)), committed)
        assert run(Request(str(folder), Mode.CHECK)).changes == []
        if keep is None:
            (folder / path).unlink()
        else:
            os.truncate(folder / path, keep)
        wanted, _ = looked_at(folder)
        if wanted is not None and contents(wanted) != before:
            outcome = run(Request(str(folder), Mode.CHECK))
            assert outcome.changes, (keep, "check says that something is to be written")


NO_FOLDER = {
    "it is gone": lambda folder: (folder / "environments").rename(folder / "elsewhere-entirely"),
    "it is misspelt": lambda folder: (folder / "environments").rename(folder / "enviroments"),
    "it is a file": lambda folder: [(folder / "environments").rename(folder / "e"), (folder / "environments").write_text("")],
    "it is empty": lambda folder: [file.unlink() for file in (folder / "environments").iterdir()],
    "its files are hidden": lambda folder: [file.rename(file.with_name(f".{file.name}")) for file in (folder / "environments").iterdir()],
    "its files are drafts": lambda folder: [file.rename(f"{file}.draft") for file in (folder / "environments").iterdir()],
    "its link leads nowhere": lambda folder: [(folder / "environments").rename(folder / "e"), (folder / "environments").symlink_to("f")],
}  # fmt: skip


@pytest.mark.parametrize("how", NO_FOLDER)
def test_production_is_not_moved_to_the_shipped_environments_when_its_own_are_missing(how, tmp_path, tiphys):
    folder = fresh(tmp_path / "w")
    generated = read_tree(folder / "generated")
    NO_FOLDER[how](folder)
    for command in ("generate", "check", "lint"):
        done = tiphys(command, cwd=folder)
        assert done.returncode == 2, done.stdout
        assert ("environments:1:1: error[TP003]" if "link" in how else "tiphys.yaml:1:1: error[TP046]") in done.stdout
        assert "environments" in done.stdout
        assert read_tree(folder / "generated") == generated


@pytest.mark.parametrize("command", ["generate", "check", "lint", "status", "report"])
def test_an_environments_folder_that_is_named_and_absent_is_an_error_at_its_line(command, tmp_path, tiphys):
    folder = fresh(tmp_path / "w")
    with (folder / "tiphys.yaml").open("a") as file:
        file.write("  environments: enviroments\n")
    options = ("--output", tmp_path / "site") if command == "report" else ()
    done = tiphys(command, *options, cwd=folder)
    assert done.returncode == 2
    assert "error[TP046]: folder `enviroments` does not exist" in done.stdout
    assert "did you mean `environments`?" in done.stdout


SPEC = MORE["services/nightly/pipeline.yaml"].replace("name: nightly}\nspec", "name: extra}\nspec")
FORMS = {
    "services/extra/pipline.yaml": SPEC,
    "services/extra/Pipeline.yaml": SPEC,
    "services/extra/pipeline.YAML": SPEC,
    "services/extra/pipeline.yaml.txt": SPEC,
    "services/extra/pipeline": SPEC,
    "services/extra/pipeline.yaml.disabled": SPEC,
    "services/extra.yaml": SPEC,
    "service/extra/pipeline.yaml": SPEC,
    "a/b/c/d/anything.conf": SPEC,
    "services/quoted/pipeline.yml": SPEC.replace("tiphys/v1", '"tiphys/v1"').replace("kind: Pipeline", "'kind': 'Pipeline'"),
    "services/json/pipeline.json": '{"kind": "Pipeline", "apiVersion": "tiphys\\/v1", "metadata": {"name": "x"}}',
    "services/flow/pipeline.yml": "{kind: Pipeline, apiVersion: tiphys/v1}",
    "services/crlf/pipeline.yml": SPEC.replace("\n", "\r\n"),
    "services/bom/pipeline.yml": "\ufeff" + SPEC,
    "services/wide/pipeline.yml": ("\ufeff" + SPEC).encode("utf-16-le"),
    "services/broken/pipeline.yml": SPEC + "\t- [",
    "services/second/pipeline.yml": "a: 1\n---\n" + SPEC,
    "services/list/pipelines.yaml": "apiVersion: v1\nkind: List\nitems:\n- apiVersion: tiphys/v1\n  kind: Pipeline\n",
    "services/late/pipeline.yml": "# long licence\n" * 1000 + SPEC,
    "services/kind/pipeline.yml": SPEC.replace("kind: Pipeline", "kind: Pipelin"),
    "services/case/pipeline.yml": SPEC.replace("tiphys/v1", "Tiphys/V1"),
    "services/newer/pipeline.yml": SPEC.replace("tiphys/v1", "tiphys/v2"),
    "strategies/deeper/slow.yaml": MORE["strategies/gradual-canary.yaml"],
    "templates/strategies/slow.yaml": MORE["strategies/gradual-canary.yaml"],
    "environments/qa.yaml.bak": "apiVersion: tiphys/v1\nkind: Environment\nmetadata: {name: qa}\n",
    "profiles/nightly/profile.yaml": MORE["templates/profiles/nightly/profile.yaml"],
    "tiphys.yml": "apiVersion: tiphys/v1\nkind: Workspace\nspec: {environments: other}\n",
}


@pytest.mark.parametrize("path", FORMS)
def test_a_file_of_tiphys_that_nothing_reads_is_an_error(path, tmp_path):
    folder = write_tree(fresh(tmp_path / "w"), {path: FORMS[path]})
    outcome = run(Request(str(folder), Mode.LINT))
    assert [item.rule for item in outcome.diagnostics if item.path == path] == ["TP043"]
    assert outcome.blocked


@pytest.mark.parametrize(
    "path",
    ["docs/specs.md", "docs/example.html", ".cache/pipeline.yaml", "generated/old/pipeline.yaml", "node_modules/x/pipeline.yml",
     "charts/nightly/templates/pipeline.yaml", "shop/services/web/pipeline.yml", "lib/venv/pipeline.yml"],
)  # fmt: skip
def test_examples_other_workspaces_and_what_programs_install_are_left_alone(path, tmp_path):
    workspace = {"shop/tiphys.yaml": "apiVersion: tiphys/v1\nkind: Workspace\n", "lib/venv/pyvenv.cfg": ""}
    folder = write_tree(fresh(tmp_path / "w"), {path: SPEC, **workspace})
    assert [item.path for item in run(Request(str(folder), Mode.LINT)).diagnostics if item.rule == "TP043"] == []


@pytest.mark.parametrize(
    ("old", "new", "hint"),
    [("kind: Pipeline", "kind: Pipelin", "did you mean `Pipeline`?"), ("kind: Pipeline", "kind: pipeline", "did you mean `Pipeline`?"),
     ("tiphys/v1", "Tiphys/V1", "did you mean `tiphys/v1`?"), ("tiphys/v1", "tiphys/v2", "this version of Tiphys reads `tiphys/v1`"),
     ("tiphys/v1", "tiphys/v1beta2", "this version of Tiphys reads `tiphys/v1`"), ("tiphys/v1", "tipys/v1", "did you mean `tiphys/v1`?")],
)  # fmt: skip
def test_a_kind_or_version_that_is_nearly_right_is_told_with_the_right_one(old, new, hint, tmp_path):
    folder = write_tree(fresh(tmp_path / "w"), {"services/extra/pipeline.yaml": SPEC.replace(old, new)})
    (found,) = [item for item in run(Request(str(folder), Mode.LINT)).diagnostics if item.path.startswith("services/extra")]
    assert (found.rule, hint in found.hint) == ("TP024", True), found.hint


def test_a_link_is_refused_as_a_spec_and_what_it_leads_to_is_reported(tmp_path):
    folder = write_tree(fresh(tmp_path / "w"), {"shared/web.yaml": SPEC, "services/extra/notes.txt": ""})
    (folder / "services/extra/pipeline.yaml").symlink_to("../../shared/web.yaml")
    found = {(item.path, item.rule) for item in run(Request(str(folder), Mode.LINT)).diagnostics}
    assert {("services/extra/pipeline.yaml", "TP003"), ("shared/web.yaml", "TP043")} <= found


def test_settings_under_another_name_do_not_hand_the_workspace_to_the_one_above(tmp_path, tiphys):
    folder = fresh(tmp_path / "w" / "below")
    fresh(tmp_path / "w")
    for name in ("tiphys.yml", "Tiphys.yaml", "tipys.yaml", "tiphys.yaml.bak"):
        (folder / "tiphys.yaml").rename(folder / name)
        done = tiphys("lint", cwd=folder)
        assert (done.returncode, "rename it to `tiphys.yaml`" in done.stderr) == (2, True), name
        (folder / name).rename(folder / "tiphys.yaml")


def test_a_pattern_for_specs_that_matches_nothing_is_told_at_its_line(tmp_path):
    folder = fresh(tmp_path / "w")
    with (folder / "tiphys.yaml").open("a") as file:
        file.write("  specs: [services/**/pipeline.yaml, team/**/pipeline.yaml]\n")
    (found,) = [item for item in run(Request(str(folder), Mode.LINT)).diagnostics if item.rule == "TP047"]
    lines = (folder / "tiphys.yaml").read_text().splitlines()
    assert "team/**" in lines[found.span.line - 1][found.span.column - 1 :][:7]


def test_a_chart_that_is_not_there_is_an_error_at_its_path(tmp_path):
    folder = fresh(tmp_path / "w")
    (folder / "charts/nightly/Chart.yaml").unlink()
    (found,) = [item for item in run(Request(str(folder), Mode.LINT)).diagnostics if item.rule == "TP600"]
    assert (found.path, found.pointer) == ("services/nightly/pipeline.yaml", ("spec", "chart", "path"))


@pytest.mark.parametrize(
    ("one", "other"),
    [("services/hello/pipeline.yaml", "services/Hello/pipeline.yaml"), ("services/x", "Services/x"),
     ("environments/prod.yaml", "environments/Prod.yaml"), ("strategies/caf\u00e9.yaml", "strategies/cafe\u0301.yaml"),
     ("templates/application.yaml", "templates/Application.yaml"), ("charts/nightly/values.yaml", "charts/Nightly/values.yaml")],
)  # fmt: skip
def test_paths_that_macos_takes_for_one_are_an_error_that_names_both(one, other, tmp_path):
    folder = fresh(tmp_path / "w")
    write_tree(folder, {path: "a: 1\n" for path in (one, other) if not (folder / path).exists()})
    if len(list(folder.rglob(Path(other).name))) < 1 or (folder / one).samefile(folder / other):
        pytest.skip("this file system does not tell the two apart")
    found = [item for item in run(Request(str(folder), Mode.LINT)).diagnostics if item.rule == "TP049"]
    assert len(found) == 1
    names = [part.partition("/")[0] for part in (one, other)] if one.startswith("services/x") else [one, other]
    assert all(
        name.rpartition("/")[2].partition("/")[0].encode("unicode_escape").decode() or name in found[0].message
        for name in names
    )


def test_addresses_that_init_wrote_are_told_until_they_are_replaced(tmp_path):
    folder = fresh(tmp_path / "w")
    found = {
        (item.path, item.severity.value) for item in run(Request(str(folder), Mode.LINT)).diagnostics if item.rule == "TP048"
    }
    expected = {
        "tiphys.yaml",
        "services/hello/pipeline.yaml",
        *(f"environments/{name}.yaml" for name in ("dev", "staging", "prod")),
    }
    assert found == {(path, "note") for path in expected}
    for path in expected:
        text = (folder / path).read_text().replace("registry.example.com", "ghcr.io").replace("acme", "shop")
        (folder / path).write_text(text)
    assert "TP048" not in {item.rule for item in run(Request(str(folder), Mode.LINT)).diagnostics}


class Repository:
    """A Git repository in which everything is committed."""

    def __init__(self, folder: Path, tiphys) -> None:
        self.folder = fresh(folder)
        self.tiphys = tiphys
        assert tiphys("generate", cwd=folder).returncode == 0
        self.git("init", "-q")
        self.git("add", "--all")
        self.git("-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-qm", "start")

    def git(self, *arguments: str) -> None:
        environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
        done = subprocess.run([program("git"), *arguments], cwd=self.folder, env=environment, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr

    def hook(self):
        return self.tiphys("generate", "--hook", cwd=self.folder)


@pytest.fixture
def repository(tmp_path, tiphys):
    """Return a clean repository of the workspace."""
    return Repository(tmp_path / "w", tiphys)


READ = [*INPUTS, "tiphys.yaml", "services/nightly/success-rate.yaml"]


def test_a_commit_does_not_get_through_without_the_inputs_that_its_manifests_come_from(repository):
    assert repository.hook().returncode == 0
    for path in READ[:1] + READ[3:]:
        if path == "services/nightly/success-rate.yaml":
            continue  # no spec names it
        repository.git("rm", "-q", "--cached", path)
        done = repository.hook()
        assert done.returncode == 1, path
        assert f"input not tracked: {path}" in done.stdout
        assert f"git add --all -- {path}" in done.stderr
        repository.git("add", path)
    assert repository.hook().returncode == 0


def test_a_commit_does_not_get_through_with_inputs_that_are_staged_otherwise_than_they_were_read(repository):
    for path in READ[:-1]:
        file = repository.folder / path
        text = file.read_bytes()
        file.write_bytes(text + b"# changed\n")
        done = repository.hook()
        assert (done.returncode, f"input changed, not staged: {path}" in done.stdout) == (1, True), (path, done.stdout)
        file.write_bytes(text)
    assert repository.hook().returncode == 0


def test_a_deleted_input_is_not_left_in_the_commit(repository):
    for path in ("strategies/gradual-canary.yaml", "templates/application.yaml", "projects/default.yaml"):
        text = (repository.folder / path).read_bytes()
        (repository.folder / path).unlink()
        done = repository.hook()
        assert (done.returncode, f"input deleted, not staged: {path}" in done.stdout) == (1, True), path
        (repository.folder / path).write_bytes(text)
        repository.tiphys("generate", cwd=repository.folder)


def test_drafts_of_specs_presets_and_profiles_that_nothing_uses_stop_no_commit(repository):
    drafts = {
        "services/draft/pipeline.yaml": SPEC,
        "services/draft2/pipline.yaml": SPEC,
        "strategies/slow.yaml": MORE["strategies/gradual-canary.yaml"].replace("name: gradual-canary", "name: slow"),
        "templates/profiles/draft/profile.yaml": MORE["templates/profiles/nightly/profile.yaml"].replace("name: nightly", "name: draft"),
    }  # fmt: skip
    write_tree(repository.folder, drafts)
    done = repository.hook()
    assert done.returncode == 0, done.stdout + done.stderr


def test_an_input_that_is_a_link_stops_the_commit(repository):
    folder = repository.folder
    (folder / "shared").mkdir()
    (folder / "environments/prod.yaml").rename(folder / "shared/prod.yaml")
    (folder / "environments/prod.yaml").symlink_to("../shared/prod.yaml")
    repository.git("add", "environments")
    done = repository.hook()
    assert (done.returncode, "environments/prod.yaml:1:1: error[TP003]" in done.stdout) == (1, True), done.stdout


def test_a_check_of_a_clone_without_its_environments_does_not_advise_to_generate(repository, tmp_path, tiphys):
    repository.git("rm", "-rq", "--cached", "environments")
    repository.git("-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-qm", "forgot")
    subprocess.run(["git", "clone", "-q", repository.folder, tmp_path / "clone"], check=True)
    done = tiphys("check", cwd=tmp_path / "clone")
    assert done.returncode == 2
    assert "tiphys generate" not in done.stdout + done.stderr
    old = tiphys("affected", "--since", "HEAD", cwd=repository.folder)
    assert (old.returncode, "could not be rendered, so everything counts as affected" in old.stderr) == (0, True), old.stderr
    assert "TP046" in tiphys("diff", "HEAD", cwd=repository.folder).stdout


def test_looking_for_files_that_nothing_reads_costs_little(tmp_path):
    folder = write_tree(fresh(tmp_path / "w"), {f"data/{number % 50}/{number}.json": '{"a": 1}' for number in range(3000)})
    script = (
        "import resource,sys\nfrom generator.workspace import inventory, unread\nfrom generator.workspace.load import Loader\n"
        "loader = Loader(sys.argv[1]); workspace = loader.workspace(); start = resource.getrusage(resource.RUSAGE_SELF).ru_utime\n"
        "unread.problems(sys.argv[1], workspace, loader.spec_paths(workspace))\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_utime - start)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, folder], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert float(done.stdout) < 1.5
