"""Whatever changes of what is deployed is told, nothing is told where nothing does, and no secret gets out."""

from __future__ import annotations

import copy

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from generator.diff import Comparison, Entry, Where
from generator.diff.grouping import entries
from generator.diff.side import read_side
from generator.diff.states import changes
from generator.report.diffs import FORMATS, render
from generator.syntax.alignment import aligned, canonical
from generator.syntax.leaves import ABSENT, differences
from generator.syntax.secrets.looks import MASK
from generator.syntax.secrets.masking import masked
from generator.syntax.secrets.roles import is_secret_name
from support.comparisons import facts
from support.paths import DATA, ROOT

BUILT = read_side(str(ROOT / "examples" / "online-boutique"))
STATES = [BUILT.state(key) for key in sorted(BUILT.built)]
FIELDS = ("image", "scaling", "strategy", "application", "documents")
SCALARS = st.one_of(
    st.integers(-3, 10_000), st.booleans(), st.text(max_size=6), st.floats(allow_nan=False, allow_infinity=False)
)
ANY_DATA = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["name", "a", "b", "value", "path"]), inner, max_size=4)
    ),
    max_leaves=12,
)


def leaves(node, path=()):
    """Yield the way to every value that has nothing below it."""
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    if not items:
        yield path
    for key, value in items:
        yield from leaves(value, (*path, key))


def altered(state, field, path, value):
    """Return a state with another value at one place."""
    data = copy.deepcopy(getattr(state, field))
    node = data
    for part in path[:-1]:
        node = node[part]
    if value is ABSENT:
        del node[path[-1]]
    else:
        node[path[-1]] = value
    return state._replace(**{field: data})


@pytest.mark.parametrize("state", STATES, ids=lambda state: f"{state.environment}-{state.service}")
def test_a_state_beside_itself_has_changed_in_nothing(state):
    assert changes(state, copy.deepcopy(state)) == []


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_no_leaf_of_what_is_deployed_changes_in_silence(data):
    state = data.draw(st.sampled_from(STATES))
    field = data.draw(st.sampled_from([name for name in FIELDS if getattr(state, name)]))
    path = data.draw(st.sampled_from([one for one in leaves(getattr(state, field)) if one]))
    value = data.draw(st.one_of(st.just(ABSENT), SCALARS))
    other = altered(state, field, path, value)
    assume(canonical(getattr(state, field)) != canonical(getattr(other, field)))
    there, back = changes(state, other), changes(other, state)
    assert there
    assert all(one.sentence for one in there)
    assert len(there) == len(back)


def test_any_service_held_against_any_other_is_told_and_the_same_on_the_way_back():
    folders = [folder for folder in sorted((DATA / "cases").iterdir()) if (folder / "tiphys.yaml").exists()]
    states = [side.state(key) for side in (read_side(str(folder)) for folder in folders) for key in sorted(side.built)]
    assert len(states) > 30
    for old in states:
        for other in states[:: 1 + len(states) // 12]:
            new = other._replace(service=old.service, environment=old.environment, production=old.production)
            there, back = (Comparison("a", "b", tuple(entries([pair]))) for pair in ((old, new), (new, old)))
            assert facts(there) == facts(back, back=True), (old.service, other.service)
            assert (old is other) is (not there.entries)
            for form in FORMATS:
                assert render(there, form)


@settings(max_examples=60, deadline=None)
@given(ANY_DATA, ANY_DATA)
@example([{"name": "a"}, {"name": "a"}], [{"name": "a"}])
@example([1, True], [True, 1])
@example({"a": 1}, {"a": True})
def test_data_differs_just_where_something_is_told(old, new):
    there = list(differences(old, new))
    assert bool(there) is (canonical(old) != canonical(new))
    back = list(differences(new, old))
    assert sorted((canonical(repr(leaf.old)), canonical(repr(leaf.new))) for leaf in there) == sorted(
        (canonical(repr(leaf.new)), canonical(repr(leaf.old))) for leaf in back
    )


@given(st.lists(st.integers(0, 4), max_size=12), st.lists(st.integers(0, 4), max_size=12))
def test_lists_are_aligned_whole_and_in_order(old, new):
    pairs = aligned(old, new, lambda _a, _b: True)
    assert [before for before, _ in pairs if before is not None] == list(range(len(old)))
    assert [after for _, after in pairs if after is not None] == list(range(len(new)))
    assert aligned(new, old, lambda _a, _b: True) == [(after, before) for before, after in pairs] or old == new


def test_one_more_at_the_front_is_one_more_and_no_other_change():
    assert aligned([1, 2, 3], [0, 1, 2, 3], lambda _a, _b: True) == [(None, 0), (0, 1), (1, 2), (2, 3)]


SECRET_NAMES = [
    "DB_PASSWORD",
    "apiKey",
    "client_secret",
    "AUTH_TOKEN",
    "privateKey",
    "connectionString",
    "SIGNING_KEY",
    "accessKey",
]
NO_SECRET_NAMES = [
    "secretName", "existingSecret", "passwordFile", "tokenUrl", "key", "imagePullSecrets",
    "tokenExpirationSeconds", "API_TOKEN_PATH", "monkey", "passwordPolicy", "secretKeyRef", "PORT",
]  # fmt: skip
LOOKS = [
    "postgres://me:{}@db/x", "password={}", 'user: x\npassword: "{}"\n', "-----BEGIN RSA PRIVATE KEY-----\n{}\n-----END RSA PRIVATE KEY-----",
    "--api-key={}", "https://:{}@example.com",
]  # fmt: skip


@pytest.mark.parametrize("name", SECRET_NAMES)
def test_a_secret_is_known_by_its_name(name):
    assert is_secret_name(name)
    assert masked({"env": {name: "x"}}) == {"env": {name: MASK}}
    assert masked([{"name": name, "value": "x"}]) == [{"name": name, "value": MASK}]


@pytest.mark.parametrize("name", NO_SECRET_NAMES)
def test_what_only_names_a_secret_is_shown(name):
    assert masked({name: "x"}) == {name: "x"}


def test_a_reference_and_what_is_filled_in_later_are_shown():
    data = {
        "env": [
            {"name": "TOKEN", "valueFrom": {"secretKeyRef": {"name": "web", "key": "token"}}},
            {"name": "PASSWORD", "value": "$(P)"},
        ],
        "imagePullSecrets": [{"name": "registry"}],
        "args": ["--password={{ password }}"],
    }
    assert masked(data) == data
    assert masked({"kind": "Secret", "data": {"a": "eA=="}, "stringData": {"b": "x"}}) == {
        "kind": "Secret",
        "data": {"a": MASK},
        "stringData": {"b": MASK},
    }


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_no_secret_leaves_in_any_form(data):
    secrets = [f"hush{number}{data.draw(st.text('abcdefXYZ0189', min_size=8, max_size=20))}" for number in range(2)]
    state = next(one for one in STATES if (one.service, one.environment) == ("frontend", "prod"))
    name = data.draw(st.sampled_from(SECRET_NAMES))
    look = data.draw(st.sampled_from(LOOKS))
    shapes = [
        lambda text: {"env": {**state.documents["values"]["env"], name: text}},
        lambda text: {"extraEnv": [{"name": name, "value": text}]},
        lambda text: {"deep": {"er": [{"a": 1, "config": look.format(text)}]}},
        lambda text: {"extraDeploy": [{"kind": "Secret", "metadata": {"name": "x"}, "data": {"y": text}}]},
        lambda text: {name: {"inner": 1} if text == secrets[0] else text},
        lambda text: {"args": [look.format(text)]},
    ]
    shape = data.draw(st.sampled_from(shapes))
    values = [{**state.documents["values"], **shape(text)} for text in secrets]
    sides = [state, *(state._replace(documents={**state.documents, "values": one}) for one in values)]
    for old, new in ((sides[0], sides[1]), (sides[1], sides[2]), (sides[2], sides[0]), (None, sides[1])):
        comparison = Comparison("a", "b", tuple(entries([(old, new)])))
        assert comparison.entries
        for form in FORMATS:
            text = render(comparison, form)
            assert not any(secret in text for secret in secrets), text


def test_a_comment_has_room_for_a_thousand_services_and_says_what_it_leaves_off():
    base = STATES[0]
    pairs = []
    for number in range(1000):
        states = [
            base._replace(service=f"service-{number}", production=number == 999, image={"tag": f"1.0.{number + more}"})
            for more in (0, 1)
        ]
        pairs.append((states[0], states[1]))
    comparison = Comparison("a", "b", tuple(entries(pairs)))
    assert len(comparison.entries) == 1000
    text = render(comparison, "markdown")
    assert len(text.encode("utf-8")) <= 65_536
    rows = [line for line in text.splitlines() if line.startswith("- **") and "service" in line]
    assert "service-999" in rows[0].replace("<!-- -->", ""), "production first"
    assert f"{1000 - len(rows)} more are not shown" in text
    same = Comparison(
        "a", "b", (Entry(comparison.entries[0].change, tuple(Where(f"s{n}", "prod", True) for n in range(1000))),)
    )
    assert len(render(same, "markdown")) < 2000, "a change that is the same everywhere is said once"
