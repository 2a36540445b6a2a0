"""The comments of a values file stay with what they are about, wherever it goes."""

from __future__ import annotations

import time

import pytest

from generator.adopt import comments, remarks
from generator.adopt.comments import Comment
from generator.adopt.layering import Layers
from generator.adopt.remarks import Remark
from generator.syntax.reader import parse
from generator.syntax.reader.foreign import yaml_data

WHOLE = """\
a: 1  # behind
# above b, two lines
# of it
b:
  # deep
  c: x
  # after c
  # of two lines

  # apart
# commented-out:
#   d: 2

list:  # of the list
  # first
  - 1  # one
  # second
  - name: other
    # of a key in an item
    value: z
    # after it
text: |
  # part of the text
  more
# behind a text
end: null
# after all
"""


def test_a_file_with_comments_is_written_as_it_was_read():
    assert comments.written(yaml_data(WHOLE.encode()), "", comments.of(WHOLE)) == WHOLE


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# head\n\n# more\n\na: 1\n", {(): Comment(("# head", "", "# more"))}),
        ("# head\n\n# of a\na: 1\n", {(): Comment(("# head",)), ("a",): Comment(("# of a",))}),
        ("a: 1\n# of a\n\nb: 2\n", {("a",): Comment(below=("# of a",))}),
        ("a: 1\n\n# apart\n\nb: 2\n", {("b",): Comment(("# apart", ""))}),
        ("a: 1\n\n# foot\n", {("a",): Comment(below=("", "# foot"))}),
        ("a:\n  - 1\n# foot\n", {("a",): Comment(below=("# foot",))}),
        ("a:\n- 1\n# of the second\n- 2\n", {("a", 1): Comment(("# of the second",))}),
        ("a:\n# not indented\n  b: 1\n", {("a", "b"): Comment(("# not indented",))}),
        ("a:\n  b: {c: 1}  # flow\n", {("a", "b"): Comment(behind="# flow")}),
        ("a: |  # of the text\n  x\n", {("a",): Comment(behind="# of the text")}),
        ("# renovate: datasource=docker\ntag: x\n", {("tag",): Comment(("# renovate: datasource=docker",))}),
        ("# yaml-language-server: $schema=x\na: 1\n", {}),
        ("# password: hunter2secret\na: 1\n", {}),
        ("# only this\n", {(): Comment(("# only this",))}),
        ("a: '# quoted'\n", {}),
        ("a: [1\n# broken\n", {}),
    ],
)
def test_a_comment_is_about(text, expected):
    assert comments.of(text) == expected


def test_values_in_an_application_have_comments_as_well():
    text = "# of the file\nspec:\n  # of helm\n  helm:\n    valuesObject:\n      # of a\n      a: 1  # one\n    # after it\n  b: 2\n"
    assert comments.of_block(parse("a.yaml", text.encode()), ("spec", "helm", "valuesObject")) == {
        ("a",): Comment(("# of a",), "# one")
    }


def remark(pointer, text, path="v.yaml", instead=()):
    return Remark(pointer, instead, Comment((text,)), path, 1)


LAYERS = Layers(
    {"dev": {"defaults": {"values": {"x": 1}}}, "prod": {}},
    (),
    {
        "mail": {"values": {"a": 1, "b": {"c": 2}}, "environments": {"dev": {"values": {"b": {"d": 3}}}, "prod": {}}},
        "shop": {"environments": {"dev": {"rollout": {"preset": "slow"}}, "prod": {"image": {"tag": "1"}}}},
    },
)
PRESETS = {"slow": {"strategy": {"canary": {"steps": [{"setWeight": 5}]}}}}
EVERY = [("mail", "dev"), ("mail", "prod"), ("shop", "dev"), ("shop", "prod")]


def placed(said):
    found, lost = remarks.placed({key: said.get(key, []) for key in EVERY}, LAYERS, PRESETS)
    return {(path, at): one.lines for path, notes in found.items() for at, one in notes.items()}, lost


def test_a_comment_goes_once_to_the_file_that_says_it_of_exactly_these_services():
    spec, values = "services/mail/pipeline.yaml", ("spec", "values")
    everywhere, in_dev = remark(("values", "b"), "# everywhere"), remark(("values", "b"), "# in dev")
    assert placed({("mail", "dev"): [everywhere, in_dev], ("mail", "prod"): [everywhere]}) == (
        {(spec, (*values, "b")): ("# everywhere",), (spec, ("spec", "environments", "dev", "values", "b")): ("# in dev",)},
        [],
    )
    in_dev = remark(("values", "a"), "# said in dev alone, of what is shared")
    assert placed({("mail", "dev"): [in_dev]})[0] == {(spec, (*values, "a")): in_dev.comment.lines}
    assert [*placed({("shop", "dev"): [remark(("values", "x"), "# x")]})[0]] == [
        ("environments/dev.yaml", ("spec", "defaults", "values", "x"))
    ]


def test_different_comments_of_what_is_shared_are_all_kept():
    said = {("mail", name): [Remark(("values", "a"), (), Comment((), f"# {name}"), name, 1)] for name in ("dev", "prod")}
    (found,) = placed(said)[0].values()
    assert found == ("# prod", "# dev")


def test_the_head_of_a_file_is_above_what_the_file_became():
    head = remark((), "# head")
    both = [("mail", "dev"), ("mail", "prod")]
    assert [*placed({("mail", "dev"): [head]})[0]] == [("services/mail/pipeline.yaml", ("spec", "environments", "dev"))]
    assert [*placed({key: [head] for key in both})[0]] == [("services/mail/pipeline.yaml", ("spec", "values"))]
    of_dev = {key: [head] for key in (("mail", "dev"), ("shop", "dev"))}
    assert [*placed(of_dev)[0]] == [("environments/dev.yaml", ("spec", "defaults", "values"))]


def test_a_comment_of_a_strategy_goes_into_its_preset():
    at = ("rollout", "strategy", "canary", "steps", 0)
    assert [*placed({("shop", "dev"): [remark(at, "# first")]})[0]] == [
        ("strategies/slow.yaml", ("spec", "strategy", "canary", "steps", 0))
    ]


def test_a_comment_of_what_became_a_field_follows_it_and_one_of_nothing_is_reported():
    of_image = remark(("values", "image"), "# of the image", instead=("image",))
    gone = remark(("values", "gone"), "# of nothing", "values/prod.yaml")
    found, lost = placed({("shop", "prod"): [of_image, gone]})
    assert [*found] == [("services/shop/pipeline.yaml", ("spec", "environments", "prod", "image"))]
    (note,) = lost
    assert (note.path, note.what) == ("values/prod.yaml", "comment `# of nothing`")


def test_many_comments_are_read_in_linear_time():
    head = "".join(f"# {number}\n\n" for number in range(20_000))
    before = time.perf_counter()
    found = comments.of(f"{head}a: 1\n{head}b: 2\n")
    comments.written({"a": 1, "b": 2}, "", found)
    found[()].and_also(found[("b",)])
    assert time.perf_counter() - before < 10, "it took minutes when it was quadratic"
