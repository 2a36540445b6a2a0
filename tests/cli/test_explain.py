"""Whoever asks where a value comes from is sent to the line that says it, and to every line that it overrode."""

import json
import re
import shutil
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from support.paths import DATA, ROOT

EXAMPLE = ROOT / "examples" / "online-boutique"
CASES = YAML(typ="safe").load(Path(__file__).with_name("explain.yaml").read_text(encoding="utf-8"))
PLACE = re.compile(r"^  (\S+?):(\d+):(\d+)  ", re.MULTILINE)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_story_of_a_value_is_the_one_that_its_files_tell(case, tiphys):
    done = tiphys("explain", *case["ask"], cwd=EXAMPLE)
    if "refuses" in case:
        assert done.returncode == 2
        assert done.stdout == ""
        assert case["refuses"] in done.stderr
    else:
        assert done.returncode == 0, done.stderr
        assert PLACE.sub(r"\1  ", done.stdout).splitlines() == case["says"]


@pytest.mark.parametrize("case", [case for case in CASES if "says" in case], ids=lambda case: case["name"])
def test_every_line_that_is_named_speaks_of_the_value(case, tiphys):
    told = tiphys("explain", *case["ask"], cwd=EXAMPLE).stdout.splitlines()[1:]
    last = re.split(r"[.\[]", case["ask"][-1])[-1]
    for line in told:
        place = PLACE.match(line)
        if place:
            file, number, column = place.groups()
            path = ROOT / file.removeprefix("tiphys:") if file.startswith("tiphys:") else EXAMPLE / file
            there = path.read_text(encoding="utf-8").splitlines()[int(number) - 1]
            keys = {last, case["ask"][-1].split(".")[0]}
            assert any(f"{key}:" in there for key in keys), f"{file}:{number} is {there!r}"
            assert int(column) <= len(there)


def test_programs_get_the_same_story_with_values_of_their_types(tiphys):
    done = tiphys("explain", "loadgenerator", "--env", "prod", "replicas", "--format", "json", cwd=EXAMPLE)
    told = json.loads(done.stdout)
    assert (told["version"], told["path"], told["found"], told["value"], told["derived"]) == (1, "replicas", True, 1, False)
    assert [(one["layer"], one["path"], one["value"]) for one in told["layers"]] == [
        ("spec", "services/loadgenerator/pipeline.yaml", 1),
        ("environment prod: defaults", "environments/prod.yaml", 4),
    ]
    assert [(one["layer"], one["value"]) for one in told["bounds"]] == [("policy.replicas", {"max": 20})]
    spec = (EXAMPLE / told["layers"][0]["path"]).read_text(encoding="utf-8").splitlines()
    assert "replicas: 1" in spec[told["layers"][0]["line"] - 1]


def test_a_service_that_is_not_deployed_there_is_told_how_to_deploy_it(tiphys, tmp_path):
    shutil.copytree(EXAMPLE, tmp_path / "w")
    spec = tmp_path / "w" / "services" / "adservice" / "pipeline.yaml"
    spec.write_text(re.sub(r"\n    prod:(\n      .*)*", "", spec.read_text(encoding="utf-8")), encoding="utf-8")
    done = tiphys("explain", "adservice", "--env", "prod", "replicas", cwd=tmp_path / "w")
    assert done.returncode != 0
    assert "adservice" in done.stderr
    assert "spec.environments" in done.stderr


def test_a_spec_that_cannot_be_read_is_reported_at_its_line_and_not_explained(tiphys, tmp_path):
    shutil.copytree(EXAMPLE, tmp_path / "w")
    spec = tmp_path / "w" / "services" / "adservice" / "pipeline.yaml"
    spec.write_text(spec.read_text(encoding="utf-8") + "\n  nonsense: true\n", encoding="utf-8")
    done = tiphys("explain", "adservice", "--env", "prod", "replicas", cwd=tmp_path / "w")
    assert done.returncode == 1
    assert "services/adservice/pipeline.yaml:" in done.stdout + done.stderr
    assert "nonsense" in done.stdout + done.stderr


def test_a_null_that_is_a_value_is_not_told_as_one_that_removes_something(tiphys, tmp_path):
    folder = shutil.copytree(DATA / "cases" / "names", tmp_path / "w")
    done = tiphys("explain", "desk", "--env", "dev", "chart.fullname", cwd=folder)
    assert done.stdout.splitlines()[0] == "chart.fullname: null"
    assert done.stdout.splitlines()[1].endswith("sets it"), done.stdout


def test_a_field_is_explained_without_a_workspace(tiphys, tmp_path):
    done = tiphys("explain", "spec.rollout", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("spec.rollout: a mapping\n\nHow a new version takes over.")
    wrong = tiphys("explain", "environment.spec.polici", cwd=tmp_path)
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert (
        wrong.stderr
        == "tiphys: unknown field `spec.polici` in the file format `environment`\n  = hint: did you mean `policy`?\n"
    )
    malformed = tiphys("explain", "spec..x", cwd=tmp_path)
    assert (malformed.returncode, "is not a valid path" in malformed.stderr) == (2, True)
