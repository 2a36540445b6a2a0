"""`lint --fix` writes what can be nothing else, at the bytes that are wrong, and leaves the rest to the person."""

import os
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from support.trees import read_tree
from support.workspace import workspace

CASES = YAML(typ="safe").load(Path(__file__).with_name("fix.yaml").read_text(encoding="utf-8"))
SPEC = "services/web/pipeline.yaml"
LINE = '    dev: {image: {tag: "1.1.0"}}'


@pytest.fixture
def folder(tmp_path):
    return workspace(tmp_path / "w")


def spec_with(folder, line):
    text = (folder / SPEC).read_text(encoding="utf-8")
    assert LINE in text
    return text.replace(LINE, line)


@pytest.mark.parametrize("dress", ["lf", "crlf", "bom"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_only_the_bytes_that_are_wrong_change(case, dress, folder, tiphys):
    def dressed(text):
        raw = text.replace("\n", "\r\n").encode() if dress == "crlf" else text.encode()
        return b"\xef\xbb\xbf" + raw if dress == "bom" else raw

    before, after = (dressed(spec_with(folder, case.get(side, case["before"]))) for side in ("before", "after"))
    (folder / SPEC).write_bytes(before)
    others = {path: content for path, content in read_tree(folder).items() if path != SPEC}
    done = tiphys("lint", "--fix", cwd=folder)
    assert "Traceback" not in done.stderr
    if case.get("unsafe"):
        assert (folder / SPEC).read_bytes() == before
        assert done.returncode == 1
        done = tiphys("lint", "--fix", "--unsafe-fixes", cwd=folder)
    assert (folder / SPEC).read_bytes() == after
    assert ("fixed " in done.stderr) == (before != after)
    assert {path: content for path, content in read_tree(folder).items() if path != SPEC} == others
    assert tiphys("lint", "--fix", cwd=folder).returncode == tiphys("lint", cwd=folder).returncode
    assert (folder / SPEC).read_bytes() == after


def test_what_could_be_fixed_is_counted_with_the_command_that_does_it(folder, tiphys):
    (folder / SPEC).write_text(spec_with(folder, "    dev: {image: {tag: 1.10}, replicas: lots}"), encoding="utf-8")
    done = tiphys("lint", cwd=folder)
    assert done.stderr.splitlines()[-1].startswith("2 errors in 1 file; 1 of them can be fixed: ")
    assert done.stderr.splitlines()[-1].endswith(" lint --fix")


def test_what_was_written_is_told_and_what_is_left_is_shown_as_the_file_is_now(folder, tiphys):
    (folder / SPEC).write_text(spec_with(folder, "    dev: {image: {tag: 1.10}, replicas: lots}"), encoding="utf-8")
    done = tiphys("lint", "--fix", cwd=folder)
    assert done.returncode == 1
    assert f"{SPEC}:" in done.stderr.splitlines()[0]
    assert done.stderr.splitlines()[0].endswith('wrote "1.10"')
    assert done.stderr.splitlines()[1:] == ["fixed 1 problem in 1 file", "1 error in 1 file"]
    assert 'dev: {image: {tag: "1.10"}, replicas: lots}' in done.stdout


def test_files_beside_the_specs_are_fixed_and_those_that_are_not_named_are_not(folder, tiphys):
    environment = folder / "environments/dev.yaml"
    whole = environment.read_text(encoding="utf-8")
    environment.write_text(whole + "  defaults: {replicas: '2'}\n" if "defaults:" not in whole else whole, encoding="utf-8")
    broken = environment.read_bytes()
    (folder / SPEC).write_text(spec_with(folder, "    dev: {image: {tag: 1.10}}"), encoding="utf-8")
    tiphys("lint", "--fix", "services", cwd=folder)
    assert environment.read_bytes() == broken
    assert '"1.10"' in (folder / SPEC).read_text(encoding="utf-8")
    done = tiphys("lint", "--fix", cwd=folder)
    assert done.returncode == 0, done.stdout
    assert "replicas: 2}" in environment.read_text(encoding="utf-8")


def test_a_spec_behind_a_symbolic_link_is_refused_and_not_replaced(folder, tmp_path, tiphys):
    outside = tmp_path / "outside.yaml"
    outside.write_text(spec_with(folder, "    dev: {image: {tag: 1.10}}"), encoding="utf-8")
    (folder / SPEC).unlink()
    os.symlink(outside, folder / SPEC)
    before = outside.read_bytes()
    done = tiphys("lint", "--fix", cwd=folder)
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert outside.read_bytes() == before
    assert (folder / SPEC).is_symlink()


def test_a_workspace_whose_own_file_is_broken_is_reported_and_nothing_is_written(folder, tiphys):
    workspace_file = folder / "tiphys.yaml"
    workspace_file.write_text(workspace_file.read_text(encoding="utf-8") + "  output: 1.10\n", encoding="utf-8")
    (folder / SPEC).write_text(spec_with(folder, "    dev: {image: {tag: 1.10}}"), encoding="utf-8")
    before = read_tree(folder)
    done = tiphys("lint", "--fix", cwd=folder)
    assert done.returncode == 2
    assert "tiphys.yaml:" in done.stdout
    assert read_tree(folder) == before


@pytest.mark.parametrize(
    "arguments",
    [
        ["--unsafe-fixes"],
        ["--fix", "--write-baseline", "--baseline", "b.json"],
        ["--fix", "--manifests", "."],
        ["--fix", "-", "--stdin-filename", SPEC],
    ],
    ids=" ".join,
)
def test_a_fix_of_what_cannot_be_written_is_a_wrong_use(arguments, folder, tiphys):
    done = tiphys("lint", *arguments, cwd=folder, stdin="a: 1\n")
    assert done.returncode == 2
    assert "fix" in done.stderr


MODELINE = "# yaml-language-server: $schema=../../.tiphys/pipeline.schema.json"


@pytest.fixture
def schemed(folder):
    (folder / ".tiphys").mkdir()
    (folder / ".tiphys/pipeline.schema.json").write_text("{}", encoding="utf-8")
    return folder


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "bom"])
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize(
    "head", ["", "---\n", "# owned by the shop team\n", "\n# tiphys: ignore-file[TP070] because it is old\n---\n"]
)
def test_a_spec_gets_the_line_that_editors_read_and_keeps_every_other_byte(mark, end, head, schemed, tiphys):
    text = (head + (schemed / SPEC).read_text(encoding="utf-8")).replace("\n", end)
    (schemed / SPEC).write_bytes(mark + text.encode())
    found = tiphys("lint", "--format", "concise", cwd=schemed)
    assert found.returncode == 0
    assert f"{SPEC}:1:1: note TP071 " in found.stdout
    done = tiphys("lint", "--fix", cwd=schemed)
    assert "Traceback" not in done.stderr
    assert (schemed / SPEC).read_bytes() == mark + f"{MODELINE}{end}{text}".encode()
    assert (
        f"{SPEC}:1:1: the spec does not refer to its schema, so editors cannot complete or check it: wrote {MODELINE}\n"
        in done.stderr
    )
    assert "TP071" not in tiphys("lint", "--fix", "--format", "concise", cwd=schemed).stdout
    assert (schemed / SPEC).read_bytes() == mark + f"{MODELINE}{end}{text}".encode()


@pytest.mark.parametrize(
    "line",
    [
        MODELINE,
        "# yaml-language-server: $schema=https://example.com/s.json",
        "# $schema: ../s.json",
        "#yaml-language-server:$schema=x",
    ],
)
def test_a_spec_that_names_a_schema_is_left_as_it_is(line, schemed, tiphys):
    text = f"# first\n{line}\n{(schemed / SPEC).read_text(encoding='utf-8')}"
    (schemed / SPEC).write_text(text, encoding="utf-8")
    assert "TP071" not in tiphys("lint", "--fix", "--format", "concise", cwd=schemed).stdout
    assert (schemed / SPEC).read_text(encoding="utf-8") == text


def test_where_there_is_no_schema_to_name_or_the_rule_is_off_nobody_is_told(folder, schemed, tiphys):
    assert "TP071" not in tiphys("lint", "--ignore", "modeline", "--format", "concise", cwd=schemed).stdout
    assert "TP071" not in tiphys("check", "--format", "concise", cwd=schemed).stdout
    (folder / ".tiphys/pipeline.schema.json").unlink()
    assert "TP071" not in tiphys("lint", "--format", "concise", cwd=folder).stdout


def test_a_modeline_and_another_fix_are_written_in_one_run(schemed, tiphys):
    (schemed / SPEC).write_text(spec_with(schemed, "    dev: {image: {tag: 1.10}}"), encoding="utf-8")
    done = tiphys("lint", "--fix", cwd=schemed)
    assert done.returncode == 0, done.stdout + done.stderr
    text = (schemed / SPEC).read_text(encoding="utf-8")
    assert text.startswith(MODELINE + "\n")
    assert '    dev: {image: {tag: "1.10"}}' in text
    assert "fixed 2 problems in 1 file\n" in done.stderr
