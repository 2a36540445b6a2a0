"""A fault of values is told in the same words, whichever Helm finds it."""

from __future__ import annotations

import pytest

from generator.verify.schema_words import Fault, faults

HEAD = "Error: values don't meet the specifications of the schema(s) in the following chart(s):\nweb:\n"

BOTH = {
    "a text for a number": (
        "- size: Invalid type. Expected: integer, given: string",
        "- at '/size': got string, want integer",
        [Fault(("size",), "must be an integer, not a string")],
    ),
    "one of two kinds": (
        "- a.0: Invalid type. Expected: string/null, given: number",
        "- at '/a/0': got number, want string or null",
        [Fault(("a", 0), "must be a string or null, not a number")],
    ),
    "one of two kinds, as older ones write them": (
        "- a.0: Invalid type. Expected: [string,null], given: integer",
        "- at '/a/0': got number, want string or null",
        [Fault(("a", 0), "must be a string or null, not a number")],
    ),
    "a value that is missing": (
        "- image: repository is required\n- image: tag is required",
        "- at '/image': missing properties 'repository', 'tag'",
        [Fault(("image",), "repository is required"), Fault(("image",), "tag is required")],
    ),
    "unknown values at the top": (
        "- (root): Additional property imge is not allowed\n- (root): Additional property prot is not allowed",
        "- at '': additional properties 'imge', 'prot' not allowed",
        [Fault((), "", "imge"), Fault((), "", "prot")],
    ),
    "faults deep inside": (
        "- w.q: Additional property repl is not allowed\n- w.q.r: Must be greater than or equal to 1",
        (
            "- at '/w': validation failed\n  - at '/w/q': validation failed\n    - at '/w/q': additional properties 'repl' not allowed\n"
            "    - at '/w/q/r': minimum: got 0, want 1"
        ),
        [Fault(("w", "q"), "", "repl"), Fault(("w", "q", "r"), "must be at least 1")],
    ),
    "bounds of numbers": (
        "- a: Must be less than or equal to 16\n- b: Must be greater than 0\n- c: Must be less than 9",
        "- at '/a': maximum: got 17, want 16\n- at '/b': exclusiveMinimum: got 0, want 0\n- at '/c': exclusiveMaximum: got 9, want 9",
        [Fault(("a",), "must be at most 16"), Fault(("b",), "must be greater than 0"), Fault(("c",), "must be less than 9")],
    ),
    "lengths": (
        (
            "- a: String length must be greater than or equal to 3\n- b: Array must have at most 2 items\n"
            "- c: Must have at least 1 properties"
        ),
        "- at '/a': minLength: got 2, want 3\n- at '/b': maxItems: got 3, want 2\n- at '/c': minProperties: got 0, want 1",
        [
            Fault(("a",), "must be at least 3 long"),
            Fault(("b",), "must have at most 2 items"),
            Fault(("c",), "must have at least 1 key"),
        ],
    ),
    "a value of a list": (
        '- a.kind: a.kind must be one of the following: "x", "y"',
        "- at '/a/kind': value must be one of 'x', 'y'",
        [Fault(("a", "kind"), 'must be one of "x", "y"')],
    ),
    "a pattern": (
        "- a: Does not match pattern '^a: .+$'",
        "- at '/a': 'the value' does not match pattern '^a: .+$'",
        [Fault(("a",), "does not match the pattern ^a: .+$")],
    ),
    "the alternative that is meant": (
        "- a: Must validate one and only one schema (oneOf)\n- a.x: Invalid type. Expected: integer, given: string",
        "- at '/a': 'oneOf' failed, none matched\n  - at '/a': got object, want string\n  - at '/a/x': got string, want integer",
        [Fault(("a", "x"), "must be an integer, not a string")],
    ),
    "no alternative at all": (
        "- a: Must validate at least one schema (anyOf)",
        "- at '/a': 'anyOf' failed",
        [Fault(("a",), "matches none of the schemas")],
    ),
}


@pytest.mark.parametrize("case", BOTH)
def test_a_fault_reads_the_same_under_both_helms(case):
    old, new, expected = BOTH[case]
    assert faults(HEAD + old) == expected
    assert faults(HEAD + new) == expected


def test_alternatives_that_differ_in_kind_alone_are_one_fault():
    said = "- at '/a': 'anyOf' failed\n  - at '/a': got number, want string\n  - at '/a': got number, want integer\n"
    assert faults(said + "- at '/b': got null, want string") == [
        Fault(("a",), "must be a string or an integer, not a number"),
        Fault(("b",), "must be a string, not null"),
    ]


def test_a_key_with_a_slash_or_dots_is_one_key():
    assert faults("- at '/labels/example.com~1team': got number, want string") == [
        Fault(("labels", "example.com/team"), "must be a string, not a number")
    ]


@pytest.mark.parametrize("text", ["", "Error: template: x", "a schema - at: none"])
def test_other_words_have_no_faults(text):
    assert faults(text) == []
