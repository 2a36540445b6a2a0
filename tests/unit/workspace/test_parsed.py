"""The memory of parsed files: what it saves, and what it must never change."""

from __future__ import annotations

from generator.workspace.load import Loader
from generator.workspace.parsed import Parsed

SPEC = b"apiVersion: tiphys/v1\nkind: Pipeline\nmetadata:\n  name: web\nspec:\n  replicaz: 3\n"


def test_a_file_that_did_not_change_is_parsed_once_and_one_that_did_is_parsed_again():
    parsed = Parsed()
    first = parsed.file("a.yaml", SPEC)
    assert parsed.file("a.yaml", bytes(bytearray(SPEC))) is first, "the same content, read again"
    other = parsed.file("a.yaml", SPEC.replace(b"web", b"shop"))
    assert other.source.data["metadata"]["name"] == "shop"
    assert parsed.file("a.yaml", SPEC) is first, "an edit does not displace what is on disk"
    assert parsed.file("b.yaml", SPEC).source.path == "b.yaml"


def test_a_file_that_keeps_changing_does_not_fill_the_memory():
    parsed = Parsed()
    first = parsed.file("a.yaml", b"a: 0\n")
    for number in range(1, 50):
        parsed.file("a.yaml", b"a: %d\n" % number)
    assert parsed.file("a.yaml", b"a: 0\n") is not first


def test_a_remembered_file_is_reported_with_all_its_problems_and_suppressions_each_time(tmp_path):
    (tmp_path / "web.yaml").write_bytes(SPEC.replace(b"replicaz: 3", b"replicaz: 3  # tiphys: ignore[TP201] because of a test"))
    parsed = Parsed()
    loaders = [Loader(str(tmp_path), parsed=parsed) for _ in range(2)] + [Loader(str(tmp_path))]
    for loader in loaders:
        assert loader.source("web.yaml", "pipeline") is None
    first, again, fresh = ((loader.problems(), loader.broken, loader.take_ignores()) for loader in loaders)
    assert first == again == fresh
    assert fresh[0]
    assert fresh[2]
