"""The index of labels answers as a look at each thing would."""

from __future__ import annotations

from random import Random

import pytest

from generator.kubernetes.label_index import ByValue, LabelIndex, places
from generator.kubernetes.namespaces import ByNamespace, may_be_same
from generator.kubernetes.selectors import matches

VALUES = ["a", "b", 1, True, None, ["a"], {"a": "b"}]
OPERATORS = ["In", "NotIn", "Exists", "DoesNotExist", "Other", None]


def labels(random, most=4):
    return {f"l{random.randrange(5)}": random.choice(VALUES[:5]) for _ in range(random.randrange(most))}


def selector(random):
    expressions = [
        {
            "key": random.choice(["l0", "l1", "l2", 5]),
            "operator": random.choice(OPERATORS),
            "values": random.choice([None, "a", [], random.choices(VALUES, k=random.randrange(1, 9))]),
        }
        for _ in range(random.randrange(3))
    ]
    return random.choice(
        [
            {"matchLabels": labels(random), "matchExpressions": expressions},
            {"matchLabels": labels(random, 2)},
            {"matchExpressions": expressions},
            {},
            None,
            {"matchLabels": ["a"]},
        ]
    )


@pytest.mark.parametrize("seed", range(20))
def test_a_selector_matches_what_kubernetes_would_match(seed):
    random = Random(seed)
    things = [(random.choice(["", "x", "y"]), labels(random)) for _ in range(60)]
    index = LabelIndex(things, lambda thing: thing[1], lambda thing: thing[0])
    for _ in range(60):
        wanted, namespace = selector(random), random.choice(["", "x", "z"])
        found = index.of(index.matching(wanted) & index.near(namespace))
        assert found == [one for one in things if matches(wanted, one[1]) and may_be_same(one[0], namespace)], wanted


@pytest.mark.parametrize("seed", range(20))
def test_a_message_about_a_selector_names_the_first_of_the_closest_pods(seed):
    random = Random(seed)
    things = [labels(random, 6) for _ in range(40)]
    index = LabelIndex(things, lambda thing: thing, lambda _: "")
    for _ in range(40):
        wanted, among = labels(random, 6), random.randrange(1, index.all)
        met = [sum(key in one and one[key] == value for key, value in wanted.items()) for one in things]
        chosen = list(places(among))
        assert index.closest(wanted, among) is things[max(chosen, key=lambda place: (met[place], -place))]


def test_the_values_of_some_things_are_those_that_they_have():
    by_value = ByValue([["a", "b", "a"], ["b"], [], ["c"], *([["many"]] * 40)])
    assert list(by_value.among(0b1)) == ["a", "b"]
    assert list(by_value.among(0b1110)) == ["b", "c"]
    assert list(by_value.among(1 << 30)) == ["many"]
    assert by_value.of("b") == 0b11
    assert by_value.of("d") == 0


@pytest.mark.parametrize("seed", range(10))
def test_a_reference_finds_what_is_in_its_namespace_or_may_be(seed):
    random = Random(seed)
    spaces = ["", "a", "b", "c"]
    things = [(random.choice(spaces[: 1 + seed % 4]), number) for number in range(random.randrange(8))]
    known = ByNamespace(things)
    for space in [*spaces, None]:
        near = [one for one in things if may_be_same(one[0], space or "")]
        sure = [one for one in near if one[0] == space]
        best = next(iter([*sure, *near]), (None, None))
        assert known.best(space) == best[1]
        if space is not None:
            assert known.near(space) == [one[1] for one in near]
            assert known.first(space) == next((one[1] for one in near), None)
