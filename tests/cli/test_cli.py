"""The command line: streams, exit codes, formats, colour, and what each command costs to start."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from generator.cli.main import COMMANDS
from support.paths import ROOT
from support.trees import read_tree
from support.workspace import workspace


@pytest.fixture
def folder(tiphys, tmp_path):
    """Return a generated workspace."""
    made = workspace(tmp_path / "w")
    assert tiphys("generate", cwd=made).returncode == 0
    return made


def broken(folder):
    spec = folder / "services/web/pipeline.yaml"
    spec.write_text(spec.read_text().replace('"1.0.0"', "1.0"))


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["check"], 0),
        (["lint"], 0),
        (["generate"], 0),
        (["render", "web", "--env", "prod"], 0),
        (["schema"], 0),
        (["rules"], 0),
        (["rules", "--format", "json"], 0),
        (["explain", "TP201"], 0),
        (["schema", "report"], 0),
        (["--version"], 0),
        (["--help"], 0),
        (["chek"], 2),
        (["check", "--nope"], 2),
        (["check", "wbe"], 2),
        (["check", "--env", "prd"], 2),
        (["check", "--format", "xml"], 2),
        (["schema", "nothing"], 2),
        (["rules", "TP999"], 2),
        (["explain", "TP999"], 2),
        (["explain"], 2),
        (["lint", "--select", "TP999"], 2),
        (["lint", "--baseline", "nowhere.json"], 2),
        (["lint", "-"], 2),
        (["render", "web"], 2),
        (["release"], 2),
        (["release", "--env", "prd"], 2),
        (["release", "--env", "prod", "--from", "prod"], 2),
        (["lint", "nowhere.yaml"], 2),
        (["init", "--example", "nothing"], 2),
        (["-C", "/nonexistent", "check"], 2),
    ],
)
def test_exit_codes_are_what_the_manual_says(arguments, code, tiphys, folder):
    done = tiphys(*arguments, cwd=folder)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    if code == 2:
        assert done.stdout == "", "what went wrong is talk, and talk goes to stderr"
        assert done.stderr


@pytest.mark.parametrize("command", ["check", "lint", "generate"])
def test_findings_are_exit_1_on_stdout_and_the_summary_is_on_stderr(command, tiphys, folder):
    broken(folder)
    done = tiphys(command, cwd=folder)
    assert done.returncode == 1
    assert "services/web/pipeline.yaml:9:25: error[TP012]" in done.stdout
    assert done.stderr.startswith("1 error in 1 file")


@pytest.mark.parametrize(
    "command",
    [
        "generate", "check", "lint", "plan --env dev", "verify", "render web --env dev", "explain web --env dev image",
        "bump web --env dev --image-tag 9.0.0", "promote --all --from dev --to prod", "rollback web --env prod",
        "history web --env dev", "status", "affected --since HEAD", "publish", "release --env dev", "report -o site", "serve",
    ],
)  # fmt: skip
def test_whatever_the_command_a_broken_workspace_file_is_named_at_its_line(command, tiphys, folder):
    (folder / "tiphys.yaml").write_text("apiVersion: tiphys/v1\nspec: [\n")
    before = read_tree(folder)
    done = tiphys(*command.split(), cwd=folder)
    assert (done.returncode, "Traceback" in done.stderr) == (2, False), done.stderr
    assert "tiphys.yaml:3:1: error[TP001]" in done.stdout
    assert read_tree(folder) == before


def test_near_misses_are_named(tiphys, folder):
    assert "did you mean `check`?" in tiphys("chek", cwd=folder).stderr
    assert "did you mean `web`?" in tiphys("check", "wbe", cwd=folder).stderr
    assert "did you mean `prod`?" in tiphys("check", "--env", "prd", cwd=folder).stderr


def test_json_has_the_fields_of_the_contract(tiphys, folder):
    broken(folder)
    data = json.loads(tiphys("lint", "--format", "json", cwd=folder).stdout)
    assert data["version"] == 1
    assert data["summary"] == {"errors": 1, "warnings": 0, "services": 0, "files": 0}
    (item,) = data["diagnostics"]
    keys = "rule severity message hint path line column endLine endColumn pointer service environment"
    assert list(item) == keys.split()
    assert (item["rule"], item["severity"], item["path"], item["line"], item["column"]) == (
        "TP012",
        "error",
        "services/web/pipeline.yaml",
        9,
        25,
    )
    assert "drift" not in data
    assert json.loads(tiphys("lint", "--format", "json", cwd=folder).stdout) == data


def test_several_formats_at_once_go_to_their_files(tiphys, folder):
    broken(folder)
    done = tiphys("lint", "--format", "text", "--format", "json=out.json", "--format", "concise=out.txt", cwd=folder)
    assert done.stdout.startswith("services/web/pipeline.yaml:9:25: error[TP012]")
    assert json.loads((folder / "out.json").read_text())["summary"]["errors"] == 1
    assert (folder / "out.txt").read_text().startswith("services/web/pipeline.yaml:9:25: error TP012 ")
    done = tiphys("lint", "--format", "json=/nonexistent/x.json", cwd=folder)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("env", "option", "colored"),
    [
        ({"NO_COLOR": ""}, [], False),
        ({"NO_COLOR": "", "FORCE_COLOR": "1"}, [], True),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, [], False),
        ({"NO_COLOR": "1"}, ["--color", "always"], True),
        ({"NO_COLOR": "", "FORCE_COLOR": "1"}, ["--color", "never"], False),
    ],
)
def test_colour_follows_the_option_then_the_environment_then_the_terminal(env, option, colored, tiphys, folder):
    broken(folder)
    assert ("\x1b[" in tiphys("lint", *option, cwd=folder, env=env).stdout) == colored


def test_the_workspace_is_found_from_any_folder_in_it(tiphys, folder):
    assert tiphys("check", cwd=folder / "services" / "web").returncode == 0
    assert tiphys("-C", folder / "generated", "check", cwd=folder.parent).returncode == 0


def test_hints_name_the_command_as_it_was_called(tiphys, folder):
    (folder / "generated/prod/web/values.yaml").unlink()
    done = tiphys("-C", folder.name, "check", cwd=folder.parent)
    assert f"To fix: tiphys -C {folder.name} generate && git -C {folder.name} add generated/" in done.stderr


def test_render_prints_what_is_generated(tiphys, folder):
    done = tiphys("render", "web", "--env", "prod", cwd=folder)
    assert done.stdout.startswith("---\n# generated/prod/applications/web.yaml\n# Code generated by tiphys")
    assert (folder / "generated/prod/web/values.yaml").read_text() in done.stdout


def test_lint_of_a_path_reports_only_what_is_below_it(tiphys, folder):
    broken(folder)
    other = folder / "services" / "api"
    other.mkdir()
    (other / "pipeline.yaml").write_text("a: 1\n")
    done = tiphys("lint", "--format", "concise", "services/api", cwd=folder)
    assert {line.split(":")[0] for line in done.stdout.splitlines()} == {"services/api/pipeline.yaml"}
    assert tiphys("lint", "environments", cwd=folder).returncode == 0


def test_one_service_is_not_held_up_by_what_is_wrong_with_another(tiphys, folder):
    other = folder / "services" / "api"
    other.mkdir()
    (other / "pipeline.yaml").write_text(
        "apiVersion: tiphys/v1\nkind: Pipeline\nmetadata: {name: api}\nspec: {calls: web, tag: 1.0}\n"
    )
    assert tiphys("check", "web", cwd=folder).returncode == 0
    assert tiphys("generate", "web", cwd=folder).returncode == 0
    assert tiphys("check", cwd=folder).returncode == 1
    assert "there is no service `wbe`" not in tiphys("check", "wbe", cwd=folder).stdout


def test_a_fault_in_a_shared_file_is_told_once_and_not_by_everybody_who_names_it(tiphys, tmp_path):
    shop = tmp_path / "shop"
    assert tiphys("init", shop, "--example", "online-boutique").returncode == 0
    for path, old, new in (
        ("environments/dev.yaml", "  chart:", "  chrat:"),
        ("environments/prod.yaml", "  chart:", "  chrat:"),
        ("services/frontend/success-rate.yaml", "kind: AnalysisTemplate", "kind: Analysis"),
    ):
        (shop / path).write_text((shop / path).read_text().replace(old, new))
    done = tiphys("lint", "--format", "concise", cwd=shop)
    paths = [line.split(":")[0] for line in done.stdout.splitlines() if " note TP048 " not in line]
    assert paths == ["environments/dev.yaml", "environments/prod.yaml", "services/frontend/success-rate.yaml"]


def test_init_never_overwrites_and_writes_nothing_when_it_stops(tiphys, tmp_path):
    target = tmp_path / "new"
    target.mkdir()
    (target / "tiphys.yaml").write_text("mine\n")
    done = tiphys("init", target)
    assert done.returncode == 1
    assert "`tiphys.yaml` already exists" in done.stderr
    assert read_tree(target) == {"tiphys.yaml": b"mine\n"}


@pytest.mark.parametrize("example", ["quickstart", "online-boutique"])
def test_init_gives_a_workspace_that_checks_and_whose_editor_schemas_are_there(example, tiphys, tmp_path):
    target = tmp_path / "new"
    assert tiphys("init", target, "--example", example).returncode == 0
    assert tiphys("check", cwd=target).returncode == 0
    assert tiphys("init", target, "--example", example).returncode == 0, "what is there already and the same is no conflict"
    for spec in target.rglob("pipeline.yaml"):
        line = spec.read_text().splitlines()[0]
        assert line.startswith("# yaml-language-server: $schema=")
        assert (spec.parent / line.partition("=")[2]).is_file()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts_and_names(shell, tiphys, folder):
    done = tiphys("completion", shell, cwd=folder)
    assert done.returncode == 0
    assert "_TIPHYS_COMPLETE" in done.stdout
    for words, word, found in (
        ("tiphys check ", "2", "web"),
        ("tiphys render web --env ", "4", "prod"),
        ("tiphys che", "1", "check"),
        ("tiphys lint --format sa", "3", "sarif"),
        ("tiphys lint --select canary-weights", "3", "canary-weights-rise"),
        ("tiphys rules TP20", "2", "TP201"),
        ("tiphys explain TP20", "2", "TP201"),
        ("tiphys add cart --from w", "4", "web"),
    ):
        env = {"_TIPHYS_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": word}
        assert found in tiphys(cwd=folder, env=env).stdout


def test_help_of_every_command_has_an_example_and_fits_a_screen(tiphys, folder):
    for name in COMMANDS:
        done = tiphys(name, "--help", cwd=folder, env={"COLUMNS": "80"})
        assert done.returncode == 0
        assert f"\n  tiphys {name}" in done.stdout, "an example has a line of its own"
        assert "\\b" not in done.stdout
        assert len(done.stdout.splitlines()) <= 45
    done = tiphys("--help", cwd=folder, env={"COLUMNS": "80"})
    assert len(done.stdout.splitlines()) <= 45


@pytest.mark.parametrize("words", ["config show", "cache info", "cache clear"])
def test_help_of_a_subcommand_fits_a_screen_and_keeps_its_lines(words, tiphys, folder):
    done = tiphys(*words.split(), "--help", cwd=folder, env={"COLUMNS": "80"})
    assert done.returncode == 0
    assert "\\b" not in done.stdout
    assert len(done.stdout.splitlines()) <= 45
    assert words != "config show" or "\n  tiphys config show lint.failLevel\n" in done.stdout


def test_a_bug_is_exit_3_with_something_to_paste(tmp_path):
    code = "import generator.pipeline.run as p; p.run = lambda r: 1 / 0\nfrom generator.cli.main import main; import sys; sys.argv = ['tiphys', 'lint']; main()"
    folder = workspace(tmp_path / "w")
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 3
    assert "Open an issue with the following text" in done.stderr
    assert "ZeroDivisionError" in done.stderr


def test_a_reader_that_has_seen_enough_ends_it_quietly(folder):
    command = f"{sys.executable} -m generator schema | head -c 10"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""


# What a command may import on the way to success. Imports are most of what a hook costs, and one
# careless line at the top of a module brings them all back.
HEAVY = {
    "jinja2",
    "jsonschema",
    "referencing",
    "ruamel",
    "yamllint",
    "json",
    "subprocess",
    "difflib",
    "hashlib",
    "pathlib",
    "decimal",
    "dataclasses",
}


@pytest.mark.parametrize(
    ("arguments", "allowed"),
    [
        (["--version"], {"subprocess"}),  # Helm says its own
        (["--help"], set()),
        (["check"], {"json"}),  # for what is remembered
        (["check", "--no-cache"], set()),
        (["generate", "--no-cache"], set()),
        (["lint", "--no-cache"], set()),
        (["check", "--format", "json"], {"json"}),
        (["generate", "--hook", "--no-cache"], {"subprocess", "hashlib"}),
        (["schema"], set()),
    ],
)
def test_a_command_imports_only_what_it_uses(arguments, allowed, folder):
    subprocess.run("git init -q . && git add -A", shell=True, cwd=folder, check=True)
    code = "import sys; from generator.cli.main import program\nprogram.main(prog_name='tiphys', standalone_mode=False)\nprint('\\n'.join(m for m in sys.modules if '.' not in m), file=sys.stderr)"
    env = {key: value for key, value in os.environ.items() if not key.startswith(("GIT_", "COV"))} | {"PYTHONPATH": str(ROOT)}
    bare = subprocess.run(
        [sys.executable, "-c", "import sys, click; print('\\n'.join(sys.modules))"],
        env=env,
        capture_output=True,
        text=True,
        check=True,
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=folder, env=env, capture_output=True, text=True, check=False
    )
    loaded = set(done.stderr.split()) & HEAVY - set(bare.stdout.split())
    assert loaded <= allowed, f"{loaded - allowed} imported by tiphys {' '.join(arguments)}"


def test_progress_is_shown_only_to_somebody_who_watches_and_is_wiped_at_the_end(folder):
    """A run under a terminal, with the patience taken away."""
    import pty

    code = "import sys, generator.cli.progress as r; r._PATIENCE = -1; sys.argv = ['tiphys', 'check']; from generator.cli.main import main; main()"
    env = {key: value for key, value in os.environ.items() if key not in ("CI", "PRE_COMMIT")} | {"PYTHONPATH": str(ROOT)}
    for name in ("api", "cart"):
        spec = (folder / "services/web/pipeline.yaml").read_text().replace("name: web", f"name: {name}")
        (folder / "services" / name).mkdir()
        (folder / "services" / name / "pipeline.yaml").write_text(spec)
    reading, writing = pty.openpty()
    slow = code.replace("r._PATIENCE = -1", "r._PATIENCE = -1; r.time.monotonic = iter(range(1000)).__next__")
    subprocess.run([sys.executable, "-c", slow], cwd=folder, env=env, stderr=writing, stdout=subprocess.DEVNULL, check=False)
    os.close(writing)
    shown = os.read(reading, 10_000).decode()
    assert "\r\x1b[Kchecked 2 of 3 services" in shown
    assert "\r\x1b[K" in shown.partition("checked 2 of 3 services")[2], "the line is wiped before the summary"
    quiet = subprocess.run(
        [sys.executable, "-c", slow], cwd=folder, env=env | {"CI": "1"}, capture_output=True, text=True, check=False
    )
    assert "checked 2" not in quiet.stderr


@pytest.mark.parametrize(
    "arguments", [["rules"], ["render", "frontend", "--env", "prod"], ["check", "--format", "json"], ["--help"]]
)
@pytest.mark.parametrize(("how", "code", "said"), [
    (">/dev/full", 2, "tiphys: cannot write the output: No space left on device"),
    (">&-", None, ""),
    (">/dev/full 2>/dev/full", 2, ""),
    ("| true", None, ""),
])  # fmt: skip
def test_output_that_cannot_be_written_is_no_bug_of_ours(arguments, how, code, said):
    shop, words = ROOT / "examples" / "online-boutique", " ".join(arguments)
    done = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m generator {words} {how}"],
        cwd=shop, env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    assert "bug" not in done.stderr
    assert said in done.stderr
    assert code is None or done.returncode == code
