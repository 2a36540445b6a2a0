"""Reports as the commands write them: to forges and their runners, and in several forms at once."""

from __future__ import annotations

import json

from generator.report import FORMATS
from support.workflow_commands import commands
from support.workspace import workspace

SPEC = "services/web/pipeline.yaml"


def test_paths_count_from_the_root_of_the_repository_where_forges_look_for_them(tiphys, tmp_path):
    folder = workspace(tmp_path / "repository" / "deploy config")
    (tmp_path / "repository" / ".git").mkdir()
    spec = folder / SPEC
    spec.write_text(spec.read_text().replace('"1.0.0"', "1.0"))
    found = json.loads(tiphys("lint", "--format", "sarif", cwd=folder).stdout)["runs"][0]["results"][0]
    uri = found["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == "deploy%20config/services/web/pipeline.yaml"
    assert "primaryLocationLineHash" in found["partialFingerprints"]
    assert json.loads(tiphys("lint", "--format", "gitlab", cwd=folder).stdout)[0]["location"]["path"] == f"deploy config/{SPEC}"
    assert f"::error file=deploy config/{SPEC},line=9," in tiphys("lint", "--format", "github", cwd=folder).stdout
    assert json.loads(tiphys("lint", "--format", "json", cwd=folder).stdout)["diagnostics"][0]["path"] == SPEC


def test_in_a_workflow_annotations_and_the_summary_come_by_themselves(tiphys, tmp_path):
    folder = workspace(tmp_path / "w")
    spec = folder / SPEC
    spec.write_text(spec.read_text().replace('"1.0.0"', "1.0"))
    summary = tmp_path / "summary.md"
    summary.write_text("before\n")
    env = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary)}
    done = tiphys("lint", cwd=folder, env=env)
    assert done.returncode == 1
    assert [command for command, _, _ in commands(done.stdout)] == ["error"]
    assert summary.read_text().startswith("before\n**tiphys: 1 error**\n")
    tiphys("lint", "--format", "text", cwd=folder, env=env)
    assert summary.read_text().count("**tiphys:") == 1, "who asks for another form gets that alone"
    summary.write_text("x" * (1024 * 1024 - 4000))
    tiphys("lint", cwd=folder, env=env)
    assert summary.stat().st_size == 1024 * 1024 - 4000, "GitHub drops a summary that is too large whole"
    done = tiphys("lint", cwd=folder, env=env | {"GITHUB_STEP_SUMMARY": str(tmp_path / "no" / "such")})
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_in_a_workflow_a_diff_holds_no_command_either(tiphys, tmp_path):
    folder = workspace(tmp_path / "w")
    spec = folder / SPEC
    spec.write_text(
        spec.read_text().replace("spec:\n", 'spec:\n  values: {podAnnotations: {note: "a\\n::error::owned\\nb"}}\n')
    )
    assert tiphys("generate", cwd=folder).returncode == 0
    spec.write_text(spec.read_text().replace("1.0.0", "2.0.0").replace("owned\\nb", "owned\\nc"))
    edited = folder / "generated/dev/web/values.yaml"  # we write no command ourselves; who edits our files may
    edited.write_text(edited.read_text() + 'edited: "##[error]owned"\n')
    plain = tiphys("generate", "--diff", cwd=folder)
    there = tiphys("generate", "--diff", cwd=folder, env={"GITHUB_ACTIONS": "true"})
    assert commands(plain.stdout) != []
    assert commands(there.stdout) == []


def test_several_forms_at_once_say_the_same(tiphys, tmp_path):
    folder = workspace(tmp_path / "w")
    options = [f"--format={form}={form}.out" for form in FORMATS]
    done = tiphys("check", *options, cwd=folder)
    assert done.returncode == 1
    assert done.stdout == ""
    for form in FORMATS:
        text = (folder / f"{form}.out").read_text()
        assert text.count("TP901") >= 1, form
