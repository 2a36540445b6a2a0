"""The reader takes only what every reader of YAML agrees on, and says where it does not."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from generator.diagnostics import Span
from generator.errors import Rejected
from generator.syntax.reader import locating, parse, try_parse
from generator.syntax.reader.characters import forbidden_in_file
from support.paths import ROOT

CASES = yaml.safe_load(Path(__file__).with_name("reader.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", CASES)
def test_refused_with_the_place_and_the_reason(name):
    case = CASES[name]
    _, found = try_parse("f.yaml", case["text"].encode("utf-8"))
    assert [f"{item.span.line}:{item.span.column} {item.rule} {item.message}" for item in found] == case["found"]
    assert all(item.hint for item in found), "every problem says what to do about it"


@pytest.mark.parametrize(
    ("raw", "rule", "where"),
    [
        (b"\xff\xfea\x00", "TP004", (1, 1)),
        (b"\x00a\x00:", "TP004", (1, 1)),
        (b"a: caf\xe9\n", "TP004", (1, 7)),
        (b"a: 1\nb: \xc3\n", "TP004", (2, 4)),
        (b"a: 1\n\x00", "TP005", (2, 1)),
        (b"a: " + b"x" * (256 * 1024), "TP006", (1, 1)),
        (b"a: " + b"x" * 17_000, "TP006", (1, 4)),
        (b"x" * 300 + b": 1", "TP006", (1, 1)),
        (b"a: " + b"[" * 50_000, "TP006", (1, 35)),
        (b"[" * 100_000, "TP015", (1, 1)),
        (b"? " * 50_000, "TP013", (1, 3)),
        (b"a: [" + b"1, " * 25_000 + b"]", "TP006", (1, 59999)),
        (b"a: " + b"&a " * 200, "TP008", (1, 4)),
        (b'a: "\\ud800"', "TP001", (1, 7)),
    ],
)
def test_hostile_bytes_are_refused_quickly(raw, rule, where):
    source, found = try_parse("f.yaml", raw)
    assert source is None or found
    assert (found[0].rule, (found[0].span.line, found[0].span.column)) == (rule, where)
    assert len(found) <= 100


@settings(max_examples=400, deadline=None, derandomize=True)
@given(st.binary(max_size=200))
@example(b"{0: ")
@example(b"- ? ")
def test_no_bytes_make_the_reader_raise_anything_but_its_own_error(raw):
    with suppress(Rejected):
        parse("f.yaml", raw)


@settings(max_examples=600, deadline=None, derandomize=True)
@given(st.text("abc01: -[]{},&*!|>'\"%@`#\n\t?~.", max_size=60))
def test_no_text_makes_the_reader_raise_anything_but_its_own_error(text):
    with suppress(Rejected):
        parse("f.yaml", text.encode())


def test_places_point_at_keys_and_values():
    source = parse("f.yaml", b'a:\n  b: "x"\n  c: [1, {d: 2}]\n')
    assert source.data == {"a": {"b": "x", "c": [1, {"d": 2}]}}
    assert source.places[("a", "b")].key == Span(2, 3, 2, 4)
    assert source.places[("a", "b")].value == Span(2, 6, 2, 9)
    assert source.places[("a", "c", 1, "d")].value == Span(3, 14, 3, 15)
    assert source.span_of(("a",)) == Span(1, 1, 1, 2), "a map is pointed at by its key"
    assert source.span_of_key(("a", "missing", "deeper")) == Span(1, 1, 1, 2), "what is missing is pointed at by what is there"


def test_columns_count_characters_and_survive_windows_lines_and_a_byte_order_mark():
    source = parse("f.yaml", "\ufeffé: {日本: x}\r\nb: z\r\n".encode())
    assert source.places[("é", "日本")].value == Span(1, 10 - 1, 1, 10)
    assert source.places[("b",)].value == Span(2, 4, 2, 5)


def test_reading_with_and_without_places_gives_the_same_data():
    raw = (ROOT / "examples/online-boutique/services/frontend/pipeline.yaml").read_bytes()
    source = parse("f.yaml", raw)
    before = source.data
    assert source.places
    assert source.data is before
    assert before == YAML(typ="safe", pure=True).load(raw)


WRITTEN = [
    "a: 1\nb: {c: [x, {d: z}], e: null}\n",
    "? a\n: - - 1\n    - 2\n  - {}\n'b': \"c\"\n",
    "a:\n- b: |\n    text\n  c: >-\n    more\n- - d\n",
    "{a: {b: {c: [1, [2, 3]]}}, '0': x}\n",
    "---\n# comment\né:\n  日本: [x]  # y\n...\n",
]
EXAMPLES = [path.read_text(encoding="utf-8") for path in sorted(ROOT.glob("examples/*/services/*/pipeline.yaml"))[:3]]


@pytest.mark.parametrize("text", [*WRITTEN, *EXAMPLES])
def test_the_first_finding_in_a_file_has_the_place_that_it_has_among_many(text):
    among = parse("f.yaml", text.encode())
    assert len(among.places) > 1
    for pointer in among.places:
        for asked in (pointer, (*pointer, "missing"), (*pointer, 99), (*pointer, 0), (*pointer, "0", "deeper")):
            alone = parse("f.yaml", text.encode())
            for look in ("span_of", "span_of_key", "span_of_value"):
                assert getattr(alone, look)(asked) == getattr(among, look)(asked), (look, asked)


def test_of_two_equal_keys_the_place_of_the_one_that_counts_is_told():
    source, problems = try_parse("f.yaml", b"a: {b: 1}\na: {c: 2}\n")
    assert [problem.rule for problem in problems] == ["TP007"]
    assert source.span_of(("a", "c")) == Span(2, 8, 2, 9)


def test_a_file_with_many_findings_is_not_parsed_for_each(monkeypatch):
    asked = []
    locate = locating.locate
    monkeypatch.setattr(locating, "locate", lambda text, pointer: asked.append(pointer) or locate(text, pointer))
    source = parse("f.yaml", b"a: 1\nb: 2\nc: 3\nd: 4\n")
    assert [source.span_of((key,)).line for key in "abcdabcd"] == [1, 2, 3, 4, 1, 2, 3, 4]
    assert asked == [("a",), ("b",)]


@pytest.mark.parametrize("number", [*range(0x20), 0x7F])
def test_a_control_character_in_an_otherwise_plain_file_is_not_overlooked(number):
    found = [problem.rule for problem in forbidden_in_file(f"a: b\nc: d{chr(number)}e\n")]
    assert found == ([] if chr(number) in "\t\n" else ["TP017"] if chr(number) == "\r" else ["TP005"])


@pytest.mark.parametrize("mark", ["<<<<<<< HEAD", ">>>>>>> main"])
def test_a_merge_conflict_in_a_plain_file_is_not_overlooked(mark):
    assert [problem.rule for problem in forbidden_in_file(f"a: b\n{mark}\nc: d\n")] == ["TP016"]
    assert forbidden_in_file(f"a: b # {mark}\n") == []
