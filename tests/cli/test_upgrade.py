"""`tiphys upgrade`: the schemas that editors read are those of the installed version."""

from __future__ import annotations

import pytest

from support.trees import read_tree


@pytest.fixture
def new(tiphys, tmp_path):
    assert tiphys("init", "w", cwd=tmp_path).returncode == 0
    return tmp_path / "w"


def test_a_schema_of_another_version_is_told_of_and_replaced(new, tiphys):
    before = read_tree(new)
    (new / ".tiphys/pipeline.schema.json").write_text("{}\n")
    (new / ".tiphys/rule.schema.json").unlink()
    said = tiphys("lint", "--format", "concise", "--select", "TP072", cwd=new).stdout
    assert ".tiphys/pipeline.schema.json:1:1: note TP072 " in said
    assert "rule.schema.json" not in said, "what nobody has is not missed"
    broken = read_tree(new)
    done = tiphys("upgrade", "--check", cwd=new)
    assert (done.returncode, done.stdout) == (1, ".tiphys/pipeline.schema.json differs\n.tiphys/rule.schema.json is missing\n")
    assert read_tree(new) == broken
    done = tiphys("upgrade", cwd=new)
    assert (done.returncode, done.stdout) == (0, "updated .tiphys/pipeline.schema.json\ncreated .tiphys/rule.schema.json\n")
    assert read_tree(new) == before
    assert tiphys("upgrade", "--check", cwd=new).returncode == 0
    assert "TP072" not in tiphys("lint", cwd=new).stdout


def test_a_workspace_that_excludes_the_installed_version_is_left_alone(new, tiphys):
    path = new / "tiphys.yaml"
    path.write_text(path.read_text().replace('">=0.1,<1"', '">=7"'))
    (new / ".tiphys/rule.schema.json").write_text("{}\n")
    done = tiphys("upgrade", cwd=new)
    assert (done.returncode, "tiphys.yaml:7:13: this workspace requires tiphys >=7" in done.stderr) == (2, True), done.stderr
    assert (new / ".tiphys/rule.schema.json").read_text() == "{}\n"


def test_a_link_in_the_place_of_a_schema_is_not_written_through(new, tiphys, tmp_path):
    outside = tmp_path / "mine"
    outside.write_text("mine\n")
    (new / ".tiphys/rule.schema.json").unlink()
    (new / ".tiphys/rule.schema.json").symlink_to(outside)
    done = tiphys("upgrade", cwd=new)
    assert (done.returncode, "symbolic link" in done.stderr, outside.read_text()) == (1, True, "mine\n")


def test_a_workspace_without_schemas_gets_none(new, tiphys):
    for path in (new / ".tiphys").iterdir():
        path.unlink()
    done = tiphys("upgrade", cwd=new)
    assert (done.returncode, "there are no schemas" in done.stderr) == (0, True)
    assert list((new / ".tiphys").iterdir()) == []
