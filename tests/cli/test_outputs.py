"""JSON output: each situation is validated against the published schema of its command."""

from __future__ import annotations

import json
import re
import shutil
from importlib import import_module

import click
import pytest
import yaml

from generator.cli.main import COMMANDS
from support.examples import files
from support.outputs import FOLDER, closed, fields, problems, published
from support.paths import ROOT
from support.repositories import Repository, environment, spec

CASES = yaml.safe_load((ROOT / "tests" / "cli" / "outputs.yaml").read_text(encoding="utf-8"))
pytestmark = pytest.mark.usefixtures("git")


@pytest.fixture(scope="module")
def begun(tmp_path_factory):
    """Return a repository with releases, an override, a commit of the code, and what a plan can tell of."""
    made = Repository(tmp_path_factory.mktemp("outputs") / "r")
    made.write("environments/prod.yaml", environment("prod", more=f"  promotion: {{from: dev}}\n{WINDOWS}"))
    for path, text in files(CLUSTERS).items():
        made.write(path, text)
    made.write("services/web/pipeline.yaml", spec("web", dev="1.0.0", prod=f'{{image: {{tag: "1.0.0"}}, rollout: {ROLLOUT}}}'))
    made.write("services/shop/pipeline.yaml", spec("shop", dev="2.0.0", prod="2.0.0", wide='{image: {tag: "2.0.0"}}'))
    made.commit("Begin")
    made.write(
        "services/web/pipeline.yaml", made.root.joinpath("services/web/pipeline.yaml").read_text().replace("1.0.0", "1.1.0", 1)
    )
    made.commit(TRAILERS)
    made.write("services/gone/pipeline.yaml", spec("gone", dev="1.0.0"))
    made.commit("Add gone")
    (made.root / "services/gone/pipeline.yaml").unlink()
    made.commit("Remove gone")
    return made


WINDOWS = '  windows: [{kind: allow, schedule: "0 0 * * *", duration: 24h}]\n'
ROLLOUT = "{strategy: {canary: {steps: [{setWeight: 20}, {pause: {}}, {setWeight: 60}, {pause: {duration: 1h}}]}}}"
CLUSTERS = """\
# environments/wide.yaml
spec:
  argocd:
    project: shop
    destination: {namespace: shop}
    destinations: {eu: {name: eu}, us: {name: us}}
    waves: [[eu], [us]]
"""
TRAILERS = """\
web dev: image 1.0.0 → 1.1.0

Tiphys-Service: web
Tiphys-Environment: dev
Tiphys-Image-Tag: 1.1.0
Tiphys-Code-Commit: 0123456789abcdef0123456789abcdef01234567
Tiphys-Code-Repository: https://github.com/acme/web
Tiphys-Override: soak: INC-4711
"""


@pytest.fixture
def folder(begun, tmp_path):
    return shutil.copytree(begun.root, tmp_path / "r")


@pytest.mark.parametrize("case", CASES, ids=[case["name"].replace(" ", "-") for case in CASES])
def test_a_program_finds_what_the_schema_promises(tiphys, folder, case):
    for path, text in case.get("write", {}).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text((folder / path).read_text() + text if text.startswith("+") else text)
    for words in case.get("before", []):
        done = tiphys(*words.split(), cwd=folder)
        assert done.returncode == 0, done.stderr
    command, *words = case["run"].split()
    done = tiphys(command, *words, "--format", "json", cwd=folder)
    assert done.returncode == case.get("code", 0), done.stderr
    found = json.loads(done.stdout)
    assert problems(command, found) == []
    names = {key for key in found if key not in ("version", "diagnostics", "summary")}
    assert names >= set(case.get("has", [])), "the document has the part that the case is about"
    _check_that_changes_are_noticed(command, found)


def _check_that_changes_are_noticed(command, found):
    """Drop and rename every field once: a program must be able to rely on each that is required."""
    number = 0
    for node, key, is_required in list(fields(command, found)):
        value = node.pop(key)
        assert not is_required or not published(command).is_valid(found), f"{key} was dropped"
        node[f"{key}X"] = value
        assert not closed(command).is_valid(found), f"{key} was renamed"
        del node[f"{key}X"]
        node[key] = value
        number += 1
    assert number >= 2
    assert problems(command, found) == []


def _prints_json(command):
    if isinstance(command, click.Group):
        return any(map(_prints_json, command.commands.values()))
    options = [one for one in command.params if one.name in ("form", "formats")]
    return any(re.search(r"\bjson\b", " ".join([*getattr(one.type, "choices", []), one.help or ""])) for one in options)


def test_every_command_that_prints_json_has_a_schema_a_case_and_a_line_in_the_docs():
    modules = {name: import_module(f"generator.cli.{name}{'_' * (name == 'import')}") for name in COMMANDS}
    names = {name for name, module in modules.items() if _prints_json(module.command)}
    assert names == {path.stem for path in FOLDER.iterdir()}
    page = (ROOT / "docs" / "programs.md").read_text(encoding="utf-8")
    assert [name for name in sorted(names) if f"| `{name}`" not in page] == []
    need_more = {"import", "release", "verify"}  # programs, an old tree, a registry: tests of their own validate them
    assert {case["run"].split()[0] for case in CASES} == names - need_more
