"""The same workspace as other machines check it out: what is generated is the same, or one sentence says why not."""

from __future__ import annotations

import shutil

import pytest

from generator.system.files import Folder
from support.trees import read_tree
from support.workspace import SPEC, workspace


def generated(folder):
    return {path: text for path, text in read_tree(folder).items() if path.startswith("generated/")}


@pytest.fixture
def plain(tiphys, tmp_path):
    """Return what the base workspace generates."""
    made = workspace(tmp_path / "plain")
    assert tiphys("generate", cwd=made).returncode == 0
    return generated(made)


def inputs(folder):
    return [path for path in folder.rglob("*.yaml") if "generated" not in path.parts]


def crlf(folder):
    for path in inputs(folder):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))


def bom(folder):
    for path in inputs(folder):
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())


@pytest.mark.parametrize("change", [crlf, bom])
def test_line_ends_and_marks_of_other_editors_change_nothing(change, plain, tiphys, tmp_path):
    folder = workspace(tmp_path / "w")
    change(folder)
    done = tiphys("generate", cwd=folder)
    assert done.returncode == 0, done.stdout
    assert generated(folder) == plain
    assert tiphys("check", cwd=folder).returncode == 0


@pytest.mark.parametrize(
    "where",
    ["my repo", "größe-日本", "-q", "a'b\"c $(x)", "/".join(["d" * 200] * 15)],
    ids=["space", "unicode", "dash", "quotes", "long"],
)
def test_a_workspace_can_be_in_any_folder(where, plain, tiphys, tmp_path):
    folder = tmp_path / where
    folder.parent.mkdir(parents=True, exist_ok=True)
    workspace(folder)
    assert tiphys("generate", cwd=folder).returncode == 0
    assert generated(folder) == plain
    assert tiphys("lint", "--list-files", cwd=folder).stdout.splitlines()[-1] == "tiphys.yaml"


@pytest.mark.parametrize("name", ["my service", "größe", "d" * 200 + "/" + "e" * 200])
def test_a_spec_can_be_in_any_folder_or_is_refused_by_its_path(name, plain, tiphys, tmp_path):
    folder = workspace(tmp_path / "w")
    (folder / "services" / name).parent.mkdir(parents=True, exist_ok=True)
    shutil.move(folder / "services/web", folder / "services" / name)
    done = tiphys("generate", cwd=folder)
    assert "Traceback" not in done.stderr
    if done.returncode:
        assert f"services/{name}" in done.stdout
        assert "hint: " in done.stdout
        assert generated(folder) == {}
    else:
        assert generated(folder).keys() == plain.keys()


def test_a_link_above_the_workspace_is_followed_and_one_inside_is_refused(plain, tiphys, tmp_path):
    folder = workspace(tmp_path / "w")
    (tmp_path / "link").symlink_to(folder)
    assert tiphys("generate", cwd=tmp_path / "link").returncode == 0
    assert generated(folder) == plain
    shutil.move(folder / SPEC, tmp_path / "elsewhere.yaml")
    (folder / SPEC).symlink_to(tmp_path / "elsewhere.yaml")
    done = tiphys("check", cwd=folder)
    assert (done.returncode, f"{SPEC}:1:1: error[TP003]" in done.stdout) == (1, True), done.stdout
    assert not Folder(str(folder)).is_file(SPEC)
