"""An edit of a spec changes the bytes of one value: comments, quotes, order and line ends are the author's."""

from __future__ import annotations

import re
from copy import deepcopy
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as some

from generator.syntax.edit import NULL, Edit, RefusedEditError, splice
from generator.syntax.reader import parse

CASES = yaml.safe_load(Path(__file__).with_name("splice.yaml").read_text())
DEV = ("spec", "environments", "dev")


def edits(wanted):
    return [Edit((*DEV, *path.split(".")), value) for path, value in wanted.items()]


def edited(text, wanted):
    raw = text.encode()
    return splice(raw, parse("f.yaml", raw), edits(wanted)).decode()


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("bom", ["", "\ufeff"], ids=["", "BOM"])
@pytest.mark.parametrize("eol", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_only_the_bytes_of_the_value_change(name, bom, eol):
    case = CASES[name]
    before = bom + case["before"].replace("\n", eol)
    if "refused" in case:
        with pytest.raises(RefusedEditError) as refused:
            edited(before, case["set"])
        error = refused.value
        assert f"{error.span.line}:{error.span.column} {error.message}" == case["refused"]
        assert error.hint
    else:
        assert edited(before, case["set"]) == bom + case["after"].replace("\n", eol)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("spec: {environments: {dev: {image: {tag: a}}}}\n", "spec: {environments: {dev: {image: {tag: a, digest: null}}}}\n"),
        ("spec: {environments: {dev: {image: {digest: 'x'}}}}\n", "spec: {environments: {dev: {image: {digest: null}}}}\n"),
        ("spec:\n  environments:\n    dev: {}\n", "spec:\n  environments:\n    dev: {image: {digest: null}}\n"),
        ("spec: {environments: {dev: {image: {digest: null}}}}\n", "spec: {environments: {dev: {image: {digest: null}}}}\n"),
    ],
)
def test_a_value_that_is_inherited_is_taken_away_by_null(before, after):
    raw = before.encode()
    assert splice(raw, parse("f.yaml", raw), [Edit((*DEV, "image", "digest"), NULL)]).decode() == after


WORD = some.from_regex(r"k[a-z0-9]{1,8}", fullmatch=True)
TAG = some.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,15}", fullmatch=True) | some.sampled_from(
    ["1.10", "1e3", "on", "null", "0x1f", "12", "_1"]
)
COMMENT = some.sampled_from(["", "", " # was: 'x', \"y\" {z}", "   # ends", " #"])
BLANK = some.sampled_from(["", "", "\n", "# a: comment\n", "      # deep\n\n"])


def quoted(draw, text):
    style = draw(some.sampled_from("'\""))
    return f"{style}{text}{style}"


@some.composite
def spec(draw):
    """A spec with an image tag for dev, written in one of very many ways."""
    tag, eol = quoted(draw, draw(TAG)), draw(some.sampled_from(["\n", "\r\n"]))
    more = [f"replicas: {draw(some.integers(0, 9))}", f"values: {{a: [1, {{b: {draw(WORD)}}}]}}"][: draw(some.integers(0, 2))]
    digest = draw(some.booleans())
    shape = draw(some.sampled_from(["flow", "mixed", "block"]))
    step = draw(some.sampled_from([2, 4]))
    comment = draw(COMMENT)
    if shape == "flow":
        inner = ", ".join(draw(some.permutations([f"image: {{tag: {tag}{', digest: d' * digest}}}", *more])))
        dev = f"    dev: {{{inner}}}{comment}\n"
    elif shape == "mixed":
        entries = draw(some.permutations([f"image: {{tag: {tag}{', digest: d' * digest}}}{comment}", *more]))
        dev = "    dev:\n" + "".join(f"{draw(BLANK)}{' ' * (4 + step)}{entry}\n" for entry in entries)
    else:
        image = f"image:{comment}\n{draw(BLANK)}{' ' * (4 + 2 * step)}tag: {tag}{draw(COMMENT)}"
        image += f"\n{' ' * (4 + 2 * step)}digest: d" * digest
        entries = draw(some.permutations([image, *more]))
        dev = "    dev:\n" + "".join(f"{draw(BLANK)}{' ' * (4 + step)}{entry}\n" for entry in entries)
    others = [f"    {draw(WORD)}{number}: {{}}{draw(COMMENT)}\n" for number in range(draw(some.integers(0, 2)))]
    body = "".join(draw(some.permutations([dev, *others])))
    text = f"{draw(BLANK)}metadata: {{name: web}}\nspec:\n{draw(BLANK)}  environments:\n{body}{draw(BLANK)}"
    return draw(some.sampled_from(["", "\ufeff"])) + text.replace("\n", eol)


WANTED = some.fixed_dictionaries(
    {}, optional={"image.tag": TAG, "image.digest": TAG | some.none(), "chart.version": TAG, "chart.name": WORD}
).filter(bool)


def compared(text):
    return [line for line in re.split("\r?\n", text) if "#" in line]


@settings(max_examples=600, deadline=None)
@given(spec(), WANTED)
def test_whatever_a_spec_looks_like_the_data_changes_as_asked_and_the_comments_stay(text, wanted):
    raw = text.encode()
    source = parse("f.yaml", raw)
    expected = deepcopy(source.data)
    for path, value in wanted.items():
        node = expected["spec"]["environments"]["dev"]
        *maps, last = path.split(".")
        for part in maps:
            node = node.setdefault(part, {}) if value is not None or part in node else {}
        if value is None:
            node.pop(last, None)
        else:
            node[last] = value
    changed = splice(raw, source, edits(wanted))
    assert parse("f.yaml", changed).data == expected
    after = changed.decode()
    assert [line.partition("#")[2] for line in compared(after)] == [line.partition("#")[2] for line in compared(text)]
    assert ("\r\n" in text) == ("\r\n" in after)
    assert after.count("\r\n") in (0, after.count("\n")), "line ends are not mixed"
    again = splice(changed, parse("f.yaml", changed), edits(wanted))
    assert again == changed, "a second time changes nothing"


@settings(max_examples=300, deadline=None)
@given(spec(), TAG)
def test_a_bump_touches_no_byte_beside_the_tag(text, tag):
    raw = text.encode()
    source = parse("f.yaml", raw)
    place = source.places[(*DEV, "image", "tag")].value
    changed = splice(raw, source, edits({"image.tag": tag})).decode()
    old_lines, new_lines = text.split("\n"), changed.split("\n")
    assert len(old_lines) == len(new_lines)
    for number, (old, new) in enumerate(zip(old_lines, new_lines, strict=True), 1):
        if number != place.line:
            assert new == old
        else:
            mark = old.startswith("\ufeff")
            assert new[: place.column - 1 + mark] == old[: place.column - 1 + mark]
            assert new.endswith(old[place.end_column - 1 + mark :])
