"""Secrets that are known, found in whatever form a program or a template shows them, in one walk over the text."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
import yaml

from generator.syntax.secrets import known
from generator.syntax.secrets.known import Known
from generator.syntax.secrets.messages import MOST_OF_PROGRAM, without

CASES = yaml.safe_load(Path(__file__).with_name("known_secrets.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_log_that_everyone_reads_does_not_have_a_password_in_another_form(case):
    secrets = Known([case["secret"]])
    assert {message: secrets.masked(message) for message in case["said"]} == case["said"]


@pytest.mark.parametrize("before", ["", "u:", "ab:", "user:"])
@pytest.mark.parametrize("after", ["", "x", "@db", "{}"])
def test_a_password_is_not_readable_in_the_base64_of_a_user_and_it(before, after):
    secret = "hunter2zz-Secret"
    said = Known([secret]).masked(base64.b64encode(f"{before}{secret}{after}".encode()).decode())
    assert "(masked)" in said
    assert len(said.replace("(masked)", "")) <= len(base64.b64encode(f"{before}{after}".encode())) + 3


def test_secrets_that_begin_alike_are_hidden_to_the_end_of_the_longest():
    secrets = Known(["hunter", "hunter2zz", "hunter2zzzz", "ter2zz-more"])
    assert secrets.masked("hunter hunter2 hunter2zz hunter2zzz hunter2zz-more") == (
        "(masked) (masked)2 (masked) (masked)z (masked)"
    )


def looked_up(monkeypatch, message, secrets):
    """Return how often the known texts are searched for what begins at a place of a message."""
    every = Known(secrets)
    counted = []

    def counting(*given, **how):
        counted.append(1)
        return search(*given, **how)

    search = known.bisect_right
    with monkeypatch.context() as patched:
        patched.setattr(known, "bisect_right", counting)
        every.places(message)
    return len(counted)


MANY = [f"q{number:03}" + "z" * (number % 94) for number in range(100)]
NESTED = ["z" * number + end for number in range(4, 94) for end in ("", "q")]


def test_a_chart_that_fails_with_a_long_text_does_not_stop_the_review_of_a_pull_request(monkeypatch):
    """The reproducer of an attack: secrets of 100 lengths were looked for at each of 262,144 places."""
    assert looked_up(monkeypatch, "- " * 131_072, MANY) == 0
    for message, secrets in (("z" * 10_000, NESTED), ("q001" * 2_500, MANY), ("zzzzq" * 2_000, NESTED)):
        once = looked_up(monkeypatch, message, secrets)
        assert 0 < once <= 2 * len(message)
        assert looked_up(monkeypatch, message, [*secrets, *(f"{secret}more" for secret in secrets)]) <= 2 * len(message)


def test_of_what_a_program_says_no_more_is_searched_than_is_kept(monkeypatch):
    seen = []
    whole = Known.places
    monkeypatch.setattr(Known, "places", lambda self, text: seen.append(len(text)) or whole(self, text))
    assert len(without("x" * 1_000_000, ["hunter2zz"])) <= MOST_OF_PROGRAM + 1
    assert max(seen) <= MOST_OF_PROGRAM + 200
