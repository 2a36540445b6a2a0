"""Why the tool cannot go on."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from generator.diagnostics import Diagnostic

__all__ = ["ChangedError", "ConfigError", "RefusedError", "Rejected", "TiphysError", "UndeployedError"]


class TiphysError(Exception):
    """A reason to stop that the user can act on; `exit_code` is the process's."""

    exit_code = 2

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class ConfigError(TiphysError):
    """The run as a whole makes no sense: usage, configuration, a missing program."""


class RefusedError(TiphysError):
    """A guard said no: the request was understood and deliberately not carried out."""

    exit_code = 1


class UndeployedError(RefusedError):
    """A service has nothing in an environment."""

    def __init__(self, service: str, environment: str, spec: str = "") -> None:
        where = f"spec.environments in {spec}" if spec else "spec.environments"
        super().__init__(f"{service} is not deployed to {environment}", f"add it under {where} to deploy it there")


class ChangedError(RefusedError):
    """Another process wrote a file after it was read and before it was written."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path} has changed since it was read; nothing was changed", "run it again")


class Rejected(Exception):  # noqa: N818 - it is an outcome of a stage, not a failure of the program
    """A stage cannot go on with this input; the diagnostics say why."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        super().__init__(f"{len(diagnostics)} problem(s)")
        self.diagnostics = tuple(diagnostics)
