"""What an editor is told, without an editor: from the place of a cursor to what can be written and what is known there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from generator.diagnostics import Span
from generator.editor.completion import proposals, spelled, suppressible
from generator.editor.cursor import cursor_at, keys_beside
from generator.editor.hover import about_shape
from generator.editor.names import Name, Thing
from generator.editor.outline import scan
from generator.editor.positions import Position, Text
from generator.editor.shapes import Shapes
from generator.editor.spots import spot_at
from generator.syntax.reader import try_parse
from support.paths import ROOT

CASES = YAML(typ="safe").load(Path(__file__).with_name("editor.yaml").read_text(encoding="utf-8"))
MARK = "‸"
NAMES = {
    Thing.ENVIRONMENT: (Name("dev", ""), Name("staging", "")),
    Thing.PRESET: (Name("blue-green", ""), Name("gradual-canary", "")),
    Thing.CHART: (Name("service", ""),),
    Thing.PROFILE: (Name("service", ""),),
    Thing.IMAGE: (Name("cache", ""), Name("proxy", "")),
    Thing.DESTINATION: (Name("us", "", of="prod"), Name("eu", "", of="prod"), Name("lab", "", of="dev")),
    Thing.RULE: (Name("TP201", ""), Name("TP204", "")),
}


def cases(*fields):
    chosen = [case for case in CASES if any(field in case for field in fields)]
    assert chosen
    return pytest.mark.parametrize("case", chosen, ids=lambda case: case["name"])


def shapes(kind):
    return Shapes(json.loads((ROOT / "schemas" / f"{kind}.schema.json").read_text(encoding="utf-8")))


def marked(case):
    text = case["text"]
    before, _, after = text.partition(MARK)
    return before + after, before.count("\n") + 1, len(before) - before.rfind("\n")


def proposed(case, *, eol="\n"):
    text, line, column = marked(case)
    text = text.replace("\n", eol)
    rules = suppressible(text.split("\n")[line - 1][: column - 1], NAMES)
    if rules:
        return None, rules
    cursor = cursor_at(text, line, column)
    kind = case.get("kind", "pipeline")
    return cursor, proposals(cursor, kind, shapes(kind), NAMES, keys_beside(text, cursor)) if cursor else []


@cases("proposes", "some", "none", "inserts", "word")
@pytest.mark.parametrize("eol", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_what_can_be_written_at_a_cursor_is_proposed_and_nothing_else(case, eol):
    cursor, found = proposed(case, eol=eol)
    labels = [one.label for one in found]
    assert len(labels) == len(set(labels))
    if case.get("none"):
        assert labels == []
    if "proposes" in case:
        assert labels == case["proposes"]
    assert set(case.get("some", ())) <= set(labels)
    assert not set(case.get("not", ())) & set(labels)
    by_label = {one.label: one for one in found}
    assert {label: by_label[label].insert for label in case.get("inserts", {})} == case.get("inserts", {})
    assert {label: by_label[label].snippet for label in case.get("snippets", {})} == case.get("snippets", {})
    if "word" in case:
        assert marked(case)[0].split("\n")[cursor.line - 1][cursor.start - 1 : cursor.end - 1] == case["word"]


@cases("on")
def test_a_hover_is_about_the_key_or_value_under_it(case):
    text, line, column = marked(case)
    spot = spot_at(text, try_parse("x.yaml", text.encode())[0], line, column)
    assert (list(spot.pointer) if spot else None) == case["on"]


FILES = [
    path
    for folder in ("examples", "environments", "templates", "tests/data/base", "tests/data/cases")
    for path in sorted((ROOT / folder).rglob("*.yaml"))
    if "generated" not in path.parts and "expected" not in path.parts
]


@pytest.mark.parametrize("eol", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_keys_found_without_a_parser_are_those_that_the_reader_finds(eol):
    seen = 0
    for path in FILES:
        text = path.read_text(encoding="utf-8").replace("\n", eol)
        source, problems = try_parse(str(path), text.encode())
        if source is None or problems:
            continue
        seen += 1
        found = sorted((key.line, key.column, key.pointer) for key in scan(source.text))
        places = [(place.key.line, place.key.column, at) for at, place in source.places.items() if at]
        assert found == sorted(place for place in places if isinstance(place[2][-1], str)), path
    assert seen > 50


SPECS = [path for path in FILES if path.name == "pipeline.yaml" and "examples" in path.parts]


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.parent.name)
def test_every_field_of_a_real_spec_is_proposed_once_its_first_letters_are_typed(path):
    text = path.read_text(encoding="utf-8")
    lines, known, seen = text.split("\n"), shapes("pipeline"), 0
    for at, place in try_parse(str(path), text.encode())[0].places.items():
        if not at or at[-1] not in (known.at(at[:-1]) or {}).get("properties", {}):
            continue
        line, column = place.key.line, place.key.column
        above, typed, below = lines[: line - 1], lines[line - 1][: column + 1], lines[line:]
        for others in ([], below):
            now = "\n".join([*above, typed, *others])
            cursor = cursor_at(now, line, column + 2)
            assert at[-1] in [one.label for one in proposals(cursor, "pipeline", known, NAMES, keys_beside(now, cursor))], at
            assert (cursor.start, cursor.end) == (column, column + 2)
        seen += 1
    assert seen > 5


@given(st.text(alphabet="ab:-{}[],\"'# \n\r\t|>&*🚢", max_size=60), st.data())
def test_no_half_typed_text_stops_the_editor_s_answers(text, data):
    line = data.draw(st.integers(1, text.count("\n") + 2))
    column = data.draw(st.integers(1, 70))
    cursor = cursor_at(text, line, column)
    if cursor is not None:
        keys_beside(text, cursor)
        assert 1 <= cursor.start <= cursor.end
    spot_at(text, try_parse("x.yaml", text.encode())[0], line, column)


@given(st.text(alphabet="a🚢é\n\r\ufeff ", max_size=40), st.sampled_from(["utf-8", "utf-16", "utf-32"]), st.data())
def test_every_place_of_a_text_is_found_again_in_every_encoding(text, encoding, data):
    whole = Text(text, encoding)
    offset = data.draw(st.integers(0, len(text)))
    position = whole.position(offset)
    assert text[whole.offset(position) : offset] in ("", "\r", "\n"), "only the parts of a line's end share a place"
    line, column = whole.place(position)
    plain = whole.plain.split("\n")[line - 1]
    assert column - 1 <= len(plain)
    start, end = whole.range(Span(line, column, line, column))
    assert start == end


@pytest.mark.parametrize(("encoding", "column"), [("utf-8", 10), ("utf-16", 6), ("utf-32", 4)])
def test_columns_count_what_client_and_server_agreed_upon(encoding, column):
    text = Text("\ufeffa: b\r\nk: é🚢\u2028x: y", encoding)
    start, end = text.range(Span(2, 4, 2, 6))
    assert start == Position(1, 3)
    assert end.line == 1, "a line separator of Unicode ends no line of the protocol"
    assert text.text[text.offset(start) : text.offset(end)] == "é🚢"
    assert text.range(Span(1, 1, 1, 2))[0] == Position(0, 3 if encoding == "utf-8" else 1), "the mark is there for the editor"
    assert text.offset(Position(99, 99)) == len(text.text)


@pytest.mark.parametrize("value", ["a", "off", "y", "1.10", "1e3", "010", "a: b", "{x}", "", "ok-1", True, 3, ["a"], "~", "🚢"])
def test_what_is_proposed_as_a_value_is_read_as_that_value(value):
    source, problems = try_parse("x.yaml", f"a: {spelled(value)}\n".encode())
    assert problems == []
    assert source.data == {"a": value}
    assert YAML(typ="safe").load(spelled(value)) == value


def test_every_field_of_every_schema_has_something_to_say():
    for kind in ("pipeline", "environment", "strategy", "workspace", "profile", "analysistemplate"):
        known = shapes(kind)
        todo = [((), known.at(()))]
        seen = 0
        while todo:
            pointer, shape = todo.pop()
            for name, field in known.fields(shape).items():
                if len(pointer) < 6:
                    assert f"**`{name}`**" in about_shape(name, field)
                    assert field.get("description"), (kind, pointer, name)
                    todo.append(((*pointer, name), field))
                    seen += 1
        assert seen > 5
