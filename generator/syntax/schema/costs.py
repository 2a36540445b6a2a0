"""What it costs to look at values by the schema of a chart, in units of `syntax/budget`; one budget is for all charts of a run."""

from __future__ import annotations

from generator.syntax.budget import Budget, SpentError
from generator.syntax.patterns import Pattern, PatternError

MOST_OF_A_RUN = 120_000_000
"""Units for all charts of a run, about two seconds."""
ALLOWANCE = 200_000
"""Units that each of the first looks brings: the schema of an ordinary chart takes them, and a large workspace has many."""
MOST_ALLOWANCES = 1_000
MOST_OF_A_LOOK = 25_000_000
"""Units for the values of one service, so that one chart does not take what is there for all."""
SCHEMA = 300
"""A part of a schema, or a keyword, that jsonschema follows for a value."""
CHECK = 60
"""The same for a quick check."""
WORD = 5
"""A keyword that a part of a schema has, known or not."""
ERROR = 1_500
"""An error, with its words."""
CROSSED = 60
"""A part of a schema that an error is handed through."""
CHART = 20_000
"""A chart in a chart, which is looked for and read."""
TOLD = 25_000
"""A fault that is told: where the value comes from is looked for in all layers."""
_OF_STATE = 25
_MADE_STATE = 700
_LETTER = 15
_SEARCH = 70


class ChartBudget(Budget):
    """The work for all charts of a run, of which one look at the values of a service takes a part at most."""

    __slots__ = ("_allowances", "_end")

    def __init__(self, processes: int = 1) -> None:
        """Begin with the share of one of several processes, which is enough for one look at least."""
        super().__init__(max(MOST_OF_A_RUN // processes, MOST_OF_A_LOOK))
        self._end = self.most
        self._allowances = MOST_ALLOWANCES // processes

    def look(self) -> None:
        """Begin with the values of a service."""
        if self._allowances > 0:
            self._allowances -= 1
            self.most += ALLOWANCE
        self._end = min(self.spent + MOST_OF_A_LOOK, self.most)

    def spend_apart(self, units: int) -> None:
        """Pay for work after a look, which the limit of a look does not count; raises SpentError."""
        self._end = min(self.spent + units, self.most)
        self.spend(units)

    def spend(self, units: int) -> None:
        """Pay for work that is about to be done; raises SpentError, also for all that follows in the same look."""
        if self.spent + units <= self._end:
            self.spent += units
            return
        if self._end == self.most:
            self.spent = self.most + 1
        self._end = -1
        raise SpentError


class PaidPatterns:
    """Patterns of a schema, each made once, whose states and letters are paid for before they are looked at."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._made: dict[str, Pattern | PatternError] = {}

    def search(self, text: str, value: str) -> bool:
        """Tell whether a pattern is in a value; raises PatternError, and SpentError."""
        pattern = self.made(text)
        self._budget.spend(_SEARCH + _LETTER * len(value))
        return pattern.search(value, lambda states: self._budget.spend(states * _OF_STATE))

    def made(self, text: str) -> Pattern:
        """Return a pattern; raises PatternError, and SpentError."""
        found = self._made.get(text)
        if found is None:
            self._budget.spend(_SEARCH + min(len(text), 1_000) * _MADE_STATE)
            try:
                found = Pattern(text, lambda: self._budget.spend(_MADE_STATE))
            except PatternError as error:
                found = type(error)(*error.args)  # the one that was raised keeps its frames
            self._made[text] = found
        if isinstance(found, PatternError):
            raise type(found)(*found.args)
        return found
