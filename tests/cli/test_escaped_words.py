"""Keys and names that are written with escapes are the same in YAML: no gate and no rule may look for their letters."""

from __future__ import annotations

import json

import pytest

from generator.kubernetes import manifests
from generator.syntax.reader.words import may_be_named, may_contain
from support.called import call, called
from support.repositories import Repository, environment, spec

pytestmark = pytest.mark.usefixtures("git")
WEB, API = "services/web/pipeline.yaml", "services/api/pipeline.yaml"


@pytest.fixture
def repository(tmp_path):
    made = Repository(tmp_path / "r")
    made.write("environments/prod.yaml", environment("prod", more="  promotion: {from: dev, soak: 2h}\n"))
    made.write(WEB, spec("web", dev="1.1.0", prod="1.0.0").replace("{name: web}", '{name: "w\\x65b"}'))
    needs = '"d\\x65pendsOn": [{service: web, version: ">=1.0"}]'
    made.write(API, spec("api", dev="0.2.0", prod="0.1.0").replace("spec:\n", f"spec:\n  {needs}\n"))
    made.commit("begin")
    call(made, "generate")
    made.commit("generate")
    return made


def test_a_service_with_an_escaped_name_has_its_history_and_can_be_moved(repository):
    found = json.loads(call(repository, "history", "web", "--env", "prod", "--format", "json"))
    assert [one["image"]["tag"] if isinstance(one["image"], dict) else one["image"] for one in found["releases"]] == ["1.0.0"]
    call(repository, "bump", "web", "--env", "prod", "--image-tag", "1.2.0", "--commit")


def test_what_a_service_needs_counts_however_its_key_is_written(repository):
    done = called(repository, "bump", "web", "--env", "prod", "--image-tag", "0.9.0", "--force", "--reason", "old", "--commit")
    assert "api in prod needs web >=1.0" in str(getattr(done.exception, "message", done.output))


def test_an_object_in_a_directory_is_checked_however_its_keys_are_written():
    raw = b'"\\u0061piVersion": v1\n"k\\x69nd": Pod\nmetadata: {name: a}\n'
    assert [item.kind for item in manifests.read("a.yaml", raw, named=False).objects] == ["Pod"]
    many = b"---\na: b\n" * 12_000 + b"---\n" + raw
    assert [item.kind for item in manifests.read("a.yaml", many, named=True).objects] == ["Pod"]


@pytest.mark.parametrize("raw", [b"a: windows", b'"w\\x69ndows": 1', b'"\\u0077indows": 1', b'? "win\\\n  dows"\n: 1'])
def test_a_file_that_may_contain_a_word_is_parsed(raw):
    assert may_contain(raw, ["windows"])
    assert may_be_named(raw, "windows")


def test_other_files_need_no_parser():
    assert not may_contain(b"window: s", ["windows"])
    assert not may_be_named(b"name: my-windows", "windows")
