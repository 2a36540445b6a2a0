"""A service's own chart gets the image of its release, and nothing else of it changes."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from generator.release import stamp

TEMPLATE = {
    "fullnameOverride": "{{ service }}",
    "image": {"repository": "{{ image.repository }}", "tag": "{{ image.tag | default(omit) }}", "digest": "{{ image.digest }}"},
    "app": {"containers": {"main": "{{ image }}"}, "replicas": "{{ replicas }}"},
    "reference": "{{ image.repository }}:{{ image.tag }}",
    "imagePullPolicy": "Always",
}


def test_only_what_the_profile_writes_from_the_image_is_taken_into_the_chart():
    image = {"repository": "ghcr.io/acme/web", "tag": "1.0.0"}
    values = {
        "fullnameOverride": "web",
        "image": {**image, "pullPolicy": "Always"},
        "app": {"containers": {"main": image}, "replicas": 3},
        "reference": "ghcr.io/acme/web:1.0.0",
        "imagePullPolicy": "Always",
        "free": {"image": "x"},
    }
    assert stamp.image_values(TEMPLATE, values) == {
        "image": image,
        "app": {"containers": {"main": image}},
        "reference": "ghcr.io/acme/web:1.0.0",
    }


def test_comments_and_all_other_values_of_the_chart_stay():
    text = (
        "# the chart\nimage: # which\n  tag: old # not this\n  policy: 'Always'\nlist:\n  - {a: on}\n  - 'x'\nlong: \""
        + "x" * 300
        + '"\n'
    )
    out = stamp.with_values(text, {"image": {"tag": "1.10", "repository": "r"}, "new": {"deep": {"tag": "on"}}})
    assert "# the chart" in out
    assert "image: # which" in out
    assert '  tag: "1.10"' in out
    assert "x" * 300 in out
    assert yaml.safe_load(out) == {
        "image": {"tag": "1.10", "policy": "Always", "repository": "r"},
        "list": [{"a": True}, "x"],
        "long": "x" * 300,
        "new": {"deep": {"tag": "on"}},
    }


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "image: none\n", "image: [1]\n", "image:\n"])
def test_a_chart_without_a_map_for_the_image_gets_one(text):
    assert yaml.safe_load(stamp.with_values(text, {"image": {"tag": "1"}})) == {"image": {"tag": "1"}}


@pytest.mark.parametrize("text", ["- a\n", "a: [\n", "a: 1\na: 2\n", "just text\n"])
def test_values_that_are_no_map_are_refused_in_words(text):
    with pytest.raises(ValueError, match=r"\S"):
        stamp.with_values(text, {"image": {"tag": "1"}})


LEAVES = st.one_of(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])), st.integers(), st.booleans())


@pytest.mark.parametrize("key", ["no", "on", "y", "null", "~", "1", "1.0", "a b", "a: b", "#", "<<"])
def test_a_key_that_readers_take_for_something_else_is_quoted(key):
    for values in ({key: "x"}, {key: 1}, {key: {key: "x"}}):
        assert yaml.safe_load(stamp.with_values("keep: me\n", values)) == {"keep": "me", **values}


@given(st.dictionaries(st.from_regex(r"[a-z]{1,8}", fullmatch=True), LEAVES, max_size=5))
def test_whatever_text_is_written_is_read_back_as_that_text(values):
    assert yaml.safe_load(stamp.with_values("keep: me\n", values)) == {"keep": "me", **values}
