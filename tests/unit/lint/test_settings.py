"""Of two settings the closer one wins."""

from __future__ import annotations

from generator.diagnostics import Severity
from generator.lint.settings import Asked, Settings
from support.workspace import SPEC


def test_the_closer_of_two_settings_wins_and_a_tie_goes_to_ignoring():
    def counts(select, ignore, rule="TP201"):
        return Settings({"select": select, "ignore": ignore}).severity(rule, Severity.ERROR, SPEC) is not None

    assert counts(["TP2"], ["TP"]) is True
    assert counts(["TP2"], ["TP2"]) is False
    assert counts(["TP201"], ["TP20"]) is True
    assert counts(["canary-weights-rise"], ["TP201"]) is False
    assert counts([], ["TP4"]) is True
    assert counts(["TP4"], []) is False
    assert counts([], ["TP0", "TP3", "TP9"], "TP012") is True
    assert counts([], [], "TP999") is True, "a rule of a later version counts"
    asked = Settings({"ignore": ["TP201"], "select": ["TP4"]}, Asked(select=("TP2",)))
    assert asked.severity("TP201", Severity.ERROR, SPEC) is Severity.ERROR
    assert asked.severity("TP401", Severity.ERROR, SPEC) is None
