"""What cells share goes into one file, and every cell still says what it said."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from generator.adopt import comments, relations
from generator.adopt.patterns import best, expand, patterns_of
from generator.adopt.sharing import common, over, rest, usual
from generator.syntax.emit import emit
from generator.syntax.merge import merge

LEAVES = st.one_of(st.integers(0, 2), st.sampled_from(["a", "b"]), st.lists(st.integers(0, 1), max_size=2))
MAPS = st.recursive(
    st.dictionaries(st.sampled_from("xyz"), LEAVES, max_size=3),
    lambda inner: st.dictionaries(st.sampled_from("xyz"), st.one_of(LEAVES, inner), max_size=3),
    max_leaves=12,
)


@given(st.lists(MAPS, min_size=1, max_size=4))
def test_what_is_shared_with_the_rest_over_it_is_what_it_was(several):
    shared = common(several)
    for one in several:
        clashes = []
        assert merge(shared, rest(one, shared), clashes) == one
        assert clashes == []


@given(st.lists(MAPS, min_size=1, max_size=4))
def test_what_most_have_with_the_differences_over_it_is_what_it_was(several):
    below = usual(several)
    for one in several:
        clashes = []
        assert merge(below, over(one, below), clashes) == one
        assert clashes == []


def test_names_become_the_pattern_that_gives_most_of_them():
    names = [("shop-dev", "shop", "dev"), ("mail-dev", "mail", "dev"), ("other", "x", "dev")]
    assert best(names) == "{service}-{environment}"
    assert patterns_of("developer", "shop", "dev") == ["developer"], "a part of a word is no name"
    assert expand("a-{service}", "shop", "dev") == "a-shop"
    clusters = [("shop-prod-eu", "shop", "prod", "eu"), ("shop-prod-us", "shop", "prod", "us")]
    assert best(clusters) == "{service}-{environment}-{destination}"


def test_comments_stay_with_their_values_and_secrets_in_them_do_not():
    text = "# Of all.\na: 1  # why\nb:\n  # deep\n  # er\n  c: 2\n# password: hunter2secret\nd: 3\n# yamllint disable\ne: 4\n"
    found = comments.of(text)
    assert {pointer: (one.above, one.behind) for pointer, one in found.items()} == {
        ("a",): (("# Of all.",), "# why"),
        ("b", "c"): (("# deep", "# er"), ""),
    }
    data = {"spec": {"a": 1, "b": {"c": 2}, "list": ["x"]}}
    moved = {("spec", *pointer): one for pointer, one in found.items()}
    written = comments.written(data, "", moved)
    assert written == "spec:\n  # Of all.\n  a: 1  # why\n  b:\n    # deep\n    # er\n    c: 2\n  list:\n    - x\n"
    assert emit(data) in comments.written(data, "header", {})


def environment(name, **more):
    policy = {"automated": {"prune": True}, "syncOptions": ["CreateNamespace=true", "PruneLast=true", "ServerSideApply=true"]}
    return {"argocd": {"project": "shop", "syncPolicy": policy, "destination": {"name": name, "namespace": "shop"}, **more}}


def test_two_environments_extend_what_they_share_if_the_files_are_shorter_by_it():
    few = {name: {"argocd": {"project": "shop", "destination": {"name": name}}} for name in ("dev", "prod")}
    assert relations.abstract(dict(few), {}) == ()
    long = {"duration": "10s", "factor": 2, "maxDuration": "1m"}
    many = {name: environment(name, info=[{"name": "a", "value": "b"}], retry=long) for name in ("dev", "prod")}
    assert relations.abstract(many, {}) == ("common",)
    assert many["dev"] == {"extends": ["common"], "argocd": {"destination": {"name": "dev"}}}
    three = {name: environment("same") for name in ("dev", "qa", "prod")}
    relations.abstract(three, {})
    assert three["dev"] == {"extends": ["common"]}, "nothing is said where nothing differs"
