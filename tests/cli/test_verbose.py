"""`--verbose`: what a run reads, uses and skips is said on stderr, and what it prints to stdout stays as it is."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click
import pytest
import yaml

from generator.cli.main import COMMANDS, program
from generator.system import verbose
from support.repositories import Repository, environment, spec

CASES = yaml.safe_load(Path(__file__).with_name("verbose.yaml").read_text(encoding="utf-8"))
WITHOUT = {
    "init", "import", "schema", "rules", "config", "cache", "lsp", "mcp", "completion",
}  # fmt: skip
"""Commands that run over no workspace, or whose output says where each thing is from."""


@pytest.fixture
def repository(tmp_path, git, tiphys):
    found = Repository(tmp_path / "r")
    for name in ("api", "web"):
        found.write(f"services/{name}/pipeline.yaml", spec(name, dev="1.0.0", prod="1.0.0"))
    found.write("environments/prod.yaml", environment("prod", more="  promotion: {from: dev}\n"))
    tiphys("generate", cwd=found.root)
    found.commit("start")
    return found


@pytest.mark.parametrize("case", CASES, ids=[case["name"].replace(" ", "-") for case in CASES])
def test_a_user_sees_why_a_run_does_what_it_does(case, repository, tiphys):
    root = repository.root
    for path, text in case.get("write", {}).items():
        repository.write(path, text)
    env = {name: value.replace("ROOT", str(root)) for name, value in case.get("env", {}).items()}
    here = root / case.get("in", ".")
    plain = tiphys(*case["run"].split(), cwd=here, env=env)
    done = tiphys(*case["run"].split(), "--verbose", cwd=here, env=env)
    assert (done.stdout, done.returncode) == (plain.stdout, plain.returncode)
    said = done.stderr.replace(str(root), "ROOT").replace(repository.git("rev-parse", "--short=8", "HEAD").strip(), "COMMIT")
    assert [line for line in case["says"] if line not in said] == [], said
    assert [line for line in case.get("silent", []) if line in said] == []
    assert "timings: " in said
    assert "timings: " not in plain.stderr
    missing = [line for line in plain.stderr.splitlines() if line not in done.stderr]
    assert missing == [], "nothing that is said otherwise is lost"


@pytest.mark.real
def test_the_programs_that_are_used_are_named_with_their_versions(repository, tiphys, helm):
    said = tiphys("verify", "-v", cwd=repository.root).stderr
    assert "\nhelm: " in said
    assert " at /" in said.split("\nhelm: ")[1].splitlines()[0]


def test_verbose_and_quiet_exclude_each_other(repository, tiphys):
    for words in (["-q", "-v"], ["--verbose", "--quiet"], ["-qv"]):
        done = tiphys("check", *words, cwd=repository.root)
        assert (done.returncode, done.stdout) == (2, "")
        assert "--verbose and --quiet exclude each other" in done.stderr


def test_times_are_printed_once_and_go_to_the_file_that_is_named(repository, tiphys):
    done = tiphys("check", "-v", "--timings", cwd=repository.root)
    assert done.stderr.count("timings: ") == 1
    done = tiphys("check", "-v", "--timings=times.json", cwd=repository.root)
    assert "timings: " not in done.stderr
    assert json.loads((repository.root / "times.json").read_text())["version"] == 1


def test_a_run_that_fails_has_said_where_it_looked(tiphys, tmp_path):
    done = tiphys("check", "-v", cwd=tmp_path)
    assert done.returncode == 2
    assert f"workspace: none, looked for from {tmp_path} upwards" in done.stderr
    assert "no tiphys.yaml" in done.stderr


def test_what_is_said_holds_no_password_and_no_control_character(repository, tiphys):
    folder = repository.root.parent / "\x1b[31mred"
    os.rename(repository.root, folder)
    said = tiphys("check", "-v", cwd=folder).stderr
    assert "\x1b" not in said
    assert "\\x1b[31mred" in said
    done = tiphys("check", "-v", cwd=folder, env={"TIPHYS_CACHE_DIR": "/tmp/https://user:hunter2secret@host/x"})
    assert "hunter2secret" not in done.stderr


def test_every_command_over_a_workspace_has_the_option():
    context = click.Context(program)
    commands = {name: program.get_command(context, name) for name in COMMANDS}
    having = {name for name, one in commands.items() if any("--verbose" in param.opts for param in one.params)}
    assert having == COMMANDS.keys() - WITHOUT


def test_nothing_is_found_out_unless_it_is_asked_for():
    assert not verbose.is_on()
    verbose.tell("topic", "text")
    heard = []
    with verbose.telling(lambda *one: heard.append(one)):
        verbose.tell("topic", "text")
        verbose.tell("topic", "text")
        if os.fork() == 0:
            verbose.tell("topic", "of another process")
            os._exit(len(heard))
        assert os.wait()[1] >> 8 == 1
    assert heard == [("topic", "text")]
