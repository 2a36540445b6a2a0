"""What can be wrong with a Go template, and what is not evaluated here."""

from __future__ import annotations


class TemplateSyntaxError(ValueError):
    """A text that Go does not parse as a template; `offset` is where, in characters."""

    def __init__(self, message: str, offset: int = 0, function: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset
        self.function = function
        """The function that does not exist; empty if something else is wrong."""


class ExecutionError(ValueError):
    """A template that Go parses, and that fails with these parameters."""

    def __init__(self, message: str, parameter: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.parameter = parameter
        """The parameter that is missing, such as `a.b`; empty if something else is wrong."""


class UnevaluatedError(ValueError):
    """A template whose result is not known here: it depends on the time, on chance, or on a function that is not evaluated."""
