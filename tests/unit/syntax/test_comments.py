"""Comments are found where YAML has them."""

from __future__ import annotations

import pytest

from generator.syntax.reader.comments import comments


def test_comments_are_found_and_nothing_that_only_looks_like_one():
    text = """\
# top
a: "x # no" # yes
b: 'it''s # no'
c: | # header
  # no
  text # no
# after
d: >-
  folded
   # no

  # no
e: plain#no # yes
f: [1, # in flow
  "#no", 2] # end
g: |+
  x
    # no
h: "multi
  # no
  line" # yes
"""
    assert [(comment.line, comment.text, comment.alone) for comment in comments(text)] == [
        (1, "# top", True),
        (2, "# yes", False),
        (4, "# header", False),
        (7, "# after", True),
        (13, "# yes", False),
        (14, "# in flow", False),
        (15, "# end", False),
        (21, "# yes", False),
    ]
    crlf = [(comment.line, comment.column, comment.text) for comment in comments(text.replace("\n", "\r\n"))]
    assert crlf == [(comment.line, comment.column, comment.text) for comment in comments(text)]


@pytest.mark.parametrize(
    "text", ["a: [b]\n- # tiphys: ignore[TP201] because x", "# tiphys:\n  a: {b: {{*a*c: d}}", "a: 'open # x"]
)
def test_a_syntax_error_beside_a_suppression_is_told_as_such_and_does_not_stop_the_run(text):
    assert list(comments(text)) == []
