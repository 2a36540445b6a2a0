"""Durations as Argo reads them and as people do."""

from __future__ import annotations

import pytest

from generator.syntax.durations import PauseError, pause_seconds, seconds, spoken


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("10", 10),
        ("010", 10),
        (10, 10),
        ("10s", 10),
        ("1m30s", 90),
        ("1.5h", 5400),
        ("500ms", 0),
        ("5µs", 0),
        ("1h0m0.5s", 3600),
    ],
)
def test_pauses_are_cut_off_as_the_controller_cuts_them(text, whole):
    assert pause_seconds(text) == whole


@pytest.mark.parametrize(
    ("value", "why"),
    [
        *[(value, "is not a valid duration") for value in ("", "1d", "1h 30m", "1h30", "PT5M", None, 1.5, True)],
        *[(value, "is longer than Argo Rollouts can hold") for value in (2**31, "2147483648", "9" * 5000, "9223372036s")],
        *[(value, "is longer than Argo Rollouts can hold") for value in ("1000000h", "3000000h", "4294967300s")],
        *[(value, "is negative") for value in (-1, "-5s", "-2")],
    ],
)
def test_a_pause_that_argo_rollouts_refuses_or_cuts_to_another_number_says_why(value, why):
    with pytest.raises(PauseError, match=why):
        pause_seconds(value)


@pytest.mark.parametrize("text", ["", "1w", "5min", "10S", "1h 30m", "PT5M", "1:30", "1e3s", "1h30"])
def test_what_go_refuses_is_refused(text):
    with pytest.raises(ValueError, match="not a valid duration"):
        seconds(text)


@pytest.mark.parametrize(("total", "text"), [(0, "0s"), (90, "1m30s"), (3600, "1h"), (7260, "2h1m")])
def test_durations_are_said_as_they_are_written(total, text):
    assert spoken(total) == text
