"""What a branch may hold to be replaced: its files are text of others, and a spec there may be anything."""

from __future__ import annotations

import pytest

from generator.history.branch_contents import Scope, _is_ours

NAMES = ["[hello]", "{a: b}", "[[hello]]", "1", "null", "true", "!!binary aGVsbG8=", ".nan"]
SPEC = "metadata: {{name: {name}}}\nspec: {{environments: {{staging: {overlay}}}}}\n"
OVERLAYS = ["1", "[a]", "{image: 1}", "{images: [1]}", "{images: {a: [1]}}", "{chart: [x]}"]
HERE = Scope(frozenset(["hello"]), "staging", "generated")


def is_ours(before, after, scope=HERE):
    sides = (("100644", "a"), ("100644", "b"))
    return _is_ours("services/hello/pipeline.yaml", sides, {"a": before.encode(), "b": after.encode()}, scope)


@pytest.mark.parametrize("every", [False, True])
@pytest.mark.parametrize("name", NAMES)
def test_a_spec_whose_name_is_no_text_is_not_one_of_the_move(name, every):
    spec = SPEC.format(name=name, overlay='{image: {tag: "1.0.0"}}')
    scope = HERE._replace(every=every)
    assert not is_ours(spec, spec.replace("1.0.0", "1.1.0"), scope)
    assert not is_ours(spec.replace(name, "hello"), spec, scope)


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_an_overlay_that_is_malformed_is_compared_as_it_is(overlay):
    good = SPEC.format(name="hello", overlay='{image: {tag: "1.0.0"}}')
    assert not is_ours(good, SPEC.format(name="hello", overlay=overlay))
    assert is_ours(good, good.replace("1.0.0", "1.1.0"))
