"""A field is explained on the command line by what its schema says, as in an editor."""

from __future__ import annotations

import pytest

from generator.editor import field_page
from generator.editor.field_page import field_of, page
from generator.errors import ConfigError
from generator.syntax.schema.errors import schema

DOCUMENT = {
    "type": "object",
    "description": "A file. It is short.",
    "required": ["a"],
    "properties": {
        "a": {"type": ["integer", "null"], "description": "How many. Not more.", "default": 2, "minimum": 1, "maximum": 9, "examples": [3]},
        "words": {"type": "array", "items": {"enum": ["x", 1]}},
        "any": {},
    },
}  # fmt: skip


@pytest.mark.parametrize(
    ("pointer", "text"),
    [
        ((), "pipeline: a mapping\n\nA file. It is short.\n\nfields:\n  a      How many (required)\n  words\n  any\n"),
        (("a",), "a: an integer\n\nHow many. Not more.\n\ndefault: 2\nminimum: 1\nmaximum: 9\nexample: 3\n"),
        (("words", 0), "words[0]: one of x, 1\n"),
        (("any",), "any: any value\n"),
    ],
)
def test_a_page_has_all_that_the_schema_says_of_a_field(pointer, text):
    assert page("pipeline", pointer, DOCUMENT) == text


@pytest.mark.parametrize(
    ("pointer", "message", "hint"),
    [
        (("word",), "unknown field `word` in the file format `pipeline`", "did you mean `words`?"),
        (("a", "b"), "unknown field `a.b` in the file format `pipeline`", "`tiphys schema pipeline` prints all fields"),
    ],
)
def test_a_misspelt_field_leads_to_the_right_one(pointer, message, hint):
    with pytest.raises(ConfigError) as caught:
        page("pipeline", pointer, DOCUMENT)
    assert (caught.value.message, caught.value.hint) == (message, hint)


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("spec.rollout", ("pipeline", "spec.rollout")),
        ("metadata", ("pipeline", "metadata")),
        ("environment.spec.policy", ("environment", "spec.policy")),
        ("workspace", ("workspace", "")),
        ("checkout", None),
        ("TP201", None),
        ("specs-exist", None),
    ],
)
def test_a_rule_or_a_service_is_not_taken_for_a_field(text, field):
    assert field_of(text) == field


@pytest.mark.parametrize("kind", field_page.KINDS)
def test_every_file_format_has_a_page_that_lists_its_fields(kind):
    text = page(kind, ("spec",), schema(kind))
    assert text.startswith("spec: a mapping\n")
    assert "\nfields:\n" in text
