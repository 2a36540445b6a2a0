"""Every kind of bad input: the whole report as its author sees it, and nothing written."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from support.transcript import transcript
from support.trees import read_tree
from support.workspace import workspace

HERE = Path(__file__).with_name("rejected")
CASES = sorted(path.name for path in HERE.iterdir())


@pytest.mark.parametrize("case", CASES)
def test_bad_input_is_named_with_its_place_and_the_way_out_and_nothing_is_written(case, tiphys, tmp_path, golden):
    folder = workspace(tmp_path / "w", HERE / case)
    before = read_tree(folder)
    done = tiphys("generate", cwd=folder)
    assert done.returncode in (1, 2)
    assert "Traceback" not in done.stderr
    assert read_tree(folder) == before
    golden(transcript(done).replace(str(folder), "WORKSPACE"), HERE / case / "expected.txt")
    assert tiphys("check", cwd=folder).returncode == done.returncode, "check and generate see the same"


def spec_is_a_directory(spec: Path) -> None:
    spec.unlink()
    spec.mkdir()


def spec_is_a_broken_link(spec: Path) -> None:
    spec.unlink()
    spec.symlink_to("nowhere.yaml")


def spec_is_a_link_out(spec: Path) -> None:
    outside = spec.parents[3] / "outside.yaml"
    spec.rename(outside)
    spec.symlink_to(outside)


def spec_is_a_fifo(spec: Path) -> None:
    spec.unlink()
    os.mkfifo(spec)


def spec_is_a_link_to_itself(spec: Path) -> None:
    spec.unlink()
    spec.symlink_to(spec.name)


def spec_has_a_megabyte(spec: Path) -> None:
    spec.write_text("a: " + "x" * 1_000_000)


@pytest.mark.parametrize(
    ("change", "rule", "said"),
    [
        (spec_is_a_directory, "TP003", "the file is a directory"),
        (spec_is_a_broken_link, "TP003", "the file is a symbolic link to `nowhere.yaml`, which does not exist"),
        (spec_is_a_link_out, "TP003", "the file is a symbolic link that leaves the workspace"),
        (spec_is_a_fifo, "TP003", "the file is not a regular file"),
        (spec_is_a_link_to_itself, "TP003", "the file is a symbolic link to `pipeline.yaml`, which does not exist"),
        (spec_has_a_megabyte, "TP006", "the file has 1,000,003 bytes; the maximum is 262,144"),
    ],
)
def test_a_spec_that_is_no_file_is_one_finding_at_its_path(change, rule, said, tiphys, tmp_path):
    folder = workspace(tmp_path / "w")
    change(folder / "services" / "web" / "pipeline.yaml")
    done = tiphys("generate", "--format", "concise", cwd=folder)
    assert done.stdout == f"services/web/pipeline.yaml:1:1: error {rule} {said}\n"
    assert done.returncode == 1
    assert not (folder / "generated").exists()


def test_a_folder_whose_name_would_break_the_first_line_of_generated_files_is_refused(tiphys, tmp_path):
    folder = workspace(tmp_path / "w")
    shutil.move(folder / "services" / "web", folder / "services" / "we\nkind: Evil")
    done = tiphys("generate", "--format", "concise", cwd=folder)
    assert done.returncode == 1
    assert "has a path with characters that are not printable" in done.stdout
    assert not (folder / "generated").exists()


def test_a_path_that_is_not_utf8_is_refused(tiphys, tmp_path):
    folder = workspace(tmp_path / "w")
    os.rename(folder / "services" / "web", os.fsencode(folder / "services") + b"/w\xff")
    done = tiphys("generate", "--format", "json", cwd=folder)
    assert (done.returncode, "Traceback" in done.stderr) == (1, False), done.stderr


def test_a_link_inside_the_workspace_is_refused_as_every_link_is(tiphys, tmp_path):
    folder = workspace(tmp_path / "w")
    spec = folder / "services" / "web" / "pipeline.yaml"
    spec.rename(folder / "shared.yaml")
    spec.symlink_to("../../shared.yaml")
    done = tiphys("generate", "--format", "concise", cwd=folder)
    said = "services/web/pipeline.yaml:1:1: error TP003 the file is a symbolic link; Tiphys reads only regular files\n"
    said += (
        "shared.yaml:1:1: error TP043 this file is ignored: it is a Pipeline, "
        "but no pattern of `spec.specs` in tiphys.yaml matches it\n"
    )
    assert (done.returncode, done.stdout) == (1, said)
    assert not (folder / "generated").exists()


def test_no_specs_at_all_is_an_error_and_never_means_delete_everything(tiphys, tmp_path):
    folder = workspace(tmp_path / "w")
    assert tiphys("generate", cwd=folder).returncode == 0
    before = read_tree(folder / "generated")
    shutil.rmtree(folder / "services")
    done = tiphys("generate", "--allow-delete", cwd=folder)
    assert done.returncode == 2
    assert "no specs found" in done.stderr
    assert "tiphys add SERVICE" in done.stderr
    assert read_tree(folder / "generated") == before


def test_outside_of_any_workspace_the_way_in_is_named(tiphys, tmp_path):
    done = tiphys("check", cwd=tmp_path)
    assert done.returncode == 2
    assert "tiphys init" in done.stderr
